"""How far a kind has been read: windows of `SystemModstamp`, and a place inside the window.

`SystemModstamp` is when the writing transaction began to write: a row may appear minutes behind rows that are newer.
Each window therefore reaches back behind the last one, and further back once an hour. A full pass goes by id, a window
by stamp and id: thousands of rows may share one stamp.
"""

from __future__ import annotations

from calendar import timegm
from datetime import UTC, datetime
from typing import ClassVar, Final, Self

from msgspec.structs import replace

from companion.connectors.base import CursorExpired
from companion.connectors.window import Window

CALM_S: Final = 1800
"""How often the queries are asked that seldom bring anything: users, campaigns, records by way of others."""
BIN_S: Final = 14 * 86_400
"""Deleted rows can be seen for 15 days: a cursor that is older begins a full pass."""


class Cursor(Window, frozen=True, omit_defaults=True):
    """`stamp` and `last` are of the row that the query under way goes on after. `calm_at` is when the queries that need
    not be asked each time were asked last; `calm_since` where they begin now, None: not now.
    """

    overlap_s: ClassVar[int] = 300

    last: str = ""
    calm_at: int = 0
    calm_since: int | None = None
    stamp: int = 0

    @classmethod
    def resume(cls, stored: bytes | None, now: int) -> Self:
        """The pull to go on with. Raises CursorExpired as `kept` does."""
        return cls(began=now, long_at=now, calm_at=now) if stored is None else super().resume(stored, now)

    @classmethod
    def kept(cls, stored: bytes, now: int) -> Self:
        """What the engine kept. Raises CursorExpired if it is damaged, too old, or from the org's future."""
        cursor = super().kept(stored, now)
        if cursor.began < now - BIN_S:
            raise CursorExpired("deleted records of so long ago can no longer be seen")
        return cursor

    def behind(self, stamp: int, last: str) -> Self:
        """Further in this phase."""
        return replace(self, stamp=stamp, last=last)

    def following(self, now: int) -> Self:
        """The window after this one. It asks the calm queries too where they are due."""
        after = super().following(now)
        if now - self.calm_at < CALM_S:
            return replace(after, calm_since=None)
        overlap_s = self.long_overlap_s if after.long else self.overlap_s
        return replace(after, calm_at=now, calm_since=self.calm_at - overlap_s)


def stamp(seconds: int) -> str:
    """An instant as a statement has it."""
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%SZ}"


def instant(text: object) -> int | None:
    """Seconds since 1970 of what Salesforce wrote, such as '2026-11-21T22:00:00.000+0000'."""
    if not isinstance(text, str) or not text:
        return None
    try:
        return timegm(datetime.fromisoformat(text).utctimetuple())
    except (ValueError, OverflowError):  # a zone that leads out of the calendar
        return None
