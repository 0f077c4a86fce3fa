"""How far a kind has been read: windows of Odoo's `write_date`, and a place inside the window.

`write_date` is when the writing transaction *began*: a row may appear minutes behind rows that are newer. Each window
therefore reaches back behind the last one, and further back once an hour. Inside a window rows are read in the order of
their ids: thousands may share one stamp, and 18 and 19 compare a stamp with its own second differently.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from companion.connectors.base import CursorExpired

OVERLAP_S: Final = 300
LONG_OVERLAP_S: Final = 75 * 60
LONG_EVERY_S: Final = 3600
_AHEAD_S: Final = 600
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC).replace(tzinfo=None)
_SECOND: Final = timedelta(seconds=1)


class Cursor(Struct, frozen=True, omit_defaults=True):
    """`since` is None in a full pass. `began` is the server's time when this pull began: where the next one starts.

    `phase` and `last` say which part of the pull comes next and the id that it goes on after.
    """

    began: int
    since: int | None = None
    long_at: int = 0
    phase: int = 0
    last: int = 0
    done: bool = False

    @property
    def full(self) -> bool:
        """Whether this is a full pass."""
        return self.since is None

    @property
    def fresh(self) -> bool:
        """Whether nothing of this pull has been read yet."""
        return self.phase == 0 and self.last == 0 and not self.done

    def at(self, last: int) -> Cursor:
        """Further in this phase."""
        return replace(self, last=last)

    def next_phase(self, phases: int) -> Cursor:
        """At the beginning of the next phase, or at the end of the pull."""
        if self.phase + 1 >= phases:
            return replace(self, phase=0, last=0, done=True)
        return replace(self, phase=self.phase + 1, last=0)

    def bytes(self) -> bytes:
        """For the engine to keep."""
        return msgspec.json.encode(self)


def resume(stored: bytes | None, now: int) -> Cursor:
    """The pull to go on with. Raises CursorExpired if the cursor is damaged or from the server's future."""
    if stored is None:
        return Cursor(began=now, long_at=now)
    try:
        cursor = msgspec.json.decode(stored, type=Cursor)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise CursorExpired("unreadable cursor") from error
    if cursor.began > now + _AHEAD_S:
        raise CursorExpired("the server's clock went back")
    if not cursor.done:
        return cursor
    long = now - cursor.long_at > LONG_EVERY_S
    since = cursor.began - (LONG_OVERLAP_S if long else OVERLAP_S)
    return Cursor(began=now, since=since, long_at=now if long else cursor.long_at)


def stamp(seconds: int) -> str:
    """An instant as Odoo writes it: UTC without saying so."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S")


def instant(text: object) -> int | None:
    """Seconds since 1970 of what Odoo wrote."""
    if not isinstance(text, str) or not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    # Odoo writes UTC without saying so. To give it the zone first costs three times as much, for each record.
    return ((moment.replace(tzinfo=None) if moment.tzinfo else moment) - _EPOCH) // _SECOND
