"""The page for a book whose key is missing, locked or wrong: its passphrase, or trying again. It changes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ui.connect.browser_wait import BrowserWait
from ui.connect.viewmodel import sentence
from ui.connect.viewmodel_unlock import UnlockViewModel
from ui.session import Subject
from ui.theme import fonts
from ui.widgets.button import Button, LinkButton
from ui.widgets.column_page import ColumnPage
from ui.widgets.field import Field
from ui.widgets.label import Label
from ui.widgets.paragraph import Paragraph

if TYPE_CHECKING:
    from ui.connect.set_aside import SetAsideCard


class UnlockPage(ColumnPage):
    """Stays until the book is open."""

    def __init__(self, model: UnlockViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("pane")
        self._model = model
        self._title = Paragraph("", role="title")
        self._advice = Paragraph("", tint="text2")
        self.field = Field(self.tr("Passphrase"), hidden=True)
        self.code = Field(self.tr("Code"), hint=self.tr("The CRM asks for one: your authenticator app shows it"))
        self.go = Button("", variant="primary", keys="↵")
        self._wait = Label("", "meta", "text2", elide=True)
        self._form = QWidget()
        self.browser = BrowserWait(model)
        both = QVBoxLayout(self.middle)
        both.setContentsMargins(0, 0, 0, 0)
        both.addWidget(self._form)
        both.addWidget(self.browser)
        column = QVBoxLayout(self._form)
        column.setContentsMargins(0, fonts.px(120), 0, 24)
        column.setSpacing(10)
        column.addWidget(self._title)
        column.addWidget(self._advice)
        column.addSpacing(8)
        column.addWidget(self.field)
        column.addWidget(self.code)
        column.addSpacing(4)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.go)
        row.addWidget(self._wait, 1)
        column.addLayout(row)
        column.addSpacing(4)
        self.lost = LinkButton(model.aside.offer if model.aside else "", tint="text2")
        column.addWidget(self.lost, 0, Qt.AlignmentFlag.AlignLeading)
        self.aside: SetAsideCard | None = None
        self._column = column
        column.addStretch(1)
        self._asked = (model.method, model.asks_code, model.in_browser)
        for field in (self.field, self.code):
            field.line.returnPressed.connect(self._try)
        self.go.clicked.connect(self._try)
        model.moved.connect(self._show)
        if model.aside is not None:
            self.lost.clicked.connect(model.aside.explain)
            model.aside.moved.connect(self._show_aside)
        self._show()

    def enter(self) -> None:
        """Takes the focus to what the rep can do."""
        self._show()
        self._first().setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._model.in_browser:
            self._model.go_back()
        elif event.key() == Qt.Key.Key_Escape and self._model.aside is not None and self._model.aside.explains:
            self._model.aside.keep()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.go.hasFocus():
            self._try()
        else:
            super().keyPressEvent(event)

    def _first(self) -> QWidget:
        if self._model.in_browser:
            return self.browser.cancel
        if self._model.asks_code and self.field.text():
            return self.code
        return self.field if self._model.typed else self.go

    def subject(self) -> Subject | None:
        """Nobody: the book is closed."""
        return None

    def _try(self) -> None:
        self._model.attempt(self.field.text() if self._model.typed else "", self.code.text())

    def _show(self) -> None:
        model = self._model
        asked = (model.method, model.asks_code, model.in_browser)
        came, self._asked = asked != self._asked, asked
        if came and model.method == "sign in" and not model.asks_code:
            self.field.rename(self.tr("API key or password"))
            self.field.line.clear()
        self._form.setVisible(not model.in_browser)
        self.browser.setVisible(model.in_browser)
        self.browser.show_state()
        self.field.setVisible(model.typed)
        self.code.setVisible(model.asks_code)
        self._title.set_text(model.title)
        self._advice.set_text(model.advice)
        self.setAccessibleName(model.title)
        problem = model.beside_field
        self.field.say_problem(*((sentence(problem.title), problem.advice) if problem else ("",)))
        self.go.setText(self._verb())
        self.go.setEnabled(not model.busy)
        self._wait.set_text(self.tr("Opening…") if model.busy else "")
        self._show_aside()
        if came or (problem is not None and not (self.aside and self.aside.isVisible())):
            self.enter_at(self._first())

    def _show_aside(self) -> None:
        """What it means to have lost the key stands below the form, while the rep wants to know."""
        model = self._model.aside
        explains = model is not None and model.explains and self._model.offers_aside
        self.lost.setVisible(self._model.offers_aside and not explains)
        self.lost.setEnabled(not self._model.busy)
        if model is not None and explains and self.aside is None:
            from ui.connect.set_aside import SetAsideCard

            self.aside = SetAsideCard(model)
            self._column.insertWidget(self._column.count() - 1, self.aside)
        if self.aside is None or model is None:
            return
        came, went = explains and self.aside.isHidden(), not explains and not self.aside.isHidden()
        self.aside.setVisible(explains)
        self.aside.show_state(held=self._model.busy)
        self.go.setEnabled(not self._model.busy and not model.busy)
        if came:
            self.aside.take_focus()
        elif went:
            self.enter_at(self._first())
        if came or (explains and model.problem is not None):  # which made it taller
            QTimer.singleShot(0, self.aside, self._show_whole)

    def _show_whole(self) -> None:
        if self.aside is not None:
            self.area.ensureWidgetVisible(self.aside.keep)

    def enter_at(self, target: QWidget) -> None:
        """The focus goes there; what stands in a line is selected."""
        target.setFocus(Qt.FocusReason.OtherFocusReason)
        if isinstance(target, Field):
            target.line.selectAll()

    def _verb(self) -> str:
        if self._model.method == "sign in" and self._model.by_browser:
            return self.tr("Open the browser")
        return self.tr("Open") if self._model.typed else self.tr("Try again")
