"""The rules of merging hold for twenty thousand records that two people changed."""

from __future__ import annotations

import pytest

from tests.rig.campaign import campaign
from tests.rig.fresh import fresh_seed

TRIPLES = 20_000
FRESH = 2_000


@pytest.mark.slow
def test_no_triple_is_lost_or_overwritten_unseen() -> None:
    tally = campaign("L0", TRIPLES, 1)
    assert tally.clean, tally.words[:10]


@pytest.mark.slow
def test_no_triple_that_nobody_has_tried_before_is_either() -> None:
    seed = fresh_seed()
    tally = campaign("L0", FRESH, seed)
    assert tally.clean, (f"COMPANION_RIG_SEED={seed}", tally.words[:10])
