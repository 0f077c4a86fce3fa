"""What a monkey's window stands on: a line that can be cut, a file that stays, keys and clicks that outlive a menu."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

import shiboken6
from PySide6.QtCore import QObject, Qt, QUrl, Slot
from PySide6.QtGui import QWindow
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget

from companion.connectors.base import Unreachable
from companion.connectors.demo.connector import DemoConnector
from companion.core import Core
from companion.sync.through import Through
from tests.journeys.monkey_eye import seen

PATIENCE_S: Final = 20.0


class Outside(QObject):
    """What the window would hand to the system; nothing is ever opened."""

    @Slot(QUrl)
    def take(self, link: QUrl) -> None:
        """Somebody dials."""


class Line(Through):
    """A connector on a line that can be cut."""

    def __init__(self, connector: DemoConnector, is_cut: Callable[[], bool]) -> None:
        super().__init__(connector)
        self._is_cut = is_cut

    def before(self) -> None:
        if self._is_cut():
            raise Unreachable("the line is cut")


class Kept(Core):
    """A demo book whose file outlives the window."""

    def close(self) -> None:
        """As the window closes it."""
        self.demo = False
        super().close()
        self.demo = True


def strike(window: QWindow, key: int, held: Qt.KeyboardModifier) -> None:
    """A key of QTest's would be let go over a menu's window that the press has closed for good."""
    alive = life_of(window)
    QTest.keyPress(window, key, held)
    if alive and shiboken6.isValid(window):
        QTest.keyRelease(window, key, held)


def life_of(window: QWindow) -> list[bool]:
    """Empty once the window is no more."""
    alive = [True]
    window.destroyed.connect(alive.clear)
    return alive


def can_be_clicked(widget: QWidget) -> bool:
    """Whether a click on it means anything: it, or what it stands in, takes keys."""
    takes = isinstance(widget, QAbstractButton) or widget.focusPolicy() != Qt.FocusPolicy.NoFocus
    parent = widget.parentWidget()
    takes = takes or (parent is not None and parent.focusPolicy() != Qt.FocusPolicy.NoFocus)
    return takes and widget.isVisible() and widget.isEnabled() and not seen(widget).isEmpty()


def until(there: Callable[[], bool], words: str) -> None:
    """Lets the window go on until it is so. Raises TimeoutError with `words`."""
    end = time.monotonic() + PATIENCE_S
    while not there():
        QApplication.processEvents()
        if time.monotonic() > end:
            raise TimeoutError(words)
        time.sleep(0.001)
    QApplication.processEvents()
