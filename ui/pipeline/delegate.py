"""Draws the rows of the pipeline, column by column, and the heads of its groups."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyleOptionViewItem

from ui.pipeline.columns import columns
from ui.pipeline.look import PipelineLook
from ui.theme import fonts
from ui.theme.tokens import TONE_TEXT, Token, Tone, TypeRole
from ui.widgets.looks import RowRole
from ui.widgets.painted_delegate import Index, PaintedDelegate, RowState, paint_row_background
from ui.widgets.painting import draw_text, mirror, width_of
from ui.widgets.stage_track import paint_track

HEAD: Final = 36
ROW: Final = 40
_INSET: Final = 12
_TRACK: Final = 53
_NAME_FLOOR: Final = 200
"""Pixels that a name keeps whatever its company needs."""
_NAME_SHARE: Final = 0.6
"""Of the first column, what the deal's name may take before its company gets nothing."""


class PipelineDelegate(PaintedDelegate):
    """Reads a `PipelineLook` under `RowRole.LOOK`."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        # By flags, not by the look: asking for looks would read the whole pipeline's next steps.
        head = not bool(index.flags() & index.flags().ItemIsSelectable)
        return QSize(fonts.px(200), fonts.px(HEAD if head else ROW))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        look = index.data(RowRole.LOOK)
        if not isinstance(look, PipelineLook):
            return
        bounds, state = QRectF(option.rect), RowState.of(option)
        if look.kind == "head":
            _paint_head(painter, bounds, look, state.rtl)
            return
        paint_row_background(painter, bounds.adjusted(_INSET, 1, -_INSET, -1), state)
        _paint_deal(painter, bounds, look, state.rtl)


def _paint_head(painter: QPainter, bounds: QRectF, look: PipelineLook, rtl: bool) -> None:
    rect = bounds.translated(0, bounds.height() * 4 / HEAD)
    at = columns(rect)
    tint: Token = TONE_TEXT[look.tone]
    title = mirror(at.deal, rect, rtl)
    used = draw_text(painter, title, look.title, "section", tint, rtl=rtl)
    count = QRectF(at.deal.left() + used + 8, rect.top(), fonts.px(60), rect.height())
    draw_text(painter, mirror(count, rect, rtl), look.note, "meta", "text3", rtl=rtl, tabular=True)
    draw_text(painter, mirror(at.amount, rect, rtl), look.amount, "meta", "text3", align="end", rtl=rtl, tabular=True)


def _paint_deal(painter: QPainter, row: QRectF, look: PipelineLook, rtl: bool) -> None:
    at = columns(row)
    company = width_of(look.note, "body") if look.note else 0.0
    room = max(at.deal.width() * _NAME_SHARE, at.deal.width() - company - 8, min(at.deal.width(), _NAME_FLOOR))
    name = QRectF(at.deal.left(), row.top(), room, row.height())
    used = draw_text(painter, mirror(name, row, rtl), look.title, "strong", "text", rtl=rtl)
    rest = at.deal.adjusted(used + 8, 0, 0, 0)
    if look.note and rest.width() > fonts.px(30):
        draw_text(painter, mirror(rest, row, rtl), look.note, "body", "text2", rtl=rtl)
    draw_text(painter, mirror(at.amount, row, rtl), look.amount, "label", "text", align="end", rtl=rtl, tabular=True)
    _paint_stage(painter, at.stage, row, look, rtl)
    close: Token = "text" if look.close_tone == "none" else TONE_TEXT[look.close_tone]
    draw_text(painter, mirror(at.close, row, rtl), look.close, _role(look.close_tone), close, rtl=rtl, tabular=True)
    step: Token = TONE_TEXT[look.step_tone]
    draw_text(painter, mirror(at.step, row, rtl), look.step, _role(look.step_tone), step, rtl=rtl)
    draw_text(painter, mirror(at.touch, row, rtl), look.touch, "meta", "text3", rtl=rtl, tabular=True)


def _role(tone: Tone) -> TypeRole:
    return "body" if tone == "none" else "label"


def _paint_stage(painter: QPainter, cell: QRectF, row: QRectF, look: PipelineLook, rtl: bool) -> None:
    width = float(fonts.px(_TRACK))
    track = QRectF(cell.left(), cell.center().y() - 2, width, 4)
    if look.of:
        paint_track(painter, mirror(track, row, rtl), look.reached, look.of, gap=2, rtl=rtl, rest="border")
    words = cell.adjusted(width + fonts.px(11), 0, -8, 0)
    draw_text(painter, mirror(words, row, rtl), look.stage, "body", "text", rtl=rtl)
