"""The contract's bench over the small Odoo in memory, which is reached over real HTTP on loopback."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

import httpx

from companion.connectors.base import Connector, Op
from companion.connectors.http import Client
from companion.connectors.odoo.connector import OdooConnector
from companion.connectors.odoo.sign_in import Account
from companion.domain.records import Kind, Value
from tests.connectors.contract import AT, op
from tests.connectors.fake_server import FakeServer, Reply, Request
from tests.connectors.faults import NO_TLS
from tests.connectors.odoo.fake_odoo import FakeOdoo

REP, COLLEAGUE = 5, 6
TABLES: Final = {Kind.COMPANY: "res.partner", Kind.PERSON: "res.partner", Kind.DEAL: "crm.lead"}
SHAPES: Final = {"message": "mail.message", "activity": "mail.activity"}
FIELDS: Final = {"name": "name", "email": "email", "city": "city"}
THEIRS: Final = {"role": "function", "city": "city", "amount": "expected_revenue"}
READS: Final = frozenset(
    ("search", "search_count", "search_read", "fields_get", "context_get", "get_external_id", "check_object_reference")
)


class Bo:
    """A colleague who works in Odoo's own screens."""

    def __init__(self, odoo: FakeOdoo) -> None:
        self.odoo = odoo

    def create(self, kind: Kind, fields: Mapping[str, Value], links: Mapping[str, str | None]) -> str:
        partner = int(links.get("person") or links.get("company") or 0)
        if kind is Kind.ACTIVITY:
            made = self.odoo.call(COLLEAGUE, "res.partner", "message_post", [partner], body=str(fields["body"]))
            return f"message:{made[0]}"
        vals: dict[str, object] = {FIELDS[name]: value for name, value in fields.items()}
        vals |= {"partner_id": partner} if kind is Kind.DEAL else {"is_company": kind is Kind.COMPANY}
        return str(self.odoo.call(COLLEAGUE, TABLES[kind], "create", vals_list=[vals])[0])

    def edit(self, kind: Kind, remote_id: str, fields: Mapping[str, Value]) -> None:
        vals = {FIELDS[name]: value for name, value in fields.items()}
        self.odoo.call(COLLEAGUE, TABLES[kind], "write", [int(remote_id)], vals=vals)

    def delete(self, kind: Kind, remote_id: str) -> None:
        shape, _, number = remote_id.rpartition(":")
        self.odoo.call(COLLEAGUE, SHAPES.get(shape) or TABLES[kind], "unlink", [int(number)])

    def burst(self, kind: Kind, names: Sequence[str]) -> list[str]:
        rows = [{"name": name, "is_company": kind is Kind.COMPANY} for name in names]
        return [str(each) for each in self.odoo.call(COLLEAGUE, "res.partner", "create", vals_list=rows)]


class OdooAdministrator:
    """Whoever may do everything in this Odoo."""

    def __init__(self, odoo: FakeOdoo) -> None:
        self._odoo = odoo

    def move_away(self, kind: Kind, remote_id: str) -> None:
        """A person is mine by my deals too."""
        number, vals = int(remote_id), {"user_id": COLLEAGUE}
        self._odoo.call(COLLEAGUE, TABLES[kind], "write", [number], vals=vals)
        if kind is Kind.PERSON:
            theirs = self._odoo.call(COLLEAGUE, "crm.lead", "search", domain=[["partner_id", "=", number]])
            self._odoo.call(COLLEAGUE, "crm.lead", "write", theirs, vals=vals)

    def forbid(self, kind: Kind) -> None:
        self._odoo.closed.add((REP, TABLES[kind]))

    def permit(self, kind: Kind) -> None:
        self._odoo.closed.discard((REP, TABLES[kind]))

    def merge(self, kind: Kind, loser: str, winner: str) -> None:
        self._odoo.merge(TABLES[kind], int(loser), int(winner))

    def archive(self, kind: Kind, remote_id: str) -> None:
        self._odoo.call(COLLEAGUE, TABLES[kind], "write", [int(remote_id)], vals={"active": False})

    def undelete(self, kind: Kind, remote_id: str) -> None:
        raise NotImplementedError

    def drop_field(self, kind: Kind, ours: str) -> None:
        del self._odoo.types[TABLES[kind]][THEIRS[ours]]

    def retype_field(self, kind: Kind, ours: str) -> None:
        model, theirs = TABLES[kind], THEIRS[ours]
        self._odoo.types[model][theirs] = "char"
        for row in self._odoo.tables[model].values():
            row[theirs] = f"about {row.get(theirs)}"

    def retire_choice(self, kind: Kind, ours: str, value: Value) -> None:
        raise NotImplementedError

    def require_at_stage(self, ours: str, stage_id: str) -> None:
        raise NotImplementedError

    def forbid_field(self, kind: Kind, ours: str) -> None:
        self._odoo.secret.add((REP, TABLES[kind], THEIRS[ours]))


