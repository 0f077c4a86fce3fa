"""Tomorrow's list, for a rep who is done early: who will stand on it in the morning and was not contacted today."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Sequence
from typing import Final

from companion.database import Rows
from companion.domain import words
from companion.domain.ranking import Found, found, in_touch_today
from companion.domain.records import Kind
from companion.domain.relationship import Relationship
from companion.domain.signals import Moment
from companion.domain.workspace import Workspace
from companion.queries.today import Row, Today, row_of, sections_of
from companion.store import meta, moves, relationships
from companion.store.scores import Subject, slices

__all__ = ["MORNING", "MOST", "Subject", "candidates", "morning_after", "tomorrow"]

MORNING: Final = dt.time(8)
"""When tomorrow's list is read for: what holds then is said as of then."""
MOST: Final = 60
"""People who are shown at most: nobody works off more before tomorrow comes."""

_BY_THEN: Final = """
    SELECT subject_kind, subject_id FROM rechecks WHERE at <= ? UNION SELECT subject_kind, subject_id FROM scores"""
_KNOWN: Final = """
    SELECT p.name, p.mobile, p.phone, p.email, c.name, d.name, d.amount, d.currency, s.name
    FROM json_each(?) x
    LEFT JOIN people p ON p.id = json_extract(x.value, '$[0]')
    LEFT JOIN companies c ON c.id = json_extract(x.value, '$[1]')
    LEFT JOIN deals d ON d.id = json_extract(x.value, '$[2]')
    LEFT JOIN stages s ON s.id = d.stage_id ORDER BY x.key"""

Standing = tuple[Relationship, list[Found]]


def candidates(rows: Rows, now: dt.datetime, zone: dt.tzinfo) -> list[Subject]:
    """Everybody whose reasons time alone may have moved by tomorrow morning, and who stands on the list already."""
    by_then = int(morning_after(now, zone).timestamp())
    return [(Kind(kind), each) for kind, each in rows.all(_BY_THEN, (by_then,))]


def tomorrow(rows: Rows, among: Sequence[Subject], workspace: Workspace, now: dt.datetime, zone: dt.tzinfo) -> Today:
    """The list of tomorrow morning out of these subjects, at most `MOST` of them, without whom `now` was contacted.

    Reasons read as they will tomorrow. With all `candidates` of a large book it takes about a second: not on the UI
    thread; with those who stood on it before, as much as a key may.
    """
    then = morning_after(now, zone)
    standing = sorted(
        _standing(rows, among, workspace, Moment.of(now, zone), Moment.of(then, zone), meta.me(rows)), key=_rank
    )
    shown = standing[:MOST]
    listed = _rows(rows, shown, int(then.timestamp()), zone)
    return Today(then.date(), sections_of(listed), (), len(standing), len(standing) - len(shown))


def morning_after(now: dt.datetime, zone: dt.tzinfo) -> dt.datetime:
    """The moment that tomorrow's list is read for."""
    return dt.datetime.combine(now.astimezone(zone).date() + dt.timedelta(days=1), MORNING, zone)


def _rank(each: Standing) -> tuple[object, ...]:
    return each[1][0].rank


def _standing(
    rows: Rows, among: Sequence[Subject], workspace: Workspace, today: Moment, then: Moment, me: str | None
) -> Iterable[Standing]:
    agreed = workspace.agreed(moves.stage_norms(rows))
    for some in slices(among):
        for relationship, hidden in relationships.load(rows, some, then, me):
            quiet = [rule for rule, until in hidden.items() if until > then.at]
            if in_touch_today(relationship, today):
                continue
            if reasons := found(relationship, workspace.rules, then, agreed, quiet):
                yield relationship, reasons


def _rows(rows: Rows, standing: Sequence[Standing], at: int, zone: dt.tzinfo) -> list[Row]:
    linked = [_links(*each) for each in standing]
    known = rows.all(_KNOWN, (json.dumps(linked),))
    listed = []
    for (relationship, reasons), links, names in zip(standing, linked, known, strict=True):
        rank, reason = reasons[0].rank, reasons[0].reason
        values = (relationship.kind, relationship.id, rank.place, rank.due_at, "", len(reasons) - 1, *links, *names)
        row = row_of(values, reason, at, zone)
        # 'in 2 h' would count from a morning that is not here yet.
        listed.append(row if row.at is None else row._replace(aside=words.time_of(row.at.time())))
    return listed


def _links(relationship: Relationship, reasons: Sequence[Found]) -> tuple[str | None, str | None, str | None]:
    """The person, company and deal that a row names, by local id."""
    deal = next((each for each in relationship.deals if each.id == reasons[0].deal_id), None)
    person = relationship.person
    company = (person.company_id if person else None) or (deal.company_id if deal else None)
    return person.id if person else None, company, deal.id if deal else None
