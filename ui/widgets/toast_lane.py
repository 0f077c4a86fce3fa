"""The room that a page keeps for the toast under what scrolls, so that the toast covers no row."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QSize, Signal
from PySide6.QtGui import QMoveEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QApplication, QScrollArea, QSizePolicy, QWidget

from ui.theme import fonts

ABOVE: Final = 12
_LEAST: Final = 58
"""Pixels that what scrolls keeps at least, at 100 %: a row. With less the toast lies over its end."""


class ToastLane(QWidget):
    """Lay it out under `above`, a list or what holds a scroll area. It has no height until it is opened.

    `below` is the air under the toast, `inset` that before it, both in pixels at 100 %.
    """

    moved = Signal()
    """It stands elsewhere."""

    def __init__(self, above: QWidget, *, below: int = 20, inset: int = 24) -> None:
        super().__init__()
        self._above = above
        self._below = below
        self._inset = inset
        self._toast = 0
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(0)

    @property
    def below(self) -> int:
        """Logical pixels between the toast and the end of the lane."""
        return fonts.px(self._below)

    @property
    def inset(self) -> int:
        """Logical pixels before a toast that is shorter than the lane."""
        return fonts.px(self._inset)

    def sizeHint(self) -> QSize:
        return QSize(0, self.height())

    def open(self, toast: int) -> None:
        """Takes the room for a toast of this height, where what is above can spare it.

        What is worked with there stays in sight.
        """
        held = self._worked_with()
        self._toast = toast
        self._fit()
        self._lay_out()
        if held is self._above and isinstance(held, QAbstractItemView):
            held.scrollTo(held.currentIndex())
        elif held is not None:
            for area in self._above.findChildren(QScrollArea):
                area.ensureWidgetVisible(held)

    def close_up(self) -> None:
        """Gives it back."""
        self._toast = 0
        self._fit()
        self._lay_out()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()
        self.moved.emit()

    def moveEvent(self, event: QMoveEvent) -> None:
        super().moveEvent(event)
        self._fit()
        self.moved.emit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LayoutDirectionChange:
            self.moved.emit()

    def _fit(self) -> None:
        """As when the log sheet grows below: both together keep their height, whatever this one takes."""
        wanted = fonts.px(ABOVE) + self._toast + self.below
        left = self._above.height() + self.height() - wanted
        fits = left >= fonts.px(_LEAST) or self._above.isHidden()
        self.setFixedHeight(wanted if self._toast and fits else 0)

    def _lay_out(self) -> None:
        # Now, not when the event loop comes round: the toast is put here at once.
        parent = self.parentWidget()
        holder = parent.layout() if parent is not None else None
        if holder is not None:
            holder.activate()

    def _worked_with(self) -> QWidget | None:
        """What is to stay in sight, where it is in sight."""
        view, held = self._above, QApplication.focusWidget()
        if isinstance(view, QAbstractItemView):
            seen = view.viewport().rect().intersects(view.visualRect(view.currentIndex()))
            return view if seen else None
        return held if held is not None and view.isAncestorOf(held) and not held.visibleRegion().isEmpty() else None
