"""Bring the ledger of reminders up to date and take out of it what is to be told now."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from companion.actions.desk import Desk
from companion.database import Rows, Write
from companion.domain.reminders import AHEAD_S, Manner, Plan, Reminder, plan, told_at
from companion.store import meta, reminders

_SINCE: Final = "reminders_since"
_LOOKED: Final = "reminders_looked_at"
_DAY: Final = 86_400
_HOUR: Final = 3_600
_ROUNDS: Final = 4


@dataclass(frozen=True, slots=True)
class Look:
    """What is to be told: each of `meetings` by itself, `bundle` together, `missed` quietly; each is taken and will not
    come again. `settled` were done elsewhere: whatever still shows them may go. `ahead` are the instants, in seconds
    since 1970, at which the next ones will be told, without a word of what they are; `next_at` is when to look again.
    """

    meetings: tuple[Reminder, ...] = ()
    bundle: tuple[Reminder, ...] = ()
    missed: tuple[Reminder, ...] = ()
    settled: tuple[int, ...] = ()
    ahead: tuple[int, ...] = ()
    next_at: int | None = None


def tell_reminders(desk: Desk, manner: Manner, since: int) -> Look:
    """Looks what is due. `since` is when this session began, in seconds since 1970. Any thread.

    Nothing is written while nothing is due: it may be called after each change. A second process that looks at the
    same moment is told other reminders, or none.
    """
    if desk.me is None:
        return Look()
    clock = desk.clock()
    now, zone = int(clock.timestamp()), clock.tzinfo
    assert zone is not None
    found = Plan()
    settled: list[int] = []
    with desk.database.read() as rows:
        quiet = meta.get(rows, _SINCE) is not None and now - (meta.get(rows, _LOOKED) or 0) < _HOUR
        if quiet:
            found = _plan(rows, desk, manner, since, now)
            settled = reminders.settled_elsewhere(rows)
            if not (found.changes_ledger or settled):
                return Look(
                    missed=tuple(reminders.unseen(rows)), ahead=_ahead(rows, now, zone, manner), next_at=found.next_at
                )
    with desk.database.write(patient=True) as write:
        _remember(write, now)
        settled = reminders.settled_elsewhere(write)
        reminders.settle(write, settled, now)
        for _ in range(_ROUNDS):
            found = _plan(write, desk, manner, since, now)
            if not (found.add or found.call_off or found.revive):
                break
            reminders.call_off(write, found.call_off, now)
            reminders.add(write, found.add)
            reminders.revive(write, found.revive)
        meetings = reminders.fire(write, found.meetings, now)
        bundle = reminders.fire(write, found.bundle, now)
        reminders.fire(write, found.missed, now, missed=True)
        ahead = _ahead(write, now, zone, manner)
        return Look(meetings, bundle, tuple(reminders.unseen(write)), tuple(settled), ahead, found.next_at)


def show_reminders(desk: Desk, numbers: Iterable[int], channel: str) -> None:
    """These stand before the rep's eyes now: 'notification', 'tray' or 'window'."""
    with desk.database.write() as write:
        reminders.show(write, numbers, channel, int(desk.clock().timestamp()))


def _plan(rows: Rows, desk: Desk, manner: Manner, since: int, now: int) -> Plan:
    zone = desk.clock().tzinfo
    assert zone is not None
    assert desk.me is not None
    begin = _looks_back_to(rows, now)
    expected = reminders.coming(rows, desk.me, begin, now, zone, manner.morning_hour)
    ledger = reminders.between(rows, min(begin, now) - _DAY, now + AHEAD_S)
    inside = [each for each in ledger if each.due_at >= begin or not each.waits]
    return plan(expected, inside, now, zone, manner, since, reminders.last_bundle(rows))


def _looks_back_to(rows: Rows, now: int) -> int:
    """A day, or to the last look where that was longer ago, or to the oldest that still waits; but never to a time
    before Companion watched at all: what was due then nobody had asked it for."""
    first: int = meta.get(rows, _SINCE) or now
    looked: int = meta.get(rows, _LOOKED) or now
    waiting = reminders.open_since(rows)
    begin = max(first, min(now - _DAY, looked))
    return min(begin, now) if waiting is None else min(begin, now, waiting)


def _remember(write: Write, now: int) -> None:
    since = meta.get(write, _SINCE)
    if since is None or since > now:
        meta.put(write, _SINCE, now)
    if abs(now - (meta.get(write, _LOOKED) or 0)) >= _HOUR:
        meta.put(write, _LOOKED, now)


def _ahead(rows: Rows, now: int, zone: dt.tzinfo, manner: Manner) -> tuple[int, ...]:
    """When those that wait will be told, as far as that can be known: what comes at night comes in the morning."""
    waiting = [each for each in reminders.between(rows, now - AHEAD_S, now + AHEAD_S) if each.waits]
    return tuple(sorted(told_at(each, zone, manner) for each in waiting))
