"""The first run's page: one column, one decision at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui.connect.browser_wait import BrowserWait
from ui.connect.choice_card import ChoiceCard
from ui.connect.choices import CHOICES, CrmChoice
from ui.connect.part import Part
from ui.connect.report import TrialReport
from ui.connect.sign_in_form import SignInForm
from ui.connect.viewmodel import ConnectViewModel, Step
from ui.session import Subject
from ui.theme import fonts
from ui.widgets.column_page import ColumnPage
from ui.widgets.label import Label
from ui.widgets.paragraph import Paragraph

if TYPE_CHECKING:
    from ui.connect.set_aside import ReopenCard
    from ui.connect.viewmodel_set_aside import ReopenViewModel


class ConnectPage(ColumnPage):
    """Shown while there is no book, and when another one is to be connected."""

    def __init__(
        self, model: ConnectViewModel, parent: QWidget | None = None, *, closed: ReopenViewModel | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("pane")
        self.setAccessibleName(self.tr("Connect your CRM"))
        self._model = model
        self.choose = _Choose(model, closed)
        self.form = SignInForm(model)
        self.browser = BrowserWait(model)
        self.report = TrialReport(model)
        self._all: tuple[Part, ...] = (self.choose, self.form, self.browser, self.report)
        # One below the other, of which one is seen: a hidden step has no height, on a stack the tallest rules.
        self._steps = QVBoxLayout(self.middle)
        self._steps.setContentsMargins(0, 0, 0, 0)
        for step in self._all:
            self._steps.addWidget(step)
            step.setVisible(step is self.choose)
        self._asked_code = False
        self._was_busy = False
        model.moved.connect(self._show)
        self._show()

    def enter(self) -> None:
        """Takes the focus to where the first run stands."""
        self._show()
        self.take_focus()

    def subject(self) -> Subject | None:
        """Nobody: there is no book yet."""
        return None

    def take_focus(self) -> None:
        """To the first choice, to the field that needs the rep, or to what Enter does."""
        here = self._here()
        target = here.take_focus()
        if here is self.report:  # is read from its top, and its Enter works from there
            self.area.verticalScrollBar().setValue(0)
        else:
            self.area.ensureWidgetVisible(target)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._model.step is not Step.CHOOSE:
            self._model.go_back()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._model.step is Step.REPORT:
            self._on_report_enter()
        else:
            super().keyPressEvent(event)

    def _on_report_enter(self) -> None:
        """Enter does what has the focus; it goes on from everywhere else."""
        if self.report.back.hasFocus():
            self._model.go_back()
        else:
            self._model.confirm()

    def _here(self) -> Part:
        if self._model.step is Step.CHOOSE:
            return self.choose
        if self._model.step is Step.BROWSER:
            return self.browser
        return self.report if self._model.step in (Step.REPORT, Step.STORING) else self.form

    def _show(self) -> None:
        model, wanted = self._model, self._here()
        came = wanted.isHidden()
        for step in self._all:
            if step is not wanted:
                step.hide()
        wanted.show()
        self.form.show_state()
        self.browser.show_state()
        self.report.show_state()
        asks = bool(model.asks_code) and not self._asked_code
        ended = self._was_busy and not model.busy
        lost = wanted is self.form and self.form.lost_focus()
        self._asked_code, self._was_busy = bool(model.asks_code), model.busy
        if came or asks or ended or lost or model.problem is not None:
            self.area.verticalScrollBar().setValue(0)
            self.take_focus()


class _Choose(Part):
    def __init__(self, model: ConnectViewModel, closed: ReopenViewModel | None) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, fonts.px(56), 0, 24)
        column.setSpacing(8)
        column.addWidget(Paragraph(self.tr("Which CRM does your team use?"), role="hero"))
        column.addWidget(
            Paragraph(
                self.tr(
                    "Companion keeps an encrypted copy of your book on this computer, so that everything answers at "
                    "once, and sends what you log back to the CRM. Nothing in the CRM’s set-up changes."
                ),
                tint="text2",
            )
        )
        self.closed: ReopenCard | None = None
        if closed is not None:
            from ui.connect.set_aside import ReopenCard

            self.closed = ReopenCard(closed)
            column.addSpacing(8)
            column.addWidget(self.closed)
        column.addSpacing(16)
        cards = [self._card(model, choice) for choice in CHOICES]
        self.first = cards[0]
        for card in cards:
            column.addWidget(card)
        column.addSpacing(16)
        column.addWidget(Label(self.tr("Or look around first"), "section", "text2"))
        self.demo = ChoiceCard(
            self.tr("The demo book"), self.tr("Invented people, everything works, nothing is kept"), "eye"
        )
        self.demo.clicked.connect(model.demo_wanted)
        column.addWidget(self.demo)
        column.addStretch(1)

    def show_state(self) -> None:
        """Always the same."""

    def take_focus(self) -> QWidget:
        """To the first choice."""
        self.first.setFocus(Qt.FocusReason.OtherFocusReason)
        return self.first

    def _card(self, model: ConnectViewModel, choice: CrmChoice) -> ChoiceCard:
        card = ChoiceCard(choice.name, model.words_of(choice.about), "cloud")
        card.clicked.connect(lambda: model.choose(choice.connector))
        return card
