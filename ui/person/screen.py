"""The workspace of a person, company or deal: the whole history in one line, and what is known beside it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QEvent, QModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from companion.domain.changes import Changes
from companion.domain.language import number
from companion.domain.records import Kind
from ui.commands import Commands
from ui.person.details_viewmodel import DetailsViewModel
from ui.person.find_bar import FindBar
from ui.person.foot import Foot
from ui.person.history import SHOWN
from ui.person.history_list import HistoryList
from ui.person.page_head import BACK, PageHead, wanted_height
from ui.person.rail import WIDTH, Rail
from ui.person.viewmodel import RecordViewModel
from ui.session import Session, Subject
from ui.theme import fonts
from ui.waiting.dispute_strip import DisputeStrip
from ui.widgets.icon_button import IconButton
from ui.widgets.label import Label
from ui.widgets.pane import Pane
from ui.widgets.segmented import Segmented
from ui.widgets.sides import set_margins
from ui.widgets.timeline_delegate import TimelineDelegate
from ui.widgets.toast_lane import ToastLane

ADD_STEP: Final = "step"
_HISTORY_FLOOR: Final = 320
_LIST_LEAST: Final = 24
"""Pixels: in the smallest window the log sheet has the room that it needs to be seen whole."""
_HISTORY_LEAST: Final = 110
"""Pixels of its height, at 100 %: the filters and an entry."""
_NOT_HERE: Final = frozenset({"open", "row.down", "row.up"})
"""Row commands that the history does itself: Enter shows all of an entry, J and K move within it."""


class RecordPage(QWidget):
    """One page for whoever is opened: `open` shows somebody, `enter` gives the history the focus."""

    opened = Signal(object)
    """Subject: another person, company or deal."""
    said = Signal(str)
    """Something to tell that can't be undone."""
    done = Signal(str, object)
    """Words for the toast, and the gesture that undoes it."""
    look = Signal(str, str)
    """A change of the rep's that the CRM disputes is to be looked at, and the field that it asks for."""
    contact_wanted = Signal(str)
    """A next step is to be agreed, in these words: somebody else is to be found."""

    def __init__(self, session: Session, commands: Commands, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._commands = commands
        self.model = RecordViewModel(session, self)
        self.head = PageHead(commands)
        self.details = DetailsViewModel(session, self)
        self.rail = Rail(self.details)
        self.foot = Foot(sides=(32, 26))
        self.dispute = DisputeStrip(session, inset=32)
        self._delegate = TimelineDelegate(inset=32)
        self.list = HistoryList(self._delegate, self.tr("History"))
        self.list.setModel(self.model.history)
        self.list.setObjectName("pane")
        self.list.setMinimumHeight(_LIST_LEAST)
        self.lane = ToastLane(self.list, below=12, inset=32)
        self.filters = Segmented(
            [self.tr("All"), self.tr("Calls"), self.tr("Emails"), self.tr("Meetings"), self.tr("Notes")],
            self.tr("Show"),
            look="plain",
            marks=("", "phone", "mail", "video", "sticky-note"),
        )
        self._search = IconButton("search", self.tr("Find in history (Ctrl+F)"), side=28)
        self.find_bar = FindBar(self.tr("Find in history"))
        self._none = Label("", "body", "text3")
        self._history = Pane("surface")
        self._above = QWidget()
        """What stands over the entries of the history."""
        self._lay_out()
        self._connect()
        self._keys()

    # What the window asks ───────────────────────────────────────────────────────────────────────────────────────────

    def open(self, subject: Subject, came_from: str = "", among: Sequence[Subject] = ()) -> bool:
        """Shows somebody; `among` is the list that they were opened from, and `came_from` what it is called."""
        return self.model.open(subject, came_from, among)

    def enter(self) -> None:
        """The rep came here."""
        self.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def subject(self) -> Subject | None:
        """Whom the log keys are about."""
        return self.model.look.acts_on if self.model.look is not None else None

    def shown(self) -> Subject | None:
        """Whose page it is."""
        return self.model.look.subject if self.model.look is not None else None

    def row_here(self) -> tuple[QWidget, QRect]:
        """Where it stands who the page is about: popups belong under it."""
        return self.head, self.head.who_rect()

    def step(self, by: int) -> None:
        """To the next or previous in the list that this page was opened from."""
        self.model.step(by)

    def changed(self, changes: Changes) -> None:
        """Something was committed."""
        self.model.changed(changes)
        self.dispute.changed(changes)

    def minute_passed(self) -> None:
        """The clock moved on."""
        self.model.minute_passed()

    def set_foot(self, bar: QWidget, sheet: QWidget | None = None) -> None:
        """Puts the log bar at the bottom of the history, and the sheet that takes its place while it is open."""
        self.foot.set_bar(bar)
        if sheet is not None:
            self.foot.set_sheet(sheet)

    def show_evidence(self, kind: Kind, record_id: str) -> bool:
        """Scrolls to the entry that a fact rests on and selects it. False when it is not in this history."""
        row = self.model.history.find(record_id)
        if row < 0:
            return False
        self._reset_filters()
        self._select(row)
        self.list.setFocus(Qt.FocusReason.OtherFocusReason)
        return True

    def find_in_history(self) -> None:
        """Ctrl+F."""
        self._finding.show()
        self.find_bar.open()

    def find_next(self, by: int = 1) -> None:
        """F3: to the next entry that matches."""
        row = self.list.currentIndex().row()
        model = self.model.history
        while 0 <= row + by < model.rowCount():
            row += by
            if model.entry(row) is not None:
                self._select(row)
                return

    def edit_details(self) -> None:
        """Ctrl+E."""
        self.rail.toggle_details()

    def show_only(self, number: int) -> None:
        """Alt+1 to Alt+5: all, calls, emails, meetings, notes."""
        self.filters.set_current(number)
        self.model.history.narrow(show=SHOWN[number])
        self.list.scrollToTop()

    # Layout ─────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _lay_out(self) -> None:
        showing = QWidget()
        bar = QHBoxLayout(showing)
        set_margins(bar, 32, 18, 26, 4)
        bar.setSpacing(0)
        self._heading = Label(self.tr("History"), "heading")
        set_margins(self._heading, 0, 0, 17, 0)
        bar.addWidget(self._heading)
        bar.addWidget(self.filters)
        bar.addStretch(1)
        bar.addWidget(self._search)
        self._finding = QWidget()
        finding = QHBoxLayout(self._finding)
        set_margins(finding, 32, 2, 26, 4)
        finding.addWidget(self.find_bar)
        self._finding.hide()
        set_margins(self._none, 32, 12, 26, 0)
        # Large text must not push the window wider than the screen.
        self._history.setMinimumWidth(_HISTORY_FLOOR)
        above = QVBoxLayout(self._above)
        above.setContentsMargins(0, 0, 0, 0)
        above.setSpacing(0)
        for part in (self.dispute, showing, self._finding, self._none):
            above.addWidget(part)
        inner = QVBoxLayout(self._history)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(0)
        inner.addWidget(self._above)
        inner.addWidget(self.list, 1)
        inner.addWidget(self.lane)
        left = QVBoxLayout()
        left.setSpacing(0)
        left.addWidget(self._history, 1)
        left.addWidget(self.foot)
        body = QHBoxLayout()
        body.setSpacing(0)
        body.addLayout(left, 1)
        body.addWidget(self.rail)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.head)
        whole.addLayout(body, 1)

    def sizeHint(self) -> QSize:
        return QSize(1104, 800)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_rail()
        self._fit_all()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.StyleChange:
            self._fit_rail()
            self._fit_all()
        super().changeEvent(event)

    def _fit_rail(self) -> None:
        """As wide as designed; with large text as wide as the history can spare."""
        wide = max(WIDTH, min(fonts.px(WIDTH), self.width() * 2 // 5))
        self.rail.setFixedWidth(wide)
        room = self.width() - wide - 32 - 26 - self._search.sizeHint().width()
        self._heading.setVisible(self._heading.sizeHint().width() + self.filters.sizeHint().width() <= room)

    def _fit_all(self) -> None:
        """In another window, or with text of another size, everything has a place again, and makes way anew."""
        self.rail.show()
        self.foot.set_room(self.height())
        self._make_way()

    def _make_way(self) -> None:
        """The log sheet is seen whole: above it the head and all but the entries go, beside it the rail, in it room."""
        logging = self.foot.is_open
        if not logging:
            self.rail.show()
        elif self.foot.lacks and self.rail.isHidden():
            self.foot.tighten()
        elif self.foot.lacks:
            self.rail.hide()
        room = self.height() - self.foot.height()
        least = wanted_height(self._above) + _LIST_LEAST
        self.head.fit_height(room - max(fonts.px(_HISTORY_LEAST), least if logging else 0), is_logging=logging)
        has_room = not logging or least <= room
        self._above.setVisible(has_room)
        self.list.setMinimumHeight(_LIST_LEAST if has_room else 1)

    def _connect(self) -> None:
        self.model.loaded.connect(self._loaded)
        self.model.lost.connect(self.said)
        self.foot.grown.connect(self._make_way)
        self.model.history.counted.connect(self._counted)
        self.model.history.modelReset.connect(self._started)
        self.filters.chosen.connect(self.show_only)
        self._search.clicked.connect(self.find_in_history)
        self.find_bar.typed.connect(self._find)
        self.find_bar.went.connect(self.find_next)
        self.find_bar.left.connect(self._stop_finding)
        self.list.toggled.connect(self.model.history.toggle)
        self.list.left.connect(lambda: self._commands.run(BACK))
        self.list.doubleClicked.connect(lambda index: self.model.history.toggle(index.row()))
        self.head.opened.connect(self.opened)
        self.head.copied.connect(self.said)
        self.rail.opened.connect(self.opened)
        self.rail.details_left.connect(self.enter)
        self.details.done.connect(self.done)
        self.dispute.done.connect(self.done)
        self.dispute.look.connect(self.look)
        self.rail.opened_evidence.connect(self._evidence)
        self.rail.promises.kept.connect(self.model.keep)
        self.rail.contact_wanted.connect(self.contact_wanted)
        self.model.done.connect(self.done)
        for part in (self.head, self.rail):
            part.step_wanted.connect(lambda: self._commands.run(ADD_STEP))

    def _keys(self) -> None:
        # On the history alone: in the log sheet Alt with a number chooses an outcome.
        self._commands.attach_to(self._history, *(f"history.{number}" for number in range(1, len(SHOWN) + 1)))
        self._commands.attach_to(self, "history.find", "history.next", "history.previous", "details")
        for command, action in self._commands.all():
            if command.scope == "row" and command.id not in _NOT_HERE:
                self.list.addAction(action)

    # Showing ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _loaded(self) -> None:
        look = self.model.look
        if look is None:
            return
        self.head.set_look(look, self.model.came_from, self.model.place_words, self.model.at_ends)
        self.rail.set_look(look)
        self.foot.setVisible(look.acts_on is not None)
        self.dispute.show_subject(look.subject)
        self._make_way()

    def _started(self) -> None:
        self._reset_filters()
        self.list.scrollToTop()

    def _reset_filters(self) -> None:
        self.filters.set_current(0)
        self._delegate.mark(())
        self.find_bar.line.blockSignals(True)
        self.find_bar.line.clear()
        self.find_bar.line.blockSignals(False)
        self._finding.hide()

    def _counted(self) -> None:
        history = self.model.history
        for place, name in enumerate(SHOWN):
            self.filters.set_count(place, number(history.counts.get(name, 0)))
        found = history.matches
        self._say_match()
        self._none.setVisible(not found)
        self._none.set_text(self._nothing_words())

    def _say_match(self) -> None:
        """Which of the matches is selected: '2 of 5', '2 of 50+' while there are more to be read."""
        history = self.model.history
        place = history.place_of(self.list.currentIndex().row())
        if not history.needle or not history.matches:
            self.find_bar.say("")
            return
        found = number(history.matches) + ("+" if history.canFetchMore(QModelIndex()) else "")
        here = self.tr("%1 of %2").replace("%1", number(place)).replace("%2", found)
        self.find_bar.say(here if place else found)

    def _nothing_words(self) -> str:
        history = self.model.history
        if history.needle:
            return self.tr("Nothing in this history holds “%1”").replace("%1", history.needle)
        if history.filter != SHOWN[0]:
            return self.tr("None so far")
        return self.tr("Nothing has happened yet. The first call you log stands here.")

    def _find(self, text: str) -> None:
        self._delegate.mark(text.split())
        self.model.history.narrow(needle=text.strip())
        self.list.scrollToTop()
        self.list.setCurrentIndex(QModelIndex())
        if text.strip():
            self.find_next()

    def _stop_finding(self) -> None:
        self.find_bar.line.clear()
        self._finding.hide()
        self.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def _select(self, row: int) -> None:
        index = self.model.history.index(row, 0)
        self.list.setCurrentIndex(index)
        self.list.scrollTo(index)
        self._say_match()

    def _evidence(self, kind: Kind, record_id: str) -> None:
        if not self.show_evidence(kind, record_id):
            self.said.emit(self.tr("That entry is not in this history any more"))
