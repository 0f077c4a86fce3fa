"""Everybody and every company in the book by name, page by page, or those whose name begins as the rep types."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from companion.database import Rows
from companion.domain import words
from companion.domain.language import tr
from companion.domain.records import Kind
from companion.queries.deal import moment
from companion.queries.search import names_query

_FOUND: Final = 400
"""Matches that are looked at; a one-letter beginning matches half the book and tells nothing yet."""


_COMPANIES_FOUND: Final = 40
_MATCH: Final = "SELECT rowid / 4 FROM names WHERE names MATCH ? AND rowid % 4 = ? LIMIT ?"


class Key(NamedTuple):
    """Where a page ended: the next one begins behind it."""

    name: str
    n: int
    rank: int = 0


@dataclass(frozen=True, slots=True)
class BookRow:
    """A person or company. `detail` is the role or the city, `beside` the company; `mine` when the rep is in charge."""

    kind: Kind
    id: str
    name: str
    detail: str
    beside: str
    company_id: str | None
    mine: bool
    touched: dt.datetime | None


@dataclass(frozen=True, slots=True)
class BookPage:
    """A page in the order of names, those who are called so before those whose company is.

    `after` is the key of the next one, None at the end.
    """

    rows: tuple[BookRow, ...]
    after: Key | None


_PEOPLE: Final = """
    SELECT p.n, p.name, p.id, p.role, (SELECT name FROM companies WHERE id = p.company_id), p.company_id,
        p.owner_id IS (SELECT json_extract(value, '$') FROM meta WHERE key = 'me'),
        (SELECT at FROM activities WHERE person_id = p.id AND at <= :now
            AND what IN ('call', 'email', 'meeting') AND gone IS NULL ORDER BY at DESC LIMIT 1)
    FROM ({few}) p ORDER BY {rank}p.name COLLATE NOCASE, p.n"""
_COMPANIES: Final = """
    SELECT p.n, p.name, p.id, p.city, p.industry, p.id,
        p.owner_id IS (SELECT json_extract(value, '$') FROM meta WHERE key = 'me'),
        (SELECT at FROM activities WHERE company_id = p.id AND at <= :now
            AND what IN ('call', 'email', 'meeting') AND gone IS NULL ORDER BY at DESC LIMIT 1)
    FROM ({few}) p ORDER BY {rank}p.name COLLATE NOCASE, p.n"""
# Few first: what is asked beside a row is asked only for the rows of the page.
_FEW: Final = """SELECT * FROM {table} p WHERE p.gone IS NULL AND p.name IS NOT NULL AND {where}
    ORDER BY {rank}p.name COLLATE NOCASE, p.n LIMIT :limit"""
_SQL: Final = {Kind.PERSON: (_PEOPLE, "people", 0), Kind.COMPANY: (_COMPANIES, "companies", 1)}


def book(
    rows: Rows,
    kind: Kind,
    now: dt.datetime,
    zone: dt.tzinfo,
    *,
    text: str = "",
    after: Key | None = None,
    limit: int = 60,
) -> BookPage:
    """A page of people or companies. `text` keeps those with words that begin so, or a phone number that does."""
    sql, table, _ = _SQL[kind]
    marks: dict[str, Any] = {"now": int(now.timestamp()), "limit": limit}
    where, rank = "1", ""
    named: frozenset[int] = frozenset()
    if text.strip():
        named, beside = _matching(rows, kind, text)
        where = f"p.n IN ({_list(named | beside)})"
        rank = f"p.n NOT IN ({_list(named)}), " if beside else ""
    if after is not None:
        where += f" AND ({rank}p.name COLLATE NOCASE, p.n) > ({':rank, ' if rank else ''}:name COLLATE NOCASE, :n)"
        marks |= {"name": after.name, "n": after.n} | ({"rank": after.rank} if rank else {})
    few = _FEW.format(table=table, where=where, rank=rank)
    listed = rows.all(sql.replace("{few}", few).replace("{rank}", rank), marks)
    last = _key(listed[-1], named, bool(rank)) if len(listed) == limit else None
    return BookPage(tuple(_row(kind, values, zone) for values in listed), last)


def count(rows: Rows, kind: Kind, text: str = "") -> int:
    """How many people or companies the book holds, or of those how many `text` keeps."""
    table = "people" if kind is Kind.PERSON else "companies"
    where = f" AND n IN ({_list(frozenset().union(*_matching(rows, kind, text)))})" if text.strip() else ""
    return int(rows.value(f"SELECT count(*) FROM {table} WHERE gone IS NULL AND name IS NOT NULL{where}"))


def _key(values: Sequence[Any], named: frozenset[int], is_ranked: bool) -> Key:
    n, name = values[:2]
    return Key(name, n, int(is_ranked and n not in named))


def _list(found: frozenset[int]) -> str:
    return ",".join(map(str, sorted(found)))


def _matching(rows: Rows, kind: Kind, text: str) -> tuple[frozenset[int], frozenset[int]]:
    """Those whose name or number begins so (companies also by their city), and people whose company's name does."""
    query = names_query(text)
    if query is None:
        return frozenset(), frozenset()
    by_number = query.startswith("numbers")
    named = query if by_number or kind is Kind.COMPANY else f"name : ({query})"
    found = frozenset(n for (n,) in rows.all(_MATCH, (named, _SQL[kind][2], _FOUND)))
    beside: frozenset[int] = frozenset()
    if kind is Kind.PERSON and not by_number:
        companies = [n for (n,) in rows.all(_MATCH, (f"name : ({query})", _SQL[Kind.COMPANY][2], _COMPANIES_FOUND))]
        marks = ",".join(map(str, companies))
        there = f"SELECT p.n FROM companies c JOIN people p ON p.company_id = c.id WHERE c.n IN ({marks}) LIMIT ?"
        beside = frozenset(n for (n,) in rows.all(there, (_FOUND,))) - found
    return found, beside


def _row(kind: Kind, values: Sequence[Any], zone: dt.tzinfo) -> BookRow:
    _, name, record_id, detail, beside, company_id, mine, touched = values
    return BookRow(
        kind,
        record_id,
        words.one_line(name) or tr("No name"),
        words.one_line(detail),
        words.one_line(beside),
        company_id,
        bool(mine),
        moment(touched, zone),
    )
