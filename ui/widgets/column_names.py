"""The names of a list's columns: the first at the start, the last at the end of the rows."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from ui.theme import fonts
from ui.widgets.painting import draw_text, hairline, is_rtl, mirror

_HEIGHT = 29
_EDGE = 24
_LINE_EDGE = 12


class ColumnNames(QWidget):
    """Stands over a list of rows that say what they are at the start and one fact at the end."""

    def __init__(self, first: str, last: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._first, self._last = first, last
        self.setAccessibleName(f"{first}, {last}")
        self.setFixedHeight(fonts.px(_HEIGHT))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        bounds, rtl = QRectF(self.rect()), is_rtl(self.layoutDirection())
        row = bounds.adjusted(_EDGE, 0, -_EDGE, 0)
        used = draw_text(painter, mirror(row, bounds, rtl), self._last, "meta_label", "text2", align="end", rtl=rtl)
        rest = row.adjusted(0, 0, -used - _EDGE, 0)
        draw_text(painter, mirror(rest, bounds, rtl), self._first, "meta_label", "text2", rtl=rtl)
        hairline(painter, _LINE_EDGE, self.height() - 1, self.width() - 2 * _LINE_EDGE)
