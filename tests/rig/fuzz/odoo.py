"""Odoo's answers, read and written to: 19 by JSON-2, 17 by JSON-RPC."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from companion.connectors.base import Action, Op, Scope
from companion.connectors.odoo.connector import OdooConnector
from companion.connectors.odoo.cursor import Cursor
from companion.connectors.odoo.sign_in import Account
from companion.domain.records import Kind
from tests.rig.fuzz.source import Source
from tests.rig.fuzz.transport import Strange, checked, refused, sound

OP_ID: Final = "0192f3a4b5c6d7e8f90a1b2c3d4e5f60"
NOW: Final = 1_795_292_179
_STAMPS: Final = {"create_date": "2026-11-20 08:00:00", "write_date": "2026-11-21 20:16:19", "create_uid": [2, "Nora"]}
_PERSON: Final = {
    "id": 7, "name": "Ana Kova", "is_company": False, "type": "contact", "email": "ana@x.example", "phone": "+47 55",
    "mobile": False, "function": "Buyer", "street": "A 1", "city": "Oslo", "tz": "Europe/Oslo", "active": True,
    "user_id": [2, "Nora"], "category_id": [1], "commercial_partner_id": [8, "Nordfrakt"], "is_blacklisted": False,
    "website": False, "industry_id": [1, "Freight"], "country_id": [1, "Norway"], "zip": "1", "email_normalized": "a@x",
    **_STAMPS,
}  # fmt: skip
_LEAD: Final = {
    "id": 7, "name": "Weekly planner", "type": "opportunity", "active": True, "partner_id": [7, "Ana"],
    "contact_name": "Ana", "partner_name": "Nordfrakt", "email_from": "ana@x.example", "phone": "1", "mobile": "2",
    "function": "Buyer", "city": "Oslo", "description": "<p>Wants it</p>", "expected_revenue": 1200.5,
    "company_currency": [1, "EUR"], "probability": 20.0, "stage_id": [1, "New"], "team_id": [1, "Sales"],
    "user_id": [2, "Nora"], "won_status": "pending", "lost_reason_id": False, "date_deadline": "2026-12-01",
    "date_last_stage_update": "2026-11-20 08:00:00", "date_closed": False, "source_id": [1, "Fair"],
    "medium_id": [1, "Mail"], "campaign_id": [1, "Autumn"], "tag_ids": [1], "date_open": False, **_STAMPS,
}  # fmt: skip
ROWS: Final[Mapping[str, dict[str, Any]]] = {
    "res.users": {"id": 2, "name": "Nora", "login": "nora", "email": "n@x.example", "active": True, "share": False,
                  "lang": "en_US", "partner_id": [3, "Nora"], "company_id": [1, "Us"], **_STAMPS},
    "res.company": {"id": 1, "partner_id": [1, "Us"], "currency_id": [1, "EUR"]},
    "res.partner": _PERSON,
    "crm.lead": _LEAD,
    "crm.stage": {"id": 1, "name": "New", "sequence": 1, "is_won": False, **_STAMPS},
    "crm.lost.reason": {"id": 1, "name": "Too dear", "active": True, **_STAMPS},
    "crm.tag": {"id": 1, "name": "Hot"},
    "res.partner.category": {"id": 1, "name": "VIP"},
    "mail.activity.type": {"id": 1, "name": "Call", "category": "phonecall", "icon": "fa-phone", "active": True},
    "mail.message": {
        "id": 7, "model": "crm.lead", "res_id": 7, "message_type": "comment", "subtype_id": [2, "Note"],
        "mail_activity_type_id": False, "author_id": [3, "Nora"], "email_from": "n@x.example", "partner_ids": [7],
        "notified_partner_ids": [7], "subject": "Offer", "body": "<p>Hello</p>", "attachment_ids": [],
        "date": "2026-11-20 08:00:00", "message_id": f"<{OP_ID}.call.out.connected.60@companion>", **_STAMPS},
    "mail.activity": {
        "id": 7, "res_model": "crm.lead", "res_id": 7, "activity_type_id": [1, "Call"], "summary": "Call", "note": "",
        "date_deadline": "2026-11-25", "date_done": False, "feedback": False, "active": True, "user_id": [2, "Nora"],
        "calendar_event_id": False, **_STAMPS},
    "calendar.event": {
        "id": 7, "name": "Demo", "start": "2026-11-25 08:00:00", "stop": "2026-11-25 09:00:00", "allday": False,
        "active": True, "location": "Oslo", "description": "", "partner_ids": [7, 3], "opportunity_id": [7, "W"],
        "user_id": [2, "Nora"], "privacy": False, **_STAMPS},
    "mailing.trace": {
        "id": 7, "model": "res.partner", "res_id": 7, "email": "ana@x.example", "trace_type": "mail",
        "trace_status": "open", "mass_mailing_id": [1, "News"], "campaign_id": False, "source_id": False,
        "sent_datetime": "2026-11-20 08:00:00", "open_datetime": "2026-11-20 09:00:00", "reply_datetime": False,
        "links_click_datetime": False, "write_date": "2026-11-20 09:00:00"},
}  # fmt: skip
"""One row of each model as a sound server sends it."""

_KINDS: Final = tuple(Kind)
_CHANGES: Final = frozenset({"write", "load", "create", "message_post", "unlink", "action_feedback", "action_set_won"})


class Answers:
    """A server of version 19 or 17 with one row in each table, and a connector to it."""

    def __init__(self, version: str) -> None:
        self.transport = Strange(self.answer, self.changes)
        self.client = self.transport.client()
        self.version = version
        self._made: OdooConnector | None = None
        self._open: tuple[Any, Any, dict[str, Any]] = (None, None, {})

    def connector(self) -> OdooConnector:
        """Signed in, and knowing nothing else: what strange answers left in its memory is forgotten."""
        if self._made is None:
            self.transport.begin(Source(b""))
            self._made = OdooConnector(self.client, Account("https://x.example", "db", "nora"), "key", page=3)
            self._made.describe()
            session = self._made._session
            self._open = session._wire, session._me, dict(session._fields)
        session = self._made._session
        session.forget()
        session._wire, session._me = self._open[:2]
        session._fields.update(self._open[2])
        return self._made

    def changes(self, path: str, body: Mapping[str, Any]) -> bool:
        """Whether a request changes anything."""
        return self.called(path, body)[1] in _CHANGES

    def called(self, path: str, body: Mapping[str, Any]) -> tuple[str, str]:
        """The model and the method."""
        if path.startswith("/json/2/"):
            return path.split("/")[3], path.split("/")[4]
        arguments = body.get("params", {}).get("args") or ["", "", "", "", ""]
        return (str(arguments[3]), str(arguments[4])) if len(arguments) > 4 and arguments[3] else ("", "authenticate")

    def answer(self, path: str, body: Mapping[str, Any]) -> Any:
        """The sound answer."""
        if path == "/web/version":
            return {"version": self.version}
        told = [] if "'id', '>', 7" in str(body) else self.told(*self.called(path, body))
        return told if path.startswith("/json/2/") else {"jsonrpc": "2.0", "id": 1, "result": told}

    def told(self, model: str, method: str) -> Any:
        """What the method returns."""
        row = ROWS.get(model, {"id": 7, "name": "Norway", "res_id": 7})
        known: dict[str, Any] = {
            "authenticate": 2,
            "context_get": {"uid": 2},
            "fields_get": {name: {"string": name, "type": "char", "required": False} for name in row},
            "search_read": [row],
            "search": [row["id"]],
            "search_count": 1,
            "get_external_id": {str(row["id"]): f"__companion__.{OP_ID}"},
            "check_object_reference": [model, 7],
            "load": {"ids": [7], "messages": []},
            "create": [7],
            "message_post": 7,
        }
        return known.get(method, True)


class Pull:
    """Pages, ids and single records of each kind."""

    seeds = (b"", bytes([5]), bytes([6, 1]), bytes([7, 2]), bytes([8, 3]), *(bytes([kind] * 60) for kind in range(9)))

    def __init__(self) -> None:
        self._servers = (Answers("19.0"), Answers("17.0"))

    def __call__(self, data: bytes) -> None:
        """The first byte is the kind, the second how it is asked for; the rest warps the answers."""
        source = Source(data)
        kind, how = _KINDS[source.below(len(_KINDS))], source.byte()
        server = self._servers[how & 1]
        connector = server.connector()
        if how & 2:
            connector._session.forget()
        server.transport.begin(source)
        whose = Scope("2") if how & 4 else Scope()
        if how & 8:
            for each in refused(lambda: list(connector.ids(kind, whose))) or ():
                assert isinstance(each, str)
        elif how & 16:
            ids = ["7", "lead-7", "message:7", "activity:7", "event:7", "trace:7:open", "trace", "", "x:y", "٣"]
            for upsert in refused(lambda: connector.fetch(kind, ids)) or ():
                sound(upsert)
        else:
            window = Cursor(began=NOW, since=NOW - 600, phase=source.below(4)).bytes() if how & 32 else None
            if page := refused(lambda: connector.pull(kind, whose, window)):
                checked(page)


FIELDS: Final[Mapping[Kind, dict[str, Any]]] = {
    Kind.COMPANY: {"name": "Nordfrakt", "country": "Norway", "industry": "%"},
    Kind.PERSON: {"name": "Ana Kova", "phone": "+47 55"},
    Kind.DEAL: {"name": "Planner", "amount": 120_050, "close_on": "2026-12-01", "probability": 20},
    Kind.ACTIVITY: {"what": "call", "direction": "out", "subject": "Offer", "body": "Yes", "at": NOW, "done": True},
}


def op_of(source: Source) -> Op:
    """An op of any kind and action."""
    kind = tuple(FIELDS)[source.below(len(FIELDS))]
    action = tuple(Action)[source.below(len(Action))]
    fields = dict(FIELDS[kind])
    if kind is Kind.ACTIVITY:
        fields["what"] = ("call", "email", "meeting", "note", "task")[source.below(5)]
        fields |= {"due_on": "2026-12-01", "duration_s": 60} if fields["what"] in ("task", "meeting") else {}
    links: dict[str, str | None] = {"person": "7", "deal": "7"} if kind is Kind.ACTIVITY else {}
    remote = {Kind.ACTIVITY: ("message:7", "activity:7", "event:7")[source.below(3)]}.get(kind, "7")
    return Op(
        id=OP_ID,
        kind=kind,
        action=action,
        remote_id=None if action is Action.CREATE else remote,
        fields=fields if action in (Action.CREATE, Action.UPDATE) else {},
        links=links,
        at=NOW,
        first_sent_at=NOW if source.byte() & 1 else None,
    )


class Push:
    """Every op gets one answer; what is raised was raised before anything was sent."""

    seeds = tuple(bytes([kind, action, 1, 1, 0, 0, 0, 0]) for kind in range(4) for action in range(len(Action)))

    def __init__(self) -> None:
        self._servers = (Answers("19.0"), Answers("17.0"))

    def __call__(self, data: bytes) -> None:
        """The first bytes make the op; the rest warps the answers."""
        source = Source(data)
        server = self._servers[source.byte() & 1]
        op = op_of(source)
        connector = server.connector()
        server.transport.begin(source)
        results: Sequence[Any] | None = refused(lambda: connector.push([op]))
        if results is None:
            assert server.transport.wrote == 0, "raised after something was sent"
        else:
            assert [each.op_id for each in results] == [op.id]
        refused(lambda: connector.find_by_op(op))
