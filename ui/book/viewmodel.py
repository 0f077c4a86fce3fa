"""The list of people or of companies: find as you type, page by page."""

from __future__ import annotations

import datetime as dt
from typing import Final

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from companion.domain import words
from companion.domain.changes import Changes
from companion.domain.language import trn
from companion.domain.records import Kind
from companion.queries.book import BookPage, BookRow, Key, book, count
from ui.session import Session, Subject
from ui.widgets.avatar import initials_of
from ui.widgets.looks import RowRole, TodayRowLook

Index = QModelIndex | QPersistentModelIndex
PAGE: Final = 60


class BookViewModel(QAbstractListModel):
    """People (Kind.PERSON) or companies (Kind.COMPANY) by name. Lives on the UI thread."""

    loaded = Signal()

    def __init__(self, session: Session, kind: Kind, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.kind = kind
        self.text = ""
        self.count = 0
        self._rows: list[BookRow] = []
        self._looks: list[TodayRowLook] = []
        self._after: Key | None = None
        self._fetching = False

    # The model ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> object:
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        look = self._looks[index.row()]
        if role == RowRole.LOOK:
            return look
        if role in (RowRole.SPOKEN, int(Qt.ItemDataRole.DisplayRole)):
            return look.spoken
        return None

    def canFetchMore(self, parent: Index) -> bool:
        return not parent.isValid() and self._after is not None

    def fetchMore(self, parent: Index) -> None:
        """Reads the next page; whoever asks for more while rows come in gets none yet."""
        if self._fetching or self._after is None:
            return
        self._fetching = True
        page = self._page(self._after, PAGE)
        self._after = page.after
        if page.rows:
            self.beginInsertRows(QModelIndex(), len(self._rows), len(self._rows) + len(page.rows) - 1)
            self._rows += page.rows
            self._looks += map(self._look, page.rows)
            self.endInsertRows()
        self._fetching = False

    # What it shows ──────────────────────────────────────────────────────────────────────────────────────────────────

    def find(self, text: str) -> None:
        """Keeps those whose name, company, role or number begins so; '' shows everybody."""
        self.text = text
        self.load()

    def load(self) -> None:
        """Reads as many rows as are here, and moves them to what is so now."""
        page = self._page(None, PAGE)
        with self._session.database.read() as rows:
            self.count = count(rows, self.kind)
        self._replace(page)
        self.loaded.emit()

    def changed(self, changes: Changes) -> None:
        """Something was committed: what is shown is read again, where it lists such records."""
        kinds = {kind for kind, _ in changes.records}
        if self.kind in kinds or Kind.ACTIVITY in kinds:
            self._replace(self._page(None, max(PAGE, len(self._rows))))

    def row(self, number: int) -> BookRow | None:
        """The row at a place."""
        return self._rows[number] if 0 <= number < len(self._rows) else None

    def row_of(self, record_id: str) -> int:
        """Where somebody stands; -1 when they are not shown."""
        return next((i for i, row in enumerate(self._rows) if row.id == record_id), -1)

    def subject(self, number: int) -> Subject | None:
        """Whom a row is about."""
        row = self.row(number)
        return _subject(row) if row is not None else None

    def subjects(self) -> list[Subject]:
        """Everybody shown so far, for next and previous."""
        return [_subject(row) for row in self._rows]

    @property
    def count_words(self) -> str:
        """'1,240 people', '12 companies'."""
        if self.kind is Kind.PERSON:
            return trn("{n} person", "{n} people", self.count)
        return trn("{n} company", "{n} companies", self.count)

    @property
    def nothing_words(self) -> str:
        """What an empty list says."""
        if self.text.strip():
            return self.tr("Nobody here matches “%1”").replace("%1", words.shortened(self.text.strip(), 40))
        return self.tr("The book is still empty. It fills with the first sync.")

    # Rows ───────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _page(self, after: Key | None, limit: int) -> BookPage:
        session = self._session
        with session.database.read() as rows:
            return book(rows, self.kind, session.clock(), session.zone, text=self.text, after=after, limit=limit)

    def _look(self, row: BookRow) -> TodayRowLook:
        touched = self._touched(row.touched)
        lines = [each for each in (row.detail, row.beside if self.kind is Kind.COMPANY else "") if each]
        beside = row.beside if self.kind is Kind.PERSON else ""
        mine = self.tr("Mine") if row.mine else ""
        spoken = ", ".join(each for each in (row.name, beside, *lines, touched, mine) if each)
        detail = " · ".join(lines)
        return TodayRowLook(
            "person",
            row.name,
            beside,
            ((detail, "none"),) if detail else (),
            "",
            touched,
            mine,
            initials_of(row.name),
            row.id,
            spoken,
        )

    def _touched(self, at: dt.datetime | None) -> str:
        return words.short_date(at.date(), self._session.clock().date()) if at is not None else ""

    def _replace(self, page: BookPage) -> None:
        """Turns the rows into those of `page` by removals, insertions and changes: both are in the order of names."""
        self._after = page.after
        self._fetching = True  # a view that sees rows go asks for more before they are gone
        wanted = {row.id for row in page.rows}
        for at in range(len(self._rows) - 1, -1, -1):
            if self._rows[at].id not in wanted:
                self.beginRemoveRows(QModelIndex(), at, at)
                del self._rows[at], self._looks[at]
                self.endRemoveRows()
        for at, row in enumerate(page.rows):
            self._settle(at, row)
        self._fetching = False

    def _settle(self, at: int, row: BookRow) -> None:
        here = next((i for i in range(at, len(self._rows)) if self._rows[i].id == row.id), None)
        if here is None:
            self.beginInsertRows(QModelIndex(), at, at)
            self._rows.insert(at, row)
            self._looks.insert(at, self._look(row))
            self.endInsertRows()
            return
        if here != at:
            self.beginMoveRows(QModelIndex(), here, here, QModelIndex(), at)
            self._rows.insert(at, self._rows.pop(here))
            self._looks.insert(at, self._looks.pop(here))
            self.endMoveRows()
        look = self._look(row)
        self._rows[at] = row
        if look != self._looks[at]:
            self._looks[at] = look
            self.dataChanged.emit(self.index(at, 0), self.index(at, 0))


def _subject(row: BookRow) -> Subject:
    person = row.id if row.kind is Kind.PERSON else None
    return Subject(row.kind, row.id, row.name, person, company_id=row.company_id)
