"""The page of the ledger: every reminder with what became of it; Enter opens whom it is about."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from companion.domain.changes import Changes
from companion.domain.records import Kind
from ui.commands import Commands, keys_words
from ui.reminders.viewmodel_ledger import LedgerViewModel, Offer
from ui.session import Session, Subject
from ui.widgets.button import Button
from ui.widgets.empty_state import EmptyState
from ui.widgets.label import Label
from ui.widgets.painted_list import PaintedList
from ui.widgets.pane import Pane
from ui.widgets.row_delegate import RowDelegate
from ui.widgets.segmented import Segmented
from ui.widgets.toast_lane import ToastLane

_KINDS = frozenset({Kind.ACTIVITY, Kind.PERSON, Kind.DEAL, Kind.COMPANY})


class LedgerPage(Pane):
    """On entering, the newest that is past or the next that comes has the focus."""

    opened = Signal(object)
    """Subject."""

    def __init__(self, session: Session, commands: Commands, parent: QWidget | None = None) -> None:
        super().__init__("surface", (), parent)
        self.setAccessibleName(self.tr("Reminders"))
        self.model = LedgerViewModel(session, self)
        self._title = Label("", "title", elide=True)
        self._count = Label("", "meta", "text2", tabular=True)
        self.filter = Segmented([self.tr("All"), self.tr("Missed")], self.tr("Show"), look="plain")
        self.everybody = Button(self.tr("Show everybody’s"), icon="users")
        self.list = PaintedList(RowDelegate(), self.tr("Reminders"))
        self.list.setModel(self.model)
        self.list.setObjectName("pane")
        self.lane = ToastLane(self.list)
        self.empty = EmptyState()
        self._commands = commands
        self._lay_out()
        commands.attach(self.list)
        commands.attach_to(self.empty, "snooze")  # not the others: Space presses the button
        self.filter.chosen.connect(lambda number: self.model.show(self.model.person, number == 1))
        self.everybody.clicked.connect(lambda: self.show_of(None, self.model.missed_only))
        self.empty.offered.connect(self._take_offer)
        self.list.activated.connect(self._open)
        self.list.doubleClicked.connect(self._open)
        self.model.loaded.connect(self._loaded)

    def enter(self) -> None:
        """The rep came here: what is so now, where it was."""
        self.model.load()
        self._focus()

    def subject(self) -> Subject | None:
        """Whom the selected reminder is about, else whose reminders are listed."""
        return self.model.subject(self.list.currentIndex().row()) or self.model.person

    def row_here(self) -> tuple[QWidget, QRect]:
        """Where the selected reminder is, or the button where there is none: popups belong under it."""
        nothing = self.model.nothing
        if nothing is None:
            return self.list.viewport(), self.list.current_rect()
        button = self.empty.button(nothing[2])
        return button, button.rect()

    def step(self, by: int) -> None:
        """To the next or previous reminder."""
        row = self.list.currentIndex().row() + by
        while 0 <= row < self.model.rowCount():
            if self.model.line(row) is not None:
                self._select(row)
                return
            row += by

    def changed(self, changes: Changes) -> None:
        """Something was committed."""
        if any(kind in _KINDS for kind, _ in changes.records):
            self.model.load()

    def show_of(self, person: Subject | None, missed: bool) -> None:
        """The reminders of this person alone (None: of everybody), all or only what was missed."""
        self.filter.set_current(int(missed))
        self.model.show(person, missed)
        self._focus()

    # Layout ─────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _lay_out(self) -> None:
        names = QVBoxLayout()
        names.setSpacing(2)
        names.addWidget(self._title)
        names.addWidget(self._count)
        head = QHBoxLayout()
        head.setContentsMargins(24, 18, 24, 8)
        head.setSpacing(12)
        head.addLayout(names, 1)
        head.addWidget(self.everybody, 0, Qt.AlignmentFlag.AlignVCenter)
        head.addWidget(self.filter, 0, Qt.AlignmentFlag.AlignVCenter)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.empty)
        column.addWidget(self.list, 1000)
        column.addStretch(1)  # while the list is hidden the words stay at the top
        column.addWidget(self.lane)

    def sizeHint(self) -> QSize:
        return QSize(1104, 800)

    def _loaded(self) -> None:
        model = self.model
        self._title.set_text(model.title)
        self._count.set_text(model.count_words)
        self._count.setVisible(bool(model.count_words))
        self.everybody.setVisible(model.person is not None)
        nothing = model.nothing
        self.empty.setVisible(nothing is not None)
        self.list.setVisible(nothing is None)
        if nothing is not None:
            title, hint, offer = nothing
            self.empty.say(title, hint, ((offer, self._offer_words(offer)),))
            if offer != "all":
                self.empty.button(offer).set_keys(keys_words(self._commands.action(offer)))
        elif not self.list.currentIndex().isValid():
            self._select(model.first())

    def _focus(self) -> None:
        nothing = self.model.nothing
        target: QWidget = self.list if nothing is None else self.empty.button(nothing[2])
        target.setFocus(Qt.FocusReason.OtherFocusReason)

    def _offer_words(self, offer: Offer) -> str:
        """The words on the button; of a command, its own."""
        if offer == "all":
            return self.tr("Show all")
        who = self.model.person.name if self.model.person else ""
        return self._commands.words(offer).replace("{who}", who)

    def _take_offer(self, offer: str) -> None:
        if offer == "all":
            self.show_of(self.model.person, missed=False)
        else:
            self._commands.run(offer)

    def _select(self, row: int) -> None:
        if row >= 0:
            index = self.model.index(row, 0)
            self.list.setCurrentIndex(index)
            self.list.scrollTo(index)

    def _open(self, index: QModelIndex) -> None:
        subject = self.model.subject(index.row())
        if subject is not None:
            self.opened.emit(subject)
