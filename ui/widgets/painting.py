"""What every painted widget draws with: text on a baseline, hairlines of one row, rounded boxes, mirroring."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from ui.theme import fonts
from ui.theme.theme import Theme
from ui.theme.tokens import Token, TypeRole
from ui.widgets.plain import plain_line


def shade(tint: Token | QColor) -> QColor:
    """The colour of a token now; a colour stays what it is."""
    return tint if isinstance(tint, QColor) else Theme.current().color(tint)


def width_of(text: str, role: TypeRole, tabular: bool = False, size: int | None = None) -> float:
    """Width of one line of `text` in logical pixels."""
    return fonts.width(plain_line(text), role, tabular, size)


def draw_text(
    painter: QPainter,
    rect: QRectF,
    text: str,
    role: TypeRole,
    tint: Token | QColor,
    *,
    align: str = "start",
    rtl: bool = False,
    tabular: bool = False,
    size: int | None = None,
) -> float:
    """One line in the vertical middle of `rect`, elided to its width; gives the width drawn.

    `align` is "start", "end" or "centre"; `rtl` turns start and end round.
    """
    metrics = fonts.metrics(role, tabular, size)
    line = plain_line(text)
    width = fonts.width(line, role, tabular, size)
    if width > rect.width() + 0.5:
        line = metrics.elidedText(line, Qt.TextElideMode.ElideRight, rect.width())
        width = metrics.horizontalAdvance(line)
    at_left = (align == "start") != rtl
    left = rect.center().x() - width / 2 if align == "centre" else rect.left() if at_left else rect.right() - width
    ratio = painter.device().devicePixelRatioF()
    # A baseline between two device rows would blur every letter.
    baseline = round((rect.center().y() + (metrics.ascent() - metrics.descent()) / 2) * ratio) / ratio
    # The words decide which way they read; the layout decides only where they stand.
    painter.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)
    painter.setFont(fonts.font(role, tabular, size))
    painter.setPen(shade(tint))
    painter.drawText(QPointF(left, baseline), line)
    return width


def hairline(painter: QPainter, left: float, top: float, length: float, *, upright: bool = False) -> None:
    """A line of exactly one logical pixel, never smoothed into two."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    size = (1.0, length) if upright else (length, 1.0)
    painter.fillRect(QRectF(left, top, *size), shade("hairline"))
    painter.restore()


def box(
    painter: QPainter,
    rect: QRectF,
    radius: float,
    fill: Token | QColor | None,
    border: Token | QColor | None = None,
    width: float = 1.0,
) -> None:
    """A rounded box; the border lies inside `rect`."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(shade(fill) if fill is not None else Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(shade(border), width) if border is not None else QPen(Qt.PenStyle.NoPen))
    inset = width / 2 if border is not None else 0.0
    painter.drawRoundedRect(rect.adjusted(inset, inset, -inset, -inset), radius - inset, radius - inset)
    painter.restore()


def mirror(rect: QRectF, bounds: QRectF, rtl: bool) -> QRectF:
    """`rect` as laid out left to right inside `bounds`, or its mirror image when `rtl`."""
    if not rtl:
        return rect
    return QRectF(bounds.left() + bounds.right() - rect.right(), rect.top(), rect.width(), rect.height())


def is_rtl(direction: Qt.LayoutDirection) -> bool:
    return direction == Qt.LayoutDirection.RightToLeft
