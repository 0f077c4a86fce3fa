"""The contract's bench over the embedded CRM, whose wire takes the troubles that a network would make."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from companion.connectors.base import Action, Op, Problem
from companion.connectors.demo.connector import DemoConnector
from companion.connectors.demo.crm import DemoCrm
from companion.connectors.demo.rows import Row
from companion.connectors.demo.rules import Look
from companion.connectors.demo.switches import DemoSwitches
from companion.connectors.demo.wire import AnswerLost, Refusal
from companion.domain.records import Kind, Value
from tests.connectors.contract import op, op_id
from tests.connectors.demo.bench import HandClock
from tests.connectors.fake_server import Fault, Reply, Request

T = TypeVar("T")
NORA, BRUNO = "U1", "U2"


class FaultyWire:
    """The embedded CRM has no HTTP: its wire knows what became of a request, so each `Fault` is put in its words."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def fail(self, **how: Any) -> Fault:
        """A fault for what comes next, as `FakeServer.fail`."""
        fault = Fault(**how)
        self.faults.append(fault)
        return fault

    def __call__(self, request: str, do: Callable[[], T], /) -> T:
        asked = Request("POST" if request == "write" else "GET", f"/{request}", {}, {}, b"")
        fault = next((each for each in self.faults if each.times > 0 and each.when(asked)), None)
        if fault is None:
            return do()
        fault.times -= 1
        reply = fault.instead
        if reply is None:
            do()
            reply = fault.turn(Reply(200, {})) if fault.turn else Reply(200)
        if reply.status == 200:
            raise AnswerLost
        after = reply.headers.get("Retry-After")
        raise Refusal(reply.status, "trouble", after_s=float(after) if after else None)


class DemoColleague:
    """Bruno, who works in the CRM directly."""

    def __init__(self, crm: DemoCrm) -> None:
        self._crm = crm

    def create(self, kind: Kind, fields: Mapping[str, Value], links: Mapping[str, str | None]) -> str:
        return self._crm.create(BRUNO, kind, **{**fields, **links})

    def edit(self, kind: Kind, remote_id: str, fields: Mapping[str, Value]) -> None:
        self._crm.edit(BRUNO, kind, remote_id, **fields)

    def delete(self, kind: Kind, remote_id: str) -> None:
        self._crm.delete(BRUNO, kind, remote_id)

    def burst(self, kind: Kind, names: Sequence[str]) -> list[str]:
        return [self._crm.create(BRUNO, kind, name=name) for name in names]


class DemoAdministrator:
    """Who may do everything in the embedded CRM."""

    def __init__(self, crm: DemoCrm) -> None:
        self._crm = crm

    def move_away(self, kind: Kind, remote_id: str) -> None:
        self._crm.reassign("admin", kind, remote_id, BRUNO)

    def forbid(self, kind: Kind) -> None:
        self._crm.forbid(NORA, kind)

    def permit(self, kind: Kind) -> None:
        self._crm.allow(NORA, kind)

    def merge(self, kind: Kind, loser: str, winner: str) -> None:
        self._crm.merge("admin", kind, loser, winner)

    def archive(self, kind: Kind, remote_id: str) -> None:
        self._crm.archive("admin", kind, remote_id)

    def undelete(self, kind: Kind, remote_id: str) -> None:
        self._crm.undelete("admin", kind, remote_id)

    def drop_field(self, kind: Kind, ours: str) -> None:
        self._crm.retire_field(kind, ours)

    def retype_field(self, kind: Kind, ours: str) -> None:
        self._crm.retype_field(kind, ours)

    def retire_choice(self, kind: Kind, ours: str, value: Value) -> None:
        self._crm.retire_choice(kind, ours, value)

    def require_at_stage(self, ours: str, stage_id: str) -> None:
        def rule(row: Row, look: Look) -> Problem | None:
            missing = row.links.get("stage") == stage_id and row.fields.get(ours) in (None, "")
            return Problem(f"Fill in '{ours}' before this stage", ours) if missing else None

        self._crm.add_rule(rule)

    def forbid_field(self, kind: Kind, ours: str) -> None:
        self._crm.set_read_only(NORA, kind, ours)


