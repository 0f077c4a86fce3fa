"""The bar above a list that is older than half a day: from when it is, and asking the CRM anew."""

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
