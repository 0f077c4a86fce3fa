"""How long a book stays readable without the CRM: thirty days after it last knew the user (S-17 in docs/security.md).

A laptop that was lost, or a user who left, keeps nobody's customers for ever. What waits to be sent stays in the file.
"""

from __future__ import annotations

from typing import Final

from companion.database import Database, Rows
from companion.store import meta

DAYS: Final = 30
_DAY_S: Final = 86_400


def days_left(rows: Rows, now: int) -> int | None:
    """Whole days until the book asks for the CRM; None before the first sync. `now`: seconds since 1970, wall clock.

    The latest time that was ever seen counts: setting the clock back gives no days.
    """
    known = max(meta.get(rows, "synced_at") or 0, meta.get(rows, "known_at") or 0)
    if not known:
        return None
    latest = max(now, meta.get(rows, "latest_at") or 0)
    return DAYS - (latest - known) // _DAY_S


def note(database: Database, now: int) -> None:
    """Keeps the latest time that was seen. Any thread but the UI's."""
    with database.read() as rows:
        latest: int = meta.get(rows, "latest_at") or 0
    if now > latest:
        with database.write(patient=True) as write:
            meta.put(write, "latest_at", now)


def renew(database: Database, now: int) -> None:
    """The CRM has just known the user."""
    with database.write() as write:
        meta.put(write, "known_at", now)
        meta.put(write, "latest_at", now)
