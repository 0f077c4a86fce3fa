"""The page of the few choices, and of signing out."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from companion.domain.changes import Changes
from ui.session import Subject
from ui.settings.viewmodel import Choice, SettingsViewModel
from ui.theme import fonts
from ui.widgets.button import Button
from ui.widgets.card import Card
from ui.widgets.column_page import ColumnPage
from ui.widgets.field import Field
from ui.widgets.label import Label
from ui.widgets.pane import Pane
from ui.widgets.paragraph import Paragraph
from ui.widgets.segmented import Segmented

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
        self.leave = Button(self.tr("Connect a CRM") if model.demo else self.tr("Sign out"), icon="log-out")
        self.leave.clicked.connect(model.connect_wanted if model.demo else model.sign_out)
        self.question = _Question(model)
        self.page = ColumnPage(width=_WIDTH, centred=False)
        self.page.setObjectName("pane")
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
        self.leave.setVisible(not self._model.asking)

    def _lay_out(self) -> None:
        head = Pane("surface", ("bottom",))
        top = QVBoxLayout(head)
        top.setContentsMargins(24, 16, 24, 14)
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
        middle.insertWidget(middle.count() - 1, self._indented(self.sync_now))
        middle.addWidget(Label(self.tr("This computer"), "heading"))
        middle.addWidget(Paragraph(self._about(), tint="text2"))
        row = QHBoxLayout()
        row.addWidget(self.leave)
        row.addStretch(1)
        middle.addLayout(row)
        middle.addWidget(self.question)
        middle.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(head)
        column.addWidget(self.page, 1)

    def _about(self) -> str:
        if self._model.demo:
            return self.tr("This is the demo book. It is gone when you close Companion.")
        kept = self.tr(
            "%1. An encrypted copy of your book is kept here. Signing out erases it with its key; the CRM is not "
            "touched."
        )
        return kept.replace("%1", self._model.account)

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
        label.setFixedWidth(fonts.px(_LABEL))
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
        row.setContentsMargins(fonts.px(_LABEL), 0, 0, 0)
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
        self.column.setContentsMargins(16, 14, 16, 14)
        self.column.addWidget(self._title)
        self._advice = Paragraph("", tint="text2")
        self.column.addWidget(self._advice)
        self.column.addWidget(self.field)
        row = QHBoxLayout()
        row.setSpacing(8)
        for button in (self.sync_first, self.give_up, self.cancel):
            row.addWidget(button)
        row.addStretch(1)
        self.column.addLayout(row)
        self.sync_first.clicked.connect(model.sync_wanted)
        self.give_up.clicked.connect(self._give_up)
        self.cancel.clicked.connect(model.keep)
        self.field.line.returnPressed.connect(self._give_up)

    def show_state(self) -> None:
        """Shows the question while it is asked."""
        came = self._model.asking and self.isHidden()
        self.setVisible(self._model.asking)
        self._title.set_text(self._model.waiting_words)
        self.setAccessibleName(self._model.waiting_words)
        waits = self._model.waiting > 0
        self.field.setVisible(waits)
        self.sync_first.setVisible(waits)
        self._advice.set_text(
            self.tr("Signing out would erase them with the local copy. Sync first, and they are safe.")
            if waits
            else self.tr("You can sign out without losing anything.")
        )
        self.give_up.setText(self.tr("Sign out and erase") if waits else self.tr("Sign out"))
        if came:
            self.field.line.clear()
            self.field.say_problem("")
            self.sync_first.setFocus(Qt.FocusReason.OtherFocusReason)

    def _give_up(self) -> None:
        if not self._model.give_up(self.field.text()):
            word = self._model.discard_word
            self.field.say_problem(self.tr("Type %1, or sync first.").replace("%1", f"“{word}”"))
            self.field.setFocus(Qt.FocusReason.OtherFocusReason)
