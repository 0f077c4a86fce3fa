"""The page behind the sidebar's foot: what needs the rep, what waits for the CRM, and what is here and there."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final, cast

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from companion.domain.changes import Changes
from companion.domain.language import number
from ui.session import Subject
from ui.theme import fonts
from ui.theme.tokens import Tone
from ui.waiting.cards import (
    OpLine,
    conflict_card,
    notice_card,
    question_card,
    refused_card,
    separated,
    typed_card,
    unreadable_card,
)
from ui.waiting.rows import TallyRow
from ui.waiting.typing import Typed, Typing, lines_of
from ui.waiting.viewmodel import WaitingViewModel
from ui.widgets.button import Button
from ui.widgets.column_page import ColumnPage
from ui.widgets.focus import give_back
from ui.widgets.input_line import InputLine
from ui.widgets.label import Label
from ui.widgets.pane import Pane
from ui.widgets.section_head import SectionHead
from ui.widgets.strip import Strip
from ui.widgets.toast_lane import ToastLane

_WIDTH = 720
_KEEP_AFTER_MS: Final = 1500


class WaitingPage(Pane):
    """Cards are made anew only when what they show has changed; the focus and what is typed stay where they were."""

    def __init__(self, model: WaitingViewModel, parent: QWidget | None = None) -> None:
        super().__init__("surface", (), parent)
        self._model = model
        self.setAccessibleName(self.tr("Waiting for the CRM"))
        self._last = Label("", "meta", "text2")
        self.sync_now = Button("", icon="refresh-cw", keys="F5")
        self.sync_now.clicked.connect(model.sync_now)
        self.trouble = Strip()
        self._cards = QWidget()
        self._tallies = QWidget()
        kept = model.typed()
        self._kept = list(kept)
        self._typing = Typing(kept)
        self._pause = model.timer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_KEEP_AFTER_MS)
        self._pause.timeout.connect(self.keep)
        self.page = ColumnPage(width=_WIDTH, centred=False)
        self.page.setObjectName("pane")
        self.lane = ToastLane(self.page)
        self.page.setFocusProxy(self.sync_now)
        self._lay_out()
        model.moved.connect(self._show_cards)
        model.status_moved.connect(self._show_status)
        self._show_status()
        self._show_cards()

    def enter(self) -> None:
        """Reads anew and goes to the first thing that can be done."""
        self._model.load()
        self._show_status()
        self._first().setFocus(Qt.FocusReason.OtherFocusReason)

    def _first(self) -> QWidget:
        """What the first card asks for: the line that the CRM found wanting, else its first button."""
        buttons = [each for each in self._cards.findChildren(Button) if each.isVisible()]
        if not buttons:
            return self.sync_now
        key = buttons[0].objectName().partition("/")[0]
        lines = [each for each in self._cards.findChildren(QLineEdit) if each.isVisible() and not each.text()]
        asked = [each for each in lines if key and each.objectName().startswith(f"{key}/")]
        return asked[0] if asked else buttons[0]

    def subject(self) -> Subject | None:
        """Nobody: a key here never logs a call."""
        return None

    def changed(self, changes: Changes) -> None:
        """Something was committed."""
        self._model.changed(changes)

    def keep(self) -> None:
        """Keeps what is typed: while typing pauses, so that a crash loses two seconds at most, and before the end."""
        self._typing.note(self._cards, self._model.settled)
        self._keep_noted()

    def _keep_noted(self) -> None:
        lines = self._typing.lines()
        if lines != self._kept:
            self._model.keep_typed(lines)
            self._kept = lines

    def show_change(self, op_id: str, field: str) -> None:
        """Goes to the card of a change: to the line of `field`, where it asks for that one."""
        named = self._cards.findChildren(QWidget, f"{op_id}/field/{field}") if field else []
        taken = next((each for each in (*named, *_buttons(self._cards, op_id)) if give_back(each)), None)
        if taken is not None:
            self.page.area.ensureWidgetVisible(taken)

    def _lay_out(self) -> None:
        head = Pane("surface", ("bottom",))
        row = QHBoxLayout(head)
        row.setContentsMargins(24, 18, 24, 14)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(Label(self.tr("Waiting for the CRM"), "title"))
        words.addWidget(self._last)
        row.addLayout(words, 1)
        row.addWidget(self.sync_now)
        middle = QVBoxLayout(self.page.middle)
        middle.setContentsMargins(0, 20, 0, 24)
        middle.setSpacing(12)
        middle.addWidget(self.trouble)
        middle.addSpacing(4)
        middle.addWidget(self._cards)
        middle.addWidget(self._tallies)
        middle.addStretch(1)
        self._middle = middle
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(head)
        column.addWidget(self.page, 1)
        column.addWidget(self.lane)

    def _show_status(self) -> None:
        model = self._model
        self._last.set_text(model.last_sync)
        self.sync_now.setText(self.tr("Syncing") if model.syncing else self.tr("Sync now"))
        problem = model.problem
        self.trouble.setVisible(problem is not None)
        if problem is not None:
            icon = "cloud-off" if model.problem_tone == "info" else "triangle-alert"
            tone = cast("Tone", model.problem_tone)
            self.trouble.set_reason(f"{problem.title}. {problem.advice}".strip(), "", tone, icon)
            offers = {self.tr("Sign in again"): model.sign_in} if model.needs_sign_in else {}
            if model.is_stopped:
                offers[self.tr("Copy a report")] = model.report
            for link, do in zip(self.trouble.set_actions(*offers), offers.values(), strict=True):
                link.clicked.connect(do)
        self._replace("_tallies", tallies(model.tallies, self.tr("Here and in the CRM")))

    def _show_cards(self) -> None:
        focus = QApplication.focusWidget()
        kept = focus.objectName() if focus is not None and self._cards.isAncestorOf(focus) else ""
        self._typing.note(self._cards, self._model.settled)
        made, column = self._made()
        lost = self._typing.homeless(made)
        for place, (key, typed) in enumerate(lost.items()):
            column.insertWidget(place, self._typed_card(key, typed))
        if lost:
            column.insertSpacing(len(lost), 12)
        self._replace("_cards", made)
        self._typing.restore(made)  # after the old cards have let go of the focus: Qt selects what it moves on to
        if kept:
            same = self._cards.findChildren(QWidget, kept)
            # A line may have gone with its card: then what else can be pressed.
            near = _buttons(self._cards, kept.partition("/")[0])
            any(give_back(each) for each in (*same, *near, *_buttons(self._cards), self.sync_now))
        for line in made.findChildren(InputLine):
            line.textEdited.connect(lambda _: self._pause.start())
        self._keep_noted()

    def _typed_card(self, key: str, typed: dict[str, Typed]) -> QWidget:
        title = next(iter(typed.values())).title
        return typed_card(key, lines_of(typed), title, lambda: self._let_go(key))

    def _let_go(self, key: str) -> None:
        self._typing.let_go(self._cards, key)
        self._show_cards()

    def _made(self) -> tuple[QWidget, QVBoxLayout]:
        model, state = self._model, self._model.state
        box = QWidget()
        column = QVBoxLayout(box)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        if state.asking:
            column.addWidget(SectionHead(self.tr("Needs you"), number(state.asking)))
            for notice in state.notices:
                column.addWidget(notice_card(notice, model))
            for question in state.questions:
                column.addWidget(question_card(question, model))
            for conflict in state.conflicts:
                column.addWidget(conflict_card(conflict, model))
            for refused in state.refused:
                column.addWidget(refused_card(refused, model))
            if state.unreadable:
                column.addWidget(unreadable_card(state.unreadable))
            column.addSpacing(12)
        head = self.tr("Waiting to be sent")
        column.addWidget(SectionHead(head, number(state.waiting_count)))
        if state.waiting:
            column.addWidget(separated([OpLine(row, model, head) for row in state.waiting]))
            left = state.waiting_count - len(state.waiting)
            if left > 0:
                column.addWidget(Label(self.tr("and %1 more").replace("%1", number(left)), "meta", "text3"))
        else:
            column.addWidget(Label(model.quiet_words, "body", "text2"))
        return box, column

    def _replace(self, name: str, widget: QWidget) -> None:
        old: QWidget = getattr(self, name)
        # Not replaceWidget, which hands out an item that Qt deletes: see `widgets.tab_order`.
        self._middle.insertWidget(self._middle.indexOf(old), widget)
        self._middle.removeWidget(old)
        setattr(self, name, widget)
        # A layout shows what is new only when the event loop comes round; the focus needs it now.
        widget.show()
        old.hide()
        old.deleteLater()


def _buttons(cards: QWidget, key: str = "") -> list[Button]:
    """Those of one card by its key, from the top down; '': of all cards."""
    return [each for each in cards.findChildren(Button) if not key or each.objectName().startswith(f"{key}/")]


def widest(texts: Sequence[str], least: int) -> int:
    """Logical pixels of a column that holds each of these texts."""
    return max(fonts.px(least), *(math.ceil(fonts.width(each, "body", True)) + fonts.px(12) for each in texts))


def tallies(rows: tuple[TallyRow, ...], title: str) -> QWidget:
    """How many records of each kind are here and there; a difference stands out."""
    box = QWidget()
    column = QVBoxLayout(box)
    column.setContentsMargins(0, 12, 0, 0)
    column.setSpacing(4)
    if rows:
        column.addWidget(SectionHead(title))
    for row in rows:
        line = QWidget()
        line.setAccessibleName(f"{row.kind}: {row.here}, {row.there}")
        cells = QHBoxLayout(line)
        cells.setContentsMargins(0, 0, 0, 0)
        kind = Label(row.kind, "body")
        kind.setFixedWidth(widest([each.kind for each in rows], 160))
        here = Label(row.here, "body", "text2", tabular=True)
        here.setFixedWidth(widest([each.here for each in rows], 140))
        cells.addWidget(kind)
        cells.addWidget(here)
        cells.addWidget(Label(row.there, "body", "text2" if row.even else "warn", tabular=True), 1)
        column.addWidget(line)
    return box
