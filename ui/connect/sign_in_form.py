"""The form of the first run: where and as whom, what to sync, and where no keyring can be used a passphrase."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ui.connect.choices import CrmChoice, Way
from ui.connect.form import FIELDS, Form
from ui.connect.part import Part
from ui.connect.viewmodel import ConnectViewModel, Step, sentence
from ui.theme import fonts
from ui.widgets.button import Button, LinkButton
from ui.widgets.field import Field
from ui.widgets.heard import announce
from ui.widgets.label import Label
from ui.widgets.paragraph import Paragraph
from ui.widgets.plain import tooltip_of
from ui.widgets.segmented import Segmented
from ui.widgets.strip import Strip

_HIDDEN = ("secret", "client_secret", "passphrase", "again")


class SignInForm(Part):
    """Shows only what the chosen way asks for; what was typed stays, also in lines that are not shown now."""

    def __init__(self, model: ConnectViewModel) -> None:
        super().__init__()
        self._model = model
        self._title = Paragraph("", role="hero")
        self._trouble = Strip()
        self._lost = False
        self._ways: Segmented | None = None
        self._ways_of: CrmChoice | None = None
        self._asked: Way | None = None
        self._ways_label = Label(self.tr("How to sign in"), "label")
        self._way_row = QVBoxLayout()
        self.fields = {name: Field("", hidden=name in _HIDDEN) for name in FIELDS}
        self.fields["passphrase"] = Field(self.tr("Passphrase for this computer"), hidden=True)
        self.fields["again"] = Field(self.tr("The passphrase once more"), hidden=True)
        self._browser = Paragraph("", role="meta", tint="text2")
        self._register = QWidget()
        self.copy = LinkButton(self.tr("Copy the return address"))
        self.copy.clicked.connect(self._copy_addresses)
        self._copied = Label("", "meta", "text2", elide=True)
        self._why_passphrase = Strip()
        self._scope = Segmented(
            [self.tr("Everyone’s that I may see"), self.tr("Only mine")], self.tr("Whose records to sync")
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
        self._way_row.setSpacing(6)
        self._way_row.addWidget(self._ways_label)
        column.addLayout(self._way_row)
        for name in FIELDS:
            column.addWidget(self.fields[name])
        column.addWidget(self._browser)
        column.addWidget(self._registering())
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

    def _registering(self) -> QWidget:
        """What the company's administrator needs for the browser's way."""
        column = QVBoxLayout(self._register)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        words = self.tr("In the app, your administrator registers Companion’s return address.")
        column.addWidget(Paragraph(words, role="meta", tint="text2"))
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.copy)
        row.addWidget(self._copied, 1)
        column.addLayout(row)
        return self._register

    # What is shown ──────────────────────────────────────────────────────────────────────────────────────────────────

    def show_state(self) -> None:
        """Shows what the view-model says; what was typed is left alone, except after it was used."""
        model, choice, way = self._model, self._model.choice, self._model.way
        if choice is None or way is None or model.step is Step.CHOOSE:
            if not model.form.secret:
                self._forget_secrets()
            return
        checking = model.busy
        self._title.set_text(self.tr("Sign in to %1").replace("%1", choice.name))
        self._show_ways(choice, checking)
        self._show_fields(choice, way)
        self._show_passphrase()
        self._show_problem(checking)
        for field in self.fields.values():
            field.line.setReadOnly(checking)
        self._scope.setEnabled(not checking)
        self.go.setEnabled(not checking)
        self.go.setText(self.tr("Open the browser") if way.by_browser else self.tr("Connect"))
        self.back.setText(self.tr("Cancel") if checking else self.tr("Back"))
        self._wait.set_text(self.tr("Checking the address, then the key…") if checking else "")

    def take_focus(self) -> QWidget:
        """To the field that the trouble is about, else to the first empty one; gives what has it now."""
        if self._model.busy:
            self.back.setFocus(Qt.FocusReason.OtherFocusReason)
            return self.back
        shown = [name for name, field in self.fields.items() if not field.isHidden()]
        empty = next((name for name in shown if not self.fields[name].text()), shown[0])
        name = self._model.problem_field if self._model.problem_field in shown else empty
        self.fields[name].setFocus(Qt.FocusReason.OtherFocusReason)
        self.fields[name].line.selectAll()
        return self.fields[name]

    def lost_focus(self) -> bool:
        """Whether the line that had the focus is not asked for any more; told once."""
        lost, self._lost = self._lost, False
        return lost

    def _show_ways(self, choice: CrmChoice, checking: bool) -> None:
        if choice is not self._ways_of:
            self._ways_of = choice
            if self._ways is not None:
                self._way_row.removeWidget(self._ways)
                self._ways.hide()
                self._ways.deleteLater()
                self._ways = None
            if len(choice.ways) > 1:
                words = [self._model.words_of(each.words) for each in choice.ways]
                self._ways = Segmented(words, self.tr("How to sign in"))
                self._ways.chosen.connect(self._model.choose_way)
                self._way_row.addWidget(self._ways)
            self._ways_label.setVisible(self._ways is not None)
        if self._ways is not None:
            self._ways.setEnabled(not checking)
            self._ways.set_current(choice.ways.index(self._model.way or choice.ways[0]))

    def _show_fields(self, choice: CrmChoice, way: Way) -> None:
        model = self._model
        if way is not self._asked:
            self._asked = way
            asks = {ask.field: ask for ask in way.asks}
            # Qt hands the focus of a line that goes to whatever comes next.
            self._lost = any(self.fields[name].line.hasFocus() for name in FIELDS if name not in asks)
            for name in FIELDS:
                self.fields[name].setVisible(name in asks)
                if name in asks:
                    self.fields[name].rename(model.words_of(asks[name].words), model.words_of(asks[name].hint))
                    self.fields[name].line.setPlaceholderText(asks[name].example)
        if self.fields["code"].isHidden() == bool(model.asks_code):
            self.fields["code"].setVisible(bool(model.asks_code))
            self.fields["code"].line.clear()
        if model.asks_code:
            self.fields["code"].rename(self.tr("Code"), model.asks_code)
        self._browser.setVisible(way.by_browser)
        told = self.tr("Your browser opens %1, where you sign in as always. Companion never sees your password.")
        self._browser.set_text(told.replace("%1", choice.name) if way.by_browser else "")

        addresses = model.returns.get(choice.connector, ()) if way.by_browser else ()
        for each in (self._register, self.copy):
            each.setVisible(bool(addresses))
        self._copied.set_text("")
        self.copy.setToolTip(tooltip_of(", ".join(addresses)))
        self.copy.setAccessibleDescription(", ".join(addresses))

    def _copy_addresses(self) -> None:
        choice = self._model.choice
        if choice is not None:
            QGuiApplication.clipboard().setText("\n".join(self._model.returns.get(choice.connector, ())))
            self._copied.set_text(self.tr("Copied"))
            announce(self.copy, self.tr("Copied"))

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
        at = self.fields.get(model.problem_field)
        beside = problem is not None and at is not None and not at.isHidden()
        self._trouble.setVisible(problem is not None and not beside and not checking)
        if problem is not None and not beside:
            self._trouble.set_reason(f"{sentence(problem.title)} {problem.advice}", "", "bad", "circle-alert")
            links = self._trouble.set_actions(*([self.tr("Use a passphrase")] if model.offers_passphrase else []))
            for link in links:
                link.clicked.connect(model.use_passphrase)
        for name, field in self.fields.items():
            wrong = problem is not None and name == model.problem_field
            field.say_problem(*((sentence(problem.title), problem.advice) if problem and wrong else ("",)))

    # What is done ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _send(self) -> None:
        typed = {name: "" if field.isHidden() else field.text() for name, field in self.fields.items()}
        connector = self._model.choice.connector if self._model.choice else ""
        self._model.sign_in(Form(connector, **typed, whole_team=self._scope.current == 0))

    def _forget_secrets(self) -> None:
        for name in (*_HIDDEN, "code"):
            self.fields[name].line.clear()
