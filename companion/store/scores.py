"""The list of today, materialised: recomputed for whoever a change touched, never for the whole book at once.

Plain SQL, so that it costs no import at the start. Callers pass whole transactions and the present; nothing commits.
"""

from __future__ import annotations

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, Final

from companion.database import Rows, Write
from companion.domain.ranking import Found, found, look_again_at
from companion.domain.reasons import pack
from companion.domain.records import Kind
from companion.domain.relationship import DealRow, Relationship
from companion.domain.signals import Moment
from companion.domain.workspace import Workspace
from companion.store import moves, relationships

Subject = tuple[Kind, str]
"""A person, or a deal that has none, by local id."""

SLICE: Final = 200
"""Subjects to recompute in one transaction at most while a window is open."""

_PUT: Final = """INSERT OR REPLACE INTO scores (subject_id, subject_kind, section, level, due_at, stake, waiting_days,
    rule_id, person_id, company_id, deal_id, verb, reason, others, more)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""


def refresh(
    write: Write, subjects: Iterable[Subject], workspace: Workspace, now: dt.datetime, zone: dt.tzinfo, me: str | None
) -> int:
    """Recomputes the rows of these subjects and when to look again; returns how many now stand on the list.

    `now` is aware; `me` is the signed-in user's local id (None: every record counts as the rep's).
    """
    moment = Moment.of(now, zone)
    moves.stamp(write, moment.at)
    agreed = workspace.agreed(moves.stage_norms(write))
    standing = 0
    for some in _slices(dict.fromkeys(subjects)):
        known = relationships.load(write, some, moment, me)
        relationships.settle_snoozes(write, (each for each, _ in known), moment)
        rows: list[tuple[Any, ...]] = []
        again: list[tuple[str, str, int]] = []
        for relationship, hidden in known:
            when = look_again_at(relationship, moment, workspace.anchored)
            when = min([each for each in (when, *hidden.values()) if each is not None], default=None)
            if when is not None:
                again.append((relationship.id, relationship.kind, when))
            reasons = found(relationship, workspace.rules, moment, agreed, hidden)
            if reasons:
                rows.append(_row(relationship, reasons))
        _replace(write, [each for _, each in some], rows, again)
        standing += len(rows)
    return standing


def subjects_of(rows: Rows, records: Iterable[tuple[Kind, str]]) -> set[Subject]:
    """Whose row the change of these records may move."""
    by_kind: dict[Kind, list[str]] = defaultdict(list)
    for kind, record_id in records:
        by_kind[kind].append(record_id)
    people: set[str] = set(by_kind[Kind.PERSON])
    deals: set[str] = set(by_kind[Kind.DEAL])
    # A deal stands for itself once its person has left the book.
    deals |= {row[0] for row in _in(rows, "SELECT id FROM deals WHERE person_id", by_kind[Kind.PERSON])}
    for kind in (Kind.ACTIVITY, Kind.ENGAGEMENT):
        table = "activities" if kind is Kind.ACTIVITY else "engagements"
        for person, deal in _in(rows, f"SELECT person_id, deal_id FROM {table} WHERE id", by_kind[kind]):
            people |= {person} - {None}
            deals |= {deal} - {None}
    people |= {
        row[0] for row in _in(rows, "SELECT person_id FROM participants WHERE record_id", by_kind[Kind.ACTIVITY])
    }
    people |= {row[0] for row in _in(rows, "SELECT id FROM people WHERE company_id", by_kind[Kind.COMPANY])}
    people |= {row[0] for row in _in(rows, "SELECT person_id FROM deals WHERE company_id", by_kind[Kind.COMPANY])} - {
        None
    }
    for deal, person in _in(rows, "SELECT id, person_id FROM deals WHERE id", sorted(deals)):
        if person is not None:
            people.add(person)
        # The deal too: it may have stood for itself before it had a person.
        deals.add(deal)
    # A person who was moved off a deal still carries the reason that spoke of it.
    people |= {row[0] for row in _in(rows, "SELECT person_id FROM scores WHERE deal_id", sorted(deals))} - {None}
    return {(Kind.PERSON, each) for each in people} | {(Kind.DEAL, each) for each in deals}


def due(rows: Rows, now: dt.datetime, limit: int = SLICE) -> list[Subject]:
    """Subjects that time has moved: look at them again. Empty when there is nothing to do."""
    sql = "SELECT subject_kind, subject_id FROM rechecks WHERE at <= ? ORDER BY at LIMIT ?"
    return [(Kind(kind), subject_id) for kind, subject_id in rows.all(sql, (int(now.timestamp()), limit))]


def look_again(write: Write, subjects: Iterable[Subject], now: dt.datetime) -> None:
    """Leaves these subjects to the next call of `due`: a page of a first load touches more than one act may rank."""
    at = int(now.timestamp())
    write.many(
        "INSERT INTO rechecks (subject_id, subject_kind, at) VALUES (?, ?, ?)"
        " ON CONFLICT (subject_id) DO UPDATE SET at = min(at, excluded.at)",
        sorted((each, kind, at) for kind, each in subjects),
    )


def everyone(rows: Rows, me: str | None) -> list[Subject]:
    """Every subject that may stand on this rep's list, for a first sync or a changed workspace; then in slices."""
    mine = "" if me is None else " AND owner_id = ?"
    marks = () if me is None else (me,)
    people = rows.all(f"SELECT id FROM people WHERE gone IS NULL{mine}", marks)
    deals = rows.all(f"SELECT id, person_id FROM deals WHERE gone IS NULL{mine}", marks)
    standing = rows.all("SELECT subject_kind, subject_id FROM scores")
    subjects: dict[Subject, None] = {(Kind(kind), each): None for kind, each in standing}
    subjects |= {(Kind.PERSON, person): None for (person,) in people}
    subjects |= {(Kind.PERSON, person) if person else (Kind.DEAL, deal): None for deal, person in deals}
    return list(subjects)


