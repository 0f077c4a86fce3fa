"""Whichever single call fails, the day ends as if none had."""

from __future__ import annotations

import pytest

from tests.rig.campaign import campaign
from tests.rig.fresh import fresh_seed

PAIRS = 40


@pytest.mark.slow
def test_whichever_call_fails_the_day_ends_as_if_none_had() -> None:
    tally = campaign("L2", None, 0)
    assert tally.clean, tally.words


@pytest.mark.slow
def test_two_calls_that_fail_change_nothing_either() -> None:
    tally = campaign("L2:pairs", PAIRS, fresh_seed())
    assert tally.clean, tally.words
