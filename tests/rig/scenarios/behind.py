"""Start with a book that is older than its journal: what the rep was told as saved comes back."""

from __future__ import annotations

from tests.rig.scenarios.start import run

__all__ = ["run"]
