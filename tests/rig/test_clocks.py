"""L8 in the size of every full check: a clock that lies, in a real process."""

from __future__ import annotations

import pytest

from tests.rig import clocks
from tests.rig.campaign import campaign
from tests.rig.fresh import fresh_seed

pytestmark = pytest.mark.slow


def test_no_jump_of_the_clock_loses_doubles_or_reorders_a_change() -> None:
    tally = campaign("L8", 30, seed=1)
    if tally.skipped:
        pytest.skip(tally.skipped)
    assert tally.clean, tally.words


def test_nor_does_one_that_was_never_tried_before() -> None:
    seed = fresh_seed()
    tally = campaign("L8", 10, seed)
    if tally.skipped:
        pytest.skip(tally.skipped)
    assert tally.clean, f"seed {seed}: {tally.words}"


_BELIEVES_THE_CLOCK = """
import sys
from companion.store import outbox
from tests.rig.clock_life import main
outbox.HOLD_AT_MOST_S = 10**12
main(*sys.argv[1:])
"""


def test_the_layer_finds_a_hold_that_believes_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clocks, "PROGRAM", ("-c", _BELIEVES_THE_CLOCK))
    monkeypatch.setattr(clocks, "PATIENCE_S", 30.0)
    monkeypatch.setattr(clocks, "JUMPS", {"ten years back": -10 * clocks.YEAR_S})
    tally = campaign("L8", 1, seed=3)
    if tally.skipped:
        pytest.skip(tally.skipped)
    assert tally.stuck


_NEVER_RESTS = """
import hashlib, sys, threading
from tests.rig.clock_life import main

def spin():
    while True:
        hashlib.pbkdf2_hmac("sha256", b"x", b"y", 100_000)

threading.Thread(target=spin, daemon=True).start()
main(*sys.argv[1:])
"""


def test_the_layer_finds_a_thread_that_never_rests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clocks, "PROGRAM", ("-c", _NEVER_RESTS))
    monkeypatch.setattr(clocks, "LIFE", 1)
    tally = campaign("L8", 1, seed=3)
    if tally.skipped:
        pytest.skip(tally.skipped)
    assert "of work in" in " ".join(tally.words)
