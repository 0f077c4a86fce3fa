"""What rests on one contact, and the link that does something about it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ui.person.deal_card import Mark
from ui.person.page_look import ThreadLook
from ui.theme import fonts
from ui.widgets.button import LinkButton
from ui.widgets.label import Label


class ThreadNote(QWidget):
    """Two lines above the people: the stake in amber, the verb under it."""

    chosen = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = Label("", "meta_label", "warn", elide=True)
        self.verb = LinkButton("")
        self.verb.clicked.connect(self.chosen)
        lines = QVBoxLayout()
        lines.setSpacing(0)
        lines.addWidget(self._words)
        lines.addWidget(self.verb, 0, Qt.AlignmentFlag.AlignLeading)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, fonts.px(2), 0, fonts.px(6))
        row.setSpacing(fonts.px(8))
        mark = Mark("user", "warn")
        row.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(lines, 1)

    def set_look(self, look: ThreadLook | None) -> None:
        """Shows it, or is gone."""
        self.setVisible(look is not None)
        if look is not None:
            self._words.set_text(look.words)
            self.verb.setText(look.verb)
            self.verb.setAccessibleName(f"{look.words}: {look.verb}")
