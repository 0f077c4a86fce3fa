"""The page of the connection's test: each step as it is known, and the whole of it to copy."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication, QHideEvent, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from companion.domain.finding import Finding
from ui.connect.finding_row import FindingRow
from ui.connect.viewmodel_checkup import CheckupViewModel
from ui.session import Subject
from ui.widgets.button import Button
from ui.widgets.card import Card
from ui.widgets.column_page import ColumnPage
from ui.widgets.heard import announce
from ui.widgets.label import Label
from ui.widgets.pane import Pane
from ui.widgets.paragraph import Paragraph

_WIDTH = 640


class CheckupPage(Pane):
    """Begins when it is entered. Escape stops the look; Ctrl+C copies, as everywhere."""

    sign_in_wanted = Signal()

    def __init__(self, model: CheckupViewModel, parent: QWidget | None = None) -> None:
        super().__init__("surface", (), parent)
        self.setAccessibleName(self.tr("Test the connection"))
        self._model = model
        model.setParent(self)  # a later test has a page and a model of its own
        self._state = Paragraph("", role="strong")
        self._rows = Card()
        self._rows.column.setContentsMargins(14, 8, 14, 8)
        self._rows.column.setSpacing(0)
        self._rows.setAccessibleName(self.tr("What was found"))
        self.copy = Button(self.tr("Copy"), icon="copy", keys="Ctrl C")
        self.copy.clicked.connect(self._copy)
        self.again = Button("", icon="refresh-cw")
        self.again.clicked.connect(self._start_or_stop)
        self.sign_in = Button(self.tr("Sign in again"), variant="primary", icon="key-round")
        self.sign_in.clicked.connect(self.sign_in_wanted)
        self._said = Label("", "meta", "text2", elide=True)
        self.page = ColumnPage(width=_WIDTH, centred=False)
        self.page.setObjectName("pane")
        self._lay_out()
        model.moved.connect(self._show)
        model.found.connect(self._add)

    def _lay_out(self) -> None:
        head = Pane("surface", ("bottom",))
        top = QVBoxLayout(head)
        top.setContentsMargins(24, 18, 24, 14)
        top.setSpacing(2)
        top.addWidget(Label(self.tr("Test the connection"), "title"))
        top.addWidget(Label(self._model.account, "meta", "text2", elide=True))
        middle = QVBoxLayout(self.page.middle)
        middle.setContentsMargins(0, 24, 0, 32)
        middle.setSpacing(10)
        middle.addWidget(self._state)
        middle.addWidget(self._rows)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.sign_in)
        row.addWidget(self.copy)
        row.addWidget(self.again)
        row.addWidget(self._said, 1)
        middle.addLayout(row)
        told = self.tr("What is copied names no customer and holds no key: send it to whoever looks after your CRM.")
        middle.addWidget(Paragraph(told, role="meta", tint="text3"))
        middle.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(head)
        column.addWidget(self.page, 1)

    def enter(self) -> None:
        """Begins to look."""
        self._model.start()
        self.again.setFocus(Qt.FocusReason.OtherFocusReason)

    def subject(self) -> Subject | None:
        """Nobody: a key here never logs a call."""
        return None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._model.busy:
            self._model.cancel()
        elif event.key() == Qt.Key.Key_C and event.modifiers() == Qt.KeyboardModifier.ControlModifier:
            self._copy()
        else:
            super().keyPressEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody reads it any more."""
        if not event.spontaneous():
            self._model.cancel()
        super().hideEvent(event)

    def _start_or_stop(self) -> None:
        if self._model.busy:
            self._model.cancel()
        else:
            self._model.start()

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._model.text)
        self._said.set_text(self.tr("Copied"))

    def _show(self) -> None:
        model = self._model
        if model.busy and not model.findings:
            near = Qt.FindChildOption.FindDirectChildrenOnly
            for row in self._rows.findChildren(FindingRow, options=near):
                self._rows.column.removeWidget(row)
                row.hide()
                row.deleteLater()
        self._rows.setVisible(bool(model.findings))
        self._state.set_text(model.words)
        self.again.setText(self.tr("Stop") if model.busy else self.tr("Test again"))
        self.again.set_icon("x" if model.busy else "refresh-cw")
        self.again.set_keys("Esc" if model.busy else "")
        self._said.set_text("")
        self.copy.setEnabled(not model.busy)
        self.sign_in.setVisible(model.wants_sign_in)
        if model.wants_sign_in and self.again.hasFocus():
            self.sign_in.setFocus(Qt.FocusReason.OtherFocusReason)
        if not model.busy:
            announce(self, model.words)

    def _add(self, finding: Finding) -> None:
        row = FindingRow(finding.what, finding.advice, "good" if finding.well else "warn")
        self._rows.column.addWidget(row)
        self._rows.show()
        row.show()
