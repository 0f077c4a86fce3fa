"""A label and its value on one line, as in the log sheet and the details of a person."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.theme import fonts
from ui.widgets.keycap import keycap_size, paint_keycap
from ui.widgets.painting import draw_text, hairline, is_rtl, mirror, width_of
from ui.widgets.plain import tooltip_of
from ui.widgets.text_block import Span, TextBlock, laid_out

_GAP = 7
_LEAST = 280
_LIMIT = 400
"""Characters of a value that are laid out."""
_TIGHT = 28
"""Pixels of its height where there is hardly any room."""
_COLUMN = 84
_WIDEST = 150
"""Pixels of the column of labels at most, where a language needs more than `label_width`."""


def label_column(labels: Sequence[str], least: int = _COLUMN) -> float:
    """How wide a column of labels is: as its widest, within bounds; `least` in pixels at 100 %."""
    widest = max((width_of(label, "meta") for label in labels), default=0.0)
    return max(float(fonts.px(least)), min(widest + 12, float(fonts.px(_WIDEST))))


class LabelledLine(QWidget):
    """The label in a column of `label_width`, the value's runs after it, a keycap at the end.

    What has no room on one line goes on below itself; what has none on two is elided at its end. With `underlined` a
    hairline closes the line.
    """

    def __init__(
        self,
        label: str,
        value: str | Sequence[Span] = "",
        parent: QWidget | None = None,
        *,
        keys: str = "",
        label_width: int = _COLUMN,
        height: int = 35,
        underlined: bool = False,
    ) -> None:
        super().__init__(parent)
        self._label = label
        self._spans: tuple[Span, ...] = ()
        self._keys = keys
        self._label_width = label_width
        self._height = height
        self._underlined = underlined
        self._tight = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.set_value(value)

    def set_value(self, value: str | Sequence[Span]) -> None:
        """One value, or runs such as "Send revised quote" and its date."""
        self._spans = (Span(value),) if isinstance(value, str) else tuple(value)
        self.setAccessibleName(f"{self._label}: {self._whole}")
        self._tell_whole()
        self.updateGeometry()
        self.update()

    def set_tight(self, tight: bool) -> None:
        """With hardly any room it is lower, and stays one line, elided at its end."""
        if tight != self._tight:
            self._tight = tight
            self.updateGeometry()
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(math.ceil(self._column() + self._words() + self._end()), self._wanted_height())

    def minimumSizeHint(self) -> QSize:
        return QSize(min(round(self._column()) + fonts.px(60) + self._end(), _LEAST), self._wanted_height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self.updateGeometry()
            self._tell_whole()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.StyleChange:
            self._tell_whole()
        super().changeEvent(event)

    @property
    def _whole(self) -> str:
        return " ".join(span.text for span in self._spans)

    def _tell_whole(self) -> None:
        """What is not read on one line is whole in the tooltip."""
        self.setToolTip(tooltip_of(self._whole) if self._is_long() else "")

    def _words(self) -> float:
        gaps = _GAP * max(0, len(self._spans) - 1)
        return sum(width_of(span.text, span.role, True) for span in self._spans) + gaps

    def _room(self) -> float:
        return self.width() - 1 - self._column() - self._end()

    def _wanted_height(self) -> int:
        return fonts.px(self._line_height()) + (fonts.leading() if self._is_cut() else 0)

    def _line_height(self) -> int:
        return min(self._height, _TIGHT) if self._tight else self._height

    def _is_long(self) -> bool:
        """Whether one line is too short for it. Before it has been laid out nobody knows."""
        return self.testAttribute(Qt.WidgetAttribute.WA_WState_Created) and self._words() > self._room() + 0.5

    def _is_cut(self) -> bool:
        """Whether it goes on below."""
        return not self._tight and self._is_long()

    def _block(self) -> TextBlock:
        *firsts, last = self._spans
        spaced = [*(span._replace(text=f"{span.text} ") for span in firsts), last]
        rtl = is_rtl(self.layoutDirection())
        return laid_out(spaced, max(1.0, self._room()), max_lines=2, rtl=rtl, limit=_LIMIT)

    def _column(self) -> float:
        """How wide the column of the labels is: the widest of those that stand here under each other, within bounds."""
        parent = self.parentWidget()
        here = [each for each in parent.children() if isinstance(each, LabelledLine)] if parent else []
        return label_column([each._label for each in here or [self]], self._label_width)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        bounds, rtl = QRectF(self.rect()), is_rtl(self.layoutDirection())
        own, high = self._column(), min(bounds.height(), float(fonts.px(self._line_height())))
        column = QRectF(0, 0, own - 8, high)
        draw_text(painter, mirror(column, bounds, rtl), self._label, "meta", "text3", rtl=rtl)
        if self._is_cut():
            words = QRectF(own, 0, self._room(), high)
            self._block().draw(painter, mirror(words, bounds, rtl).left(), (high - fonts.leading()) / 2)
        else:
            self._paint_words(painter, QRectF(own, 0, bounds.right() - self._end() - own, high), bounds, rtl)
        if self._keys:
            width = keycap_size(self._keys)[0]
            paint_keycap(painter, mirror(QRectF(bounds.right() - width, 0, width, high), bounds, rtl), self._keys)
        if self._underlined:
            hairline(painter, 0, self.height() - 1, bounds.width())

    def _paint_words(self, painter: QPainter, room: QRectF, bounds: QRectF, rtl: bool) -> None:
        left = room.left()
        for span in self._spans:
            spot = QRectF(left, 0, room.right() - left + 1, room.height())
            used = draw_text(painter, mirror(spot, bounds, rtl), span.text, span.role, span.tint, rtl=rtl, tabular=True)
            left += used + _GAP

    def _end(self) -> int:
        return round(keycap_size(self._keys)[0]) + fonts.px(12) if self._keys else 0
