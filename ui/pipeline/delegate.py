"""Draws the rows of the pipeline, column by column, and the heads of its groups."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache
from typing import Final

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyleOptionViewItem

from ui.pipeline.columns import columns, shows_track
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
"""Of the first column, what a deal's long name leaves its company."""
_NAME_WHOLE: Final = 0.85
"""Of the first column, up to where a name is read whole: one word that is whole says more than two that are not."""
_COMPANY_LEAST: Final = 44


class PipelineDelegate(PaintedDelegate):
    """Reads a `PipelineLook` under `RowRole.LOOK`. `is_head` tells the rows that are heads."""

    def __init__(self, is_head: Callable[[int], bool] = lambda row: False) -> None:
        super().__init__()
        self._is_head = is_head

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        # Not by the look: asking for looks would read the whole pipeline's next steps. Every row is asked at each
        # layout, so it must cost next to nothing.
        return _size(HEAD if self._is_head(index.row()) else ROW, fonts.scale())

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


@lru_cache(maxsize=8)
def _size(tall: int, scale: float) -> QSize:
    """The size of a row; `scale` is that of the text, on which it hangs."""
    return QSize(fonts.px(200), fonts.px(tall))


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
    room = _name_room(at.deal.width(), look)
    name = QRectF(at.deal.left(), row.top(), room, row.height())
    used = draw_text(painter, mirror(name, row, rtl), look.title, "strong", "text", rtl=rtl)
    rest = at.deal.adjusted(used + 8, 0, 0, 0)
    if look.note and rest.width() > min(fonts.px(_COMPANY_LEAST), width_of(look.note, "body")):
        draw_text(painter, mirror(rest, row, rtl), look.note, "body", "text2", rtl=rtl)
    draw_text(painter, mirror(at.amount, row, rtl), look.amount, "label", "text", align="end", rtl=rtl, tabular=True)
    _paint_stage(painter, at.stage, row, look, rtl, shows_track(at))
    close: Token = "text" if look.close_tone == "none" else TONE_TEXT[look.close_tone]
    draw_text(painter, mirror(at.close, row, rtl), look.close, _role(look.close_tone), close, rtl=rtl, tabular=True)
    _paint_step(painter, at.step, row, look, rtl)
    draw_text(painter, mirror(at.touch, row, rtl), look.touch, "meta", "text3", rtl=rtl, tabular=True)


def _name_room(column: float, look: PipelineLook) -> float:
    company = width_of(look.note, "body") if look.note else 0.0
    name = math.ceil(width_of(look.title, "strong"))
    whole = name if name <= column * _NAME_WHOLE else 0
    room = max(column * _NAME_SHARE, column - company - 8, whole, min(column, _NAME_FLOOR))
    return room if column - min(room, name) - 8 > min(fonts.px(_COMPANY_LEAST), company) else column


def _paint_step(painter: QPainter, cell: QRectF, row: QRectF, look: PipelineLook, rtl: bool) -> None:
    """Its day is read whole: where there is too little room, it is the words before it that are cut."""
    role, tint = _role(look.step_tone), TONE_TEXT[look.step_tone]
    day = width_of(look.step_day, role)
    if not look.step_day or width_of(look.step, role) <= cell.width() or cell.width() < 1.5 * day:
        draw_text(painter, mirror(cell, row, rtl), look.step, role, tint, rtl=rtl)
        return
    words = look.step.removesuffix(look.step_day)
    used = draw_text(painter, mirror(cell.adjusted(0, 0, -day, 0), row, rtl), words, role, tint, rtl=rtl)
    draw_text(painter, mirror(cell.adjusted(used, 0, 2, 0), row, rtl), look.step_day, role, tint, rtl=rtl)


def _role(tone: Tone) -> TypeRole:
    return "body" if tone == "none" else "label"


def _paint_stage(painter: QPainter, cell: QRectF, row: QRectF, look: PipelineLook, rtl: bool, has_track: bool) -> None:
    width = float(fonts.px(_TRACK)) if has_track else 0.0
    track = QRectF(cell.left(), cell.center().y() - 2, width, 4)
    if look.of and has_track:
        paint_track(painter, mirror(track, row, rtl), look.reached, look.of, gap=2, rtl=rtl, rest="border")
    words = cell.adjusted(width + fonts.px(11) if has_track else 0, 0, -8, 0)
    draw_text(painter, mirror(words, row, rtl), look.stage, "body", "text", rtl=rtl)
