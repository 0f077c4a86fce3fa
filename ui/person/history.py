"""A history as rows: heads of months and entries, read page by page, never reset while it is the same subject's."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Final

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from companion.domain import words
from companion.domain.records import Kind
from companion.queries.entries import Entry
from companion.queries.timeline import FILTERS, Key, Page, counts, timeline
from ui.merged_rows import merge
from ui.session import Session
from ui.theme.tokens import Tone
from ui.widgets.looks import TimelineRowLook, said

Index = QModelIndex | QPersistentModelIndex
PAGE: Final = 50
FIRST: Final = 20
"""Entries that are read and laid out before the page is painted: twice what it shows."""
SHOWN: Final = tuple(FILTERS)
_MOST_PAGES: Final = 200
_QUOTED: Final = 300
"""Characters up to which what they wrote is shown as a quotation."""
_TONES: Final[dict[str, Tone]] = {"warn": "warn", "bad": "bad", "accent": "info", "info": "info", "good": "good"}


@dataclass(frozen=True, slots=True)
class Line:
    """One row under an id that stays the same while it is about the same thing."""

    id: str
    look: TimelineRowLook
    entry: Entry | None = None


@dataclass(frozen=True, slots=True)
class Read:
    """The first page of a history and the counts of its filters, as read from the book."""

    page: Page
    counts: dict[str, int]


class HistoryModel(QAbstractListModel):
    """The history of one person, company or deal. Lives on the UI thread."""

    counted = Signal()
    """The counts or the number of matches may have changed."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._of: tuple[Kind, str] | None = None
        self._lines: list[Line] = []
        self._entries: list[Entry] = []
        self._next: Key | None = None
        self._fetching = False
        self._whole: frozenset[str] = frozenset()
        self.filter = SHOWN[0]
        self.needle = ""
        self.counts: dict[str, int] = {}

    # The model ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(self._lines)

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> object:
        if not index.isValid() or index.row() >= len(self._lines):
            return None
        return said(self._lines[index.row()].look, role)

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        if self._lines[index.row()].entry is None:
            return Qt.ItemFlag.ItemNeverHasChildren
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren

    def canFetchMore(self, parent: Index) -> bool:
        return not parent.isValid() and self._next is not None

    def fetchMore(self, parent: Index) -> None:
        """Reads the next page; whoever asks for more while rows come in gets none yet."""
        if self._fetching or self._of is None or self._next is None:
            return
        self._fetching = True
        page = self._page(self._next, PAGE)
        self._entries += page.entries
        self._next = page.before
        merge(self, self._lines, self._wanted())
        self._fetching = False

    # What it shows ──────────────────────────────────────────────────────────────────────────────────────────────────

    def read(self, kind: Kind, record_id: str) -> Read:
        """The first page of somebody's history, to be shown now or when their turn comes."""
        with self._session.database.read() as rows:
            found = counts(rows, kind.value, record_id)
        before, self._of = self._of, (kind, record_id)
        try:
            return Read(self._page(None, FIRST, plain=True), found)
        finally:
            self._of = before

    def show(self, kind: Kind, record_id: str, ready: Read | None = None) -> None:
        """Shows a history from its newest entry, unfiltered."""
        self.filter, self.needle, self._whole = SHOWN[0], "", frozenset()
        ready = ready or self.read(kind, record_id)
        self.beginResetModel()
        self._of = (kind, record_id)
        self._entries, self._next, self.counts = list(ready.page.entries), ready.page.before, ready.counts
        self._lines = self._wanted()
        self.endResetModel()
        self.counted.emit()

    def reload(self) -> None:
        """Something was committed: reads again as many entries as are here, and moves the rows to what is so now."""
        if self._of is None:
            return
        kind, record_id = self._of
        with self._session.database.read() as rows:
            self.counts = counts(rows, kind.value, record_id)
        page = self._page(None, max(FIRST, len(self._entries)))
        self._entries, self._next = list(page.entries), page.before
        merge(self, self._lines, self._wanted())
        self.counted.emit()

    def narrow(self, *, show: str | None = None, needle: str | None = None) -> None:
        """Keeps one kind of entry (a key of FILTERS), or those that hold every word of `needle`."""
        self.filter = self.filter if show is None else show
        self.needle = self.needle if needle is None else needle
        if self._of is not None:
            page = self._page(None, PAGE if self.needle else FIRST)
            self._entries, self._next = list(page.entries), page.before
            merge(self, self._lines, self._wanted())
        self.counted.emit()

    def toggle(self, row: int) -> None:
        """Shows all of an entry's text, or its first lines again."""
        entry = self.entry(row)
        if entry is not None:
            self._whole ^= {entry.id}
            merge(self, self._lines, self._wanted())

    def entry(self, row: int) -> Entry | None:
        """The entry in a row; None for a month."""
        return self._lines[row].entry if 0 <= row < len(self._lines) else None

    def find(self, record_id: str) -> int:
        """The row of an entry, reading further pages until it is there; -1 when this history does not hold it."""
        if self.filter != SHOWN[0] or self.needle:
            self.narrow(show=SHOWN[0], needle="")
        for _ in range(_MOST_PAGES):
            for row, line in enumerate(self._lines):
                if line.id == record_id:
                    return row
            if self._next is None:
                break
            self.fetchMore(QModelIndex())
        return -1

    def place_of(self, row: int) -> int:
        """Which of the entries stands in a row, from 1; 0 for none."""
        return sum(line.entry is not None for line in self._lines[: row + 1]) if self.entry(row) else 0

    @property
    def matches(self) -> int:
        """How many entries are shown, of those read so far; `canFetchMore` tells whether there are more."""
        return len(self._entries)

    # Rows ───────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _page(self, before: Key | None, limit: int, *, plain: bool = False) -> Page:
        assert self._of is not None
        kind, record_id = self._of
        session = self._session
        with session.database.read() as rows:
            return timeline(
                rows,
                kind.value,
                record_id,
                session.clock(),
                session.zone,
                show=SHOWN[0] if plain else self.filter,
                find="" if plain else self.needle,
                before=before,
                limit=limit,
                workspace=session.workspace,
            )

    def _wanted(self) -> list[Line]:
        today = self._session.clock().date()
        lines: list[Line] = []
        month: tuple[int, int] | None = None
        for entry in self._entries:
            if (entry.at.year, entry.at.month) != month:
                month = (entry.at.year, entry.at.month)
                if lines:
                    lines[-1] = replace(lines[-1], look=replace(lines[-1].look, last=True))
                title = month_words(*month, today)
                lines.append(Line(f"month:{month}", TimelineRowLook("month", title, spoken=title)))
            lines.append(Line(entry.id, self._look(entry, today), entry))
        if lines and self._next is None:
            lines[-1] = replace(lines[-1], look=replace(lines[-1].look, last=True))
        return lines

    def _look(self, entry: Entry, today: dt.date) -> TimelineRowLook:
        chip, tone = entry.chip or "", _TONES.get(entry.tone or "", "none")
        if entry.gone:
            chip, tone = self.tr("Deleted in the CRM") if entry.gone == "deleted" else self.tr("Archived"), "none"
        heading = entry.heading
        if entry.who and words.first_name(entry.who) not in heading:
            heading = f"{heading} · {entry.who}"
        when = when_words(entry, today)
        if entry.author and entry.author not in heading:
            when = f"{entry.author}, {when}"
        body = (entry.body or "").strip()
        if body and entry.icon == "mail-open" and len(body) < _QUOTED and "\n" not in body:
            body = f"“{body}”"
        spoken = ". ".join(each for each in (heading, chip, when, entry.subject or "", body[:300]) if each)
        return TimelineRowLook(
            "entry",
            heading,
            entry.icon,
            chip,
            tone,
            when,
            entry.subject or "",
            body,
            0 if entry.id in self._whole else 8 if self.needle else 2,
            spoken=spoken,
        )


def month_words(year: int, month: int, today: dt.date) -> str:
    """'November'; with its year where that is not this one."""
    return words.month(dt.date(year, month, 1), today)


def when_words(entry: Entry, today: dt.date) -> str:
    """'Wed 18 Nov, 16:20'; without the hour for what nobody did at an hour."""
    day = words.dated(entry.at.date(), today)
    return day if entry.kind != "activity" or entry.what == "task" else f"{day}, {words.time_of(entry.at.time())}"
