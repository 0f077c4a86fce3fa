"""The bench of the contract suite over a real Tryton server."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence

import httpx

from companion.connectors.base import Action, Connector, Op
from companion.connectors.http import Client
from companion.connectors.tryton import TrytonConnector
from companion.domain.records import Kind, Value
from tests.connectors.contract import op
from tests.connectors.faults import LosesAnswers
from tests.connectors.tryton_server import DATABASE, PASSWORD, REP, Direct, TrytonServer

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
        self.direct.delete("ir.note" if kind is Kind.ACTIVITY else "party.party", remote_id)

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


class TrytonBench:
    """A server, the rep's connectors, and a colleague."""

    def __init__(self, server: TrytonServer) -> None:
        self.server = server
        self.colleague = TrytonColleague(server.colleague, server)
        self._connectors: list[Connector] = []

    def connector(self, *, page: int | None = None, transport: httpx.BaseTransport | None = None) -> TrytonConnector:
        client = Client(time.monotonic, transport=transport)
        made = TrytonConnector(
            self.server.url, DATABASE, REP, PASSWORD, client=client, clock=time.monotonic, page=page or 500
        )
        self._connectors.append(made)
        return made

    def unlucky(self) -> Connector | None:
        return self.connector(transport=LosesAnswers(changes_something))

    def refused(self) -> Op | None:
        won = self.server.facts["deals"][2]
        return op(Kind.DEAL, Action.UPDATE, str(won), {"amount": 1})

    def settle(self) -> None:
        """Tryton shows a change as soon as it is committed."""

    def close(self) -> None:
        for connector in self._connectors:
            connector.close()
