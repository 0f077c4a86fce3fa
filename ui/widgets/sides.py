"""Margins told from where reading starts: a layout mirrors what stands in it, but not its own margins."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLayout, QWidget


def set_margins(inside: QLayout | QWidget, start: int, top: int, end: int, bottom: int) -> None:
    """Margins of a layout or a widget, in logical pixels: `start` is left where the app is read from left to right."""
    right_to_left = QGuiApplication.layoutDirection() is Qt.LayoutDirection.RightToLeft
    left, right = (end, start) if right_to_left else (start, end)
    inside.setContentsMargins(left, top, right, bottom)
