"""The first run's page: one column, one decision at a time."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QScrollArea, QStackedLayout, QVBoxLayout, QWidget

from ui.connect.viewmodel import CHOICES, ConnectViewModel, CrmChoice, Form, Step
from ui.session import Subject
from ui.theme import fonts
from ui.widgets.button import Button
from ui.widgets.field import Field
from ui.widgets.label import Label
from ui.widgets.pane import Pane
from ui.widgets.paragraph import Paragraph
from ui.widgets.strip import Strip

_WIDTH = 440


class ConnectPage(Pane):
    """Shown while there is no book, and when another one is to be connected."""

    def __init__(self, model: ConnectViewModel, parent: QWidget | None = None) -> None:
        super().__init__("surface", (), parent)
        self._model = model
        self._choose = _Choose(model)
        self._sign_in = _SignIn(model)
        self._steps = QStackedLayout()
        self._steps.addWidget(self._choose)
        self._steps.addWidget(self._sign_in)
        middle = QWidget()
        middle.setFixedWidth(fonts.px(_WIDTH))
        middle.setLayout(self._steps)
        inside = QWidget()
        row = QHBoxLayout(inside)
        row.addStretch(1)
        row.addWidget(middle)
        row.addStretch(1)
        area = QScrollArea()
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setWidget(inside)
        area.viewport().setAutoFillBackground(False)
        inside.setAutoFillBackground(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(area)
        model.moved.connect(self._show)
        self._show()

    def enter(self) -> None:
        self._show()

    def subject(self) -> Subject | None:
        return None

    def _show(self) -> None:
        choosing = self._model.step is Step.CHOOSE
        self._steps.setCurrentWidget(self._choose if choosing else self._sign_in)
        if choosing:
            self._choose.first.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self._sign_in.show_state()


class _Choose(QWidget):
    def __init__(self, model: ConnectViewModel) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, fonts.px(72), 0, 24)
        column.setSpacing(8)
        column.addWidget(Label(self.tr("Which CRM does your team use?"), "hero"))
        column.addWidget(
            Paragraph(
                self.tr(
                    "Companion keeps an encrypted copy of your book on this computer and sends what you log back to the "
                    "CRM. Nothing in the CRM's set-up changes."
                ),
                tint="text2",
            )
        )
        column.addSpacing(12)
        buttons = [self._button(model, choice) for choice in CHOICES]
        self.first = buttons[0]
        for choice, button in zip(CHOICES, buttons, strict=True):
            row = QHBoxLayout()
            row.setSpacing(12)
            row.addWidget(button)
            row.addWidget(Label(choice.about, "meta", "text2"), 1)
            column.addLayout(row)
        column.addSpacing(20)
        column.addWidget(Label(self.tr("Or look around first"), "section", "text2"))
        demo = Button(self.tr("Open the demo book"), icon="eye")
        demo.clicked.connect(model.demo_wanted)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(demo)
        row.addWidget(Label(self.tr("Invented people, everything works, nothing is kept"), "meta", "text2"), 1)
        column.addLayout(row)
        column.addStretch(1)

    def _button(self, model: ConnectViewModel, choice: CrmChoice) -> Button:
        button = Button(choice.name, variant="primary" if choice is CHOICES[0] else "normal")
        button.setMinimumWidth(fonts.px(120))
        button.clicked.connect(lambda: model.choose(choice.connector))
        return button


class _SignIn(QWidget):
    def __init__(self, model: ConnectViewModel) -> None:
        super().__init__()
        self._model = model
        self._title = Label("", "hero")
        self._strip = Strip()
        self._fields = {
            "url": Field(self.tr("Server address")),
            "database": Field(self.tr("Database")),
            "user": Field(self.tr("User name"), hint=self.tr("As you sign in there, often your e-mail address")),
            "secret": Field(self.tr("API key"), hidden=True),
            "passphrase": Field(
                self.tr("Passphrase for this computer"),
                hidden=True,
                hint=self.tr("Asked for at each start. Nobody can restore it."),
            ),
        }
        self._team = QCheckBox(self.tr("Sync everyone's records that I may see, not only mine"))
        self._team.setChecked(model.form.whole_team)
        self._go = Button(self.tr("Connect"), variant="primary", keys="↵")
        self._go.clicked.connect(self._send)
        self._back = Button(self.tr("Back"), variant="quiet")
        self._back.clicked.connect(model.go_back)
        self._wait = Label("", "meta", "text2")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, fonts.px(56), 0, 24)
        column.setSpacing(12)
        column.addWidget(self._title)
        column.addWidget(self._strip)
        for name, field in self._fields.items():
            column.addWidget(field)
            field.line.returnPressed.connect(self._send)
            field.setObjectName(name)
        column.addWidget(self._team)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self._go)
        row.addWidget(self._back)
        row.addWidget(self._wait, 1)
        column.addLayout(row)
        column.addStretch(1)

    def show_state(self) -> None:
        """Shows what the view-model says; what was typed is left alone."""
        model = self._model
        choice = model.choice
        if choice is None:
            return
        checking = model.step is Step.CHECKING
        self._title.set_text(self.tr("Sign in to %1").replace("%1", choice.name))
        self._fields["url"].line.setPlaceholderText(choice.address_example)
        self._fields["secret"].rename(choice.secret_words, choice.secret_hint)
        self._fields["passphrase"].setVisible(bool(model.no_keyring))
        self._go.setEnabled(not checking)
        self._wait.set_text(self.tr("Looking for the server…") if checking else "")
        self._back.setText(self.tr("Cancel") if checking else self.tr("Back"))
        problem = model.problem
        self._strip.setVisible(problem is not None and not checking)
        if problem is not None:
            self._strip.show_reason(((f"{problem.title}. ", "bad"), (problem.advice, "none")), "circle-alert", "bad")
        for name, field in self._fields.items():
            wrong = name == model.problem_field and problem is not None
            field.say_problem(problem.title if wrong and problem is not None else "")
        focus = model.problem_field or "url"
        if not checking:
            self._fields[focus].setFocus(Qt.FocusReason.OtherFocusReason)

    def _send(self) -> None:
        typed = {name: field.text() for name, field in self._fields.items()}
        self._model.sign_in(Form(self._model.form.connector, **typed, whole_team=self._team.isChecked()))
