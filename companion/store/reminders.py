"""The ledger of reminders: what can be foreseen in the book, and what became of each reminder."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any, Final

from companion.database import Rows, Write
from companion.domain import words
from companion.domain.activities import NOT_HELD
from companion.domain.records import Kind
from companion.domain.reminders import AHEAD_S, Act, Coming, Reminder, What, promise_due_at
from companion.domain.signals import as_day

_DAY: Final = 86_400
_LONGEST: Final = 200
"""Characters of what a reminder is about."""
_WHOLE_DAY: Final = 20 * 3_600
"""What the calendar holds for longer than this is a day off or a fair, not a meeting to be in time for."""
COLUMNS: Final = ", ".join(f"r.{each}" for each in Reminder._fields)

_NOT_HELD: Final = ", ".join(repr(each) for each in sorted(NOT_HELD))
_MEETINGS: Final = (
    "SELECT a.id, coalesce(a.person_id, d.person_id), a.deal_id, a.at, substr(a.subject, 1, 400) FROM activities a "
    "LEFT JOIN deals d ON d.id = a.deal_id WHERE a.owner_id {whose} AND a.at >= ? AND a.at <= ? "
    "AND a.what IN ('meeting', 'call') AND coalesce(a.done, 0) = 0 AND a.gone IS NULL "
    f"AND coalesce(a.ends_at, a.at) - a.at < {_WHOLE_DAY} "
    f"AND (a.outcome IS NULL OR (a.what = 'meeting' AND a.outcome NOT IN ({_NOT_HELD})))"
)
_PROMISES: Final = (
    "SELECT a.id, coalesce(a.person_id, d.person_id), a.deal_id, a.at, a.due_on, a.due_at, substr(a.subject, 1, 400) "
    "FROM activities a LEFT JOIN deals d ON d.id = a.deal_id WHERE a.promise = 'mine' AND a.done = 0 "
    "AND a.due_on >= ? AND a.due_on <= ? AND a.what = 'task' AND a.gone IS NULL "
    "AND (a.owner_id IS NULL OR a.owner_id = ?)"
)
_SNOOZES: Final = (
    "SELECT s.record_id, s.until_at, substr(s.words, 1, 400), p.id, d.id, d.person_id FROM snoozes s "
    "LEFT JOIN people p ON p.id = s.record_id LEFT JOIN deals d ON d.id = s.record_id "
    "WHERE s.until_at >= ? AND s.until_at <= ? AND coalesce(p.gone, d.gone) IS NULL "
    "AND (p.id IS NOT NULL OR d.id IS NOT NULL)"
)


def coming(rows: Rows, me: str, since: int, now: int, zone: dt.tzinfo, morning_hour: int) -> list[Coming]:
    """All of the rep's that comes due from `since` until a day after `now`, in no order."""
    until = now + AHEAD_S
    return [
        *_meetings(rows, me, since, until),
        *_promises(rows, me, since, until, zone, morning_hour),
        *_snoozes(rows, since, until),
    ]


def _meetings(rows: Rows, me: str, since: int, until: int) -> Iterable[Coming]:
    # Two halves, as each walks its part of the index of owners and times.
    mine = rows.all(_MEETINGS.format(whose="= ?"), (me, since, until))
    nobodys = rows.all(_MEETINGS.format(whose="IS NULL"), (since, until))
    for record_id, person, deal, at, subject in (*mine, *nobodys):
        yield Coming(What.MEETING, Kind.ACTIVITY, record_id, person, deal, at, _about(subject))


def _promises(rows: Rows, me: str, since: int, until: int, zone: dt.tzinfo, morning_hour: int) -> Iterable[Coming]:
    days = (words.local_day(since - _DAY, zone).isoformat(), words.local_day(until, zone).isoformat())
    for record_id, person, deal, written, due_on, due_at, subject in rows.all(_PROMISES, (*days, me)):
        day = as_day(due_on)
        if day is None:
            continue
        at = due_at or promise_due_at(day, written, zone, morning_hour)
        if since <= at <= until:
            yield Coming(What.PROMISE, Kind.ACTIVITY, record_id, person, deal, at, _about(subject), not due_at)


def _snoozes(rows: Rows, since: int, until: int) -> Iterable[Coming]:
    for record_id, at, why, person, deal, of_deal in rows.all(_SNOOZES, (since, until)):
        kind = Kind.PERSON if person else Kind.DEAL
        yield Coming(What.SNOOZE, kind, record_id, person or of_deal, deal, at, _about(why))


def _about(text: str | None) -> str:
    return words.shortened(words.one_line(text), _LONGEST)


# The ledger ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def open_since(rows: Rows) -> int | None:
    """When the oldest reminder that still waits comes due."""
    at: int | None = rows.value("SELECT min(due_at) FROM reminders WHERE fired_at IS NULL AND acted_at IS NULL")
    return at


def between(rows: Rows, since: int, until: int) -> list[Reminder]:
    """The rows that come due from `since` to `until`, and those on their way to the screen."""
    found = rows.all(
        f"SELECT {COLUMNS} FROM reminders r WHERE r.due_at >= ? AND r.due_at <= ? ORDER BY r.due_at, r.n",
        (since, until),
    )
    return [Reminder._make(each) for each in found]


