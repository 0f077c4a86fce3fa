"""Who comes first: place and level, then deadline, then money at stake, then days waiting; ties by id."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

from companion.domain import snoozes
from companion.domain.activities import TOUCHES
from companion.domain.meetings import ends, next_meeting
from companion.domain.observing import observe
from companion.domain.reasons import Reason, tell
from companion.domain.relationship import DealRow, Entry, Relationship, Snooze
from companion.domain.rules import LATER, Rule, holds
from companion.domain.signals import Agreed, Moment, Signals
from companion.domain.words import day_start

NO_DEADLINE: Final = 253_402_300_799
WAITING_CUSTOMER: Final = 2
"""The level of whoever waits for us, which no parking silences (docs/decisions/0009)."""
_NOT_HUSHED: Final = 7
NEXT_UP_S: Final = 4 * 3_600
"""How far ahead of a meeting its person moves under Next up."""


class Rank(NamedTuple):
    """Sorts ascending; money and waiting stand negated. The index of the scores table has the same order."""

    place: int
    level: int
    due_at: int
    minus_stake: int
    minus_waiting: int
    id: str


Candidate = tuple[Rank, Rule, Signals, "DealRow | None"]
"""A rule that holds: where it puts its subject, the signals that it saw, and the deal that it speaks of."""


@dataclass(frozen=True, slots=True)
class Found:
    """A reason with its rank and the deal that it speaks of."""

    rank: Rank
    reason: Reason
    deal_id: str | None


def found(
    relationship: Relationship, rules: Sequence[Rule], moment: Moment, agreed: Agreed, hidden: Collection[str] = ()
) -> list[Found]:
    """Every reason to turn to this person or deal, strongest first. `hidden` are ids of rules to keep quiet."""
    return [
        Found(rank, tell(rule, signals, moment, rank.place), deal.id if deal else None)
        for rank, rule, signals, deal in argued(relationship, rules, moment, agreed, hidden)
    ]


def argued(
    relationship: Relationship, rules: Sequence[Rule], moment: Moment, agreed: Agreed, hidden: Collection[str] = ()
) -> list[Candidate]:
    """What `found` tells, before it is put into words: rank, rule, the signals that it saw, and the deal."""
    hushed = _hushed(relationship, moment)
    best: dict[str, Candidate] = {}
    for deal, signals in seen(relationship, moment, agreed):
        for rule in rules:
            if not holds(rule.when, signals) or not rule.on or rule.id in hidden:
                continue
            if rule.level > hushed and (rule.always is None or not holds(rule.always, signals)):
                continue
            rank = rank_of(rule, signals, deal, relationship.id, moment)
            if rule.id not in best or rank < best[rule.id][0]:
                best[rule.id] = (rank, rule, signals, deal)
    ordered = sorted(best.values(), key=lambda each: (each[0], each[1].id))
    _yield_words(ordered)
    return ordered


def seen(relationship: Relationship, moment: Moment, agreed: Agreed) -> list[tuple[DealRow | None, Signals]]:
    """The signals of a relationship deal by deal; a deal that is put away says nothing of its own."""
    away = {each.record_id for each in relationship.snoozes if each.until_at > moment.at} - {relationship.id}
    alone = relationship.deals[0] if relationship.kind == "deal" else None
    if alone is not None and any(each.until_at > moment.at for each in relationship.snoozes):
        return [(alone, signals) for _, signals in observe(replace(relationship, deals=()), moment, agreed)]
    if not away:
        return observe(relationship, moment, agreed)
    left = replace(
        relationship,
        deals=[deal for deal in relationship.deals if deal.id not in away],
        entries=[each for each in relationship.entries if not (_is_step(each) and each.deal_id in away)],
    )
    return observe(left, moment, agreed)


def _is_step(entry: Entry) -> bool:
    """A next step. A promise of ours is not put away with its deal: somebody waits for it."""
    return entry.what == "task" and entry.promise != "mine"


def _yield_words(ordered: list[Candidate]) -> None:
    """Lets the first reason that is fresh or quiet speak at the rank of an agreed touch which leads and yields."""
    if not ordered or not ordered[0][1].yields:
        return
    speaks = next((i for i, each in enumerate(ordered) if each[1].level in (5, 6)), None)
    if speaks is not None:
        lead, other = ordered[0], ordered.pop(speaks)
        ordered[0] = (other[0], *lead[1:])
        ordered.insert(0, (lead[0], *other[1:]))


def rank_of(rule: Rule, signals: Signals, deal: DealRow | None, subject_id: str, moment: Moment) -> Rank:
    """Where a rule that holds puts its subject."""
    place = LATER if rule.later_when and holds(rule.later_when, signals) else rule.place
    due_at, waiting = NO_DEADLINE, 0
    if rule.deadline and rule.deadline in signals:
        due = signals[rule.deadline].value
        due_at = day_start(due, moment.zone) if isinstance(due, dt.date) else int(due)
    if rule.waiting and rule.waiting in signals:
        waiting = int(signals[rule.waiting].value)
    return Rank(place, rule.level, due_at, -stake_of(deal), -waiting, subject_id)


def stake_of(deal: DealRow | None) -> int:
    """Amount times probability, in hundredths; the stage's probability, else one half, where the deal has none."""
    if deal is None or not deal.amount:
        return 0
    chance = deal.probability if deal.probability is not None else deal.stage_probability
    return deal.amount * (50 if chance is None else min(max(chance, 0), 100)) // 100


