"""Fields of a customised Tryton: those that a team takes for ours, those shown beside a record, and those on offer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from msgspec.structs import replace

from companion.connectors import agreed, payload
from companion.connectors.base import FieldFacts, Upsert
from companion.connectors.tryton import coded
from companion.connectors.tryton.rpc import Refused, Row, Rpc
from companion.domain.field_map import FieldMap
from companion.domain.records import Kind, Value

PARTY, DEAL = "party.party", "sale.opportunity"
MODELS: Final = {Kind.COMPANY: PARTY, Kind.PERSON: PARTY, Kind.DEAL: DEAL}
HOLDS: Final[Mapping[str, str]] = {
    "char": "text", "text": "text", "selection": "choice", "many2one": "choice", "integer": "number",
    "float": "number", "numeric": "number", "date": "day", "datetime": "instant", "timestamp": "instant",
    "boolean": "truth",
}  # fmt: skip
"""What Tryton's types of field hold. The others are lists of records, and none of ours."""
RECENT: Final = 200
STANDARD: Final = frozenset(
    "active code name lang replaced_by payment_term reference start_date currency customer_currency".split()
)
"""What Tryton's own modules have and Companion does not map; what else there is a company made itself."""
_OURS: Final = frozenset(
    "active name comment address amount company contact conversion_probability converted_by currency description "
    "employee end_date lost_reason marketing_campaign marketing_medium marketing_source party state".split()
)
"""What a record is built on: never on offer."""


class NotThere(Exception):
    """Tryton has no record of this name to link to. `field` is ours."""

    def __init__(self, field: str, label: str, value: Value) -> None:
        super().__init__(label)
        self.field, self.label, self.value = field, label, value


class Agreed:
    """What the team of this Tryton agreed on. `fields` are the server's fields by model."""

    def __init__(self, field_map: FieldMap, fields: Mapping[str, Mapping[str, Row]]) -> None:
        self._map, self._fields = field_map, fields

    def names(self, kind: Kind) -> dict[str, str]:
        """Tryton's names of those of our fields that the team takes from elsewhere."""
        return self._map.names(kind, {}) if kind in MODELS else {}

    def wanted(self, *kinds: Kind) -> list[str]:
        """What to read besides; of a record that is linked to, its name."""
        found: list[str] = []
        for kind in kinds:
            names, there = (*self.names(kind).values(), *self._map.shown.get(kind, ())), self._there(kind)
            linked = {name for name in names if there.get(name, {}).get("type") == "many2one"}
            found += [f"{name}.rec_name" if name in linked else name for name in names if name in there]
        return list(dict.fromkeys(found))

    def told(self, upsert: Upsert, row: Row) -> Upsert:
        """The record with the team's fields; one that this Tryton no longer has is not known, rather than empty."""
        kind, there = upsert.kind, self._there(upsert.kind)
        shown = self._map.shown.get(kind, ())
        if not self.names(kind) and not shown:
            return upsert
        fields, extra = dict(upsert.fields), dict(upsert.extra)
        for ours, theirs in self.names(kind).items():
            if theirs in there:
                fields[ours] = agreed.here(ours, _plain(row, theirs, there[theirs]), agreed.selection(there[theirs]))
            else:
                fields.pop(ours, None)
        for theirs in shown:
            known = there.get(theirs, {})
            if words := agreed.shown(_plain(row, theirs, known), agreed.selection(known)):
                extra[str(known.get("string") or theirs)] = words
        return coded.finished(replace(upsert, fields=fields, extra=extra), row)

    def sent(self, kind: Kind, fields: Mapping[str, Value], rpc: Rpc) -> dict[str, Any]:
        """The team's fields among `fields`, as Tryton takes them."""
        there, names = self._there(kind), self.names(kind)
        mine = {ours: value for ours, value in fields.items() if names.get(ours) in there}
        return {names[ours]: _sent(ours, value, there[names[ours]], rpc) for ours, value in mine.items()}

    def offered(self, rpc: Rpc) -> Iterator[FieldFacts]:
        """The fields that are none of ours, or ours by the team's choice, and how often they are filled."""
        for kind in MODELS:
            ours = {theirs: name for name, theirs in self.names(kind).items()}
            its = self._there(kind).items()
            there = {name: known for name, known in its if name in ours or _is_offered(name, known)}
            share = agreed.filled(_recent(rpc, kind, list(there)), there)
            for name, known in there.items():
                yield facts(kind, ours.get(name, ""), name, known, share[name])

    def _there(self, kind: Kind) -> Mapping[str, Row]:
        return self._fields.get(MODELS.get(kind, ""), {})


def facts(kind: Kind, ours: str, theirs: str, known: Row, filled: float | None = None) -> FieldFacts:
    """A field as the schema tells it."""
    label, holds = str(known.get("string") or theirs), HOLDS.get(str(known.get("type")), "")
    custom, choices = theirs not in STANDARD, tuple(agreed.selection(known).values())
    required, writable = bool(ours and known.get("required")), not known.get("readonly")
    return FieldFacts(kind, ours, label, required, writable, choices, True, theirs, custom, filled, holds)


def _is_offered(name: str, known: Row) -> bool:
    plain = known.get("type") in HOLDS and known.get("searchable") and not known.get("readonly")
    return bool(plain) and name not in _OURS


def _recent(rpc: Rpc, kind: Kind, names: list[str]) -> list[Row]:
    if not names:
        return []
    try:
        order = [["id", "DESC"]]
        return list(rpc.read(f"model.{MODELS[kind]}.search_read", [], 0, RECENT, order, names, active_test=False))
    except Refused:
        return []


def _plain(row: Row, theirs: str, known: Row) -> Any:
    """A value without Tryton's coding."""
    kind, value = known.get("type"), row.get(theirs)
    if kind == "many2one":
        return (row.get(f"{theirs}.") or {}).get("rec_name")
    if not isinstance(value, dict):
        return value
    if kind == "numeric":
        return value.get("decimal")
    return coded.day(value) if kind == "date" else coded.seconds(value) if HOLDS.get(str(kind)) == "instant" else None


def _sent(ours: str, value: Value, known: Row, rpc: Rpc) -> Any:
    kind = known.get("type")
    sent = agreed.there(ours, value, agreed.selection(known), lambda at: at)
    if sent is None:
        return None
    if kind == "many2one":
        named = [["rec_name", "ilike", payload.literally(str(coded.one_line(value)))]]
        found = rpc.ids(str(known.get("relation")), named, limit=1)
        if not found:
            raise NotThere(ours, str(known.get("string") or ours), value)
        return found[0]
    if kind == "date":
        return coded.coded_day(value)
    if kind == "numeric":
        return {"__class__": "Decimal", "decimal": str(sent)}
    if HOLDS.get(str(kind)) == "instant" and isinstance(sent, int):
        return coded.coded_instant(sent)
    return coded.one_line(sent) if kind == "char" else coded.text(sent) if kind == "text" else sent
