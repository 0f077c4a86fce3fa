"""L9: days of office life in virtual time: three reps, outages, laptops that sleep, processes that start anew.

`L9` lives ten days, `L9:30` thirty. Each day ends with a look at what grew: memory, files, tables, open files.
"""

from __future__ import annotations

import gc
import resource
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any, Final

from companion.connectors.demo.connector import DemoConnector
from companion.connectors.demo.crm import DemoCrm
from companion.connectors.demo.rows import Row
from companion.connectors.demo.switches import PROFILES
from companion.connectors.demo.wire import AnswerLost, NotSent
from companion.domain.ops import FINISHED, OpState
from companion.domain.records import Kind, Value
from companion.store import records
from companion.store.edits import Gesture
from companion.sync.worker import Worker
from tests.rig.oracle import Oracle
from tests.rig.tally import Harm, Harmed
from tests.sync.world import BEGIN, World, small_book

REPS: Final = ("U1", "U2", "U3")
TICK_S: Final = 600
OFFICE_S: Final = 10 * 3600
DAY_S: Final = 24 * 3600
WRONG: Final = (0, 0, 0, 3600, -3600, -90, 30 * DAY_S, 3650 * DAY_S, -3650 * DAY_S)
"""By how many seconds a computer's clock may be wrong on a day; the others' and the CRM's go on."""
MIB: Final = 1024 * 1024
_UNFINISHED = tuple(state for state in OpState if state not in FINISHED)


class Cable:
    """A rep's way to the CRM: out from time to time, and losing an answer now and then."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self.out = False

    def __call__(self, request: str, do: Callable[[], Any], /) -> Any:
        if self.out:
            raise NotSent("no connection")
        chance = self.rng.random()
        if chance < 0.01:
            raise AnswerLost("the request was cut")
        answer = do()
        if chance < 0.02:
            raise AnswerLost("the answer was cut")
        return answer


@dataclass
class Street:
    """What the three share: the time, the CRM and the judge."""

    rng: Random
    profile: str
    now: float = float(BEGIN)
    crm: DemoCrm = field(init=False)
    oracle: Oracle = field(init=False)

    def __post_init__(self) -> None:
        self.crm = DemoCrm(lambda: self.now, PROFILES[self.profile])
        self.crm.load([*small_book(), Row(Kind.USER, "U3", {"name": "Third", "active": True}, {}, stamp=BEGIN - 9.0)])
        self.crm.load(_deals())
        self.oracle = Oracle(self.crm)


def _deals() -> list[Row]:
    links = {"company": "C1", "person": "P1", "stage": "S1", "pipeline": "L1"}
    fields: dict[str, Value] = {
        "amount": 1,
        "currency": "EUR",
        "status": "open",
        "probability": 10,
        "close_on": "2026-12-20",
    }
    return [
        Row(
            Kind.DEAL,
            f"D{10 + n}",
            {**fields, "name": f"Deal {n}"},
            {**links, "owner": REPS[n % len(REPS)]},
            stamp=BEGIN - 9.0,
        )
        for n in range(9)
    ]


class Computer(World):
    """One rep's computer, its worker without a thread."""

    def __init__(self, folder: Path, street: Street, number: int) -> None:
        self.street, self.number = street, number
        self.cable = Cable(Random(street.rng.random()))
        self.values = 0
        self.due = 0.0
        self.wrong_s = 0
        self.last: tuple[str, str] | None = None
        folder.mkdir()
        super().__init__(folder, rows=[], wire=self.cable)
        self.crm = street.crm
        self.rng = Random(number)

    @property
    def now(self) -> float:
        """Everybody's time."""
        return self.street.now

    @now.setter
    def now(self, value: float) -> None:
        """Only the street moves it."""

    def open(self) -> None:
        super().open()
        self.engine.wall = lambda: int(self.now) + self.wrong_s
        self.worker = Worker(self.engine)
        self.engine.rest = lambda seconds: None

    def begins(self) -> None:
        """The first load, with as many attempts as it takes."""
        for _ in range(50):
            self.engine.hurry()
            if self.engine.cycle().all_synced:
                return
        raise AssertionError("the first load never ended")

    def connect(self) -> DemoConnector:
        return DemoConnector(self.street.crm, REPS[self.number], wire=self.cable)

    def new_id(self) -> str:
        made = super().new_id()
        self.street.oracle.whose[made] = self.number
        return made

    def gesture(self, words: str) -> Gesture:
        return Gesture(self.new_id(), self.engine.wall(), words, self.new_id, hold_s=0)

    def works(self, rng: Random) -> None:
        """What a rep does in ten minutes."""
        if rng.random() < 0.7:
            body = f"rep {self.number} call {self._next()}: " + " ".join(
                ["they asked for the offer again."] * rng.randint(2, 12)
            )
            call = self.log_call(rng.choice(("P1", "P2", "P3")), body)
            self.street.oracle.rep_writes(self.number, "body", body, None, new=True)
            self.last = (call, body)
        if rng.random() < 0.25:
            own = self.number if rng.random() < 0.8 else rng.randrange(3)
            self._edits(f"D{10 + own + 3 * rng.randrange(3)}")
        if rng.random() < 0.03:
            name = f"person {self.number}-{self._next()}"
            self.create(Kind.PERSON, name=name)
            self.street.oracle.rep_writes(self.number, "name", name, None, new=True)
        if rng.random() < 0.03 and self.last is not None:
            call, body = self.last
            self.take_back(call)
            self.street.oracle.gives_up("body", body)
            self.last = None

    def _edits(self, deal: str) -> None:
        local = self.local(Kind.DEAL, deal)
        if any(op.record_id == local for op in self.ops(*_UNFINISHED)):
            return
        shown, value = self.shown(Kind.DEAL, deal, "amount"), 1000 * self._next() + self.number
        self.save(Kind.DEAL, local, {"amount": value})
        self.street.oracle.rep_writes(self.number, "amount", value, shown)

    def _next(self) -> int:
        self.values += 1
        return self.values

    def syncs(self) -> None:
        """What the worker does in this tick, if anything is due."""
        if self.now >= self.due or self.ops(OpState.PENDING):
            self.worker._turn(None)
            self.due = self.now + self.worker._pause_s()

    def answers(self) -> None:
        """At the end of a day the rep keeps the colleague's value wherever there are two."""
        for op in self.ops(OpState.CONFLICT):
            for name, value in op.values.items():
                self.street.oracle.gives_up(name, value)
                self.street.oracle.never_was(name, value)
            self.answer.theirs(op.id)


