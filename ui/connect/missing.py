"""The page for a book that is gone while its key is here: it says what that means, and the two ways on."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui.connect.viewmodel import sentence
from ui.connect.viewmodel_missing import MissingViewModel
from ui.session import Subject
from ui.theme import fonts
from ui.widgets.button import Button
from ui.widgets.button_row import ButtonRow
from ui.widgets.column_page import ColumnPage
from ui.widgets.heard import announce
from ui.widgets.paragraph import Paragraph
from ui.widgets.strip import Strip


class MissingPage(ColumnPage):
    """Nothing happens before one of its buttons is pressed."""

    def __init__(self, model: MissingViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("pane")
        self.setAccessibleName(model.title)
        self._model = model
        self._trouble = Strip()
        self._place = Paragraph(model.place, role="meta", tint="text2")
        self.look = Button(self.tr("Look again"))
        self.go = Button(self.tr("Connect again"), variant="primary")
        column = QVBoxLayout(self.middle)
        column.setContentsMargins(0, fonts.px(120), 0, 24)
        column.setSpacing(10)
        column.addWidget(Paragraph(model.title, role="title"))
        for words in model.meaning:
            column.addWidget(Paragraph(words, tint="text2"))
        column.addSpacing(4)
        column.addWidget(self._trouble)
        column.addWidget(ButtonRow(self.look, self.go))
        column.addWidget(self._place)
        column.addStretch(1)
        self.look.clicked.connect(model.look_again)
        self.go.clicked.connect(model.connect_again)
        model.moved.connect(self._show)
        self._show()

    def enter(self) -> None:
        """To what changes nothing; the page is read aloud."""
        self._place.set_text(self._model.place)
        self.look.setFocus(Qt.FocusReason.OtherFocusReason)
        announce(self, " ".join((sentence(self._model.title), *self._model.meaning)))

    def subject(self) -> Subject | None:
        """Nobody: there is no book."""
        return None

    def _show(self) -> None:
        problem = self._model.problem
        words = f"{sentence(problem.title)} {problem.advice}" if problem else ""
        self._trouble.setVisible(bool(words))
        self._trouble.set_reason(words, "", "bad", "circle-alert")
        for button in (self.look, self.go):
            button.setEnabled(not self._model.busy)
        if words:
            announce(self._trouble, words)
