"""The head of a section in a pane: its name, perhaps a count or note at the end, perhaps a link."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from ui.widgets.button import LinkButton
from ui.widgets.label import Label


class SectionHead(QWidget):
    """`note` is quiet text at the end ("3"); `action` a link there ("Edit") that sends `activated`."""

    activated = Signal()

    def __init__(
        self, title: str, note: str = "", action: str = "", parent: QWidget | None = None, *, end: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._title = Label(title, "section", "text2", elide=True)
        self._note = Label(note, "meta", "text3")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._title, 1)
        row.addWidget(self._note)
        self._note.setVisible(bool(note))
        if action:
            link = LinkButton(action, tint="text2", role="meta")
            link.clicked.connect(self.activated)
            row.addWidget(link)
        if end is not None:
            row.addWidget(end)
        self.setAccessibleName(title)

    def set_title(self, title: str) -> None:
        self._title.set_text(title)
        self.setAccessibleName(title)

    def set_note(self, note: str) -> None:
        self._note.set_text(note)
        self._note.setVisible(bool(note))
