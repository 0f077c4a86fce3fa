"""Where the window was, how its panes were parted, and where the rep stood in it: kept for the next time."""

from __future__ import annotations

from typing import Final, NamedTuple

from PySide6.QtCore import QByteArray, QRect, QSettings
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QSplitter, QWidget

PLACES: Final = frozenset({"go.today", "go.pipeline", "go.people", "go.companies"})
"""Where a window may open: the rep's work, never a question or a form that was open."""
_SHOWN: Final = (120, 60)
"""Pixels of a window that must lie on a screen, so that it can be taken hold of."""


class Memory(NamedTuple):
    """Where the rep was: a place, and who was selected on Today ('' for nobody)."""

    place: str
    selected: str


def keep(window: QWidget, splitter: QSplitter, place: str, selected: str) -> None:
    """Writes it down."""
    kept = QSettings()
    kept.setValue("window/geometry", window.saveGeometry())
    kept.setValue("window/splitter", splitter.saveState())
    kept.setValue("window/place", place if place in PLACES else "go.today")
    kept.setValue("window/selected", selected)


def restore(window: QWidget, splitter: QSplitter, size: tuple[int, int]) -> Memory:
    """Before the window is shown: puts it where it was, moved onto a screen that is there; `size` where nothing or
    nonsense was kept."""
    kept = QSettings()
    geometry = kept.value("window/geometry")
    if not isinstance(geometry, QByteArray) or not window.restoreGeometry(geometry):
        window.resize(*size)
    parted = kept.value("window/splitter")
    if isinstance(parted, QByteArray):
        splitter.restoreState(parted)
        # A state kept by another version may allow what this one does not.
        splitter.setChildrenCollapsible(False)
        splitter.setHandleWidth(0)
    _onto_a_screen(window)
    place, selected = kept.value("window/place"), kept.value("window/selected")
    return Memory(
        place if isinstance(place, str) and place in PLACES else "go.today",
        selected if isinstance(selected, str) else "",
    )


def _onto_a_screen(window: QWidget) -> None:
    rooms = [screen.availableGeometry() for screen in QGuiApplication.screens()]
    frame = window.frameGeometry()
    if any(_can_be_held(frame.intersected(room)) for room in rooms):
        return
    room = QGuiApplication.primaryScreen().availableGeometry()
    window.resize(min(window.width(), room.width()), min(window.height(), room.height()))
    window.move(room.topLeft())


def _can_be_held(seen: QRect) -> bool:
    return seen.width() >= _SHOWN[0] and seen.height() >= _SHOWN[1]
