"""Today: who to contact now and why, as rows that stay put while the world moves under them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from companion.database import Rows
from companion.domain import words
from companion.domain.changes import Changes
from companion.domain.language import number, trn
from companion.domain.reasons import Part, Reason
from companion.domain.records import Kind
from companion.domain.sync_status import SyncStatus
from companion.queries.handed_on import handed_on, whose
from companion.queries.today import CONTACT_NOW, Done, Read, Row, Section, Today, meetings_ahead, today
from ui.merged_rows import merge
from ui.session import Session, Subject
from ui.theme.tokens import Tone
from ui.today.ahead import Ahead
from ui.today.states import Emptiness, emptiness, nobody_tomorrow, stale_words
from ui.widgets.looks import TodayRowLook, said

Index = QModelIndex | QPersistentModelIndex
TONES: Final[dict[str, Tone]] = {"warn": "warn", "bad": "bad", "accent": "info", "good": "good"}
_DONE_SECTION: Final = "done"
_SYNCED: Final = "SELECT 1 FROM meta WHERE key = 'synced_at'"
AT_FIRST: Final = 60
"""Rows that are read while nobody looks further: a screen holds 13."""
AT_ONCE: Final = 40
READ_AHEAD: Final = 20
MOST: Final = 200


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the list under an id that stays the same while it is about the same thing."""

    id: str
    look: TodayRowLook
    row: Row | None = None
    done: Done | None = None
    handed_on: str = ""
    """Who has it now; the line only stays because the selection is on it."""


