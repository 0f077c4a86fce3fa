"""What is said aloud to who listens to the screen instead of looking at it."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget


def announce(about: QWidget, words: str) -> None:
    """Has a screen reader say `words` now; nothing for no words."""
    from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent  # both cost 3 ms of a start

    if words:
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(about, words))
