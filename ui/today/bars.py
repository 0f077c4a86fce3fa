"""The bars above the list: that it is older than half a day, and that it is tomorrow's; each with the way out."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui.widgets.strip import Strip


class StaleBar(QWidget):
    """Takes no room while there is nothing to say."""

    retry = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = ""
        self.strip = Strip()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 4)
        column.addWidget(self.strip)
        self.hide()

    def say(self, words: str) -> None:
        """Shows the words; '' hides the bar."""
        self.setVisible(bool(words))
        if words and words != self._words:
            self.strip.set_reason(words, "", "warn", "cloud-off")
            (retry,) = self.strip.set_actions(self.tr("Retry"))
            retry.clicked.connect(self.retry)
        self._words = words


class AheadBar(QWidget):
    """Says above tomorrow's list that it is not today's."""

    back = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.strip = Strip()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 4)
        column.addWidget(self.strip)
        self._is_made = False
        self.hide()

    def say(self, shown: bool) -> None:
        """Shows it, or takes it away."""
        if shown and not self._is_made:
            self._is_made = True
            self.strip.set_reason(self.tr("Reasons read as they will tomorrow morning."), "", "info", "sunrise")
            (back,) = self.strip.set_actions(self.tr("Back to today’s list"))
            back.clicked.connect(self.back)
        self.setVisible(shown)
