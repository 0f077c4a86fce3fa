"""L9 in the size of every full check: ten days of office life."""

from __future__ import annotations

import pytest

from tests.rig.campaign import campaign
from tests.rig.fresh import fresh_seed

pytestmark = pytest.mark.slow


def test_ten_days_of_an_office_end_with_everything_in_its_place() -> None:
    tally = campaign("L9", 1, seed=1)
    if tally.skipped:
        pytest.skip(tally.skipped)
    assert tally.clean, tally.words


def test_so_do_two_days_that_never_were_before() -> None:
    seed = fresh_seed()
    tally = campaign("L9:2", 1, seed)
    if tally.skipped:
        pytest.skip(tally.skipped)
    assert tally.clean, f"seed {seed}: {tally.words}"
