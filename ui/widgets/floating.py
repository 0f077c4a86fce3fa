"""A card that floats over the window beside what it is about: no dialog, gone with Esc or the first look elsewhere."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QMenuBar, QWidget

from ui.theme.tokens import RADIUS_SHEET
from ui.widgets import focus as focus_of
from ui.widgets.painting import box, is_rtl, shade

SHADOW: Final = 16
"""Room round the card for its shadow, in pixels."""
_EDGE: Final = 8


class Floating(QWidget):
    """A child of the window of `parent`. A subclass lays itself out in `lay_out(width)` and says its `card_size()`."""

    cancelled = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._home = parent
        self._came_from: QWidget | None = None
        self.hide()

    @property
    def is_open(self) -> bool:
        """Whether it floats now."""
        return not self.isHidden()

    def close_card(self, *, give_back: bool = True) -> None:
        """Goes away; the focus goes back to where it was."""
        if not self.is_open:
            return
        QApplication.instance().removeEventFilter(self)  # type: ignore[union-attr]
        QApplication.instance().focusChanged.disconnect(self._focus_moved)  # type: ignore[union-attr]
        came_from, self._came_from = self._came_from, None
        self.hide()
        if give_back:
            focus_of.give_back(came_from)

    def cancel(self, *, give_back: bool = True) -> None:
        """Goes away with nothing chosen."""
        if self.is_open:
            self.close_card(give_back=give_back)
            self.cancelled.emit()

    def rise(self, anchor: QRect, focus: QWidget, above: int = 0) -> None:
        """Shows the card below `anchor` (in the parent's coordinates), or above it where there is no room below.

        `above` pixels of the card lie over the anchor: a field that is edited in its place.
        """
        window = self._home.window()
        if self.is_open:
            self.close_card(give_back=False)
        self._came_from = window.focusWidget()
        self.setParent(window)
        at = QRect(self._home.mapTo(window, anchor.topLeft()), anchor.size())
        self.setGeometry(self._spot(at, window, above))
        self.show()
        self.raise_()
        focus.setFocus(Qt.FocusReason.PopupFocusReason)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.installEventFilter(self)
        app.focusChanged.connect(self._focus_moved)

    def card_rect(self) -> QRect:
        """Where the card lies in this widget, without its shadow."""
        return self.rect().adjusted(SHADOW, SHADOW, -SHADOW, -SHADOW)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.MouseButtonPress and isinstance(event, QMouseEvent):
            spot = self.mapFromGlobal(event.globalPosition().toPoint())
            if isinstance(watched, QWidget) and not self.card_rect().contains(spot):
                self.cancel()
        elif event.type() == QEvent.Type.Resize and watched is self.parentWidget():
            self.cancel()
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # Keys that mean nothing here must not act on the list behind it.
        if event.key() == Qt.Key.Key_Escape:
            self.cancel()
        event.accept()

    def paintEvent(self, event: QPaintEvent) -> None:
        self.paint_card(QPainter(self), QRectF(self.card_rect()))

    def paint_card(self, painter: QPainter, card: QRectF) -> None:
        """The shadow and the card."""
        shadow = QColor(shade("shadow"))
        for spread in range(12, 0, -2):
            shadow.setAlphaF(0.022)
            box(
                painter, card.adjusted(-spread, 2 - spread / 2, spread, 2 + spread * 0.9), RADIUS_SHEET + spread, shadow
            )
        box(painter, card, RADIUS_SHEET, "surface", "border")

    def _spot(self, anchor: QRect, window: QWidget, above: int) -> QRect:
        size = self.sizeHint()
        rtl = is_rtl(self._home.layoutDirection())
        left = anchor.right() + 1 - size.width() + SHADOW if rtl else anchor.left() - SHADOW
        top = anchor.top() - SHADOW if above else anchor.bottom() + 5 - SHADOW
        if top + size.height() - SHADOW > window.height() and not above:
            top = max(_EDGE - SHADOW, anchor.top() - size.height() + SHADOW - 4)
        lowest = window.height() - size.height() + SHADOW - _EDGE
        rightmost = window.width() - size.width() + SHADOW - _EDGE
        place = QPoint(max(_EDGE - SHADOW, min(left, rightmost)), max(_EDGE - SHADOW, min(top, lowest)))
        return QRect(place, size)

    def _focus_moved(self, before: QWidget | None, now: QWidget | None) -> None:
        # An open menu only borrows the keys, and gives them back to where they were.
        if now is not None and now is not self and not self.isAncestorOf(now) and not isinstance(now, QMenuBar):
            self.cancel(give_back=False)
