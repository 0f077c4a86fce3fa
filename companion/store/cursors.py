"""How far each kind has been read, and when; a cursor is kept only in the transaction that keeps its page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from companion.database import Rows, Write
from companion.domain.records import Kind


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a kind has been read. Times are seconds since 1970; `full_at` is the end of the last full pass."""

    kind: Kind
    cursor: bytes | None = None
    read_at: int | None = None
    full_at: int | None = None
    swept_at: int | None = None
    total: int | None = None
    problem: str | None = None


_COLUMNS = "cursor, read_at, full_at, swept_at, total, problem"


def get(rows: Rows, kind: Kind) -> Progress:
    """How far `kind` has been read; an empty one before its first page."""
    row = rows.one(f"SELECT {_COLUMNS} FROM cursors WHERE kind = ?", (kind,))
    return Progress(kind, *row) if row else Progress(kind)


def put(write: Write, kind: Kind, **columns: Any) -> None:
    """Sets some of `Progress`'s values for a kind."""
    names = ", ".join(columns)
    marks = ", ".join("?" * len(columns))
    changed = ", ".join(f"{name} = excluded.{name}" for name in columns)
    write.text(
        f"INSERT INTO cursors (kind, {names}) VALUES (?, {marks}) ON CONFLICT (kind) DO UPDATE SET {changed}",
        (kind, *columns.values()),
    )


def begin_afresh(write: Write) -> None:
    """Every kind is read anew, and swept after that: what left meanwhile is not told again."""
    write.text("UPDATE cursors SET cursor = NULL, swept_at = NULL")


def forget(write: Write, kind: Kind | None = None) -> None:
    """Drops the cursor of a kind, or of all: the next pull is a full pass."""
    if kind is None:
        write.text("UPDATE cursors SET cursor = NULL")
    else:
        write.text("UPDATE cursors SET cursor = NULL WHERE kind = ?", (kind,))
