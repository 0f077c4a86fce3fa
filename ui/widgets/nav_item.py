"""A place in the sidebar: icon or dot, name, count."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.theme import fonts, icons
from ui.theme.tokens import RADIUS_CONTROL, Token, TypeRole
from ui.widgets.painted_button import PaintedButton
from ui.widgets.painting import box, draw_text, mirror, shade, width_of
from ui.widgets.plain import tooltip_of

_NARROW = 32
"""Pixels that an icon alone needs."""


class NavItem(PaintedButton):
    """Checkable; the checked one is where the rep is. `dot` is a colour in place of an icon, for team lists."""

    def __init__(
        self, text: str, icon: str = "", parent: QWidget | None = None, *, dot: Token | None = None, count: str = ""
    ) -> None:
        super().__init__(text, parent)
        self._icon = icon
        self._dot: Token | None = dot
        self._count = ""
        self._narrow = False
        self.setCheckable(True)
        self.setAutoExclusive(False)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.set_count(count)

    def set_count(self, count: str) -> None:
        self._count = count
        self.setAccessibleName(f"{self.label}, {count}" if count else self.label)
        self.update()

    def set_narrow(self, narrow: bool) -> None:
        """Icon alone, for a narrow window; the name moves to the tooltip."""
        self._narrow = narrow
        self.setToolTip(tooltip_of(self.label) if narrow else "")
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        width = fonts.px(_NARROW)
        if not self._narrow:
            count = width_of(self._count, "meta", True) + 18 if self._count else 10
            width = round(fonts.px(37) + width_of(self.label, "strong") + count)
        return QSize(width, fonts.px(32))

    def minimumSizeHint(self) -> QSize:
        return QSize(fonts.px(_NARROW), fonts.px(32))

    def paint(self, painter: QPainter, bounds: QRectF) -> None:
        here = self.isChecked()
        if here:
            box(painter, bounds, RADIUS_CONTROL, "nav_selected", "hairline")
        elif self.hovered or self.isDown():
            box(painter, bounds, RADIUS_CONTROL, "sunken" if self.isDown() else "hover")
        self._paint_mark(painter, bounds, here)
        if not self._narrow:
            self._paint_words(painter, bounds, here)
        self.draw_ring(painter, bounds)

    def _paint_mark(self, painter: QPainter, bounds: QRectF, here: bool) -> None:
        side = fonts.px(16)
        left = (bounds.width() - side) / 2 if self._narrow else fonts.px(10)
        spot = mirror(QRectF(left, 0, side, bounds.height()), bounds, self.rtl)
        if self._dot is None:
            icons.paint(painter, spot, self._icon, "text" if here else "text2", side)
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(shade(self._dot))
        painter.drawEllipse(spot.center(), 3.5, 3.5)
        painter.restore()

    def _paint_words(self, painter: QPainter, bounds: QRectF, here: bool) -> None:
        inner = bounds.adjusted(fonts.px(36), 0, -fonts.px(10), 0)
        used = 0.0
        if self._count:
            ends = mirror(inner, bounds, self.rtl)
            ink: Token = "text2" if here else "text3"
            role: TypeRole = "meta_label" if here else "meta"
            used = draw_text(painter, ends, self._count, role, ink, align="end", rtl=self.rtl, tabular=True) + 8
        words = mirror(inner.adjusted(0, 0, -used, 0), bounds, self.rtl)
        ink = "control" if not self.isEnabled() else "text" if here else "text2"
        draw_text(painter, words, self.label, "strong" if here else "body", ink, rtl=self.rtl)
