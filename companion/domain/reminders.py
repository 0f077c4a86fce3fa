"""Reminders: which of a meeting, a promise or a snooze is due, what is held back, and what was missed; pure rules.

Instants are whole seconds since 1970; the rep's zone decides what is night and when a day begins.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple

from companion.domain.words import instant

BUNDLE_S: Final = 3_600
"""What is not a meeting is told at most once in so many seconds, all that has come due together."""
AHEAD_S: Final = 86_400
"""How early a reminder comes into the ledger."""
LATE_S: Final = 900
"""How long after a meeting began it is still told at once rather than only listed."""
CLOCK_SLACK_S: Final = 600
"""A firing that lies further in the future than this was made by a wrong clock: it has not happened."""
AFTERNOON: Final = 16
"""The local hour at which a promise is recalled that was made for the same day."""
SAME_DAY_S: Final = 18 * 3_600
"""Two hours of one day, wherever the rep was at each of them, lie nearer to each other than this."""


class What(StrEnum):
    """What a reminder is of."""

    MEETING = "meeting"
    PROMISE = "promise"
    SNOOZE = "snooze"


class Act(StrEnum):
    """How a reminder ended by somebody's hand, or because there was nothing left to remind of."""

    OPENED = "opened"
    DONE = "done"
    LATER = "later"
    DISMISSED = "dismissed"
    CALLED_OFF = "called_off"


class State(StrEnum):
    """Where a reminder stands: each is in exactly one of these."""

    AHEAD = "ahead"
    DUE = "due"
    FIRED = "fired"
    SHOWN = "shown"
    MISSED = "missed"
    OPENED = "opened"
    DONE = "done"
    LATER = "later"
    DISMISSED = "dismissed"
    CALLED_OFF = "called_off"


class Coming(NamedTuple):
    """A reminder that can be foreseen. `words` is what it is about: a meeting's title, what was promised, why it was
    put away; '' for nothing. `whole_day`: what is due has a day and no hour.
    """

    what: str
    record_kind: str
    record_id: str
    person_id: str | None
    deal_id: str | None
    due_at: int
    words: str
    whole_day: bool = False


class Reminder(NamedTuple):
    """A row of the ledger."""

    n: int
    what: str
    record_kind: str
    record_id: str
    person_id: str | None
    deal_id: str | None
    due_at: int
    words: str
    fired_at: int | None = None
    shown_at: int | None = None
    channel: str | None = None
    acted_at: int | None = None
    act: str | None = None
    missed: int = 0

    @property
    def waits(self) -> bool:
        """Whether it has neither been fired nor missed nor answered."""
        return self.fired_at is None and self.acted_at is None and not self.missed


