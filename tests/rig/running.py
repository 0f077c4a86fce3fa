"""Runs schedules on one rig, the same ones on every machine."""

from __future__ import annotations

from tests.rig.moves import STEPS
from tests.rig.office import CRMS, Rig
from tests.rig.schedules import Schedules


def run(rig: Rig, schedules: int, seed: int, *, steps: int = STEPS) -> list[list[str]]:
    """Runs so many schedules; returns what happened in each. Raises what one of them found."""
    layer = Schedules(str(steps), rig)
    return [layer.trace(seed * 1_000_000 + number) for number in range(schedules)]


def on(name: str) -> Rig:
    """The rig on one of the CRMs."""
    return Rig(name, CRMS[name])
