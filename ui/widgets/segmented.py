"""One of a few: a segmented control, and the row of filters above a history."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

from PySide6.QtCore import QRectF, QSize, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QSizePolicy, QWidget

from ui.theme import fonts
from ui.theme.tokens import RADIUS_CONTROL, Token, TypeRole
from ui.widgets.painted_button import PaintedButton
from ui.widgets.painting import box, draw_text, mirror, width_of

SegmentedLook = Literal["boxed", "plain"]


class _Segment(PaintedButton):
    """One choice, with the number of things behind it."""

    def __init__(self, text: str, count: str, look: SegmentedLook, parent: QWidget) -> None:
        super().__init__(text, parent)
        self._count = count
        self._look: SegmentedLook = look
        self.setCheckable(True)
        self.setAccessibleName(f"{self.label}, {count}" if count else self.label)

    def set_count(self, count: str) -> None:
        self._count = count
        self.setAccessibleName(f"{self.label}, {count}" if count else self.label)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        count = width_of(self._count, "meta") + fonts.px(6) if self._count else 0.0
        words = width_of(self.label, "section")
        return QSize(math.ceil(words + count) + fonts.px(22 if self._look == "boxed" else 20), fonts.px(26))

    def minimumSizeHint(self) -> QSize:
        """Filters may end in an ellipsis where a language or large text leaves no room; a choice stays whole."""
        hint = self.sizeHint()
        return QSize(min(hint.width(), fonts.px(44)), hint.height()) if self._look == "plain" else hint

    def paint(self, painter: QPainter, bounds: QRectF) -> None:
        here = self.isChecked()
        if here:
            fill: Token = "segment" if self._look == "boxed" else "tag"
            box(painter, bounds, RADIUS_CONTROL, fill, None)
        elif self.hovered or self.isDown():
            box(painter, bounds, RADIUS_CONTROL, "hover")
        count = width_of(self._count, "meta") + fonts.px(6) if self._count else 0.0
        role: TypeRole = "section" if here else "meta_label"
        room = bounds.width() - count - fonts.px(8)
        words = min(width_of(self.label, role), room)
        start = (bounds.width() - words - count) / 2
        spot = QRectF(start, 0, words + 1, bounds.height())
        ink: Token = "text" if here else "text2"
        draw_text(painter, mirror(spot, bounds, self.rtl), self.label, role, ink, rtl=self.rtl)
        if self._count:
            spot = QRectF(start + words + fonts.px(6), 0, count, bounds.height())
            draw_text(painter, mirror(spot, bounds, self.rtl), self._count, "meta", "text3", rtl=self.rtl)
        self.draw_ring(painter, bounds)


class Segmented(QWidget):
    """Exactly one segment is on; `chosen` gives its number when the rep changes it. "boxed" stands on a track."""

    chosen = Signal(int)

    def __init__(
        self, labels: Sequence[str], name: str, parent: QWidget | None = None, *, look: SegmentedLook = "boxed"
    ) -> None:
        super().__init__(parent)
        self._look: SegmentedLook = look
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        row = QHBoxLayout(self)
        margin = 2 if look == "boxed" else 0
        row.setContentsMargins(margin, margin, margin, margin)
        row.setSpacing(2)
        for number, label in enumerate(labels):
            segment = _Segment(label, "", look, self)
            self._group.addButton(segment, number)
            row.addWidget(segment)
        self.set_current(0)
        self._group.idClicked.connect(self.chosen)

    @property
    def current(self) -> int:
        return self._group.checkedId()

    def set_current(self, number: int) -> None:
        """Show segment `number` as chosen; sends nothing."""
        button = self._group.button(number)
        if button is not None:
            button.setChecked(True)

    def set_count(self, number: int, count: str) -> None:
        button = self._group.button(number)
        if isinstance(button, _Segment):
            button.set_count(count)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._look == "boxed":
            painter = QPainter(self)
            box(painter, QRectF(self.rect()), RADIUS_CONTROL + 1, "tag")
