"""A small office for the tests of sync: the embedded CRM, a rep with a cache file, and clocks moved by hand."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from companion.actions.answer_sweep import answer_sweep
from companion.actions.desk import Desk, Done
from companion.actions.discard_op import already_there, discard_op
from companion.actions.resolve_conflict import keep_theirs, use_mine, write_instead
from companion.actions.retry_op import retry_op
from companion.connectors.base import Scope
from companion.connectors.demo.connector import DemoConnector
from companion.connectors.demo.crm import DemoCrm
from companion.connectors.demo.rows import Row
from companion.connectors.demo.switches import DemoSwitches
from companion.connectors.demo.wire import Wire, straight
from companion.database import Database, create_database
from companion.domain.generations import Generations, OutOfReach
from companion.domain.ids import uuid7
from companion.domain.ops import OpState
from companion.domain.records import Kind, Value
from companion.domain.sync_status import SyncStatus
from companion.store import edits, migrations, outbox, records
from companion.store.edits import Gesture
from companion.store.outbox import QueuedOp
from companion.sync.engine import Engine

KEY = bytes(range(32))
BEGIN = 1_795_000_000
REP, COLLEAGUE = "U1", "U2"


@cache
def _template() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "book.db"
        database = create_database(path, KEY, durable=False)
        migrations.migrate(database)
        database.copy_to(Path(folder) / "copy.db")
        database.close()
        return (Path(folder) / "copy.db").read_bytes()


def open_book(path: Path, kind: type[Database] = Database) -> Database:
    """The file at `path`, fast rather than durable; a fresh one if there is none."""
    if not path.exists():
        path.write_bytes(_template())
    return kind(path, KEY, durable=False)


def small_book() -> list[Row]:
    """Two users, one pipeline with three stages, two companies, three people, two deals."""
    stamp = float(BEGIN - 10_000)

    def row(kind: Kind, record_id: str, links: Mapping[str, str | None] | None = None, **fields: Value) -> Row:
        return Row(kind, record_id, dict(fields), dict(links or {}), stamp=stamp)

    mine = {"owner": REP}
    return [
        row(Kind.USER, REP, name="Nora", active=True),
        row(Kind.USER, COLLEAGUE, name="Bruno", active=True),
        row(Kind.PIPELINE, "L1", name="Sales", position=1),
        row(Kind.STAGE, "S1", {"pipeline": "L1"}, name="Discovery", position=1, probability=10, outcome="open"),
        row(Kind.STAGE, "S2", {"pipeline": "L1"}, name="Proposal", position=2, probability=50, outcome="open"),
        row(Kind.STAGE, "S3", {"pipeline": "L1"}, name="Won", position=3, probability=100, outcome="won"),
        row(Kind.COMPANY, "C1", mine, name="Aster", city="Bern"),
        row(Kind.COMPANY, "C2", mine, name="Birch", city="Graz"),
        row(Kind.PERSON, "P1", {**mine, "company": "C1"}, name="Ada", phone="+43 1 111", role="Head"),
        row(Kind.PERSON, "P2", {**mine, "company": "C1"}, name="Ben", phone="+43 1 222", role="Buyer"),
        row(Kind.PERSON, "P3", {**mine, "company": "C2"}, name="Cleo", phone="+43 1 333", role="CFO"),
        row(
            Kind.DEAL,
            "D1",
            {**mine, "company": "C1", "person": "P1", "stage": "S1", "pipeline": "L1"},
            name="Looms",
            amount=100_00,
            currency="EUR",
            status="open",
            probability=10,
            close_on="2026-12-20",
        ),
        row(
            Kind.DEAL,
            "D2",
            {**mine, "company": "C2", "person": "P3", "stage": "S1", "pipeline": "L1"},
            name="Yarn",
            amount=200_00,
            currency="EUR",
            status="open",
            probability=10,
            close_on="2026-12-24",
        ),
    ]


class World:
    """The office. `clock` is the time of everybody in it, in seconds since 1970; `pass_time` moves it."""

    def __init__(
        self,
        folder: Path,
        *,
        switches: DemoSwitches | None = None,
        wire: Wire = straight,
        rows: list[Row] | None = None,
        scope: Scope | None = None,
        engine: type[Engine] = Engine,
        rows_at_once: int = 200,
        generations: Generations | None = None,
    ) -> None:
        self.now = float(BEGIN)
        self.path = folder / "book.db"
        self.crm = DemoCrm(lambda: self.now, switches)
        self.crm.load(small_book() if rows is None else rows)
        self.wire = wire
        self.scope = scope
        self.rng = Random(1)
        self.engine_class = engine
        self.rows_at_once = rows_at_once
        self.generations = generations
        self.statuses: list[SyncStatus] = []
        self.open()

    # The process ────────────────────────────────────────────────────────────────────────────────────────────────────

    def open(self) -> None:
        """Starts Companion on the file."""
        self.database = self.open_file()
        self.connector = self.connect()
        self.engine = self.engine_class(
            self.database,
            self.connector,
            clock=lambda: self.now,
            wall=lambda: int(self.now),
            rng=self.rng,
            new_id=self.new_id,
            scope=self.scope,
            rows_at_once=self.rows_at_once,
            publish=self.statuses.append,
            generations=self.generations,
        )
        self.engine.recover()

    def open_file(self) -> Database:
        """The cache file."""
        return open_book(self.path)

    def connect(self) -> DemoConnector:
        """The rep's way to the CRM."""
        return DemoConnector(self.crm, REP, wire=self.wire)

    def restart(self) -> None:
        """Ends it, however it stands, and starts it again."""
        self.database.close()
        self.open()

    def backup(self) -> bytes:
        """The file as a backup of this moment keeps it."""
        copy = self.path.with_name("backup.db")
        self.database.copy_to(copy)
        return copy.read_bytes()

    def restore(self, backup: bytes) -> None:
        """Ends Companion, puts an older file in the place of the newest, and starts it again."""
        self.database.close()
        for old in self.path.parent.glob(f"{self.path.name}*"):
            old.unlink()
        self.path.write_bytes(backup)
        self.open()

    def sync(self, cycles: int = 1, *, apart_s: float = 30.0) -> SyncStatus:
        """So many cycles, time passing before each."""
        for _ in range(cycles):
            self.pass_time(apart_s)
            status = self.engine.cycle()
        return status

    def settle(self) -> SyncStatus:
        """Cycles with long pauses until nothing more can move by itself."""
        for _ in range(12):
            self.pass_time(1000)
            status = self.engine.cycle()
            if status.waiting == 0 and status.problem is None:
                break
        return self.sync()

    def pass_time(self, seconds: float) -> None:
        """Moves every clock on."""
        self.now += seconds

    def new_id(self) -> str:
        """A fresh local id."""
        return uuid7(int(self.now * 1000), self.rng.getrandbits(80))

    # The rep ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def edit(self, kind: Kind, remote_id: str, *, action: str = "update", **values: Value) -> str | None:
        """Changes fields or links (by the CRM's ids) of a record; returns the op's id."""
        return self.change(kind, self.local(kind, remote_id), action=action, **values)

    def change(self, kind: Kind, record_id: str, *, action: str = "update", **values: Value) -> str | None:
        """Changes fields or links (by local ids) of a record; returns the op's id."""
        return self.save(kind, record_id, values, action)

    def save(self, kind: Kind, record_id: str, values: Mapping[str, Value], action: str = "update") -> str | None:
        """Changes several values of a record at once; returns the op's id."""
        with self.database.write() as write:
            gesture = self.gesture("edit")
            done = edits.change(write, gesture, kind, record_id, values, "Edit", action)
            edits.remember(write, gesture)
        return done

    def create(self, kind: Kind, links: Mapping[str, str | None] | None = None, **fields: Value) -> str:
        """Makes a record here; links are local ids. Returns its local id, which is the op's too."""
        with self.database.write() as write:
            gesture = self.gesture("create")
            record_id = edits.create(write, gesture, kind, fields, links or {}, f"Make {fields.get('name', kind)}")
            edits.remember(write, gesture)
        return record_id

    def log_call(self, person: str, body: str) -> str:
        """Logs a call with a person given by the CRM's id."""
        links = {"person": self.local(Kind.PERSON, person)}
        return self.create(Kind.ACTIVITY, links, what="call", body=body, at=int(self.now), done=True)

    def take_back(self, op_id: str) -> None:
        """Undoes one op."""
        with self.database.write() as write:
            op = outbox.get(write, op_id)
            assert op is not None
            edits.take_back(write, self.gesture("undo"), op)

    def gesture(self, words: str) -> Gesture:
        """One act, whose ops may leave at once."""
        return Gesture(self.new_id(), int(self.now), words, self.new_id, hold_s=0)

    @property
    def answer(self) -> Answers:
        """How the rep answers what needs attention."""
        return Answers(self)

    # Looking ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def local(self, kind: Kind, remote_id: str) -> str:
        """The local id of a record of the CRM's."""
        with self.database.read() as rows:
            return records.local_ids(rows, kind, [remote_id])[remote_id]

    def shown(self, kind: Kind, remote_id: str, name: str) -> Value:
        """What the rep sees in a field."""
        record = self.record(kind, self.local(kind, remote_id))
        assert record is not None
        return record.value(name)

    def record(self, kind: Kind, record_id: str) -> records.Record | None:
        """A record as the rep sees it."""
        with self.database.read() as rows:
            return records.get(rows, kind, record_id)

    def there(self, kind: Kind, remote_id: str, name: str) -> Value:
        """What the CRM has in a field."""
        row = self.crm.row(kind, remote_id)
        assert row is not None
        return row.links[name] if name in row.links else row.fields.get(name)

    def op(self, op_id: str | None) -> QueuedOp:
        """An op as it stands."""
        with self.database.read() as rows:
            found = outbox.get(rows, op_id or "")
        assert found is not None
        return found

    def state(self, op_id: str | None) -> OpState:
        """Where an op stands."""
        return self.op(op_id).state

    def ops(self, *states: OpState) -> list[QueuedOp]:
        """The ops in any of these states."""
        with self.database.read() as rows:
            return outbox.in_state(rows, *states)

    def made(self, kind: Kind, **fields: Value) -> list[Row]:
        """The CRM's living records with these fields."""
        rows = self.crm.rows(kind)
        return [row for row in rows if all(row.fields.get(name) == value for name, value in fields.items())]


