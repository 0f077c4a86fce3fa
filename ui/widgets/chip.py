"""Outcome chips with their number, and quiet tags."""

from __future__ import annotations

import math

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.theme import fonts
from ui.theme.tokens import RADIUS_CHIP, RADIUS_CONTROL, TONE_SOFT, TONE_TEXT, Token, Tone
from ui.widgets.keycap import KeycapLook, keycap_size, paint_keycap
from ui.widgets.painted_button import PaintedButton
from ui.widgets.painting import box, draw_text, mirror, shade, width_of


class Chip(PaintedButton):
    """A checkable choice with a keycap; put several in a QButtonGroup for one of many."""

    def __init__(self, text: str, keys: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self._keys = keys
        self.setCheckable(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        keys = keycap_size(self._keys)[0] + fonts.px(8) if self._keys else 0.0
        return QSize(math.ceil(width_of(self.label, "meta_label") + keys) + fonts.px(20), fonts.px(32))

    def paint(self, painter: QPainter, bounds: QRectF) -> None:
        checked = self.isChecked()
        fill: Token = "button_pressed" if self.isDown() else "button_hover" if self.hovered else "button"
        box(painter, bounds, RADIUS_CONTROL, "accent_soft" if checked else fill, "accent" if checked else "border")
        right = bounds.right() - fonts.px(8)
        if self._keys:
            width = keycap_size(self._keys)[0]
            cap = QRectF(right - width, 0, width, bounds.height())
            dimmed = None if self.isEnabled() else shade("control")
            look: KeycapLook = "checked" if checked else "plain"
            paint_keycap(painter, mirror(cap, bounds, self.rtl), self._keys, look, dimmed)
            right = cap.left() - fonts.px(8)
        words = QRectF(fonts.px(12), 0, right - fonts.px(12), bounds.height())
        ink: Token = "control" if not self.isEnabled() else "accent_text" if checked else "text"
        draw_text(painter, mirror(words, bounds, self.rtl), self.label, "meta_label", ink, rtl=self.rtl)
        self.draw_ring(painter, bounds)


class Tag(QWidget):
    """A word on a tinted ground, such as "Decides" or "Interested"."""

    def __init__(self, text: str, tone: Tone = "none", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = text
        self._tone: Tone = tone
        self.setAccessibleName(text)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(math.ceil(width_of(self._text, "caption")) + fonts.px(14), fonts.px(18))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        bounds = QRectF(self.rect())
        box(painter, bounds, RADIUS_CHIP, TONE_SOFT[self._tone])
        draw_text(painter, bounds, self._text, "caption", TONE_TEXT[self._tone], align="centre")
