"""The menu bar, painted in the theme's type; a mnemonic is underlined only while Alt is held."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QGuiApplication, QPainter, QPaintEvent
from PySide6.QtWidgets import QMenuBar

from ui.theme import fonts
from ui.widgets.painting import box, draw_text, hairline, shade, width_of

_PAD = 10
HEIGHT = 29


class MenuBar(QMenuBar):
    """A QMenuBar of 29 px: native where the platform has one, with all its keys and accessibility."""

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), fonts.px(HEIGHT))

    def minimumSizeHint(self) -> QSize:
        return QSize(super().minimumSizeHint().width(), fonts.px(HEIGHT))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), shade("window"))
        hairline(painter, 0, self.height() - 1, self.width())
        alt = bool(QGuiApplication.keyboardModifiers() & Qt.KeyboardModifier.AltModifier)
        for action in self.actions():
            rect = QRectF(self.actionGeometry(action))
            rect.setHeight(self.height() - 1)
            if action is self.activeAction():
                box(painter, rect.adjusted(2, 3, 2, -3), 5, "sunken")
            words = action.text().replace("&", "")
            inner = rect.adjusted(_PAD, 0, _PAD, 0)
            draw_text(painter, inner, words, "meta", "text2")
            if alt and "&" in action.text():
                before = action.text().partition("&")[0]
                letter = action.text().partition("&")[2][:1]
                left = inner.left() + width_of(before, "meta")
                painter.fillRect(
                    QRectF(left, rect.center().y() + fonts.px(7), width_of(letter, "meta"), 1), shade("text2")
                )
