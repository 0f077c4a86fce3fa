"""P13: the pipeline of a rep with 10,000 open deals, on the real window: found by letters, edited, scrolled; painted.

Nobody has so many; what holds here holds for a whole team's. The grid has one order, by month and close date: a new
close date is what sorts it anew.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent

from benchmarks import book, floor
from benchmarks.book import Scale
from benchmarks.figure import Figure, at_most
from benchmarks.keys import P95_MS, Press, Window
from companion import settings
from ui.app import App, make_application
from ui.pipeline.screen import PipelinePage

DEALS: Final = 24_000
"""Of a team: some 10,000 of them are the rep's own and open."""
FEWEST: Final = 400
"""More than a screen of them."""
FRAME_MS: Final = 16.0
NOTCH: Final = 120
"""What a wheel tells for the least turn, in eighths of a degree."""
CONTROL: Final = Qt.KeyboardModifier.ControlModifier
SOUGHT: Final = "offer"


def measure(scale: Scale, rounds: int) -> Iterator[Figure]:
    """Each of them many times over, on other deals each time."""
    deals = FEWEST if scale.name == "tiny" else DEALS
    with book.opened(replace(scale, name=f"{scale.name}-pipeline", deals=deals)) as database:
        application = make_application(settings.Settings())
        app = App(book.core_of(database), settings.Settings())
        app.start()
        database.warm()
        app.core.desk()
        window = Window(application, app)
        app.window.activateWindow()
        window.settle()
        app.commands.run("go.pipeline")
        window.settle()
        grid = _Grid(window)
        count = len(grid.page.subjects())
        for name, limit, ways in grid.acts():
            times = [taken for turn in range(rounds + 1) for taken in ways(turn)][1:]
            clock, work = zip(*times, strict=True)
            yield at_most(f"P13 {name} of {count:,}, p95", floor.p95(clock), "ms", limit)
            yield at_most(f"P13 {name}, work alone, p95", floor.p95(work), "ms", limit)
        app.window.close()


class _Grid:
    """The rep's hands on the pipeline's page."""

    def __init__(self, window: Window) -> None:
        page = window.app.window.place("go.pipeline")
        assert isinstance(page, PipelinePage)
        self.window, self.page = window, page
        self._rows = [
            row
            for row in range(page.model.rowCount())
            if (deal := page.model.deal(row)) is not None and deal.stage is not None and 1 < deal.stage.number < 5
        ]

    def acts(self) -> Iterator[tuple[str, float, Callable[[int], list[tuple[float, float]]]]]:
        """What is timed, its bar, and how it is done in a turn."""
        key = self.window.key
        yield "a letter of a filter", P95_MS, lambda turn: self._found()
        yield "a stage moved", P95_MS, lambda turn: [self._edited(turn, lambda: key(Qt.Key.Key_BracketRight))]
        yield "a close date, sorted in", P95_MS, lambda turn: [self._edited(turn, self._dated)]
        yield "a frame of scrolling", FRAME_MS, self._scrolled

    def _found(self) -> list[tuple[float, float]]:
        """Letter by letter, taken back, and all deals again."""
        self.window.key(Qt.Key.Key_F, CONTROL)
        self.window.settle()
        keys = [*(Qt.Key(ord(letter.upper())) for letter in SOUGHT), Qt.Key.Key_Backspace, Qt.Key.Key_Escape]
        times = []
        for each in keys:
            times.append(self.window.key(each))
            self.window.settle()
        return times

    def _edited(self, turn: int, press: Press) -> tuple[float, float]:
        """On another deal each turn, all over the list."""
        row = self._rows[turn * 37 % len(self._rows)]
        self.page.list.setCurrentIndex(self.page.model.index(row, 0))
        self.page.list.setFocus()
        self.window.settle()
        taken = press()
        self.window.settle()
        return taken

    def _dated(self) -> tuple[float, float]:
        for each in (Qt.Key.Key_D, Qt.Key.Key_E, Qt.Key.Key_O, Qt.Key.Key_M):
            self.window.key(each)
            self.window.settle()
        return self.window.key(Qt.Key.Key_Return)

    def _scrolled(self, turn: int) -> list[tuple[float, float]]:
        """A few notches of the wheel; the next turn begins further down."""
        bar = self.page.list.verticalScrollBar()
        bar.setValue(bar.maximum() // 40 * (turn % 40))
        self.window.settle()
        return [self._frame() for _ in range(10)]

    def _frame(self) -> tuple[float, float]:
        viewport, window = self.page.list.viewport(), self.window
        at = QPointF(viewport.rect().center())
        turned = QWheelEvent(
            at,
            QPointF(viewport.mapToGlobal(at)),
            QPoint(),
            QPoint(0, -NOTCH),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        window.painted.widgets.clear()
        began, worked = time.perf_counter(), time.thread_time()
        window.application.sendEvent(viewport, turned)
        while id(viewport) not in window.painted.widgets:
            window.application.processEvents()
            if time.perf_counter() - began > 5:
                raise RuntimeError("a turn of the wheel painted nothing")
        return (time.perf_counter() - began) * floor.MS, (time.thread_time() - worked) * floor.MS
