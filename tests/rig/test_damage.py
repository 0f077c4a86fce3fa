"""A thousand damages to the book or its journal: no change of the rep's is lost, and none that is not hers is kept."""

from __future__ import annotations

import pytest

from tests.rig.campaign import campaign
from tests.rig.fresh import fresh_seed

pytestmark = pytest.mark.slow


def test_a_thousand_damages_to_one_of_the_two_files_lose_nothing() -> None:
    tally = campaign("damage", 1000, 5)

    assert tally.clean, tally.words


def test_fresh_damages_too() -> None:
    seed = fresh_seed()
    tally = campaign("damage", 60, seed)

    assert tally.clean, (seed, tally.words)
