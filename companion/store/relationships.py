"""Reads people and deals with all that rules look at, many at a time; keeps what moved, and how long stages take."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, Final

from companion.database import Rows, Write
from companion.domain.ranking import NEXT_UP_S
from companion.domain.records import Kind
from companion.domain.relationship import DealRow, Entry, Mark, Move, PersonRow, Relationship, Snooze
from companion.domain.signals import Moment

NEWEST: Final = 60
"""Activities of a person that rules look at."""
_DAY: Final = 86_400
_MARKS_BACK: Final = 15 * _DAY
_ENOUGH_STAYS: Final = 5
"""Stays in a stage from which on our own median counts instead of the agreed norm."""

_ENTRY: Final = (
    "a.id, a.what, a.direction, a.subject, a.at, a.ends_at, a.duration_s, a.due_on, a.due_at, a.done, a.outcome, "
    "a.promise, a.deal_id, a.owner_id"
)
_PERSON: Final = "id, name, best_time, source, campaign, journey, created_at, company_id, owner_id, extra"
_DEAL: Final = (
    "d.id, d.name, d.amount, d.currency, d.close_on, d.probability, d.status, d.is_lead, d.stage_since_at, "
    "d.contract_ends_on, d.trial_ends_on, d.source, d.campaign, d.created_at, d.person_id, d.company_id, d.owner_id, "
    "d.stage_id, s.name, s.probability, d.extra"
)
_OPEN: Final = "d.gone IS NULL AND (d.status IS NULL OR d.status = 'open' OR (d.status = 'won' AND d.contract_ends_on >= ?))"


def load(
    rows: Rows, subjects: Sequence[tuple[Kind, str]], moment: Moment, me: str | None
) -> list[tuple[Relationship, dict[str, int]]]:
    """The relationships that are the rep's among these ≤ 400 subjects, each with its hidden rules and until when.

    A person who is gone, or neither owned by the rep nor on a deal of the rep's, is left out, as is a deal with a person.
    """
    people = [each for kind, each in subjects if kind == Kind.PERSON]
    alone = [each for kind, each in subjects if kind == Kind.DEAL]
    today = moment.today.isoformat()
    deals: dict[str, list[DealRow]] = defaultdict(list)
    sql = f"SELECT {_DEAL} FROM deals d LEFT JOIN stages s ON s.id = d.stage_id WHERE {_OPEN} AND "
    for row in _in(rows, f"{sql} d.person_id", people, (today,)):
        deal = DealRow._make(row)
        if me is None or deal.owner_id == me:
            deals[str(deal.person_id)].append(deal)
    found: list[Relationship] = []
    for row in _in(rows, f"SELECT {_PERSON} FROM people WHERE gone IS NULL AND id", people):
        person = PersonRow._make(row)
        if me is None or person.owner_id == me or person.id in deals:
            found.append(Relationship("person", person.id, person, deals.get(person.id, [])))
    there = "NOT EXISTS (SELECT 1 FROM people p WHERE p.id = d.person_id AND p.gone IS NULL)"
    for row in _in(rows, f"{sql} {there} AND d.id", alone, (today,)):
        deal = DealRow._make(row)
        if me is None or deal.owner_id == me:
            found.append(Relationship("deal", deal.id, None, [deal]))
    _fill(rows, found, moment, me)
    hidden = _hidden(rows, found, moment)
    return [(each, hidden.get(each.id, {})) for each in found]


def _fill(rows: Rows, found: Sequence[Relationship], moment: Moment, me: str | None) -> None:
    deal_ids = [deal.id for each in found for deal in each.deals]
    loose = _grouped(
        _in(rows, f"SELECT a.deal_id, {_ENTRY} FROM activities a WHERE a.person_id IS NULL AND a.gone IS NULL AND a.deal_id", deal_ids)
    )
    person_ids = [each.id for each in found if each.person]
    shared_sql = (
        f"SELECT p.person_id, {_ENTRY} FROM participants p JOIN activities a ON a.id = p.record_id "
        "WHERE a.gone IS NULL AND p.person_id"
    )
    shared = _grouped(_in(rows, shared_sql, person_ids))
    since = moment.at - _MARKS_BACK
    marks = defaultdict(list)
    marks_sql = "SELECT person_id, id, what, subject, at, count, source, campaign FROM engagements WHERE gone IS NULL AND at >= ? AND person_id"
    for row in _in(rows, marks_sql, person_ids, (since,)):
        marks[row[0]].append(Mark._make(row[1:]))
    watched = [*person_ids, *deal_ids]
    snoozes = defaultdict(list)
    for row in _in(rows, "SELECT record_id, until_at, words, made_at FROM snoozes WHERE record_id", watched):
        snoozes[row[0]].append(Snooze._make(row))
    moves = defaultdict(list)
    moves_sql = "SELECT record_id, field, was, became, at FROM moves WHERE at >= ? AND field IN ('close_on', 'owner_id') AND record_id"
    for row in _in(rows, moves_sql, watched, (moment.at - 32 * _DAY,)):
        moves[row[0]].append(Move._make(row))
    contacts = _contacts(rows, found)
    colleagues = dict(rows.all("SELECT id, name FROM users")) if moves else {}
    newest_sql = f"SELECT {_ENTRY} FROM activities a WHERE a.person_id = ? AND a.gone IS NULL ORDER BY a.at DESC, a.n DESC LIMIT {NEWEST}"
    tasks_sql = f"SELECT {_ENTRY} FROM activities a WHERE a.person_id = ? AND a.what = 'task' AND a.done = 0 AND a.gone IS NULL"
    for each in found:
        ids = [each.id, *(deal.id for deal in each.deals if deal.id != each.id)]
        own = []
        if each.person:
            own = rows.all(newest_sql, (each.id,))
            if len(own) == NEWEST:
                own += rows.all(tasks_sql, (each.id,))
        extra = [row for key in ids for row in loose.get(key, ())]
        extra += shared.get(each.id, ())
        each.entries = _merged(own, extra) if extra or len(own) > NEWEST else [Entry._make(row) for row in own]
        each.marks = sorted(marks.get(each.id, ()), key=lambda mark: -(mark.at or 0))
        each.snoozes = [one for key in ids for one in snoozes.get(key, ())]
        each.moves = [one for key in ids for one in moves.get(key, ())]
        each.contacts, each.colleagues, each.me = contacts, colleagues, me
        if any(
            entry.what in ("meeting", "call") and moment.at - NEXT_UP_S < (entry.at or 0) < moment.at + _DAY and not entry.done
            for entry in each.entries
        ):
            each.spoken = _spoken(rows, each)


def _merged(own: Iterable[Any], extra: Iterable[Any]) -> list[Entry]:
    by_id = {row[0]: Entry._make(row) for row in (*own, *extra)}
    return sorted(by_id.values(), key=lambda entry: (-(entry.at or 0), entry.id))


def _spoken(rows: Rows, relationship: Relationship) -> str:
    ids = [entry.id for entry in relationship.entries if (entry.what != "task")][:NEWEST]
    said = _in(rows, "SELECT lower(coalesce(subject, '') || ' ' || substr(coalesce(body, ''), 1, 4000)) FROM activities WHERE id", ids)
    return "\n".join(row[0] for row in said)


def _contacts(rows: Rows, found: Sequence[Relationship]) -> dict[str, int]:
    """How many people are known on each open deal: its own, its further contacts, and those with a role in buying."""
    deals = [deal for each in found for deal in each.deals if deal.amount]
    if not deals:
        return {}
    known: dict[str, set[str]] = {deal.id: {deal.person_id} if deal.person_id else set() for deal in deals}
    for deal_id, person in _in(rows, "SELECT record_id, person_id FROM participants WHERE record_id", list(known)):
        known[deal_id].add(person)
    companies = {deal.company_id for deal in deals if deal.company_id}
    sql = "SELECT company_id, id FROM people WHERE gone IS NULL AND buying_role IS NOT NULL AND buying_role != '' AND company_id"
    buyers = defaultdict(set)
    for company, person in _in(rows, sql, sorted(companies)):
        buyers[company].add(person)
    return {deal.id: len(known[deal.id] | buyers.get(str(deal.company_id), set())) for deal in deals}


def _hidden(rows: Rows, found: Sequence[Relationship], moment: Moment) -> dict[str, dict[str, int]]:
    hidden: dict[str, dict[str, int]] = defaultdict(dict)
    sql = "SELECT record_id, rule_id, until_at FROM hidden_reasons WHERE until_at > ? AND record_id"
    for record, rule, until in _in(rows, sql, [each.id for each in found], (moment.at,)):
        hidden[record][rule] = until
    return hidden


def _grouped(found: Iterable[tuple[Any, ...]]) -> dict[str, list[tuple[Any, ...]]]:
    grouped: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
    for row in found:
        grouped[row[0]].append(row[1:])
    return grouped


def _in(rows: Rows, sql: str, ids: Sequence[str], before: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found: list[tuple[Any, ...]] = []
    for start in range(0, len(ids), 400):
        some = ids[start : start + 400]
        found += rows.all(f"{sql} IN ({','.join('?' * len(some))})", (*before, *some))
    return found


def stamp_moves(write: Write, at: int) -> None:
    """Dates the moves that triggers noted in this transaction; a database has no clock of its own here."""
    write.text("UPDATE moves SET at = ? WHERE at IS NULL", (at,))


def learn_norms(write: Write) -> dict[str, int]:
    """The median days that deals of our own stayed in each stage, by its id; kept for `stage_norms`. Once a day is enough."""
    stays: dict[str, list[int]] = defaultdict(list)
    for stage, seconds in write.all("SELECT was, at - since_at FROM moves WHERE field = 'stage_id' AND at > since_at"):
        stays[stage].append(seconds // _DAY)
    norms = {stage: max(1, sorted(many)[len(many) // 2]) for stage, many in stays.items() if len(many) >= _ENOUGH_STAYS}
    write.text("INSERT OR REPLACE INTO meta (key, value) VALUES ('stage_norms', ?)", (json.dumps(norms),))
    return norms


def stage_norms(rows: Rows) -> dict[str, int]:
    """What `learn_norms` found last."""
    kept = rows.value("SELECT value FROM meta WHERE key = 'stage_norms'")
    norms: dict[str, int] = json.loads(kept) if kept else {}
    return norms
