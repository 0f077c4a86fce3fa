"""Put a person or deal away until a time, a reply or the end of a meeting; it comes back to the list by itself."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from companion.actions.desk import Act, Desk, Done, acting
from companion.domain.records import Kind
from companion.store import edits, relationships

Event = Literal["reply", "meeting"]


def snooze(
    desk: Desk, kind: Kind, record_id: str, until: dt.datetime, why: str | None, words: str, event: Event | None = None
) -> Done:
    """Keeps a person or deal off today's list until `until` (aware), or until the event if that is sooner.

    `why` is shown when it comes back. Somebody who was parked is not any more.
    """
    with acting(desk, words) as act:
        put_away(act, kind, record_id, until, why, event)
    return Done(words, act.gesture.id, record_id)


def wake(desk: Desk, kind: Kind, record_id: str, words: str) -> Done:
    """Ends a snooze or a parking now, without a word on the list."""
    with acting(desk, words) as act:
        edits.drop_local(act.write, act.gesture, "snoozes", record_id)
        act.write.touched(kind, record_id)
    return Done(words, act.gesture.id, record_id)


def put_away(
    act: Act,
    kind: Kind,
    record_id: str,
    until: dt.datetime,
    why: str | None,
    event: Event | None,
    *,
    parked: bool = False,
) -> None:
    """Keeps quiet about a record, as part of an act."""
    row = {
        "record_id": record_id,
        "until_at": int(until.timestamp()),
        "words": why or None,
        "made_at": act.at,
        "waits_for": event,
        "parked": 1 if parked else None,
        "event_at": relationships.event_at(act.write, kind, record_id, event, act.at),
    }
    edits.put_local(act.write, act.gesture, "snoozes", row)
    act.write.touched(kind, record_id)
