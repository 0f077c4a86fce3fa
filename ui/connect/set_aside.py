"""What it means to have lost the passphrase, and setting the book aside; on the first run: opening it again."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from ui.connect.viewmodel import sentence
from ui.connect.viewmodel_set_aside import ReopenViewModel, SetAsideViewModel
from ui.widgets.button import Button, LinkButton
from ui.widgets.button_row import ButtonRow
from ui.widgets.card import Card
from ui.widgets.heard import announce
from ui.widgets.paragraph import Paragraph
from ui.widgets.strip import Strip


class SetAsideCard(Card):
    """Nothing happens before its button is pressed; Esc puts it away."""

    def __init__(self, model: SetAsideViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self.setAccessibleName(model.title)
        self.column.setContentsMargins(16, 14, 16, 14)
        self.column.addWidget(Paragraph(model.title, role="strong"))
        for words in model.meaning:
            self.column.addWidget(Paragraph(words, tint="text2"))
        self._place = Paragraph(model.place, role="meta", tint="text2")
        self._trouble = Strip()
        self.go = Button(self.tr("Set it aside and connect again"))
        self.keep = Button(self.tr("Keep trying"), variant="quiet", keys="Esc")
        self.column.addWidget(self._place)
        self.column.addWidget(self._trouble)
        self.column.addSpacing(4)
        self.column.addWidget(ButtonRow(self.go, self.keep))
        self.go.clicked.connect(model.set_aside)
        self.keep.clicked.connect(model.keep)

    def show_state(self, *, held: bool) -> None:
        """`held` while the book is being opened: then its folder stays where it is."""
        problem = self._model.problem
        words = f"{sentence(problem.title)} {problem.advice}" if problem else ""
        came = bool(words) and self._trouble.isHidden()
        self._trouble.setVisible(bool(words))
        self._trouble.set_reason(words, "", "bad", "circle-alert")
        self.go.setEnabled(not held and not self._model.busy)
        self.keep.setEnabled(not self._model.busy)
        if came:
            announce(self._trouble, words)

    def take_focus(self) -> None:
        """To the way back: a second press of the key that led here changes nothing."""
        self._place.set_text(self._model.place)
        self.keep.setFocus(Qt.FocusReason.TabFocusReason)
        announce(self, " ".join((sentence(self._model.title), *self._model.meaning, self._model.place)))


class ReopenCard(Card):
    """Says where the closed copy lies, and opens it again."""

    def __init__(self, model: ReopenViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent, ground="subtle")
        self._model = model
        self._words = Paragraph(model.words, role="meta", tint="text2")
        self.setAccessibleName(model.words)
        self._trouble = Strip()
        self.go = LinkButton(self.tr("Open it again"))
        self.column.addWidget(self._words)
        self.column.addWidget(self._trouble)
        self.column.addWidget(self.go, 0, Qt.AlignmentFlag.AlignLeading)
        self.go.clicked.connect(model.reopen)
        model.moved.connect(self._show)
        self._show()

    def _show(self) -> None:
        problem = self._model.problem
        words = f"{sentence(problem.title)} {problem.advice}" if problem else ""
        self._trouble.setVisible(bool(words))
        self._trouble.set_reason(words, "", "bad", "circle-alert")
        self.go.setEnabled(not self._model.busy)
        announce(self._trouble, words)
