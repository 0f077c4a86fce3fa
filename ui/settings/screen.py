"""The page of the few choices, and of signing out."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from companion.domain.changes import Changes
from ui.session import Subject
from ui.settings.choice import Choice
from ui.settings.closed_copy import ClosedCopyCard
from ui.settings.viewmodel import SettingsViewModel
from ui.settings.viewmodel_parting import PartingViewModel
from ui.theme import fonts
from ui.widgets.button import Button
from ui.widgets.button_row import ButtonRow
from ui.widgets.card import Card
from ui.widgets.column_page import ColumnPage
from ui.widgets.field import Field
from ui.widgets.focus import give_back
from ui.widgets.label import Label
from ui.widgets.pane import Pane
from ui.widgets.paragraph import Paragraph
from ui.widgets.segmented import Segmented
from ui.widgets.sides import set_margins
from ui.widgets.toast_lane import ToastLane

_WIDTH = 640
_LABEL = 120


class SettingsPage(Pane):
    """Every choice takes effect when it is made; there is nothing to save."""

    def __init__(self, model: SettingsViewModel, parent: QWidget | None = None) -> None:
        super().__init__("surface", (), parent)
        self.setAccessibleName(self.tr("Settings"))
        self._model = model
        self.choices: dict[str, tuple[Choice, Segmented]] = {}
        self.sync_now = Button(self.tr("Sync now"), icon="refresh-cw", keys="F5")
        self.sync_now.clicked.connect(model.sync_wanted)
        self.fields = Button(self.tr("Fields of the CRM"), icon="list")
        self.fields.clicked.connect(model.fields_wanted)
        self.test = Button(self.tr("Test the connection"), icon="link")
        self.test.clicked.connect(model.test_wanted)
        self.leave = Button(self.tr("Connect a CRM") if model.demo else self.tr("Sign out"), icon="log-out")
        self.leave.clicked.connect(model.connect_wanted if model.demo else model.sign_out)
        self.question = _Question(model)
        self.back = _BringBack(model.parting)
        self.closed = ClosedCopyCard(model.closed)
        self.page = ColumnPage(width=_WIDTH, centred=False)
        self.page.setObjectName("pane")
        self.lane = ToastLane(self.page)
        self._lay_out()
        self.page.setFocusProxy(self._first())
        model.moved.connect(self._show)
        self._show()

    def enter(self) -> None:
        """Shows what is chosen now and takes the focus."""
        self._model.keep()
        for choice, control in self.choices.values():
            control.set_current(self._model.current(choice))
        self._first().setFocus(Qt.FocusReason.OtherFocusReason)

    def subject(self) -> Subject | None:
        """Nobody: a key here never logs a call."""
        return None

    def changed(self, changes: Changes) -> None:
        """Something was committed."""
        if changes.outbox:
            self._model.changed()

    def _first(self) -> QWidget:
        control = next(iter(self.choices.values()))[1]
        return next(each for each in control.findChildren(QPushButton) if each.isChecked())

    def _show(self) -> None:
        self.question.show_state()
        self.back.setVisible(not self._model.demo and not self._model.asking and self.back.show_state())
        self.closed.setVisible(not self._model.asking and self.closed.show_state())
        self.leave.setVisible(not self._model.asking)
        if self._model.asking:  # it stands below everything else, perhaps out of sight
            QTimer.singleShot(0, self.question, lambda: self.page.area.ensureWidgetVisible(self.question))

    def _lay_out(self) -> None:
        head = Pane("surface", ("bottom",))
        top = QVBoxLayout(head)
        top.setContentsMargins(24, 18, 24, 14)
        top.setSpacing(2)
        top.addWidget(Label(self.tr("Settings"), "title"))
        top.addWidget(Label(self.tr("Each choice takes effect at once."), "meta", "text2"))
        middle = QVBoxLayout(self.page.middle)
        middle.setContentsMargins(0, 24, 0, 32)
        middle.setSpacing(10)
        for title, choices in self._model.groups():
            middle.addWidget(Label(title, "heading"))
            for choice in choices:
                middle.addWidget(self._row(choice))
            middle.addSpacing(18)
        middle.insertWidget(middle.count() - 1, self._indented(self._sync_row()))
        middle.addWidget(Label(self.tr("This computer"), "heading"))
        middle.addWidget(Paragraph(self._about(), tint="text2"))
        row = QHBoxLayout()
        row.addWidget(self.leave)
        row.addStretch(1)
        middle.addLayout(row)
        middle.addWidget(self.question)
        middle.addWidget(self.back)
        middle.addWidget(self.closed)
        middle.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(head)
        column.addWidget(self.page, 1)
        column.addWidget(self.lane)

    def _sync_row(self) -> QWidget:
        row = ButtonRow(self.sync_now, self.fields, self.test)
        self.test.setVisible(not self._model.demo)
        return row

    def _about(self) -> str:
        if self._model.demo:
            return self.tr("This is the demo book. It is gone when you close Companion.")
        kept = self.tr(
            "%1. An encrypted copy of your book is kept here. Signing out erases it with its key; the CRM is not "
            "touched."
        )
        return kept.replace("%1", self._model.account)

    def _start(self) -> int:
        """Where the controls begin: behind the longest of the labels, in any language."""
        labels = [choice.words for _, choices in self._model.groups() for choice in choices]
        return max(fonts.px(_LABEL), *(round(fonts.width(each, "body")) + fonts.px(12) for each in labels))

    def _row(self, choice: Choice) -> QWidget:
        control = Segmented([words for _, words in choice.options], choice.words)
        control.set_current(self._model.current(choice))
        control.chosen.connect(lambda number: self._model.pick(choice, number))
        self.choices[choice.name] = (choice, control)
        box = QWidget()
        column = QVBoxLayout(box)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        row = QHBoxLayout()
        row.setSpacing(0)
        label = Label(choice.words, "body", "text2")
        label.setFixedWidth(self._start())
        row.addWidget(label)
        row.addWidget(control)
        row.addStretch(1)
        column.addLayout(row)
        if choice.about:
            column.addWidget(self._indented(Paragraph(choice.about, role="meta", tint="text3")))
        return box

    def _indented(self, widget: QWidget) -> QWidget:
        box = QWidget()
        row = QHBoxLayout(box)
        set_margins(row, self._start(), 0, 0, 0)
        row.addWidget(widget, 0 if isinstance(widget, Button) else 1)
        if isinstance(widget, Button):
            row.addStretch(1)
        return box


class _Question(Card):
    """What happens to the changes that wait: the one thing here that can't be undone, so it is typed."""

    def __init__(self, model: SettingsViewModel) -> None:
        super().__init__()
        self._model = model
        self._title = Label("", "strong")
        self.field = Field(self.tr("Type %1 to erase them").replace("%1", f"“{model.discard_word}”"))
        self.give_up = Button(self.tr("Sign out and erase"))
        self.sync_first = Button(self.tr("Sync first"), variant="primary", icon="refresh-cw")
        self.cancel = Button(self.tr("Stay signed in"), variant="quiet")
        self.passphrase = Field(
            self.tr("Or save them in a file: choose a passphrase for it"),
            hidden=True,
            hint=self.tr("It is written to your documents. Whoever has the file and the passphrase can read it."),
        )
        self.carry = Button(self.tr("Save the file"))
        self.column.setContentsMargins(16, 14, 16, 14)
        self.column.addWidget(self._title)
        self._advice = Paragraph("", tint="text2")
        self.column.addWidget(self._advice)
        self.column.addWidget(self.passphrase)
        carrying = QHBoxLayout()
        carrying.addWidget(self.carry)
        carrying.addStretch(1)
        self.column.addLayout(carrying)
        self.column.addSpacing(6)
        self.column.addWidget(self.field)
        self.column.addWidget(ButtonRow(self.sync_first, self.give_up, self.cancel))
        self.sync_first.clicked.connect(model.sync_wanted)
        self.give_up.clicked.connect(self._give_up)
        self.cancel.clicked.connect(model.keep)
        self.field.line.returnPressed.connect(self._give_up)
        self.carry.clicked.connect(lambda: model.parting.carry_out(self.passphrase.text()))
        self.passphrase.line.returnPressed.connect(self.carry.click)

    def show_state(self) -> None:
        """Shows the question while it is asked."""
        came = self._model.asking and self.isHidden()
        self.setVisible(self._model.asking)
        self._title.set_text(self._model.waiting_words)
        self.setAccessibleName(self._model.waiting_words)
        waits, parting = not self._model.safe, self._model.parting
        for each in (self.field, self.sync_first, self.passphrase, self.carry):
            each.setVisible(waits)
        self.carry.setEnabled(not parting.busy)
        if waits and parting.problem is not None:
            self.passphrase.say_problem(parting.problem.title, parting.problem.advice)
        self._advice.set_text(
            self.tr("Signing out would erase them with the local copy. Sync first, and they are safe.")
            if waits
            else parting.words or self.tr("You can sign out without losing anything.")
        )
        self.give_up.setText(self.tr("Sign out and erase") if waits else self.tr("Sign out"))
        if came:
            for line in (self.field, self.passphrase):
                line.line.clear()
                line.say_problem("")
            any(give_back(each) for each in (self.sync_first, self.give_up))

    def _give_up(self) -> None:
        if not self._model.give_up(self.field.text()):
            word = self._model.discard_word
            self.field.say_problem(self.tr("Type %1, or sync first.").replace("%1", f"“{word}”"))
            self.field.setFocus(Qt.FocusReason.OtherFocusReason)


