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
    assert len(run(rig, SCHEDULES, seed)) >= SCHEDULES


def test_the_same_seed_makes_the_same_schedules_to_the_last_status() -> None:
    first, second = (run(on("the best"), 4, 9) for _ in range(2))
    assert first == second
    assert sum(len(trace) for trace in first) > 40
