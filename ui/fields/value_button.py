"""Where a field comes from, as a button that opens what can be chosen; plain words where there is nothing to choose."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import QWidget

from ui.theme import fonts, icons
from ui.theme.tokens import RADIUS_CONTROL, Token, TypeRole
from ui.widgets.painted_button import PaintedButton
from ui.widgets.painting import box, draw_text, mirror

_WIDTH: Final = 260
_HEIGHT: Final = 30
_PAD: Final = 10
_ICON: Final = 16


class ValueButton(PaintedButton):
    """`strong` marks what a team chose, `missing` what the CRM has nothing for. Arrows go on to the next row."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.strong = self.missing = False

    def sizeHint(self) -> QSize:
        return QSize(fonts.px(_WIDTH), fonts.px(_HEIGHT))

    def paint(self, painter: QPainter, bounds: QRectF) -> None:
        room = bounds.adjusted(fonts.px(_PAD), 0, -fonts.px(_PAD), 0)
        if self.isEnabled():
            fill: Token = "button_pressed" if self.isDown() else "button_hover" if self.hovered else "button"
            box(painter, bounds, RADIUS_CONTROL, fill, "border")
            side = fonts.px(_ICON)
            spot = QRectF(room.right() - side, room.top(), side, room.height())
            icons.paint(painter, mirror(spot, bounds, self.rtl), "chevron-down", "text3", side)
            room.setRight(spot.left() - fonts.px(6))
        role: TypeRole = "label" if self.strong else "body"
        tint: Token = "text3" if self.missing else "text" if self.isEnabled() else "text2"
        draw_text(painter, mirror(room, bounds, self.rtl), self.label, role, tint, rtl=self.rtl)
        self.draw_ring(painter, bounds)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Down:
            self.focusNextChild()
        elif event.key() == Qt.Key.Key_Up:
            self.focusPreviousChild()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)
