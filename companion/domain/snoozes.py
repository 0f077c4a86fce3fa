"""When a snooze ends: at its time, or sooner with the reply or the end of the meeting that it waits for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from companion.domain.activities import TOUCHES
from companion.domain.meetings import ends, next_meeting
from companion.domain.relationship import Entry, Snooze

REPLY: Final = "reply"
MEETING: Final = "meeting"
LONGEST_DAYS: Final = 30
"""A snooze that waits for a reply comes back after so many days without one: none lasts for ever."""
GRACE_DAYS: Final = 7
"""One that waits for a meeting comes back so long after it should have ended, should it be put off again and again."""


def now(snooze: Snooze, entries: Sequence[Entry], at: int) -> Snooze:
    """The snooze as it stands at the instant `at` (seconds since 1970): with an event that came, it ended then."""
    if snooze.waits_for == REPLY:
        event = first_reply(entries, snooze.event_at if snooze.event_at is not None else snooze.made_at, at)
        when = event.at if event else None
    elif snooze.waits_for == MEETING:
        event = next_meeting(entries, snooze.made_at)
        when = ends(event) if event else None
    else:
        return snooze
    if event is None or when is None or when > min(at, snooze.until_at):
        return snooze
    return snooze._replace(until_at=when, ended_by=snooze.waits_for, event_id=event.id)


def first_reply(entries: Sequence[Entry], since: int, at: int) -> Entry | None:
    """What they wrote, or when they rang, first after `since` and by `at`."""
    came = [each for each in entries if each.what in TOUCHES and each.direction == "in" and each.what != "meeting"]
    return min((each for each in came if since < (each.at or 0) <= at), key=_when, default=None)


def _when(entry: Entry) -> tuple[int, str]:
    return entry.at or 0, entry.id