class DemoBench:
    """A CRM with a small book of Nora's (U1) and Bruno's (U2)."""

    renewals = None
    result_cap = None
    pc_clock_off_by = None
    shuffled_answers = None

    def __init__(self, switches: DemoSwitches) -> None:
        self.clock = HandClock()
        self.crm = DemoCrm(self.clock, switches)
        self.crm.switch(token_life_s=3600.0)
        self.colleague = DemoColleague(self.crm)
        self.administrator = DemoAdministrator(self.crm)
        self.server = FaultyWire()
        _small_book(self.crm)
        self.settle()

    @property
    def now(self) -> float:
        return self.clock.now

    @now.setter
    def now(self, seconds: float) -> None:
        self.clock.now = seconds

    def connector(self, *, page: int | None = None) -> DemoConnector:
        return DemoConnector(self.crm, NORA, wire=self.server, page=page, secret=self.crm.issue_token(NORA))

    def unlucky(self) -> DemoConnector:
        self.server.fail(when=self.is_write, lose=True)
        return self.connector()

    def is_write(self, request: Request) -> bool:
        return request.path == "/write"

    def is_create(self, request: Request) -> bool:
        return request.path == "/write"

    def quota(self) -> Reply:
        return Reply(429, None, {"Retry-After": "30000"})

    def refused(self) -> Op:
        return op(Kind.PERSON, Action.CREATE, fields={"name": "", "email": "nobody"})

    def duplicate(self) -> Op:
        self.crm.switch(refuse_duplicates=True)
        email = f"{op_id()}@twice.example"
        self.crm.create(BRUNO, Kind.PERSON, name="Here Already", email=email)
        return op(Kind.PERSON, fields={"name": "Here Again", "email": email})

    def dependent(self) -> Op:
        def rule(row: Row, look: Look) -> Problem | None:
            wrong = row.fields.get("medium") == "Stand" and row.fields.get("source") != "Fair"
            return Problem("'Stand' goes with the source 'Fair'", "medium") if wrong else None

        self.crm.add_rule(rule)
        deal = self.crm.rows(Kind.DEAL)[0].id
        return op(Kind.DEAL, Action.UPDATE, deal, {"source": "Web", "medium": "Stand"})

    def late(self, kind: Kind, seconds_ago: float) -> str:
        company = self.crm.create(BRUNO, Kind.COMPANY, name="In time")
        before = self.crm.switches
        self.crm.switch(late_every=1, late_commit_s=seconds_ago)
        self.clock.now -= seconds_ago
        fields: dict[str, Value] = {"what": "note", "body": "Late"} if kind is Kind.ACTIVITY else {"name": "Late"}
        made = self.crm.create(BRUNO, kind, **fields, **({} if kind is Kind.COMPANY else {"company": company}))
        self.clock.now += seconds_ago
        self.crm.switch(late_every=before.late_every, late_commit_s=before.late_commit_s)
        return made

    def partial_batches(self) -> None:
        self.crm.switch(partial_batch=1)

    def expire(self) -> None:
        self.crm.expire_access(NORA)

    def revoke(self) -> None:
        self.crm.revoke_tokens(NORA)

    def settle(self) -> None:
        self.clock.now += 700


def _small_book(crm: DemoCrm) -> None:
    for user, name in ((NORA, "Nora Lind"), (BRUNO, "Bruno Costa")):
        crm.create("admin", Kind.USER, user, name=name, email=f"{user}@companion.example", active=True)
    crm.create("admin", Kind.PIPELINE, "L1", name="Sales", position=1)
    for n, (name, outcome) in enumerate((("First talk", "open"), ("Offer", "open"), ("Won", "won"), ("Lost", "lost"))):
        crm.create(
            "admin", Kind.STAGE, f"S{n}", name=name, position=n, probability=n * 30, outcome=outcome, pipeline="L1"
        )
    crm.create("admin", Kind.LOSS_REASON, "R1", name="Price", position=1)
    companies = [crm.create(NORA, Kind.COMPANY, name=f"Company {n}", owner=NORA) for n in range(10)]
    people = [
        crm.create(NORA, Kind.PERSON, name=f"Person {n}", company=companies[n % 10], owner=f"U{n % 2 + 1}")
        for n in range(20)
    ]
    for n in range(8):
        links = {"person": people[n], "company": companies[n], "owner": f"U{n % 2 + 1}"}
        deal = crm.create(NORA, Kind.DEAL, name=f"Deal {n}", amount=100_000, stage="S0", **links)
        crm.create(NORA, Kind.ACTIVITY, what="note", body=f"Note {n}", at=1_795_000_000, deal=deal, **links)
