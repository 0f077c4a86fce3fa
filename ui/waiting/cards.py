"""The cards of what needs the rep, and the rows of what is on its way."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from companion.domain.language import number, trn
from ui.theme import fonts
from ui.theme.tokens import Token
from ui.waiting.elsewhere import Elsewhere
from ui.waiting.rows import ConflictRow, Line, NoticeRow, OpRow, QuestionRow, RefusedRow
from ui.waiting.viewmodel import WaitingViewModel
from ui.widgets.button import Button, LinkButton, Variant
from ui.widgets.button_row import ButtonRow
from ui.widgets.card import Card, Hairline
from ui.widgets.field import Field
from ui.widgets.label import Label
from ui.widgets.paragraph import Paragraph


class AskingCard(Card):
    """A card with a title, room for what is asked, buttons, and the history behind a link."""

    def __init__(self, key: str, title: str, about: str = "") -> None:
        super().__init__()
        self.key = key
        self.setAccessibleName(title)
        self.column.setContentsMargins(16, 14, 16, 12)
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(Label(title, "strong", elide=True), 1)
        if about:
            head.addWidget(Label(about, "meta", "text3"))
        self.column.addLayout(head)
        self._history: QWidget | None = None
        self.editing: Editing | None = None
        """The lines that its Edit opens."""

    def add_buttons(self, buttons: Sequence[QWidget], history: Sequence[str]) -> None:
        """The row of buttons; at its end a link that opens the history below."""
        self.column.addSpacing(4)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(ButtonRow(*buttons), 1)
        self.column.addLayout(row)
        if history:
            link = LinkButton(self.tr("History"), tint="text2", role="meta")
            link.setAccessibleName(self.tr("History of this change"))
            self._history = _steps(history)
            link.clicked.connect(lambda: _toggle(self._history))
            row.addWidget(link, 0, Qt.AlignmentFlag.AlignVCenter)
            self.column.addWidget(self._history)

    def button(self, words: str, name: str, variant: Variant = "normal") -> Button:
        """A button whose name for screen readers says what it is about."""
        made = Button(words, variant=variant)
        made.setObjectName(f"{self.key}/{name}")
        made.setAccessibleName(f"{words}: {self.accessibleName()}")
        return made


class Editing(QWidget):
    """Lines for the fields of a card, each with room for what is wrong with it."""

    def __init__(self, lines: Sequence[Line], key: str) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(8)
        self.fields: dict[str, Field] = {}
        for line in lines:
            field = Field(line.label)
            field.line.setText(line.text)
            field.line.setObjectName(f"{key}/field/{line.field}")
            self.fields[line.field] = field
            column.addWidget(field)

    def typed(self) -> dict[str, str]:
        """What the lines say now."""
        return {name: field.text() for name, field in self.fields.items()}

    def say(self, wrong: dict[str, str]) -> None:
        """Shows what could not be understood, and goes there."""
        for name, field in self.fields.items():
            field.say_problem(wrong.get(name, ""))
        if wrong:
            self.fields[next(iter(wrong))].setFocus(Qt.FocusReason.OtherFocusReason)


def conflict_card(row: ConflictRow, model: WaitingViewModel) -> AskingCard:
    """Both values side by side; choosing one, joining two texts, or writing a third."""
    card = AskingCard(row.id, row.title)
    card.column.addWidget(Paragraph(row.sentence, tint="text2"))
    card.column.addSpacing(4)
    card.column.addWidget(_values(row, card))
    buttons = [
        card.button(card.tr("Keep yours"), "mine"),
        card.button(card.tr("Keep theirs"), "theirs"),
    ]
    buttons[0].clicked.connect(lambda: model.keep_mine(row.id))
    buttons[1].clicked.connect(lambda: model.keep_theirs(row.id))
    if row.both:
        both = card.button(card.tr("Keep both"), "both")
        both.clicked.connect(lambda: model.keep_both(row.id))
        buttons.append(both)
    editing = Editing(row.lines, row.id)
    editing.hide()
    if row.lines:
        edit = card.button(card.tr("Edit"), "edit", "quiet")
        buttons.append(edit)
        edit.clicked.connect(lambda: _edit(editing, edit))
        save = card.button(card.tr("Save this instead"), "save")
        save.clicked.connect(lambda: editing.say(model.write(row.id, editing.typed())))
        _below(editing, save)
        for field in editing.fields.values():
            field.line.returnPressed.connect(save.click)
    card.column.addWidget(editing)
    card.editing = editing
    card.add_buttons(buttons, row.history)
    return card


def refused_card(row: RefusedRow, model: WaitingViewModel) -> AskingCard:
    """The CRM's own words, the fields that it complained about, and sending it again."""
    card = AskingCard(row.id, row.words, row.since)
    if row.title not in row.words:
        card.column.addWidget(Label(row.title, "meta", "text2", elide=True))
    for words in row.problems:
        tint: Token = "text2" if row.unsure else "bad"
        card.column.addWidget(Paragraph(words, tint=tint))
    editing = Editing(row.lines, row.id)
    card.column.addWidget(editing)
    editing.setVisible(bool(row.lines))  # not before it has a parent: it would be a window for a moment
    again = card.button(card.tr("Send again"), "again")
    again.clicked.connect(lambda: editing.say(model.send_again(row.id, editing.typed())))
    for field in editing.fields.values():
        field.line.returnPressed.connect(again.click)
    drop = card.button(card.tr("Drop"), "drop", "quiet")
    drop.clicked.connect(lambda: model.drop(row.id))
    buttons = [again, drop]
    if row.unsure:
        there = card.button(card.tr("It is in the CRM"), "there")
        there.clicked.connect(lambda: model.found_there(row.id))
        buttons.insert(0, there)
    if row.remakable:
        anew = card.button(card.tr("Make it again in the CRM"), "anew")
        anew.clicked.connect(lambda: model.make_again(row.id))
        buttons[0] = anew  # sent again as it is, it would only be refused again
    if row.movable:
        card.column.addWidget(Elsewhere(row, model))
    card.add_buttons(buttons, row.history)
    return card


