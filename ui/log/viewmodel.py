"""Logging: one key for what needs no words, the sheet's state for what does. Nothing typed is ever lost."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from companion.domain import log_plan, words
from companion.domain.language import spoken
from companion.domain.records import Value
from companion.domain.workspace import LogButton, NextStepPlan, Outcome
from ui.session import Session, Subject

if TYPE_CHECKING:
    from companion.actions.keep_draft import Draft
    from companion.actions.log_activity import LogEntry, NextStep
    from companion.domain.log_line import LogLine
    from ui.book_timer import BookTimer

Span = tuple[int, int]

PLAN = LogButton("next_step", "Next step", "T", "calendar", "note", "Agreed")
"""Not a button of the team's: the sheet while only a next step is agreed."""


@dataclass(frozen=True, slots=True)
class DealMove:
    """What saving would do to the deal: from which stage to which, and when it closes."""

    stage_id: str
    before: str
    after: str
    closes: str


class LogViewModel(QObject):
    """The log sheet of one person or deal at a time. Lives on the UI thread.

    `done(words, gesture id)` after each act; `finished(subject id)` when the list should go on to the next row.
    """

    opened = Signal()
    closed = Signal()
    changed = Signal()
    done = Signal(str, object)
    said = Signal(str)
    finished = Signal(str)
    asks_why_lost = Signal(object)
    """Subject: the outcome that was logged ends the deal."""

    def __init__(self, session: Session, parent: QObject | None = None, *, beside: bool = False) -> None:
        """`beside` the sheet: a line that is kept for the person is another one, and stays."""
        super().__init__(parent)
        self._session = session
        self._beside = beside
        self.subject: Subject | None = None
        self.button: LogButton | None = None
        self.outcome: Outcome | None = None
        self.text = ""
        self._line: LogLine | None = None
        self._missing = ""
        """What saving asked for, until the line is changed."""
        self.duration_s: int | None = None
        self.move: DealMove | None = None
        self.moves_deal = True
        self._refused: frozenset[Span] = frozenset()
        self._called_at: dict[str, dt.datetime] = {}

    @property
    def line(self) -> LogLine:
        """The line as it is understood. Dates in words are not needed before the first paint, nor imported."""
        if self._line is None:
            from companion.domain.log_line import read

            self._line = read(self.text, self._session.clock(), unparsed=self._refused)
        return self._line

    @property
    def is_open(self) -> bool:
        """Whether the sheet is open."""
        return self.button is not None

    # One key ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def called(self, subject: Subject) -> None:
        """A call to this person begins now; the sheet tells how long it took."""
        self._called_at[subject.id] = self._session.clock()

    def press(self, code: str, subject: Subject) -> None:
        """A log button's key: logs at once, or opens the sheet where there is something to choose or to write."""
        button = self._session.workspace.button(code)
        if button is None:
            return
        if button.outcomes or button.records == "note":
            self.open(button, subject)
        else:
            self._log_at_once(button, subject)

    def plan(self, subject: Subject) -> None:
        """Opens the sheet for a next step alone: nothing has happened yet."""
        self.open(PLAN, subject)

    def _log_at_once(self, button: LogButton, subject: Subject) -> None:
        from companion.actions.log_activity import LogEntry, NextStep

        now = self._session.clock()
        step, tail = None, ""
        plan = button.retry(self._tries(button, subject) + 1)
        if plan is not None:
            day, at = log_plan.due(plan, now)
            step = NextStep(plan.words, day, at)
            tail = f". {words.upper_first(button.next_words)} {log_plan.moment_words(day, at, now.date())}"
        said = f"{button.label}, {subject.name}{tail}"
        entry = LogEntry(
            button.records,
            log_plan.subject_line(button, None, None),
            button.direction,
            button.outcome,
            next_step=step,
        )
        self._log(entry, subject, said)
        self.finished.emit(subject.id)

    def _tries(self, button: LogButton, subject: Subject) -> int:
        """How often in a row this button was the answer, newest first."""
        with self._session.database.read() as rows:
            found = rows.all(
                """SELECT outcome FROM activities WHERE person_id = ? AND what = 'call' AND gone IS NULL
                   ORDER BY at DESC LIMIT 8""",
                (subject.person_id,),
            )
        tries = 0
        for (outcome,) in found:
            if outcome != button.outcome:
                break
            tries += 1
        return tries

    # The sheet ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def open(self, button: LogButton, subject: Subject) -> None:
        """Opens the sheet with a button chosen; what was typed for this person before is taken up again."""
        from companion.actions.keep_draft import draft_of

        if self.is_open and not self._beside:
            self.keep()  # for somebody else, or before the sheet's own timer has kept it
        self.subject, self.button, self.outcome, self.move = subject, button, None, None
        self.text, self._refused, self.moves_deal = "", frozenset(), True
        begun = self._called_at.get(subject.id)
        took = int((self._session.clock() - begun).total_seconds()) if begun else 0
        self.duration_s = took if button.records == "call" and 30 <= took < 4 * 3600 else None
        with self._session.database.read() as rows:
            draft = None if self._beside else draft_of(rows, subject.id)
        if draft is not None:
            self.text = draft.line
        if draft is not None and draft.button == button.code:
            self.outcome = next((each for each in button.outcomes if each.code == draft.outcome), None)
        self._understand()
        self.opened.emit()

    def choose(self, number: int) -> None:
        """An outcome chip by its number from 1; choosing it again takes it back."""
        if self.button is None or not 1 <= number <= len(self.button.outcomes):
            return
        chosen = self.button.outcomes[number - 1]
        self.outcome = None if chosen is self.outcome else chosen
        self._understand()

    def type(self, text: str) -> None:
        """The line as it reads now."""
        if text != self.text:
            if self._refused:
                from companion.domain.log_line import moved

                self._refused = moved(self._refused, self.text, text)
            self.text = text
            self._understand()

    def take(self, text: str, line: LogLine) -> None:
        """A line that was read already, elsewhere: what was shown there is what is saved."""
        self.text, self._line, self._missing = text, line, ""
        self.changed.emit()

    def refuse(self, start: int, end: int) -> None:
        """Backspace on a tinted date: those words are words."""
        self._refused |= {(start, end)}
        self._understand()

    def set_minutes(self, minutes: int) -> None:
        """How long it took; 0 for not said."""
        self.duration_s = minutes * 60 or None
        self.changed.emit()

    def toggle_deal(self) -> None:
        """Alt+D: leave the deal's stage as it is, or move it after all."""
        self.moves_deal = not self.moves_deal
        self.changed.emit()

    @property
    def title(self) -> str:
        """'Connected with Marta'."""
        if self.button is None or self.subject is None:
            return ""
        name = words.first_name(self.subject.name)
        if self.button is PLAN:
            return self.tr("Next step with %1").replace("%1", name)
        if self.button.records == "note":
            return self.tr("Note on %1").replace("%1", name)
        return self.tr("%1 with %2").replace("%1", self.button.label).replace("%2", name)

    @property
    def is_plan(self) -> bool:
        """Whether only a next step is agreed: nothing has happened that one goes on from."""
        return self.button is PLAN

    @property
    def hint(self) -> str:
        """What stands in the line before anything is typed."""
        if self.is_plan:
            return self.tr("What comes next, and its day")
        if self.button is not None and self.button.records == "note":
            return self.tr("What is good to know. A next step goes after a comma, with its day")
        return self.tr("What was said, then the next step with its day")

    @property
    def no_step_words(self) -> str:
        """What stands in place of a next step while there is none."""
        if self.is_plan:
            return self.tr("Not agreed yet")
        return self.tr("None. Write one after a comma, with its day")

    @property
    def takes_time(self) -> bool:
        """Whether what is logged has a length: a call or a meeting."""
        return self.button is not None and self.button.records in ("call", "meeting")

    @property
    def problem(self) -> str:
        """What is wrong with the line, for below it."""
        return self.line.problem or self._missing

    @property
    def step_words(self) -> tuple[str, str]:
        """The next step as it would be saved: its words, and its day and hour; empty without one."""
        found = self._next_step()
        if found is None:
            return "", ""
        text, day, at = found
        when = "" if day is None else words.dated(day, self._session.clock().date())
        when = f"{when}, {words.time_of(at.time())}" if at else when
        return text, self.tr("perhaps %1").replace("%1", when) if self.is_a_guess else when

    @property
    def is_a_guess(self) -> bool:
        """Whether the words leave another day or hour open than the one that was understood."""
        return self.line.due_on is not None and not self.line.sure

    @property
    def planned_words(self) -> str:
        """The outcome's own next step as the rep would type it; '' once the line has a step of its own."""
        found = self._next_step()
        if found is None or self.line.due_on is not None:
            return ""
        text, day, at = found
        return f"{text} {words.typed_day(day)}{f' {at:%H:%M}' if at else ''}" if day else text

    def save(self, *, go_on: bool) -> bool:
        """Logs what the sheet says. False, and nothing is lost, while the line has a problem."""
        from companion.actions.log_activity import LogEntry

        button, subject = self.button, self.subject
        if button is None or subject is None:
            return False
        if self.line.problem:
            return False  # it stands below the line
        if button.records == "note" and not self.text.strip():
            self.escape()
            return False
        if button is PLAN:
            return self._plan_step(subject)
        label = self.outcome.label if self.outcome else None
        entry = LogEntry(
            button.records,
            log_plan.subject_line(button, label, self.duration_s),
            button.direction if button.records != "note" else None,
            self.outcome.code if self.outcome else button.outcome,
            body=self.line.note,
            duration_s=self.duration_s,
            next_step=self._step(),
            deal_values=self._deal_values(),
        )
        self._log(entry, subject, self._toast(button, subject), self._draft())
        self._called_at.pop(subject.id, None)
        ends_deal = self.outcome is not None and self.outcome.asks_loss_reason and subject.deal_id is not None
        self._close()
        if go_on:
            self.finished.emit(subject.id)
        if ends_deal:
            self.asks_why_lost.emit(subject)
        return True

    def _plan_step(self, subject: Subject) -> bool:
        from companion.actions.next_step import add_next_step

        step = self._step()
        if step is None:
            self._missing = self.tr("When? Write a day, such as “thu 10” or “26 nov”.")
            self.changed.emit()
            return False
        when = log_plan.moment_words(step.due_on, step.due_at, self._session.clock().date()) if step.due_on else ""
        said = f"{step.words}, {subject.name}. {words.upper_first(when)}"
        draft = self._draft()
        done = add_next_step(self._session.desk(), step, subject.person_id, subject.deal_id, said, draft)
        self.done.emit(done.words, done.gesture_id)
        self._close()
        return True

    def escape(self) -> None:
        """Closes the sheet; what was typed is kept."""
        subject, text = self.subject, self.text
        self.keep()
        self._close()
        if subject is not None and text.strip():
            self.said.emit(self.tr("Draft kept for %1").replace("%1", words.first_name(subject.name)))

    def discard(self) -> None:
        """Closes the sheet without keeping anything."""
        self.text = ""
        self.keep()
        self._close()

    def timer(self, parent: QObject) -> BookTimer:
        """A timer for what asks to keep the line."""
        return self._session.timer(parent)

    def keep(self) -> None:
        """Keeps the line as a draft; called while typing pauses, so that a crash loses two seconds at most."""
        from companion.actions.keep_draft import keep_draft

        draft = self._draft()
        if draft is not None:
            keep_draft(self._session.desk(), draft)

    # Understanding ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _understand(self) -> None:
        self._line, self._missing = None, ""
        self.move = self._planned_move()
        self.changed.emit()

    def _plan(self) -> NextStepPlan | None:
        return self.outcome.next_step if self.outcome else None

    def _next_step(self) -> tuple[str, dt.date | None, dt.datetime | None] | None:
        line, plan = self.line, self._plan()
        if line.due_on is not None:
            return line.next_step or (plan.words if plan else self.tr("Follow up")), line.due_on, line.due_at
        if plan is None:
            return None
        return plan.words, *log_plan.due(plan, self._session.clock())

    def _step(self) -> NextStep | None:
        from companion.actions.log_activity import NextStep
        from companion.domain.date_tokens import folded
        from companion.domain.promise_words import gives

        found = self._next_step()
        if found is None:
            return None
        text, day, at = found
        # A step in the rep's own words, with a day, was promised to somebody; a button's default was not.
        own = self.line.due_on is not None and bool(self.line.next_step)
        return NextStep(text, day, at, "mine" if own and gives(folded(text), spoken()) else None)

    def _planned_move(self) -> DealMove | None:
        subject, outcome = self.subject, self.outcome
        if subject is None or subject.deal_id is None or outcome is None or outcome.stage is None:
            return None
        with self._session.database.read() as rows:
            row = rows.one(
                """SELECT s.id, s.name, d.close_on, s.position, now.name, now.position FROM deals AS d
                   JOIN stages AS now ON now.id = d.stage_id
                   JOIN stages AS s ON s.pipeline_id IS now.pipeline_id AND lower(s.name) = lower(?)
                   WHERE d.id = ? AND s.id <> now.id AND d.status = 'open'""",
                (outcome.stage, subject.deal_id),
            )
        if row is None or (row[3] or 0) < (row[5] or 0):
            return None  # no such stage here, or the deal is past it
        today = self._session.clock().date()
        closes = words.dated(dt.date.fromisoformat(row[2]), today) if row[2] else ""
        return DealMove(row[0], row[4], row[1], closes)

    def _deal_values(self) -> tuple[tuple[str, Value], ...]:
        return (("stage", self.move.stage_id),) if self.move is not None and self.moves_deal else ()

    def _toast(self, button: LogButton, subject: Subject) -> str:
        said = f"{button.label}, {subject.name}"
        found = self._next_step()
        if found is None:
            return said
        text, day, at = found
        if day is None:
            return f"{said}. {text}"
        return f"{said}. {text} {log_plan.moment_words(day, at, self._session.clock().date())}"

    def _log(self, entry: LogEntry, subject: Subject, said: str, draft: Draft | None = None) -> None:
        from companion.actions.log_activity import log_activity

        done = log_activity(
            self._session.desk(), entry, subject.person_id, subject.deal_id, said, draft, beside=self._beside
        )
        self.done.emit(done.words, done.gesture_id)

    def _draft(self) -> Draft | None:
        from companion.actions.keep_draft import Draft

        if self.button is None or self.subject is None:
            return None
        return Draft(self.subject.id, self.button.code, self.text, self.outcome.code if self.outcome else None)

    def _close(self) -> None:
        self.button = None
        self.closed.emit()
