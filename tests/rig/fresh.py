"""A seed that nobody has run before; where a run with it fails, it is printed."""

from __future__ import annotations

import os


def fresh_seed() -> int:
    """Another one each time, or COMPANION_RIG_SEED from the environment, to see a failure again."""
    return int(os.environ.get("COMPANION_RIG_SEED") or int.from_bytes(os.urandom(3), "big"))