def unseen(rows: Rows) -> list[Reminder]:
    """What was missed and has not been shown yet, oldest first."""
    found = rows.all(
        f"SELECT {COLUMNS} FROM reminders r WHERE r.missed = 1 AND r.shown_at IS NULL AND r.acted_at IS NULL "
        "ORDER BY r.due_at, r.n"
    )
    return [Reminder._make(each) for each in found]


def last_bundle(rows: Rows) -> int | None:
    """When something other than a meeting was told last."""
    at: int | None = rows.value("SELECT max(fired_at) FROM reminders WHERE what != 'meeting' AND missed = 0")
    return at


def get(rows: Rows, n: int) -> Reminder | None:
    """The reminder of this number."""
    row = rows.one(f"SELECT {COLUMNS} FROM reminders r WHERE r.n = ?", (n,))
    return Reminder._make(row) if row else None


def settled_elsewhere(rows: Rows) -> list[int]:
    """Told or missed and not answered, while what they remind of was done in the window or in the CRM since."""
    told = "r.acted_at IS NULL AND r.fired_at IS NOT NULL"
    found = rows.all(
        f"SELECT r.n FROM reminders r JOIN activities a ON a.id = r.record_id WHERE {told} AND a.done = 1 "
        "AND r.what != 'snooze' UNION ALL "
        f"SELECT r.n FROM reminders r WHERE {told} AND r.what = 'snooze' "
        "AND NOT EXISTS (SELECT 1 FROM snoozes s WHERE s.record_id = r.record_id)"
    )
    return [n for (n,) in found]


def add(write: Write, some: Iterable[Coming]) -> None:
    """Takes reminders into the ledger; one that had been called off is on again."""
    for each in some:
        write.text(
            "INSERT INTO reminders (what, record_kind, record_id, person_id, deal_id, due_at, words) "
            "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (what, record_id, due_at) DO UPDATE SET "
            "person_id = excluded.person_id, deal_id = excluded.deal_id, words = excluded.words, "
            f"acted_at = NULL, act = NULL WHERE act = '{Act.CALLED_OFF}'",
            tuple(each[:7]),
        )


def call_off(write: Write, numbers: Sequence[int], now: int) -> None:
    """There is nothing left to remind of."""
    _each(write, f"UPDATE reminders SET acted_at = ?, act = '{Act.CALLED_OFF}'", "fired_at IS NULL", numbers, now)


def settle(write: Write, numbers: Sequence[int], now: int) -> None:
    """What they remind of is done."""
    _each(write, f"UPDATE reminders SET acted_at = ?, act = '{Act.DONE}'", "acted_at IS NULL", numbers, now)


def revive(write: Write, numbers: Sequence[int]) -> None:
    """What a wrong clock fired waits again."""
    forget = "UPDATE reminders SET fired_at = NULL, shown_at = NULL, channel = NULL, missed = 0"
    _each(write, forget, "acted_at IS NULL", numbers)


def fire(write: Write, some: Iterable[Reminder], now: int, *, missed: bool = False) -> tuple[Reminder, ...]:
    """Takes these to be told; returns those that nobody else has taken before."""
    taken = []
    for each in some:
        if missed:
            sql = "UPDATE reminders SET fired_at = coalesce(fired_at, ?), missed = 1"
            free = "missed = 0 AND acted_at IS NULL AND shown_at IS NULL"
        else:
            sql, free = "UPDATE reminders SET fired_at = ?", "fired_at IS NULL AND acted_at IS NULL"
        if write.text(f"{sql} WHERE n = ? AND {free}", (now, each.n)):
            taken.append(each._replace(fired_at=each.fired_at or now, missed=int(missed)))
    return tuple(taken)


def show(write: Write, numbers: Iterable[int], channel: str, now: int) -> None:
    """They stand before the rep's eyes, by this channel."""
    for n in numbers:
        write.text(
            "UPDATE reminders SET shown_at = ?, channel = ?, fired_at = coalesce(fired_at, ?) "
            "WHERE n = ? AND shown_at IS NULL",
            (now, channel, now, n),
        )


def note(write: Write, numbers: Iterable[int], act: Act, now: int) -> None:
    """The rep did this with them. What was answered before stays answered."""
    seen = "fired_at = coalesce(fired_at, ?), shown_at = coalesce(shown_at, ?)"
    sql = f"UPDATE reminders SET acted_at = ?, act = ?, {seen}"
    _each(write, sql, "acted_at IS NULL", numbers, now, act.value, now, now)


def prune(write: Write, before: int) -> int:
    """Forgets those that came due before; returns how many."""
    return write.text("DELETE FROM reminders WHERE due_at < ?", (before,))


def _each(write: Write, sql: str, only: str, numbers: Iterable[int], *first: Any) -> None:
    write.many(f"{sql} WHERE n = ? AND {only}", [(*first, n) for n in numbers])
