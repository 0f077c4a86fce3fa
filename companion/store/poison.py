"""Records that could not be understood: set aside and shown, so that they stop nothing and are not forgotten."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from companion.database import Rows, Write
from companion.domain.records import Kind


@dataclass(frozen=True, slots=True)
class SetAside:
    """One of them; `why` is in words and without its contents, `seen_at` in seconds since 1970."""

    kind: Kind
    remote_id: str
    why: str
    seen_at: int


def put(write: Write, kind: Kind, remote_id: str, why: str, now: int) -> None:
    """Sets a record aside."""
    write.text("INSERT OR REPLACE INTO poison VALUES (?, ?, ?, ?)", (kind, remote_id, why, now))
    write.touched_today()


def forget(write: Write, kind: Kind, remote_ids: Iterable[str]) -> None:
    """These can be read again, or are gone."""
    if write.value("SELECT 1 FROM poison WHERE kind = ? LIMIT 1", (kind,)):
        write.many("DELETE FROM poison WHERE kind = ? AND remote_id = ?", [(kind, each) for each in remote_ids])


def every(rows: Rows) -> list[SetAside]:
    """All of them, oldest first."""
    found = rows.all("SELECT kind, remote_id, why, seen_at FROM poison ORDER BY seen_at, kind, remote_id")
    return [SetAside(Kind(kind), *rest) for kind, *rest in found]


def ids(rows: Rows, kind: Kind) -> set[str]:
    """The remote ids of those of a kind."""
    return {row[0] for row in rows.all("SELECT remote_id FROM poison WHERE kind = ?", (kind,))}


def count(rows: Rows) -> int:
    """How many there are."""
    return int(rows.value("SELECT count(*) FROM poison"))