@dataclass(frozen=True, slots=True)
class Manner:
    """How the rep wants to be reminded. Hours are local; `quiet_from` equal to `quiet_until`, or 24: never quiet."""

    meeting_minutes: int = 10
    quiet_from: int = 20
    quiet_until: int = 7
    morning_hour: int = 8


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done with the ledger now; `add` and `call_off` bring it up to date, the others follow from it.

    `meetings` are told one by one, `bundle` together. `held` are due and wait for the morning or for the hour to pass.
    `missed` came due while nobody could be told. `revive` had been fired by a clock that was wrong. `next_at` is when
    to look again.
    """

    add: tuple[Coming, ...] = ()
    call_off: tuple[int, ...] = ()
    revive: tuple[int, ...] = ()
    meetings: tuple[Reminder, ...] = ()
    bundle: tuple[Reminder, ...] = ()
    held: tuple[Reminder, ...] = ()
    missed: tuple[Reminder, ...] = ()
    next_at: int | None = None

    @property
    def changes_ledger(self) -> bool:
        """Whether there is anything to write."""
        return bool(self.add or self.call_off or self.revive or self.meetings or self.bundle or self.missed)


def state_of(reminder: Reminder, now: int) -> State:
    """Where it stands; what was answered is that, also if it had been missed before."""
    if reminder.acted_at is not None and reminder.act is not None:
        return State(reminder.act)
    if reminder.missed:
        return State.MISSED
    if reminder.shown_at is not None:
        return State.SHOWN
    if reminder.fired_at is not None:
        return State.FIRED
    return State.DUE if reminder.due_at <= now else State.AHEAD


def promise_due_at(due_on: dt.date, written_at: int | None, zone: dt.tzinfo, morning_hour: int) -> int:
    """When a promise for a day is recalled: in the morning; in the afternoon when it was made on that very day."""
    morning = _at_hour(due_on, morning_hour, zone)
    if written_at is None or written_at < morning or instant(written_at, zone).date() != due_on:
        return morning
    return max(_at_hour(due_on, AFTERNOON, zone), written_at + BUNDLE_S)


def is_quiet(at: int, zone: dt.tzinfo, manner: Manner) -> bool:
    """Whether an instant lies in the hours in which nothing but a meeting is told."""
    begin, end = manner.quiet_from, manner.quiet_until
    if begin == end or begin >= 24:
        return False
    hour = instant(at, zone).hour
    return begin <= hour < end if begin < end else hour >= begin or hour < end


def quiet_ends_at(at: int, zone: dt.tzinfo, manner: Manner) -> int:
    """The end of the quiet hours that `at` lies in."""
    local = instant(at, zone)
    for days in (0, 1, 2):
        end = _at_hour(local.date() + dt.timedelta(days), manner.quiet_until, zone)
        if end > at:
            return end
    raise AssertionError("a day without this hour")


def fires_at(reminder: Reminder, manner: Manner) -> int:
    """When it is to be told: a meeting some minutes before it begins."""
    return reminder.due_at - (manner.meeting_minutes * 60 if reminder.what == What.MEETING else 0)


def told_at(reminder: Reminder, zone: dt.tzinfo, manner: Manner) -> int:
    """When it will be told if nothing else has to wait for its hour: after the quiet hours, unless it is a meeting."""
    at = fires_at(reminder, manner)
    quiet = reminder.what != What.MEETING and is_quiet(at, zone, manner)
    return quiet_ends_at(at, zone, manner) if quiet else at


def plan(
    expected: Sequence[Coming],
    ledger: Sequence[Reminder],
    now: int,
    zone: dt.tzinfo,
    manner: Manner,
    since: int,
    last_bundle: int | None,
) -> Plan:
    """What is to be done now. `expected` is all that can be foreseen, over the whole time that `ledger` is of.

    `since` is when this session began: what came due before it nobody could be told. `last_bundle` is when something
    other than a meeting was told last. Rows that are to be added are decided on when they have their number.
    """
    add, call_off = _compared(expected, ledger)
    gone = set(call_off)
    revive = [each for each in ledger if _fired_by_a_wrong_clock(each, now)]
    again = {each.n for each in revive}
    meetings: list[Reminder] = []
    others: list[Reminder] = []
    missed: list[Reminder] = []
    ahead: list[int] = []
    for each in ledger:
        if each.n in gone or each.n in again:
            continue
        if each.fired_at is not None and each.shown_at is None and each.acted_at is None and not each.missed:
            if each.fired_at < since:  # it was on its way to the screen when everything stopped
                missed.append(each)
            continue
        if not each.waits:
            continue
        at = fires_at(each, manner)
        if at > now:
            ahead.append(at)
        elif each.what == What.MEETING:
            (meetings if each.due_at > now else missed).append(each)
        elif each.due_at < since:
            missed.append(each)
        else:
            others.append(each)
    free_at = _free_at(now, zone, manner, last_bundle)
    bundle = others if free_at <= now else []
    held = [] if bundle else others
    return Plan(
        tuple(add),
        tuple(call_off),
        tuple(again),
        tuple(_in_order(meetings)),
        tuple(_in_order(bundle)),
        tuple(_in_order(held)),
        tuple(_in_order(missed)),
        min([*ahead, *([free_at] if held else [])], default=None),
    )


def _compared(expected: Sequence[Coming], ledger: Sequence[Reminder]) -> tuple[list[Coming], list[int]]:
    """What the ledger lacks, and which of its waiting rows have nothing left to remind of."""
    known = {(each.what, each.record_id, each.due_at): each for each in ledger}
    told: dict[tuple[str, str], list[int]] = {}
    for each in ledger:
        if not each.waits and each.act != Act.CALLED_OFF:
            told.setdefault((each.what, each.record_id), []).append(each.due_at)
    add, wanted = [], set()
    for coming in expected:
        key = (coming.what, coming.record_id, coming.due_at)
        row = known.get(key)
        if row is not None and row.act == Act.CALLED_OFF:
            add.append(coming)  # it was called off and is on again
        elif row is None:
            days = told.get((coming.what, coming.record_id), ()) if coming.whole_day else ()
            if any(abs(coming.due_at - each) < SAME_DAY_S for each in days):
                continue  # the same day, seen from another zone or with another morning
            add.append(coming)
        wanted.add(key)
    off = [row.n for key, row in known.items() if row.waits and key not in wanted]
    return add, off


def _fired_by_a_wrong_clock(each: Reminder, now: int) -> bool:
    if each.acted_at is not None or each.fired_at is None:
        return False
    return each.fired_at > now + CLOCK_SLACK_S and each.due_at > now


def _free_at(now: int, zone: dt.tzinfo, manner: Manner, last_bundle: int | None) -> int:
    """When the next bundle may be told; not after `now` if that is now."""
    free = now if last_bundle is None or last_bundle > now else max(now, last_bundle + BUNDLE_S)
    return quiet_ends_at(free, zone, manner) if is_quiet(free, zone, manner) else free


def _in_order(some: Iterable[Reminder]) -> list[Reminder]:
    return sorted(some, key=lambda each: (each.due_at, each.n))


def _at_hour(day: dt.date, hour: int, zone: dt.tzinfo) -> int:
    return int(dt.datetime.combine(day, dt.time(hour), tzinfo=zone).timestamp())
