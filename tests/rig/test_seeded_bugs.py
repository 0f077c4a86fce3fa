"""The rig is worth its time only if it finds what is known to be wrong."""

from __future__ import annotations

import pytest

from tests.rig.running import run
from tests.rig.seeded_bugs import CATALOGUE

ENOUGH = 150


@pytest.mark.slow
@pytest.mark.parametrize("bug", CATALOGUE)
def test_the_rig_finds(bug: str) -> None:
    with pytest.raises(AssertionError, match=r"lost|doubled|overwritten|there|side only|differ|not shown|rest"):
        run(CATALOGUE[bug](), ENOUGH, 1)