def question_card(row: QuestionRow, model: WaitingViewModel) -> AskingCard:
    """Whether many records go from here too."""
    title = QCoreApplication.translate("AskingCard", "Many records are gone from the CRM")
    card = AskingCard(f"question-{row.kind}", title)
    card.column.addWidget(Paragraph(row.words, tint="text2"))
    keep = card.button(card.tr("Keep them"), "keep")
    keep.clicked.connect(lambda: model.answer(row.kind, remove=False))
    remove = card.button(card.tr("Let them go"), "remove")
    remove.clicked.connect(lambda: model.answer(row.kind, remove=True))
    card.add_buttons([keep, remove], ())
    return card


def notice_card(row: NoticeRow, model: WaitingViewModel) -> AskingCard:
    """What happened to the copy or the CRM, and what the rep can say to it: a button, or a value to type."""
    card = AskingCard(row.key, row.title)
    card.column.addWidget(Paragraph(row.advice, tint="text2"))
    buttons: list[QWidget] = []
    if row.asks is not None:
        field = Field(row.asks)
        field.line.setObjectName(f"{card.key}/value")
        fill = card.button(card.tr("Fill in and send"), "fill")
        fill.clicked.connect(lambda: model.answer_notice(row, field.text()))
        field.line.returnPressed.connect(fill.click)
        card.column.addWidget(field)
        buttons.append(fill)
    for answer, words in row.choices:
        button = card.button(words, answer)
        button.clicked.connect(lambda _=False, answer=answer: model.answer_notice(row, answer))
        buttons.append(button)
    card.add_buttons(buttons, ())
    return card


def typed_card(key: str, lines: Sequence[Line], title: str, let_go: Callable[[], object]) -> AskingCard:
    """What was being typed into a card that is gone: it can be read and copied until the rep lets it go.

    `lines` are named as the lines that they were.
    """
    words = QCoreApplication.translate("AskingCard", "What you typed for %1")
    card = AskingCard(key, words.replace("%1", title))
    about = card.tr("It had moved on meanwhile, and your text was not sent. It stays here until you let it go.")
    card.column.addWidget(Paragraph(about, tint="text2"))
    editing = Editing(lines, key)
    for name, field in editing.fields.items():
        field.line.setObjectName(name)
    card.column.addWidget(editing)
    go = card.button(card.tr("Let it go"), "let-go")
    go.clicked.connect(let_go)
    card.add_buttons([go], ())
    return card


