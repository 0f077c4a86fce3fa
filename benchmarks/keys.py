"""P6: from a key to the painted result, on the real window without a screen: real key events, until its paint event.

By the clock, as a rep feels it; and the work alone, in processor time, which tells more on a machine that others use.
"""

from __future__ import annotations

import importlib.util
import time
from collections.abc import Callable, Iterator
from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from benchmarks import book, floor
from benchmarks.book import Scale
from benchmarks.figure import Figure, at_most
from companion import settings
from ui.app import App, make_application

P95_MS: Final = 50.0
MAX_MS: Final = 100.0
READ_S: Final = 0.4
"""Seconds for which a page is looked at before the next one is asked for: less than anybody needs."""
NO_MODIFIER: Final = Qt.KeyboardModifier.NoModifier
Press = Callable[[], tuple[float, float]]


class Painted(QObject):
    """Notes which widgets were painted."""

    def __init__(self, application: QApplication) -> None:
        super().__init__(application)
        self.widgets: set[int] = set()
        application.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            self.widgets.add(id(watched))
        return False


class Window:
    """The app over a copy of the book, without sync."""

    def __init__(self, application: QApplication, app: App) -> None:
        self.application, self.app = application, app
        self.painted = Painted(application)

    def key(self, key: Qt.Key, modifier: Qt.KeyboardModifier = NO_MODIFIER) -> tuple[float, float]:
        """Milliseconds until everything that the key changed is painted: by the clock, and of work."""
        focus = self.application.focusWidget() or self.app.window
        self.painted.widgets.clear()
        began, worked = time.perf_counter(), time.thread_time()
        QTest.keyClick(focus, key, modifier)
        while not self.painted.widgets:
            self.application.processEvents()
            if time.perf_counter() - began > 5:
                raise RuntimeError(f"{key} painted nothing: {self.app.page.subject()} has the keys of {focus}")
        self.application.processEvents()
        return (time.perf_counter() - began) * floor.MS, (time.thread_time() - worked) * floor.MS

    def stand_on(self, turn: int) -> None:
        """Selects another person of the list each turn, never its last; those with an open deal come first."""
        if self.app.window.here != "go.today":
            self.app.window.go("go.today")
        people = sorted(self.app.today.subjects()[:-1], key=lambda each: each.deal_id is None)
        self.app.page.select(people[turn % (len(people) // 2)].id)
        self.app.page.list.setFocus()
        self.settle()

    def settle(self, seconds: float = 0.03) -> None:
        """Lets what is still in motion come to rest, as it does between two keys of a person."""
        until = time.perf_counter() + seconds
        while time.perf_counter() < until:
            self.application.processEvents()


def measure(scale: Scale, rounds: int) -> Iterator[Figure]:
    """Each key many times over, on other people of the list each time."""
    with book.opened(scale) as database:
        application = make_application(settings.Settings())
        app = App(book.core_of(database), settings.Settings())
        app.start()
        database.warm()
        app.core.desk()
        window = Window(application, app)
        window.settle()
        for name, press in _keys(window).items():
            times = []
            for turn in range(rounds * 2 + 1):
                window.stand_on(turn)
                times.append(press())
                window.settle()
            clock, work = zip(*times[1:], strict=True)
            yield at_most(f"P6 {name}, p95", floor.p95(clock), "ms", P95_MS)
            yield at_most(f"P6 {name}, longest", max(clock), "ms", MAX_MS)
            yield at_most(f"P6 {name}, work alone, p95", floor.p95(work), "ms", P95_MS)
        app.window.close()


def _keys(window: Window) -> dict[str, Press]:
    key, control = window.key, Qt.KeyboardModifier.ControlModifier

    def next_page(reads: float) -> tuple[float, float]:
        """From a person's page to that of the next in the list, after she was read for so many seconds."""
        key(Qt.Key.Key_Return)
        window.settle(reads)
        return key(Qt.Key.Key_Down, control)

    def after(first: Qt.Key, then: Press) -> tuple[float, float]:
        key(first)
        window.settle()
        return then()

    keys: dict[str, Press] = {
        "move a stage": lambda: key(Qt.Key.Key_BracketRight),
        "next row": lambda: key(Qt.Key.Key_J),
        "log a call": lambda: key(Qt.Key.Key_N),
        "undo": lambda: after(Qt.Key.Key_N, lambda: key(Qt.Key.Key_Z, control)),
    }
    if importlib.util.find_spec("ui.widgets.pick_popup"):
        keys["snooze"] = lambda: after(Qt.Key.Key_S, lambda: key(Qt.Key.Key_1, Qt.KeyboardModifier.AltModifier))
    if importlib.util.find_spec("ui.person.screen"):
        keys["open a person"] = lambda: key(Qt.Key.Key_Return)
        keys["next person's page"] = lambda: next_page(READ_S)
        keys["next person's page, pressed at once"] = lambda: next_page(0.0)
    return keys
