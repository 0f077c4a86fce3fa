"""Runs schedules on one of the CRMs, the same ones on every machine."""

from __future__ import annotations

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.rig.machine import Schedule
from tests.rig.office import CRMS, Rig

STEPS = 30


def run(rig: Rig, schedules: int, seed_number: int, *, steps: int = STEPS, shrink: bool = True) -> list[list[str]]:
    """Runs so many schedules; returns what happened in each. Raises what one of them found."""
    made: list[list[str]] = []
    machine = type("Schedule", (Schedule,), {"rig": rig, "made": made})
    how = settings(
        max_examples=schedules,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        derandomize=False,
        phases=(Phase.generate, Phase.shrink) if shrink else (Phase.generate,),
        suppress_health_check=list(HealthCheck),
        print_blob=False,
        report_multiple_bugs=False,
    )
    try:
        run_state_machine_as_test(seed(seed_number)(machine), settings=how)
    except BaseException as error:
        error.add_note(f"found in schedule {len(made)} of seed {seed_number}")
        raise
    return made


def on(name: str) -> Rig:
    """The rig on one of the CRMs."""
    return Rig(name, CRMS[name])
