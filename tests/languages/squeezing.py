"""Widgets that have less room than their words need."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QAbstractButton, QAbstractScrollArea, QLabel, QWidget

from ui.log.bar import LogBar
from ui.widgets.chip import Chip
from ui.widgets.label import Label
from ui.widgets.pick_row import PickRow

SHORTEST_NAME = 200
"""Pixels below which a name never ends in an ellipsis."""


def squeezed(root: QWidget) -> list[str]:
    """What is cut off under a widget, in words: too narrow, too low, or beyond the edge of what holds it.

    Chips, picks and the buttons of the log bar may end in an ellipsis: each has its key, and its full name is spoken.
    """
    found = []
    for widget in root.findChildren(QWidget):
        if not widget.isVisibleTo(root) or not _says(widget) or _may_elide(widget):
            continue
        least = widget.minimumSizeHint()
        if widget.width() < least.width() or widget.height() < least.height():
            found.append(
                f"{_named(widget)} is {widget.width()} × {widget.height()}, needs {least.width()} × {least.height()}"
            )
        elif (beyond := _beyond(widget, root)) > 0:
            found.append(f"{_named(widget)} stands {beyond} px beyond the edge")
    return found


def elided(root: QWidget) -> list[Label]:
    """The labels that end in an ellipsis."""
    return [each for each in root.findChildren(Label) if each.isVisibleTo(root) and each.text() != each.full_text]


def _may_elide(widget: QWidget) -> bool:
    return isinstance(widget, Chip | PickRow) or isinstance(widget.parentWidget(), LogBar)


def _says(widget: QWidget) -> bool:
    return isinstance(widget, QLabel | QAbstractButton) and bool(widget.text())


def _named(widget: QWidget) -> str:
    said = widget.full_text if isinstance(widget, Label) else getattr(widget, "text", str)()
    return f"{type(widget).__name__} “{said[:60]}”"


def _goes_sideways(area: QAbstractScrollArea) -> bool:
    """Whether what stands at its side can be scrolled to: without a bar nobody can, whatever its range says."""
    off = area.horizontalScrollBarPolicy() is Qt.ScrollBarPolicy.ScrollBarAlwaysOff
    return not off and area.horizontalScrollBar().maximum() > 0


def _beyond(widget: QWidget, root: QWidget) -> int:
    """Pixels of a widget that are cut off at the side, by a holder that can't be scrolled to them."""
    holder, most = widget.parentWidget(), 0
    while holder is not None:
        scrolled = holder.parentWidget()
        if isinstance(scrolled, QAbstractScrollArea) and _goes_sideways(scrolled):
            break
        here = QRect(widget.mapTo(holder, QPoint()), widget.size())
        most = max(most, here.right() - holder.rect().right(), holder.rect().left() - here.left())
        if holder is root:
            break
        holder = scrolled
    return most
