"""Tryton's answers, read and written to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from companion.connectors.base import Scope
from companion.connectors.tryton import TrytonConnector
from companion.connectors.tryton.pull import Cursor
from companion.domain.records import Kind
from tests.rig.fuzz.odoo import NOW, OP_ID, op_of
from tests.rig.fuzz.source import Source
from tests.rig.fuzz.transport import Strange, checked, refused, sound

_AT: Final = {"__class__": "datetime", "year": 2026, "month": 11, "day": 20, "hour": 8, "minute": 0, "second": 0}
_PARTY: Final = {
    "id": 7, "name": "Ana Kova", "code": "12", "replaced_by": None, "active": True, "create_date": _AT,
    "write_date": _AT, "_timestamp": "1795292179.5",
    "identifiers.": [{"id": 1, "type": "be_vat", "code": "BE1"}, {"id": 2, "type": None, "code": "companion-person:x"}],
    "categories.": [{"id": 1, "name": "Person"}],
    "contact_mechanisms.": [{"id": 1, "type": "email", "value": "ana@x.example", "_timestamp": "1"}],
    "relations.": [{"id": 1, "to": 8, "type": 1, "type.": {"id": 1, "name": "Works for"}}],
    "addresses.": [{"id": 1, "city": "Oslo", "country.": {"id": 1, "name": "Norway"}, "_timestamp": "1"}],
}  # fmt: skip
ROWS: Final[Mapping[str, dict[str, Any]]] = {
    "party.party": _PARTY,
    "party.relation.type": {"id": 1, "name": "Works for"},
    "sale.opportunity": {
        "id": 7, "number": "O1", "reference": "R", "description": "Planner", "state": "lead", "employee": 2,
        "amount": {"__class__": "Decimal", "decimal": "1200.50"}, "currency.": {"id": 1, "code": "EUR"},
        "conversion_probability": 0.2, "end_date": {"__class__": "date", "year": 2026, "month": 12, "day": 1},
        "lost_reason": None, "comment": f"Companion: {OP_ID}", "create_date": _AT, "write_date": _AT,
        "_timestamp": "1795292179.5", "party.": _PARTY, "contact.": {"id": 1, "party.": _PARTY},
        "marketing_campaign.": {"id": 1, "name": "Autumn"}, "marketing_medium.": {"id": 1, "name": "Mail"},
        "marketing_source.": {"id": 1, "name": "Fair"}},
    "ir.note": {
        "id": 7, "resource": "party.party,7", "create_uid.": {"id": 1, "employee": 2}, "create_date": _AT,
        "message": f"[Call] at: 2026-11-20 08:00:00 | direction: out | companion: {OP_ID}\nSubject: Offer\n\nYes",
        "write_date": None, "_timestamp": "1795292179.5"},
    "company.employee": {"id": 2, "rec_name": "Nora", "party.": {"id": 3, "name": "Nora", "email": "n@x.example"},
                         "active": True, "_timestamp": "1"},
    "company.company": {"id": 1, "currency.": {"id": 1, "code": "EUR"}},
    "res.user": {"id": 1, "name": "Nora", "login": "nora"},
    "party.identifier": {"id": 1, "party": 7},
}  # fmt: skip
"""One row of each model as a sound server sends it."""

_PREFERENCES: Final = {"company": 1, "companies": [1], "employee": 2, "employees": [2], "language": "en"}
_CHANGES: Final = ("create", "write", "delete", "lead", "opportunity", "convert", "lost", "cancel")
_KINDS: Final = tuple(Kind)


def answer(_: str, body: Mapping[str, Any]) -> Any:
    """What a sound server answers."""
    return {"id": 1, "result": _told(str(body.get("method")), body.get("params") or [])}


def changes(_: str, body: Mapping[str, Any]) -> bool:
    """Whether a request changes anything."""
    return str(body.get("method")).rpartition(".")[2] in _CHANGES


def _told(method: str, params: Sequence[Any]) -> Any:
    first, _, verb = method.rpartition(".")
    row = ROWS.get(first.removeprefix("model."), {"id": 7, "name": "Norway"})
    over = any(f"'id', '>', {number}" in str(params) for number in (2, 7))
    known: dict[str, Any] = {
        "common.server.version": "8.2",
        "common.db.login": [1, "token"],
        "get_preferences": _PREFERENCES,
        "fields_get": {name.rstrip("."): {"string": name, "type": "char"} for name in row},
        "search_read": [] if over else [row],
        "read": [row],
        "search": [] if over else [row["id"]],
        "search_count": 1,
        "create": [7],
    }
    return known.get(method, known.get(verb))


class Server:
    """The transport, and a connector that is signed in."""

    def __init__(self) -> None:
        self.transport = Strange(answer, changes)
        self.client = self.transport.client()
        self._ready = self.fresh()
        self._ready.describe()

    def fresh(self) -> TrytonConnector:
        """One that knows nothing."""
        return TrytonConnector("https://x.example", "db", "nora", "secret", client=self.client, clock=lambda: 0, page=3)

    def connector(self) -> TrytonConnector:
        """One that knows only what a sound server told."""
        made = self.fresh()
        parts = self._ready._parts
        assert parts is not None
        parts.rpc._refused = None
        if parts.rpc._session is None:
            self.transport.begin(Source(b""))
            self._ready = made
            made.describe()
        made._parts = self._ready._parts
        return made


class Pull:
    """Pages, ids and single records of each kind."""

    seeds = (b"", bytes([5]), bytes([6, 1]), bytes([7, 2]), bytes([8, 3]), *(bytes([kind] * 60) for kind in range(9)))

    def __init__(self) -> None:
        self._server = Server()

    def __call__(self, data: bytes) -> None:
        """The first byte is the kind, the second how it is asked for; the rest warps the answers."""
        source = Source(data)
        kind, how = _KINDS[source.below(len(_KINDS))], source.byte()
        connector = self._server.fresh() if how & 1 else self._server.connector()
        self._server.transport.begin(source)
        whose = Scope("2") if how & 4 else Scope()
        if how & 2:
            refused(connector.describe)
        if how & 8:
            for each in refused(lambda: list(connector.ids(kind, whose))) or ():
                assert isinstance(each, str)
        elif how & 16:
            ids = ["7", "opportunity-7", "", "x", "٣", "lead"]
            for upsert in refused(lambda: connector.fetch(kind, ids)) or ():
                sound(upsert)
        else:
            part = Cursor(NOW - 600, NOW, 0, source.below(3))
            window = msgspec.json.encode(part) if how & 32 else None
            if page := refused(lambda: connector.pull(kind, whose, window)):
                checked(page)


class Push:
    """Every op gets one answer; what is raised was raised before anything was sent."""

    seeds = tuple(bytes([1, kind, action, 1, 1, 0, 0, 0]) for kind in range(4) for action in range(6))

    def __init__(self) -> None:
        self._server = Server()

    def __call__(self, data: bytes) -> None:
        """The first bytes make the op; the rest warps the answers."""
        source = Source(data)
        source.byte()
        op = op_of(source)
        if op.remote_id:
            op = msgspec.structs.replace(op, remote_id="7")
        connector = self._server.connector()
        self._server.transport.begin(source)
        results: Sequence[Any] | None = refused(lambda: connector.push([op]))
        if results is None:
            assert self._server.transport.wrote == 0, "raised after something was sent"
        else:
            assert [each.op_id for each in results] == [op.id]
        refused(lambda: connector.find_by_op(op))
