"""Giving the focus back to a widget that had it, which may be gone or hidden by now."""

from __future__ import annotations

import shiboken6
from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QApplication, QScrollArea, QWidget


def give_back(to: QWidget | None, reason: Qt.FocusReason = Qt.FocusReason.OtherFocusReason) -> bool:
    """Whether the widget took it: not one that Qt has destroyed meanwhile, nor one that its window does not show.

    Qt itself gives the focus to what stands within a hidden page too, and every key goes nowhere.
    """
    if to is None or not shiboken6.isValid(to) or not to.isVisibleTo(to.window()) or not to.isEnabled():
        return False
    to.setFocus(reason)
    return True


class FollowFocus(QObject):
    """Scrolls whatever gets the focus within `area` into view, wherever the focus came from."""

    def __init__(self, area: QScrollArea) -> None:
        super().__init__(area)
        self._area = area
        QApplication.instance().focusChanged.connect(self._moved)  # type: ignore[union-attr]

    def _moved(self, before: QWidget | None, now: QWidget | None) -> None:
        if now is None or not shiboken6.isValid(self._area):
            return
        inside = self._area.widget()
        if inside is not None and inside.isAncestorOf(now) and now.visibleRegion().isEmpty():
            self._area.ensureWidgetVisible(now)
