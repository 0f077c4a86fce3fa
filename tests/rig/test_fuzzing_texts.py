"""L10: what reps type, files hold and other processes say, twenty seconds for each reader."""

from __future__ import annotations

import pytest

from tests.rig.campaign import campaign
from tests.rig.fuzz import targets
from tests.rig.fuzz.targets import TEXTS


@pytest.mark.slow
def test_no_text_brings_down_its_reader() -> None:
    tally = campaign("L10:texts", len(TEXTS), seed=1)

    assert tally.clean, tally.words
    assert tally.runs == len(TEXTS)


@pytest.mark.parametrize("name", TEXTS)
def test_a_target_bears_its_own_seeds(name: str) -> None:
    made = targets.target(name)

    for seed in made.seeds:
        made(seed)
