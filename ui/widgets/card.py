"""A card: a rounded, bordered ground for a deal or a group of fields."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from ui.theme.tokens import RADIUS_CARD, Token
from ui.widgets.painting import box, hairline


class Card(QFrame):
    """Lay widgets out in `column`; 14 px inside on every side."""

    def __init__(self, parent: QWidget | None = None, *, ground: Token = "surface") -> None:
        super().__init__(parent)
        self._ground: Token = ground
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(14, 12, 14, 12)
        self.column.setSpacing(8)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        box(painter, QRectF(self.rect()), RADIUS_CARD, self._ground, "hairline")


class Hairline(QWidget):
    """A line of one pixel across its place, or down it when `upright`."""

    def __init__(self, parent: QWidget | None = None, *, upright: bool = False) -> None:
        super().__init__(parent)
        self._upright = upright
        if upright:
            self.setFixedWidth(1)
        else:
            self.setFixedHeight(1)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        length = self.height() if self._upright else self.width()
        hairline(painter, 0, 0, length, upright=self._upright)
