"""The page of people or companies: type to find, Enter to open."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from companion.domain.changes import Changes
from companion.domain.records import Kind
from ui.book.viewmodel import BookViewModel
from ui.book.walk import Walk
from ui.commands import Commands
from ui.person.find_bar import FindBar
from ui.session import Session, Subject
from ui.theme import fonts
from ui.widgets.column_names import ColumnNames
from ui.widgets.empty_state import EmptyState
from ui.widgets.label import Label
from ui.widgets.painted_list import PaintedList
from ui.widgets.pane import Pane
from ui.widgets.row_delegate import RowDelegate
from ui.widgets.toast_lane import ToastLane


class BookPage(Pane):
    """`kind` is Kind.PERSON or Kind.COMPANY. On entering, the line has the focus."""

    opened = Signal(object)
    """Subject."""

    def __init__(self, session: Session, commands: Commands, kind: Kind, parent: QWidget | None = None) -> None:
        super().__init__("surface", (), parent)
        self.model = BookViewModel(session, kind, self)
        self._people = people = kind is Kind.PERSON
        title = self.tr("People") if people else self.tr("Companies")
        self._title = Label(title, "title")
        self._count = Label("", "meta", "text2", tabular=True)
        self.find_bar = FindBar(
            self.tr("Find by name, company or number") if people else self.tr("Find by name, city or number"),
            closes=False,
        )
        self.list = BookList(RowDelegate(), title)
        self.list.setModel(self.model)
        self.list.setObjectName("pane")
        self.lane = ToastLane(self.list)
        self.empty = EmptyState()
        self._head = ColumnNames(self.tr("Name"), self.tr("Last touch"))
        self._opened_from_list = False
        self._lay_out()
        for command, action in commands.all():
            # What is logged needs somebody; a company is nobody.
            if command.scope == "row" and (people or command.id in ("open", "find.slash", "row.down", "row.up")):
                self.list.addAction(action)
        self.find_bar.typed.connect(self._find)
        self.find_bar.went.connect(self._went)
        self.find_bar.left.connect(self._clear)
        self.list.entered_row.connect(self._open)
        self.list.doubleClicked.connect(lambda index: self._open(index.row()))
        self.list.left.connect(self._to_line)
        self.opened.connect(self._note_focus)
        self.empty.offered.connect(self._clear)
        self.model.loaded.connect(self._loaded)

    def enter(self) -> None:
        """The rep came here: who was found before is still there, and the line is ready to find somebody else.

        Back from a page that was opened from the list, the focus is on its row again.
        """
        kept = self.subject()
        self.model.load()
        if kept is not None:
            self._select(self.model.row_of(kept.id))
        if kept is not None and self._opened_from_list:
            self.list.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.find_bar.open()
        self._opened_from_list = False

    def subject(self) -> Subject | None:
        """Who is selected."""
        return self.model.subject(self.list.currentIndex().row())

    def subjects(self) -> Walk:
        """Everybody whom the list holds, for next and previous on their page."""
        return self.model.subjects()

    def step(self, by: int) -> None:
        """To the next or previous."""
        self._select(self.list.currentIndex().row() + by)

    def row_here(self) -> tuple[QWidget, QRect]:
        """Where the selected row is: popups about it belong under it."""
        return self.list.viewport(), self.list.current_rect()

    def changed(self, changes: Changes) -> None:
        """Something was committed."""
        self.model.changed(changes)

    # Layout ─────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _lay_out(self) -> None:
        names = QVBoxLayout()
        names.setSpacing(2)
        names.addWidget(self._title)
        names.addWidget(self._count)
        head = QHBoxLayout()
        head.setContentsMargins(24, 18, 24, 10)
        head.addLayout(names, 1)
        self.find_bar.setFixedWidth(fonts.px(340))
        head.addWidget(self.find_bar, 0, Qt.AlignmentFlag.AlignVCenter)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self._head)
        column.addSpacing(3)
        column.addWidget(self.empty)
        column.addWidget(self.list, 1)
        column.addWidget(self.lane)

    def sizeHint(self) -> QSize:
        return QSize(1104, 800)

    # Doing ──────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _loaded(self) -> None:
        self._count.set_text(self.model.count_words)
        none = self.model.rowCount() == 0
        self._head.setVisible(not none)
        self.empty.setVisible(none)
        if none:
            offers = (("clear", self.tr("Show everybody") if self._people else self.tr("Show all of them")),)
            self.empty.say(self.model.nothing_words, "", offers if self.model.text.strip() else ())

    def _find(self, text: str) -> None:
        self.model.find(text)
        self.list.scrollToTop()
        self._select(0)

    def _went(self, by: int) -> None:
        """From the line: Enter opens who is selected, the arrows move."""
        if by == 0:
            self._open(self.list.currentIndex().row())
        elif by > 0:
            self.step(by)
            # From here on a letter is a command about whoever is selected.
            self.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def _clear(self) -> None:
        self.find_bar.line.clear()
        self.find_bar.open()

    def _to_line(self) -> None:
        self.find_bar.open()

    def _select(self, row: int) -> None:
        if 0 <= row < self.model.rowCount():
            index = self.model.index(row, 0)
            self.list.setCurrentIndex(index)
            self.list.scrollTo(index)

    def _open(self, row: int) -> None:
        subject = self.model.subject(row)
        if subject is not None:
            self.opened.emit(subject)

    def _note_focus(self) -> None:
        self._opened_from_list = self.list.hasFocus()


class BookList(PaintedList):
    """Enter opens; Esc, and Up from the first row, lead back to the line."""

    entered_row = Signal(int)
    left = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.entered_row.emit(self.currentIndex().row())
        elif event.key() == Qt.Key.Key_Escape or (event.key() == Qt.Key.Key_Up and self.currentIndex().row() <= 0):
            self.left.emit()
        else:
            super().keyPressEvent(event)
            return
        event.accept()
