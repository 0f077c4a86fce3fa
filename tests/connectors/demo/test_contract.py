"""The demo connector keeps the contract, whichever kind of CRM the embedded one plays."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

import pytest
from msgspec.structs import replace

from companion.connectors.base import Action, Op
from companion.connectors.demo.connector import DemoConnector
from companion.connectors.demo.crm import DemoCrm
from companion.connectors.demo.switches import PROFILES, DemoSwitches
from companion.connectors.demo.wire import AnswerLost, Wire, straight
from companion.domain.records import Kind, Value
from tests.connectors.contract import ConnectorContract, op
from tests.connectors.demo.bench import HandClock

T = TypeVar("T")


class DemoColleague:
    """Bruno, who works in the CRM directly."""

    def __init__(self, crm: DemoCrm) -> None:
        self._crm = crm

    def create(self, kind: Kind, fields: Mapping[str, Value], links: Mapping[str, str | None]) -> str:
        return self._crm.create("U2", kind, **{**fields, **links})

    def edit(self, kind: Kind, remote_id: str, fields: Mapping[str, Value]) -> None:
        self._crm.edit("U2", kind, remote_id, **fields)

    def delete(self, kind: Kind, remote_id: str) -> None:
        self._crm.delete("U2", kind, remote_id, hard=True)

    def burst(self, kind: Kind, names: Sequence[str]) -> list[str]:
        return [self._crm.create("U2", kind, name=name) for name in names]


class DemoBench:
    """A CRM with a small book of Nora's (U1) and Bruno's (U2)."""

    def __init__(self, switches: DemoSwitches) -> None:
        self.clock = HandClock()
        self.crm = DemoCrm(self.clock, switches)
        self.colleague = DemoColleague(self.crm)
        _small_book(self.crm)
        self.settle()

    def connector(self, *, page: int | None = None) -> DemoConnector:
        return DemoConnector(self.crm, "U1", page=page)

    def unlucky(self) -> DemoConnector:
        def wire(request: str, do: Callable[[], T], /) -> T:
            answer = do()
            if request == "write":
                raise AnswerLost
            return answer

        faulty: Wire = wire
        return DemoConnector(self.crm, "U1", wire=faulty)

    def refused(self) -> Op:
        return op(Kind.PERSON, Action.CREATE, fields={"name": "", "email": "nobody"})

    def settle(self) -> None:
        self.clock.now += 700


def _small_book(crm: DemoCrm) -> None:
    for user, name in (("U1", "Nora Lind"), ("U2", "Bruno Costa")):
        crm.create("admin", Kind.USER, user, name=name, email=f"{user}@companion.example", active=True)
    crm.create("admin", Kind.PIPELINE, "L1", name="Sales", position=1)
    for n, (name, outcome) in enumerate((("First talk", "open"), ("Offer", "open"), ("Won", "won"), ("Lost", "lost"))):
        crm.create(
            "admin", Kind.STAGE, f"S{n}", name=name, position=n, probability=n * 30, outcome=outcome, pipeline="L1"
        )
    crm.create("admin", Kind.LOSS_REASON, "R1", name="Price", position=1)
    companies = [crm.create("U1", Kind.COMPANY, name=f"Company {n}", owner="U1") for n in range(10)]
    people = [
        crm.create("U1", Kind.PERSON, name=f"Person {n}", company=companies[n % 10], owner=f"U{n % 2 + 1}")
        for n in range(20)
    ]
    for n in range(8):
        links = {"person": people[n], "company": companies[n], "owner": f"U{n % 2 + 1}"}
        deal = crm.create("U1", Kind.DEAL, name=f"Deal {n}", amount=100_000, stage="S0", **links)
        crm.create("U1", Kind.ACTIVITY, what="note", body=f"Note {n}", at=1_795_000_000, deal=deal, **links)


class TestDemoConnector(ConnectorContract):
    @pytest.fixture(params=[*PROFILES, "shifting pages"])
    def bench(self, request: pytest.FixtureRequest) -> DemoBench:
        shifting = replace(PROFILES["odoo-like"], shifting_pages=True)
        return DemoBench(PROFILES.get(request.param, shifting))


def test_the_straight_wire_carries_the_answer() -> None:
    assert straight("read", lambda: 7) == 7
