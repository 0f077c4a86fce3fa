"""Thousands of bad days: nothing lost, nothing doubled, nothing overwritten unseen, and everything comes to rest."""

from __future__ import annotations

import pytest

from tests.rig.office import CRMS
from tests.rig.running import on, run

SCHEDULES = 125
"""Of each CRM and seed; sixteen of them make 2,000."""


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("name", CRMS)
def test_no_schedule_loses_doubles_or_overwrites_anything(name: str, seed: int) -> None:
    rig = on(name)
    rig.deadliness = seed
    assert run(rig, SCHEDULES, seed) >= SCHEDULES
