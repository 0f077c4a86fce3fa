"""Thousands of bad days: nothing lost, nothing doubled, nothing overwritten unseen, and everything comes to rest."""

from __future__ import annotations

import pytest

from tests.rig.office import CRMS
from tests.rig.running import on, run

SCHEDULES = 63
"""Of each CRM and seed: 2,016 in all, about 0.2 s of one core each."""


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3, 4])
@pytest.mark.parametrize("name", CRMS)
def test_no_schedule_loses_doubles_or_overwrites_anything(name: str, seed: int) -> None:
    rig = on(name)
    rig.deadliness = 1 + seed % 2
    assert run(rig, SCHEDULES, seed) >= SCHEDULES
