"""Why somebody is on the list: the rule in words, the records that it rests on, other reasons, what was hidden."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from companion.database import Rows
from companion.domain import rule_words, words
from companion.domain.language import tr
from companion.domain.ranking import Candidate, argued
from companion.domain.reasons import Reason, tell
from companion.domain.records import Kind
from companion.domain.relationship import Relationship
from companion.domain.rule_words import Ground
from companion.domain.signals import Moment, Signal, as_day
from companion.domain.workspace import Workspace
from companion.queries.entries import ACTIVITY, of_activity, of_engagement
from companion.queries.rule_feedback import Feedback, feedback
from companion.queries.rule_preview import name_of
from companion.queries.timeline import names_for
from companion.store import moves, relationships


class Fact(NamedTuple):
    """A record that the reason rests on, in one line, and when it was ('Wed 18 Nov', '' where it has no day)."""

    text: str
    when: str
    kind: str
    id: str


class Hidden(NamedTuple):
    """A rule that was told to keep quiet here, and until when; None: for good."""

    rule_id: str
    rule_name: str
    until: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Explanation:
    """One reason taken apart. `place` is its rank among the subject's reasons, from 1; `others` are the rest in rank.

    `step_id` is the open next step or promise that the reason speaks of, where it speaks of one.
    """

    kind: str
    id: str
    who: str
    reason: Reason
    place: int
    grounds: tuple[Ground, ...]
    facts: tuple[Fact, ...]
    others: tuple[Reason, ...]
    hidden: tuple[Hidden, ...]
    feedback: Feedback
    step_id: str | None


FOR_GOOD: Final = 253_402_128_000
"""Until when a reason is hidden that shall never come back by itself: the end of the calendar."""


def explain(
    rows: Rows,
    kind: Kind,
    subject_id: str,
    workspace: Workspace,
    now: dt.datetime,
    zone: dt.tzinfo,
    me: str | None,
    rule_id: str | None = None,
) -> Explanation | None:
    """The reason of `rule_id`, else the one on the row; None where nothing speaks of this person or deal now.

    A deal is spoken of on its person's row: the answer is about that person then, and the reason is one of the deal's.
    """
    moment = Moment.of(now, zone)
    deal_id = subject_id if kind is Kind.DEAL else None
    person_id = rows.value("SELECT person_id FROM deals WHERE id = ?", (deal_id,)) if deal_id else None
    if person_id is not None:
        kind, subject_id = Kind.PERSON, person_id
    known = relationships.load(rows, [(kind, subject_id)], moment, me)
    if not known:
        return None
    relationship, hidden = known[0]
    found = argued(relationship, workspace.rules, moment, workspace.agreed(moves.stage_norms(rows)), hidden)
    about = [i for i, each in enumerate(found) if person_id is None or (each[3] is not None and each[3].id == deal_id)]
    if not about:
        return None
    at = next((i for i in range(len(found)) if found[i][1].id == rule_id), about[0])
    chosen = found[at]
    told = [_told(each, moment) for each in found]
    proof = rule_words.evidence(chosen[1], chosen[2])
    return Explanation(
        kind=relationship.kind,
        id=relationship.id,
        who=name_of(relationship),
        reason=told[at],
        place=at + 1,
        grounds=rule_words.grounds(chosen[1], chosen[2], moment),
        facts=_facts(rows, proof, moment, workspace),
        others=tuple(each for i, each in enumerate(told) if i != at),
        hidden=_hidden(hidden, workspace, zone),
        feedback=feedback(rows, chosen[1].id, now),
        step_id=_step(relationship, proof),
    )


def _told(found: Candidate, moment: Moment) -> Reason:
    rank, rule, signals, _ = found
    return tell(rule, signals, moment, rank.place)


def _step(relationship: Relationship, proof: Sequence[Signal]) -> str | None:
    """The first open task among the evidence."""
    open_tasks = {each.id for each in relationship.entries if each.what == "task" and not each.done}
    return next((each.id for each in proof if each.kind == "activity" and each.id in open_tasks), None)


def _hidden(hidden: dict[str, int], workspace: Workspace, zone: dt.tzinfo) -> tuple[Hidden, ...]:
    rules = ((workspace.rule(rule_id), rule_id, until) for rule_id, until in sorted(hidden.items()))
    return tuple(
        Hidden(rule_id, rule.name if rule else rule_id, None if until >= FOR_GOOD else words.instant(until, zone))
        for rule, rule_id, until in rules
    )


# Facts ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _facts(rows: Rows, proof: Sequence[Signal], moment: Moment, workspace: Workspace) -> tuple[Fact, ...]:
    by_record: dict[tuple[str, str], Fact] = {}
    for fact in (
        *_activities(rows, _ids(proof, "activity"), moment, workspace),
        *_engagements(rows, _ids(proof, "engagement"), moment, workspace),
        *_deals(rows, _ids(proof, "deal"), moment),
        *_people(rows, _ids(proof, "person")),
    ):
        by_record[fact.kind, fact.id] = fact
    return tuple(by_record[each.kind, each.id] for each in proof if (each.kind, each.id) in by_record)


def _ids(proof: Sequence[Signal], kind: str) -> list[str]:
    return [each.id for each in proof if each.kind == kind]


def _activities(rows: Rows, ids: Sequence[str], moment: Moment, workspace: Workspace) -> list[Fact]:
    read = _read(rows, f"SELECT {ACTIVITY} FROM activities a WHERE a.id IN", ids)
    names = names_for(rows, read, moment.zone, workspace)
    facts = []
    for values in read:
        entry = of_activity(values, names)
        due = as_day(values[8])
        text = entry.line
        if entry.what == "task" and entry.subject:
            text = tr("{heading}: {subject}", heading=entry.heading, subject=words.lower_first(entry.subject))
        on = due if entry.what == "task" and due else entry.at.date() if values[5] else None
        facts.append(Fact(words.shortened(text, 120), _when(on, moment), "activity", entry.id))
    return facts


def _engagements(rows: Rows, ids: Sequence[str], moment: Moment, workspace: Workspace) -> list[Fact]:
    columns = "id, what, subject, at, count, person_id, deal_id, gone"
    read = _read(rows, f"SELECT {columns} FROM engagements WHERE id IN", ids)
    names = names_for(rows, (), moment.zone, workspace)
    entries = [of_engagement(values, names) for values in read]
    return [Fact(e.body or e.heading, _when(e.at.date(), moment), "engagement", e.id) for e in entries]


def _deals(rows: Rows, ids: Sequence[str], moment: Moment) -> list[Fact]:
    read = _read(
        rows,
        "SELECT d.id, d.name, d.amount, d.currency, s.name, d.close_on FROM deals d "
        "LEFT JOIN stages s ON s.id = d.stage_id WHERE d.id IN",
        ids,
    )
    facts = []
    for deal, name, amount, currency, stage, close_on in read:
        money = words.short_money(amount, currency) if amount else ""
        shown = (words.one_line(name) or tr("Deal"), money, words.one_line(stage))
        on = as_day(close_on)
        closes = tr("closes {day}", day=words.dated(on, moment.today)) if on else ""
        facts.append(Fact(" · ".join(each for each in shown if each), closes, "deal", deal))
    return facts


def _people(rows: Rows, ids: Sequence[str]) -> list[Fact]:
    read = _read(rows, "SELECT id, name, role FROM people WHERE id IN", ids)
    return [
        Fact(
            ", ".join(each for each in map(words.one_line, (name, role)) if each) or tr("No name"), "", "person", person
        )
        for person, name, role in read
    ]


def _read(rows: Rows, sql: str, ids: Sequence[str]) -> list[tuple[Any, ...]]:
    return rows.all(f"{sql} ({','.join('?' * len(ids))})", ids) if ids else []


def _when(on: dt.date | None, moment: Moment) -> str:
    return words.dated(on, moment.today) if on else ""
