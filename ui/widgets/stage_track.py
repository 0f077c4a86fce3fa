"""How far a deal has come: one segment a stage, filled up to the present one."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.theme import fonts
from ui.theme.tokens import Token
from ui.widgets.painting import box, is_rtl, mirror

_HEIGHT = 5


def paint_track(
    painter: QPainter,
    rect: QRectF,
    reached: int,
    count: int,
    *,
    gap: float = 4.0,
    rtl: bool = False,
    rest: Token = "track",
    tint: Token = "accent",
) -> None:
    """Draw `count` segments into `rect`, the first `reached` filled."""
    if count <= 0:
        return
    width = (rect.width() - gap * (count - 1)) / count
    for number in range(count):
        segment = QRectF(rect.left() + number * (width + gap), rect.top(), width, rect.height())
        box(painter, mirror(segment, rect, rtl), rect.height() / 2, tint if number < reached else rest)


class StageTrack(QWidget):
    """A track as wide as its place; says "Proposal, 3 of 5" to a screen reader."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._reached = 0
        self._count = 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_stage(self, reached: int, count: int, spoken: str) -> None:
        """Fill `reached` (1 for the first stage) of `count` segments."""
        self._reached, self._count = reached, count
        self.setAccessibleName(spoken)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(120, fonts.px(_HEIGHT))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        rtl = is_rtl(self.layoutDirection())
        paint_track(painter, QRectF(self.rect()), self._reached, self._count, rtl=rtl)
