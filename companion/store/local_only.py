"""What only this computer has (a line half typed, a snooze, a reason put aside) comes over from a damaged book."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

from companion.database import Reader, Write
from companion.domain.records import Kind
from companion.store import identities, records
from companion.store.names import TABLES
from companion.store.salvage import attempt

_TABLES: Final = {
    "drafts": {"record_id": str, "button": str, "outcome": str, "line": str, "unparsed": str, "saved_at": int},
    "snoozes": {
        "record_id": str,
        "until_at": int,
        "words": str,
        "made_at": int,
        "waits_for": str,
        "parked": int,
        "event_at": int,
    },
    "hidden_reasons": {
        "record_id": str,
        "rule_id": str,
        "until_at": int,
        "why": str,
        "made_at": int,
        "times": int,
    },
}
_MAY_MISS: Final = {
    "drafts": frozenset({"outcome", "unparsed"}),
    "snoozes": frozenset({"words", "waits_for", "parked", "event_at"}),
    "hidden_reasons": frozenset({"why", "made_at", "times"}),
}
_ABOUT: Final = (Kind.PERSON, Kind.DEAL, Kind.COMPANY)


@dataclass(frozen=True, slots=True)
class Keepsake:
    """A row of a local table, and the record that it is about: its kind, and the CRM's id if it has one."""

    table: str
    row: dict[str, Any]
    kind: Kind
    remote_id: str | None


def find(path: Path, key: bytes) -> list[Keepsake]:
    """Those that can still be read, each judged by itself."""
    found: list[Keepsake] = []
    for table, columns in _TABLES.items():
        rows: list[tuple[Any, ...]] = []
        attempt(path, key, partial(_collect, table=table, into=rows))
        for row in rows:
            named = dict(zip(columns, row, strict=True))
            if _fits(table, named):
                found += attempt(path, key, partial(_about, table=table, row=named)) or []
    return found


def put(write: Write, found: list[Keepsake]) -> None:
    """Keeps them in a new book; a record that is missing gets a row which the next pull fills."""
    for each in found:
        record_id = each.row["record_id"]
        there = records.get(write, each.kind, record_id)
        if there is None and each.remote_id is None:
            continue
        if there is None:
            records.put(write, each.kind, [{"id": record_id}])
        if each.remote_id is not None and (there is None or there.remote_id is None):
            identities.identify(write, each.kind, record_id, each.remote_id)
        marks = ", ".join("?" * len(each.row))
        names = ", ".join(each.row)
        write.text(f"INSERT OR IGNORE INTO {each.table} ({names}) VALUES ({marks})", tuple(each.row.values()))


def _collect(reader: Reader, table: str, into: list[tuple[Any, ...]]) -> None:
    into.extend(reader.each(f"SELECT {', '.join(_TABLES[table])} FROM {table}"))


def _fits(table: str, row: dict[str, Any]) -> bool:
    columns, may_miss = _TABLES[table], _MAY_MISS[table]
    return all(type(value) is columns[name] or (value is None and name in may_miss) for name, value in row.items())


def _about(reader: Reader, table: str, row: dict[str, Any]) -> list[Keepsake]:
    """The row with the record that it is about; none where there is no such record."""
    for kind in _ABOUT:
        found = reader.one(f"SELECT remote_id FROM {TABLES[kind]} WHERE id = ?", (row["record_id"],))
        if found is not None:
            return [Keepsake(table, row, kind, found[0])]
    return []
