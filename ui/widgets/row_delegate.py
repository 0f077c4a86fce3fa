"""Draws the rows of Today: heads, people with their reason, and people who are done."""

from __future__ import annotations

import re
from typing import Final, Literal

from PySide6.QtCore import QObject, QRectF, QSize
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyleOptionViewItem

from ui.theme import fonts, icons
from ui.theme.tokens import TONE_TEXT, Token, Tone, TypeRole
from ui.widgets.avatar import paint_avatar, tint_of
from ui.widgets.looks import RowRole, TodayRowLook
from ui.widgets.painted_delegate import Index, PaintedDelegate, RowState, paint_row_background
from ui.widgets.painting import draw_text, mirror, width_of

__all__ = ["Density", "RowDelegate", "RowRole", "TodayRowLook"]

Density = Literal["comfortable", "compact"]

HEAD: Final = 38
DONE: Final = 38
PERSON: Final[dict[Density, int]] = {"comfortable": 58, "compact": 40}
_AVATAR: Final[dict[Density, int]] = {"comfortable": 34, "compact": 26}
_COLUMN: Final = 34  # the avatar's column: comfortable, compact and done rows start their text at one edge
_INSET: Final = 12
_GAP: Final = 8
_ICON: Final = 14
_DOT: Final = re.compile("(·)")
_NAME_FLOOR: Final = 200  # names keep this much before the column at the end takes its room


class RowDelegate(PaintedDelegate):
    """Reads a `TodayRowLook` under `RowRole.LOOK`; heights are mixed, so leave uniform item sizes off."""

    def __init__(self, parent: QObject | None = None, density: Density = "comfortable") -> None:
        super().__init__(parent)
        self.density: Density = density
        self._faded: dict[str, float] = {}
        self._sizes: dict[tuple[str, Density, int], QSize] = {}

    def fade(self, avatar_key: str, opacity: float) -> None:
        """Draw that person's row at `opacity`; 1.0 ends it. The caller updates the view, as it runs the motion."""
        if opacity >= 1.0:
            self._faded.pop(avatar_key, None)
        else:
            self._faded[avatar_key] = opacity

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        look = index.data(RowRole.LOOK)
        kind = look.kind if isinstance(look, TodayRowLook) else "done"
        key = (kind, self.density, fonts.edition())
        size = self._sizes.get(key)
        if size is None:
            height = HEAD if kind == "head" else DONE if kind == "done" else PERSON[self.density]
            size = self._sizes[key] = QSize(fonts.px(200), fonts.px(height))
        return size

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        look = index.data(RowRole.LOOK)
        if not isinstance(look, TodayRowLook):
            return
        bounds = QRectF(option.rect)
        state = RowState.of(option)
        if look.kind == "head":
            _paint_head(painter, bounds, look, state.rtl)
            return
        before = painter.opacity()
        painter.setOpacity(before * self._faded.get(look.avatar_key, 1.0))
        self._paint_row(painter, bounds, look, state)
        painter.setOpacity(before)

    def _paint_row(self, painter: QPainter, bounds: QRectF, look: TodayRowLook, state: RowState) -> None:
        row = bounds.adjusted(_INSET, 1, -_INSET, -1)
        under = paint_row_background(painter, row, state)
        inner = row.adjusted(_INSET, 0, -_INSET, 0)
        if look.kind == "done":
            _paint_done(painter, inner, look, state.rtl)
        elif self.density == "compact":
            _paint_compact(painter, inner, look, under, state.rtl)
        else:
            _paint_person(painter, inner, look, under, state.rtl)


class _Line:
    """Texts set one after the other from the start of a line, until its room is used up."""

    def __init__(self, painter: QPainter, rect: QRectF, rtl: bool) -> None:
        self._painter, self._rect, self._rtl = painter, rect, rtl
        self._at = rect.left()

    def words(self, text: str, role: TypeRole, tint: Token, gap: float = 0.0) -> None:
        """Like `text`, with " · " set piece by piece: inside a run that reads the other way it would change sides."""
        self._at += gap
        space = width_of(" ", role)
        for piece in _DOT.split(text):
            self._at += space * (len(piece) - len(piece.lstrip(" ")))
            self.text(piece.strip(" "), role, tint)
            self._at += space * (len(piece) - len(piece.rstrip(" "))) if piece.strip(" ") else 0.0

    def text(self, text: str, role: TypeRole, tint: Token, gap: float = 0.0, tabular: bool = False) -> None:
        left = self._at + gap
        room = self._rect.right() - left
        if not text or room < fonts.px(12):
            return
        spot = QRectF(left, self._rect.top(), min(room, width_of(text, role, tabular) + 1), self._rect.height())
        placed = mirror(spot, self._rect, self._rtl)
        self._at = left + draw_text(self._painter, placed, text, role, tint, rtl=self._rtl, tabular=tabular)

    def icon(self, name: str, tint: Token, gap: float = 0.0) -> None:
        side = fonts.px(_ICON)
        spot = QRectF(self._at + gap, self._rect.top(), side, self._rect.height())
        icons.paint(self._painter, mirror(spot, self._rect, self._rtl), name, tint, side)
        self._at = spot.right() + fonts.px(6)


def _paint_head(painter: QPainter, bounds: QRectF, look: TodayRowLook, rtl: bool) -> None:
    # The words sit low in the head, near the rows that they name.
    shift = bounds.height() * 4.5 / HEAD
    rect = bounds.adjusted(2 * _INSET, shift, -2 * _INSET, shift)
    line = _Line(painter, rect, rtl)
    line.text(look.title, "section", "text2")
    line.text(look.right_note, "meta", "text3", gap=_GAP)


