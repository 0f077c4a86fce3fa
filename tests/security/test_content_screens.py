"""Hostile records on every screen, watched from outside the process (S-27)."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.security.watched import watched


def test_what_is_opened_and_called_is_seen(tmp_path: Path) -> None:
    bait = tmp_path / "bait-7f3a.png"
    bait.write_bytes(b"\x89PNG")
    code = (
        f"import socket, contextlib; open({str(bait)!r}).close()\n"
        "with contextlib.suppress(OSError): socket.create_connection(('127.0.0.1', 9), 1)\n"
    )

    seen = watched([sys.executable, "-c", code], tmp_path)

    assert any("bait-7f3a" in each for each in seen.opened)
    assert any("AF_INET" in each for each in seen.connects)


@pytest.mark.slow
def test_no_screen_opens_or_calls_what_a_record_names(tmp_path: Path) -> None:
    bait = tmp_path / "bait-7f3a.png"
    bait.write_bytes(b"\x89PNG")

    seen = watched([sys.executable, "-m", "tests.security.hostile_screens", str(bait)], tmp_path)

    assert seen.code == 0, seen.said[-2000:]
    assert "looked at everything" in seen.said
    assert [each for each in seen.opened if "bait-7f3a" in each or "evil.example" in each or "\\\\" in each] == []
    assert [each for each in seen.connects if "AF_UNIX" not in each] == []
