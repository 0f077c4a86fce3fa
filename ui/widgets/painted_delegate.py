"""What the row delegates share: where a row's look comes from, its state, and its background."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from ui.theme.tokens import RADIUS_ROW, Token
from ui.widgets.painting import box, is_rtl, mirror

Index = QModelIndex | QPersistentModelIndex


class RowState(NamedTuple):
    """How a row stands in its view right now."""

    selected: bool
    hovered: bool
    focused: bool
    """The view has the keyboard focus, or an editor in the row has."""
    rtl: bool

    @staticmethod
    def of(option: QStyleOptionViewItem) -> RowState:
        view: QWidget | None = option.widget
        state = option.state
        focused = view.hasFocus() if view is not None else bool(state & QStyle.StateFlag.State_Active)
        return RowState(
            selected=bool(state & QStyle.StateFlag.State_Selected),
            hovered=bool(state & QStyle.StateFlag.State_MouseOver),
            focused=bool(getattr(view, "is_worked", focused)),
            rtl=is_rtl(option.direction),
        )


class PaintedDelegate(QStyledItemDelegate):
    """Base of the delegates: paints nothing of Qt's own, so no style and no focus rectangle shows through."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        """Nothing to fill in: the look under `RowRole.LOOK` says it all."""

    def width_of(self, option: QStyleOptionViewItem) -> float:
        """The width that a row will get, before it has a rectangle."""
        view: QWidget | None = option.widget
        inside = getattr(view, "viewport", None)
        return float(inside().width()) if inside is not None else float(option.rect.width())


def paint_row_background(painter: QPainter, rect: QRectF, state: RowState) -> Token | None:
    """Selection (tint and 3 px bar with focus, grey without) or hover; gives the token that now lies under the row."""
    fill: Token | None = None
    if state.selected:
        fill = "selected" if state.focused else "selected_inactive"
    elif state.hovered:
        fill = "hover"
    if fill is None:
        return None
    box(painter, rect, RADIUS_ROW, fill)
    if state.selected and state.focused:
        inset = rect.height() * 12 / 56
        bar = QRectF(rect.left(), rect.top() + inset, 3.0, rect.height() - 2 * inset)
        box(painter, mirror(bar, rect, state.rtl), 1.5, "accent")
    return fill
