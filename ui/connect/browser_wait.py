"""Waiting while the rep signs in in the browser: it can be opened again, and given up."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ui.connect.part import Part
from ui.theme import fonts
from ui.widgets.button import Button, LinkButton
from ui.widgets.button_row import ButtonRow
from ui.widgets.heard import announce
from ui.widgets.label import Label
from ui.widgets.paragraph import Paragraph
from ui.widgets.strip import Strip


class Waits(Protocol):
    """What is waited for."""

    crm: str
    """Whose page it is; '' where that is not known."""
    page: str
    """Its address."""
    no_browser: bool
    """Whether the system could not open it."""

    def open_again(self) -> None:
        """Opens it once more."""

    def go_back(self) -> None:
        """Gives it up."""


class BrowserWait(Part):
    """Goes on by itself as soon as the CRM's page has sent its answer to this computer."""

    def __init__(self, model: Waits) -> None:
        super().__init__()
        self._model = model
        self._title = Paragraph(self.tr("Waiting for your browser…"), role="title")
        self._about = Paragraph("", tint="text2")
        self._trouble = Strip()
        self.copy = LinkButton(self.tr("Copy the address of the page"), role="label")
        self.copy.clicked.connect(self._copy)
        self._copied = Label("", "meta", "text2", elide=True)
        self.again = Button(self.tr("Open the browser again"), icon="external-link")
        self.again.clicked.connect(model.open_again)
        self.cancel = Button(self.tr("Cancel"), variant="quiet", keys="Esc")
        self.cancel.clicked.connect(model.go_back)
        self._lay_out()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, fonts.px(96), 0, 24)
        column.setSpacing(10)
        column.addWidget(self._title)
        column.addWidget(self._about)
        column.addWidget(self._trouble)
        column.addSpacing(8)
        column.addWidget(ButtonRow(self.again, self.cancel))
        below = QHBoxLayout()
        below.setSpacing(12)
        below.addWidget(self.copy)
        below.addWidget(self._copied, 1)
        column.addLayout(below)
        column.addStretch(1)

    def show_state(self) -> None:
        """Shows what the view-model says."""
        goes_on = self.tr("This page goes on by itself; nothing you typed is lost.")
        there = self.tr("Sign in to %1 there and allow Companion.").replace("%1", self._model.crm)
        if not self._model.crm:
            there = self.tr("Sign in to your CRM there and allow Companion.")
        self._about.set_text(f"{there} {goes_on}")
        self._trouble.setVisible(self._model.no_browser)
        if self._model.no_browser:
            words = self.tr("No browser opened. Copy the address below and open it in the browser that you use.")
            self._trouble.set_reason(words, "", "warn", "triangle-alert")
        self._copied.set_text("")

    def take_focus(self) -> QWidget:
        """To Cancel, as in every state of waiting."""
        self.cancel.setFocus(Qt.FocusReason.OtherFocusReason)
        announce(self, f"{self._title.text} {self._about.text}")
        return self.cancel

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._model.page)
        self._copied.set_text(self.tr("Copied"))
