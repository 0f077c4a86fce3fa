"""One of a few: a segmented control, and the row of filters above a history."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

from PySide6.QtCore import QEvent, QRectF, QSize, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QSizePolicy, QWidget

from ui.theme import fonts, icons
from ui.theme.tokens import RADIUS_CONTROL, Token, TypeRole
from ui.widgets.painted_button import PaintedButton
from ui.widgets.painting import box, draw_text, mirror, width_of
from ui.widgets.plain import tooltip_of

SegmentedLook = Literal["boxed", "plain"]
_Level = Literal["whole", "words", "icon"]
_ICON = 16
_BETWEEN = 2


class _Segment(PaintedButton):
    """One choice, with the number of things behind it."""

    def __init__(self, text: str, count: str, look: SegmentedLook, parent: QWidget, icon: str = "") -> None:
        super().__init__(text, parent)
        self._count = count
        self._icon = icon
        self._look: SegmentedLook = look
        self.level: _Level = "whole"
        self.setCheckable(True)
        self.setAccessibleName(f"{self.label}, {count}" if count else self.label)

    def set_count(self, count: str) -> None:
        self._count = count
        self.setAccessibleName(f"{self.label}, {count}" if count else self.label)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(self.width_at(self.level), fonts.px(26))

    def minimumSizeHint(self) -> QSize:
        """A filter may be squeezed to its words; a choice stays whole."""
        if self._look == "boxed":
            return self.sizeHint()
        least = self.width_at("icon") if self._is_icon else math.ceil(width_of(self.label, "section") + fonts.px(8))
        return QSize(min(least, self.width_at(self.level)), fonts.px(26))

    def width_at(self, level: _Level) -> int:
        """Pixels with its number, without it, or as an icon."""
        if level == "icon" and self._icon:
            return fonts.px(_ICON + 16)
        count = width_of(self._count, "meta") + fonts.px(6) if self._count and level == "whole" else 0.0
        side = 22 if self._look == "boxed" else 20
        return math.ceil(width_of(self.label, "section") + count) + fonts.px(side)

    def set_level(self, level: _Level) -> None:
        """How much of it is shown."""
        self.level = level
        self.setToolTip(tooltip_of(self.label) if self._is_icon else "")
        self.updateGeometry()
        self.update()

    @property
    def _is_icon(self) -> bool:
        return self.level == "icon" and bool(self._icon)

    def paint(self, painter: QPainter, bounds: QRectF) -> None:
        here = self.isChecked()
        if here:
            fill: Token = "segment" if self._look == "boxed" else "tag"
            box(painter, bounds, RADIUS_CONTROL, fill, None)
        elif self.hovered or self.isDown():
            box(painter, bounds, RADIUS_CONTROL, "hover")
        if self._is_icon:
            icons.paint(painter, bounds, self._icon, "text" if here else "text2", fonts.px(_ICON))
            self.draw_ring(painter, bounds)
            return
        role: TypeRole = "section" if here else "meta_label"
        room = bounds.width() - fonts.px(8)
        words = min(width_of(self.label, role), room)
        # The word is what tells the filters apart; the number is still spoken.
        shows_count = bool(self._count) and self.level == "whole"
        count = width_of(self._count, "meta") + fonts.px(6) if shows_count else 0.0
        start = (bounds.width() - words - count) / 2
        spot = QRectF(start, 0, words + 1, bounds.height())
        ink: Token = "text" if here else "text2"
        draw_text(painter, mirror(spot, bounds, self.rtl), self.label, role, ink, rtl=self.rtl)
        if count:
            spot = QRectF(start + words + fonts.px(6), 0, count, bounds.height())
            draw_text(painter, mirror(spot, bounds, self.rtl), self._count, "meta", "text3", rtl=self.rtl)
        self.draw_ring(painter, bounds)


class Segmented(QWidget):
    """Exactly one segment is on; `chosen` gives its number when the rep changes it. "boxed" stands on a track.

    A "plain" one can do with less room: all its numbers go at once, and then, with `marks` ('' for one that stays a
    word), the words of all.
    """

    chosen = Signal(int)

    def __init__(
        self,
        labels: Sequence[str],
        name: str,
        parent: QWidget | None = None,
        *,
        look: SegmentedLook = "boxed",
        marks: Sequence[str] = (),
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
        row.setSpacing(_BETWEEN)
        for number, label in enumerate(labels):
            segment = _Segment(label, "", look, self, marks[number] if marks else "")
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
            self.updateGeometry()
            self._fit()

    def sizeHint(self) -> QSize:
        return QSize(self._width_at("whole"), super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        if self._look == "boxed":
            return super().minimumSizeHint()
        return QSize(self._width_at("icon"), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.StyleChange:
            self._fit()
        super().changeEvent(event)

    def _fit(self) -> None:
        """What one has no room for none shows: they are read as a row."""
        levels: tuple[_Level, ...] = ("whole", "words", "icon")
        fitting = (level for level in levels if self._width_at(level) <= self.width())
        least: _Level = "icon"
        level = levels[0] if self._look == "boxed" else next(fitting, least)
        for segment in self._segments():
            if segment.level != level:
                segment.set_level(level)

    def _segments(self) -> list[_Segment]:
        return [each for each in self._group.buttons() if isinstance(each, _Segment)]

    def _width_at(self, level: _Level) -> int:
        segments = self._segments()
        margin = 4 if self._look == "boxed" else 0
        return sum(each.width_at(level) for each in segments) + _BETWEEN * (len(segments) - 1) + margin

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._look == "boxed":
            painter = QPainter(self)
            box(painter, QRectF(self.rect()), RADIUS_CONTROL + 1, "tag")
