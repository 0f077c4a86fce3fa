"""A pane: a plain ground in the colour of a token, with hairlines on the sides that need one."""

from __future__ import annotations

from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from ui.theme.tokens import Token
from ui.widgets.painting import hairline, is_rtl, shade


class Pane(QWidget):
    """`lines` names sides among "top", "bottom", "start" and "end"; start is left where text runs left to right."""

    def __init__(self, ground: Token = "surface", lines: tuple[str, ...] = (), parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ground: Token = ground
        self._lines = lines

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), shade(self._ground))
        for line in self._lines:
            if line in ("top", "bottom"):
                hairline(painter, 0, 0 if line == "top" else self.height() - 1, self.width())
            else:
                at_left = (line == "start") != is_rtl(self.layoutDirection())
                hairline(painter, 0 if at_left else self.width() - 1, 0, self.height(), upright=True)
