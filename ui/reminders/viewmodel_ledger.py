"""The ledger as a list: what comes, and what became of each reminder; all, or only what was missed; of one person."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from companion.domain import words
from companion.domain.language import number, trn
from companion.domain.reminders import State, What
from companion.queries.reminders import Ledger, Line, headline, ledger, state_words, step_words
from companion.queries.whose import whose
from ui.merged_rows import merge
from ui.reminders.viewmodel import subject_of
from ui.session import Session, Subject
from ui.theme.tokens import Tone
from ui.widgets.avatar import initials_of
from ui.widgets.looks import TodayRowLook, said

Index = QModelIndex | QPersistentModelIndex
_ICONS: Final = {What.MEETING: "calendar-clock", What.PROMISE: "handshake", What.SNOOZE: "alarm-clock"}
_MOMENT: Final = dt.timedelta(seconds=1)
_EMPTY: Final = Ledger((), (), 0, 0)
Offer = Literal["all", "snooze", "settings"]
"""What the button of an empty ledger does: show what was not missed too, or a command."""


@dataclass(frozen=True, slots=True)
class _Item:
    id: str
    look: TodayRowLook
    line: Line | None = None


class LedgerViewModel(QAbstractListModel):
    """Lives on the UI thread. Rows come and go by their number; a reminder that changes is changed where it stands."""

    loaded = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._items: list[_Item] = []
        self._ledger = _EMPTY
        self.missed_only = False
        self.person: Subject | None = None
        """Whose reminders alone are listed."""

    # The model ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(self._items)

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> object:
        if not index.isValid() or index.row() >= len(self._items):
            return None
        return said(self._items[index.row()].look, role)

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        if self.line(index.row()) is None:
            return Qt.ItemFlag.ItemNeverHasChildren
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren

    # What it shows ──────────────────────────────────────────────────────────────────────────────────────────────────

    def load(self) -> None:
        """Reads the ledger anew."""
        session = self._session
        with session.database.read() as rows:
            self._ledger = ledger(
                rows,
                session.clock(),
                session.zone,
                person_id=self.person.person_id if self.person else None,
                missed_only=self.missed_only,
            )
        merge(self, self._items, self._wanted())
        self.loaded.emit()

    def show(self, person: Subject | None, missed_only: bool) -> None:
        """Of this person alone (None: of everybody), all or only what was missed."""
        self.person, self.missed_only = person, missed_only
        self.load()

    @property
    def counts(self) -> tuple[int, int]:
        """How many there are in all, and how many were missed."""
        return self._ledger.all, self._ledger.missed

    @property
    def title(self) -> str:
        """'Reminders', or whose they are."""
        return self.tr("Reminders of %1").replace("%1", self.person.name) if self.person else self.tr("Reminders")

    @property
    def count_words(self) -> str:
        """'12 reminders in 90 days'; '' while there are none: the page says so itself."""
        if not self._ledger.all:
            return ""
        return trn("{n} reminder in the last 90 days", "{n} reminders in the last 90 days", self._ledger.all)

    @property
    def nothing(self) -> tuple[str, str, Offer] | None:
        """What an empty ledger is, what to do, and what its button does; None where there is something."""
        if self._items:
            return None
        if self.missed_only:
            hint = self.tr("What comes due while Companion is closed stands here.")
            return self.tr("No reminder was missed."), hint, "all"
        if self.person:
            hint = self.tr("Press S to put them away until a time: that is when they come back.")
            return self.tr("No reminder of %1 yet.").replace("%1", self.person.name), hint, "snooze"
        return (
            self.tr("No reminders yet: meetings, promises and snoozes come here a day before they are due."),
            self.tr("Choose in the settings what a reminder says, and when none comes."),
            "settings",
        )

    def line(self, row: int) -> Line | None:
        """The reminder at a place."""
        return self._items[row].line if 0 <= row < len(self._items) else None

    def subject(self, row: int) -> Subject | None:
        """Whom a reminder is about."""
        line = self.line(row)
        if line is None:
            return None
        with self._session.database.read() as rows:
            found = whose(rows, *subject_of(line.reminder))
        if found is None:
            return None
        return Subject(
            found.kind, found.id, found.name, found.person_id, found.deal_id, found.deal_name, found.company_id
        )

    def first(self) -> int:
        """The first row that can be selected; -1 without one."""
        return next((i for i, item in enumerate(self._items) if item.line is not None), -1)

    # Rows ───────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _wanted(self) -> list[_Item]:
        today = self._session.clock().date()
        parts: tuple[tuple[str, str, Callable[[Line], bool]], ...] = (
            ("today", self.tr("Today"), lambda line: line.due.date() >= today),
            ("earlier", self.tr("Earlier"), lambda line: line.due.date() < today),
        )
        items = self._part("ahead", self.tr("Coming"), self._ledger.ahead)
        for name, title, is_in in parts:
            items += self._part(name, title, tuple(each for each in self._ledger.past if is_in(each)))
        return items

    def _part(self, name: str, title: str, lines: tuple[Line, ...]) -> list[_Item]:
        if not lines:
            return []
        head = TodayRowLook("head", title, right_note=number(len(lines)), spoken=f"{title}, {len(lines)}")
        return [
            _Item(f"head:{name}", head),
            *(_Item(str(each.reminder.n), self._look(each, name), each) for each in lines),
        ]

    def _look(self, line: Line, part: str) -> TodayRowLook:
        now = self._session.clock()
        today = now.date()
        # What is past is told as it was told then; what began is said of a meeting that was missed.
        said = headline(line, now if line.state is State.MISSED else min(now, line.due - _MOMENT))
        steps = step_words(line, today)
        tone: Tone = "warn" if line.state is State.MISSED else "none"
        state, day = state_words(line.state), words.upper_first(words.short_day(line.due.date(), today))
        clock = words.clock(line.reminder.due_at, self._session.zone)
        # Under the head that says which day it is, the hour tells the rows apart.
        when = (clock, "") if part == "today" and line.due.date() == today else (day, clock)
        history = " · ".join(steps)
        spoken = ". ".join(each for each in (said, state, ". ".join(steps)) if each)
        name = line.who or said
        return TodayRowLook(
            "person",
            said,
            "",
            ((state, tone), (f" · {history}", "none")),
            _ICONS[What(line.reminder.what)],
            *when,
            initials_of(name),
            line.reminder.person_id or line.reminder.record_id,
            spoken,
        )
