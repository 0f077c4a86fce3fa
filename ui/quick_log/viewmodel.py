"""Logging a touch in one line, person first: who may be meant, what it would log, and saving it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from companion.domain import words
from companion.domain.language import spoken
from companion.domain.log_line import moved
from companion.domain.outcome_words import wordings
from companion.domain.quick_log import Candidate, OutcomeButton, QuickLog, quick_log
from companion.domain.records import Kind
from companion.domain.workspace import LogButton
from companion.queries.search import people_like
from ui.log.viewmodel import LogViewModel
from ui.session import Session, Subject

ROW: Final = int(Qt.ItemDataRole.UserRole) + 1
SHOWN: Final = 5
_LOOKED_AT: Final = 40
_RECENT_S: Final = 60 * 86_400
_MISTYPED_FROM: Final = 3


@dataclass(frozen=True, slots=True)
class SuggestionRow:
    """Somebody who may be meant. `does` is what Enter would log."""

    id: str
    name: str
    company: str
    does: str

    @property
    def spoken(self) -> str:
        """The row for a screen reader."""
        return ", ".join(part for part in (self.name, self.company, self.does) if part)


class QuickLogViewModel(QAbstractListModel):
    """A list model of the people who may be meant, most likely first. Lives on the UI thread."""

    moved = Signal()
    """What is understood has changed."""
    done = Signal(str, object)
    """Words for the toast, and the gesture that Undo takes back."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._log = LogViewModel(session, self, beside=True)
        self._log.done.connect(self.done)
        self._rows: list[SuggestionRow] = []
        self._read: QuickLog | None = None
        self._said = ""
        self._refused: frozenset[tuple[int, int]] = frozenset()
        self.text = ""
        self.chosen = 0
        """Which row Enter logs to."""
        self.problem = ""

    # The list ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex | None = None) -> int:
        return len(self._rows) if parent is None or not parent.isValid() else 0

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = int(Qt.ItemDataRole.DisplayRole)) -> object:
        row = self._rows[index.row()]
        if role == ROW:
            return row
        if role in (int(Qt.ItemDataRole.DisplayRole), int(Qt.ItemDataRole.AccessibleTextRole)):
            return row.spoken
        return None

    @property
    def hint(self) -> str:
        """The line below the list: what is wrong or missing, else what Enter does."""
        if self.problem:
            return self.problem
        if not self.text.strip():
            return self.tr("Type who it was and what happened, as in “marta no answer”. Esc closes.")
        if not self._rows:
            return self.tr("Nobody by that name. Begin with the person.")
        button = self._button()
        if button is None:
            said = ", ".join(each.label.lower() for each in self._session.workspace.buttons[:4])
            return self.tr("Then say what happened: %1, or a note.").replace("%1", said)
        if len(self._rows) == 1:
            return self.tr("Enter logs it.")
        return self.tr("Enter logs it. Up and Down choose somebody else.")

    def type(self, text: str) -> None:
        """The line as it reads now."""
        if text[:500] != self.text:
            self._refused = moved(self._refused, self.text, text[:500])
        self.text, self.chosen = text[:500], 0
        self._understand()

    @property
    def spans(self) -> tuple[tuple[int, int], ...]:
        """The characters [start, end) of the line that were understood as a date."""
        return self._read.line.spans if self._read is not None else ()

    def refuse(self, start: int, end: int) -> None:
        """Backspace on a tinted date: those words are words."""
        self._refused |= {(start, end)}
        self._understand()

    def step(self, by: int) -> None:
        """Another person of the list."""
        if self._rows:
            self.chosen = max(0, min(len(self._rows) - 1, self.chosen + by))
            self._say_what_it_does()
            self.moved.emit()

    def choose(self, row: int) -> None:
        """The person of this row."""
        self.step(row - self.chosen)

    def save(self) -> bool:
        """Logs it. False, and nothing is lost, while something is missing or not understood; `problem` says what."""
        button = self._button()
        if self._read is None or not self._rows or button is None:
            begins = self.tr("Begin with the person: “marta no answer”.")
            self.problem = (self.problem or self.hint) if self.text.strip() else begins
            self.moved.emit()
            return False
        if self._read.line.problem:
            return False  # it stands below the line
        subject = self._subject(self._rows[self.chosen])
        rest = self._rest()
        if rest or button.outcomes or button.records == "note":
            self._log.open(button, subject)
            self._log.take(rest, self._read.line)
            return self._log.save(go_on=False)
        self._log.press(button.code, subject)
        return True

    # Understanding ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _understand(self) -> None:
        people = self._people()
        read = self._understood(people) if self.text.strip() else None
        # Somebody whose name none of the words fits is nobody to offer.
        fitting = () if read is None else read.people if read.person_span else ()
        found = [Candidate(*each) for each in people] if read is None else list(fitting)
        self.beginResetModel()
        self._read = read
        self._rows = [SuggestionRow(each.id, each.name, each.company, "") for each in found[:SHOWN]]
        self.endResetModel()
        # Once it is known what would be logged, a day that was not understood is told at once, as in the log sheet.
        knows = read is not None and bool(self._rows) and self._button() is not None
        self.problem = (read.line.problem or "") if read is not None and knows else ""
        self._say_what_it_does()
        self.moved.emit()

    def _understood(self, people: list[tuple[str, str, str]]) -> QuickLog:
        return quick_log(self.text, people, self._buttons(), self._session.clock(), unparsed=self._refused)

    def _people(self) -> list[tuple[str, str, str]]:
        """(id, name, company) of those whom the first words may mean, the last called first; before any: the last."""
        now = int(self._session.clock().timestamp())
        typed = re.findall(r"[^\W_]+", self.text)
        with self._session.database.read() as rows:
            called = rows.all(
                """SELECT a.person_id, p.name, c.name FROM (
                       SELECT person_id, max(at) AS last FROM activities
                       WHERE owner_id = (SELECT json_extract(value, '$') FROM meta WHERE key = 'me')
                           AND at BETWEEN ? AND ? AND what IN ('call', 'email', 'meeting')
                           AND person_id IS NOT NULL AND gone IS NULL
                       GROUP BY person_id ORDER BY last DESC LIMIT 200) AS a
                   JOIN people AS p ON p.id = a.person_id LEFT JOIN companies AS c ON c.id = p.company_id
                   WHERE p.gone IS NULL ORDER BY a.last DESC""",
                (now - _RECENT_S, now),
            )
            # Two words narrow a common first name down; the second may be the outcome already, so the first counts too.
            hits = [
                hit
                for count in (2, 1)
                if len(typed) >= count
                for hit in people_like(rows, " ".join(typed[:count]), _LOOKED_AT)
            ]
            mistyped = not hits
            if mistyped and typed and len(typed[0]) > _MISTYPED_FROM:
                hits = people_like(rows, typed[0][:_MISTYPED_FROM], _LOOKED_AT)  # a letter further on may be wrong
        recent = [(each, words.one_line(name), words.one_line(company)) for each, name, company in called]
        if not typed:
            return recent[:SHOWN]
        known = {hit.id: (hit.id, words.one_line(hit.title), words.one_line(hit.detail)) for hit in hits}
        first = recent if mistyped else [each for each in recent if each[0] in known]
        return [*first, *(each for key, each in known.items() if key not in {one[0] for one in first})]

    def _buttons(self) -> list[OutcomeButton]:
        return [
            OutcomeButton(each.code, each.label, wordings(each.code, spoken()))
            for each in self._session.workspace.buttons
        ]

    def _button(self) -> LogButton | None:
        """What was named; words without an outcome are a note."""
        workspace = self._session.workspace
        if self._read is None:
            return None
        if self._read.button is not None:
            return workspace.button(self._read.button)
        return workspace.button("note") if self._rest() else None

    def _rest(self) -> str:
        """What follows person and outcome, as it was typed; words between the two come first."""
        read = self._read
        if read is None:
            return ""
        after_person = read.person_span[1] if read.person_span else 0
        if read.button_span is None:
            return self.text[after_person:].strip(" ,:;-–")
        between = self.text[after_person : read.button_span[0]].strip(" ,:;-–")
        rest = self.text[read.button_span[1] :].strip(" ,:;-–")
        return ", ".join(part for part in (between, rest) if part)

    def _say_what_it_does(self) -> None:
        does = self._does()
        for number, row in enumerate(self._rows):
            self._rows[number] = SuggestionRow(row.id, row.name, row.company, does if number == self.chosen else "")
        if self._rows:
            self.dataChanged.emit(self.index(0), self.index(len(self._rows) - 1))

    def _does(self) -> str:
        """'Connected · Send answers, Fri 27 Nov'."""
        button = self._button()
        if button is None or self._read is None:
            return ""
        line, today = self._read.line, self._session.clock().date()
        if line.due_on is not None:
            when = words.dated(line.due_on, today)
            when = f"{when}, {words.time_of(line.due_at.time())}" if line.due_at else when
            when = when if line.sure else self.tr("perhaps %1").replace("%1", when)
            return f"{button.label} · {words.shortened(line.next_step or self.tr('Follow up'), 30)}, {when}"
        return button.label

    def _subject(self, row: SuggestionRow) -> Subject:
        """The person with the deal that the list of today or her largest open deal names."""
        with self._session.database.read() as rows:
            deal = rows.one(
                """SELECT d.id, d.name, d.company_id FROM deals AS d LEFT JOIN scores AS s ON s.deal_id = d.id
                   AND s.subject_id = d.person_id WHERE d.person_id = ? AND d.status = 'open' AND d.gone IS NULL
                   ORDER BY s.subject_id IS NULL, d.amount DESC, d.id LIMIT 1""",
                (row.id,),
            )
            company = rows.value("SELECT company_id FROM people WHERE id = ?", (row.id,))
        return Subject(
            Kind.PERSON,
            row.id,
            row.name,
            person_id=row.id,
            deal_id=deal[0] if deal else None,
            deal_name=words.one_line(deal[1]) if deal else "",
            company_id=company or (deal[2] if deal else None),
        )