def unreadable_card(lines: Sequence[str]) -> AskingCard:
    """Records that could not be understood: they stop nothing, and are not forgotten."""
    card = AskingCard("unreadable", trn("{n} record could not be read", "{n} records could not be read", len(lines)))
    about = card.tr("What could not be read is set aside, and tried again when the CRM changes it.")
    card.column.addWidget(Paragraph(about, tint="text2"))
    for line in lines[:10]:
        card.column.addWidget(Paragraph(line, role="meta", tint="text2"))
    if len(lines) > 10:
        card.column.addWidget(Label(card.tr("and %1 more").replace("%1", number(len(lines) - 10)), "meta", "text3"))
    return card


class OpLine(QWidget):
    """One change on its way, with its history and what can be done about it."""

    def __init__(self, row: OpRow, model: WaitingViewModel, head: str = "") -> None:
        super().__init__()
        self.key = row.id
        self.setAccessibleName(f"{row.words}. {row.state}, {row.since}")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 10, 0, 10)
        column.setSpacing(2)
        first, second = QHBoxLayout(), QHBoxLayout()
        first.addWidget(Label(row.words, "body", elide=True), 1)
        first.addWidget(Label(row.since, "meta", "text3", tabular=True))
        second.setSpacing(14)
        # Under a head that says so, a row says where it stands only where that is something else.
        state = "" if row.state == head else row.state
        second.addWidget(Label(state, "meta", "text2", elide=True), 1)
        history = _steps(row.history)
        for words, do in (
            (self.tr("History"), lambda: _toggle(history)),
            (self.tr("Send now"), model.sync_now),
            (self.tr("Discard"), lambda: model.take_back(row.id)),
        ):
            link = LinkButton(words, role="meta")
            link.setObjectName(f"{row.id}/{words}")
            link.setAccessibleName(f"{words}: {row.words}")
            link.clicked.connect(do)
            second.addWidget(link)
        column.addLayout(first)
        column.addLayout(second)
        column.addWidget(history)


def separated(widgets: Sequence[QWidget]) -> QWidget:
    """Rows with a hairline between two of them."""
    box = QWidget()
    column = QVBoxLayout(box)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    for place, widget in enumerate(widgets):
        if place:
            column.addWidget(Hairline())
        column.addWidget(widget)
    return box


def _values(row: ConflictRow, card: AskingCard) -> QWidget:
    box = QWidget()
    grid = QGridLayout(box)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(20)
    grid.setVerticalSpacing(4)
    grid.setColumnStretch(1, 1)
    grid.setColumnStretch(2, 1)
    grid.addWidget(Label(card.tr("Yours"), "section", "text2"), 0, 1)
    grid.addWidget(Label(card.tr("In the CRM"), "section", "text2"), 0, 2)
    for line, each in enumerate(row.differences, 1):
        label = Label(each.label, "meta", "text3")
        label.setMinimumHeight(fonts.leading())
        grid.addWidget(label, line, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(Paragraph(each.mine, role="label", max_lines=6), line, 1, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(Paragraph(each.theirs, max_lines=6), line, 2, Qt.AlignmentFlag.AlignTop)
    return box


def _steps(history: Sequence[str]) -> QWidget:
    box = QWidget()
    column = QVBoxLayout(box)
    column.setContentsMargins(0, 6, 0, 2)
    column.setSpacing(2)
    for step in history:
        column.addWidget(Paragraph(step, role="meta", tint="text3"))
    box.hide()
    return box


def _toggle(widget: QWidget | None) -> None:
    if widget is not None:
        widget.setVisible(widget.isHidden())


def _edit(editing: Editing, link: Button) -> None:
    editing.setVisible(editing.isHidden())
    if editing.isVisible() and editing.fields:
        next(iter(editing.fields.values())).setFocus(Qt.FocusReason.OtherFocusReason)


def _below(editing: Editing, button: QWidget) -> None:
    row = QHBoxLayout()
    row.addWidget(button)
    row.addStretch(1)
    layout = editing.layout()
    assert isinstance(layout, QVBoxLayout)
    layout.addLayout(row)
