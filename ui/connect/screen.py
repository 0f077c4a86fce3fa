"""The first run's page: one column, one decision at a time."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ui.connect.choice_card import ChoiceCard
from ui.connect.viewmodel import CHOICES, ConnectViewModel, CrmChoice, Form, Step, sentence
from ui.session import Subject
from ui.theme import fonts
from ui.widgets.button import Button
from ui.widgets.column_page import ColumnPage
from ui.widgets.field import Field
from ui.widgets.label import Label
from ui.widgets.paragraph import Paragraph
from ui.widgets.segmented import Segmented
from ui.widgets.strip import Strip


class ConnectPage(ColumnPage):
    """Shown while there is no book, and when another one is to be connected."""

    def __init__(self, model: ConnectViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("pane")
        self.setAccessibleName(self.tr("Connect your CRM"))
        self._model = model
        self.choose = _Choose(model)
        self.form = SignInForm(model)
        # One below the other, of which one is seen: a hidden step has no height, on a stack the tallest rules.
        self._steps = QVBoxLayout(self.middle)
        self._steps.setContentsMargins(0, 0, 0, 0)
        self._steps.addWidget(self.choose)
        self._steps.addWidget(self.form)
        self.form.hide()
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
        """To the first choice, or to the field that needs the rep."""
        if self._model.step is Step.CHOOSE:
            self.choose.first.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.area.ensureWidgetVisible(self.form.take_focus())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._model.step is not Step.CHOOSE:
            self._model.go_back()
        else:
            super().keyPressEvent(event)

    def _show(self) -> None:
        wanted = self.choose if self._model.step is Step.CHOOSE else self.form
        came = wanted.isHidden()
        for step in (self.choose, self.form):
            if step is not wanted:
                step.hide()
        wanted.show()
        self.form.show_state()
        if came or self._model.problem is not None:
            self.area.verticalScrollBar().setValue(0)
            self.take_focus()


class _Choose(QWidget):
    def __init__(self, model: ConnectViewModel) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, fonts.px(88), 0, 24)
        column.setSpacing(8)
        column.addWidget(Label(self.tr("Which CRM does your team use?"), "hero"))
        column.addWidget(
            Paragraph(
                self.tr(
                    "Companion keeps an encrypted copy of your book on this computer, so that everything answers at "
                    "once, and sends what you log back to the CRM. Nothing in the CRM's set-up changes."
                ),
                tint="text2",
            )
        )
        column.addSpacing(16)
        cards = [self._card(model, choice) for choice in CHOICES]
        self.first = cards[0]
        for card in cards:
            column.addWidget(card)
        column.addSpacing(20)
        column.addWidget(Label(self.tr("Or look around first"), "section", "text2"))
        self.demo = ChoiceCard(
            self.tr("The demo book"), self.tr("Invented people, everything works, nothing is kept"), "eye"
        )
        self.demo.clicked.connect(model.demo_wanted)
        column.addWidget(self.demo)
        column.addStretch(1)

    def _card(self, model: ConnectViewModel, choice: CrmChoice) -> ChoiceCard:
        card = ChoiceCard(choice.name, model.words_of(choice.about), "cloud")
        card.clicked.connect(lambda: model.choose(choice.connector))
        return card


class SignInForm(QWidget):
    """Where and as whom, what to sync, and where no keyring can be used a passphrase."""

    def __init__(self, model: ConnectViewModel) -> None:
        super().__init__()
        self._model = model
        self._title = Label("", "hero")
        self._trouble = Strip()
        self.fields = {
            "url": Field(self.tr("Server address")),
            "database": Field(self.tr("Database")),
            "user": Field(self.tr("User name"), hint=self.tr("As you sign in there, often your e-mail address")),
            "secret": Field(self.tr("API key"), hidden=True),
            "passphrase": Field(self.tr("Passphrase for this computer"), hidden=True),
            "again": Field(self.tr("The passphrase once more"), hidden=True),
        }
        self._why_passphrase = Strip()
        self._scope = Segmented(
            [self.tr("Everyone's that I may see"), self.tr("Only mine")], self.tr("Whose records to sync")
        )
        self.go = Button("", variant="primary", keys="↵")
        self.go.clicked.connect(self._send)
        self.back = Button("", variant="quiet", keys="Esc")
        self.back.clicked.connect(model.go_back)
        self._wait = Label("", "meta", "text2", elide=True)
        self._lay_out()
        for name, field in self.fields.items():
            field.line.returnPressed.connect(self._send)
            field.line.setObjectName(name)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, fonts.px(56), 0, 24)
        column.setSpacing(14)
        column.addWidget(self._title)
        column.addSpacing(4)
        column.addWidget(self._trouble)
        for name in ("url", "database", "user", "secret"):
            column.addWidget(self.fields[name])
        column.addWidget(Label(self.tr("Whose records to sync"), "label"))
        column.addSpacing(-8)
        column.addWidget(self._scope)
        column.addSpacing(4)
        column.addWidget(self._why_passphrase)
        column.addWidget(self.fields["passphrase"])
        column.addWidget(self.fields["again"])
        column.addSpacing(6)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.go)
        row.addWidget(self.back)
        row.addWidget(self._wait, 1)
        column.addLayout(row)
        column.addStretch(1)

    def show_state(self) -> None:
        """Shows what the view-model says; what was typed is left alone, except after it was used."""
        model, choice = self._model, self._model.choice
        if choice is None or model.step is Step.CHOOSE:
            if not model.form.secret:
                self._forget_secrets()
            return
        checking = model.step is Step.CHECKING
        self._title.set_text(self.tr("Sign in to %1").replace("%1", choice.name))
        self.fields["url"].line.setPlaceholderText(choice.address_example)
        self.fields["database"].rename(self.tr("Database"), model.words_of(choice.database_hint))
        self.fields["secret"].rename(model.words_of(choice.secret_words), model.words_of(choice.secret_hint))
        self._show_passphrase()
        self._show_problem(checking)
        for field in self.fields.values():
            field.line.setReadOnly(checking)
        self._scope.setEnabled(not checking)
        self.go.setEnabled(not checking)
        self.go.setText(self.tr("Connect"))
        self.back.setText(self.tr("Cancel") if checking else self.tr("Back"))
        self._wait.set_text(self.tr("Checking the address, then the key…") if checking else "")

    def take_focus(self) -> QWidget:
        """To the field that the trouble is about, else to the first empty one; gives what has it now."""
        if self._model.step is Step.CHECKING:
            self.back.setFocus(Qt.FocusReason.OtherFocusReason)
            return self.back
        empty = next((name for name, field in self.fields.items() if not field.text()), "url")
        name = self._model.problem_field if self._model.problem_field in self.fields else empty
        self.fields[name].setFocus(Qt.FocusReason.OtherFocusReason)
        self.fields[name].line.selectAll()
        return self.fields[name]

    def _show_passphrase(self) -> None:
        why = self._model.no_keyring
        for name in ("passphrase", "again"):
            self.fields[name].setVisible(bool(why))
        self._why_passphrase.setVisible(bool(why))
        if why:
            rest = self.tr("It is asked for at each start, and nobody can restore it.")
            self._why_passphrase.set_reason(f"{why} {rest}", "", "info", "lock")

    def _show_problem(self, checking: bool) -> None:
        model, problem = self._model, self._model.problem
        beside = problem is not None and model.problem_field in self.fields
        self._trouble.setVisible(problem is not None and not beside and not checking)
        if problem is not None and not beside:
            self._trouble.set_reason(f"{sentence(problem.title)} {problem.advice}", "", "bad", "circle-alert")
            links = self._trouble.set_actions(*([self.tr("Use a passphrase")] if model.offers_passphrase else []))
            for link in links:
                link.clicked.connect(model.use_passphrase)
        for name, field in self.fields.items():
            wrong = problem is not None and name == model.problem_field
            field.say_problem(*((sentence(problem.title), problem.advice) if problem and wrong else ("",)))

    def _send(self) -> None:
        typed = {name: field.text() for name, field in self.fields.items()}
        connector = self._model.choice.connector if self._model.choice else ""
        self._model.sign_in(Form(connector, **typed, whole_team=self._scope.current == 0))

    def _forget_secrets(self) -> None:
        for name in ("secret", "passphrase", "again"):
            self.fields[name].line.clear()
