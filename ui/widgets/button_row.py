"""Buttons side by side, or one below the other where large text or a language leaves too little room."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QSizePolicy, QWidget

_GAP = 8


class ButtonRow(QWidget):
    """Begins at the start edge; what is hidden takes no room."""

    def __init__(self, *buttons: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._buttons = list(buttons)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(_GAP)
        for button in buttons:
            self._row.addWidget(button, 0, Qt.AlignmentFlag.AlignLeading)
        self._row.addStretch(1)

    def insert(self, place: int, button: QWidget) -> None:
        """One more, in the place of another or at the end."""
        self._buttons.insert(place, button)
        self._row.insertWidget(place, button, 0, Qt.AlignmentFlag.AlignLeading)

    def drop(self, button: QWidget) -> None:
        """One that goes for good."""
        self._buttons.remove(button)
        self._row.removeWidget(button)
        button.hide()
        button.deleteLater()

    def minimumSizeHint(self) -> QSize:
        """As wide as the widest: they can stand below each other."""
        widest = max((each.sizeHint().width() for each in self._shown()), default=0)
        return QSize(widest, self._row.totalMinimumSize().height())

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            self._turn()
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._turn()
        super().resizeEvent(event)

    def _turn(self) -> None:
        shown = self._shown()
        beside = sum(each.sizeHint().width() for each in shown) + _GAP * max(0, len(shown) - 1)
        fits = beside <= self.width()
        wanted = QBoxLayout.Direction.LeftToRight if fits else QBoxLayout.Direction.TopToBottom
        if self._row.direction() != wanted:
            self._row.setDirection(wanted)
            self.updateGeometry()

    def _shown(self) -> list[QWidget]:
        return [button for button in self._buttons if button.isVisibleTo(self)]
