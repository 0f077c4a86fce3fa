"""A choice as wide as its column: an icon, what it is, and a line about it."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.theme import fonts, icons
from ui.theme.tokens import RADIUS_CARD
from ui.widgets.painted_button import PaintedButton
from ui.widgets.painting import box, draw_text, mirror


class ChoiceCard(PaintedButton):
    """Enter and Space choose it; Up and Down go to the next one."""

    def __init__(self, name: str, about: str, icon: str, parent: QWidget | None = None) -> None:
        super().__init__(name, parent)
        self._about = about
        self._icon = icon
        self.setAccessibleName(name)
        self.setAccessibleDescription(about)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(fonts.px(320), fonts.px(64))

    def minimumSizeHint(self) -> QSize:
        return QSize(fonts.px(200), fonts.px(64))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        elif event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self.focusNextPrevChild(event.key() == Qt.Key.Key_Down)
        else:
            super().keyPressEvent(event)

    def paint(self, painter: QPainter, bounds: QRectF) -> None:
        lit = self.hovered or self.isDown()
        box(painter, bounds, RADIUS_CARD, "hover" if lit else "surface", "border")
        side = fonts.px(20)
        icon = QRectF(fonts.px(16), 0, side, bounds.height())
        icons.paint(painter, mirror(icon, bounds, self.rtl), self._icon, "text2", side)
        end = QRectF(bounds.right() - fonts.px(16 + 16), 0, fonts.px(16), bounds.height())
        arrow = "chevron-right"
        icons.paint(painter, mirror(end, bounds, self.rtl), arrow, "text3", fonts.px(16))
        left, lead = icon.right() + fonts.px(16), float(fonts.leading())
        top = bounds.center().y() - lead
        words = QRectF(left, top, end.left() - left - fonts.px(12), lead)
        draw_text(painter, mirror(words, bounds, self.rtl), self.label, "strong", "text", rtl=self.rtl)
        below = mirror(words.translated(0, lead), bounds, self.rtl)
        draw_text(painter, below, self._about, "meta", "text2", rtl=self.rtl)
        self.draw_ring(painter, bounds, RADIUS_CARD)