class Answers:
    """What the rep does about conflicts and refusals: the actions behind the buttons."""

    def __init__(self, world: World) -> None:
        now = datetime.fromtimestamp(world.now, UTC)
        self.desk = Desk(world.database, lambda: now, world.new_id, lambda write, touched, at: None, hold_s=0)
        self.world = world

    def mine(self, op_id: str) -> str | None:
        """Use mine, having seen the card as it stands."""
        return _said(use_mine(self.desk, op_id, self.world.op(op_id).theirs or {}))

    def theirs(self, op_id: str) -> str | None:
        """Keep theirs."""
        return _said(keep_theirs(self.desk, op_id))

    def instead(self, op_id: str, values: Mapping[str, Value]) -> None:
        """Write another value."""
        write_instead(self.desk, op_id, values, "Another value")

    def retry(self, op_id: str, values: Mapping[str, Value] | None = None) -> str | None:
        """Send again."""
        return _said(retry_op(self.desk, op_id, values))

    def drop(self, op_id: str) -> str | None:
        """Drop it."""
        return _said(discard_op(self.desk, op_id))

    def found(self, op_id: str) -> str | None:
        """It is there already."""
        return _said(already_there(self.desk, op_id))

    def sweep(self, kind: Kind, *, remove: bool) -> str | None:
        """Take them away, or keep them."""
        return _said(answer_sweep(self.desk, kind, remove=remove))