@dataclass
class Grown:
    """The resources at the end of a day: bytes, and how many."""

    memory: int
    files: int
    book: int
    wal: int
    held: int
    tables: dict[str, int]


class Soak:
    """The layer: one seed is one office, living so many days."""

    def __init__(self, days: str = "10") -> None:
        self.days = int(days)
        self.grown: list[Grown] = []

    def skip(self) -> str | None:
        """Linux, which tells what a process holds."""
        return None if Path("/proc/self/statm").exists() else "needs /proc"

    def points(self) -> int | None:
        """Seeds never end."""
        return None

    def close(self) -> None:
        """Nothing is kept."""

    def attack(self, seed: int) -> None:
        """One office."""
        rng = Random(seed)
        street = Street(rng, rng.choice(("the best", "salesforce-like", "dataverse-like")))
        folder = Path(tempfile.mkdtemp(prefix="soak-"))
        reps = [Computer(folder / f"rep{number}", street, number) for number in range(len(REPS))]
        self.grown = []
        try:
            for rep in reps:
                rep.begins()
            for _ in range(self.days):
                _day(street, reps, rng)
                self.grown.append(_look(reps))
            _rest(street, reps)
            _judge(street, reps)
            _is_bounded(self.grown)
        finally:
            for rep in reps:
                rep.database.close()
            shutil.rmtree(folder, ignore_errors=True)


