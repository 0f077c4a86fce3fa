"""The window over the demo book at 09:12 on 24 November 2026, for any test: filled once, copied per test."""

from __future__ import annotations

import datetime as dt
import functools
import gc
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from zoneinfo import ZoneInfo

from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication

from companion import bootstrap, settings
from companion.bootstrap import Core
from companion.database import Database
from companion.domain.sync_status import Phase
from tests.journeys.rep import Counter, Rep
from ui.shell import App
from ui.theme import fonts
from ui.theme.theme import Theme
from ui.widgets.animate import Motion

OSLO = ZoneInfo("Europe/Oslo")
MORNING = dt.datetime(2026, 11, 24, 9, 12, tzinfo=OSLO)
# No notifications: nobody's own desktop shows what a test reminds of.
CALM = settings.Settings(theme="light", reduce_motion=True, poll_minutes=240, notifications=False)


class Clock:
    """Moved by hand."""

    def __init__(self, now: dt.datetime = MORNING) -> None:
        self.now = now

    def __call__(self) -> dt.datetime:
        return self.now

    def forward(self, **by: float) -> None:
        """`forward(minutes=5)`"""
        self.now += dt.timedelta(**by)


@functools.cache
def _template() -> Core:
    """One demo book for the whole run. Nobody works in it: its CRM and its file are what copies are made of."""
    return bootstrap.demo_book(lambda: MORNING)


def demo_copy(clock: Clock) -> Core:
    """A copy of the demo book in a folder of its own, which goes when the book is closed; the CRM is shared.

    While the clock stands, nothing is sent: ops are held back for Undo. A test that sends takes `bootstrap.demo_book`.
    """
    template = _template()
    folder = Path(tempfile.mkdtemp(prefix="companion-copy-"))
    template.database.copy_to(folder / bootstrap.BOOK)
    database = Database(folder / bootstrap.BOOK, template.database._key, durable=False)
    return _core(database, folder, clock, template)


def reopened(core: Core, clock: Clock) -> Core:
    """The same file as after a crash: what was committed is there, nothing was closed."""
    folder = Path(tempfile.mkdtemp(prefix="companion-crash-"))
    for file in core.folder.iterdir():
        shutil.copy(file, folder)
    return _core(Database(folder / bootstrap.BOOK, core.database._key, durable=False), folder, clock, core)


def _core(database: Database, folder: Path, clock: Clock, like: Core) -> Core:
    core = Core(database, like.workspace, clock, folder, like.account, demo=True)
    core._connector, core._connect, core.read_by = like.connector(), like._connect, like.read_by
    return core


@contextmanager
def opened(
    qapp: QApplication, core: Core, chosen: settings.Settings = CALM, *, as_before: bool = False
) -> Iterator[Rep]:
    """The application over `core`, on the screen, with the focus; closed as the rep closes it.

    `as_before`: where the rep had left it."""
    Motion.reduced = chosen.reduce_motion
    theme = Theme(chosen.theme)
    theme.set_text_scale(chosen.text_size)
    theme.apply(qapp)
    counter = Counter()
    qapp.installEventFilter(counter)
    app = App(core, chosen)
    app.start(as_before=as_before)
    try:
        _settle(app, core)
        yield Rep(app, core, counter)
    finally:
        qapp.removeEventFilter(counter)
        put_away(app)
        Motion.reduced = False
        fonts.set_scale(100)
        theme.set_mode("light")
        theme.apply(qapp)
    assert counter.dialogs == [], "a dialog was opened"
    assert counter.strays == [], f"a part of the window was a window of its own for a moment: {counter.strays}"


def put_away(app: App) -> None:
    """Closes the window, and leaves nothing of it that a collection within a later test would take apart."""
    app.window.close()
    app.window.deleteLater()
    app.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect()


def _settle(app: App, core: Core) -> None:
    """The window has the focus, and what starts after the first paint has started."""
    app.window.activateWindow()
    end = time.monotonic() + 20
    while time.monotonic() < end:
        QApplication.processEvents()
        status = core.worker.status if core.worker is not None else None
        # Not before the window has heard it: a status on its way would change what a test has just brought about.
        rests = status is not None and status.last_success_at and status.phase is not Phase.SYNCING
        if rests and app.today._status == status and app.window.isActiveWindow():
            return
        time.sleep(0.005)
    raise AssertionError("the window did not come to rest")
