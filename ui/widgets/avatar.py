"""A person's or company's initials in a tinted disc."""

from __future__ import annotations

from typing import Final
from zlib import crc32

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.theme import fonts
from ui.theme.theme import Theme
from ui.theme.tokens import LIGHT_AVATARS, Token
from ui.widgets.painting import draw_text, shade

# Letters by disc: 12 px in 34, 15 px in 44, 18 px in 52.
_LETTERS: Final = 0.35


def tint_of(key: str) -> int:
    """The number of the tint for `key`, the same on every machine and in every run."""
    return crc32(key.encode("utf-8", "surrogatepass")) % len(LIGHT_AVATARS)


def initials_of(name: str) -> str:
    """Up to two letters: of the first and the last word that start with a letter or digit."""
    words = [word for word in name[:200].split() if word[0].isalnum()]
    chosen = words[:1] + words[-1:] if len(words) > 1 else words
    return "".join(word[0] for word in chosen).upper()


def paint_avatar(painter: QPainter, rect: QRectF, initials: str, index: int, *, disc: Token | None = None) -> None:
    """Draw the avatar into the square `rect`; `disc` replaces the tint, as on a selected row."""
    paper, ink = Theme.current().avatar(index)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(shade(disc) if disc is not None else paper)
    painter.drawEllipse(rect)
    painter.restore()
    size = max(9, round(rect.width() * _LETTERS / fonts.scale()))
    draw_text(painter, rect, initials, "strong", ink, align="centre", size=size)


class Avatar(QWidget):
    """An avatar of `size` logical pixels: 24, 32, 34, 44 or 52."""

    def __init__(self, name: str = "", key: str = "", size: int = 34, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._size = size
        self._initials = ""
        self._index = 0
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.set_person(name, key)

    def set_person(self, name: str, key: str, initials: str | None = None) -> None:
        """Show `initials`, or those of `name`, in the tint that belongs to the stable id `key`."""
        self._initials = initials if initials is not None else initials_of(name)
        self._index = tint_of(key or name)
        self.setAccessibleName(name)
        self.update()

    def sizeHint(self) -> QSize:
        side = fonts.px(self._size)
        return QSize(side, side)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint_avatar(painter, QRectF(self.rect()), self._initials, self._index)
