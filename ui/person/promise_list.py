"""Promises in rows: a ring that says it was kept, what was promised by whom, and how old it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import QApplication, QHBoxLayout, QVBoxLayout, QWidget

from ui.person.promise_look import PromiseLook
from ui.theme import fonts, icons
from ui.theme.tokens import TONE_TEXT
from ui.widgets.fact_list import FactRow
from ui.widgets.focus import give_back
from ui.widgets.painted_button import PaintedButton
from ui.widgets.painting import box, mirror
from ui.widgets.plain import tooltip_of

_SIDE: Final = 24
_RING: Final = 14


class KeptRing(PaintedButton):
    """A ring where a bullet would stand; pressed, the promise is kept."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)

    def sizeHint(self) -> QSize:
        return QSize(fonts.px(_SIDE), fonts.px(_SIDE))

    def paint(self, painter: QPainter, bounds: QRectF) -> None:
        side = float(fonts.px(_RING))
        spot = mirror(QRectF(0, (bounds.height() - side) / 2, side, side), bounds, self.rtl)
        wanted = self.hovered or self.ring_shown or self.isDown()
        box(painter, spot, side / 2, "good_soft" if wanted else None, "good" if wanted else "control", 1.25)
        if wanted:
            icons.paint(painter, spot.adjusted(2, 2, -2, -2), "check", "good", round(side) - 4)
        self.draw_ring(painter, spot.adjusted(-3, -3, 3, 3), side / 2 + 3)


class _Words(FactRow):
    """What was promised, without a bullet: the ring stands there."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__("", "", parent)

    @property
    def _start(self) -> int:
        return 0

    def _paint_mark(self, painter: QPainter, bounds: QRectF, top: float) -> None: ...


class PromiseRow(QWidget):
    """The ring keeps it, the words open the entry; F on either keeps it, too."""

    kept = Signal()
    opened = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.ring = KeptRing(self)
        self.words = _Words(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.ring, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.words, 1)
        self.ring.clicked.connect(self.kept)
        self.words.clicked.connect(self.opened)

    def set_look(self, look: PromiseLook) -> None:
        """Shows a promise."""
        self.words.source_tint = "text3" if look.tone == "none" else TONE_TEXT[look.tone]
        self.words.set_fact(look.text, look.age, "", "text")
        self.words.update()
        spoken = self.tr("Kept: %1").replace("%1", look.what)
        self.ring.setAccessibleName(spoken)
        self.ring.setToolTip(tooltip_of(self.tr("Kept (F)")))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_F and event.modifiers() == Qt.KeyboardModifier.NoModifier:
            self.kept.emit()
        else:
            super().keyPressEvent(event)


class PromiseList(QWidget):
    """`kept` and `opened` give the number of the row. The focus stays in the list while a row is left."""

    kept = Signal(int)
    opened = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: list[PromiseRow] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)

    def set_promises(self, looks: Sequence[PromiseLook]) -> None:
        """Shows these; rows that are here are used again."""
        while len(self.rows) > len(looks):
            self._drop(self.rows.pop())
        for number, look in enumerate(looks):
            if number == len(self.rows):
                self._add()
            self.rows[number].set_look(look)
        self.updateGeometry()

    def _add(self) -> None:
        row = PromiseRow(self)
        row.kept.connect(lambda: self.kept.emit(self.rows.index(row)))
        row.opened.connect(lambda: self.opened.emit(self.rows.index(row)))
        self._column.addWidget(row)
        row.show()
        self.rows.append(row)

    def _drop(self, row: PromiseRow) -> None:
        focus = QApplication.focusWidget()
        if self.rows and focus is not None and row.isAncestorOf(focus):
            give_back(self.rows[-1].ring)
        self._column.removeWidget(row)
        row.hide()
        row.deleteLater()
