"""A thousand damages to the book or its journal: no change of the rep's is lost, and none that is not hers is kept."""

from __future__ import annotations

import os

import pytest

from tests.rig.campaign import campaign

pytestmark = pytest.mark.slow


def test_a_thousand_damages_to_one_of_the_two_files_lose_nothing() -> None:
    tally = campaign("damage", 1000, 5)

    assert tally.clean, tally.words


def test_fresh_damages_too() -> None:
    seed = int(os.environ.get("COMPANION_RIG_SEED") or int.from_bytes(os.urandom(4), "big"))
    tally = campaign("damage", 60, seed)

    assert tally.clean, (seed, tally.words)
