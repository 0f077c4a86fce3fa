"""Reads people and deals with all that rules look at, many at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, Final

from companion.database import Rows, Write
from companion.domain import snoozes as snoozing
from companion.domain.activities import TOUCHES
from companion.domain.meetings import ends, next_meeting
from companion.domain.ranking import NEXT_UP_S
from companion.domain.records import Kind
from companion.domain.relationship import DealRow, Entry, Mark, Move, PersonRow, Relationship, Snooze
from companion.domain.signals import Moment

NEWEST: Final = 60
"""Activities of a person that rules look at."""
_DAY: Final = 86_400
_MARKS_BACK: Final = 15 * _DAY
_MOVES_BACK: Final = 32 * _DAY

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
_OPEN: Final = (
    "d.gone IS NULL AND (d.status IS NULL OR d.status = 'open' OR (d.status = 'won' AND d.contract_ends_on >= ?))"
)


_NEWEST: Final = (
    f"SELECT {_ENTRY} FROM activities a WHERE a.person_id = ? AND a.gone IS NULL "
    f"ORDER BY a.at DESC, a.n DESC LIMIT {NEWEST}"
)
_TASKS: Final = (
    f"SELECT {_ENTRY} FROM activities a WHERE a.person_id = ? AND a.what = 'task' AND a.done = 0 AND a.gone IS NULL"
)
_LOOSE: Final = (
    f"SELECT a.deal_id, {_ENTRY} FROM activities a WHERE a.person_id IS NULL AND a.gone IS NULL AND a.deal_id"
)
_SHARED: Final = (
    f"SELECT p.person_id, {_ENTRY} FROM participants p JOIN activities a ON a.id = p.record_id "
    "WHERE a.gone IS NULL AND p.person_id"
)
_MARKS: Final = (
    "SELECT person_id, id, what, subject, at, count, source, campaign FROM engagements "
    "WHERE gone IS NULL AND at >= ? AND person_id"
)
_NEWEST_OF_ALL: Final = f"SELECT {_ENTRY} FROM activities a WHERE a.gone IS NULL AND"
_TAKES_PART: Final = "a.id IN (SELECT record_id FROM participants WHERE person_id = ?)"
_LAST: Final = f"ORDER BY a.at DESC, a.n DESC LIMIT {NEWEST}"
_SNOOZES: Final = (
    "SELECT record_id, record_id, until_at, words, made_at, waits_for, parked, event_at FROM snoozes WHERE record_id"
)
_MOVES: Final = (
    "SELECT record_id, record_id, field, was, became, at FROM moves "
    "WHERE at >= ? AND field IN ('close_on', 'owner_id') AND record_id"
)
_BUYERS: Final = (
    "SELECT company_id, id FROM people "
    "WHERE gone IS NULL AND buying_role IS NOT NULL AND buying_role != '' AND company_id"
)


def load(
    rows: Rows, subjects: Sequence[tuple[Kind, str]], moment: Moment, me: str | None
) -> list[tuple[Relationship, dict[str, int]]]:
    """The relationships that are the rep's among these ≤ 400 subjects, each with its hidden rules and until when.

    Left out: a person who is gone, or neither owned by the rep nor on a deal of the rep's; a deal that has a person.
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
    person_ids = [each.id for each in found if each.person]
    watched = list(dict.fromkeys([*person_ids, *deal_ids]))
    loose = _grouped(_in(rows, _LOOSE, deal_ids))
    shared = _grouped(_in(rows, _SHARED, person_ids))
    marks = _grouped(_in(rows, _MARKS, person_ids, (moment.at - _MARKS_BACK,)))
    snoozes = _grouped(_in(rows, _SNOOZES, watched))
    moves = _grouped(_in(rows, _MOVES, watched, (moment.at - _MOVES_BACK,)))
    contacts = _contacts(rows, found)
    colleagues: dict[str, str] = dict(rows.all("SELECT id, name FROM users"))
    for each in found:
        keys = list(dict.fromkeys((each.id, *(deal.id for deal in each.deals))))
        extra = [row for key in keys for row in loose.get(key, ())]
        each.entries = _entries(rows, each, extra, shared.get(each.id, []))
        each.marks = sorted((Mark._make(row) for row in marks.get(each.id, ())), key=lambda mark: -(mark.at or 0))
        each.snoozes = [_as_it_stands(Snooze(*row), each, moment) for key in keys for row in snoozes.get(key, ())]
        each.moves = [Move._make(row) for key in keys for row in moves.get(key, ())]
        each.contacts, each.colleagues, each.me = contacts, colleagues, me
        if any(_is_near(entry, moment) for entry in each.entries):
            each.spoken = _spoken(rows, each)