class TodayViewModel(QAbstractListModel):
    """The list model of Today and what can be done with its rows. Lives on the UI thread.

    Sync never resets it: rows are inserted, moved and removed by their ids, so selection and scroll stay.
    """

    loaded = Signal()
    """The header's words may have changed."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._items: list[Item] = []
        self._limit = AT_FIRST
        self._read: Read = {}
        self._merging = False
        self._kept = ""
        self._whose: str | None = None
        self._status: SyncStatus | None = None
        self._synced = False
        self.list = Today(session.clock().date(), (), (), 0, 0)
        self._meetings = 0
        self.ahead = Ahead(session, lambda: not self.list.left, self)
        self.ahead.moved.connect(self.load)

    # The model ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(self._items)

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> object:
        if not index.isValid():
            return None
        return said(self._items[index.row()].look, role)

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        if self._items[index.row()].look.kind == "head":
            return Qt.ItemFlag.ItemNeverHasChildren
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren

    def item(self, row: int) -> Item | None:
        """The line at a place in the list."""
        return self._items[row] if 0 <= row < len(self._items) else None

    def row_of(self, subject_id: str) -> int:
        """Where a person or deal stands; -1 when it does not."""
        return next((i for i, item in enumerate(self._items) if item.id == subject_id), -1)

    def first_open(self) -> int:
        """The row to begin with: the first of Contact now, else the first of all; -1 on an empty list."""
        rows = [(i, item.row.section) for i, item in enumerate(self._items) if item.row is not None]
        return next((i for i, section in rows if section == CONTACT_NOW), rows[0][0] if rows else -1)

    # Loading ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def load(self) -> None:
        """Reads the list and moves the rows to what it says now."""
        now, session = self._session.clock(), self._session
        with session.database.read() as rows:
            self.list = self.ahead.read(rows) or today(
                rows, now, session.zone, self._limit, session.workspace, self._read
            )
            gone = self._handed_on(rows)
            all_done = not self.list.left and self.list.done
            self._meetings = meetings_ahead(rows, self.list.done, now) if all_done else 0
            self._synced = bool(self.list.all) or rows.value(_SYNCED) is not None
        self._merging = True
        merge(self, self._items, _with_kept(list(self._lines()), self._items, gone))
        self._merging = False
        self.loaded.emit()

    def reach(self, row: int) -> None:
        """Tells which row is the last that anybody looks at: a change reads the list that far, and somewhat further."""
        wanted = min(MOST, max(AT_FIRST, (row + READ_AHEAD) // AT_ONCE * AT_ONCE + AT_ONCE))
        more = wanted > self._limit and self.list.hidden > 0
        self._limit = wanted
        if more and not self._merging:
            self.load()

    def changed(self, changes: Changes) -> None:
        """Something was committed: the list re-ranks before the handler returns."""
        self.load()

    def sync_moved(self, status: SyncStatus) -> None:
        """How sync is doing now: whether the list is still arriving, or too old."""
        before, self._status = self._status, status
        if before is None or (before.phase, before.loading, before.last_success_at) != (
            status.phase,
            status.loading,
            status.last_success_at,
        ):
            self.loaded.emit()

    def keep(self, subject_id: str) -> None:
        """The selection is on this line: should it become somebody else's, it stays, dimmed, until this is called
        again."""
        before, self._kept = self._kept, subject_id
        if before == subject_id:
            return
        item = self._kept_item()
        if item is not None and item.row is not None:
            with self._session.database.read() as rows:
                self._whose = whose(rows, item.row)
        if any(item.handed_on for item in self._items):
            self._session.soon(self, self.load)  # not now: the selection is just moving

    def _kept_item(self) -> Item | None:
        return next((each for each in self._items if each.id == self._kept and each.row is not None), None)

    def _handed_on(self, rows: Rows) -> Item | None:
        """The kept line, where it would go because it is somebody else's."""
        item = self._kept_item()
        if item is None or item.row is None or any(row.id == item.id for row in self.list.rows):
            return None
        words_ = item.handed_on or handed_on(rows, item.row, self._whose, self._session.clock(), self._session.zone)
        if not words_:
            return None
        spoken = f"{item.row.who}. {words_}"
        look = replace(item.look, reason_parts=((words_, "none"),), icon="arrow-right", spoken=spoken, dimmed=True)
        return replace(item, look=look, handed_on=words_)

    @property
    def left(self) -> int:
        """People who are not done today."""
        return 0 if self.ahead.is_on else self.list.left

    @property
    def title(self) -> str:
        """'Today', or 'Tomorrow' for a rep who works ahead."""
        return self.tr("Tomorrow") if self.ahead.is_on else self.tr("Today")

    @property
    def date(self) -> str:
        """'Tuesday 24 November'."""
        return words.upper_first(words.whole_date(self.list.date))

    @property
    def progress(self) -> tuple[str, int, int]:
        """'2 of 11 done', and both numbers; no words on an empty day."""
        return self.list.progress if self.list.all and not self.ahead.is_on else "", len(self.list.done), self.list.all

    @property
    def emptiness(self) -> Emptiness | None:
        """What an empty list says; None while somebody is left."""
        if self.ahead.is_on:
            return nobody_tomorrow() if not self.list.left else None
        rules = sum(1 for rule in self._session.workspace.rules if rule.on)
        return emptiness(self.list, rules, self._meetings, self._status, synced=self._synced)

    @property
    def stale_words(self) -> str:
        """From when the list is, where it is older than half a day; else ''."""
        return stale_words(self._status, self._session.clock(), self._session.zone)

    # Subjects ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def subject(self, row: int) -> Subject | None:
        """Whom the line is about."""
        item = self.item(row)
        if item is None:
            return None
        if item.row is not None:
            return self._subject(item.row, self._deal_names([item.row.deal_id] if item.row.deal_id else []))
        if item.done is not None:
            return Subject(Kind.PERSON, item.done.person_id, item.done.who, item.done.person_id)
        return None

    def subjects(self) -> list[Subject]:
        """Everybody on the list in its order, for next and previous."""
        rows = [item.row for item in self._items if item.row is not None]
        names = self._deal_names([row.deal_id for row in rows if row.deal_id is not None])
        return [self._subject(row, names) for row in rows]

    def reason(self, row: int) -> Reason | None:
        """Why the person stands there."""
        item = self.item(row)
        return item.row.reason if item is not None and item.row is not None else None

    def expected(self, subject_id: str) -> Reason | None:
        """Why somebody will stand on tomorrow's list, while that one is shown."""
        return self.reason(self.row_of(subject_id)) if self.ahead.is_on else None

    def _subject(self, row: Row, deal_names: Mapping[str, str]) -> Subject:
        name = deal_names.get(row.deal_id or "", "")
        return Subject(Kind(row.kind), row.id, row.who, row.person_id, row.deal_id, name, row.company_id)

    def _deal_names(self, deal_ids: Sequence[str]) -> dict[str, str]:
        if not deal_ids:
            return {}
        marks = ",".join("?" * len(deal_ids))
        with self._session.database.read() as rows:
            found = rows.all(f"SELECT id, name FROM deals WHERE id IN ({marks})", deal_ids)
        return {deal_id: str(name or "") for deal_id, name in found}

    # Rows as they look ──────────────────────────────────────────────────────────────────────────────────────────────

    def _lines(self) -> Sequence[Item]:
        lines: list[Item] = []
        before = {item.id: item for item in self._items if item.row is not None}
        for section in self.list.sections:
            lines.append(Item(f"head:{section.section}", self._head(self._section_name(section), section.count)))
            lines += [self._line(row, before.get(row.id)) for row in section.rows]
        if self.list.hidden:
            more = trn("{n} more, shown when these are done", "{n} more, shown when these are done", self.list.hidden)
            lines.append(Item("head:more", TodayRowLook("head", more, spoken=more)))
        if self.list.done:
            lines.append(Item(f"head:{_DONE_SECTION}", self._head(self.tr("Done"), len(self.list.done))))
            known = {item.id: item for item in self._items if item.done is not None}
            lines += [self._done_line(done, known.get(f"done:{done.person_id}")) for done in self.list.done]
        return lines

    def _line(self, row: Row, before: Item | None) -> Item:
        """Most rows read as they did: their words are not put together anew."""
        return before if before is not None and before.row == row else Item(row.id, self._person(row), row=row)

    def _done_line(self, done: Done, before: Item | None) -> Item:
        if before is not None and before.done == done:
            return before
        return Item(f"done:{done.person_id}", self._done(done), done=done)

    def _section_name(self, section: Section) -> str:
        if self.ahead.is_on:
            return {1: self.tr("Next up"), 2: self.tr("To contact"), 3: self.tr("Later tomorrow")}[section.section]
        return {1: self.tr("Next up"), 2: self.tr("Contact now"), 3: self.tr("Later today")}[section.section]

    def _head(self, title: str, count: int) -> TodayRowLook:
        return TodayRowLook("head", title, right_note=number(count), spoken=f"{title}, {count}")

    def _person(self, row: Row) -> TodayRowLook:
        amount = row.amount.short if row.amount else ""
        spoken = ". ".join(
            part
            for part in (
                f"{row.who}, {row.company}" if row.company else row.who,
                row.reason.sentence,
                ", ".join(each for each in (amount, row.aside) if each),
                row.reason.if_nothing,
            )
            if part
        )
        return TodayRowLook(
            "person",
            row.who,
            row.company or "",
            reason_parts(row.reason.row),
            row.reason.icon,
            amount,
            row.aside,
            initials(row.who),
            row.person_id or row.id,
            spoken,
        )

    def _done(self, done: Done) -> TodayRowLook:
        return TodayRowLook("done", done.who, done.words, spoken=f"{self.tr('Done')}: {done.who}. {done.words}")

    # Moving rows ────────────────────────────────────────────────────────────────────────────────────────────────────


def reason_parts(parts: Sequence[Part]) -> tuple[tuple[str, Tone], ...]:
    """A reason's clauses with the dots between them, each with its tone, as the delegates and strips take them."""
    shown: list[tuple[str, Tone]] = []
    for part in parts:
        if shown:
            shown.append((" · ", "none"))
        shown.append((part.text, TONES.get(part.tone or "", "none")))
    return tuple(shown)


def _with_kept(lines: list[Item], before: list[Item], kept: Item | None) -> list[Item]:
    """The lines with the kept one where it stood: after whoever stood before it and is still there."""
    if kept is None:
        return lines
    old = [item.id for item in before]
    above = set(old[: old.index(kept.id)]) if kept.id in old else set()
    place = max((at + 1 for at, line in enumerate(lines) if line.id in above), default=0)
    return [*lines[:place], kept, *lines[place:]]


def initials(name: str) -> str:
    """The first letters of the first and last word of a name: 'MF'."""
    parts = [part for part in name.split() if part[:1].isalnum()]
    if not parts:
        return ""
    return (parts[0][0] + (parts[-1][0] if len(parts) > 1 else "")).upper()
