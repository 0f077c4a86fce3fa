"""What every painted widget draws with: text on a baseline, hairlines of one row, rounded boxes, mirroring."""

from __future__ import annotations

import math

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
    if rect.width() < 1:
        return 0.0
    metrics = fonts.metrics(role, tabular, size)
    line = plain_line(text)
    width = fonts.width(line, role, tabular, size)
    if width > rect.width() + 0.5:
        line = metrics.elidedText(line, Qt.TextElideMode.ElideRight, rect.width())
        width = metrics.horizontalAdvance(line)
    at_left = (align == "start") != rtl
    left = rect.center().x() - width / 2 if align == "centre" else rect.left() if at_left else rect.right() - width
    # A baseline between two device rows would blur every letter.
    baseline = on_device_row(painter, rect.center().y() + (metrics.ascent() - metrics.descent()) / 2)
    # The words decide which way they read; the layout decides only where they stand.
    painter.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)
    painter.setFont(fonts.font(role, tabular, size))
    painter.setPen(shade(tint))
    painter.drawText(QPointF(left, baseline), line)
    return width


def device_ratio(painter: QPainter) -> float:
    """Device pixels to a logical one, wherever the painter paints: a screen, a picture, or a printer."""
    return abs(painter.deviceTransform().m11()) or 1.0


def on_device_row(painter: QPainter, y: float) -> float:
    """The `y` nearest to this one that begins a row of device pixels."""
    seen = painter.deviceTransform()
    return (round(y * seen.m22() + seen.dy()) - seen.dy()) / (seen.m22() or 1.0)


def on_device_column(painter: QPainter, x: float) -> float:
    """The `x` nearest to this one that begins a column of device pixels."""
    seen = painter.deviceTransform()
    return (round(x * seen.m11() + seen.dx()) - seen.dx()) / (seen.m11() or 1.0)


def hairline(painter: QPainter, left: float, top: float, length: float, *, upright: bool = False) -> None:
    """A line of one logical pixel in whole device pixels: never smoothed, and as strong everywhere on a screen."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    ratio = device_ratio(painter)
    thin = max(1, math.floor(ratio + 0.25)) / ratio
    if upright:
        painter.fillRect(QRectF(on_device_column(painter, left), top, thin, length), shade("hairline"))
    else:
        painter.fillRect(QRectF(left, on_device_row(painter, top), length, thin), shade("hairline"))
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
