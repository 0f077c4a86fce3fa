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
DONE: Final[dict[Density, int]] = {"comfortable": 38, "compact": 30}
PERSON: Final[dict[Density, int]] = {"comfortable": 58, "compact": 40}
_AVATAR: Final[dict[Density, int]] = {"comfortable": 34, "compact": 26}
_COLUMN: Final = 34  # the avatar's column: comfortable, compact and done rows start their text at one edge
_LEAD: Final[dict[Density, int]] = {"comfortable": 20, "compact": 17}
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
        self._sizes: dict[tuple[str, Density, int], QSize] = {}

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        look = index.data(RowRole.LOOK)
        kind = look.kind if isinstance(look, TodayRowLook) else "done"
        key = (kind, self.density, fonts.edition())
        size = self._sizes.get(key)
        if size is None:
            height = HEAD if kind == "head" else (DONE if kind == "done" else PERSON)[self.density]
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
        self._paint_row(painter, bounds, look, state)

    def _paint_row(self, painter: QPainter, bounds: QRectF, look: TodayRowLook, state: RowState) -> None:
        row = bounds.adjusted(_INSET, 1, -_INSET, -1)
        under = paint_row_background(painter, row, state)
        inner = row.adjusted(_INSET, 0, -_INSET, 0)
        if look.kind == "done":
            _paint_done(painter, inner, look, state.rtl)
        else:
            _paint_person(painter, inner, look, under, self.density, state.rtl)


def not_shown(look: TodayRowLook, width: float) -> str:
    """What a row of this width in pixels cuts or leaves out, whole, for its tip; '' where all of it can be read."""
    room = width - 4 * _INSET - fonts.px(_COLUMN) - _INSET
    if look.kind == "head":
        return ""
    if look.kind == "done":
        words = f"{look.title}  {_plain_reason(look)}"
        whole = width_of(look.title, "body") + _GAP + width_of(_plain_reason(look), "meta")
        return words if whole > room else ""
    amount = width_of(look.amount, "label", True) + fonts.px(2 * _GAP) if look.amount else 0.0
    who = width_of(look.title, "strong") + (_GAP + width_of(look.subtitle, "body") if look.subtitle else 0.0)
    why = _reason_width(look)
    return "\n".join(
        words
        for words, shown in (
            (", ".join(part for part in (look.title, look.subtitle) if part), who + amount <= room),
            ("".join(text for text, _ in look.reason_parts), why <= room),
            (look.right_note, why + _end_width(look.right_note) <= room),
        )
        if words and not shown
    )


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


def _paint_person(
    painter: QPainter, inner: QRectF, look: TodayRowLook, under: Token | None, density: Density, rtl: bool
) -> None:
    _paint_disc(painter, mirror(_disc(inner, density), inner, rtl), look, under)
    first, second = _lines(_rest(inner), density)
    amount = _end(painter, first, inner, look.amount, "label", _ink(look, "text"), rtl)
    name = first.adjusted(0, 0, -min(amount, max(0.0, first.width() - _NAME_FLOOR)), 0)
    line = _Line(painter, mirror(name, inner, rtl), rtl)
    line.text(look.title, "strong", _ink(look, "text"))
    line.text(look.subtitle, "body", _ink(look, "text2"), gap=_GAP)
    # Why comes before where: the note gives its room to a reason that would be cut.
    shown = look.right_note if _reason_width(look) + _end_width(look.right_note) <= second.width() else ""
    note = _end(painter, second, inner, shown, "meta", "text3", rtl)
    _paint_reason(_Line(painter, mirror(second.adjusted(0, 0, -note, 0), inner, rtl), rtl), look)


def _disc(inner: QRectF, density: Density) -> QRectF:
    """The avatar's place: in the middle of its column."""
    side = float(fonts.px(_AVATAR[density]))
    return QRectF(inner.left() + (fonts.px(_COLUMN) - side) / 2, inner.center().y() - side / 2, side, side)


def _reason_width(look: TodayRowLook) -> float:
    icon = fonts.px(_ICON) + fonts.px(6) if look.icon else 0.0
    return icon + sum(width_of(text, _reason_role(tone)) for text, tone in look.reason_parts)


def _reason_role(tone: Tone) -> TypeRole:
    return "meta" if tone == "none" else "meta_label"


def _end_width(text: str) -> float:
    """The room that `_end` takes for a note, gap included."""
    return width_of(text, "meta", True) + fonts.px(2 * _GAP) if text else 0.0


def _rest(inner: QRectF) -> QRectF:
    """What of a row lies after the column of the avatars."""
    return inner.adjusted(fonts.px(_COLUMN) + _INSET, 0, 0, 0)


def _lines(rest: QRectF, density: Density) -> tuple[QRectF, QRectF]:
    """The two lines of a row round its middle: who above why."""
    lead = float(fonts.px(_LEAD[density]))
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
        line.words(text, _reason_role(tone), _ink(look, TONE_TEXT[tone]), gap)
        gap = 0.0


def _ink(look: TodayRowLook, token: Token) -> Token:
    """The ink of a part of a row: where nothing is to be done any more all of it is the quietest one."""
    return "text3" if look.dimmed else token


def _plain_reason(look: TodayRowLook) -> str:
    return look.subtitle or "".join(text for text, _ in look.reason_parts)
