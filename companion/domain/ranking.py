"""Who comes first: place and level, then deadline, then money at stake, then days waiting; ties by id."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from companion.domain.activities import TOUCHES
from companion.domain.observing import observe
from companion.domain.reasons import Reason, tell
from companion.domain.relationship import DealRow, Relationship
from companion.domain.rules import LATER, Rule, holds
from companion.domain.signals import Agreed, Moment, Signals
from companion.domain.words import day_start

NO_DEADLINE: Final = 253_402_300_799
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


_Candidate = tuple[Rank, Rule, Signals, "DealRow | None"]


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
    muted = _quiet_now(relationship, moment)
    parked = {each.record_id for each in relationship.snoozes if each.until_at > moment.at}
    if parked:
        relationship.deals = [deal for deal in relationship.deals if deal.id not in parked]
        if relationship.kind == "deal" and not relationship.deals:
            return []
    best: dict[str, _Candidate] = {}
    for deal, signals in observe(relationship, moment, agreed):
        for rule in rules:
            if not holds(rule.when, signals) or not rule.on or rule.id in hidden:
                continue
            if muted and (rule.always is None or not holds(rule.always, signals)):
                continue
            rank = rank_of(rule, signals, deal, relationship.id, moment)
            if rule.id not in best or rank < best[rule.id][0]:
                best[rule.id] = (rank, rule, signals, deal)
    ordered = sorted(best.values(), key=lambda each: (each[0], each[1].id))
    _yield_words(ordered)
    return [
        Found(rank, tell(rule, signals, moment, rank.place), deal.id if deal else None)
        for rank, rule, signals, deal in ordered
    ]


def _yield_words(ordered: list[_Candidate]) -> None:
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
    times = [each.until_at for each in relationship.snoozes if each.until_at > moment.at]
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
            ends = each.ends_at or at + (each.duration_s or 3_600)
            times += [when for when in (at - NEXT_UP_S, at, ends) if when > moment.at]
            times.append(midnight)
        if at >= moment.midnight or (each.direction == "in" and at > moment.at - 31 * 86_400):
            times.append(midnight)
    if any(each.until_at <= moment.at for each in relationship.snoozes) or relationship.moves:
        times.append(midnight)
    return min(times, default=None)


def _quiet_now(relationship: Relationship, moment: Moment) -> bool:
    """Whether the rep was in touch today or asked for quiet: only what came up since may speak."""
    if any(each.record_id == relationship.id and each.until_at > moment.at for each in relationship.snoozes):
        return True
    return any(
        each.what in TOUCHES
        and each.direction != "in"
        and each.at is not None
        and moment.midnight <= each.at <= moment.at
        and each.owner_id in (None, relationship.me)
        and (each.what != "meeting" or bool(each.done or each.outcome))
        for each in relationship.entries
    )
