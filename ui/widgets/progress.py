"""A bar of 4 px that shows how much is done; it moves only with real counts."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QProgressBar, QSizePolicy, QWidget

from ui.theme import fonts
from ui.theme.tokens import Token
from ui.widgets.painting import box, is_rtl, mirror


class Progress(QProgressBar):
    """A QProgressBar painted thin; `name` is what a screen reader calls it."""

    def __init__(self, name: str, parent: QWidget | None = None, *, tint: Token = "good", width: int = 96) -> None:
        super().__init__(parent)
        self._tint: Token = tint
        self._width = width
        self.setTextVisible(False)
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_done(self, done: int, total: int) -> None:
        # A visible QProgressBar repaints within setValue, and the half-changed window around it too: 8 ms a key.
        self.setUpdatesEnabled(False)
        self.setMaximum(max(1, total))
        self.setValue(max(0, min(done, total)))
        self.setUpdatesEnabled(True)

    def sizeHint(self) -> QSize:
        return QSize(fonts.px(self._width), fonts.px(4))

    def minimumSizeHint(self) -> QSize:
        return QSize(fonts.px(24), fonts.px(4))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        bounds = QRectF(self.rect())
        box(painter, bounds, bounds.height() / 2, "track")
        share = self.value() / self.maximum() if self.maximum() > 0 else 0.0
        if share > 0:
            done = QRectF(0, 0, max(bounds.height(), bounds.width() * share), bounds.height())
            rtl = is_rtl(self.layoutDirection())
            box(painter, mirror(done, bounds, rtl), bounds.height() / 2, self._tint)
