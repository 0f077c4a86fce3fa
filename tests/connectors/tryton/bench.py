"""The bench of the contract suite over a real Tryton server."""

from __future__ import annotations

import contextlib
import functools
import json
import sqlite3
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Final

import httpx

from companion.connectors.base import Action, Connector, Op
from companion.connectors.http import Client
from companion.connectors.tryton import TrytonConnector
from companion.domain.records import Kind, Value
from tests.connectors.between import Between
from tests.connectors.contract import op
from tests.connectors.fake_server import Request
from tests.connectors.faults import LosesAnswers
from tests.connectors.tryton_server import DATABASE, PASSWORD, REP, Direct, Failed, TrytonServer

THEIRS: Final = {"close_on": "end_date", "amount": "amount", "lost_note": "lost_reason"}
_BUTTONS = ("lead", "opportunity", "convert", "lost", "cancel")


def changes_something(request: httpx.Request) -> bool:
    """Whether a call to Tryton creates, writes, deletes or presses a button."""
    method = str(json.loads(request.read())["method"])
    return method.rsplit(".", 1)[-1] in ("create", "write", "delete", *_BUTTONS)


class TrytonColleague:
    """Carl, who works in Tryton's own client."""

    def __init__(self, direct: Direct, server: TrytonServer) -> None:
        self.direct = direct
        self._facts = server.facts

    def create(self, kind: Kind, fields: Mapping[str, Value], links: Mapping[str, str | None]) -> str:
        return str(self._create(kind, [(fields, links)])[0])

    def burst(self, kind: Kind, names: Sequence[str]) -> list[str]:
        return [str(each) for each in self._create(kind, [({"name": name}, {}) for name in names])]

    def edit(self, kind: Kind, remote_id: str, fields: Mapping[str, Value]) -> None:
        if kind is Kind.DEAL:
            self.direct.write("sale.opportunity", remote_id, description=fields["name"])
        else:
            self.direct.write("party.party", remote_id, **fields)

    def delete(self, kind: Kind, remote_id: str) -> None:
        if kind is Kind.DEAL:
            self.direct.call("sale.opportunity.cancel", [int(remote_id)])
        models = {Kind.ACTIVITY: "ir.note", Kind.DEAL: "sale.opportunity"}
        self.direct.delete(models.get(kind, "party.party"), remote_id)

    def _create(self, kind: Kind, many: Sequence[tuple[Mapping[str, Value], Mapping[str, str | None]]]) -> list[int]:
        if kind is Kind.ACTIVITY:
            rows = [
                {"resource": f"party.party,{links['company']}", "message": fields["body"]} for fields, links in many
            ]
            return self.direct.create("ir.note", *rows)
        if kind is Kind.DEAL:
            rows = [{"description": fields["name"], "party": int(links["company"] or 0)} for fields, links in many]
            return self.direct.create("sale.opportunity", *rows)
        return self.direct.create("party.party", *(self._party(kind, fields) for fields, _ in many))

    def _party(self, kind: Kind, fields: Mapping[str, Value]) -> dict[str, object]:
        row: dict[str, object] = {"name": fields["name"]}
        if fields.get("email"):
            row["contact_mechanisms"] = [["create", [{"type": "email", "value": fields["email"]}]]]
        if fields.get("city"):
            row["addresses"] = [["create", [{"city": fields["city"]}]]]
        if kind is Kind.PERSON:
            row["categories"] = [["add", [self._facts["person"]]]]
        return row


