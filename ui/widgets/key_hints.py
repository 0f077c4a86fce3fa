"""The keys of a row along the foot of a page: as many as there is room for, whole."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from ui.theme import fonts
from ui.widgets.keycap import Keycap
from ui.widgets.label import Label
from ui.widgets.pane import Pane
from ui.widgets.sides import set_margins

_FOOT = 43
_EDGE = 24
_BETWEEN = 19


class KeyHints(Pane):
    """`hints` are what a key does and where to ask for its keys: '' while it has none. The first matter most."""

    def __init__(self, hints: Sequence[tuple[str, Callable[[], str]]], parent: QWidget | None = None) -> None:
        super().__init__("surface", ("top",), parent)
        self.setFixedHeight(fonts.px(_FOOT))
        self._hints = [(_Hint(words), keys) for words, keys in hints]
        row = QHBoxLayout(self)
        row.setContentsMargins(_EDGE, 0, _EDGE, 0)
        row.setSpacing(_BETWEEN)
        for hint, _ in self._hints:
            row.addWidget(hint)
        row.addStretch(1)
        self.refresh()

    def refresh(self) -> None:
        """Keys can be switched off and on."""
        for hint, keys in self._hints:
            hint.show_keys(keys())
        self._fit()

    def minimumSizeHint(self) -> QSize:
        return QSize(0, fonts.px(_FOOT))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        room = self.width() - 2 * _EDGE + _BETWEEN
        for hint, _ in self._hints:
            if hint.keys:
                room -= hint.sizeHint().width() + _BETWEEN
            hint.setVisible(bool(hint.keys) and room >= 0)


class _Hint(QWidget):
    def __init__(self, words: str) -> None:
        super().__init__()
        self.keys = ""
        self._cap = Keycap("")
        row = QHBoxLayout(self)
        set_margins(row, 0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self._cap)
        row.addWidget(Label(words, "meta", "text2"))

    def show_keys(self, keys: str) -> None:
        """The keys that do it now."""
        self.keys = keys
        self._cap.set_keys(keys)
