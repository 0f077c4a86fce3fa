"""The quiet bar above the page: a meeting begins soon, one key opens its brief. It never takes the focus."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from ui.theme import fonts, icons
from ui.widgets.button import Button
from ui.widgets.icon_button import IconButton
from ui.widgets.label import Label
from ui.widgets.painting import hairline, is_rtl, mirror, shade
from ui.widgets.sides import set_margins

_HEIGHT = 44
_ICON = 16
_START = 24


class MeetingBar(QWidget):
    """`wanted` opens the brief, `refused` puts the bar away; Esc in it does, too."""

    wanted = Signal()
    refused = Signal()

    def __init__(self, keys: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.words = Label("", "label", "text", elide=True)
        self.words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.open = Button(self.tr("Open the brief"), variant="quiet", keys=keys)
        self.close_mark = IconButton("x", self.tr("Not now (Esc)"), side=28)
        self._row = QHBoxLayout(self)
        self._row.setSpacing(8)
        self._row.addWidget(self.words, 1)
        self._row.addWidget(self.open)
        self._row.addWidget(self.close_mark)
        self.open.clicked.connect(self.wanted)
        self.close_mark.clicked.connect(self.refused)
        self._fit()
        self.hide()

    def say(self, words: str) -> None:
        """Shows the bar; no words: it goes. What comes new is told to a screen reader once."""
        came = bool(words) and self.isHidden()
        self.words.set_text(words)
        self.setAccessibleName(words)
        self.setVisible(bool(words))
        if came:
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, words))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.StyleChange:
            self._fit()
        super().changeEvent(event)

    def _fit(self) -> None:
        set_margins(self._row, _START + fonts.px(_ICON) + 10, 0, 18, 1)
        self.setFixedHeight(fonts.px(_HEIGHT))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.refused.emit()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), shade("accent_soft"))
        side, bounds = fonts.px(_ICON), QRectF(self.rect())
        spot = QRectF(_START, 0, side, bounds.height() - 1)
        icons.paint(painter, mirror(spot, bounds, is_rtl(self.layoutDirection())), "video", "accent_text", side)
        hairline(painter, 0, self.height() - 1, self.width())
