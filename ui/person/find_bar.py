"""A line to find in a list: how many match, the arrows go through them, Esc shows all again."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from ui.widgets.icon_button import IconButton
from ui.widgets.input_line import InputBox, InputLine
from ui.widgets.label import Label

_HEIGHT: Final = 32


class FindBar(InputBox):
    """`typed` with each letter; `went(1)` on Down, `went(-1)` on Up; `left` on Esc and the cross.

    Enter means Down (and with Shift, Up) where the bar `closes` and is gone; where it stays it sends `went(0)`.
    """

    typed = Signal(str)
    went = Signal(int)
    left = Signal()

    def __init__(self, words: str, parent: QWidget | None = None, *, closes: bool = True) -> None:
        self.line = InputLine(limit=200)
        super().__init__(self.line, height=_HEIGHT, side=12, parent=parent)
        self._closes = closes
        self.line.setAccessibleName(words)
        self.line.setPlaceholderText(words)
        self.line.textChanged.connect(self.typed)
        self._count = Label("", "meta", "text3", tabular=True)
        close = IconButton("x", self.tr("Stop finding"))
        close.clicked.connect(self.left)
        self.add(self._count)
        self.add(close)
        # Only now that it stands in the bar: shown before, it would be a window for a moment and take the focus away.
        close.setVisible(closes)

    def open(self) -> None:
        """Shows the line and takes the focus."""
        self.show()
        self.line.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.line.selectAll()

    def say(self, words: str) -> None:
        """How many were found."""
        self._count.set_text(words)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            key = event.key()
            back = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            if key == Qt.Key.Key_Escape:
                self.left.emit()
            elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.went.emit(0 if not self._closes else -1 if back else 1)
            elif key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
                self.went.emit(1 if key == Qt.Key.Key_Down else -1)
            else:
                return False
            return True
        return super().eventFilter(watched, event)
