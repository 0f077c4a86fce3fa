"""The stage: one window over a fresh copy of the demo book, on Tuesday 24 November 2026 at 09:12."""

from __future__ import annotations

import functools
import gc
import itertools
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop, QLocale, QPoint, QSize, QTimer
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication, QMainWindow, QWidget

from companion import bootstrap, settings
from companion.bootstrap import Core
from companion.database import Database
from companion.domain.ids import NewId, uuid7
from companion.domain.sync_status import SyncStatus
from tests.journeys.rep import Counter, Rep
from tests.journeys.window import MORNING, Clock
from ui.shell import App
from ui.theme import fonts
from ui.theme.theme import Mode, Theme
from ui.widgets import toast
from ui.widgets.animate import Motion

CHOSEN = settings.Settings(theme="light", language="en", reduce_motion=True, poll_minutes=240)
SYNCED = SyncStatus(last_success_at=int(MORNING.timestamp()) - 60)
_HELD_MS = 600_000
"""How long a toast stays here, unless a scene lets it go."""


def one_after_another(start: int = 0) -> NewId:
    """Ids that count up: what is chosen by an id, as an avatar's tint, is the same at every run."""
    numbers = itertools.count(start)
    begun = int(MORNING.timestamp() * 1000)
    # Spread, as the tints of neighbours should differ: the golden ratio's multiples lie far apart.
    return lambda: uuid7(begun + (number := next(numbers)), number * 0x9E37_79B9_7F4A_7C15_F39C & (1 << 80) - 1)


def application() -> QApplication:
    """The QApplication of a process that takes pictures; its caret never blinks."""
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    app.setApplicationName("Companion")
    app.setOrganizationName("Companion")
    app.setCursorFlashTime(0)
    QLocale.setDefault(QLocale(QLocale.Language.English, QLocale.Country.UnitedKingdom))
    return app


@functools.cache
def _template() -> Core:
    return bootstrap.demo_book(lambda: MORNING, new_id=one_after_another())


def book(clock: Clock, *, empty: bool = False) -> Core:
    """A copy of the demo book in a folder of its own, or an `empty` book of which nothing has arrived yet."""
    if empty:
        return bootstrap.demo_book(clock, synced=False, new_id=one_after_another(1_000_000))
    template = _template()
    folder = Path(tempfile.mkdtemp(prefix="companion-shot-"))
    template.database.copy_to(folder / bootstrap.BOOK)
    database = Database(folder / bootstrap.BOOK, template.database._key, durable=False)
    core = Core(database, template.workspace, clock, folder, template.account, demo=True)
    core.new_id = one_after_another(1_000_000)
    core._connector, core._connect, core.read_by = template.connector(), template._connect, template.read_by
    return core


class Stage(Rep):
    """A rep at the window, who can also say how sync is doing and write into the file what only a CRM could cause."""

    def __init__(self, app: App, core: Core, counter: Counter, clock: Clock) -> None:
        super().__init__(app, core, counter)
        self.clock = clock
        self.shown: QWidget = app.window
        """What is pictured."""

    def person(self, name: str) -> None:
        """Selects somebody on Today."""
        self.choose(self.id_of(name))

    def sync(self, status: SyncStatus) -> None:
        """The sync says how it is doing."""
        self.app.bridge.sync_moved.emit(status)
        settle()

    def sql(self, statement: str, *values: object) -> None:
        """Changes the file behind the window's back, then lets the window look."""
        with self.core.database.write() as write:
            write.text(statement, values)
            write.touched_today()
            write.touched_outbox()
        settle()

    def look_again(self) -> None:
        """Ranks everybody anew, as the start of the app does."""
        while self.core.refresh_due(2000):
            pass
        self.app.today.load()
        settle()

    def stand(self, page: QWidget) -> None:
        """A page in a window of its own, as before there is a book."""
        self.app.window.hide()
        window = QMainWindow()
        window.resize(960, 720)
        window.setCentralWidget(page)
        window.show()
        window.activateWindow()
        page.enter()  # type: ignore[attr-defined]
        self.shown = window
        settle()


@contextmanager
def staged(chosen: settings.Settings = CHOSEN, *, empty: bool = False, size: QSize | None = None) -> Iterator[Stage]:
    """The window over a copy of the book, with the focus, last synced a minute ago."""
    application_ = application()
    Motion.reduced = True
    # A slow machine draws the last of a scene's pictures later than a toast stays.
    shown_ms, vars(toast)["SHOWN_MS"] = toast.SHOWN_MS, _HELD_MS
    fonts.use_inter(True)
    theme = Theme(chosen.theme)
    theme.set_text_scale(chosen.text_size)
    theme.apply(application_)
    clock = Clock()
    core = book(clock, empty=empty)
    app = App(core, chosen)
    app.window.resize(size or QSize(1320, 840))
    app.start(sync=False)
    app.window.activateWindow()
    stage = Stage(app, core, Counter(), clock)
    try:
        stage.sync(SYNCED)
        yield stage
    finally:
        vars(toast)["SHOWN_MS"] = shown_ms
        _strike(stage)


def _strike(stage: Stage) -> None:
    if stage.shown is not stage.app.window:
        stage.shown.close()
        stage.shown.deleteLater()
    stage.app.window.close()
    stage.app.window.deleteLater()
    stage.app.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    shutil.rmtree(stage.core.folder, ignore_errors=True)
    gc.collect()


def settle(rounds: int = 4) -> None:
    """Lets layouts and queued signals come to rest."""
    for _ in range(rounds):
        QApplication.processEvents()


def wait_for(true: Callable[[], bool], seconds: float = 10) -> None:
    """Runs the event loop until it is so; what works on a thread can go on meanwhile."""
    loop, tick, end = QEventLoop(), QTimer(), QTimer()
    tick.timeout.connect(lambda: loop.quit() if true() else None)
    end.setSingleShot(True)
    end.timeout.connect(loop.quit)
    tick.start(5)
    end.start(int(seconds * 1000))
    if not true():
        loop.exec()
    assert true(), "the stage did not come to rest"


def take(widget: QWidget, mode: Mode, ratio: float) -> QImage:
    """The picture of a widget in a theme, at a device pixel ratio."""
    Theme.current().set_mode(mode)
    settle()
    image = QImage(round(widget.width() * ratio), round(widget.height() * ratio), QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    image.fill(QColor(Theme.current().color("window")))
    widget.render(image, QPoint())
    return image


def in_language(chosen: settings.Settings, language: str) -> settings.Settings:
    """The choices with a language: two letters."""
    return replace(chosen, language=language)  # type: ignore[arg-type]
