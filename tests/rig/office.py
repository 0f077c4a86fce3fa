"""The office of the rig: one CRM, one clock, and the computers of one or two reps whose books were synced already."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from random import Random
from typing import Any, cast

from msgspec.structs import replace

from companion.connectors.base import Concurrency, Description, Finds, Identity
from companion.connectors.demo.connector import DemoConnector
from companion.connectors.demo.crm import DemoCrm
from companion.connectors.demo.switches import PROFILES, DemoSwitches
from companion.domain.problems import Problem
from companion.domain.records import Kind
from companion.domain.sync_status import Phase, SyncStatus
from companion.sync.engine import Engine
from tests.rig.book import MemoryBook, image
from tests.rig.faults import Fault, RigWire
from tests.sync.world import BEGIN, COLLEAGUE, REP, Outside, World, small_book

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
    "marker that is found at once": DemoSwitches(identity=Identity.MARKER, deletes=Finds.FEED),
    "no identity": DemoSwitches(identity=Identity.NONE),
    "batches and few requests": DemoSwitches(rate=12, rate_window_s=10.0, page=3),
    "late commits": DemoSwitches(
        changes=Finds.TIMESTAMP, deletes=Finds.FEED, overlap_s=600, late_every=4, late_commit_s=290.0, page=2
    ),
    "short-lived tokens": DemoSwitches(token_life_s=400.0, rotates_tokens=True, daily_requests=2000),
    "shifting pages": DemoSwitches(changes=Finds.TIMESTAMP, deletes=Finds.FEED, shifting_pages=True, page=2),
    **{name: switches for name, switches in PROFILES.items() if name != "the best"},
}


@dataclass
class Rig:
    """What a seeded bug may change: the engine, the connector, the CRM, how the rep's edits are saved.

    `deadliness`: in how many of four bad cycles the process dies at some commit. `reps`: one, two, or by the seed (0).
    `same_user`: whether a second rep is the same user at another computer; by the seed where it is None.
    """

    name: str = "the best"
    switches: DemoSwitches = field(default_factory=DemoSwitches)
    engine: type[Engine] = Engine
    connector: type[DemoConnector] = DemoConnector
    crm: type[DemoCrm] = DemoCrm
    two_transactions: bool = False
    deadliness: int = 1
    reps: int = 0
    same_user: bool | None = None
    without: frozenset[str] = frozenset()
    """Moves that this CRM or bug is not played with."""


class Narrow(DemoConnector):
    """The rep's way to the CRM, for the kinds that are played."""

    def describe(self) -> Description:
        found = super().describe()
        return replace(found, kinds={kind: facts for kind, facts in found.kinds.items() if kind in PLAYED})


class Office:
    """What everybody shares. `now` is in seconds since 1970; `wires` are the ways of the reps to the CRM."""

    def __init__(self, rig: Rig) -> None:
        self.rig = rig
        self.wires: list[RigWire] = []
        self._now = float(BEGIN) + 60
        self.trace: list[tuple[Any, ...]] = []
        self.crm = rig.crm(lambda: self.now, rig.switches)
        self.crm.load(small_book())
        self._sneaks = 0

    @property
    def now(self) -> float:
        """Everybody's time. What a proxy holds arrives at its own time, whoever lets the time pass."""
        return self._now

    @now.setter
    def now(self, now: float) -> None:
        for wire in sorted(self.wires, key=lambda each: each.due):
            if wire.due <= now:
                self._now = max(self._now, wire.due)
                wire.arrive()
        self._now = now

    def arrive(self) -> None:
        """Whatever a proxy still holds, of anybody, arrives now."""
        for wire in self.wires:
            wire.arrive()

    def note(self, *words: Any) -> None:
        """Keeps a line for whoever reads a failure."""
        self.trace.append(words)

    def told(self) -> list[str]:
        """The trace in words."""
        return [" ".join(str(each) for each in words) for words in self.trace]

    def sneak(self) -> None:
        """A colleague writes between our look and our write."""
        self._sneaks += 1
        if self.crm.row(Kind.DEAL, "D1") is not None:
            self.crm.edit(COLLEAGUE, Kind.DEAL, "D1", amount=9_000_000 + self._sneaks)

    def partial(self, on: bool) -> None:
        """Whether the CRM handles only the first of a batch."""
        self.crm.switch(partial_batch=1 if on else self.rig.switches.partial_batch)

    def allowed(self, fault: Fault) -> Fault:
        """The fault, or another where this CRM promises nothing against it."""
        switches = self.rig.switches
        found = switches.identity in (Identity.CLIENT_ID, Identity.EXTERNAL_KEY, Identity.MARKER)
        # A guard by a stamp of whole seconds does not see a colleague within the second of our own last write.
        guarded = switches.concurrency is Concurrency.ATOMIC and (switches.row_version or switches.precision_s < 1)
        if fault is Fault.TWICE and switches.identity in (Identity.MARKER, Identity.NONE):
            return Fault.LOSE
        if fault is Fault.LATE and not (found and guarded):
            return Fault.PORTAL
        if fault is Fault.SNEAK and not guarded:
            return Fault.NONE
        return fault


