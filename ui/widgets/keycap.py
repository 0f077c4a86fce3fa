"""A key as it looks on the keyboard: painted inside buttons and rows, or a widget of its own."""

from __future__ import annotations

from typing import Final, Literal

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QKeySequence, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.theme import fonts
from ui.theme.tokens import RADIUS_CHIP, Token
from ui.widgets.painting import box, draw_text, shade, width_of

KeycapLook = Literal["plain", "primary", "checked", "toast"]

_HEIGHT: Final = 18
_PAD: Final = 5
_LOOKS: Final[dict[KeycapLook, tuple[Token, Token | None, Token]]] = {
    "plain": ("surface", "border", "text2"),
    "primary": ("accent_key", None, "on_accent"),
    "checked": ("surface", "accent", "accent_text"),
    "toast": ("toast_key", None, "toast_muted"),
}
_NAMES: Final = {
    "Return": "↵",
    "Enter": "↵",
    "Left": "←",
    "Right": "→",
    "Up": "↑",
    "Down": "↓",
    "Comma": ",",
}


def key_text(keys: QKeySequence | str) -> str:
    """Words for a keycap: "Ctrl K" for Ctrl+K, "↵" for Return; a plain word stays as it is."""
    text = keys if isinstance(keys, str) else keys.toString(QKeySequence.SequenceFormat.NativeText)
    if text.endswith("++"):
        return " ".join([*text[:-2].split("+"), "+"])
    parts = text.split("+") if len(text) > 1 else [text]
    return " ".join(_NAMES.get(part, part) for part in parts)


def keycap_size(keys: str, look: KeycapLook = "plain") -> tuple[float, float]:
    """Width and height of the keycap, in logical pixels."""
    height = float(fonts.px(_HEIGHT))
    pad = fonts.px(2 * _PAD if look == "toast" else _PAD)
    return max(height, width_of(keys, "caption") + 2 * pad), height


def paint_keycap(
    painter: QPainter, rect: QRectF, keys: str, look: KeycapLook = "plain", dimmed: QColor | None = None
) -> None:
    """Draw the keycap in the middle of `rect`; `dimmed` is the ink of a disabled one."""
    width, height = keycap_size(keys, look)
    cap = QRectF(rect.center().x() - width / 2, rect.center().y() - height / 2, width, height)
    # Whole pixels, or the border blurs.
    cap.moveTo(round(cap.left() * 2) / 2, round(cap.top()))
    fill, border, ink = _LOOKS[look]
    paper = shade(fill) if look != "plain" else QColor(Qt.GlobalColor.transparent)
    box(painter, cap, RADIUS_CHIP, paper, border)
    draw_text(painter, cap.adjusted(-1, 0, 1, 0), keys, "caption", dimmed or ink, align="centre")


class Keycap(QWidget):
    """A keycap on its own, as in a list of keys; for screen readers it is part of the words beside it."""

    def __init__(self, keys: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._keys = keys
        self.setAccessibleName(keys)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_keys(self, keys: str) -> None:
        self._keys = keys
        self.setAccessibleName(keys)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        width, height = keycap_size(self._keys)
        return QSize(round(width + 0.49), round(height))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint_keycap(painter, QRectF(self.rect()), self._keys)
