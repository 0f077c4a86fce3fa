"""Signing in again: a new key, password or trip to the browser for the open book. Everything typed and logged stays."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QHideEvent, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from companion.domain.problems import Problem
from ui.connect.browser_wait import BrowserWait
from ui.connect.viewmodel import sentence
from ui.connect.viewmodel_again import AgainViewModel
from ui.session import Subject
from ui.theme import fonts
from ui.widgets.button import Button
from ui.widgets.column_page import ColumnPage
from ui.widgets.field import Field
from ui.widgets.label import Label
from ui.widgets.paragraph import Paragraph
from ui.widgets.strip import Strip


class AgainPage(ColumnPage):
    """Stands in the window beside the book, which can be used meanwhile."""

    def __init__(self, model: AgainViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("pane")
        self.setAccessibleName(self.tr("Sign in again"))
        self._model = model
        model.setParent(self)  # signing in once more has a page and a model of its own
        self._trouble = Strip()
        self.field = Field(self.tr(model.ask.words), hidden=True)
        self.code = Field(self.tr("Code"))
        words = self.tr("Open the browser") if model.by_browser else self.tr("Sign in")
        self.go = Button(words, variant="primary", keys="↵")
        self._wait = Label("", "meta", "text2")
        self._form = QWidget()
        self.browser = BrowserWait(model)
        column = QVBoxLayout(self.middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._form)
        column.addWidget(self.browser)
        self._lay_out()
        for field in (self.field, self.code):
            field.line.returnPressed.connect(self._try)
        self.go.clicked.connect(self._try)
        model.moved.connect(self._show)
        self._show()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self._form)
        column.setContentsMargins(0, fonts.px(96), 0, 24)
        column.setSpacing(10)
        column.addWidget(Label(self.tr("Sign in again"), "title"))
        column.addWidget(Paragraph(self._about(), tint="text2"))
        column.addSpacing(8)
        for widget in (self._trouble, self.field, self.code):
            column.addWidget(widget)
        column.addSpacing(6)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.go)
        row.addWidget(self._wait, 1)
        column.addLayout(row)
        column.addStretch(1)

    def _about(self) -> str:
        if self._model.by_browser:
            told = self.tr("%1 no longer accepts Companion’s sign-in. What you logged is safe on this computer.")
            return told.replace("%1", self._model.crm)
        return self.tr(
            "The CRM no longer accepts the key that Companion has. What you logged is safe on this computer."
        )

    def enter(self) -> None:
        """What the rep needs takes the focus: the line to type in, or the button."""
        self._first().setFocus(Qt.FocusReason.OtherFocusReason)

    def subject(self) -> Subject | None:
        """Nobody."""
        return None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._model.busy:
            self._model.go_back()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.go.hasFocus():
            self._try()
        else:
            super().keyPressEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        """Another place was gone to: nobody waits for the browser any more."""
        if not event.spontaneous():
            self._model.go_back()
        super().hideEvent(event)

    def _first(self) -> QWidget:
        if self._model.in_browser:
            return self.browser.cancel
        if not self.code.isHidden():
            return self.code
        return self.go if self._model.by_browser else self.field

    def _try(self) -> None:
        self._model.sign_in(self.field.text(), self.code.text())

    def _show(self) -> None:
        model = self._model
        moved = self.browser.isHidden() == model.in_browser
        self._form.setVisible(not model.in_browser)
        self.browser.setVisible(model.in_browser)
        if model.in_browser:
            self.browser.show_state()
        self.field.setVisible(not model.by_browser)
        asks = self.code.isHidden() and bool(model.asks_code)
        self.code.setVisible(bool(model.asks_code))
        if model.asks_code:
            self.code.rename(self.tr("Code"), model.asks_code)
        self._say_problem(model.problem)
        self.go.setEnabled(not model.busy)
        self._wait.set_text(self.tr("Asking the CRM…") if model.busy else "")
        if moved or asks or model.problem is not None:
            self.enter()

    def _say_problem(self, problem: Problem | None) -> None:
        told = (sentence(problem.title), problem.advice) if problem else ("",)
        beside = self.code if self._model.problem_field == "code" else self.field
        for field in (self.field, self.code):
            field.say_problem(*(told if field is beside else ("",)))
        if self._model.by_browser:
            self._trouble.setVisible(problem is not None)
            self._trouble.set_reason(" ".join(told).strip(), "", "bad", "circle-alert")
        else:
            self._trouble.hide()
