"""What stands where a list is empty: one sentence what this is, one what to do, and the buttons that do it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui.widgets.button import Button
from ui.widgets.button_row import ButtonRow
from ui.widgets.paragraph import Paragraph


class EmptyState(QWidget):
    """Hidden until `say`. `offered` tells the id of the offer that was chosen."""

    offered = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = Paragraph("", role="heading")
        self._hint = Paragraph("", tint="text2")
        self._row = ButtonRow()
        self._made: dict[str, Button] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 12)
        column.setSpacing(4)
        column.addWidget(self._title)
        column.addWidget(self._hint)
        column.addSpacing(6)
        column.addWidget(self._row)
        self.hide()

    def say(self, title: str, hint: str = "", offers: Sequence[tuple[str, str]] = ()) -> None:
        """Shows it; `offers` are (id, words on the button). A button that stays keeps the focus."""
        self._title.set_text(title)
        self._hint.set_text(hint)
        self._hint.setVisible(bool(hint))
        for offer in [each for each in self._made if each not in dict(offers)]:
            self._row.drop(self._made.pop(offer))
        for place, (offer, words) in enumerate(offers):
            if offer not in self._made:
                self._made[offer] = button = Button()
                button.clicked.connect(lambda _=False, offer=offer: self.offered.emit(offer))
                self._row.insert(place, button)
                button.show()
            self._made[offer].setText(words)
        self.show()

    def button(self, offer: str) -> Button:
        """The button of an offer. Raises KeyError."""
        return self._made[offer]
