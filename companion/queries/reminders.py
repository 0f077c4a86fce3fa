"""The ledger of reminders as a screen shows it: each with what became of it, newest first, also of one person alone."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final, NamedTuple

from companion.database import Rows
from companion.domain import words
from companion.domain.language import tr
from companion.domain.reminders import Act, Reminder, State, What, state_of
from companion.store.reminders import COLUMNS


class Line(NamedTuple):
    """A reminder with the name of the person, or of the deal, that it is about ('' when nobody is known); `due` and
    the steps are aware local times. `steps` are what happened to it, in order: 'due', 'fired', 'shown', the act.
    """

    reminder: Reminder
    who: str
    company: str
    state: State
    due: dt.datetime
    steps: tuple[tuple[str, dt.datetime], ...]


class Ledger(NamedTuple):
    """A part of the ledger, and how many there are of either kind in all. `ahead` come first, soonest first."""

    ahead: tuple[Line, ...]
    past: tuple[Line, ...]
    all: int
    missed: int


_NAMED: Final = (
    f"SELECT {COLUMNS}, p.name, d.name, c.name FROM reminders r "
    "LEFT JOIN people p ON p.id = r.person_id AND p.gone IS NOT 'out_of_scope' "
    "LEFT JOIN deals d ON d.id = r.deal_id AND d.gone IS NOT 'out_of_scope' "
    "LEFT JOIN companies c ON c.id = coalesce(p.company_id, d.company_id) "
)
_MISSED: Final = "r.missed = 1"
_WIDTH: Final = len(Reminder._fields)


def ledger(
    rows: Rows,
    now: dt.datetime,
    zone: dt.tzinfo,
    *,
    person_id: str | None = None,
    missed_only: bool = False,
    limit: int = 300,
) -> Ledger:
    """At most `limit` that are past, newest first, and all that are ahead. `now` is aware."""
    whose = "r.person_id = ?" if person_id else "1"
    marks: tuple[Any, ...] = (person_id,) if person_id else ()
    at = int(now.timestamp())
    only = f"{whose} AND {_MISSED}" if missed_only else whose
    coming = "r.due_at > ? AND r.fired_at IS NULL AND r.acted_at IS NULL"
    ahead = rows.all(f"{_NAMED} WHERE {only} AND {coming} ORDER BY r.due_at, r.n LIMIT 100", (*marks, at))
    past = rows.all(
        f"{_NAMED} WHERE {only} AND NOT ({coming}) ORDER BY r.due_at DESC, r.n DESC LIMIT ?", (*marks, at, limit)
    )
    every, missed = rows.one(f"SELECT count(*), total(r.missed) FROM reminders r WHERE {whose}", marks) or (0, 0)
    return Ledger(
        tuple(_line(each, at, zone) for each in ahead),
        tuple(_line(each, at, zone) for each in past),
        int(every),
        int(missed),
    )


def named(rows: Rows, numbers: tuple[int, ...], now: dt.datetime, zone: dt.tzinfo) -> tuple[Line, ...]:
    """These reminders with the names that they are told by, in their order; those that are gone are left out."""
    at = int(now.timestamp())
    found = [rows.one(f"{_NAMED} WHERE r.n = ?", (n,)) for n in numbers]
    return tuple(_line(each, at, zone) for each in found if each is not None)


def _line(values: tuple[Any, ...], now: int, zone: dt.tzinfo) -> Line:
    reminder = Reminder._make(values[:_WIDTH])
    person, deal, company = values[_WIDTH:]
    who = words.one_line(person) or words.one_line(deal)
    return Line(
        reminder,
        words.shortened(who, 80),
        words.shortened(words.one_line(company), 80),
        state_of(reminder, now),
        words.instant(reminder.due_at, zone),
        _steps(reminder, zone),
    )


def _steps(reminder: Reminder, zone: dt.tzinfo) -> tuple[tuple[str, dt.datetime], ...]:
    told = "missed" if reminder.missed else "fired"
    steps = (
        ("due", reminder.due_at),
        (told, reminder.fired_at),
        (f"shown:{reminder.channel}", reminder.shown_at if reminder.channel else None),
        (reminder.act or "", reminder.acted_at),
    )
    return tuple((name, words.instant(at, zone)) for name, at in steps if at is not None)


# In words ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def headline(line: Line, now: dt.datetime, *, names_only: bool = False) -> str:
    """One sentence: 'Demo with Marta Ferreira at 10:30'; with `names_only` nothing that anybody wrote."""
    what = line.reminder.what
    about = "" if names_only else line.reminder.words
    who = line.who or tr("somebody")
    if what == What.MEETING:
        return _meeting(line, about, who, now)
    if what == What.PROMISE:
        if about:
            return tr("Promised {who}: {what}", who=who, what=about)
        return tr("A promise to {who} is due", who=who)
    if about:
        return tr("You asked to see {who} now: {why}", who=who, why=about)
    return tr("You asked to see {who} now", who=who)


def _meeting(line: Line, about: str, who: str, now: dt.datetime) -> str:
    time = words.clock(line.reminder.due_at, line.due.tzinfo or dt.UTC)
    begun = line.due <= now
    if about and line.who and line.who.casefold() not in about.casefold():
        if begun:
            return tr("{what} with {who} began at {time}", what=about, who=who, time=time)
        return tr("{what} with {who} at {time}", what=about, who=who, time=time)
    if about:
        return (
            tr("{what} began at {time}", what=about, time=time)
            if begun
            else tr("{what} at {time}", what=about, time=time)
        )
    if begun:
        return tr("Your meeting with {who} began at {time}", who=who, time=time)
    return tr("Meeting with {who} at {time}", who=who, time=time)


def step_words(line: Line, today: dt.date) -> tuple[str, ...]:
    """What happened to it, each with its time: 'Due 10:30', 'Shown as a notification 10:20', 'Opened 10:21'."""
    return tuple(_step(name, at, today) for name, at in line.steps)


def _step(name: str, at: dt.datetime, today: dt.date) -> str:
    time = words.clock(int(at.timestamp()), at.tzinfo or dt.UTC)
    when = time if at.date() == today else f"{words.short_day(at.date(), today)} {time}"
    said = {
        "due": tr("Due {when}", when=when),
        "fired": tr("Told {when}", when=when),
        "missed": tr("Noticed {when}", when=when),
        "shown:notification": tr("Shown as a notification {when}", when=when),
        "shown:tray": tr("Shown from the tray {when}", when=when),
        "shown:window": tr("Shown in the window {when}", when=when),
        Act.OPENED.value: tr("Opened {when}", when=when),
        Act.DONE.value: tr("Done {when}", when=when),
        Act.LATER.value: tr("Put off by an hour {when}", when=when),
        Act.DISMISSED.value: tr("Put aside {when}", when=when),
        Act.CALLED_OFF.value: tr("Called off {when}", when=when),
    }
    return said.get(name, when)


def state_words(state: State) -> str:
    """Where it stands, in a word or two."""
    return {
        State.AHEAD: tr("Coming"),
        State.DUE: tr("Held back"),
        State.FIRED: tr("On its way"),
        State.SHOWN: tr("Shown"),
        State.MISSED: tr("Missed"),
        State.OPENED: tr("Opened"),
        State.DONE: tr("Done"),
        State.LATER: tr("Put off"),
        State.DISMISSED: tr("Put aside"),
        State.CALLED_OFF: tr("Called off"),
    }[state]
