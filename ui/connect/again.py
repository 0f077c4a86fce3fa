"""Signing in again: a new key or password for the book that is open. Everything typed and logged stays."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from companion.domain.problems import CannotConnect
from ui.background import Errand
from ui.session import Subject
from ui.theme import fonts
from ui.widgets.button import Button
from ui.widgets.column_page import ColumnPage
from ui.widgets.field import Field
from ui.widgets.label import Label
from ui.widgets.paragraph import Paragraph


class AgainPage(ColumnPage):
    """`renew` is called on a thread of its own with what was typed; it raises CannotConnect."""

    renewed = Signal()

    def __init__(self, renew: Callable[[str], None], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("pane")
        self.setAccessibleName(self.tr("Sign in again"))
        self._renew = renew
        self._errand: Errand[None] | None = None
        self.field = Field(self.tr("API key or password"), hidden=True)
        self.go = Button(self.tr("Sign in"), variant="primary", keys="↵")
        self._wait = Label("", "meta", "text2")
        column = QVBoxLayout(self.middle)
        column.setContentsMargins(0, fonts.px(96), 0, 24)
        column.setSpacing(10)
        column.addWidget(Label(self.tr("Sign in again"), "title"))
        about = self.tr(
            "The CRM no longer accepts the key that Companion has. What you logged is safe on this computer."
        )
        column.addWidget(Paragraph(about, tint="text2"))
        column.addWidget(self.field)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.go)
        row.addWidget(self._wait, 1)
        column.addLayout(row)
        column.addStretch(1)
        self.field.line.returnPressed.connect(self._try)
        self.go.clicked.connect(self._try)

    def enter(self) -> None:
        """The line is ready to type in."""
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)

    def subject(self) -> Subject | None:
        """Nobody."""
        return None

    def _try(self) -> None:
        secret = self.field.text()
        if not secret or self._errand is not None:
            return
        self._busy(True)
        self._errand = Errand(lambda: self._renew(secret), self)
        self._errand.done.connect(self._done)
        self._errand.failed.connect(self._failed)
        self._errand.start()

    def _done(self) -> None:
        self._busy(False)
        self.renewed.emit()

    def _failed(self, error: Exception) -> None:
        self._busy(False)
        if not isinstance(error, CannotConnect):
            raise error
        self.field.say_problem(error.problem.title, error.problem.advice)
        self.enter()

    def _busy(self, busy: bool) -> None:
        if not busy:
            self._errand = None
        self.go.setEnabled(not busy)
        self._wait.set_text(self.tr("Asking the CRM…") if busy else "")
