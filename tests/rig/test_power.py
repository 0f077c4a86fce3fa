"""Power cuts: whatever the disk had come to, every saved change is there once, and nothing is there in part."""

from __future__ import annotations

import pytest

from tests.rig.campaign import campaign
from tests.rig.fresh import fresh_seed
from tests.rig.power import finds_normal
from tests.rig.tally import Tally
from tests.rig.write_log import why_not

IMAGES = 4500
PARTS = 2
"""For as many processes."""
RESCUES = 250
FRESH = 250


@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS))
def test_no_power_cut_loses_what_was_saved(part: int) -> None:
    assert_clean(campaign("L5", IMAGES, 1, (part, PARTS)))


@pytest.mark.slow
def test_no_power_cut_in_the_middle_of_a_rescue_loses_what_was_saved() -> None:
    assert_clean(campaign("L5:rescue", RESCUES, 1))


@pytest.mark.slow
def test_no_power_cut_that_was_never_tried_loses_what_was_saved() -> None:
    assert_clean(campaign("L5", FRESH, fresh_seed()))


@pytest.mark.slow
def test_a_book_that_is_not_synced_at_each_commit_is_found_out() -> None:
    if why := why_not():
        pytest.skip(why)
    # given: a book with synchronous = NORMAL, which an ordinary crash never harms
    # when, then
    assert finds_normal()


def assert_clean(tally: Tally) -> None:
    if tally.skipped:
        pytest.skip(tally.skipped)
    assert tally.clean, tally.words
