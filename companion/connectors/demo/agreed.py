"""The embedded CRM's further fields: what stands in a record's `extra` can be one of ours, and is on offer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeVar

from msgspec.structs import replace

from companion.connectors import agreed
from companion.connectors.base import FieldFacts
from companion.connectors.demo.rows import Answer, Change, Row, Slice
from companion.domain.field_map import FieldMap
from companion.domain.records import Kind

MARK = "extra."
"""Begins the name of a further field in a change."""
T = TypeVar("T")


def told(found: T, field_map: FieldMap) -> T:
    """An answer of the CRM with the team's fields in its rows, and beside them what the team wants to be shown."""
    if not field_map.fields and not field_map.shown:
        return found
    if isinstance(found, Slice):
        return replace(found, rows=[_row(row, field_map) for row in found.rows])
    if isinstance(found, list):
        return [told(each, field_map) for each in found]  # type: ignore[return-value]
    if isinstance(found, Answer):
        return replace(found, row=_row(found.row, field_map) if found.row is not None else None)
    return _row(found, field_map) if isinstance(found, Row) else found  # type: ignore[return-value]


def sent(change: Change, field_map: FieldMap) -> Change:
    """A change with the team's fields by the CRM's names."""
    names = field_map.names(change.kind, {})
    own = {name: value for name, value in change.fields.items() if name not in names}
    further = {f"{MARK}{names[n]}": agreed.there(n, v) for n, v in change.fields.items() if n in names}
    return replace(change, fields={**own, **further}) if further else change


def parted(change: Change) -> tuple[Change, dict[str, str]]:
    """A change without the further fields, and those as texts."""
    own = {name: value for name, value in change.fields.items() if not name.startswith(MARK)}
    further = {n.removeprefix(MARK): str(v or "") for n, v in change.fields.items() if n.startswith(MARK)}
    return replace(change, fields=own), further


def offered(rows: Mapping[Kind, Iterable[Row]]) -> Iterator[FieldFacts]:
    """The further fields of each kind, and how often they are filled."""
    for kind, those in rows.items():
        extras = [row.extra for row in those]
        names = dict.fromkeys(name for extra in extras for name in extra)
        share = agreed.filled(extras, names)
        yield from (
            FieldFacts(kind, "", name, theirs=name, custom=True, filled=share[name], holds="text") for name in names
        )


def schema(facts: Iterable[FieldFacts], field_map: FieldMap) -> Iterator[FieldFacts]:
    """The CRM's fields with ours where the team takes them from."""
    told = list(facts)
    share = {(each.kind, each.theirs): each.filled for each in told if not each.name}
    for each in told:
        names = field_map.names(each.kind, {})
        if each.name in names:
            theirs = names[each.name]
            filled = share.get((each.kind, theirs))
            yield replace(each, theirs=theirs, label=theirs, custom=True, choices=(), filled=filled)
        elif each.name or each.theirs not in names.values():
            yield each


def _row(row: Row, field_map: FieldMap) -> Row:
    names = field_map.names(row.kind, {})
    its = {ours: agreed.here(ours, row.extra.get(theirs)) for ours, theirs in names.items()}
    shown = field_map.shown.get(row.kind)
    beside = row.extra if shown is None else {name: said for name, said in row.extra.items() if name in shown}
    return replace(row, fields={**row.fields, **its}, extra=beside) if its or row.extra else row
