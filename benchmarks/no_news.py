"""P12: a look for news where there is none: the engine's whole cycle over real HTTP; requests, and processor time."""

from __future__ import annotations

import time
from collections.abc import Iterator

from benchmarks import book, floor
from benchmarks.book import NOW, Clock, Scale
from benchmarks.figure import Figure, at_most
from benchmarks.loopback import LoopbackCrm
from benchmarks.pull import serving
from companion.bootstrap import Account, Core, default_workspace, make_engine
from companion.database import Database
from companion.domain.records import Kind
from companion.domain.sync_status import Phase
from companion.store import cursors, meta
from companion.sync.engine import Engine


def measure(scale: Scale, rounds: int) -> Iterator[Figure]:
    """On a book that was read whole before."""
    with book.opened(scale) as database, serving(0) as port:
        crm = LoopbackCrm(port)
        engine = _engine(database, crm)
        for _ in range(3):  # the first also asks who we are and what fields there are, as it does once a day
            _cycle(engine)
        crm.asked.clear()
        with floor.no_collection():
            times = [_cycle(engine) for _ in range(rounds)]
        crm.close()
    yield at_most("P12 nothing new: requests a kind", max(crm.asked.values()) / rounds, "requests", 1)
    yield at_most("P12 nothing new: a cycle, work alone, p50", floor.p50(times), "ms", 20)
    yield at_most("P12 nothing new: a cycle, work alone, p95", floor.p95(times), "ms", 20)


def _engine(database: Database, crm: LoopbackCrm) -> Engine:
    now = int(NOW.timestamp())
    with database.write() as write:
        for kind in Kind:
            cursors.put(write, kind, cursor=b"1", read_at=now, full_at=now, swept_at=now)
        meta.put(write, "audit", {"at": now})
    folder = database.path.parent
    core = Core(database, default_workspace(), Clock(), folder, Account("loopback"), _connect=lambda field_map: crm)
    return make_engine(core)


def _cycle(engine: Engine) -> float:
    """Milliseconds of all threads' processor time."""
    began = time.process_time()
    status = engine.cycle()
    taken = time.process_time() - began
    if status.phase is not Phase.IDLE or status.problem is not None:
        raise RuntimeError(f"the cycle ended with {status.phase}: {status.problem}")
    return taken * floor.MS
