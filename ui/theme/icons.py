"""Icons: SVG strokes drawn at the right device pixels in the colour of a token."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QIconEngine, QPainter, QPixmap

from ui.theme.resources import RESOURCES
from ui.theme.theme import Theme
from ui.theme.tokens import Token

if TYPE_CHECKING:
    from PySide6.QtCore import QRect

_MISSING = "circle-dot"
_DIRECTED = frozenset(
    {"chevron-left", "chevron-right", "arrow-right", "undo-2", "redo-2", "corner-down-left", "log-out"}
)
"""Icons that point where reading goes, or back."""


def pixmap(name: str, size: int, tint: Token | QColor, ratio: float) -> QPixmap:
    """The icon `name` as a square of `size` logical pixels for a device of `ratio`; an unknown name gives a dot."""
    colour = tint if isinstance(tint, QColor) else Theme.current().color(tint)
    flipped = name in _DIRECTED and QGuiApplication.layoutDirection() is Qt.LayoutDirection.RightToLeft
    return _render(name, size, colour.rgba(), round(ratio * 100), flipped)


def paint(painter: QPainter, rect: QRectF | QRect, name: str, tint: Token | QColor, size: int = 16) -> None:
    """Draw the icon `name` in the middle of `rect`, at the painter's own device pixels."""
    # Not the widget's own ratio: it may be painted into a picture or onto paper.
    seen = painter.deviceTransform()
    ratio = abs(seen.m11()) or 1.0
    drawn = pixmap(name, size, tint, ratio)
    middle = QRectF(rect).center()
    # On whole device pixels, else the stroke blurs.
    left = (round((middle.x() - size / 2) * ratio + seen.dx()) - seen.dx()) / ratio
    top = (round((middle.y() - size / 2) * ratio + seen.dy()) - seen.dy()) / ratio
    painter.drawPixmap(QPointF(left, top), drawn)


def icon(name: str, tint: Token = "text2") -> QIcon:
    """A QIcon that follows the theme and the screen; for menus, actions and line edits."""
    return QIcon(_Engine(name, tint))


class _Engine(QIconEngine):
    """Draws on demand, so a switch of theme needs no new icons."""

    def __init__(self, name: str, tint: Token) -> None:
        super().__init__()
        self._name = name
        self._tint = tint

    def clone(self) -> QIconEngine:
        return _Engine(self._name, self._tint)

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        tint: Token = "control" if mode == QIcon.Mode.Disabled else self._tint
        paint(painter, rect, self._name, tint, min(rect.width(), rect.height()))

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        return self.scaledPixmap(size, mode, state, 1.0)

    def scaledPixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State, scale: float) -> QPixmap:
        tint: Token = "control" if mode == QIcon.Mode.Disabled else self._tint
        return pixmap(self._name, min(size.width(), size.height()), tint, scale)


@lru_cache(maxsize=512)
def _render(name: str, size: int, rgba: int, percent: int, flipped: bool) -> QPixmap:
    from PySide6.QtCore import QByteArray
    from PySide6.QtSvg import QSvgRenderer  # after the first paint asks for it, not at import

    ratio = percent / 100
    drawn = QPixmap(round(size * ratio), round(size * ratio))
    drawn.fill(Qt.GlobalColor.transparent)
    colour = QColor.fromRgba(rgba)
    renderer = QSvgRenderer(QByteArray(_source(name, size, colour.name()).encode()))
    painter = QPainter(drawn)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setOpacity(colour.alphaF())
    if flipped:
        painter.translate(drawn.width(), 0)
        painter.scale(-1, 1)
    renderer.render(painter, QRectF(0, 0, drawn.width(), drawn.height()))
    painter.end()
    drawn.setDevicePixelRatio(ratio)
    return drawn


def _source(name: str, size: int, colour: str) -> str:
    # Small icons need a heavier line to weigh as much as the text beside them.
    width = "2" if size <= 14 else "1.75"
    return _read(name).replace("currentColor", colour).replace('stroke-width="2"', f'stroke-width="{width}"')


@lru_cache(maxsize=128)
def _read(name: str) -> str:
    path = RESOURCES / "icons" / f"{name}.svg"
    if not path.is_file():
        path = RESOURCES / "icons" / f"{_MISSING}.svg"
    return path.read_text("utf-8")
