"""Windows that open and close: at once, again and again, over the same book; nothing is left behind."""

from __future__ import annotations

import gc
import logging
import threading
import time

import pytest
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget

from tests.journeys.rep import Rep
from tests.journeys.window import CALM, Clock, demo_copy, opened
from tests.ui.test_places import PLACES, rep
from ui.shell import App
from ui.widgets.segmented import Segmented

__all__ = ["rep"]


def alive(name: str) -> list[threading.Thread]:
    """Threads of this name that still run."""
    return [each for each in threading.enumerate() if each.name == name]


@pytest.mark.parametrize("after_ms", [0, 20, 35, 60, 120])
def test_a_window_that_is_closed_at_once_leaves_no_thread_and_no_complaint(
    qapp: QApplication, caplog: pytest.LogCaptureFixture, after_ms: int
) -> None:
    caplog.set_level(logging.WARNING)
    app = App(demo_copy(Clock()), CALM)
    app.start()
    end = time.monotonic() + after_ms / 1000
    while time.monotonic() < end:
        QApplication.processEvents()

    app.window.close()

    end = time.monotonic() + 0.1
    assert alive("sync") == []
    assert alive("behind the window") == []
    while time.monotonic() < end:
        QApplication.processEvents()
    assert alive("sync") == []
    assert [record.getMessage() for record in caplog.records] == []
    app.window.deleteLater()
    app.deleteLater()


def test_going_round_all_places_leaves_no_widget_behind(rep: Rep) -> None:
    def round_trip() -> int:
        for keys in PLACES.values():
            rep.press("Ctrl+1")
            rep.choose(rep.id_of("Marta Ferreira"))
            rep.press(*keys)
        rep.press("Ctrl+1")
        QApplication.processEvents()
        gc.collect()
        return len(rep.app.window.findChildren(QWidget))

    round_trip()
    settled = round_trip()
    for _ in range(5):
        assert round_trip() <= settled


@pytest.mark.parametrize("place", ["today", *PLACES])
def test_what_can_be_clicked_can_be_reached_by_tab(rep: Rep, place: str) -> None:
    rep.press(*PLACES.get(place, []))

    buttons = [each for each in rep.app.window.findChildren(QAbstractButton) if each.isVisible() and each.isEnabled()]
    reached: list[QWidget] = []
    first = rep.focus
    for _ in range(300):
        rep.press("Tab")
        assert rep.focus is not None
        reached.append(rep.focus)
        if rep.focus is first:
            break
    # Of a row of choices Tab reaches one, the arrows reach the others.
    rows = {each.parentWidget() for each in reached if isinstance(each.parentWidget(), Segmented)}
    missed = [each for each in buttons if each not in reached and each.parentWidget() not in rows]
    assert [f"{type(each).__name__} {each.accessibleName() or each.text()}" for each in missed] == []


def test_two_windows_over_one_book_one_after_the_other(qapp: QApplication) -> None:
    clock = Clock()
    for _ in range(3):
        with opened(qapp, demo_copy(clock)) as working:
            working.press("N")
            assert working.toast
