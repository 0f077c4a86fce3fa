"""The pipeline's page: one grid, the keys that change a row in place, and what they are."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QListView,
    QStyledItemDelegate,
    QVBoxLayout,
    QWidget,
)

from companion.domain.changes import Changes
from ui.commands import Commands
from ui.person.find_bar import FindBar
from ui.person.reach import keys_of
from ui.pipeline.columns import EDGE, columns
from ui.pipeline.delegate import PipelineDelegate
from ui.pipeline.viewmodel import PipelineViewModel
from ui.session import Session, Subject
from ui.theme import fonts
from ui.widgets.date_popup import DatePopup
from ui.widgets.empty_state import EmptyState
from ui.widgets.key_hints import KeyHints
from ui.widgets.label import Label
from ui.widgets.painted_delegate import Index
from ui.widgets.painted_list import PaintedList
from ui.widgets.painting import draw_text, hairline, is_rtl, mirror
from ui.widgets.pane import Pane
from ui.widgets.toast_lane import ToastLane

_EDITOR: Final = 29
_FIND: Final = 260
_FIND_LEAST: Final = 120


class PipelinePage(Pane):
    """Own open deals in their groups. `[` and `]` are commands of the window's; D opens the date in its cell."""

    opened = Signal(object)
    """Subject: Enter or a double click."""
    dated = Signal(object, object)
    """Subject and datetime.date: the deal's new close date."""

    def __init__(self, session: Session, commands: Commands, parent: QWidget | None = None) -> None:
        super().__init__("surface", (), parent)
        self._session = session
        self._commands = commands
        self._deal_id = ""
        self.model = PipelineViewModel(session, self)
        self._title = Label(self.tr("Pipeline"), "title")
        self._summary = Label("", "meta", "text2", elide=True, tabular=True)
        self._head = _Head()
        self.list = DealList(PipelineDelegate(self.model.is_head), self.tr("Open deals"))
        self.list.setModel(self.model)
        self.list.setObjectName("pane")
        self.lane = ToastLane(self.list, below=12)
        self.date = DatePopup(self)
        self.find_bar = FindBar(self.tr("Find a deal"), closes=False)
        self.empty = EmptyState()
        self._lay_out()
        commands.attach(self.list)
        commands.attach_to(self, "history.find")
        self.find_bar.typed.connect(self._find)
        self.find_bar.went.connect(self._went)
        self.find_bar.left.connect(self._clear)
        self.empty.offered.connect(lambda offer: self._clear())
        self.list.doubleClicked.connect(lambda index: self._open(index.row()))
        self.list.entered_row.connect(self._open)
        self.list.selectionModel().currentChanged.connect(self._moved)
        self.date.chosen.connect(self._date_chosen)
        for ended in (self.date.chosen, self.date.cancelled):
            ended.connect(lambda *_: self.list.hold(False))
        self.model.loaded.connect(self._loaded)

    def enter(self) -> None:
        """The rep came here: reads the deals, on the row where it was."""
        self.model.load()
        self._keys.refresh()
        self.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def subject(self) -> Subject | None:
        """The deal that is selected."""
        return self.model.subject(self.list.currentIndex().row())

    def subjects(self) -> list[Subject]:
        """Every deal in its order, for next and previous on its page."""
        return self.model.subjects()

    def row_here(self) -> tuple[QWidget, QRect]:
        """Where the selected deal is: popups about it belong under it."""
        return self.list.viewport(), self.list.current_rect()

    def amount_here(self) -> tuple[QWidget, QRect]:
        """Where its amount is."""
        row = QRectF(self.list.current_rect().adjusted(-12, 0, 12, 0))
        cell = mirror(columns(row).amount, row, is_rtl(self.layoutDirection())).toRect()
        return self.list.viewport(), cell

    def changed(self, changes: Changes) -> None:
        """Something was committed."""
        self.model.changed(changes)

    def step(self, by: int) -> None:
        """To the next or previous deal."""
        row = self.list.currentIndex().row() + by
        while 0 <= row < self.model.rowCount():
            if self.model.deal(row) is not None:
                self._select(row)
                return
            row += by

    def edit_close_date(self) -> None:
        """D: the close date of the selected deal, edited in its cell."""
        row = self.list.currentIndex().row()
        deal = self.model.deal(row)
        if deal is None:
            return
        self.list.scrollTo(self.list.currentIndex())
        self._deal_id = deal.id
        self.list.hold()
        title = self.tr("%1 closes").replace("%1", deal.name)
        self.date.open(self._cell(row), title, (), self._session.clock(), in_place=True)

    def find_in_history(self) -> None:
        """Ctrl+F: the line to find a deal by its name, company, person or stage."""
        self.find_bar.open()

    def find_without_a_step(self) -> None:
        """Only the deals that nothing is agreed on."""
        self.find_bar.line.setText(self.model.without_a_step)
        self.list.setFocus(Qt.FocusReason.OtherFocusReason)

    # Layout ─────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _lay_out(self) -> None:
        names = QVBoxLayout()
        names.setSpacing(2)
        names.addWidget(self._title)
        names.addWidget(self._summary)
        head = QHBoxLayout()
        head.setContentsMargins(24, 18, 24, 0)
        head.addLayout(names, 1)
        head.addWidget(self.find_bar, 0, Qt.AlignmentFlag.AlignVCenter)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addSpacing(10)
        column.addWidget(self._head)
        column.addSpacing(3)
        column.addWidget(self.empty)
        column.addWidget(self.list, 1)
        column.addWidget(self.lane)
        self._keys = self._foot()
        column.addWidget(self._keys)

    def _foot(self) -> KeyHints:
        hints = (
            (self.tr("move stage"), "stage.previous", "stage.next"),
            (self.tr("close date"), "close_date"),
            (self.tr("amount"), "amount"),
            (self.tr("next step"), "step"),
            (self.tr("park"), "park"),
            (self.tr("open"), "open"),
            (self.tr("undo"), "undo"),
        )
        return KeyHints([(words, functools.partial(self._keys_of, *commands)) for words, *commands in hints])

    def _keys_of(self, *commands: str) -> str:
        return " ".join(each for each in (keys_of(self._commands, command) for command in commands) if each)

    def sizeHint(self) -> QSize:
        return QSize(1104, 800)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """The sums are read before anybody looks for a deal: where there is little room the line gives it up."""
        room = self.width() - 2 * EDGE - self._summary.sizeHint().width() - EDGE
        self.find_bar.setFixedWidth(max(fonts.px(_FIND_LEAST), min(fonts.px(_FIND), room)))

    # Doing ──────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _loaded(self) -> None:
        self._summary.set_text(self.model.summary)
        self._fit()
        none = self.model.rowCount() == 0
        filtered = self.model.is_filtered
        if none and filtered:
            self.empty.say(self.model.nothing_words, "", (("clear", self.tr("Clear filter")),))
        elif none:
            hint = self.tr("Deals that are yours in the CRM stand here, grouped by when they close.")
            self.empty.say(self.model.nothing_words, hint)
        self.empty.setVisible(none)
        self.find_bar.setVisible(filtered or not none)
        self._head.setVisible(not none)
        self._keys.setVisible(not none)
        if not self.list.currentIndex().isValid() or self.model.deal(self.list.currentIndex().row()) is None:
            self._select(max(0, self.model.row_of(self._deal_id)))
            if self.model.deal(self.list.currentIndex().row()) is None:
                self.step(1)

    def _find(self, typed: str) -> None:
        self.model.find(typed)
        if self.model.deal(self.list.currentIndex().row()) is None:
            self.step(1)

    def _went(self, by: int) -> None:
        """From the line: Enter opens the deal, the arrows move."""
        if by > 0:
            self.step(by)
            # From here on a letter is a command about the deal that is selected.
            self.list.setFocus(Qt.FocusReason.OtherFocusReason)
        elif by == 0:
            self._open(self.list.currentIndex().row())

    def _clear(self) -> None:
        """All deals again, and the keys are the list's."""
        self.find_bar.line.clear()
        self.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def _moved(self, now: QModelIndex, before: QModelIndex) -> None:
        deal = self.model.deal(now.row())
        if deal is not None:
            self._deal_id = deal.id

    def _select(self, row: int) -> None:
        index = self.model.index(row, 0)
        self.list.setCurrentIndex(index)
        self.list.scrollTo(index)

    def _open(self, row: int) -> None:
        subject = self.model.subject(row)
        if subject is not None:
            self.opened.emit(subject)

    def _cell(self, row: int) -> QRect:
        """Where the close date of a row stands, in this page's coordinates, as large as its editor."""
        place = QRectF(self.list.visualRect(self.model.index(row, 0)))
        cell = mirror(columns(place).close, place, is_rtl(self.layoutDirection())).toRect()
        tall = fonts.px(_EDITOR)
        at = self.list.viewport().mapTo(self, cell.topLeft())
        return QRect(at.x() - 7, at.y() + (cell.height() - tall) // 2, cell.width(), tall)

    def _date_chosen(self, day: object) -> None:
        subject = self.model.subject(self.model.row_of(self._deal_id))
        if subject is not None:
            self.dated.emit(subject, day)


class DealList(PaintedList):
    """Enter opens. A row's height hangs on nothing that changes: thousands of them are not laid out anew for one."""

    entered_row = Signal(int)

    def __init__(self, delegate: QStyledItemDelegate, name: str, parent: QWidget | None = None) -> None:
        super().__init__(delegate, name, parent)
        self.setResizeMode(QListView.ResizeMode.Fixed)

    def dataChanged(self, first: Index, last: Index, roles: Sequence[int] = ()) -> None:
        # QListView's own would lay out every row anew.
        QAbstractItemView.dataChanged(self, first, last, roles)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.entered_row.emit(self.currentIndex().row())
            event.accept()
            return
        super().keyPressEvent(event)


class _Head(QWidget):
    """The names of the columns."""

    def __init__(self) -> None:
        super().__init__()
        self._words = (
            self.tr("Deal"),
            self.tr("Amount"),
            self.tr("Stage"),
            self.tr("Close"),
            self.tr("Next step"),
            self.tr("Last touch"),
        )
        self.setAccessibleName(", ".join(self._words))
        self.setFixedHeight(fonts.px(29))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        row, rtl = QRectF(self.rect()), is_rtl(self.layoutDirection())
        for number, (words, cell) in enumerate(zip(self._words, columns(row), strict=True)):
            side = "end" if number == 1 else "start"
            draw_text(painter, mirror(cell, row, rtl), words, "meta_label", "text2", align=side, rtl=rtl)
        hairline(painter, 12, self.height() - 1, self.width() - 24)
