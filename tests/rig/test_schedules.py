"""Thousands of bad days: nothing lost, nothing doubled, nothing overwritten unseen, and everything comes to rest."""

from __future__ import annotations

import pytest

from tests.rig.campaign import campaign
from tests.rig.fresh import fresh_seed
from tests.rig.office import CRMS
from tests.rig.schedules import Schedules

SCHEDULES = 3000
BACK = 240
SHARDS = 12
FRESH = 200


@pytest.mark.slow
@pytest.mark.parametrize("shard", range(SHARDS))
def test_no_schedule_loses_doubles_or_overwrites_anything(shard: int) -> None:
    tally = campaign("L1", SCHEDULES, 1, (shard, SHARDS))
    assert tally.clean, tally.words
    assert tally.runs == SCHEDULES // SHARDS


@pytest.mark.slow
def test_none_does_where_time_goes_back_again_and_again() -> None:
    tally = campaign("L1:back/25", BACK, 1)
    assert tally.clean, tally.words


@pytest.mark.slow
def test_no_schedule_that_nobody_has_played_before_does_either() -> None:
    seed = fresh_seed()
    tally = campaign("L1", FRESH, seed)
    assert tally.clean, (f"COMPANION_RIG_SEED={seed}", tally.words)


@pytest.mark.slow
def test_the_same_seed_makes_the_same_schedule_to_the_last_status() -> None:
    twice = range(5, 5 + SCHEDULES // 100)
    layer = Schedules()
    first, second = ([layer.trace(seed) for seed in twice] for _ in range(2))
    assert first == second
    assert all(len(trace) > 50 for trace in first)


def test_consecutive_seeds_go_through_every_crm() -> None:
    layer = Schedules()
    assert {layer.drawn(seed)[0].name for seed in range(len(CRMS))} == set(CRMS)
