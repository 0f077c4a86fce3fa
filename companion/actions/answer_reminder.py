"""Answer a reminder without going anywhere: it is done, it comes again in an hour, it was opened or put aside."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Final

from companion.actions.desk import Act as Doing
from companion.actions.desk import Desk, Done, acting
from companion.actions.log_activity import finish_step
from companion.actions.snooze import put_away
from companion.domain.records import Kind
from companion.domain.reminders import Act, Reminder, What
from companion.store import edits, reminders

LATER: Final = dt.timedelta(hours=1)


def can_finish(reminder: Reminder) -> bool:
    """Whether it can be said to be done: a promise is kept, a snooze is over; a meeting is logged with its outcome."""
    return reminder.what != What.MEETING


def can_wait(reminder: Reminder) -> bool:
    """Whether it can come again later: there is somebody to be put away for an hour, and it is no meeting."""
    return reminder.what != What.MEETING and bool(reminder.person_id or reminder.deal_id)


def finish_reminder(desk: Desk, n: int, words: str) -> Done | None:
    """Keeps the promise, or takes the snooze away. None when it was answered before."""
    found = _open_one(desk, n)
    if found is None or not can_finish(found):
        return None
    with acting(desk, words) as act:
        if found.what == What.PROMISE:
            finish_step(act, found.record_id, found.words)
        else:
            edits.drop_local(act.write, act.gesture, "snoozes", found.record_id)
            act.write.touched(Kind(found.record_kind), found.record_id)
        _answer(act, found, Act.DONE)
    return Done(words, act.gesture.id, found.record_id)


def remind_later(desk: Desk, n: int, why: str, words: str) -> Done | None:
    """Puts the person (or the deal without one) away for an hour, as a snooze does. None when it was answered before.

    `why` is shown when they come back.
    """
    found = _open_one(desk, n)
    if found is None or not can_wait(found):
        return None
    kind, record_id = (Kind.PERSON, found.person_id) if found.person_id else (Kind.DEAL, found.deal_id)
    if found.what == What.SNOOZE:
        kind, record_id = Kind(found.record_kind), found.record_id
    with acting(desk, words) as act:
        put_away(act, kind, str(record_id), act.now + LATER, why, None)
        _answer(act, found, Act.LATER)
    return Done(words, act.gesture.id, record_id)


def open_reminders(desk: Desk, numbers: Iterable[int]) -> None:
    """The rep opened what they are about. Changes nothing that would have to be undone."""
    _note(desk, numbers, Act.OPENED)


def dismiss_reminders(desk: Desk, numbers: Iterable[int]) -> None:
    """The rep saw them and put them aside."""
    _note(desk, numbers, Act.DISMISSED)


def _open_one(desk: Desk, n: int) -> Reminder | None:
    with desk.database.read() as rows:
        found = reminders.get(rows, n)
    return found if found is not None and _is_open(found) else None


def _is_open(found: Reminder) -> bool:
    """Opening is no answer: what was opened can still be done or put off."""
    return found.acted_at is None or found.act == Act.OPENED


def _note(desk: Desk, numbers: Iterable[int], what: Act) -> None:
    now = int(desk.clock().timestamp())
    with desk.database.write() as write:
        reminders.note(write, numbers, what, now)


def _answer(act: Doing, found: Reminder, what: Act) -> None:
    row = found._asdict() | {"acted_at": act.at, "act": what.value, "fired_at": found.fired_at or act.at}
    edits.put_local(act.write, act.gesture, "reminders", row)
