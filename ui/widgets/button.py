"""Buttons that paint their icon, label and keycap."""

from __future__ import annotations

import math
from typing import Final, Literal

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from ui.theme import fonts, icons
from ui.theme.tokens import RADIUS_CONTROL, Token, TypeRole
from ui.widgets.keycap import KeycapLook, keycap_size, paint_keycap
from ui.widgets.painted_button import PaintedButton
from ui.widgets.painting import box, draw_text, mirror, shade, width_of

Variant = Literal["primary", "normal", "quiet"]

HEIGHT: Final = 32
_PAD: Final = 12
_GAP: Final = 8
_SNUG_PAD: Final = 8
_SNUG_GAP: Final = 6
_ICON: Final = 16


class Button(PaintedButton):
    """A button of one variant; `keys` is what its keycap says, the shortcut itself belongs to the command."""

    def __init__(
        self,
        text: str = "",
        parent: QWidget | None = None,
        *,
        variant: Variant = "normal",
        icon: str = "",
        keys: str = "",
    ) -> None:
        super().__init__(text, parent)
        self._variant: Variant = variant
        self._icon = icon
        self._keys = keys
        self._snug = False

    @property
    def keys(self) -> str:
        return self._keys

    def set_keys(self, keys: str) -> None:
        self._keys = keys
        self.updateGeometry()
        self.update()

    def set_snug(self, snug: bool) -> None:
        """Less air round its words, where several must stand beside each other."""
        self._snug = snug
        self.updateGeometry()
        self.update()

    def set_icon(self, icon: str) -> None:
        self._icon = icon
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        width = float(self._pad() + self._end_pad())
        parts = []
        if self._icon:
            parts.append(float(fonts.px(_ICON)))
        if self.label:
            parts.append(width_of(self.label, "label"))
        if self._keys:
            parts.append(keycap_size(self._keys)[0])
        width += sum(parts) + self._gap() * max(0, len(parts) - 1)
        height = fonts.px(HEIGHT)
        return QSize(max(height, math.ceil(width)), height)

    def paint(self, painter: QPainter, bounds: QRectF) -> None:
        self._paint_box(painter, bounds)
        ink = self._ink()
        inner = bounds.adjusted(self._pad(), 0, -self._end_pad(), 0)
        left, right = inner.left(), inner.right()
        if self._keys:
            width = keycap_size(self._keys)[0]
            cap = QRectF(right - width, bounds.top(), width, bounds.height())
            look: KeycapLook = "primary" if self._variant == "primary" and self.isEnabled() else "plain"
            dimmed = None if self.isEnabled() else shade("control")
            paint_keycap(painter, mirror(cap, bounds, self.rtl), self._keys, look, dimmed)
            right = cap.left() - self._gap()
        wanted = width_of(self.label, "label") + (fonts.px(_ICON) + self._gap() if self._icon and self.label else 0)
        if not self._keys and self.label and right - left > wanted:
            # A button wider than its words centres them.
            left += (right - left - wanted) / 2
        if self._icon:
            side = fonts.px(_ICON)
            spot = QRectF(left, bounds.top(), side, bounds.height())
            if not self.label and not self._keys:
                spot.moveCenter(bounds.center())
            icons.paint(painter, mirror(spot, bounds, self.rtl), self._icon, self._icon_ink(ink), side)
            left += side + self._gap()
        words = QRectF(left, bounds.top(), max(0.0, right - left), bounds.height())
        draw_text(painter, mirror(words, bounds, self.rtl), self.label, "label", ink, rtl=self.rtl)

    def _pad(self) -> int:
        return fonts.px(_SNUG_PAD if self._snug else _PAD)

    def _gap(self) -> int:
        return fonts.px(_SNUG_GAP if self._snug else _GAP)

    def _end_pad(self) -> int:
        # Without a frame the keycap is what ends at the edge.
        is_close = self._snug and self._variant != "quiet"
        return fonts.px((_SNUG_GAP if is_close else _GAP) if self._keys else _PAD)

    def _ink(self) -> Token:
        if not self.isEnabled():
            return "control"
        return "on_accent" if self._variant == "primary" else "text"

    def _icon_ink(self, ink: Token) -> Token:
        return "text2" if ink == "text" else ink

    def _paint_box(self, painter: QPainter, bounds: QRectF) -> None:
        hot, down = self.hovered, self.isDown()
        if self._variant == "primary" and self.isEnabled():
            ground: Token = "accent_pressed" if down else "accent_hover" if hot else "accent"
            box(painter, bounds, RADIUS_CONTROL, ground)
            if self.ring_shown:
                box(painter, bounds.adjusted(2, 2, -2, -2), RADIUS_CONTROL - 2, None, "on_accent", 1.5)
            return
        fill: Token | None = "button_pressed" if down else "button_hover" if hot else "button"
        if self._variant == "quiet":
            box(painter, bounds, RADIUS_CONTROL, fill if hot or down else None)
        else:
            box(painter, bounds, RADIUS_CONTROL, fill, "border")
        self.draw_ring(painter, bounds)


class LinkButton(PaintedButton):
    """Words that act, such as "Add one" or a source: no frame, underlined while hovered or focused.

    `at_end` puts short words at the end of the room that a target must have: where they end a line.
    """

    def __init__(
        self,
        text: str = "",
        parent: QWidget | None = None,
        *,
        tint: Token = "accent_text",
        role: TypeRole = "meta_label",
        at_end: bool = False,
    ) -> None:
        super().__init__(text, parent)
        self._at_end = at_end
        self._tint: Token = tint
        self._role: TypeRole = role

    def set_tint(self, tint: Token) -> None:
        """Another colour for the words."""
        self._tint = tint
        self.update()

    def sizeHint(self) -> QSize:
        # As tall and as wide as a target must be, though the words are smaller.
        return QSize(max(math.ceil(width_of(self.label, self._role)), fonts.px(24)), fonts.px(24))

    def paint(self, painter: QPainter, bounds: QRectF) -> None:
        tint: Token = self._tint if self.isEnabled() else "control"
        side = "end" if self._at_end else "start"
        width = draw_text(painter, bounds, self.label, self._role, tint, align=side, rtl=self.rtl)
        if self.hovered or self.ring_shown:
            metrics = fonts.metrics(self._role)
            left = bounds.right() - width if self.rtl != self._at_end else bounds.left()
            top = round(bounds.center().y() + (metrics.ascent() - metrics.descent()) / 2) + 2
            painter.fillRect(QRectF(left, top, width, 1.0), shade(tint))
        if self.ring_shown:
            box(painter, bounds, 4, None, "focus", 1.5)