class _BringBack(Card):
    """A file of changes that were carried out lies in the rep's documents: they can come back."""

    def __init__(self, model: PartingViewModel) -> None:
        super().__init__()
        self._model = model
        self.column.setContentsMargins(16, 14, 16, 14)
        self.column.addWidget(Label(self.tr("Changes that you saved in a file"), "strong"))
        self.setAccessibleName(self.tr("Changes that you saved in a file"))
        self._about = Paragraph("", tint="text2")
        self.field = Field(self.tr("Passphrase of the file"), hidden=True)
        self.go = Button(self.tr("Bring them back"))
        self.column.addWidget(self._about)
        self.column.addWidget(self.field)
        row = QHBoxLayout()
        row.addWidget(self.go)
        row.addStretch(1)
        self.column.addLayout(row)
        self.go.clicked.connect(lambda: model.bring_back(self.field.text()))
        self.field.line.returnPressed.connect(self.go.click)

    def show_state(self) -> bool:
        """Whether there is such a file, or something to say about it."""
        model, file = self._model, self._model.file
        if file is None:
            return False
        self._about.set_text(model.words or str(file))
        self.go.setEnabled(not model.busy)
        problem = model.problem
        self.field.say_problem(*((problem.title, problem.advice) if problem else ("",)))
        return True