class RigWorld(World):
    """A rep's computer. `number` is the rep's place; its first sync is done already."""

    database: MemoryBook

    def __init__(self, office: Office, number: int, user: str) -> None:
        self.office, self.number, self.user = office, number, user
        self.rig = office.rig
        self.crm = office.crm
        self.faults = RigWire(office.sneak, office.partial, lambda: office.now)
        office.wires.append(self.faults)
        self.wire = self.faults
        self.path = Path("/nowhere/book.db")
        self.scope = None
        self.rng = Random(number + 1)
        self.engine_class = _quiet(cast(Any, self.rig.engine))
        self.rows_at_once = 200
        self.statuses = []
        self.generations = Outside(install=f"computer {number}")
        self.ids_made: list[str] = []
        self.secrets: list[str] = []
        self._begins_with: Any = _synced(self.rig, user)
        self.open()
        self._begins_with = None

    @property
    def now(self) -> float:
        """The office's time."""
        return self.office.now

    @now.setter
    def now(self, now: float) -> None:
        self.office.now = now

    def open_file(self) -> MemoryBook:
        return MemoryBook(self.number, self._begins_with)

    def connect(self) -> DemoConnector:
        way = _way(cast(Any, self.rig.connector))
        if not self.rig.switches.token_life_s:
            return way(self.crm, self.user, wire=self.wire)
        if not self.secrets:
            self.secrets.append(self.crm.issue_token(self.user))
        return way(self.crm, self.user, wire=self.wire, secret=self.secrets[-1], keep=self.secrets.append)

    def sign_in(self) -> None:
        """The rep signs in by hand: a new secret where there are any."""
        self.crm.sign_in(self.user)
        self.secrets.clear()
        self.connector = self.engine.connector = self.connect()
        self.engine._description = None

    def new_id(self) -> str:
        made = super().new_id()
        self.ids_made.append(made)
        return made


def _synced(rig: Rig, user: str) -> Any:
    """A book as the first sync left it."""

    def make() -> MemoryBook:
        world = World.__new__(World)
        world.now = float(BEGIN)
        world.crm = DemoCrm(lambda: world.now, rig.switches)
        world.crm.load(small_book())
        world.rng, world.statuses, world.scope, world.rows_at_once = Random(0), [], None, 200
        world.generations = None
        world.engine_class = Engine
        book = MemoryBook.empty(9)
        world.open_file = lambda: book  # type: ignore[method-assign]
        world.connect = lambda: DemoConnector(world.crm, user)  # type: ignore[method-assign]
        world.open()
        world.sync()
        return book

    return image(f"{rig.name} {user} {rig.switches}", make)


@cache
def _quiet(engine: Any) -> type[Engine]:
    """The engine without the status that it publishes while it works: nobody looks at it here."""

    class Quiet(engine):  # type: ignore[misc]
        def status(self, phase: Phase, problem: Problem | None = None) -> SyncStatus:
            if phase is Phase.SYNCING:
                return SyncStatus(phase)
            found: SyncStatus = super().status(phase, problem)
            return found

    return Quiet


@cache
def _way(connector: Any) -> type[DemoConnector]:
    class Way(Narrow, connector):  # type: ignore[misc]
        pass

    return Way


USERS = (REP, COLLEAGUE)
