"""Draws a person's history: a line of round icons, and what happened beside each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QObject, QRectF, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyleOptionViewItem

from ui.theme import fonts, icons
from ui.theme.theme import Theme
from ui.theme.tokens import RADIUS_CHIP, TONE_SOFT, TONE_TEXT, Token, TypeRole
from ui.widgets.looks import RowRole, TimelineRowLook
from ui.widgets.painted_delegate import Index, PaintedDelegate, RowState, paint_row_background
from ui.widgets.painting import box, draw_text, hairline, mirror, shade, width_of
from ui.widgets.text_block import Span, TextBlock, laid_out

__all__ = ["RowRole", "TimelineDelegate", "TimelineRowLook"]

_MONTH: Final = 36
_END: Final = 26
_DISC: Final = 28
_TEXT: Final = 42  # from the disc's start to the text
_TOP: Final = 26  # from the entry's top to its first line of text
_FOOT: Final = 18
_KEPT: Final = 600
# A row shows at most a few lines; the rest of a long mail is not worth laying out.
_BODY_LIMIT: Final = 2_000


class TimelineDelegate(PaintedDelegate):
    """Reads a `TimelineRowLook` under `RowRole.LOOK`; `inset` is the free margin at the start of the view."""

    def __init__(self, parent: QObject | None = None, inset: int = 32) -> None:
        super().__init__(parent)
        self._inset = inset
        self._blocks: dict[tuple[TimelineRowLook, int, bool], TextBlock | None] = {}
        self._marked: re.Pattern[str] | None = None
        Theme.current().changed.connect(self.forget)

    def mark(self, words: Sequence[str]) -> None:
        """Draw these words with the accent wherever a subject or body holds them, in any case; none for no marks."""
        found = [re.escape(word) for word in words if word]
        self._marked = re.compile("|".join(found), re.IGNORECASE) if found else None
        self.forget()

    def forget(self) -> None:
        """Drop what was laid out, as after a switch of theme or text size."""
        self._blocks.clear()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        look = index.data(RowRole.LOOK)
        if not isinstance(look, TimelineRowLook) or look.kind == "month":
            return QSize(fonts.px(200), fonts.px(_MONTH))
        room = self.width_of(option) - self._inset - _END - fonts.px(_TEXT)
        height = fonts.px(_TOP + _FOOT) + self._text_height(look, room, False)
        return QSize(fonts.px(200), round(height))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        look = index.data(RowRole.LOOK)
        if not isinstance(look, TimelineRowLook):
            return
        state = RowState.of(option)
        bounds = QRectF(option.rect)
        inner = bounds.adjusted(self._inset, 0, -_END, 0)
        if look.kind == "month":
            draw_text(painter, inner.adjusted(0, 2, 0, 0), look.heading, "section", "text3", rtl=state.rtl)
            return
        if state.selected or state.hovered:
            edge = fonts.px(_FOOT) / 2
            paint_row_background(painter, inner.adjusted(-12, 1 - edge, 12, -edge - 1), state)
        self._paint_line(painter, inner, look, state.rtl)
        self._paint_heading(painter, inner, look, state.rtl)
        self._paint_text(painter, inner, look, state.rtl)

    def _paint_line(self, painter: QPainter, inner: QRectF, look: TimelineRowLook, rtl: bool) -> None:
        side = float(fonts.px(_DISC))
        disc = mirror(QRectF(inner.left(), inner.top(), side, side), inner, rtl)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(shade("disc"))
        painter.drawEllipse(disc)
        painter.restore()
        icons.paint(painter, disc, look.icon, "text2", fonts.px(14))
        if not look.last:
            hairline(painter, round(disc.center().x()), disc.bottom() + 2, inner.height() - side - 4, upright=True)

    def _paint_heading(self, painter: QPainter, inner: QRectF, look: TimelineRowLook, rtl: bool) -> None:
        line = QRectF(inner.left(), inner.top(), inner.width(), fonts.px(_DISC))
        used = draw_text(
            painter, mirror(line, inner, rtl), look.when, "meta", "text3", align="end", rtl=rtl, tabular=True
        )
        rest = line.adjusted(fonts.px(_TEXT), 0, -used - fonts.px(12), 0)
        chip = width_of(look.chip, "caption") + fonts.px(14) if look.chip else 0.0
        words = rest.adjusted(0, 0, -chip - fonts.px(8) if chip else 0, 0)
        width = draw_text(painter, mirror(words, inner, rtl), look.heading, "strong", "text", rtl=rtl)
        if chip:
            height = fonts.px(18)
            spot = QRectF(rest.left() + width + fonts.px(8), line.center().y() - height / 2, chip, height)
            placed = mirror(spot, inner, rtl)
            box(painter, placed, RADIUS_CHIP, TONE_SOFT[look.chip_tone])
            draw_text(painter, placed, look.chip, "caption", TONE_TEXT[look.chip_tone], align="centre")

    def _paint_text(self, painter: QPainter, inner: QRectF, look: TimelineRowLook, rtl: bool) -> None:
        rest = inner.adjusted(fonts.px(_TEXT), 0, 0, 0)
        top = inner.top() + fonts.px(_TOP)
        if look.subject:
            line = mirror(QRectF(rest.left(), top, rest.width(), fonts.leading()), inner, rtl)
            if self._marked is not None and self._marked.search(look.subject):
                spans = self._spans(look.subject, "label", "text")
                laid_out(spans, line.width(), max_lines=1, rtl=rtl).draw(painter, line.left(), line.top())
            else:
                draw_text(painter, line, look.subject, "label", "text", rtl=rtl)
            top += fonts.leading()
        block = self._block(look, rest.width(), rtl)
        if block is not None:
            width = _body_width(rest.width())
            block.draw(painter, mirror(QRectF(rest.left(), top, width, 1), inner, rtl).left(), top)

    def _text_height(self, look: TimelineRowLook, room: float, rtl: bool) -> float:
        block = self._block(look, room, rtl)
        return (fonts.leading() if look.subject else 0) + (block.height if block is not None else 0.0)

    def _block(self, look: TimelineRowLook, room: float, rtl: bool) -> TextBlock | None:
        key = (look, round(room), rtl)
        if key not in self._blocks:
            if len(self._blocks) >= _KEPT:
                self._blocks.clear()
            spans = self._spans(look.body)
            width = _body_width(room)
            made = TextBlock(spans, width, max_lines=look.body_lines, rtl=rtl, limit=_BODY_LIMIT) if look.body else None
            self._blocks[key] = made
        return self._blocks[key]

    def _spans(self, text: str, role: TypeRole = "body", tint: Token = "text2") -> list[Span]:
        if self._marked is None:
            return [Span(text, role, tint)]
        spans, at = [], 0
        for found in self._marked.finditer(text[:_BODY_LIMIT]):
            spans += [Span(text[at : found.start()], role, tint), Span(found[0], "strong", "accent_text")]
            at = found.end()
        return [*(span for span in spans if span.text), Span(text[at:], role, tint)]


def _body_width(room: float) -> float:
    return max(1.0, room - fonts.px(24))