def _said(done: Done | None) -> str | None:
    return done.words if done is not None else None


class Outside:
    """The counter outside the file, in memory. `locked` refuses every answer, `writable` only what would be kept."""

    def __init__(self, number: int | None = None, install: str = "this computer") -> None:
        self.number = number
        self.name = install
        self.locked = False
        self.writable = True
        self.asked = 0

    def install(self) -> str:
        """Which computer this is."""
        return self.name

    def read(self) -> int | None:
        """The number."""
        self.asked += 1
        if self.locked:
            raise OutOfReach("locked")
        return self.number

    def write(self, generation: int) -> None:
        """Keeps it."""
        if self.locked or not self.writable:
            raise OutOfReach("locked")
        self.number = generation


class FaultyWire:
    """A wire that fails as told: `faults` maps a request's name to what to do, one after the other.

    'drop' loses the request, 'lose' the answer, 'twice' delivers it two times; an exception is raised before it leaves.
    """

    def __init__(self, **faults: list[Any]) -> None:
        self.faults = faults
        self.requests: list[str] = []

    def __call__(self, request: str, do: Callable[[], Any], /) -> Any:
        from companion.connectors.demo.wire import AnswerLost, NotSent

        self.requests.append(request)
        waiting = self.faults.get(request)
        fault = waiting.pop(0) if waiting else None
        if fault == "drop":
            raise NotSent("no connection")
        if isinstance(fault, BaseException):
            raise fault
        answer = do()
        if fault == "twice":
            return do()
        if fault == "lose":
            raise AnswerLost("cut")
        return answer


def with_switches(switches: DemoSwitches, **others: Any) -> DemoSwitches:
    """The same CRM with some traits changed."""
    from msgspec.structs import replace as change

    return change(switches, **others)


__all__ = ["FaultyWire", "Outside", "World", "replace", "small_book", "with_switches"]
