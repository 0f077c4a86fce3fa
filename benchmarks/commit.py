"""P7: from the click to the disk: a logged call with its op, its journal and its reasons, against durable bytes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

from benchmarks import book, floor
from benchmarks.book import Scale
from benchmarks.busy_sync import BusySync
from benchmarks.figure import Figure, at_most, over_floor
from companion.actions.log_activity import LogEntry, log_activity
from companion.bootstrap import Core
from companion.store.journal import JOURNAL, Journal, follow


def measure(scale: Scale, rounds: int) -> Iterator[Figure]:
    """Alone, and while a sync writes beside it."""
    with book.opened(scale) as database:
        follow(database, Journal(database.path.with_name(JOURNAL), book.KEY))
        core = book.core_of(database)
        log = _logging(core)
        disk = floor.DurableBytes(database.path.parent / "floor")
        bare, idle = floor.in_turns(rounds * 5, disk, log)
        disk.close()
        stop = threading.Event()
        sync = BusySync(core, stop)
        sync.start()
        sync.begun.wait(10)
        busy = []
        for _ in range(rounds * 5):
            busy.append(floor.timed(log))
            stop.wait(0.01)
        stop.set()
        sync.join()
    yield over_floor("P7 click to durable", floor.p50(idle), floor.p50(bare), "ms", 4)
    yield at_most("P7 click to durable, p95", floor.p95(idle), "ms", 16)
    yield at_most("P7 beside a writing sync, p95", floor.p95(busy), "ms", 30)


def _logging(core: Core) -> Callable[[], object]:
    """Logs a call on one person of the list after the other."""
    desk = core.desk()
    with core.database.read() as rows:
        people = rows.all("SELECT person_id, deal_id FROM scores WHERE person_id IS NOT NULL")
    turn = 0

    def log() -> None:
        nonlocal turn
        person, deal = people[turn % len(people)]
        turn += 1
        entry = LogEntry("call", "Call, no answer", outcome="no_answer", body="Nobody there, try after lunch")
        log_activity(desk, entry, person, deal, "No answer")

    return log