def slices(subjects: Sequence[Subject], size: int = SLICE) -> Iterator[list[Subject]]:
    """The subjects in parts, one for each transaction."""
    for start in range(0, len(subjects), size):
        yield list(subjects[start : start + size])


def refresh_all(write: Write, workspace: Workspace, now: dt.datetime, zone: dt.tzinfo, me: str | None) -> int:
    """Recomputes everything in this transaction: for tests and benchmarks, not while a window is open."""
    moves.learn_norms(write)
    return refresh(write, everyone(write, me), workspace, now, zone, me)


def _slices(subjects: Iterable[Subject]) -> Iterator[list[Subject]]:
    left = iter(subjects)
    while some := list(islice(left, SLICE)):
        yield some


def _row(relationship: Relationship, reasons: Sequence[Found]) -> tuple[Any, ...]:
    first = reasons[0]
    rank, reason = first.rank, first.reason
    deal = _deal(relationship, first.deal_id)
    person = relationship.person
    company = (person.company_id if person else None) or (deal.company_id if deal else None)
    more = [[*pack(each.reason), each.deal_id] for each in reasons[1:]]
    return (
        relationship.id,
        relationship.kind,
        rank.place,
        rank.level,
        rank.due_at,
        -rank.minus_stake,
        -rank.minus_waiting,
        reason.rule_id,
        person.id if person else None,
        company,
        deal.id if deal else None,
        reason.verb,
        json.dumps(pack(reason), ensure_ascii=True, separators=(",", ":")),
        len(more),
        json.dumps(more, ensure_ascii=True, separators=(",", ":")) if more else "[]",
    )


def _deal(relationship: Relationship, deal_id: str | None) -> DealRow | None:
    return next((deal for deal in relationship.deals if deal.id == deal_id), None)


def _replace(write: Write, ids: list[str], rows: list[tuple[Any, ...]], again: list[tuple[str, str, int]]) -> None:
    marks = ",".join("?" * len(ids))
    before = set(write.all(f"SELECT {_COLUMNS} FROM scores WHERE subject_id IN ({marks})", ids))
    if before != set(rows):
        standing = {row[0] for row in rows}
        gone = [(row[0],) for row in before if row[0] not in standing]
        if gone:
            write.many("DELETE FROM scores WHERE subject_id = ?", gone)
        changed = [row for row in rows if row not in before]
        if changed:
            write.many(_PUT, changed)
        write.touched_today()
    write.text(f"DELETE FROM rechecks WHERE subject_id IN ({marks})", ids)
    if again:
        write.many("INSERT OR REPLACE INTO rechecks (subject_id, subject_kind, at) VALUES (?, ?, ?)", again)


_COLUMNS: Final = (
    "subject_id, subject_kind, section, level, due_at, stake, waiting_days, rule_id, person_id, company_id, deal_id, "
    "verb, reason, others, more"
)


def _in(rows: Rows, sql: str, ids: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    for start in range(0, len(ids), 400):
        some = ids[start : start + 400]
        yield from rows.all(f"{sql} IN ({','.join('?' * len(some))})", some)
