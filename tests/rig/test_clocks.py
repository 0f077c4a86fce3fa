"""L8 in the size of every full check: a clock that lies, in a real process."""

from __future__ import annotations

import os

import pytest

from tests.rig.campaign import campaign

pytestmark = pytest.mark.slow


def test_no_jump_of_the_clock_loses_doubles_or_reorders_a_change() -> None:
    tally = campaign("L8", 30, seed=1)
    if tally.skipped:
        pytest.skip(tally.skipped)
    assert tally.clean, tally.words


def test_nor_does_one_that_was_never_tried_before() -> None:
    seed = int(os.environ.get("COMPANION_RIG_SEED") or int.from_bytes(os.urandom(4), "big") % 1_000_000)
    tally = campaign("L8", 10, seed)
    if tally.skipped:
        pytest.skip(tally.skipped)
    assert tally.clean, f"seed {seed}: {tally.words}"
