"""A small embedded CRM for tests: two users, a pipeline, a hand-moved clock, and a wire that can be broken."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar
from uuid import UUID

from companion.connectors.base import Action, Op, Result, Scope, Upsert
from companion.connectors.demo.connector import DemoConnector
from companion.connectors.demo.crm import DemoCrm
from companion.connectors.demo.switches import DemoSwitches
from companion.connectors.demo.wire import AnswerLost, NotSent
from companion.domain.records import Gone, Kind, Value

T = TypeVar("T")
NORA, BRUNO = "U1", "U2"


class HandClock:
    """Seconds since 1970, moved by hand."""

    def __init__(self) -> None:
        self.now = 1_795_298_400.0

    def __call__(self) -> float:
        return self.now


class BrokenWire:
    """Breaks the next request of a name in a given way; all others pass."""

    def __init__(self) -> None:
        self.breaks: dict[str, str] = {}
        self.requests: list[str] = []

    def __call__(self, request: str, do: Callable[[], T], /) -> T:
        self.requests.append(request)
        match self.breaks.pop(request, None):
            case "drop before":
                raise NotSent
            case "apply, then drop":
                do()
                raise AnswerLost
            case "twice":
                do()
        return do()


class Bench:
    """The CRM, its clock, and Nora's connector over a wire that can be broken."""

    def __init__(self, switches: DemoSwitches | None = None) -> None:
        self.clock = HandClock()
        self.crm = crm = DemoCrm(self.clock, switches)
        self.wire = BrokenWire()
        self.connector = DemoConnector(crm, NORA, wire=self.wire)
        crm.create("admin", Kind.USER, NORA, name="Nora Lind")
        crm.create("admin", Kind.USER, BRUNO, name="Bruno Costa")
        crm.create("admin", Kind.PIPELINE, "L1", name="Sales", position=1)
        stages = (("S1", "Discovery"), ("S2", "Negotiation"), ("S3", "Won"), ("S4", "Lost"))
        for n, (stage, name) in enumerate(stages, 1):
            outcome = name.lower() if n > 2 else "open"
            crm.create(
                "admin", Kind.STAGE, stage, name=name, position=n, probability=n * 20, outcome=outcome, pipeline="L1"
            )
        self._ops = 0

    def person(self, name: str = "Ada", owner: str = NORA) -> str:
        return self.crm.create(owner, Kind.PERSON, name=name, owner=owner)

    def op(
        self,
        kind: Kind = Kind.PERSON,
        action: Action = Action.CREATE,
        remote_id: str | None = None,
        fields: Mapping[str, Value] | None = None,
        links: Mapping[str, str | None] | None = None,
        seen: Mapping[str, Value] | None = None,
        version: str | None = None,
    ) -> Op:
        self._ops += 1
        given = {"name": "Eve"} if fields is None and action is Action.CREATE else fields or {}
        op_id = UUID(int=self._ops).hex
        return Op(op_id, kind, action, remote_id, dict(given), dict(links or {}), dict(seen or {}), version)

    def push(self, op: Op) -> Result:
        (result,) = self.connector.push([op])
        return result

    def made(self, op: Op) -> int:
        """How many records this op made, by the provenance log."""
        return len({write.id for write in self.crm.log if write.op_id == op.id and write.verb == "create"})


class Mirror:
    """What a client knows that pulls one kind with one scope."""

    def __init__(self, bench: Bench, kind: Kind = Kind.PERSON, scope: Scope | None = None) -> None:
        self._bench, self._kind, self._scope = bench, kind, scope or Scope()
        self.cursor: bytes | None = None
        self.records: dict[str, Upsert] = {}
        self.gone: dict[str, Gone] = {}
        self.winners: dict[str, str] = {}

    def pull(self) -> Mirror:
        more = True
        while more:
            page = self._bench.connector.pull(self._kind, self._scope, self.cursor)
            self.records |= {upsert.remote_id: upsert for upsert in page.upserts}
            for tombstone in page.gone:
                self.records.pop(tombstone.remote_id, None)
                self.gone[tombstone.remote_id] = tombstone.why
                if tombstone.winner_id:
                    self.winners[tombstone.remote_id] = tombstone.winner_id
            self.cursor, more = page.cursor, page.more
        return self
