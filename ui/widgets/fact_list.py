"""Facts with their sources: "Before you call"."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from ui.theme import fonts, icons
from ui.theme.tokens import Token
from ui.widgets.painted_button import PaintedButton
from ui.widgets.painting import box, draw_text, mirror, shade, width_of
from ui.widgets.plain import tooltip_of
from ui.widgets.text_block import Span, TextBlock, laid_out

_PAD = 2
_LARGE = 1.3
_RING_ROOM = 4
_LEAST = 160
"""Pixels below which not even large text needs more room at the cost of what stands beside."""


class FactRow(PaintedButton):
    """One fact; the whole row opens its source. With an icon it is a row of "Recently" instead of a bullet."""

    source_tint: Token = "text3"

    def __init__(
        self, fact: str, source: str, parent: QWidget | None = None, *, icon: str = "", tint: Token = "text"
    ) -> None:
        super().__init__(_text_of(fact), parent)
        self._fact, self._source, self._icon = fact, source, icon
        self._tint: Token = tint
        self._say()
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def set_fact(self, fact: str, source: str, icon: str, tint: Token) -> None:
        """Another fact in this place."""
        now = (fact, source, icon, tint)
        if now == (self._fact, self._source, self._icon, self._tint):
            return
        self._fact, self._source, self._icon, self._tint = now
        self.setText(_text_of(fact))
        self._say()
        self._tell_whole()
        self.updateGeometry()
        self.update()

    def _tell_whole(self) -> None:
        """What has no room is whole in the tooltip."""
        self.setToolTip(tooltip_of(self._fact) if self._block(self.width()).elided else "")

    def _say(self) -> None:
        self.setAccessibleName(f"{self._fact}, {self._source}" if self._source else self._fact)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return math.ceil(self._block(width).height) + fonts.px(2 * _PAD + (2 if self._icon else 0))

    def sizeHint(self) -> QSize:
        return QSize(fonts.px(240), self.heightForWidth(max(self.width(), fonts.px(240))))

    def minimumSizeHint(self) -> QSize:
        return QSize(min(fonts.px(120), _LEAST), fonts.px(24))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self.updateGeometry()
            self._tell_whole()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.StyleChange:
            self._tell_whole()
        super().changeEvent(event)

    def paint(self, painter: QPainter, bounds: QRectF) -> None:
        block = self._block(round(bounds.width()))
        top = (bounds.height() - block.height) / 2
        self._paint_mark(painter, bounds, top)
        start = fonts.px(self._start)
        words = QRectF(start, top, self._room(bounds.width()), block.height)
        block.draw(painter, mirror(words, bounds, self.rtl).left(), top)
        # A ring goes round the words, not through them.
        end = _RING_ROOM + 3 if self.ring_shown else 0
        line = mirror(QRectF(bounds.left(), top, bounds.width() - end, fonts.leading()), bounds, self.rtl)
        tint: Token = "accent_text" if self.hovered or self.ring_shown else self.source_tint
        draw_text(painter, line, self._source, "meta", tint, align="end", rtl=self.rtl, tabular=True)
        if self.ring_shown:
            box(painter, bounds, 5, None, "focus", 1.5)

    @property
    def _start(self) -> int:
        return 24 if self._icon else 18

    def _room(self, width: float) -> float:
        source = width_of(self._source, "meta", True) + fonts.px(16) if self._source else 0.0
        return max(40.0, width - fonts.px(self._start) - source)

    def _block(self, width: int) -> TextBlock:
        spans = [Span(self._fact, "body", self._tint)]
        # As much is read with large text as with small.
        lines = 2 if fonts.scale() <= _LARGE else 3
        return laid_out(spans, self._room(width), max_lines=lines, rtl=self.rtl, limit=400)

    def _paint_mark(self, painter: QPainter, bounds: QRectF, top: float) -> None:
        if self._icon:
            spot = QRectF(0, top, fonts.px(14), fonts.leading())
            icons.paint(painter, mirror(spot, bounds, self.rtl), self._icon, "text3", fonts.px(14))
            return
        # A ring goes round the bullet, too.
        left = fonts.px(3) + (_RING_ROOM if self.ring_shown else 0)
        spot = mirror(QRectF(left, top, fonts.px(4), fonts.leading()), bounds, self.rtl)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(shade("control"))
        painter.drawEllipse(spot.center(), spot.width() / 2, spot.width() / 2)
        painter.restore()


class FactList(QWidget):
    """Bullets with a fact at the start and its source at the end; `opened` gives the number of the row chosen."""

    opened = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._rows: list[FactRow] = []

    def set_facts(self, facts: Sequence[tuple[str, str]], icons: Sequence[str] = (), tint: Token = "text") -> None:
        """Show (fact, source) pairs, from the top; `icons` (one a fact) replace the bullets."""
        while len(self._rows) > len(facts):
            row = self._rows.pop()
            self._column.removeWidget(row)
            row.hide()
            row.deleteLater()
        for number, (fact, source) in enumerate(facts):
            icon = icons[number] if icons else ""
            if number < len(self._rows):
                self._rows[number].set_fact(fact, source, icon, tint)
                continue
            row = FactRow(fact, source, self, icon=icon, tint=tint)
            row.clicked.connect(self._chosen)
            self._column.addWidget(row)
            # Left to the layout, a row in a visible list is shown one turn later: its head would stand alone till then.
            row.show()
            self._rows.append(row)
        self.updateGeometry()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.StyleChange:
            self.updateGeometry()
        super().changeEvent(event)

    def _chosen(self) -> None:
        row = self.sender()
        if isinstance(row, FactRow) and row in self._rows:
            self.opened.emit(self._rows.index(row))


def _text_of(fact: str) -> str:
    # An ampersand in a fact is no mnemonic.
    return fact.replace("&", "&&")[:400]
