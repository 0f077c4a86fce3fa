"""One reason taken apart, in words: its rule, what it rests on, who would move with its limit, what to answer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal

from companion.domain import words
from companion.domain.language import trn
from companion.domain.records import Kind
from ui.session import Session, Subject

if TYPE_CHECKING:
    from companion.queries.explain import Explanation
    from companion.queries.rule_steps import Moving, Steps

HIDE_DAYS: Final = 7
WRONG_PERSON_DAYS: Final = 30
AT_ONCE: Final = 20
"""People that are looked at in one turn of the event loop: some 5 ms."""
MOST_MOVERS: Final = 3


@dataclass(frozen=True, slots=True)
class Line:
    """A line that opens something: its words, a note at its end, and a record, or a rule of the same subject."""

    text: str
    note: str
    kind: Kind | None = None
    id: str = ""


@dataclass(frozen=True, slots=True)
class Movers:
    """Who joins or leaves with another limit: a head, and the strongest of them as lines."""

    head: str
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What the rep can say to a reason by one key, and what that does, in words."""

    code: str
    key: str
    words: str
    detail: str


@dataclass(frozen=True, slots=True)
class ReasonCardLook:
    """Everything that the card shows; empty parts are left out there."""

    title: str = ""
    level: str = ""
    rule: str = ""
    facts: tuple[Line, ...] = ()
    others: tuple[Line, ...] = ()
    hidden: tuple[Line, ...] = ()
    moving: tuple[Movers, ...] = ()
    feedback: str = ""
    hide: Answer = Answer("hidden", "H", "", "")
    answers: tuple[Answer, ...] = ()
    spoken: str = ""


