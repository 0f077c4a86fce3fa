"""Today: who to contact now and why, as rows that stay put while the world moves under them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from companion.domain import words
from companion.domain.changes import Changes
from companion.domain.reasons import Part, Reason
from companion.domain.records import Kind
from companion.queries.today import CONTACT_NOW, Done, Row, Section, Today, today
from ui.session import Session, Subject
from ui.theme.tokens import Tone
from ui.widgets.looks import RowRole, TodayRowLook

Index = QModelIndex | QPersistentModelIndex
TONES: Final[dict[str, Tone]] = {"warn": "warn", "bad": "bad", "accent": "info", "good": "good"}
_DONE_SECTION: Final = "done"


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the list under an id that stays the same while it is about the same thing."""

    id: str
    look: TodayRowLook
    row: Row | None = None
    done: Done | None = None


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
        self.list = Today(session.clock().date(), (), (), 0, 0)

    # The model ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(self._items)

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> object:
        if not index.isValid():
            return None
        item = self._items[index.row()]
        if role == RowRole.LOOK:
            return item.look
        if role in (RowRole.SPOKEN, int(Qt.ItemDataRole.DisplayRole)):
            return item.look.spoken
        return None

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
        now = self._session.clock()
        with self._session.database.read() as rows:
            self.list = today(rows, now, self._session.zone, workspace=self._session.workspace)
        self._merge(list(self._lines()))
        self.loaded.emit()

    def changed(self, changes: Changes) -> None:
        """Something was committed: the list re-ranks before the handler returns."""
        self.load()

    @property
    def left(self) -> int:
        """People who are not done."""
        return self.list.left

    @property
    def title(self) -> str:
        """'Tuesday 24 November'."""
        return words.whole_date(self.list.date)

    @property
    def progress(self) -> tuple[str, int, int]:
        """'2 of 11 done', and both numbers; no words on an empty day."""
        return self.list.progress if self.list.all else "", len(self.list.done), self.list.all

    @property
    def empty_words(self) -> tuple[str, str] | None:
        """What an empty list says: a sentence and what to do; None while somebody is left."""
        if self.list.left:
            return None
        if self.list.done:
            count = len(self.list.done)
            said = self.tr("That's everyone for today. %n contacted.", "", count)
            return said, self.tr("Deals without a next step are in the pipeline.")
        rules = sum(1 for rule in self._session.workspace.rules if rule.on)
        return (
            self.tr("Nobody needs you today."),
            self.tr("The list comes from %n rule(s). People appear when one of them finds a reason.", "", rules),
        )

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
            more = self.tr("%n more, shown when these are done", "", self.list.hidden)
            lines.append(Item("head:more", TodayRowLook("head", more, spoken=more)))
        if self.list.done:
            lines.append(Item(f"head:{_DONE_SECTION}", self._head(self.tr("Done"), len(self.list.done))))
            lines += [Item(f"done:{done.person_id}", self._done(done), done=done) for done in self.list.done]
        return lines

    def _line(self, row: Row, before: Item | None) -> Item:
        """Most rows read as they did: their words are not put together anew."""
        return before if before is not None and before.row == row else Item(row.id, self._person(row), row=row)

    def _section_name(self, section: Section) -> str:
        return {1: self.tr("Next up"), 2: self.tr("Contact now"), 3: self.tr("Later today")}[section.section]

    def _head(self, title: str, count: int) -> TodayRowLook:
        return TodayRowLook("head", title, right_note=f"{count:,}", spoken=f"{title}, {count}")

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

    def _merge(self, wanted: list[Item]) -> None:
        """Turns the rows into `wanted` by removals, insertions, moves and changes, never by a reset."""
        ids = {item.id for item in wanted}
        for row in range(len(self._items) - 1, -1, -1):
            if self._items[row].id not in ids:
                self.beginRemoveRows(QModelIndex(), row, row)
                del self._items[row]
                self.endRemoveRows()
        for row, item in enumerate(wanted):
            here = next((i for i in range(row, len(self._items)) if self._items[i].id == item.id), None)
            if here is None:
                self.beginInsertRows(QModelIndex(), row, row)
                self._items.insert(row, item)
                self.endInsertRows()
                continue
            if here != row:
                self.beginMoveRows(QModelIndex(), here, here, QModelIndex(), row)
                self._items.insert(row, self._items.pop(here))
                self.endMoveRows()
            before, self._items[row] = self._items[row], item
            if before is not item and before != item:
                index = self.index(row, 0)
                self.dataChanged.emit(index, index)


def reason_parts(parts: Sequence[Part]) -> tuple[tuple[str, Tone], ...]:
    """A reason's clauses with the dots between them, each with its tone, as the delegates and strips take them."""
    shown: list[tuple[str, Tone]] = []
    for part in parts:
        if shown:
            shown.append((" · ", "none"))
        shown.append((part.text, TONES.get(part.tone or "", "none")))
    return tuple(shown)


def initials(name: str) -> str:
    """The first letters of the first and last word of a name: 'MF'."""
    parts = [part for part in name.split() if part[:1].isalnum()]
    if not parts:
        return ""
    return (parts[0][0] + (parts[-1][0] if len(parts) > 1 else "")).upper()
