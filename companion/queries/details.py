"""The fields of a person, company or deal as they can be edited on their page, the empty ones too."""

from __future__ import annotations

from dataclasses import dataclass

from companion.database import Rows
from companion.domain import details, words
from companion.domain.records import Kind
from companion.store import meta
from companion.store.names import TABLES


@dataclass(frozen=True, slots=True)
class EditableField:
    """One field: its name in the records, what the page calls it, and what stands in it ('' for nothing)."""

    name: str
    label: str
    text: str


def editable(rows: Rows, kind: Kind, record_id: str) -> tuple[EditableField, ...]:
    """What the rep may change of a record, in the page's order; empty where it is not here, or is gone."""
    names = _writable(rows, kind)
    if not names:
        return ()
    row = rows.one(f"SELECT {', '.join(names)} FROM {TABLES[kind]} WHERE id = ? AND gone IS NULL", (record_id,))
    if row is None:
        return ()
    return tuple(
        EditableField(name, details.label(kind, name), words.one_line(value) if value is not None else "")
        for name, value in zip(names, row, strict=True)
    )


def _writable(rows: Rows, kind: Kind) -> list[str]:
    """As the CRM told its fields last; before it has told any of this kind, everything may be tried."""
    told = [fact for fact in (meta.get(rows, "schema") or {}).get("facts", ()) if fact[0] == kind]
    open_ones = {name for _, name, _, _, writable, _, readable in told if writable and readable}
    return [name for name in details.LABELS.get(kind, {}) if not told or name in open_ones]
