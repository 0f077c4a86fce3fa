"""A row of a floating card: its words, a detail such as the day, and the key that chooses it."""

from __future__ import annotations

import math
from typing import Final

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.theme import fonts
from ui.theme.tokens import RADIUS_CONTROL, TypeRole
from ui.widgets.keycap import keycap_size, paint_keycap
from ui.widgets.painted_button import PaintedButton
from ui.widgets.painting import box, draw_text, mirror, width_of

HEIGHT: Final = 34
_PAD: Final = 10
_END: Final = 8
_GAP: Final = 16


class PickRow(PaintedButton):
    """`current` is the row that Enter takes: its keycap says so."""

    def __init__(self, key: str, words: str, detail: str = "", parent: QWidget | None = None) -> None:
        super().__init__(words.replace("&", "&&"), parent)
        self._key = key
        self._detail = detail
        self._current = False
        self.setAccessibleName(", ".join(each for each in (words, detail) if each))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @property
    def key(self) -> str:
        """The key that chooses it, '' for none."""
        return self._key

    def set_current(self, current: bool) -> None:
        """Whether Enter takes this row."""
        self._current = current
        self.update()

    def sizeHint(self) -> QSize:
        words = width_of(self.label, "label") + fonts.px(_GAP)
        detail = width_of(self._detail, "meta", True) + fonts.px(_PAD) if self._detail else 0.0
        cap = max(keycap_size("↵")[0], keycap_size(self._key)[0])
        return QSize(math.ceil(fonts.px(_PAD) + words + detail + cap + fonts.px(_END)), fonts.px(HEIGHT))

    def paint(self, painter: QPainter, bounds: QRectF) -> None:
        if self._current or self.hovered or self.isDown():
            box(painter, bounds, RADIUS_CONTROL, "selected" if self._current else "hover")
        right = bounds.right() - fonts.px(_END)
        cap = "↵" if self._current else self._key
        if cap:
            width = keycap_size(cap)[0]
            spot = QRectF(right - width, 0, width, bounds.height())
            paint_keycap(painter, mirror(spot, bounds, self.rtl), cap)
            # One column for all rows, whichever of them wears the wider cap.
            right -= max(width, keycap_size("↵")[0]) + fonts.px(_PAD)
        if self._detail:
            room = QRectF(bounds.left(), 0, right - bounds.left(), bounds.height())
            used = draw_text(
                painter,
                mirror(room, bounds, self.rtl),
                self._detail,
                "meta",
                "text2",
                align="end",
                rtl=self.rtl,
                tabular=True,
            )
            right -= used + fonts.px(_PAD)
        role: TypeRole = "label" if self._current else "body"
        words = QRectF(fonts.px(_PAD), 0, right - fonts.px(_PAD), bounds.height())
        draw_text(painter, mirror(words, bounds, self.rtl), self.label, role, "text", rtl=self.rtl)
