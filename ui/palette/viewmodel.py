"""The palette: do, go to, and find in the history, all from one line."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from companion.domain.records import Kind
from companion.domain.words import short_date
from companion.queries.search import Hit, search, words_of
from ui.session import Session, Subject

LOOK = int(Qt.ItemDataRole.UserRole) + 1
AT_MOST_COMMANDS = 6
AT_MOST_BY_NAME = 3
"""Commands that are only found by the name of whoever is selected: who types a name means the person first."""
_NAMED = re.compile(r"\{\w+\}")


@dataclass(frozen=True, slots=True)
class Choice:
    """A command as the palette offers it; `words` may hold {who}."""

    command_id: str
    words: str
    keys: str
    icon: str
    rank: int = 0
    """Where it stands while nothing is typed: the lowest come first."""
    found_by: str = ""
    """The words that it is found by, if not by its own: who types a name means the person, not to undo their log."""


@dataclass(frozen=True, slots=True)
class PaletteRow:
    """One row: the head of a group, a command, or something found."""

    kind: str
    """'head', 'command', 'person', 'company', 'deal' or 'history'"""
    text: str
    icon: str = ""
    keys: str = ""
    detail: str = ""
    id: str = ""
    person_id: str | None = None
    marks: tuple[tuple[int, int], ...] = ()
    """What of the text matched: [start, end)."""

    @property
    def spoken(self) -> str:
        """The row for a screen reader."""
        return ", ".join(part for part in (self.text, self.detail, self.keys) if part)


_ICONS = {Kind.PERSON: "users", Kind.COMPANY: "building-2", Kind.DEAL: "square-kanban"}


class PaletteViewModel(QAbstractListModel):
    """A list model of what matches the typed line. Lives on the UI thread; each keystroke reads the local file."""

    run = Signal(str)
    """A command's id."""
    opened = Signal(object, str)
    """Kind and id of what to go to."""

    def __init__(
        self,
        session: Session,
        choices: Callable[[], Iterable[Choice]],
        subject: Callable[[], Subject | None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._choices = choices
        self._subject = subject
        self._rows: list[PaletteRow] = []
        self.typed = ""

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex | None = None) -> int:
        return len(self._rows) if parent is None or not parent.isValid() else 0

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = int(Qt.ItemDataRole.DisplayRole)) -> object:
        if not index.isValid():
            return None
        row = self._rows[index.row()]
        if role == LOOK:
            return row
        if role in (int(Qt.ItemDataRole.DisplayRole), int(Qt.ItemDataRole.AccessibleTextRole)):
            return row.spoken
        return None

    def flags(self, index: QModelIndex | QPersistentModelIndex) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        if self._rows[index.row()].kind == "head":
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable

    def row(self, index: int) -> PaletteRow:
        """The row at a place in the list."""
        return self._rows[index]

    def type(self, text: str) -> None:
        """Shows what matches `text`; everything that can be done, when it is empty."""
        self.typed = text
        rows = self._matches(text)
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()

    def choose(self, index: int) -> None:
        """Does or opens what the row says."""
        row = self._rows[index]
        if row.kind == "command":
            self.run.emit(row.id)
        elif row.kind == "history":
            self.opened.emit(Kind.PERSON if row.person_id else Kind.ACTIVITY, row.person_id or row.id)
        elif row.kind != "head":
            self.opened.emit(Kind(row.kind), row.id)

    def _matches(self, text: str) -> list[PaletteRow]:
        rows: list[PaletteRow] = []
        deeds, by_name = self._commands(text)
        _group(rows, self.tr("Do"), deeds)
        if text.strip():
            with self._session.database.read() as reader:
                found = search(reader, text, 6)
            _group(rows, self.tr("Go to"), [self._place(hit, text) for hit in found.places])
            _group(rows, self.tr("Do"), by_name)
            _group(rows, self.tr("History"), [self._past(hit, text) for hit in found.history[:5]])
        return rows

    def _commands(self, text: str) -> tuple[list[PaletteRow], list[PaletteRow]]:
        """The commands that match by words of their own, the best first; then those that only a name in them matches.

        Of the latter there are a few, and only where none matches by its own words.
        """
        wanted = [word.casefold() for word in words_of(text)]
        by_rank = sorted(self._choices(), key=lambda each: each.rank)
        if not wanted:
            return [self._row(choice, ()) for choice in by_rank], []
        own: list[tuple[int, PaletteRow]] = []
        by_name: list[PaletteRow] = []
        for choice in by_rank:
            said = self._said(choice)
            folded = (choice.found_by or said).casefold()
            places = [_word_start(folded, word) for word in wanted]
            if -1 in places:
                continue
            marks = () if choice.found_by else tuple(sorted(zip(places, map(len, wanted), strict=True)))
            row = self._row(choice, tuple((at, at + size) for at, size in marks))
            alone = _NAMED.sub(" ", choice.found_by or choice.words).casefold()
            if any(_begins_a_word(alone, word) for word in wanted):
                own.append((sum(places), row))
            elif choice.command_id != "open":  # that is where the person leads as well
                by_name.append(row)
        own.sort(key=lambda each: each[0])
        return [row for _, row in own[:AT_MOST_COMMANDS]], [] if own else by_name[:AT_MOST_BY_NAME]

    def _row(self, choice: Choice, marks: tuple[tuple[int, int], ...]) -> PaletteRow:
        return PaletteRow("command", self._said(choice), choice.icon, choice.keys, id=choice.command_id, marks=marks)

    def _said(self, choice: Choice) -> str:
        """What a command says of whoever is selected."""
        subject = self._subject()
        who = subject.name if subject else ""
        deal = (subject.deal_name if subject else "") or self.tr("the deal")
        return choice.words.replace("{who}", who).replace("{deal}", deal).strip()

    def _place(self, hit: Hit, text: str) -> PaletteRow:
        detail = hit.detail
        if hit.kind is Kind.COMPANY:
            detail = self.tr("Company") + (f", {hit.detail}" if hit.detail else "")
        elif hit.kind is Kind.DEAL:
            detail = self.tr("Deal") + (f", {hit.detail}" if hit.detail else "")
        return PaletteRow(
            hit.kind.value,
            hit.title,
            _ICONS[hit.kind],
            detail=detail,
            id=hit.id,
            person_id=hit.person_id,
            marks=_marks(hit.title, text),
        )

    def _past(self, hit: Hit, text: str) -> PaletteRow:
        when = ""
        if hit.at is not None:
            when = short_date(datetime.fromtimestamp(hit.at, self._session.zone).date(), self._session.clock().date())
        detail = ", ".join(part for part in (hit.detail.split(" ")[0], when) if part)
        return PaletteRow(
            "history",
            hit.title,
            "history",
            detail=detail,
            id=hit.id,
            person_id=hit.person_id,
            marks=_marks(hit.title, text),
        )


def _group(rows: list[PaletteRow], head: str, members: list[PaletteRow]) -> None:
    if members:
        rows.append(PaletteRow("head", head))
        rows += members


def _word_start(folded: str, word: str) -> int:
    """Where `word` begins a word of the text, else where it stands at all; -1 if nowhere."""
    at = folded.find(word)
    while at > 0 and folded[at - 1].isalnum():
        following = folded.find(word, at + 1)
        if following < 0:
            return folded.find(word)
        at = following
    return at


def _begins_a_word(folded: str, word: str) -> bool:
    at = _word_start(folded, word)
    return at == 0 or (at > 0 and not folded[at - 1].isalnum())


def _marks(title: str, typed: str) -> tuple[tuple[int, int], ...]:
    folded = title.casefold()
    if len(folded) != len(title):
        return ()
    found = [(_word_start(folded, word.casefold()), len(word)) for word in words_of(typed)]
    return tuple(sorted((at, at + size) for at, size in found if at >= 0))
