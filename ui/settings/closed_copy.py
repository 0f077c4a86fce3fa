"""In Settings: a closed copy of the book lies beside it, and its changes can come back."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout

from ui.settings.viewmodel_closed_copy import ClosedCopyViewModel
from ui.widgets.button import Button
from ui.widgets.card import Card
from ui.widgets.field import Field
from ui.widgets.label import Label
from ui.widgets.paragraph import Paragraph
from ui.widgets.strip import Strip


class ClosedCopyCard(Card):
    """There only while a copy has changes that are not in this book."""

    def __init__(self, model: ClosedCopyViewModel) -> None:
        super().__init__()
        self._model = model
        title = self.tr("A closed copy of your book")
        self.setAccessibleName(title)
        self.column.setContentsMargins(16, 14, 16, 14)
        self._about = Paragraph("", tint="text2")
        self.field = Field(self.tr("Passphrase of the closed copy"), hidden=True)
        self._trouble = Strip()
        self.go = Button(self.tr("Bring them back"))
        row = QHBoxLayout()
        row.addWidget(self.go)
        row.addStretch(1)
        self.column.addWidget(Label(title, "strong"))
        for widget in (self._about, self.field, self._trouble):
            self.column.addWidget(widget)
        self.column.addLayout(row)
        self.go.clicked.connect(lambda: model.bring_back(self.field.text()))
        self.field.line.returnPressed.connect(self.go.click)

    def show_state(self) -> bool:
        """Whether there is such a copy, or something to say about it."""
        model = self._model
        about, waits, typed = model.about, model.copy is not None, model.asks_passphrase
        if not about:
            return False
        self._about.set_text(about)
        self.go.setVisible(waits)
        self.go.setEnabled(not model.busy)
        self.field.setVisible(typed)
        problem = model.problem
        told = (problem.title, problem.advice) if problem else ("",)
        self.field.say_problem(*(told if typed else ("",)))
        self._trouble.setVisible(problem is not None and not typed)
        self._trouble.set_reason(" ".join(told).strip(), "", "bad", "circle-alert")
        return True