def _day(street: Street, reps: list[Computer], rng: Random) -> None:
    """Eight to six with outages and a closed lid at noon; then everybody closes Companion, or only the lid."""
    morning = street.now
    lost = {rep.number: (rng.uniform(0, OFFICE_S), rng.uniform(60, 5400)) for rep in reps}
    while (passed := street.now - morning) < OFFICE_S:
        street.now += TICK_S
        for rep in reps:
            begins, lasts = lost[rep.number]
            rep.cable.out = begins <= passed < begins + lasts
            asleep = 4 * 3600 <= passed < 4.5 * 3600 + 600 * rep.number
            if not asleep:
                rep.works(rng)
                rep.syncs()
    for rep in reps:
        rep.cable.out = False
        rep.wrong_s = rng.choice(WRONG)
        rep.answers()
        if rng.random() < 0.6:
            rep.restart()
    street.oracle.read_log()
    street.now = morning + DAY_S


def _look(reps: list[Computer]) -> Grown:
    gc.collect()
    paths = [rep.path for rep in reps]
    tables: dict[str, int] = {}
    held = 0
    for rep in reps:
        with rep.database.read() as rows:
            for (name,) in rows.all("SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE '%VIRTUAL%'"):
                columns = [column for _, column, *_ in rows.all(f"PRAGMA table_info({name})")]
                sizes = " + ".join(f'coalesce(length("{column}"), 0)' for column in columns)
                [(count, size)] = rows.all(f"SELECT count(*), coalesce(sum({sizes}), 0) FROM {name}")
                tables[name] = tables.get(name, 0) + int(count)
                held += int(size)
    return Grown(
        memory=int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize(),
        files=len(list(Path("/proc/self/fd").iterdir())),
        book=sum(path.stat().st_size for path in paths),
        wal=max(path.with_name(path.name + "-wal").stat().st_size for path in paths),
        held=held,
        tables=tables,
    )


def _rest(street: Street, reps: list[Computer]) -> None:
    for _ in range(8):
        street.now += 1800
        for rep in reps:
            rep.engine.hurry()
            rep.engine.cycle()
            rep.answers()


def _judge(street: Street, reps: list[Computer]) -> None:
    street.oracle.read_log()
    undecided = {pair for rep in reps for op in rep.ops(*_UNFINISHED) for pair in op.values.items()}
    if lost := street.oracle.lost(undecided):
        raise Harmed(Harm.LOST, f"{len(lost)}: {lost[:3]}")
    for rep in reps:
        if left := [(op.said, op.state.value) for op in rep.ops(*_UNFINISHED)]:
            raise Harmed(Harm.STUCK, f"rep {rep.number}: {left[:3]}")
        for kind in (Kind.DEAL, Kind.ACTIVITY, Kind.PERSON):
            with rep.database.read() as rows:
                here = set(records.living(rows, kind))
            there = {row.id for row in street.crm.rows(kind)}
            if here != there:
                raise Harmed(Harm.STUCK, f"rep {rep.number}: {kind}: {sorted(here ^ there)[:3]} on one side only")
    amounts = [[rep.shown(Kind.DEAL, f"D{10 + n}", "amount") for n in range(9)] for rep in reps]
    if amounts[0] != amounts[1] or amounts[1] != amounts[2]:
        raise Harmed(Harm.STUCK, f"three books differ: {amounts}")


def _is_bounded(grown: list[Grown]) -> None:
    """Neither memory nor files grow from day to day; the first two days warm up."""
    first, last, days = grown[min(2, len(grown) - 1)], grown[-1], max(1, len(grown) - 3)
    # Three reps and the CRM itself live in this one process: its records are memory that Companion would not need.
    slope = (last.memory - first.memory) / days / MIB
    assert slope < 3.0, f"memory grows by {slope:.2f} MiB a day of three reps and their CRM"
    assert last.files <= first.files, f"open files: {first.files}, then {last.files}"
    assert max(each.wal for each in grown) < 64 * MIB, "the write-ahead log grows"
    book, held = last.book - first.book, max(1, last.held - first.held)
    assert book < 2 * held + MIB, f"the files grew by {book} bytes for {held} bytes of data"
    ops = last.tables["outbox"]
    for name, count in last.tables.items():
        assert count <= 12 * ops + 2000, f"{name} has {count} rows for {ops} changes"
