"""One thing that was looked at, as a row: a mark, what it is, a word at the end, and below it what to do."""

from __future__ import annotations

import math
from typing import Final

from PySide6.QtCore import QEvent, QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.theme import fonts, icons
from ui.theme.tokens import TONE_TEXT, Tone
from ui.widgets.painting import draw_text, is_rtl, mirror, width_of
from ui.widgets.text_block import Span, TextBlock, laid_out

_ICONS: Final[dict[Tone, str]] = {
    "good": "check",
    "warn": "triangle-alert",
    "bad": "circle-x",
    "info": "info",
    "none": "circle-dot",
}
_START: Final = 26
_PAD: Final = 5


class FindingRow(QWidget):
    """Wraps when long. `aside` stands at the end of the first line, such as 'Read only'."""

    def __init__(
        self, words: str, advice: str = "", tone: Tone = "good", aside: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._words, self._advice, self._aside, self._tone = words, advice, aside, tone
        first = f"{words}: {aside}" if aside else words
        self.setAccessibleName(f"{first}. {advice}" if advice and aside else f"{first} {advice}".strip())
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def sizeHint(self) -> QSize:
        return QSize(fonts.px(240), self.heightForWidth(max(self.width(), fonts.px(240))))

    def minimumSizeHint(self) -> QSize:
        return QSize(fonts.px(160), fonts.px(24))

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        blocks = self._blocks(width)
        return math.ceil(sum(each.height for each in blocks)) + 2 * fonts.px(_PAD)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self.updateGeometry()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.StyleChange, QEvent.Type.LayoutDirectionChange):
            self.updateGeometry()
            self.update()
        super().changeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        bounds, rtl = QRectF(self.rect()), is_rtl(self.layoutDirection())
        top, lead = float(fonts.px(_PAD)), float(fonts.leading())
        mark = QRectF(0, top, fonts.px(16), lead)
        icons.paint(painter, mirror(mark, bounds, rtl), _ICONS[self._tone], TONE_TEXT[self._tone], fonts.px(16))
        if self._aside:
            end = mirror(QRectF(0, top, bounds.width(), lead), bounds, rtl)
            tint = "text2" if self._tone in ("good", "none") else TONE_TEXT[self._tone]
            draw_text(painter, end, self._aside, "meta", tint, align="end", rtl=rtl)
        for block, room in zip(self._blocks(self.width()), self._rooms(self.width()), strict=False):
            spot = mirror(QRectF(fonts.px(_START), top, room, block.height), bounds, rtl)
            block.draw(painter, spot.left(), top)
            top += block.height

    def _rooms(self, width: int) -> tuple[float, float]:
        """How wide the words and the advice may be."""
        whole = max(40.0, float(width - fonts.px(_START)))
        aside = width_of(self._aside, "meta") + fonts.px(16) if self._aside else 0.0
        return max(40.0, whole - aside), whole

    def _blocks(self, width: int) -> list[TextBlock]:
        rtl = is_rtl(self.layoutDirection())
        words, below = self._rooms(width)
        blocks = [laid_out([Span(self._words, "body", "text")], words, max_lines=6, rtl=rtl)]
        if self._advice:
            blocks.append(laid_out([Span(self._advice, "meta", "text2")], below, max_lines=6, rtl=rtl))
        return blocks
