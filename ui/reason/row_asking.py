"""The mouse on a row's reason: at rest it says which rule that is, a click on the selected row opens it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPoint, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QHelpEvent, QMouseEvent
from PySide6.QtWidgets import QListView, QToolTip

from companion.domain.reasons import Reason
from ui.person.brief_viewmodel import asked_words
from ui.theme import fonts
from ui.widgets.painting import is_rtl, mirror
from ui.widgets.plain import tooltip_of
from ui.widgets.row_delegate import RowRole, TodayRowLook, not_shown

_START: Final = 24 + 12
"""Where a row's text begins behind its avatar, without that, in pixels."""
_AVATAR: Final = 34
_END: Final = 110
"""What stands at the end of the line is no part of the reason."""


class RowAsking(QObject):
    """Watches a list of rows with two lines, the second of which is the reason."""

    asked = Signal()
    """The reason of the selected row was clicked."""

    def __init__(self, rows: QListView, reason: Callable[[int], Reason | None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows = rows
        self._reason = reason
        self._pressed = -1
        rows.viewport().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            return self._tell(event)
        if kind == QEvent.Type.MouseButtonPress and isinstance(event, QMouseEvent):
            # A row is chosen by the first click; it is asked about by one on the row that has been chosen.
            index = self._under(event)
            self._pressed = index.row() if index == self._rows.currentIndex() else -1
        elif kind == QEvent.Type.MouseButtonRelease and isinstance(event, QMouseEvent):
            index = self._under(event)
            if index.isValid() and index.row() == self._pressed and event.button() == Qt.MouseButton.LeftButton:
                self.asked.emit()
        elif kind == QEvent.Type.MouseButtonDblClick:
            self._pressed = -1
        return False

    def _tell(self, event: QHelpEvent) -> bool:
        index = self._rows.indexAt(event.pos())
        tip = "\n".join(part for part in (self._cut(index), self._asked(index, event.pos())) if part)
        if not tip:
            return False
        QToolTip.showText(event.globalPos(), tooltip_of(tip), self._rows.viewport(), self._rows.visualRect(index))
        return True

    def _cut(self, index: QModelIndex) -> str:
        """What the row has no room for."""
        look = index.data(RowRole.LOOK) if index.isValid() else None
        return not_shown(look, self._rows.viewport().width()) if isinstance(look, TodayRowLook) else ""

    def _asked(self, index: QModelIndex, at: QPoint) -> str:
        """Which rule it is, where the mouse rests on a reason."""
        reason = self._reason(index.row()) if index.isValid() and self._place(index).contains(at) else None
        return asked_words(reason) if reason is not None else ""

    def _under(self, event: QMouseEvent) -> QModelIndex:
        """The row whose reason lies under the mouse."""
        at = event.position().toPoint()
        index = self._rows.indexAt(at)
        on = index.isValid() and self._reason(index.row()) is not None and self._place(index).contains(at)
        return index if on else QModelIndex()

    def _place(self, index: QModelIndex) -> QRect:
        row = QRectF(self._rows.visualRect(index))
        start = fonts.px(_AVATAR) + _START
        line = row.adjusted(start, row.height() / 2, -fonts.px(_END), -4)
        return mirror(line, row, is_rtl(self._rows.layoutDirection())).toRect()
