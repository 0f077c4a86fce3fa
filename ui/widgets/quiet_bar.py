"""A quiet bar above a page: an icon, a line of words, and a mark that puts it away."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QRectF, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from ui.theme import fonts, icons
from ui.widgets.icon_button import IconButton
from ui.widgets.label import Label
from ui.widgets.painting import hairline, is_rtl, mirror, shade
from ui.widgets.sides import set_margins

_HEIGHT: Final = 44
_ICON: Final = 16
_START: Final = 24


class QuietBar(QWidget):
    """Never takes the focus; Esc in it is a click on its mark. `away` is what the mark is called."""

    def __init__(self, icon: str, away: str, spacing: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon = icon
        self.words = Label("", "label", "text", elide=True)
        self.words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.close_mark = IconButton("x", away, side=28)
        self._row = QHBoxLayout(self)
        self._row.setSpacing(spacing)
        self._row.addWidget(self.words, 1)
        self._row.addWidget(self.close_mark)
        self._fit()
        self.hide()

    def _fit(self) -> None:
        set_margins(self._row, _START + fonts.px(_ICON) + 10, 0, 18, 1)
        self.setFixedHeight(fonts.px(_HEIGHT))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.StyleChange:
            self._fit()
        super().changeEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_mark.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), shade("accent_soft"))
        side, bounds = fonts.px(_ICON), QRectF(self.rect())
        spot = QRectF(_START, 0, side, bounds.height() - 1)
        icons.paint(painter, mirror(spot, bounds, is_rtl(self.layoutDirection())), self._icon, "accent_text", side)
        hairline(painter, 0, self.height() - 1, self.width())
