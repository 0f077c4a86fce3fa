"""The contract's bench over the small Acme in memory, which is reached over real HTTP on loopback."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

from companion.connectors.acme.connector import AcmeConnector
from companion.connectors.http import Client
from companion.domain.account import Account
from companion.domain.records import Kind, Value
from tests.connectors.acme.fake_acme import FakeAcme
from tests.connectors.contract import AT
from tests.connectors.fake_server import FakeServer, Request


class AcmeColleague:
    """A colleague who works in Acme's own screens: straight in the fake's tables."""

    def __init__(self, acme: FakeAcme) -> None:
        self._acme = acme

    def create(self, kind: Kind, fields: Mapping[str, Value], links: Mapping[str, str | None]) -> str:
        raise NotImplementedError("a record of the colleague's, stamped now")

    def edit(self, kind: Kind, remote_id: str, fields: Mapping[str, Value]) -> None:
        raise NotImplementedError("other values in a record, stamped now")

    def delete(self, kind: Kind, remote_id: str) -> None:
        raise NotImplementedError("a record deleted as Acme deletes")

    def burst(self, kind: Kind, names: Sequence[str]) -> list[str]:
        raise NotImplementedError("many companies or people with one stamp")


class AcmeBench:
    """At least ten companies, twenty people, eight deals and eight activities; then the hooks of `WholeBench`."""

    def __init__(self) -> None:
        self.now = float(AT)
        self.acme = FakeAcme(lambda: self.now)
        self.colleague = AcmeColleague(self.acme)
        self.server = FakeServer(self.acme.answer, lambda: self.now)
        self._off = 0.0
        self._open: list[AcmeConnector] = []

    def connector(self, *, page: int | None = None) -> AcmeConnector:
        client = Client(time.monotonic, wall=lambda: self.now + self._off)
        made = AcmeConnector(client, Account("acme", self.server.url, user="ana"), "key-ana", page=page or 200)
        self._open.append(made)
        return made

    def settle(self) -> None:
        self.now += 2

    def is_write(self, request: Request) -> bool:
        return request.writes

    def is_create(self, request: Request) -> bool:
        return request.method == "POST"

    def pc_clock_off_by(self, seconds: float) -> None:
        self._off = seconds

    def close(self) -> None:
        for connector in self._open:
            connector.close()
        self.server.close()
