"""Somebody at the company, in one row: who, what they do there, and their role in buying."""

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
        self.look = look
        self.setAccessibleName(", ".join(each for each in (look.name, look.role, look.tag) if each))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

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
        used = 0.0
        if look.tag:
            width, height = width_of(look.tag, "caption") + fonts.px(14), float(fonts.px(18))
            width = min(width, rest.width() / 2)
            spot = QRectF(rest.right() - width, (bounds.height() - height) / 2, width, height)
            box(painter, mirror(spot, inner, rtl), RADIUS_CHIP, "tag")
            words = spot.adjusted(5, 0, -5, 0)
            draw_text(painter, mirror(words, inner, rtl), look.tag, "caption", "text2", align="centre")
            used = width + fonts.px(8)
        lead = float(fonts.px(18))
        room = QRectF(rest.left(), bounds.center().y() - lead / 2, rest.width() - used, lead)
        name = room.translated(0, -lead / 2) if look.role else room
        tint: Token = "accent_text" if self.hovered or self.isDown() else "text"
        draw_text(painter, mirror(name, inner, rtl), look.name, "label", tint, rtl=rtl)
        if look.role:
            draw_text(painter, mirror(room.translated(0, lead / 2), inner, rtl), look.role, "meta", "text2", rtl=rtl)
        self.draw_ring(painter, bounds)
