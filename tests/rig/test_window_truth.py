"""What the window says after a death is so; and the judge of it finds a lie."""

from __future__ import annotations

from typing import Any

import pytest

from tests.rig.campaign import campaign
from tests.rig.fresh import fresh_seed
from tests.rig.tally import Harmed
from tests.rig.window_truth import judge

RUNS = 50


@pytest.mark.slow
def test_fifty_windows_after_a_death_say_no_more_than_what_is_so() -> None:
    tally = campaign("L12", RUNS, 1)
    assert tally.clean, tally.words


@pytest.mark.slow
def test_nor_do_windows_that_nobody_chose() -> None:
    seed = fresh_seed()
    tally = campaign("L12", 3, seed)
    assert tally.clean, f"COMPANION_RIG_SEED={seed}: {tally.words}"


def at_rest(**other: Any) -> dict[str, Any]:
    told = {"moment": "at rest", "foot": "Synced just now", "counts": [0, 0, 0], "phase": "idle", "problem": None}
    return {**told, "synced": True, **other}


def test_the_judge_lets_the_truth_pass() -> None:
    judge(at_rest(), True)
    judge(at_rest(foot="Offline · 3 changes waiting", counts=[3, 0, 0], phase="offline"), False)
    judge(at_rest(foot="2 need your attention", counts=[1, 1, 1]), True)


@pytest.mark.parametrize(
    "lie",
    [
        {"counts": [1, 0, 0]},
        {"counts": [0, 1, 0]},
        {"counts": [0, 0, 2]},
        {"problem": "a kind may not be read"},
        {"synced": False},
        {"foot": "1 needs your attention", "counts": [0, 1, 1]},
    ],
)
def test_the_judge_finds_a_lie(lie: dict[str, Any]) -> None:
    with pytest.raises(Harmed):
        judge(at_rest(**lie), True)


def test_a_foot_that_counts_too_few_while_offline_is_a_lie() -> None:
    with pytest.raises(Harmed):
        judge(at_rest(foot="Offline · 2 changes waiting", counts=[3, 0, 0], phase="offline"), False)
