"""A profile that dies again and again while it works: all that was ever told as saved is in the CRM once."""

from __future__ import annotations

import pytest

from tests.rig.campaign import campaign
from tests.rig.fresh import fresh_seed

RUNS = 20
"""Of five lives each."""


@pytest.mark.slow
def test_a_hundred_deaths_lose_and_double_nothing() -> None:
    tally = campaign("L4", RUNS, 1)
    assert tally.clean, tally.words


@pytest.mark.slow
def test_nor_do_deaths_that_nobody_chose() -> None:
    seed = fresh_seed()
    tally = campaign("L4", 3, seed)
    assert tally.clean, f"COMPANION_RIG_SEED={seed}: {tally.words}"
