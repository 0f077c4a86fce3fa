"""The real process killed at, or refused, any system call of a scenario: nothing lost, doubled or half there."""

from __future__ import annotations

import pytest

from tests.rig.campaign import campaign
from tests.rig.fresh import fresh_seed
from tests.rig.scenarios.prepared import PREPARED
from tests.rig.tally import Tally

EACH = 140
"""Points of each other scenario, evenly spread: kills and errors. All of them by hand: `--layer L3:sync`."""


def checked(tally: Tally) -> None:
    if tally.skipped is not None:
        pytest.skip(tally.skipped)
    assert tally.clean, tally.words


@pytest.mark.slow
@pytest.mark.parametrize("half", range(2))
def test_no_call_of_a_save_loses_anything(half: int) -> None:
    checked(campaign("L3:log", None, 1, shard=(half, 2)))


@pytest.mark.slow
@pytest.mark.parametrize("scenario", [name for name in PREPARED if name != "log"])
def test_no_call_of_a_scenario_loses_or_doubles_anything(scenario: str) -> None:
    checked(campaign(f"L3:{scenario}", EACH, 1))


@pytest.mark.slow
def test_nor_do_calls_that_nobody_chose() -> None:
    n = 20
    seed = fresh_seed()
    tally = campaign("L3:sync", None, 1, shard=(seed % n, n * 4))
    if tally.skipped is not None:
        pytest.skip(tally.skipped)
    assert tally.clean, f"COMPANION_RIG_SEED={seed}: {tally.words}"
