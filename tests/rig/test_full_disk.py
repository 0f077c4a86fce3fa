"""A full disk: what is said to be saved is there, what is not said so is not, and the ballast makes room."""

from __future__ import annotations

import pytest

from tests.rig.campaign import campaign
from tests.rig.fresh import fresh_seed

FILLS = 54
FRESH = 6


@pytest.mark.slow
@pytest.mark.parametrize("how_many", [FILLS, FRESH], ids=["known days", "days never seen before"])
def test_a_full_disk_never_lies(how_many: int) -> None:
    tally = campaign("L6", how_many, 1 if how_many == FILLS else fresh_seed())
    if tally.skipped:
        pytest.skip(tally.skipped)
    assert tally.clean, tally.words
