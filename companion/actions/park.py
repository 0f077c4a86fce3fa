"""Park a person or deal for a reason that is known: its flags keep quiet, whoever waits for us is still shown."""

from __future__ import annotations

import datetime as dt

from companion.actions.desk import Desk, Done, acting
from companion.actions.snooze import Event, put_away
from companion.domain.records import Kind


def park(
    desk: Desk, kind: Kind, record_id: str, until: dt.datetime, why: str, words: str, event: Event | None = None
) -> Done:
    """Parks until `until` (aware), or until the event if that is sooner; `why` is told wherever the parking is."""
    with acting(desk, words) as act:
        put_away(act, kind, record_id, until, why, event, parked=True)
    return Done(words, act.gesture.id, record_id)
