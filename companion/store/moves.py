"""What changed of deals and people while we watched, dated by the transaction's clock; and how long stages take."""

from __future__ import annotations

from collections import defaultdict
from typing import Final

from companion.database import Rows, Write
from companion.store import meta

_DAY: Final = 86_400
_ENOUGH_STAYS: Final = 5
"""Stays in a stage from which on our own median counts instead of the agreed norm."""


def stamp(write: Write, at: int) -> None:
    """Dates the moves that triggers noted in this transaction; a database has no clock of its own here."""
    write.text("UPDATE moves SET at = ? WHERE at IS NULL", (at,))


def learn_norms(write: Write) -> dict[str, int]:
    """Median days that our own deals stayed in each stage, by its id. Kept for `stage_norms`; once a day will do."""
    stays: dict[str, list[int]] = defaultdict(list)
    for stage, seconds in write.all("SELECT was, at - since_at FROM moves WHERE field = 'stage_id' AND at > since_at"):
        stays[stage].append(seconds // _DAY)
    norms = {stage: max(1, sorted(many)[len(many) // 2]) for stage, many in stays.items() if len(many) >= _ENOUGH_STAYS}
    meta.put(write, "stage_norms", norms)
    return norms


def stage_norms(rows: Rows) -> dict[str, int]:
    """What `learn_norms` found last."""
    norms: dict[str, int] = meta.get(rows, "stage_norms") or {}
    return norms
