"""The whole history of a person, company or deal as one line: every colleague's touches, and marketing's, newest first.

A person's history holds what was done with them, on their deals, and with their company as such; a company's holds
everybody's there. Read page by page from a key, so that any page costs the same.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from companion.database import Rows
from companion.domain import words
from companion.domain.language import sentence
from companion.domain.workspace import Workspace
from companion.queries.entries import ACTIVITY, Entry, Names, of_activity, of_deal, of_engagement

FILTERS: Final[Mapping[str, tuple[str, str | None]]] = {
    "all": (sentence("All"), None),
    "calls": (sentence("Calls"), "call"),
    "emails": (sentence("Emails"), "email"),
    "meetings": (sentence("Meetings"), "meeting"),
    "notes": (sentence("Notes"), "note"),
}
"""The filters: words, and the kind of activity that they keep. All is also marketing, next steps and beginnings."""

_DEAL, _ENGAGEMENT, _ACTIVITY = 0, 1, 2


class Key(NamedTuple):
    """Where a page ended: the next one begins below it."""

    at: int
    source: int
    n: int


@dataclass(frozen=True, slots=True)
class Page:
    """A page of history, newest first; `before` is the key of the next page, None at the end."""

    entries: tuple[Entry, ...]
    before: Key | None


class _Source(NamedTuple):
    """Where entries come from: a rank that breaks ties of time, the SQL up to its conditions, and their values."""

    rank: int
    sql: str
    marks: tuple[Any, ...]
    at: str


_KEPT: Final[Mapping[int, str]] = {
    _ACTIVITY: " AND (a.gone IS NULL OR a.gone IN ('deleted', 'archived'))",
    _ENGAGEMENT: " AND e.gone IS NULL",
    _DEAL: "",
}
"""What of a source is shown."""
_ENGAGED: Final = (
    "SELECT e.n, e.at, e.id, e.what, e.subject, e.at, e.count, e.person_id, e.deal_id, e.gone FROM engagements e WHERE "
)
_BEGUN: Final = (
    "SELECT d.n, d.created_at, d.id, d.name, d.created_at, d.source, d.campaign, d.person_id FROM deals d "
    "WHERE d.gone IS NULL AND d.created_at IS NOT NULL AND "
)


_FIND_AT_MOST: Final = 300
_WORDS_AT_MOST: Final = 12
"""What is pasted into the find bar may be a letter; SQLite refuses hundreds of conditions."""


def timeline(
    rows: Rows,
    kind: str,
    subject_id: str,
    now: dt.datetime,
    zone: dt.tzinfo,
    *,
    show: str = "all",
    find: str = "",
    before: Key | None = None,
    limit: int = 50,
    workspace: Workspace | None = None,
) -> Page:
    """A page of the history of a 'person', 'company' or 'deal'. `show` is a key of FILTERS.

    `find` keeps entries that hold each of its first words, in any case. What lies ahead of `now` (a meeting, a planned
    call) comes first, as it is newest.
    """
    what = FILTERS[show][1]
    wanted = find[:_FIND_AT_MOST].encode("utf-8", "replace").decode().split()[:_WORDS_AT_MOST]
    found: list[tuple[Key, tuple[Any, ...]]] = []
    for source in _sources(kind, subject_id, rows):
        if what is None or source.rank == _ACTIVITY:
            found += _read(rows, source, what, wanted, before, limit)
    found.sort(key=lambda pair: pair[0], reverse=True)
    page = _without_doubles(found)[:limit]
    last = page[-1][0] if len(page) == limit else None
    names = names_for(rows, [values for key, values in page if key.source == _ACTIVITY], zone, workspace)
    _name_people(rows, names, page)
    tell_who = kind != "person"
    return Page(tuple(_entry(key, values, names, tell_who) for key, values in page), last)


def counts(rows: Rows, kind: str, subject_id: str) -> dict[str, int]:
    """How many entries each filter keeps, as many as the list shows; 'all' is also marketing, next steps and so on."""
    by_what: dict[str, int] = {}
    others = 0
    for source in _sources(kind, subject_id, rows):
        tail = f"{source.sql[source.sql.index('FROM') :]}{_KEPT[source.rank]}"
        if source.rank != _ACTIVITY:
            others += int(rows.value(f"SELECT count(*) {tail}", source.marks))
            continue
        for what, count in rows.all(f"SELECT a.what, count(*) {tail} GROUP BY a.what", source.marks):
            by_what[what] = by_what.get(what, 0) + count
    some = {name: by_what.get(what, 0) for name, (_, what) in FILTERS.items() if what}
    return {"all": others + sum(by_what.values()), **some}


def _sources(kind: str, subject_id: str, rows: Rows) -> list[_Source]:
    activities = f"SELECT a.n, a.at, {ACTIVITY} FROM activities a "
    if kind == "deal":
        person = rows.value("SELECT person_id FROM deals WHERE id = ?", (subject_id,))
        return [
            _Source(_ACTIVITY, f"{activities} WHERE a.deal_id = ?", (subject_id,), "a"),
            _Source(_ENGAGEMENT, f"{_ENGAGED} e.person_id = ? AND e.deal_id = ?", (person, subject_id), "e"),
            _Source(_DEAL, f"{_BEGUN} d.id = ?", (subject_id,), "d"),
        ]
    if kind == "company":
        return [
            _Source(_ACTIVITY, f"{activities} WHERE a.company_id = ?", (subject_id,), "a"),
            _Source(
                _ACTIVITY,
                f"{activities} JOIN people p ON p.id = a.person_id WHERE p.company_id = ? AND a.company_id IS NULL",
                (subject_id,),
                "a",
            ),
            _Source(
                _ENGAGEMENT,
                f"{_ENGAGED} (e.company_id = ? OR e.person_id IN (SELECT id FROM people WHERE company_id = ?))",
                (subject_id, subject_id),
                "e",
            ),
            _Source(_DEAL, f"{_BEGUN} d.company_id = ?", (subject_id,), "d"),
        ]
    return _of_person(rows, subject_id, activities)


def _of_person(rows: Rows, person_id: str, activities: str) -> list[_Source]:
    sources = [
        _Source(_ACTIVITY, f"{activities} WHERE a.person_id = ?", (person_id,), "a"),
        _Source(_ENGAGEMENT, f"{_ENGAGED} e.person_id = ?", (person_id,), "e"),
    ]
    if rows.value("SELECT 1 FROM participants WHERE person_id = ? LIMIT 1", (person_id,)):
        joined = "JOIN participants x ON x.record_id = a.id WHERE x.person_id = ? AND a.person_id IS NOT ?"
        sources.append(_Source(_ACTIVITY, f"{activities} {joined}", (person_id, person_id), "a"))
    deals = [each for (each,) in rows.all("SELECT id FROM deals WHERE person_id = ?", (person_id,))]
    if deals:
        marks = ",".join("?" * len(deals))
        others = (
            f"WHERE a.deal_id IN ({marks}) AND a.person_id IS NOT ? "
            "AND NOT EXISTS (SELECT 1 FROM participants x WHERE x.record_id = a.id AND x.person_id = ?)"
        )
        sources.append(_Source(_ACTIVITY, f"{activities} {others}", (*deals, person_id, person_id), "a"))
        sources.append(_Source(_DEAL, f"{_BEGUN} d.person_id = ?", (person_id,), "d"))
    company = rows.value("SELECT company_id FROM people WHERE id = ?", (person_id,))
    # What this person took part in is among the above already, and counts once.
    alone = (
        "WHERE a.company_id = ? AND a.person_id IS NULL AND a.deal_id IS NULL "
        "AND NOT EXISTS (SELECT 1 FROM participants x WHERE x.record_id = a.id AND x.person_id = ?)"
    )
    if company and rows.value(f"SELECT 1 FROM activities a {alone} LIMIT 1", (company, person_id)):
        sources.append(_Source(_ACTIVITY, f"{activities} {alone}", (company, person_id), "a"))
    return sources


def _read(
    rows: Rows, source: _Source, what: str | None, wanted: Sequence[str], before: Key | None, limit: int
) -> list[tuple[Key, tuple[Any, ...]]]:
    table, rank = source.at, source.rank
    at = f"{table}.created_at" if rank == _DEAL else f"{table}.at"
    sql, marks = f"{source.sql}{_KEPT[rank]}", list(source.marks)
    if what is not None:
        sql += " AND a.what = ?"
        marks.append(what)
    for word in wanted:
        texts = {_DEAL: ("d.name",), _ENGAGEMENT: ("e.subject",), _ACTIVITY: ("a.subject", "a.body")}[rank]
        sql += f" AND ({' OR '.join(f'{each} LIKE ? ESCAPE ?' for each in texts)})"
        pattern = word.replace("~", "~~").replace("%", "~%").replace("_", "~_")
        marks += [value for _ in texts for value in (f"%{pattern}%", "~")]
    if before is not None:
        if rank == before.source:
            sql += f" AND ({at}, {table}.n) < (?, ?)"
            marks += [before.at, before.n]
        else:
            sql += f" AND {at} {'<=' if rank < before.source else '<'} ?"
            marks.append(before.at)
    sql += f" ORDER BY {at} DESC, {table}.n DESC LIMIT ?"
    return [(Key(row[1] or 0, rank, row[0]), row[2:]) for row in rows.all(sql, (*marks, limit))]


def _without_doubles(found: Sequence[tuple[Key, tuple[Any, ...]]]) -> list[tuple[Key, tuple[Any, ...]]]:
    kept: list[tuple[Key, tuple[Any, ...]]] = []
    for pair in found:
        if not kept or kept[-1][0] != pair[0]:
            kept.append(pair)
    return kept


def names_for(rows: Rows, activities: Sequence[tuple[Any, ...]], zone: dt.tzinfo, workspace: Workspace | None) -> Names:
    """What the headings of these ACTIVITY rows need to know."""
    me = rows.value("SELECT json_extract(value, '$') FROM meta WHERE key = 'me'")
    names = Names(me, dict(rows.all("SELECT id, name FROM users")), zone, workspace)
    meetings = [values[0] for values in activities if values[1] == "meeting"]
    if meetings:
        marks = ",".join("?" * len(meetings))
        sql = f"SELECT record_id, count(*) FROM participants WHERE record_id IN ({marks}) GROUP BY record_id"
        main = {values[0]: values[12] is not None for values in activities}
        names.attended = {meeting: count + main[meeting] for meeting, count in rows.all(sql, meetings)}
    names.people = _people(rows, {values[12] for values in activities if values[12]})
    return names


def _name_people(rows: Rows, names: Names, page: Sequence[tuple[Key, tuple[Any, ...]]]) -> None:
    others = {values[5] for key, values in page if key.source != _ACTIVITY and values[5]}
    names.people.update(_people(rows, others - names.people.keys()))


def _people(rows: Rows, ids: set[str]) -> dict[str, str]:
    if not ids:
        return {}
    listed = rows.all(f"SELECT id, name FROM people WHERE id IN ({','.join('?' * len(ids))})", sorted(ids))
    return {each: words.one_line(name) for each, name in listed}


def _entry(key: Key, values: tuple[Any, ...], names: Names, tell_who: bool) -> Entry:
    if key.source == _ACTIVITY:
        return of_activity(values, names, tell_who=tell_who)
    return of_engagement(values, names, tell_who=tell_who) if key.source == _ENGAGEMENT else of_deal(values, names)
