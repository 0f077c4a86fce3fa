"""How long it took: '4 min' beside the title of the log sheet, changed by a click or Alt+M."""

from __future__ import annotations

import re
from typing import Final

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QWidget

from companion.domain.words import length
from ui.theme import fonts
from ui.theme.tokens import RADIUS_CHIP
from ui.widgets.input_line import InputLine
from ui.widgets.label import Label
from ui.widgets.name_link import NameLink
from ui.widgets.painting import box
from ui.widgets.plain import tooltip_of
from ui.widgets.sides import set_margins

_MOST: Final = 24 * 60
_TYPED: Final = re.compile(r"(?:(\d{1,2})\s*[:h]\s*)?(\d{0,4})\s*(?:min|m|')?\.?")


class Minutes(QWidget):
    """Shows a length as a link; chosen, it is a line to type in. `left` when the focus may go back."""

    chosen = Signal(int)
    """Whole minutes; 0 for not said."""
    wrong = Signal(str)
    """What was typed can't be minutes: in words, '' once it can."""
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._seconds: int | None = None
        self._link = NameLink(tint="text3", role="meta")
        self._link.clicked.connect(self.edit)
        self.line = InputLine(limit=10, role="meta")
        self.line.setAccessibleName(self.tr("Minutes"))
        self.line.installEventFilter(self)
        self._box = _Box(self.line, self.tr("min"))
        self._stack = QStackedLayout(self)
        self._stack.setContentsMargins(0, 0, 0, 0)
        self._stack.addWidget(self._link)
        self._stack.addWidget(self._box)
        self._dress()
        self.set_seconds(None)

    @property
    def is_editing(self) -> bool:
        """Whether the line is open."""
        return self._stack.currentWidget() is self._box

    def set_seconds(self, seconds: int | None) -> None:
        """Shows a length; None: not known."""
        self._seconds = seconds
        shown = length(seconds) if seconds else self.tr("how long?")
        self._link.set_name(shown)
        told = length(seconds) if seconds else self.tr("not said")
        self._link.setAccessibleName(self.tr("It took: %1, change it").replace("%1", told))
        self._link.setToolTip(tooltip_of(self.tr("Change how long it took (Alt+M)")))

    def edit(self) -> None:
        """Opens the line with the minutes in it."""
        self.line.setText(str(round(self._seconds / 60)) if self._seconds else "")
        self._stack.setCurrentWidget(self._box)
        self.line.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.line.selectAll()

    def close_line(self) -> None:
        """Back to the link, as it was."""
        if self.is_editing:
            self._stack.setCurrentWidget(self._link)
            self.wrong.emit("")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() == Qt.Key.Key_Escape:
                self.close_line()
                self.left.emit()
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab):
                if self._take():
                    self.left.emit()
                return True
        # Looking elsewhere keeps what can be kept: a number that was typed was meant.
        elif event.type() == QEvent.Type.FocusOut and self.is_editing and not self._take():
            self.close_line()
        return False

    def _take(self) -> bool:
        minutes = read_minutes(self.line.text())
        if minutes is None:
            self.wrong.emit(self.tr("“%1” is not a length. Try “4” or “1:10”.").replace("%1", self.line.text().strip()))
            return False
        self.close_line()
        if minutes != (round(self._seconds / 60) if self._seconds else 0):
            self.chosen.emit(minutes)
        return True

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.StyleChange:
            self._dress()
        super().changeEvent(event)

    def _dress(self) -> None:
        self.line.setFixedSize(fonts.px(44), fonts.px(16))


def read_minutes(typed: str) -> int | None:
    """'4', '4 min', '1:10' and '1 h 10' as whole minutes; 0 for an empty line, None for what is no length."""
    text = typed.strip().casefold()
    if not text:
        return 0
    found = _TYPED.fullmatch(text)
    if found is None or not (found[1] or found[2]):
        return None
    minutes = int(found[1] or 0) * 60 + int(found[2] or 0)
    return minutes if minutes <= _MOST else None


class _Box(QWidget):
    """The line's frame, with its unit behind it."""

    def __init__(self, line: InputLine, unit: str) -> None:
        super().__init__()
        self._line = line
        self._unit = Label(unit, "meta", "text3")
        row = QHBoxLayout(self)
        set_margins(row, 6, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(line, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self._unit)
        row.addStretch(1)

    def sizeHint(self) -> QSize:
        return QSize(fonts.px(44 + 6 + 8) + self._unit.sizeHint().width(), fonts.px(24))

    def paintEvent(self, event: QPaintEvent) -> None:
        frame = QRectF(self._line.geometry()).adjusted(-5, -3, 4, 3)
        box(QPainter(self), frame, RADIUS_CHIP, "surface", "focus", 2.0)
