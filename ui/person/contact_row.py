"""Somebody on the account, in one row: who, what they do, their role in buying, and who was in touch last."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.person.page_look import ContactLook
from ui.theme import fonts
from ui.theme.tokens import RADIUS_CHIP, Token
from ui.widgets.avatar import initials_of, paint_avatar, tint_of
from ui.widgets.painted_button import PaintedButton
from ui.widgets.painting import box, draw_text, mirror, width_of

_HEIGHT = 44
_DISC = 32


class ContactRow(PaintedButton):
    """The whole row opens their page."""

    def __init__(self, look: ContactLook, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.set_look(look)

    def set_look(self, look: ContactLook) -> None:
        """Shows somebody else in this place."""
        self.look = look
        touch = self.tr("last touch: %1").replace("%1", look.touch) if look.touch else ""
        self.setAccessibleName(", ".join(each for each in (look.name, look.role, look.tag, touch) if each))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(fonts.px(200), fonts.px(_HEIGHT))

    def minimumSizeHint(self) -> QSize:
        return QSize(fonts.px(120), fonts.px(_HEIGHT))

    def paint(self, painter: QPainter, bounds: QRectF) -> None:
        inner = bounds
        side, rtl, look = float(fonts.px(_DISC)), self.rtl, self.look
        disc = QRectF(inner.left(), (bounds.height() - side) / 2, side, side)
        paint_avatar(painter, mirror(disc, inner, rtl), initials_of(look.name), tint_of(look.id))
        rest = inner.adjusted(side + fonts.px(12), 0, 0, 0)
        lead = float(fonts.px(18))
        first = QRectF(rest.left(), bounds.center().y() - lead, rest.width(), lead)
        second = first.translated(0, lead)
        tint: Token = "accent_text" if self.hovered or self.isDown() else "text"
        named = first.adjusted(0, 0, -self._paint_tag(painter, first, inner), 0)
        draw_text(painter, mirror(named, inner, rtl), look.name, "label", tint, rtl=rtl)
        # What they do gives way to the touch, as that has few words.
        when = draw_text(
            painter, mirror(second, inner, rtl), look.touch, "meta", "text3", align="end", rtl=rtl, tabular=True
        )
        role = second.adjusted(0, 0, -(when + fonts.px(10) if look.touch else 0), 0)
        draw_text(painter, mirror(role, inner, rtl), look.role, "meta", "text2", rtl=rtl)
        self.draw_ring(painter, bounds)

    def _paint_tag(self, painter: QPainter, line: QRectF, inner: QRectF) -> float:
        """The role in buying at the end of the line; gives the room that it takes."""
        tag = self.look.tag
        if not tag:
            return 0.0
        width = min(width_of(tag, "caption") + fonts.px(14), line.width() / 2)
        spot = QRectF(line.right() - width, line.top(), width, line.height())
        box(painter, mirror(spot, inner, self.rtl), RADIUS_CHIP, "tag")
        draw_text(painter, mirror(spot.adjusted(5, 0, -5, 0), inner, self.rtl), tag, "caption", "text2", align="centre")
        return width + fonts.px(8)
