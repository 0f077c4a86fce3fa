"""A key as it looks on the keyboard: painted inside buttons and rows, or a widget of its own."""

from __future__ import annotations

import functools
from typing import Final, Literal

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QKeySequence, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from companion.domain.language import spoken
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
_MODIFIERS: Final = frozenset({"Ctrl", "Shift", "Alt"})
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
    plain = text if isinstance(keys, str) else keys.toString(QKeySequence.SequenceFormat.PortableText)
    names = plain.split("+") if len(plain) > 1 else [plain]
    if len(names) != len(parts):
        names = parts
    return " ".join(_NAMES.get(name) or _NAMES.get(part, part) for name, part in zip(names, parts, strict=True))


@functools.cache
def _modifier(name: str, language: str) -> str:
    """'Strg' for 'Ctrl' in German: as the system's menus write it."""
    return QKeySequence(f"{name}+A").toString(QKeySequence.SequenceFormat.NativeText).rpartition("+")[0] or name


def as_here(keys: str) -> str:
    """Keys written in the code, such as "Ctrl ↵", with their modifiers as the rep's keyboard names them."""
    if " " not in keys:
        return keys
    return " ".join(_modifier(part, spoken()) if part in _MODIFIERS else part for part in keys.split(" "))


def keycap_size(keys: str, look: KeycapLook = "plain") -> tuple[float, float]:
    """Width and height of the keycap, in logical pixels."""
    keys = as_here(keys)
    height = float(fonts.px(_HEIGHT))
    pad = fonts.px(2 * _PAD if look == "toast" else _PAD)
    return max(height, width_of(keys, "caption") + 2 * pad), height


def paint_keycap(
    painter: QPainter, rect: QRectF, keys: str, look: KeycapLook = "plain", dimmed: QColor | None = None
) -> None:
    """Draw the keycap in the middle of `rect`; `dimmed` is the ink of a disabled one."""
    keys = as_here(keys)
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