class ReasonViewModel(QObject):
    """Shows one reason of one subject at a time. Lives on the UI thread."""

    changed = Signal()
    done = Signal(str, object)
    """Words for the toast and the gesture that undoes it."""
    said = Signal(str)
    happened = Signal(object, object)
    """Subject and Reason: what the reason asks for was done; the log of it is wanted."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.moment: Callable[[], dt.datetime] = session.clock
        self.subject: Subject | None = None
        self.look = ReasonCardLook()
        self._found: Explanation | None = None
        self._steps: Steps | None = None
        self._left: list[tuple[Kind, str]] = []
        self._moving: Moving | None = None
        self._turn = session.timer(self)
        self._turn.setInterval(0)
        self._turn.timeout.connect(self._look_further)

    # Showing ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def show(self, subject: Subject, rule_id: str | None = None) -> bool:
        """Takes a reason apart: the one on the row, or that of `rule_id`. False, and said so, where there is none.

        `moment` is for when it is looked at: now, but for tomorrow's list.
        """
        from companion.queries.explain import explain

        session = self._session
        desk = session.desk()
        with session.database.read() as rows:
            found = explain(
                rows, subject.kind, subject.id, session.workspace, self.moment(), session.zone, desk.me, rule_id
            )
        self.stop()
        self.subject, self._found = subject, found
        if found is None:
            self.look = ReasonCardLook()
            self.said.emit(self.tr("Nothing puts %1 on the list now").replace("%1", subject.name))
            return False
        self.look = self._look(found)
        self.changed.emit()
        return True

    def show_moving_soon(self) -> None:
        """Begins to look once what is shown now is on the screen."""
        self._session.soon(self, self.show_moving)

    def show_moving(self) -> None:
        """Begins to look for who would move with the rule's limit, some people in each turn of the event loop."""
        from companion.queries.rule_steps import Moving, steps, subjects

        rule = self._session.workspace.rule(self._found.reason.rule_id) if self._found else None
        self._steps = steps(rule) if rule is not None else None
        if self._steps is None:
            return
        session = self._session
        with session.database.read() as rows:
            self._left = subjects(rows, self._steps, session.clock(), session.zone, session.desk().me)
        self._moving = Moving()
        self._turn.start()

    def stop(self) -> None:
        """Nobody looks at the card any more."""
        self._turn.stop()
        self._left, self._moving, self._steps = [], None, None

    def _look_further(self) -> None:
        from companion.queries.rule_steps import look

        if self._steps is None or self._moving is None:
            self._turn.stop()
            return
        some, self._left = self._left[:AT_ONCE], self._left[AT_ONCE:]
        session = self._session
        with session.database.read() as rows:
            self._moving += look(
                rows, some, self._steps, session.workspace, session.clock(), session.zone, session.desk().me
            )
        if not self._left:
            self._turn.stop()
            if self._found is not None:
                self.look = self._look(self._found)
                self.changed.emit()

    # Words ──────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _look(self, found: Explanation) -> ReasonCardLook:
        from companion.domain.rule_words import level_words

        rule = self._rule_words(found)
        return ReasonCardLook(
            found.reason.rule_name,
            level_words(found.reason.level),
            rule,
            tuple(Line(fact.text, fact.when, Kind(fact.kind), fact.id) for fact in found.facts),
            tuple(Line(each.row_sentence, level_words(each.level), id=each.rule_id) for each in found.others),
            tuple(self._hidden_line(each.rule_name, each.rule_id, each.until) for each in found.hidden),
            self._movers(),
            found.feedback.words,
            Answer("hidden", "H", self.tr("Hide for 7 days"), self._back(HIDE_DAYS)),
            self._answers(found),
            self.tr("Why %1: %2. %3")
            .replace("%1", found.who)
            .replace("%2", found.reason.rule_name)
            .replace("%3", rule),
        )

    def _rule_words(self, found: Explanation) -> str:
        """'Proposal sent 6 days ago, no reply (limit 4 days) · they have an open deal · closes in 3 days'."""
        said = [
            self.tr("%1 (limit %2)").replace("%1", each.said).replace("%2", each.limit) if each.limit else each.said
            for each in found.grounds
        ]
        return words.upper_first(" · ".join(said))

    def _hidden_line(self, name: str, rule_id: str, until: dt.datetime | None) -> Line:
        day = words.day(until.date(), self._today) if until is not None else ""
        said = self.tr("%1, hidden until %2") if until is not None else self.tr("%1, hidden for good")
        return Line(said.replace("%1", name).replace("%2", day), self.tr("Show again"), id=rule_id)

    def _back(self, days: int) -> str:
        day = words.dated(self._today + dt.timedelta(days), self._today)
        return self.tr("back %1").replace("%1", day)

    def _answers(self, found: Explanation) -> tuple[Answer, ...]:
        return (
            Answer("wrong", "1", self.tr("Wrong person for this"), self._back(WRONG_PERSON_DAYS)),
            Answer("done", "2", self.tr("Done already"), self._finishing(found)),
            Answer("not_now", "3", self.tr("Not now"), self._back(1)),
            Answer("never", "4", self.tr("Never for this one"), self.tr("hidden for good")),
        )

    def _finishing(self, found: Explanation) -> str:
        """What 'done already' does, by what the reason asks for."""
        if found.step_id is not None:
            return self.tr("finishes the step")
        return {
            "set_date": self.tr("asks for the date"),
            "plan": self.tr("asks for the step"),
            "introduce": self._back(WRONG_PERSON_DAYS),
            "reply": self.tr("logs the email"),
            "email": self.tr("logs the email"),
            "log": self.tr("opens the log"),
        }.get(found.reason.verb, self.tr("opens the log"))

    def _movers(self) -> tuple[Movers, ...]:
        steps = self._steps
        if steps is None or self._moving is None or self._left:
            return ()
        moving = self._moving.ranked
        shown = []
        if steps.stricter is not None:
            shown.append(self._moved(steps.stricter_words, moving.leaves, leaving=True))
        if steps.softer is not None:
            shown.append(self._moved(steps.softer_words, moving.joins, leaving=False))
        return tuple(shown)

    def _moved(self, limit: str, movers: tuple[object, ...], *, leaving: bool) -> Movers:
        from companion.queries.rule_steps import Mover

        found = [each for each in movers if isinstance(each, Mover)]
        if not found:
            said = self.tr("Limit %1: nobody would leave") if leaving else self.tr("Limit %1: nobody would join")
            return Movers(said.replace("%1", limit))
        if leaving:
            said = trn("Limit %1: {n} would leave", "Limit %1: {n} would leave", len(found))
        else:
            said = trn("Limit %1: {n} would join", "Limit %1: {n} would join", len(found))
        lines = [
            Line(
                f"{each.who} · {each.sentence}", self.tr("stays listed") if each.stays else "", Kind(each.kind), each.id
            )
            for each in found[:MOST_MOVERS]
        ]
        return Movers(said.replace("%1", limit), tuple(lines))

    @property
    def _today(self) -> dt.date:
        return self._session.clock().date()

    # Answering ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def answer(self, code: str) -> None:
        """What the rep says to the reason: hides it for its time, or sees to it that what was done is logged."""
        if self._found is None or self.subject is None:
            return
        found, subject = self._found, self.subject
        self.stop()
        if code == "done":
            self._finish(found, subject)
            return
        until = {
            "hidden": self._in_days(HIDE_DAYS),
            "wrong": self._in_days(WRONG_PERSON_DAYS),
            "not_now": self._tomorrow(),
        }.get(code)
        self._hide(found, code, until)

    def show_again(self, rule_id: str) -> None:
        """Lets a rule speak of this subject again."""
        from companion.actions.hide_reason import show_again

        rule = self._session.workspace.rule(rule_id)
        if self._found is None:
            return
        said = self.tr("Shown again: %1").replace("%1", rule.name if rule else rule_id)
        done = show_again(self._session.desk(), Kind(self._found.kind), self._found.id, rule_id, said)
        self.done.emit(done.words, done.gesture_id)

    def _hide(self, found: Explanation, code: str, until: dt.datetime | None) -> None:
        from companion.actions.hide_reason import hide_reason
        from companion.queries.explain import FOR_GOOD

        if until is None:
            said, at = self.tr("Hidden for good: %1"), words.instant(FOR_GOOD, self._session.zone)
        else:
            day, at = words.day(until.date(), self._today), until
            said = self.tr("Hidden until %2: %1").replace("%2", day)
        said = said.replace("%1", f"{found.reason.rule_name}, {found.who}")
        kind, rule_id = Kind(found.kind), found.reason.rule_id
        done = hide_reason(self._session.desk(), kind, found.id, rule_id, at, code, said)
        self.done.emit(done.words, done.gesture_id)

    def _finish(self, found: Explanation, subject: Subject) -> None:
        from companion.actions.hide_reason import count_answer
        from companion.actions.next_step import complete_step

        if found.reason.verb == "introduce" and found.step_id is None:
            self._hide(found, "done", self._in_days(WRONG_PERSON_DAYS))
            return
        count_answer(self._session.desk(), found.id, found.reason.rule_id, "done")
        if found.step_id is None:
            self.happened.emit(subject, found.reason)
            return
        text = next((fact.text for fact in found.facts if fact.id == found.step_id), found.reason.rule_name)
        said = self.tr("Done: %1").replace("%1", text)
        done = complete_step(self._session.desk(), found.step_id, said)
        self.done.emit(done.words, done.gesture_id)

    def _in_days(self, days: int) -> dt.datetime:
        return self._session.clock() + dt.timedelta(days=days)

    def _tomorrow(self) -> dt.datetime:
        return dt.datetime.combine(self._today + dt.timedelta(1), dt.time(), self._session.zone)
