"""The list of people or of companies: find as you type, page by page."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from companion.domain import words
from companion.domain.changes import Changes
from companion.domain.language import number, trn
from companion.domain.records import Kind
from companion.queries.book import BookPage, BookRow, Key, book, count
from ui.book.walk import Walk
from ui.merged_rows import insert, merge
from ui.session import Session, Subject
from ui.widgets.avatar import initials_of
from ui.widgets.looks import TodayRowLook, said

Index = QModelIndex | QPersistentModelIndex
PAGE: Final = 60


@dataclass(frozen=True, slots=True)
class Line:
    """A person or company as a row, and how it looks."""

    id: str
    row: BookRow
    look: TodayRowLook


class BookViewModel(QAbstractListModel):
    """People (Kind.PERSON) or companies (Kind.COMPANY) by name. Lives on the UI thread."""

    loaded = Signal()

    def __init__(self, session: Session, kind: Kind, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.kind = kind
        self.text = ""
        self.count = 0
        self._lines: list[Line] = []
        self._after: Key | None = None
        self._fetching = False

    # The model ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(self._lines)

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> object:
        if not index.isValid() or index.row() >= len(self._lines):
            return None
        return said(self._lines[index.row()].look, role)

    def canFetchMore(self, parent: Index) -> bool:
        return not parent.isValid() and self._after is not None

    def fetchMore(self, parent: Index) -> None:
        """Reads the next page; whoever asks for more while rows come in gets none yet."""
        if self._fetching or self._after is None:
            return
        self._fetching = True
        page = self._page(self._after, PAGE)
        self._after = page.after
        insert(self, self._lines, len(self._lines), self._lines_of(page))
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
            self._replace(self._page(None, max(PAGE, len(self._lines))))

    def row(self, number: int) -> BookRow | None:
        """The row at a place."""
        return self._lines[number].row if 0 <= number < len(self._lines) else None

    def row_of(self, record_id: str) -> int:
        """Where somebody stands; -1 when they are not shown."""
        return next((i for i, line in enumerate(self._lines) if line.id == record_id), -1)

    def subject(self, number: int) -> Subject | None:
        """Whom a row is about."""
        row = self.row(number)
        return _subject(row) if row is not None else None

    def subjects(self) -> Walk:
        """Everybody whom the list holds as it is found and sorted now, for next and previous."""
        text, known, length = self.text, [_subject(line.row) for line in self._lines], len(self._lines)

        def more(after: Key) -> tuple[list[Subject], Key | None]:
            page = self._page(after, PAGE, text)
            return [_subject(row) for row in page.rows], page.after

        if self._after is not None:
            with self._session.database.read() as rows:
                length = count(rows, self.kind, text)
        return Walk(known, self._after, length, more)

    @property
    def count_words(self) -> str:
        """'1,240 people'; while the rep finds somebody '14 of 1,240 people', '60+ of 1,240 people'."""
        if self.kind is Kind.PERSON:
            everybody = trn("{n} person", "{n} people", self.count)
        else:
            everybody = trn("{n} company", "{n} companies", self.count)
        if not self.text.strip():
            return everybody
        found = number(len(self._lines)) + ("+" if self._after is not None else "")
        return self.tr("%1 of %2").replace("%1", found).replace("%2", everybody)

    @property
    def nothing_words(self) -> str:
        """What an empty list says."""
        if self.text.strip():
            return self.tr("Nobody here matches “%1”").replace("%1", words.shortened(self.text.strip(), 40))
        return self.tr("The book is still empty. It fills with the first sync.")

    # Rows ───────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _page(self, after: Key | None, limit: int, text: str | None = None) -> BookPage:
        session, text = self._session, self.text if text is None else text
        with session.database.read() as rows:
            return book(rows, self.kind, session.clock(), session.zone, text=text, after=after, limit=limit)

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
        """Turns the rows into those of `page`."""
        self._after = page.after
        self._fetching = True  # a view that sees rows go asks for more before they are gone
        merge(self, self._lines, self._lines_of(page))
        self._fetching = False

    def _lines_of(self, page: BookPage) -> list[Line]:
        return [Line(row.id, row, self._look(row)) for row in page.rows]


def _subject(row: BookRow) -> Subject:
    person = row.id if row.kind is Kind.PERSON else None
    return Subject(row.kind, row.id, row.name, person, company_id=row.company_id)
