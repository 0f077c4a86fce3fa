"""The page for a book whose key is missing, locked or wrong: its passphrase, or trying again. It changes nothing."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ui.connect.viewmodel import sentence
from ui.connect.viewmodel_unlock import UnlockViewModel
from ui.session import Subject
from ui.theme import fonts
from ui.widgets.button import Button
from ui.widgets.column_page import ColumnPage
from ui.widgets.field import Field
from ui.widgets.label import Label
from ui.widgets.paragraph import Paragraph


class UnlockPage(ColumnPage):
    """Stays until the book is open."""

    def __init__(self, model: UnlockViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("pane")
        self._model = model
        self._title = Paragraph("", role="title")
        self._advice = Paragraph("", tint="text2")
        self.field = Field(self.tr("Passphrase"), hidden=True)
        self.go = Button("", variant="primary", keys="↵")
        self._wait = Label("", "meta", "text2", elide=True)
        column = QVBoxLayout(self.middle)
        column.setContentsMargins(0, fonts.px(120), 0, 24)
        column.setSpacing(10)
        column.addWidget(self._title)
        column.addWidget(self._advice)
        column.addSpacing(8)
        column.addWidget(self.field)
        column.addSpacing(4)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.go)
        row.addWidget(self._wait, 1)
        column.addLayout(row)
        column.addStretch(1)
        self._asked = model.method
        self.field.setVisible(model.method != "keyring")
        self.field.line.returnPressed.connect(self._try)
        self.go.clicked.connect(self._try)
        model.moved.connect(self._show)
        self._show()

    def enter(self) -> None:
        """Takes the focus to what the rep can do."""
        self._show()
        target = self.go if self._model.method == "keyring" else self.field
        target.setFocus(Qt.FocusReason.OtherFocusReason)

    def subject(self) -> Subject | None:
        """Nobody: the book is closed."""
        return None

    def _try(self) -> None:
        self._model.attempt(self.field.text())

    def _show(self) -> None:
        model = self._model
        typed = model.method != "keyring"
        if model.method != self._asked:
            self._asked = model.method
            self.field.rename(self.tr("API key or password"))
            self.field.line.clear()
            self.field.setVisible(True)
            self.field.setFocus(Qt.FocusReason.OtherFocusReason)
        self._title.set_text(model.title)
        self._advice.set_text(model.advice)
        self.setAccessibleName(model.title)
        problem = model.beside_field
        self.field.say_problem(*((sentence(problem.title), problem.advice) if problem else ("",)))
        self.go.setText(self.tr("Open") if typed else self.tr("Try again"))
        self.go.setEnabled(not model.busy)
        self._wait.set_text(self.tr("Opening…") if model.busy else "")
        if problem is not None:
            self.field.setFocus(Qt.FocusReason.OtherFocusReason)
            self.field.line.selectAll()