class TrytonAdministrator:
    """The administrator of the server, who tidies up after a test: the server is the next test's too."""

    def __init__(self, server: TrytonServer) -> None:
        self._server = server
        self._undo: list[Callable[[], object]] = []

    @functools.cached_property
    def direct(self) -> Direct:
        return self._server.admin()

    @functools.cached_property
    def rep(self) -> int:
        """The rep's user."""
        return int(self.direct.call("res.user.search", [["login", "=", REP]])[0])

    def move_away(self, kind: Kind, remote_id: str) -> None:
        if kind is not Kind.DEAL:
            raise NotImplementedError
        employee = self._server.facts["employees"]["carl"]
        self._server.colleague.write("sale.opportunity", remote_id, employee=employee)

    def forbid(self, kind: Kind) -> None:
        sales = self.direct.call("res.group.search", [["name", "in", ["Sales", "Sale Opportunity"]]])
        self.direct.call("res.user.write", [self.rep], {"groups": [["remove", sales]]})
        self._undo.append(lambda: self.direct.call("res.user.write", [self.rep], {"groups": [["add", sales]]}))

    def permit(self, kind: Kind) -> None:
        self.tidy()

    def merge(self, kind: Kind, loser: str, winner: str) -> None:
        if kind is Kind.DEAL:
            raise NotImplementedError
        # Tryton warns of parties with different names, and leaves the rest to whoever clicks.
        name = self.direct.read("party.party", winner, "name")["name"]
        self.direct.write("party.party", loser, name=name)
        session, *_ = self.direct.wizard("party.replace", "create")
        answers = {"ask": {"source": int(loser), "destination": int(winner)}}
        self.direct.wizard("party.replace", "execute", session, answers, "replace")

    def archive(self, kind: Kind, remote_id: str) -> None:
        if kind is Kind.DEAL:
            raise NotImplementedError
        self._server.colleague.write("party.party", remote_id, active=False)

    def undelete(self, kind: Kind, remote_id: str) -> None:
        raise NotImplementedError

    def drop_field(self, kind: Kind, ours: str) -> None:
        self._close_field(ours, perm_read=False, perm_write=False)

    def retype_field(self, kind: Kind, ours: str) -> None:
        raise NotImplementedError

    def retire_choice(self, kind: Kind, ours: str, value: Value) -> None:
        raise NotImplementedError

    def require_at_stage(self, ours: str, stage_id: str) -> None:
        raise NotImplementedError

    def forbid_field(self, kind: Kind, ours: str) -> None:
        self._close_field(ours, perm_read=True, perm_write=False)

    def password(self, new: str) -> None:
        """Another password for the rep; even the same one ends all sessions."""
        self.direct.call("res.user.write", [self.rep], {"password": new})
        if new != PASSWORD:
            self._undo.append(lambda: self.password(PASSWORD))

    def tidy(self) -> None:
        """Takes back what the test did."""
        while self._undo:
            self._undo.pop()()

    def _close_field(self, ours: str, **rights: bool) -> None:
        domain = [["name", "=", THEIRS[ours]], ["model", "=", "sale.opportunity"]]
        (field,) = self.direct.call("ir.model.field.search", domain)
        row = {"model": "sale.opportunity", "field": THEIRS[ours], **rights}
        try:
            (made,) = self.direct.create("ir.model.field.access", row)
        except Failed:  # up to 6.6 by id
            (made,) = self.direct.create("ir.model.field.access", {"field": field, **rights})
        self._undo.append(lambda: self.direct.delete("ir.model.field.access", made))


class TrytonBench:
    """A server, the rep's connectors, a colleague and an administrator."""

    def __init__(self, server: TrytonServer) -> None:
        self.tryton = server
        self.server = Between()
        self.colleague = TrytonColleague(server.colleague, server)
        self.administrator = TrytonAdministrator(server)
        self._off = 0.0
        self._connectors: list[Connector] = []

    def connector(self, *, page: int | None = None, transport: httpx.BaseTransport | None = None) -> TrytonConnector:
        client = Client(time.monotonic, transport=transport or self.server, wall=lambda: time.time() + self._off)
        made = TrytonConnector(
            self.tryton.url, DATABASE, REP, PASSWORD, client=client, clock=time.monotonic, page=page or 500
        )
        self._connectors.append(made)
        return made

    def unlucky(self) -> Connector | None:
        return self.connector(transport=LosesAnswers(changes_something))

    def refused(self) -> Op | None:
        won = self.tryton.facts["deals"][2]
        return op(Kind.DEAL, Action.UPDATE, str(won), {"amount": 1})

    def settle(self) -> None:
        """Tryton shows a change as soon as it is committed."""

    def is_write(self, request: Request) -> bool:
        return str(request.json["method"]).rsplit(".", 1)[-1] in ("create", "write", "delete", *_BUTTONS)

    def is_create(self, request: Request) -> bool:
        return str(request.json["method"]).endswith(".create")

    def pc_clock_off_by(self, seconds: float) -> None:
        self._off = seconds

    def late(self, kind: Kind, seconds_ago: float) -> str:
        """Tryton stamps a row with the begin of its transaction."""
        links = {"company": self.colleague.create(Kind.COMPANY, {"name": "In time"}, {})}
        fields: dict[str, Value] = {"body": "Late"} if kind is Kind.ACTIVITY else {"name": "Late"}
        remote_id = self.colleague.create(kind, fields, links)
        table = {Kind.DEAL: "sale_opportunity", Kind.ACTIVITY: "ir_note"}.get(kind, "party_party")
        began = f"strftime('%Y-%m-%d %H:%M:%f', 'now', '-{seconds_ago:.0f} seconds')"
        path = self.tryton.folder / f"{DATABASE}.sqlite"
        with contextlib.closing(sqlite3.connect(path, timeout=30)) as database:
            stamps = f"create_date = {began}, write_date = {began}"
            database.execute(f"UPDATE {table} SET {stamps} WHERE id = ?", [int(remote_id)])
            database.commit()
        return remote_id

    def expire(self) -> None:
        self.administrator.password(PASSWORD)

    def revoke(self) -> None:
        self.administrator.password("another-horse-3")

    def close(self) -> None:
        self.server.faults.clear()
        self.administrator.tidy()
        for connector in self._connectors:
            connector.close()
