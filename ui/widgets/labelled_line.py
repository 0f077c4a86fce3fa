"""A label and its value on one line, as in the log sheet and the details of a person."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.theme import fonts
from ui.widgets.keycap import keycap_size, paint_keycap
from ui.widgets.painting import draw_text, hairline, is_rtl, mirror, width_of
from ui.widgets.text_block import Span

_GAP = 7
_WIDEST = 150
"""Pixels of the column of labels at most, where a language needs more than `label_width`."""


class LabelledLine(QWidget):
    """The label in a column of `label_width`, the value's runs after it, a keycap at the end.

    The last run is elided first. With `underlined` a hairline closes the line.
    """

    def __init__(
        self,
        label: str,
        value: str | Sequence[Span] = "",
        parent: QWidget | None = None,
        *,
        keys: str = "",
        label_width: int = 84,
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
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.set_value(value)

    def set_value(self, value: str | Sequence[Span]) -> None:
        """One value, or runs such as "Send revised quote" and its date."""
        self._spans = (Span(value),) if isinstance(value, str) else tuple(value)
        self.setAccessibleName(f"{self._label}: {' '.join(span.text for span in self._spans)}")
        self.update()

    def sizeHint(self) -> QSize:
        words = sum(width_of(span.text, span.role, True) + _GAP for span in self._spans)
        return QSize(round(self._column() + words + self._end()), fonts.px(self._height))

    def minimumSizeHint(self) -> QSize:
        return QSize(round(self._column()) + fonts.px(60) + self._end(), fonts.px(self._height))

    def _column(self) -> float:
        """How wide the column of the labels is: the widest of those that stand here under each other, within bounds."""
        parent = self.parentWidget()
        here = [each for each in parent.children() if isinstance(each, LabelledLine)] if parent else []
        widest = max((width_of(each._label, "meta") for each in here or [self]), default=0.0)
        return max(float(fonts.px(self._label_width)), min(widest + 12, float(fonts.px(_WIDEST))))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        bounds, rtl = QRectF(self.rect()), is_rtl(self.layoutDirection())
        own = self._column()
        column = QRectF(0, 0, own - 8, bounds.height())
        draw_text(painter, mirror(column, bounds, rtl), self._label, "meta", "text3", rtl=rtl)
        right = bounds.right() - self._end()
        left = own
        for span in self._spans:
            spot = QRectF(left, 0, right - left, bounds.height())
            if spot.width() < fonts.px(16):
                break
            left += (
                draw_text(painter, mirror(spot, bounds, rtl), span.text, span.role, span.tint, rtl=rtl, tabular=True)
                + _GAP
            )
        if self._keys:
            width = keycap_size(self._keys)[0]
            paint_keycap(
                painter, mirror(QRectF(bounds.right() - width, 0, width, bounds.height()), bounds, rtl), self._keys
            )
        if self._underlined:
            hairline(painter, 0, self.height() - 1, bounds.width())

    def _end(self) -> int:
        return round(keycap_size(self._keys)[0]) + fonts.px(12) if self._keys else 0
