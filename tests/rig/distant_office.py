"""An office whose CRM is behind a socket, with the fault proxy on the way and the real HTTP client in front of it."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from companion.connectors.base import Identity
from companion.connectors.demo.connector import DemoConnector
from companion.connectors.demo.switches import PROFILES
from companion.connectors.http import Client, Timeouts
from companion.domain.ops import FINISHED, OpState
from companion.domain.records import Kind, Value
from companion.store import records
from tests.rig.crm_server import Office, Served
from tests.rig.fault_proxy import FaultProxy
from tests.rig.oracle import JUDGED, Oracle
from tests.rig.remote_connector import remote_connector
from tests.rig.tally import Harm, Harmed
from tests.sync.world import BEGIN, COLLEAGUE, World

SHORT: Final = Timeouts(connect=0.4, packet=0.4, whole=1.2)
"""The product's limits are 10, 30 and 120 seconds."""

_UNFINISHED = tuple(state for state in OpState if state not in FINISHED)


class Way:
    """A served CRM and the proxy in front of it, used by one run after the other."""

    def __init__(self) -> None:
        self.office = Office()
        self._served = Served(self.office)
        self._served.__enter__()
        self.proxy = FaultProxy(self._served.port)
        self.proxy.__enter__()

    def close(self) -> None:
        """Ends both."""
        self.proxy.__exit__()
        self._served.__exit__()

    def world(self, folder: Path, profile: str, *, tls: bool = False) -> DistantWorld:
        """A world whose book was just synced with a fresh CRM of this profile."""
        self.proxy.fault = None
        if profile in PROFILES:
            self.office.reset(profile)
        else:
            self.office.reset(identity=Identity.NONE)
        self.office.ahead_s = BEGIN - time.time()
        world = DistantWorld(folder, self, tls)
        world.catch_up()
        return world


class DistantWorld(World):
    """The office, its clocks running in real time from BEGIN on; `pass_time` moves the CRM's along."""

    def __init__(self, folder: Path, way: Way, tls: bool) -> None:
        self.way = way
        self.tls = tls
        self._ahead_s = 0.0
        self.values = 0
        super().__init__(folder, rows=[])
        self.crm = way.office.crm
        self.oracle = Oracle(self.crm)

    @property
    def now(self) -> float:
        """Seconds since 1970; runs by itself."""
        return time.monotonic() + self._ahead_s

    @now.setter
    def now(self, value: float) -> None:
        self._ahead_s = value - time.monotonic()

    def pass_time(self, seconds: float) -> None:
        super().pass_time(seconds)
        self.way.office.pass_time(seconds)

    def connect(self) -> DemoConnector:
        proxy = self.way.proxy
        url = proxy.with_tls() if self.tls else proxy.url
        context = proxy.client_context if self.tls else None
        return remote_connector(url, client=Client(time.monotonic, context=context, timeouts=SHORT))

    def close(self) -> None:
        """Lets go of the file and the connections."""
        self.connector.close()
        self.database.close()

    def catch_up(self) -> None:
        """Cycles until one goes through: a busy machine may need longer than these short limits allow."""
        for _ in range(8):
            self.engine.hurry()
            if self.sync().all_synced:
                break

    # The rep, judged ────────────────────────────────────────────────────────────────────────────────────────────────

    def rep_looks(self) -> bool:
        """The rep answers what nobody else can tell: is it in the CRM or not? Returns whether there was a question."""
        asking = self.ops(OpState.NEEDS_REP)
        for op in asking:
            if self.oracle.landed(next(pair for pair in op.values.items() if pair[0] in JUDGED)):
                self.answer.found(op.id)
            else:
                self.answer.retry(op.id)
        return bool(asking)

    def value(self, name: str) -> Value:
        """A value that nobody has written before."""
        self.values += 1
        return 1000_00 + self.values if name == "amount" else f"{name} {self.values}"

    def rep_calls(self, person: str = "P1") -> None:
        """The rep logs a call."""
        body = self.value("body")
        self.log_call(person, str(body))
        self.oracle.rep_writes(0, "body", body, None, new=True)

    def rep_edits(self, kind: Kind, remote_id: str, name: str) -> None:
        """The rep changes a field."""
        shown, value = self.shown(kind, remote_id, name), self.value(name)
        self.save(kind, self.local(kind, remote_id), {name: value})
        self.oracle.rep_writes(0, name, value, shown)

    def rep_makes(self) -> None:
        """The rep makes a person and logs a call with them: the second needs the first."""
        name, body = self.value("name"), self.value("body")
        person = self.create(Kind.PERSON, name=name)
        self.create(Kind.ACTIVITY, {"person": person}, what="call", body=body, at=int(self.now), done=True)
        self.oracle.rep_writes(0, "name", name, None, new=True)
        self.oracle.rep_writes(0, "body", body, None, new=True)

    def colleague_edits(self, kind: Kind, remote_id: str, name: str) -> None:
        """A colleague changes a field in the CRM."""
        self.crm.edit(COLLEAGUE, kind, remote_id, **{name: self.value(name)})

    # The judge ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def judge(self) -> None:
        """Everything landed once or is shown as undecided, and nothing was overwritten unseen. Raises Harmed."""
        self.oracle.read_log()
        undecided = {pair for op in self.ops(*_UNFINISHED) for pair in op.values.items()}
        if lost := self.oracle.lost(undecided):
            raise Harmed(Harm.LOST, f"{lost}")

    def judge_at_rest(self) -> None:
        """Besides: nothing waits any more, and the book shows what the CRM has."""
        self.judge()
        left = [(op.said, op.state.value) for op in self.ops(*_UNFINISHED) if op.state is not OpState.CONFLICT]
        if left:
            raise Harmed(Harm.STUCK, f"{left[:3]}")
        in_conflict = {op.record_id for op in self.ops(OpState.CONFLICT)}
        for kind in (Kind.COMPANY, Kind.PERSON, Kind.DEAL, Kind.ACTIVITY):
            self._compare(kind, in_conflict)

    def _compare(self, kind: Kind, in_conflict: set[str]) -> None:
        there = {row.id: row for row in self.crm.rows(kind)}
        with self.database.read() as rows:
            here = records.living(rows, kind)
        if here.keys() != there.keys():
            raise Harmed(Harm.STUCK, f"{kind}: {sorted(here.keys() ^ there.keys())[:3]} on one side only")
        for remote_id, local_id in here.items():
            record = self.record(kind, local_id)
            assert record is not None
            for name, value in there[remote_id].fields.items():
                if record.value(name) != value and local_id not in in_conflict:
                    raise Harmed(Harm.STUCK, f"{remote_id}.{name}: {record.value(name)!r}, there {value!r}")

    def count(self) -> dict[Kind, int]:
        """How many records of each kind the book has."""
        with self.database.read() as rows:
            return {kind: records.count(rows, kind) for kind in Kind}


def in_a_folder(run: Callable[[Path], None]) -> None:
    """Calls `run` with a folder that is gone afterwards."""
    shm = Path("/dev/shm")
    folder = Path(tempfile.mkdtemp(prefix="distant-", dir=shm if shm.is_dir() else None))
    try:
        run(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
