"""Work until killed: the real worker syncs on its thread while the rep logs and edits."""

from __future__ import annotations

from pathlib import Path

from tests.rig.zygote import Tell


def run(home: Path, url: str, tell: Tell) -> None:
    """Later."""
