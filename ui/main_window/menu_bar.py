"""The menu bar, painted in the theme's type; a mnemonic is underlined only while Alt is held."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QGuiApplication, QPainter, QPaintEvent
from PySide6.QtWidgets import QMenuBar, QProxyStyle, QStyle, QStyleOption, QWidget

from ui.theme import fonts
from ui.widgets.painting import box, draw_text, hairline, is_rtl, shade, width_of

HEIGHT: Final = 30
_EDGE: Final = 2
_BETWEEN: Final = 10
_AROUND: Final = 5
"""Pixels on either side of a title that light up with it."""


class MenuBar(QMenuBar):
    """A QMenuBar of 30 px: native where the platform has one, with all its keys and accessibility."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._spaced = _Spaced("fusion")
        self._spaced.setParent(self)
        self.setStyle(self._spaced)
        self.setFont(fonts.font("meta"))

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), fonts.px(HEIGHT))

    def minimumSizeHint(self) -> QSize:
        return QSize(super().minimumSizeHint().width(), fonts.px(HEIGHT))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.StyleChange and self.font() != fonts.font("meta"):
            self.setFont(fonts.font("meta"))
        super().changeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), shade("window"))
        hairline(painter, 0, self.height() - 1, self.width())
        alt = bool(QGuiApplication.keyboardModifiers() & Qt.KeyboardModifier.AltModifier)
        rtl = is_rtl(self.layoutDirection())
        for action in self.actions():
            rect = QRectF(self.actionGeometry(action))
            rect.setHeight(self.height() - 1)
            if action is self.activeAction():
                box(painter, rect.adjusted(-_AROUND, 4, _AROUND, -4), 5, "sunken")
            words = action.text().replace("&", "")
            width = width_of(words, "meta")
            inner = QRectF(rect.center().x() - width / 2, rect.top(), width + 1, rect.height())
            draw_text(painter, inner, words, "meta", "text2", rtl=rtl)
            if alt and "&" in action.text():
                before = action.text().partition("&")[0]
                letter = action.text().partition("&")[2][:1]
                left = inner.left() + width_of(before, "meta")
                painter.fillRect(
                    QRectF(left, rect.center().y() + fonts.px(7), width_of(letter, "meta"), 1), shade("text2")
                )


class _Spaced(QProxyStyle):
    """Fusion with more room between the titles."""

    def pixelMetric(
        self, metric: QStyle.PixelMetric, option: QStyleOption | None = None, widget: QWidget | None = None
    ) -> int:
        if metric == QStyle.PixelMetric.PM_MenuBarItemSpacing:
            return fonts.px(_BETWEEN)
        if metric == QStyle.PixelMetric.PM_MenuBarHMargin:
            return fonts.px(_EDGE)
        return super().pixelMetric(metric, option, widget)
