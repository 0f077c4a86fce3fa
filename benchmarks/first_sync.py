"""P11: the window during a first sync at full speed, over real HTTP: its heartbeat, and what the rep reads meanwhile.

The CRM is a process of its own. The event loop waits as it does in life, so that the sync has what the window leaves.
"""

from __future__ import annotations

import itertools
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from PySide6.QtCore import QEventLoop, QObject, Qt, QTimer
from PySide6.QtTest import QTest

from benchmarks import floor
from benchmarks.book import KEY, Clock, Scale
from benchmarks.figure import Figure, at_most
from benchmarks.heart import Heart
from benchmarks.loopback import LoopbackCrm
from benchmarks.pull import PAGE, serving
from companion import settings
from companion.bootstrap import Account, Core, default_workspace
from companion.database import Rows, create_database
from companion.domain.sync_status import Phase, SyncStatus
from companion.queries.search import search
from companion.queries.timeline import timeline
from companion.queries.today import today
from companion.store import migrations
from ui.app import App, make_application

PAGES: Final = 5
"""Of a thousand people each, with ten times as many entries of history: the book of a rep, whatever the scale."""
READ_MS: Final = 40
KEY_MS: Final = 200
PATIENCE_MS: Final = 600_000
FRAME_MS: Final = 16
GAP_MS: Final = 100


def measure(scale: Scale, rounds: int) -> Iterator[Figure]:
    """From the first word of the sync to its last."""
    size = 100 if scale.name == "tiny" else PAGE
    pages = 1 if scale.name == "tiny" else PAGES
    application = make_application(settings.Settings())
    with serving(pages, size, "around") as port, tempfile.TemporaryDirectory(prefix="companion-bench-") as folder:
        core = _empty_book(Path(folder), port)
        app = App(core, settings.Settings())
        rep = _Rep(app, core)
        app.start()
        app.window.activateWindow()
        taken = rep.stays_until_all_is_here()
        with core.database.read() as rows:
            count = sum(int(rows.value(f"SELECT count(*) FROM {each}")) for each in ("people", "deals", "activities"))
        app.window.close()
        application.processEvents()
    gaps = rep.heart.gaps
    yield at_most(f"P11 longest gap of {len(gaps):,} beats, on a processor of its own", max(gaps), "ms", GAP_MS)
    yield at_most("P11 gap between two beats, p99, the same", floor.p99(gaps), "ms", FRAME_MS)
    yield at_most(f"P11 one of {len(rep.clock):,} reads, p99", floor.p99(rep.clock), "ms", FRAME_MS)
    yield at_most("P11 one of these reads, work alone, p99", floor.p99(rep.work), "ms", FRAME_MS)
    yield at_most(f"P11 meanwhile: {count:,} records in", taken, "s", PATIENCE_MS / 1000)


def _empty_book(folder: Path, port: int) -> Core:
    database = create_database(folder / "book.db", KEY)
    migrations.migrate(database)
    return Core(
        database,
        default_workspace(),
        Clock(),
        folder,
        Account("loopback"),
        _connect=lambda field_map: LoopbackCrm(port),
    )


class _Rep(QObject):
    """Looks at her list, at a history and for a name in turn, and goes down the list by real keys."""

    def __init__(self, app: App, core: Core) -> None:
        super().__init__(app)
        self._core = core
        self.heart = Heart(self)
        self.clock: list[float] = []
        self.work: list[float] = []
        """Of each read, in milliseconds: by the clock and of processor time."""
        self._app = app
        self._reads = itertools.cycle((self._today, self._history, self._name))
        self._looking, self._walking = self._every(READ_MS, self._read), self._every(KEY_MS, self._down)
        self._loop = QEventLoop(self)
        self._began = 0.0
        app.bridge.sync_moved.connect(self._sync_moved)

    def stays_until_all_is_here(self) -> float:
        """Seconds from the first word of the sync to its last."""
        QTimer.singleShot(PATIENCE_MS, self._loop, self._loop.quit)
        self._loop.exec()
        status = self._app.frame.status
        if status is None or not status.all_synced:
            raise RuntimeError(f"the sync has not come to its end: {status}")
        return time.perf_counter() - self._began

    def _every(self, milliseconds: int, do: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setInterval(milliseconds)
        timer.timeout.connect(do)
        return timer

    def _sync_moved(self, status: SyncStatus) -> None:
        if status.phase is Phase.SYNCING and not self._began:
            self._began = time.perf_counter()
            self.heart.start()
            self._looking.start()
            self._walking.start()
        elif status.phase is not Phase.SYNCING:
            self.heart.stop()
            self._looking.stop()
            self._walking.stop()
            QTimer.singleShot(0, self._loop.quit)

    def _down(self) -> None:
        QTest.keyClick(self._app.page.list, Qt.Key.Key_J)

    def _read(self) -> None:
        ask = next(self._reads)
        began, worked = time.perf_counter(), time.thread_time()
        with self._core.database.read() as rows:
            ask(rows)
        self.clock.append((time.perf_counter() - began) * floor.MS)
        self.work.append((time.thread_time() - worked) * floor.MS)

    def _today(self, rows: Rows) -> None:
        core = self._core
        today(rows, core.clock(), core.zone, 50, core.workspace)

    def _history(self, rows: Rows) -> None:
        core, subject = self._core, self._app.page.subject()
        if subject is not None and subject.person_id is not None:
            timeline(rows, "person", subject.person_id, core.clock(), core.zone, limit=50, workspace=core.workspace)

    def _name(self, rows: Rows) -> None:
        search(rows, "person 4", 6)