def _as_it_stands(snooze: Snooze, of: Relationship, moment: Moment) -> Snooze:
    """The snooze, ended if what it waits for has come; a reply about another deal does not end a deal's."""
    if snooze.waits_for is None:
        return snooze
    on = (None, snooze.record_id)
    entries = of.entries if snooze.record_id == of.id else [each for each in of.entries if each.deal_id in on]
    return snoozing.now(snooze, entries, moment.at)


def event_at(rows: Rows, kind: Kind, record_id: str, event: str | None, now: int) -> int | None:
    """What a snooze made `now` must know of its event: of a reply, when anybody was last in touch; of a meeting, when
    it is to end; None where there is no such thing.
    """
    if event is None:
        return None
    entries = [Entry._make(row) for row in rows.all(*_entries_of(kind, record_id))]
    if event == snoozing.MEETING:
        meeting = next_meeting(entries, now)
        return ends(meeting) if meeting else None
    return max((each.at or 0 for each in entries if each.what in TOUCHES and (each.at or 0) <= now), default=0)


def meeting_ahead(rows: Rows, kind: Kind, record_id: str, now: int) -> Entry | None:
    """The meeting with this person or about this deal that is the first to end from now on."""
    return next_meeting([Entry._make(row) for row in rows.all(*_entries_of(kind, record_id))], now)


def _entries_of(kind: Kind, record_id: str) -> tuple[str, tuple[Any, ...]]:
    if kind is Kind.PERSON:
        return f"{_NEWEST_OF_ALL} (a.person_id = ? OR {_TAKES_PART}) {_LAST}", (record_id, record_id)
    whose = "(a.deal_id = ? OR (a.deal_id IS NULL AND a.person_id = (SELECT person_id FROM deals WHERE id = ?)))"
    return f"{_NEWEST_OF_ALL} {whose} {_LAST}", (record_id, record_id)


def settle_snoozes(write: Write, found: Iterable[Relationship], moment: Moment) -> None:
    """Keeps when a snooze ended that waited for an event, so that whoever asks the table need not know events."""
    for each in found:
        for snooze in each.snoozes:
            if snooze.ended_by is not None and snooze.until_at <= moment.at:
                write.text(
                    "UPDATE snoozes SET until_at = ? WHERE record_id = ? AND until_at > ?",
                    (snooze.until_at, snooze.record_id, snooze.until_at),
                )


def _entries(rows: Rows, relationship: Relationship, loose: list[Any], shared: list[Any]) -> list[Entry]:
    own: list[Any] = []
    if relationship.person:
        own = rows.all(_NEWEST, (relationship.id,))
        if len(own) == NEWEST:
            own += rows.all(_TASKS, (relationship.id,))
    if shared:
        relationship.shared = frozenset(row[0] for row in shared) - {row[0] for row in own}
    if loose or shared or len(own) > NEWEST:
        return _merged(own, [*loose, *shared])
    return [Entry._make(row) for row in own]


def _is_near(entry: Entry, moment: Moment) -> bool:
    """Whether this is a meeting or an agreed call about now: then what was spoken of matters."""
    if entry.what not in ("meeting", "call") or entry.done:
        return False
    return moment.at - NEXT_UP_S < (entry.at or 0) < moment.at + _DAY


def _merged(own: Iterable[Any], extra: Iterable[Any]) -> list[Entry]:
    by_id = {row[0]: Entry._make(row) for row in (*own, *extra)}
    return sorted(by_id.values(), key=lambda entry: (-(entry.at or 0), entry.id))


def _spoken(rows: Rows, relationship: Relationship) -> str:
    ids = [entry.id for entry in relationship.entries if (entry.what != "task")][:NEWEST]
    said = _in(
        rows,
        "SELECT lower(coalesce(subject, '') || ' ' || substr(coalesce(body, ''), 1, 4000)) FROM activities WHERE id",
        ids,
    )
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
    buyers: dict[str, set[str]] = defaultdict(set)
    for company, person in _in(rows, _BUYERS, sorted(companies)):
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
