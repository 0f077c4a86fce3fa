"""The tables that SQLAlchemy Core writes; all tables' SQL stands in migrations.py and a test holds both together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sqlalchemy import TableClause, column, table

from companion.domain.records import FIELDS, Kind, link_columns
from companion.store.names import TABLES

_RECORD: Final = ("id", "remote_id", "version", "gone", "gone_at", "extra")
_PHONE_KEY: Final[Mapping[Kind, tuple[str, ...]]] = {Kind.COMPANY: ("phone_key",), Kind.PERSON: ("phone_key",)}


def _table(name: str, *columns: str) -> TableClause:
    return table(name, *(column(each) for each in columns))


RECORDS: Final[Mapping[Kind, TableClause]] = {
    kind: _table(TABLES[kind], *_RECORD, *FIELDS[kind], *link_columns(kind), *_PHONE_KEY.get(kind, ())) for kind in Kind
}
"""The table of each kind of record."""

PARTICIPANTS: Final = _table("participants", "record_id", "person_id", "role")
