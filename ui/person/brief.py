"""The brief: who it is, why now, where it stopped, and what to say, beside the list while the selection moves."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from companion.domain.changes import Changes
from companion.domain.sync_status import SyncStatus
from ui.commands import Commands
from ui.person.brief_viewmodel import BriefLook, BriefViewModel, Expected, nothing_expected
from ui.person.deal_card import DealCard
from ui.person.foot import Foot
from ui.person.promise_list import PromiseList
from ui.person.reach import Reach, keys_of
from ui.person.scroll_column import Part, ScrollColumn
from ui.session import Session, Subject
from ui.widgets.avatar import Avatar
from ui.widgets.button import Button
from ui.widgets.fact_list import FactList
from ui.widgets.label import Label
from ui.widgets.pane import Pane
from ui.widgets.paragraph import Paragraph
from ui.widgets.section_head import SectionHead
from ui.widgets.strip import Strip
from ui.widgets.tab_order import follow_layout

OPEN: Final = "open"
ADD_STEP: Final = "step"
CLOSE_DATE: Final = "close_date"
EXPLAIN: Final = "explain"
AMOUNT: Final = "amount"


class BriefPane(Pane):
    """Follows the selection by `show_subject`. Lives beside a list; never takes the focus by itself."""

    opened_evidence = Signal(object, str)
    """Kind and local id of the record that a fact rests on."""
    opened = Signal(object)
    """Subject: the person, deal or company whose page is wanted."""
    done = Signal(str, object)
    """Words for the toast, and the gesture that undoes it."""

    def __init__(
        self, session: Session, commands: Commands, expected: Expected = nothing_expected, parent: QWidget | None = None
    ) -> None:
        super().__init__("subtle", (), parent)
        self.setObjectName("pane")
        self.model = BriefViewModel(session, expected, self)
        self._commands = commands
        self._avatar = Avatar(size=44)
        self._name = Label("", "name", elide=True)
        self._role = Label("", "body", "text2", elide=True)
        self.history = Button(self.tr("Full history"), keys=keys_of(commands, OPEN))
        self.reach = Reach(commands, self.history)
        self._strip = Strip()
        self._strip.setObjectName("reason")
        self._if_nothing = Paragraph("", role="meta", tint="text3", max_lines=2)
        self._otherwise = Part(6, self._if_nothing)
        self._saved = Label("", "meta", "text3", elide=True)
        self._saved.setContentsMargins(0, 6, 0, 0)
        self._left_off_head = SectionHead(self.tr("Where you left off"))
        self._left_off = Paragraph("", max_lines=4)
        self._promises_head = SectionHead(self.tr("Promises"))
        self.promises = PromiseList()
        self._facts_head = SectionHead(self.tr("Before you call"))
        self._facts = FactList()
        self._card = DealCard(dated=True)
        self._recent_head = SectionHead(self.tr("Recently"))
        self._recent = FactList()
        self._empty = Label(self.tr("Nobody is selected"), "body", "text3")
        self._why = Part(18, self._strip, self._otherwise, self._saved)
        self._left = Part(20, self._left_off_head, 6, self._left_off)
        self._promised = Part(18, self._promises_head, 5, self.promises)
        self._before = Part(18, self._facts_head, 5, self._facts)
        self._deal = Part(18, self._card)
        self._recently = Part(18, self._recent_head, 5, self._recent)
        self._scroll = ScrollColumn(self.tr("Brief"), (24, 20, 24, 20))
        self.foot = Foot()
        self._lay_out()
        self._connect()
        self._show()

    def show_subject(self, subject: Subject | None) -> None:
        """Whom to show; paints in the same turn of the event loop."""
        moved = self.model.show(subject)
        if moved:
            self._scroll.to_top()

    def subject(self) -> Subject | None:
        """Whom it shows."""
        return self.model.subject

    def changed(self, changes: Changes) -> None:
        """Something was committed. Unseen it is not read anew before it is seen."""
        if self.isVisible():
            self.model.changed(changes)

    def showEvent(self, event: QShowEvent) -> None:
        self.model.changed(Changes())
        super().showEvent(event)

    def sync_moved(self, status: SyncStatus) -> None:
        """How sync is doing now."""
        self.model.sync_moved(status)

    def saved(self) -> None:
        """The rep logged or changed something: offline, the first time in a session, the brief says where it is."""
        self.model.saved()

    def set_foot(self, bar: QWidget, sheet: QWidget | None = None) -> None:
        """Puts the log bar at the bottom, and the sheet that takes its place while it is open."""
        self.foot.set_bar(bar)
        if sheet is not None:
            self.foot.set_sheet(sheet)

    def add_notice(self, widget: QWidget) -> None:
        """Puts a strip right below the buttons; hidden it takes no room."""
        self._notices.addWidget(widget)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.reach.fit(self.width() - 48)
        self.foot.set_room(self.height())

    # Layout ─────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _lay_out(self) -> None:
        names = QVBoxLayout()
        names.setSpacing(0)
        names.addStretch(1)
        names.addWidget(self._name)
        names.addSpacing(1)
        names.addWidget(self._role)
        names.addStretch(1)
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(self._avatar)
        head.addLayout(names, 1)
        column = self._scroll.column
        column.addWidget(self._empty)  # level with the title of the list beside it
        column.addLayout(head)
        column.addSpacing(16)
        column.addWidget(self.reach)
        self._notices = QVBoxLayout()
        column.addLayout(self._notices)
        for part in (self._why, self._left, self._promised, self._before, self._deal, self._recently):
            column.addWidget(part)
        column.addStretch(1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self._scroll, 1)
        whole.addWidget(self.foot)

    def _connect(self) -> None:
        self.history.clicked.connect(self._open)
        self._strip.asked.connect(lambda: self._commands.run(EXPLAIN))
        self.promises.opened.connect(lambda number: self._evidence(self.model.look.promises[number]))
        self.promises.kept.connect(self.model.keep)
        self.model.done.connect(self.done)
        self._facts.opened.connect(lambda number: self._evidence(self.model.look.facts[number]))
        self._recent.opened.connect(lambda number: self._evidence(self.model.look.recent[number]))
        self._card.opened.connect(lambda deal_id: self.opened.emit(self.model.deal_subject(deal_id)))
        self._card.step_opened.connect(lambda step_id: self.opened_evidence.emit(*self.model.step_evidence(step_id)))
        self._card.step_wanted.connect(lambda: self._commands.run(ADD_STEP))
        self._card.day_wanted.connect(lambda deal_id: self._want(CLOSE_DATE, deal_id))
        self._card.amount_wanted.connect(lambda deal_id: self._want(AMOUNT, deal_id))
        self.model.loaded.connect(self._show)

    # Showing ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _show(self) -> None:
        look = self.model.look
        known = self.model.subject is not None
        for widget in (self._avatar, self._name, self._role, self.reach):
            widget.setVisible(known)
        self._empty.setVisible(not known)
        self._avatar.set_person(look.name, look.key)
        self._name.set_text(look.name)
        self._role.set_text(look.subtitle)
        self.reach.set_reach(look.number, look.email)
        self._show_why(look)
        self._left.setVisible(bool(look.left_off))
        self._left_off.set_text(look.left_off)
        self._promised.setVisible(bool(look.promises))
        self.promises.set_promises(look.promises)
        self._before.setVisible(bool(look.facts))
        self._facts.set_facts([(fact.text, fact.source) for fact in look.facts])
        self._deal.setVisible(look.deal is not None)
        if look.deal is not None:
            self._card.set_deal(look.deal)
        self._recently.setVisible(bool(look.recent))
        self._recent.set_facts(
            [(entry.text, entry.source) for entry in look.recent], [entry.icon for entry in look.recent], "text2"
        )
        follow_layout(self)
        self._scroll.settle()

    def _show_why(self, look: BriefLook) -> None:
        why = look.reason
        self._why.setVisible(why is not None or bool(look.saved))
        self._strip.setVisible(why is not None)
        self._otherwise.setVisible(bool(why and why.if_nothing))
        if why is not None:
            self._strip.set_reason(why.text, why.tail, why.tone, why.icon)
            self._strip.set_asked(why.asked)
            self._if_nothing.set_text(why.if_nothing)
        self._saved.set_text(look.saved)
        self._saved.setVisible(bool(look.saved))

    # Acting ─────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _open(self) -> None:
        if self.model.subject is not None:
            self.opened.emit(self.model.subject)

    def _want(self, command_id: str, deal_id: str) -> None:
        """The key's command acts on the row's deal; another one is changed on its own page."""
        subject = self.model.subject
        if subject is not None and subject.deal_id == deal_id:
            self._commands.run(command_id)
        else:
            self.opened.emit(self.model.deal_subject(deal_id))

    def _evidence(self, fact: object) -> None:
        kind, record_id = getattr(fact, "kind", None), getattr(fact, "id", "")
        if kind is not None and record_id:
            self.opened_evidence.emit(kind, record_id)
