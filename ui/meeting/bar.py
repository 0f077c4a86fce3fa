"""The quiet bar above the page: a meeting begins soon, one key opens its brief. It never takes the focus."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QWidget

from ui.widgets.button import Button
from ui.widgets.quiet_bar import QuietBar


class MeetingBar(QuietBar):
    """`wanted` opens the brief, `refused` puts the bar away."""

    wanted = Signal()
    refused = Signal()

    def __init__(self, keys: str, parent: QWidget | None = None) -> None:
        super().__init__("video", self.tr("Not now (Esc)"), 8, parent)
        self.open = Button(self.tr("Open the brief"), variant="quiet", keys=keys)
        self._row.insertWidget(1, self.open)
        self.setTabOrder(self.open, self.close_mark)
        self.open.clicked.connect(self.wanted)
        self.close_mark.clicked.connect(self.refused)

    def say(self, words: str) -> None:
        """Shows the bar; no words: it goes. What comes new is told to a screen reader once."""
        came = bool(words) and self.isHidden()
        self.words.set_text(words)
        self.setAccessibleName(words)
        self.setVisible(bool(words))
        if came:
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, words))
