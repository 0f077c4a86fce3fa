"""Put a person or deal away until a time; it comes back to the list by itself."""

from __future__ import annotations

from datetime import datetime

from companion.actions.desk import Desk, Done, acting
from companion.domain.records import Kind
from companion.store import edits


def snooze(desk: Desk, kind: Kind, record_id: str, until: datetime, why: str, words: str) -> Done:
    """Hides a person or deal from today's list until `until` (aware). `why` is shown when it comes back."""
    with acting(desk, words) as act:
        row = {"record_id": record_id, "until_at": int(until.timestamp()), "words": why, "made_at": act.at}
        edits.put_local(act.write, act.gesture, "snoozes", row)
        act.write.touched(kind, record_id)
    return Done(words, act.gesture.id, record_id)
