"""Today's page: the list on the left, the brief of whoever is selected on the right, the log bar under it."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QModelIndex, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QVBoxLayout, QWidget

from companion.domain.reasons import Reason
from ui.commands import Commands
from ui.session import Subject
from ui.theme import fonts
from ui.today.bars import AheadBar, StaleBar
from ui.today.viewmodel import TodayViewModel
from ui.widgets.closing_gap import ClosingGap
from ui.widgets.empty_state import EmptyState
from ui.widgets.label import Label
from ui.widgets.painted_list import PaintedList
from ui.widgets.pane import Pane
from ui.widgets.progress import Progress
from ui.widgets.row_delegate import Density, RowDelegate
from ui.widgets.sides import set_margins
from ui.widgets.toast_lane import ToastLane

ONE_PANE_BELOW: Final = 924
"""Width of the page, at 100 % text size, under which the brief is a page of its own: a window of 980."""


_PANE: Final = 380


class TodayPage(QWidget):
    """`brief` is the pane on the right, made by the person's folder; the page tells it whom to show."""

    selected = Signal(object)
    """Subject or None."""
    opened = Signal(object)
    """Subject: Enter or a double click."""

    def __init__(
        self, model: TodayViewModel, commands: Commands, brief: QWidget, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._model = model
        self._brief = brief
        self._last_row = -1
        self._lost = False
        self._title = Label(self.tr("Today"), "title")
        self._date = Label("", "meta", "text2")
        self._progress_words = Label("", "meta", "text2", tabular=True)
        self._progress = Progress(self.tr("Done today"))
        self._delegate = RowDelegate()
        self.list = PaintedList(self._delegate, self.tr("People to contact today"))
        # Heard before the list hears it, which would move the selection to whatever comes next.
        model.rowsAboutToBeRemoved.connect(self._leaving)
        self.list.setModel(model)
        self.list.setObjectName("pane")
        self.lane = ToastLane(self.list)
        self.empty = EmptyState()
        self.stale = StaleBar()
        self.ahead = AheadBar()
        self._gap = ClosingGap(self.list)
        self._lay_out()
        commands.attach(self.list)
        self.list.selectionModel().currentChanged.connect(self._moved)
        self.list.activated.connect(self._open)
        self.list.doubleClicked.connect(self._open)
        model.loaded.connect(self._loaded)
        model.ahead.moved.connect(self._begin_anew)
        self.list.verticalScrollBar().valueChanged.connect(self._scrolled)

    def add_bar(self, bar: QWidget) -> None:
        """Puts a bar (arriving, stale) above the list."""
        self._bars.addWidget(bar)

    def set_density(self, density: Density) -> None:
        """Comfortable rows of 58 px, or compact ones of 40."""
        self._delegate.density = density
        self.list.scheduleDelayedItemsLayout()

    def enter(self) -> None:
        """The rep came to Today: the list has the focus, on the row where it was."""
        if not self.list.currentIndex().isValid():
            self._select(self._model.first_open())
        self.list.setFocus(Qt.FocusReason.OtherFocusReason)
        self._tell()

    def subject(self) -> Subject | None:
        """Whoever is selected."""
        return self._model.subject(self.list.currentIndex().row())

    def select(self, subject_id: str) -> None:
        """Selects a person or deal, where the list has it."""
        row = self._model.row_of(subject_id)
        if row >= 0:
            self._select(row)

    def row_here(self) -> tuple[QWidget, QRect]:
        """Where the selected row is drawn: a widget and a place in it, for popups that belong to the row."""
        return self.list.viewport(), self.list.visualRect(self.list.currentIndex()).adjusted(12, 0, -12, 0)

    def reason_here(self) -> Reason | None:
        """Why the selected person stands on the list."""
        return self._model.reason(self.list.currentIndex().row())

    def select_name(self, name: str) -> None:
        """Selects the person of this name, where the list has her."""
        for row in range(self._model.rowCount()):
            item = self._model.item(row)
            if item is not None and item.row is not None and item.row.who == name:
                self._select(row)

    def step(self, by: int) -> None:
        """To the next or previous person."""
        row = self.list.currentIndex().row() + by
        while 0 <= row < self._model.rowCount():
            if self._model.flags(self._model.index(row, 0)) & Qt.ItemFlag.ItemIsSelectable:
                self._select(row)
                return
            row += by

    def leave_behind(self, subject_id: str) -> None:
        """On to the next who is not done, where the row of this one is still selected, as after a note."""
        row = self._model.row_of(subject_id)
        if row >= 0 and row == self.list.currentIndex().row():
            after = (i for i in range(row + 1, self._model.rowCount()) if self._model.reason(i) is not None)
            self._select(next(after, row))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._model.ahead.is_on:
            self._model.ahead.end()
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.StyleChange and self.layout() is not None:
            self._fit()
        super().changeEvent(event)

    def _fit(self) -> None:
        """Two panes where both have room for their words, else the list alone."""
        for pane in (self._left, self._brief):
            pane.setMinimumWidth(fonts.px(_PANE))
        self._brief.setVisible(self.width() >= fonts.px(ONE_PANE_BELOW))

    def _lay_out(self) -> None:
        names = QVBoxLayout()
        names.setSpacing(2)
        names.addWidget(self._title)
        names.addWidget(self._date)
        done = QHBoxLayout()
        done.setSpacing(11)
        # Level with the title, whose letters stand in the middle of a taller line.
        done.setContentsMargins(0, fonts.px(8), 0, 0)
        done.addWidget(self._progress_words)
        done.addWidget(self._progress)
        head = QHBoxLayout()
        head.setContentsMargins(24, 18, 24, 2)
        head.addLayout(names)
        head.addStretch(1)
        head.addLayout(done)
        head.setAlignment(done, Qt.AlignmentFlag.AlignTop)
        self._bars = QVBoxLayout()
        self._bars.setContentsMargins(12, 0, 12, 0)
        self._bars.setSpacing(0)
        self._bars.addWidget(self.stale)
        self._bars.addWidget(self.ahead)
        left = self._left = Pane("surface", ("end",))
        column = QVBoxLayout(left)
        set_margins(column, 0, 0, 1, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addLayout(self._bars)
        column.addWidget(self.empty)
        column.addWidget(self.list, 1)
        column.addWidget(self.lane)
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.setHandleWidth(0)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.addWidget(left)
        self.splitter.addWidget(self._brief)
        self.splitter.setSizes([fonts.px(509), fonts.px(595)])
        self.splitter.setStretchFactor(0, 46)
        self.splitter.setStretchFactor(1, 54)
        self._fit()
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self.splitter)

    def sizeHint(self) -> QSize:
        return QSize(1104, 800)

    def _scrolled(self) -> None:
        """More rows come below before the end of those that are here is seen."""
        bottom = self.list.indexAt(QPoint(self.list.width() // 2, self.list.viewport().height() - 1)).row()
        self._model.reach(max(bottom, self.list.currentIndex().row()))

    def _loaded(self) -> None:
        self._title.set_text(self._model.title)
        self._date.set_text(self._model.date)
        self.ahead.say(self._model.ahead.is_on)
        words, done, total = self._model.progress
        self._progress_words.set_text(words)
        self._progress_words.setVisible(bool(words))
        self._progress.setVisible(bool(words))
        self._progress.set_done(done, total)
        empty = self._model.emptiness
        if empty is not None:
            self.empty.say(*empty)
        self.empty.setVisible(empty is not None)
        self.stale.say(self._model.stale_words)
        if self._lost or not self.list.currentIndex().isValid():
            self._choose_another()
        self._tell()
        self._gap.close()

    def _begin_anew(self) -> None:
        """Another day's list begins with its first person."""
        self._select(self._model.first_open())

    def _choose_another(self) -> None:
        """Whoever moved up into the place. Never somebody who is done: the next key would log them once more."""
        row = self._nearest(self._last_row) if self._last_row >= 0 else self._model.first_open()
        self._lost = False
        if row >= 0:
            self._select(row)
        else:
            self.list.selectionModel().clear()

    def _leaving(self, parent: QModelIndex, first: int, last: int) -> None:
        """The selected row goes: the one that moves up into its place is next."""
        row = self.list.currentIndex().row()
        if first <= row <= last:
            self._gap.leave(row)
            self._last_row, self._lost = row, True
            self.list.selectionModel().clear()

    def _nearest(self, row: int) -> int:
        people = [i for i in range(self._model.rowCount()) if self._model.reason(i) is not None]
        return min(people, key=lambda i: (abs(i - row), i < row), default=-1)

    def _select(self, row: int) -> None:
        if row >= 0:
            index = self._model.index(row, 0)
            self.list.setCurrentIndex(index)
            self.list.scrollTo(index)

    def _moved(self, now: QModelIndex, before: QModelIndex) -> None:
        if self._lost:
            return  # whoever moves up is told when the list is whole again
        if now.isValid():
            self._last_row = now.row()
            item = self._model.item(now.row())
            self._model.keep(item.id if item is not None else "")
        self._tell()

    def _tell(self) -> None:
        self.selected.emit(self.subject())

    def _open(self, index: QModelIndex) -> None:
        subject = self._model.subject(index.row())
        if subject is not None:
            self.opened.emit(subject)