class OdooBench:
    """A book of twelve companies and what belongs to them."""

    def __init__(self) -> None:
        self.now = float(AT)
        self.odoo = FakeOdoo(lambda: self.now)
        self.colleague = self.bo = Bo(self.odoo)
        self.administrator = OdooAdministrator(self.odoo)
        self.server = FakeServer(self._dialect, lambda: self.now)
        self._off = 0.0
        self._open: list[Connector] = []
        for number in range(12):
            firm = self.bo.create(Kind.COMPANY, {"name": f"Firm {number}", "city": "Ghent"}, {})
            for name in ("Ada", "Ben"):
                person = self.bo.create(Kind.PERSON, {"name": f"{name} {number}"}, {})
                self.odoo.call(COLLEAGUE, "res.partner", "write", [int(person)], vals={"parent_id": int(firm)})
            self.bo.create(Kind.DEAL, {"name": f"Deal {number}"}, {"person": person})
            self.bo.create(Kind.ACTIVITY, {"body": f"Note {number}"}, {"person": person})
        self.settle()

    def connector(self, *, page: int | None = None) -> Connector:
        return self.opened(httpx.HTTPTransport(verify=NO_TLS), page or 500)

    def unlucky(self) -> Connector | None:
        self.server.fail(when=self.is_write, lose=True)
        return self.connector()

    def refused(self) -> Op | None:
        return op(Kind.DEAL, fields={"name": "", "amount": 100})

    def settle(self) -> None:
        self.now += 2

    def is_write(self, request: Request) -> bool:
        return request.path.startswith("/json/2/") and request.path.rpartition("/")[2] not in READS

    def is_create(self, request: Request) -> bool:
        return request.path.rpartition("/")[2] in ("load", "message_post")

    def pc_clock_off_by(self, seconds: float) -> None:
        self._off = seconds

    def late(self, kind: Kind, seconds_ago: float) -> str:
        links = {"company": self.bo.create(Kind.COMPANY, {"name": "In time"}, {})}
        fields: dict[str, Value] = {"body": "Late"} if kind is Kind.ACTIVITY else {"name": "Late"}
        remote_id = self.bo.create(kind, fields, links)
        model = "mail.message" if kind is Kind.ACTIVITY else TABLES[kind]
        began = datetime.fromtimestamp(self.now - seconds_ago, UTC).strftime("%Y-%m-%d %H:%M:%S")
        self.odoo.tables[model][int(remote_id.rpartition(":")[2])]["write_date"] = began
        return remote_id

    def revoke(self) -> None:
        self.odoo.keys.clear()

    def opened(self, transport: httpx.BaseTransport, page: int = 500) -> OdooConnector:
        client = Client(time.monotonic, transport=transport, wall=lambda: self.now + self._off)
        account = Account(self.server.url, "books", "ana")
        connector = OdooConnector(client, account, "key-ana", page=page)
        self._open.append(connector)
        return connector

    def close(self) -> None:
        for connector in self._open:
            connector.close()
        self.server.close()

    def _dialect(self, request: Request) -> Reply:
        asked = httpx.Request(
            request.method, f"{self.server.url}{request.target}", headers=dict(request.headers), content=request.body
        )
        answer = self.odoo.answer(asked)
        return Reply(answer.status_code, answer.read(), {}, answer.headers["Content-Type"])