def _paint_done(painter: QPainter, inner: QRectF, look: TodayRowLook, rtl: bool) -> None:
    column = QRectF(inner.left(), inner.top(), fonts.px(_COLUMN), inner.height())
    icons.paint(painter, mirror(column, inner, rtl), look.icon or "check", "good", fonts.px(16))
    line = _Line(painter, mirror(_rest(inner), inner, rtl), rtl)
    line.text(look.title, "body", "text2")
    line.words(_plain_reason(look), "meta", "text3", gap=_GAP)


def _paint_person(painter: QPainter, inner: QRectF, look: TodayRowLook, under: Token | None, rtl: bool) -> None:
    side = float(fonts.px(_AVATAR["comfortable"]))
    disc = QRectF(inner.left(), inner.center().y() - side / 2, side, side)
    _paint_disc(painter, mirror(disc, inner, rtl), look, under)
    rest = _rest(inner)
    first, second = _lines(rest)
    amount = _end(painter, first, inner, look.amount, "label", _ink(look, "text"), rtl)
    note = _end(painter, second, inner, look.right_note, "meta", "text3", rtl)
    name = first.adjusted(0, 0, -min(amount, max(0.0, first.width() - _NAME_FLOOR)), 0)
    line = _Line(painter, mirror(name, inner, rtl), rtl)
    line.text(look.title, "strong", _ink(look, "text"))
    line.text(look.subtitle, "body", _ink(look, "text2"), gap=_GAP)
    why = _Line(painter, mirror(second.adjusted(0, 0, -note, 0), inner, rtl), rtl)
    _paint_reason(why, look)


def _paint_compact(painter: QPainter, inner: QRectF, look: TodayRowLook, under: Token | None, rtl: bool) -> None:
    side = float(fonts.px(_AVATAR["compact"]))
    disc = QRectF(inner.left() + (fonts.px(_COLUMN) - side) / 2, inner.center().y() - side / 2, side, side)
    _paint_disc(painter, mirror(disc, inner, rtl), look, under)
    rest = _rest(inner)
    used = _end(painter, rest, inner, look.amount, "label", _ink(look, "text"), rtl)
    # One line for all: who, why and how much stay; the note and the company only where they fit as a whole.
    free = rest.width() - used - width_of(look.title, "strong") - _reason_width(look) - 2 * _GAP
    company = width_of(look.subtitle, "body") + _GAP
    note = width_of(look.right_note, "meta", True) + 2 * _GAP
    if look.right_note and note <= free:
        used += _end(painter, rest.adjusted(0, 0, -used, 0), inner, look.right_note, "meta", "text3", rtl)
        free -= note
    room = rest.adjusted(0, 0, -min(used, max(0.0, rest.width() - _NAME_FLOOR)), 0)
    line = _Line(painter, mirror(room, inner, rtl), rtl)
    line.text(look.title, "strong", _ink(look, "text"))
    if company <= free:
        line.text(look.subtitle, "body", _ink(look, "text2"), gap=_GAP)
    _paint_reason(line, look, gap=_GAP)


def _reason_width(look: TodayRowLook) -> float:
    icon = fonts.px(_ICON) + fonts.px(6) if look.icon else 0.0
    return icon + sum(width_of(text, "meta_label") for text, _ in look.reason_parts)


def _rest(inner: QRectF) -> QRectF:
    """What of a row lies after the column of the avatars."""
    return inner.adjusted(fonts.px(_COLUMN) + _INSET, 0, 0, 0)


def _lines(rest: QRectF) -> tuple[QRectF, QRectF]:
    """The two lines of a row, 20 px apart round its middle."""
    lead = float(fonts.leading())
    middle = rest.center().y()
    first = QRectF(rest.left(), middle - lead, rest.width(), lead)
    return first, first.translated(0, lead)


def _end(painter: QPainter, line: QRectF, inner: QRectF, text: str, role: TypeRole, tint: Token, rtl: bool) -> float:
    """Draw `text` at the end of `line`; gives the room that it takes there, gap included."""
    if not text:
        return 0.0
    drawn = draw_text(painter, mirror(line, inner, rtl), text, role, tint, align="end", rtl=rtl, tabular=True)
    return drawn + fonts.px(2 * _GAP)


def _paint_disc(painter: QPainter, rect: QRectF, look: TodayRowLook, under: Token | None) -> None:
    # A tinted disc on a tinted row is mud; the surface colour keeps the letters readable.
    selected = under in ("selected", "selected_inactive")
    paint_avatar(painter, rect, look.avatar_initials, tint_of(look.avatar_key), disc="surface" if selected else None)


def _paint_reason(line: _Line, look: TodayRowLook, gap: float = 0.0) -> None:
    # The icon speaks for the reason as a whole only where its first words carry the tint.
    lead: Tone = look.reason_parts[0][1] if look.reason_parts else "none"
    if look.icon:
        line.icon(look.icon, "text3" if lead == "none" else TONE_TEXT[lead], gap)
        gap = 0.0
    for text, tone in look.reason_parts:
        line.words(text, "meta" if tone == "none" else "meta_label", _ink(look, TONE_TEXT[tone]), gap)
        gap = 0.0


def _ink(look: TodayRowLook, token: Token) -> Token:
    """The ink of a part of a row: where nothing is to be done any more all of it is the quietest one."""
    return "text3" if look.dimmed else token


def _plain_reason(look: TodayRowLook) -> str:
    return look.subtitle or "".join(text for text, _ in look.reason_parts)
