"""Where the rep acts: the book, the clock, and whose hand it is; every act is one transaction that can be undone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from companion.database import Database, Write
from companion.domain.ids import NewId
from companion.domain.records import Kind
from companion.store import edits
from companion.store.edits import HOLD_S, Gesture

Rescore = Callable[[Write, frozenset[tuple[Kind, str]], datetime], None]


@dataclass(frozen=True, slots=True)
class Desk:
    """What every action needs. `clock` gives an aware local time. `rescore` puts the touched people's reasons anew.

    `me` is the local id of the signed-in user; `tenant` and `user_id` name the account that ops are made for.
    `hold_s` is how many seconds an op stays here for Undo before it is sent.
    """

    database: Database
    clock: Callable[[], datetime]
    new_id: NewId
    rescore: Rescore
    me: str | None = None
    tenant: str | None = None
    user_id: str | None = None
    hold_s: int = HOLD_S


@dataclass(frozen=True, slots=True)
class Act:
    """An act under way: its transaction, the gesture that undoes it, and its time (aware, local)."""

    write: Write
    gesture: Gesture
    now: datetime

    @property
    def at(self) -> int:
        """Its time in seconds since 1970."""
        return self.gesture.now


@dataclass(frozen=True, slots=True)
class Done:
    """An act that is durable: what the toast says and how to undo it. `record_id` is what it made, if anything."""

    words: str
    gesture_id: str
    record_id: str | None = None
    took_back: bool = False
    """Whether it undid something of another act."""


def gesture_of(desk: Desk, words: str, now: datetime) -> Gesture:
    """A new act of the rep's."""
    return Gesture(desk.new_id(), int(now.timestamp()), words, desk.new_id, desk.tenant, desk.user_id, desk.hold_s)


@contextmanager
def acting(desk: Desk, words: str) -> Iterator[Act]:
    """One act of the rep's: all or nothing, durable when the block ends, the list of today put right with it."""
    now = desk.clock()
    with desk.database.write() as write:
        gesture = gesture_of(desk, words, now)
        yield Act(write, gesture, now)
        edits.remember(write, gesture)
        desk.rescore(write, write.touched_records, now)
        write.touched_today()
