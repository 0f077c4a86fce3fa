"""A quiet button that is an icon, perhaps with a word behind it: a crumb, a step up or down, a search."""

from __future__ import annotations

import math

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from ui.theme import fonts, icons
from ui.theme.tokens import Token
from ui.widgets.painted_button import PaintedButton
from ui.widgets.painting import box, draw_text, mirror, width_of
from ui.widgets.plain import tooltip_of

_SIDE = 24
_ICON = 16
_GAP = 4


class IconButton(PaintedButton):
    """`spoken` is what a screen reader and the tooltip call it; `words`, where given, stand behind the icon."""

    def __init__(
        self, icon: str, spoken: str, words: str = "", parent: QWidget | None = None, *, side: int = _SIDE
    ) -> None:
        super().__init__(words, parent)
        self._icon = icon
        self._side = side
        self.setAccessibleName(spoken)
        self.setToolTip(tooltip_of(spoken))

    def set_words(self, words: str) -> None:
        """Other words behind the icon."""
        self.setText(words.replace("&", "&&"))
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        side = fonts.px(self._side)
        words = math.ceil(width_of(self.label, "label")) + fonts.px(2 * _GAP) if self.label else 0
        return QSize((fonts.px(_ICON) if words else side) + words, side)

    def paint(self, painter: QPainter, bounds: QRectF) -> None:
        ink: Token = "control" if not self.isEnabled() else "text" if self.hovered else "text2"
        side = float(fonts.px(_ICON))
        if not self.label:
            if self.hovered or self.isDown():
                box(painter, bounds, 6, "hover")
            icons.paint(painter, bounds, self._icon, ink, fonts.px(_ICON))
        else:
            spot = QRectF(0, 0, side, bounds.height())
            icons.paint(painter, mirror(spot, bounds, self.rtl), self._icon, ink, fonts.px(_ICON))
            words = QRectF(side + fonts.px(_GAP), 0, bounds.width() - side - fonts.px(_GAP), bounds.height())
            draw_text(painter, mirror(words, bounds, self.rtl), self.label, "label", ink, rtl=self.rtl)
        self.draw_ring(painter, bounds, 6)
