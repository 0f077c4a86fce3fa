"""Whose page a record belongs to: a person's or company's or deal's own, or the person that an entry was with."""

from __future__ import annotations

from dataclasses import dataclass

from companion.database import Rows
from companion.domain.records import Kind


@dataclass(frozen=True, slots=True)
class Whose:
    """A page to open. Ids are local."""

    kind: Kind
    id: str
    name: str
    person_id: str | None = None
    deal_id: str | None = None
    deal_name: str = ""
    company_id: str | None = None


def whose(rows: Rows, kind: Kind, record_id: str) -> Whose | None:
    """The page that shows this record; None for one that is not in the book."""
    if kind is Kind.PERSON:
        return _person(rows, record_id)
    if kind is Kind.COMPANY:
        name = rows.value("SELECT name FROM companies WHERE id = ?", (record_id,))
        return None if name is None else Whose(kind, record_id, name, company_id=record_id)
    if kind is Kind.DEAL:
        row = rows.one("SELECT name, person_id, company_id FROM deals WHERE id = ?", (record_id,))
        return Whose(kind, record_id, row[0] or "", row[1], record_id, row[0] or "", row[2]) if row else None
    if kind in (Kind.ACTIVITY, Kind.ENGAGEMENT):
        table = "activities" if kind is Kind.ACTIVITY else "engagements"
        row = rows.one(f"SELECT person_id, deal_id, company_id FROM {table} WHERE id = ?", (record_id,))
        for owner, owner_id in zip((Kind.PERSON, Kind.DEAL, Kind.COMPANY), row or (), strict=False):
            if owner_id is not None:
                return whose(rows, owner, owner_id)
    return None


def _person(rows: Rows, person_id: str) -> Whose | None:
    row = rows.one("SELECT name, company_id FROM people WHERE id = ?", (person_id,))
    if row is None:
        return None
    deal = rows.one(
        """SELECT id, name FROM deals WHERE person_id = ? AND status = 'open' AND gone IS NULL
           ORDER BY amount DESC LIMIT 1""",
        (person_id,),
    ) or (None, "")
    return Whose(Kind.PERSON, person_id, row[0] or "", person_id, deal[0], deal[1] or "", row[1])
