"""The rig is worth its time only if it finds what is known to be wrong, and nothing where all is well."""

from __future__ import annotations

import pytest

from tests.rig.seeded_bugs import CATALOGUE, HEALTHY, SeededBugs


@pytest.mark.slow
@pytest.mark.parametrize("number", CATALOGUE, ids=lambda number: f"{number} {CATALOGUE[number][0]}")
def test_the_rig_finds(number: int) -> None:
    SeededBugs().attack(sorted(CATALOGUE).index(number))


@pytest.mark.parametrize("story", HEALTHY)
def test_a_story_without_a_bug_ends_well(story: str) -> None:
    HEALTHY[story]()
