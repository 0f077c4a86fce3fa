"""The office of the rig: a world on a template that is synced already, with faults on its wire and doom on its file."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from companion.connectors.base import Concurrency, Description, Finds, Identity
from companion.connectors.demo.connector import DemoConnector
from companion.connectors.demo.crm import DemoCrm
from companion.connectors.demo.switches import PROFILES, DemoSwitches
from companion.database import Database
from companion.domain.records import Kind
from companion.sync.engine import Engine
from tests.rig.faults import DyingDatabase, Fault, RigWire
from tests.sync.world import BEGIN, COLLEAGUE, KEY, REP, World, small_book

PLAYED = (Kind.COMPANY, Kind.PERSON, Kind.DEAL, Kind.ACTIVITY)
"""The kinds that change in a schedule; the others are read once, into the template."""

CRMS = {
    "the best": DemoSwitches(),
    "external key, stamps, feed": DemoSwitches(
        identity=Identity.EXTERNAL_KEY, changes=Finds.TIMESTAMP, deletes=Finds.FEED, precision_s=1.0, row_version=False
    ),
    "idempotency header": DemoSwitches(identity=Identity.IDEMPOTENCY_KEY, deletes=Finds.FEED),
    "marker and lagging search": DemoSwitches(
        identity=Identity.MARKER, changes=Finds.TIMESTAMP, deletes=Finds.FEED, search_lag_s=30.0, overlap_s=300
    ),
    "no identity": DemoSwitches(identity=Identity.NONE),
    "batches and few requests": DemoSwitches(rate=12, rate_window_s=10.0, page=3),
    "pipedrive-like": PROFILES["pipedrive-like"],
    "hubspot-like": PROFILES["hubspot-like"],
}


@dataclass
class Rig:
    """What a seeded bug may change: the engine, the connector, the CRM, how the rep's edits are saved."""

    name: str = "the best"
    switches: DemoSwitches = field(default_factory=DemoSwitches)
    engine: type[Engine] = Engine
    connector: type[DemoConnector] = DemoConnector
    crm: type[DemoCrm] = DemoCrm
    two_transactions: bool = False
    deadliness: int = 1
    """In how many of four bad cycles the process dies at some commit."""


class Narrow(DemoConnector):
    """The rep's way to the CRM, for the kinds that are played."""

    def describe(self) -> Description:
        found = super().describe()
        return replace(found, kinds={kind: facts for kind, facts in found.kinds.items() if kind in PLAYED})


_TEMPLATES: dict[str, bytes] = {}


class RigWorld(World):
    """A world whose first sync is done already."""

    database: DyingDatabase

    def __init__(self, folder: Path, rig: Rig) -> None:
        self.rig = rig
        self.trace: list[str] = []
        wire = RigWire(self._sneak, self._partial)
        self.faults = wire
        self.now = float(BEGIN)
        self._sneaks = 0
        if rig.name not in _TEMPLATES:
            first = World(folder, switches=rig.switches)
            first.sync()
            first.database.copy_to(folder / "template.db")
            first.database.close()
            _TEMPLATES[rig.name] = (folder / "template.db").read_bytes()
        for old in folder.glob("book.db*"):
            old.unlink()
        (folder / "book.db").write_bytes(_TEMPLATES[rig.name])
        super().__init__(folder, switches=rig.switches, wire=wire, rows=[], engine=rig.engine)
        self.now = float(BEGIN) + 60
        self.crm.load(small_book())

    def open_file(self) -> Database:
        return DyingDatabase(self.path, KEY, durable=False)

    def connect(self) -> DemoConnector:
        if type(self.crm) is not self.rig.crm:
            self.crm = self.rig.crm(lambda: self.now, self.rig.switches)

        class Way(Narrow, self.rig.connector):  # type: ignore[name-defined,misc]
            pass

        return Way(self.crm, REP, wire=self.wire)

    def _sneak(self) -> None:
        self._sneaks += 1
        row = self.crm.row(Kind.DEAL, "D1")
        if row is not None:
            self.crm.edit(COLLEAGUE, Kind.DEAL, "D1", amount=9_000_000 + self._sneaks)

    def _partial(self, on: bool) -> None:
        self.crm.switch(partial_batch=1 if on else self.rig.switches.partial_batch)

    def allowed(self, fault: Fault) -> Fault:
        """The fault, or another where this CRM promises nothing against it."""
        switches = self.rig.switches
        if fault is Fault.TWICE and switches.identity in (Identity.MARKER, Identity.NONE):
            return Fault.LOSE
        if fault is Fault.SNEAK and switches.concurrency is not Concurrency.ATOMIC:
            return Fault.NONE
        return fault

    def note(self, *words: Any) -> None:
        """Keeps a line for whoever reads a failure."""
        self.trace.append(" ".join(str(each) for each in words))
