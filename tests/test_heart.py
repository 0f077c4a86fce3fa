"""The heartbeat finds a window that stands still, whatever it stands still for, and blames nobody else's work on it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from benchmarks.heart import Heart, stood_in_line

LONG_S = 0.25


def _work() -> None:
    until = time.thread_time() + LONG_S
    while time.thread_time() < until:
        pass


@pytest.fixture
def heart(qapp: QApplication) -> Iterator[Heart]:
    made = Heart()
    made.start()
    yield made
    made.stop()


def beaten(heart: Heart, while_doing: Callable[[], object]) -> float:
    """The longest gap, in milliseconds, while the event loop is made to do something once."""
    loop = QEventLoop()
    QTimer.singleShot(30, while_doing)
    QTimer.singleShot(int(LONG_S * 1000) + 200, loop.quit)
    loop.exec()
    return heart.longest


def test_a_window_that_waits_is_found(heart: Heart) -> None:
    assert beaten(heart, lambda: time.sleep(LONG_S)) > 100


def test_a_window_that_works_is_found(heart: Heart) -> None:
    assert beaten(heart, _work) > 100


def test_a_window_that_waits_for_a_lock_is_found(heart: Heart) -> None:
    held = threading.Lock()
    held.acquire()
    threading.Timer(LONG_S, held.release).start()

    def wait() -> None:
        with held:
            pass

    assert beaten(heart, wait) > 100


def test_a_window_at_rest_has_no_long_gap(heart: Heart) -> None:
    assert beaten(heart, lambda: None) < 100


def test_a_thread_that_has_ended_makes_no_gap_longer() -> None:
    assert stood_in_line({"1": 2.0, "2": 9.0}, {"1": 2.5, "3": 0.25}) == 0.75
