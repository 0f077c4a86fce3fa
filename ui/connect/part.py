"""What each part of the first run's page is: one decision, or one thing that is waited for."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget


class Part(QWidget):
    """One of them is seen at a time."""

    def show_state(self) -> None:
        """Shows what the view-model says."""
        raise NotImplementedError

    def take_focus(self) -> QWidget:
        """To what the rep needs next; gives what has the focus now."""
        raise NotImplementedError
