"""The system's own accent colour in place of ours, where it is legible."""

from __future__ import annotations

from typing import Final

from PySide6.QtGui import QColor

from ui.theme.tokens import Colours, Token

LEGIBLE: Final = 4.5


def contrast(one: QColor, other: QColor) -> float:
    """The contrast ratio (WCAG 2.2) of two colours, 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def with_accent(colours: Colours, accent: QColor) -> Colours:
    """The scheme with this accent; the scheme as it is where words in it or on it would be hard to read."""
    surface, on_accent = QColor(colours["surface"]), QColor(colours["on_accent"])
    if contrast(accent, surface) < LEGIBLE or contrast(accent, on_accent) < LEGIBLE:
        return colours
    dark = surface.lightnessF() < 0.5
    soft = _mixed(surface, accent, 0.22 if dark else 0.11)
    quietest = QColor(colours["text3"])
    if contrast(soft, quietest) < LEGIBLE or contrast(soft, accent) < LEGIBLE:
        return colours
    hover, pressed = (accent.lighter(112), accent.lighter(125)) if dark else (accent.darker(115), accent.darker(135))
    own: dict[Token, QColor] = {
        "accent": accent,
        "focus": accent,
        "accent_text": accent,
        "accent_hover": hover,
        "accent_pressed": pressed,
        "accent_key": _mixed(accent, on_accent, 0.18),
        "accent_soft": soft,
        "selected": soft,
    }
    return {**colours, **{token: colour.name() for token, colour in own.items()}}


def _mixed(ground: QColor, colour: QColor, share: float) -> QColor:
    """`ground` with this share of `colour` in it."""
    pairs = zip(
        (ground.redF(), ground.greenF(), ground.blueF()), (colour.redF(), colour.greenF(), colour.blueF()), strict=True
    )
    return QColor.fromRgbF(*(one + (other - one) * share for one, other in pairs))


def _luminance(colour: QColor) -> float:
    parts = (colour.redF(), colour.greenF(), colour.blueF())
    red, green, blue = (each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
