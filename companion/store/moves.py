"""What changed of deals and people while we watched, dated by the transaction's clock; and how long stages take."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Final

from companion.database import Rows, Write
from companion.store import meta

_DAY: Final = 86_400
_ENOUGH_STAYS: Final = 5
"""Stays in a stage from which on our own median counts instead of the agreed norm."""


def stamp(write: Write, at: int) -> None:
    """Dates the moves that triggers noted in this transaction; a database has no clock of its own here."""
    write.text("UPDATE moves SET at = ? WHERE at IS NULL", (at,))


def take_back(write: Write, record_id: str, columns: Iterable[str], at: int) -> None:
    """An act of the moment `at` was just taken back: what it moved never moved, and stands since when it stood before.

    Call it in the transaction that put the values back. Columns that did not move back are left alone.
    """
    for column in columns:
        where = "record_id = ? AND field = ?"
        undated = write.text(f"DELETE FROM moves WHERE {where} AND at IS NULL", (record_id, column))
        made = write.one(
            f"SELECT n, since_at FROM moves WHERE {where} AND at = ? ORDER BY n DESC LIMIT 1", (record_id, column, at)
        )
        if not undated or made is None:
            continue
        write.text("DELETE FROM moves WHERE n = ?", (made[0],))
        if column == "stage_id":
            write.text("UPDATE deals SET stage_since_at = ? WHERE id = ?", (made[1], record_id))
        elif column == "status":
            write.text("UPDATE deals SET closed_at = NULL WHERE id = ? AND status = 'open'", (record_id,))


def redate(write: Write, record_id: str, columns: Iterable[str], at: int) -> None:
    """An act of the moment `at` was just done again: what it moved has stood so since then.

    Call it in the transaction that set the values again.
    """
    for column in columns:
        write.text("UPDATE moves SET at = ? WHERE record_id = ? AND field = ? AND at IS NULL", (at, record_id, column))


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
