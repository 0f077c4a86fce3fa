"""Fields of a customised Odoo: those that a team takes for ours, those shown beside a record, and those on offer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from msgspec.structs import replace

from companion.connectors import agreed
from companion.connectors.base import FieldFacts, Upsert
from companion.connectors.hypertext import plain
from companion.connectors.naive_utc import instant, stamp
from companion.connectors.odoo.mapping import said, versioned
from companion.connectors.odoo.session import NotTaken, Session
from companion.connectors.odoo.wire import Row
from companion.connectors.payload import clean, literally
from companion.domain.field_map import FieldMap
from companion.domain.language import tr
from companion.domain.records import Kind, Value

MODELS: Final = {Kind.COMPANY: "res.partner", Kind.PERSON: "res.partner", Kind.DEAL: "crm.lead"}
HOLDS: Final[Mapping[str, str]] = {
    "char": "text", "text": "text", "html": "text", "many2one": "choice", "selection": "choice", "integer": "number",
    "float": "number", "monetary": "number", "date": "day", "datetime": "instant", "boolean": "truth",
}  # fmt: skip
"""What Odoo's types of field hold. The others are lists of records, and none of ours."""
RECENT: Final = 200
_OF_KIND: Final = {
    Kind.COMPANY: [["is_company", "=", True]],
    Kind.PERSON: [["is_company", "=", False]],
    Kind.DEAL: [],
}


class Agreed:
    """What the team of this Odoo agreed on, for the records of its tables."""

    def __init__(self, session: Session, field_map: FieldMap) -> None:
        self._session, self._map = session, field_map

    def wanted(self, kind: Kind) -> tuple[str, ...]:
        """What to read besides."""
        return (*self.names(kind).values(), *self._map.shown.get(kind, ())) if kind in MODELS else ()

    def names(self, kind: Kind) -> dict[str, str]:
        """Odoo's names of those of our fields that the team takes from elsewhere."""
        return self._map.names(kind, {})

    def told(self, kind: Kind, row: Row, upsert: Upsert) -> Upsert:
        """The record with the team's fields; one that this Odoo no longer has is not known, rather than empty."""
        if not self.wanted(kind):
            return upsert
        there = self._session.fields(MODELS[kind])
        fields = dict(upsert.fields)
        for ours, theirs in self.names(kind).items():
            if theirs in there:
                fields[ours] = _here(ours, row, theirs, there[theirs])
            else:
                fields.pop(ours, None)
        extra = dict(upsert.extra)
        for theirs in self._map.shown.get(kind, ()):
            if theirs in there and (words := _shown(row, theirs, there[theirs])):
                extra[str(there[theirs].get("string") or theirs)] = words
        return versioned(row, replace(upsert, fields=fields, extra=extra))

    def sent(self, kind: Kind, fields: Mapping[str, Value], *, new: bool) -> dict[str, Value]:
        """The team's fields among `fields`, as Odoo takes them. The import of a `new` record reads names and labels."""
        there = self._session.fields(MODELS[kind])
        names = self.names(kind)
        mine = {ours: value for ours, value in fields.items() if names.get(ours) in there}
        return {names[ours]: self._there(kind, ours, value, there[names[ours]], new) for ours, value in mine.items()}

    def offered(self) -> Iterator[FieldFacts]:
        """The company's own fields, and how often they are filled; those that are ours by our names."""
        for kind, model in MODELS.items():
            there = self._session.fields(model)
            ours = {theirs: name for name, theirs in self.names(kind).items() if theirs in there}
            told = {name: known for name, known in there.items() if name in ours or is_custom(name, known)}
            rows = self._session.rows(model, [*_OF_KIND[kind]], told, order="id desc", limit=RECENT) if told else []
            share = agreed.filled(rows, told)
            for name, known in told.items():
                label, required = str(known.get("string") or name), name in ours and bool(known.get("required"))
                yield facts(kind, ours.get(name, ""), label, name, known, share[name], required=required)

    def _there(self, kind: Kind, ours: str, value: Value, known: Row, new: bool) -> Value:
        sent = agreed.there(ours, value, None if new else agreed.selection(known), stamp)
        if sent is None:
            return False
        if known.get("type") == "many2one" and not new:
            table, words = str(known.get("relation") or ""), str(sent).strip()
            ids = self._session.ids(table, [["name", "=ilike", literally(words)]], limit=1)
            if not ids:
                message = tr("Odoo’s list has no {name} called {words}", name=known.get("string") or ours, words=words)
                raise NotTaken([{"message": message, "field": self.names(kind)[ours]}])
            return ids[0]
        return clean(sent) if isinstance(sent, str) else sent


def facts(
    kind: Kind, ours: str, label: str, theirs: str, known: Row, filled: float | None = None, *, required: bool = False
) -> FieldFacts:
    """A field as the schema tells it; a selection's choices are told where the team chose the field itself."""
    custom = is_custom(theirs, known)
    choices = tuple(agreed.selection(known).values()) if custom else ()
    writable = not (custom and known.get("readonly"))
    holds = HOLDS.get(str(known.get("type")), "")
    return FieldFacts(kind, ours, label, required, writable, choices, True, theirs, custom, filled, holds)


def is_custom(name: str, known: Row) -> bool:
    """Whether the company made the field itself, and it holds single values."""
    return (known.get("manual") is True or name.startswith("x_")) and known.get("type") in HOLDS


def _here(ours: str, row: Row, theirs: str, known: Row) -> Value:
    if known.get("type") == "many2one":
        return agreed.here(ours, said(row, theirs))
    if known.get("type") == "html":
        return agreed.here(ours, plain(row.get(theirs)).body)
    if known.get("type") == "datetime":
        return agreed.here(ours, instant(row.get(theirs)))
    return agreed.here(ours, row.get(theirs), agreed.selection(known))


def _shown(row: Row, theirs: str, known: Row) -> str:
    if known.get("type") == "many2one":
        return said(row, theirs) or ""
    if known.get("type") == "html":
        return agreed.shown(plain(row.get(theirs)).body)
    return agreed.shown(row.get(theirs), agreed.selection(known))
