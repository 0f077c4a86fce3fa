"""One of a few, each behind one key: until when to snooze, or why a reason is of no use."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui.theme import fonts
from ui.widgets.floating import SHADOW, Floating
from ui.widgets.label import Label
from ui.widgets.pick_row import PickRow

Pick = tuple[str, str, str]
"""Key, words, detail."""
_PAD: Final = 5
_WIDTH: Final = 234
_WIDEST: Final = 360
"""Up to where a long title makes it wider."""


class PickPopup(Floating):
    """`chosen` gives the number of the pick, from 0; the popup is gone and the focus is back by then."""

    chosen = Signal(int)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._rows: list[PickRow] = []
        self._at = 0
        self._title = Label("", "section", "text2", elide=True)
        self._title.setContentsMargins(10, 7, 10, 3)
        self._column = QVBoxLayout(self)
        edge = SHADOW + _PAD
        self._column.setContentsMargins(edge, edge, edge, edge)
        self._column.setSpacing(0)
        self._column.addWidget(self._title)

    def open(self, anchor: QRect, title: str, picks: Sequence[Pick]) -> None:
        """Shows the picks beside `anchor` (in the parent's coordinates); the first is the one that Enter takes."""
        if not picks:
            return
        self.setAccessibleName(title)
        self._title.set_text(title)
        self._title.setVisible(bool(title))
        self._fill(picks)
        self._go(0)
        self.rise(anchor, self._rows[0])

    def sizeHint(self) -> QSize:
        room = 2 * (SHADOW + _PAD)
        titled = min(fonts.px(_WIDEST), self._title.sizeHint().width())
        widest = max([fonts.px(_WIDTH) - 2 * _PAD, titled, *(row.sizeHint().width() for row in self._rows)])
        title = 0 if self._title.isHidden() else self._title.sizeHint().height()
        return QSize(widest + room, title + sum(row.sizeHint().height() for row in self._rows) + room)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key in (Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_Home, Qt.Key.Key_End):
            ends = {Qt.Key.Key_Home: 0, Qt.Key.Key_End: len(self._rows) - 1}
            step = 1 if key == Qt.Key.Key_Down else -1
            self._go(ends.get(Qt.Key(key), (self._at + step) % len(self._rows)))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._choose(self._at)
        elif self._by_key(event.text()):
            pass
        else:
            super().keyPressEvent(event)
            return
        event.accept()

    def _by_key(self, typed: str) -> bool:
        for number, row in enumerate(self._rows):
            if typed and row.key.casefold() == typed.casefold():
                self._choose(number)
                return True
        return False

    def _go(self, number: int) -> None:
        self._at = number
        for each, row in enumerate(self._rows):
            row.set_current(each == number)
        if self.is_open:
            self._rows[number].setFocus(Qt.FocusReason.OtherFocusReason)

    def _choose(self, number: int) -> None:
        if self.is_open:
            self.close_card()
            self.chosen.emit(number)

    def _fill(self, picks: Sequence[Pick]) -> None:
        for row in self._rows:
            self._column.removeWidget(row)
            row.hide()
            row.deleteLater()
        self._rows = []
        for number, (key, words, detail) in enumerate(picks):
            row = _Row(key, words, detail, self)
            row.clicked.connect(lambda checked=False, n=number: self._choose(n))
            self._column.addWidget(row)
            self._rows.append(row)


class _Row(PickRow):
    """Hands every key to the popup: arrows, Enter and the picks' own keys."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        event.ignore()

    @property
    def ring_shown(self) -> bool:
        return False  # the tint and the keycap say where the focus is
