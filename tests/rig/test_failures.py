"""Whichever single call fails, the day ends as if none had."""

from __future__ import annotations

import pytest

from tests.rig.campaign import campaign
from tests.rig.fresh import fresh_seed

PARTS = 2
"""For as many processes."""
PAIRS = 40


@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS))
def test_whichever_call_fails_the_day_ends_as_if_none_had(part: int) -> None:
    tally = campaign("L2", None, 0, (part, PARTS))
    assert tally.clean, tally.words


@pytest.mark.slow
def test_two_calls_that_fail_change_nothing_either() -> None:
    tally = campaign("L2:pairs", PAIRS, fresh_seed())
    assert tally.clean, tally.words