def look_again_at(relationship: Relationship, moment: Moment, anchored: bool) -> int | None:
    """When time alone may change what the rules say, or None. `anchored`: rules speak of what is open or fresh only."""
    times = [when for each in relationship.snoozes for when in _wakes(each, relationship.entries, moment)]
    midnight = day_start(moment.today + dt.timedelta(days=1), moment.zone)
    if (
        not anchored
        or relationship.deals
        or any(moment.at - (each.at or 0) < 15 * 86_400 for each in relationship.marks)
    ):
        times.append(midnight)
    for each in relationship.entries:
        at = each.at or 0
        if each.done:
            pass
        elif each.what == "task":
            times.append(midnight)
            if each.due_at is not None and each.due_at > moment.at:
                times.append(each.due_at)
        elif each.what in ("meeting", "call") and at:
            times += [when for when in (at - NEXT_UP_S, at, ends(each)) if when > moment.at]
            times.append(midnight)
        if at >= moment.midnight or (each.direction == "in" and at > moment.at - 31 * 86_400):
            times.append(midnight)
    if any(each.until_at <= moment.at for each in relationship.snoozes) or relationship.moves:
        times.append(midnight)
    return min(times, default=None)


def _wakes(snooze: Snooze, entries: Sequence[Entry], moment: Moment) -> list[int]:
    """When a snooze can end by time alone: at its latest, or with the meeting that it waits for. A reply writes."""
    if snooze.until_at <= moment.at:
        return []
    meeting = next_meeting(entries, snooze.made_at) if snooze.waits_for == snoozes.MEETING else None
    over = [ends(meeting)] if meeting is not None and ends(meeting) > moment.at else []
    return [snooze.until_at, *over]


def _hushed(relationship: Relationship, moment: Moment) -> int:
    """Rules beyond this level keep quiet, but for what came up since: all of them once the rep was in touch today or
    asked for quiet. Parking quiets what we want of them, not what they wait for.
    """
    asked = [each for each in relationship.snoozes if each.record_id == relationship.id and each.until_at > moment.at]
    if in_touch_today(relationship, moment) or any(not each.parked for each in asked):
        return 0
    return WAITING_CUSTOMER if asked else _NOT_HUSHED


def in_touch_today(relationship: Relationship, moment: Moment) -> bool:
    """Whether the rep called, wrote to or met this person since midnight."""
    return any(
        each.what in TOUCHES
        and each.direction != "in"
        and each.at is not None
        and moment.midnight <= each.at <= moment.at
        and each.owner_id in (None, relationship.me)
        and (each.what != "meeting" or bool(each.done or each.outcome))
        for each in relationship.entries
    )
