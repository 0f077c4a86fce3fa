"""Chips side by side; two beside each other, or one, where a language or large text leaves their words no room."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QEvent, QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

_GAP = 8


class ChipRows(QWidget):
    """No word is cut while another row can take it. Without chips it takes no room."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._chips: tuple[QWidget, ...] = ()
        self._across = 0
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(_GAP)

    def fill(self, chips: Sequence[QWidget]) -> None:
        """Shows these instead of those that were here, which go for good."""
        for chip in self._chips:
            self._grid.removeWidget(chip)
            chip.hide()
            chip.deleteLater()
        self._chips = tuple(chips)
        self._across = 0
        self.setVisible(bool(chips))
        self._turn()

    @property
    def across(self) -> int:
        """How many stand beside each other."""
        return self._across

    def sizeHint(self) -> QSize:
        return QSize(self._width_of(len(self._chips)), self._height())

    def minimumSizeHint(self) -> QSize:
        return QSize(self._width_of(1), self._height())

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            self._turn()
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._turn()
        super().resizeEvent(event)

    def _turn(self) -> None:
        count = len(self._chips)
        ways = (count, math.ceil(count / 2), 1)
        across = next((each for each in ways if self._width_of(each) <= self.width()), 1) if count else 0
        if across == self._across:
            return
        for column in range(max(self._across, across)):
            # In one row a longer word has more room; below each other they are of one width.
            self._grid.setColumnStretch(column, 1 if column < across < count else 0)
        self._across = across
        for place, chip in enumerate(self._chips):
            self._grid.removeWidget(chip)
            self._grid.addWidget(chip, place // across, place % across)
            chip.show()
        self.updateGeometry()

    def _width_of(self, across: int) -> int:
        widths = [chip.sizeHint().width() for chip in self._chips]
        words = sum(widths) if across == len(widths) else across * max(widths, default=0)
        return words + _GAP * max(0, across - 1)

    def _height(self) -> int:
        rows = math.ceil(len(self._chips) / max(1, self._across))
        highest = max((chip.sizeHint().height() for chip in self._chips), default=0)
        return rows * highest + _GAP * max(0, rows - 1)
