"""What reminds the rep over one open book: looks when something is due, says it, and takes the answer."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication, QElapsedTimer, QObject, Signal

from companion.database import DatabaseProblem
from companion.domain.changes import Changes
from companion.domain.language import trn
from companion.domain.records import Kind
from companion.settings import Settings
from ui.session import Session

if TYPE_CHECKING:
    from companion.actions.tell_reminders import Look
    from companion.domain.reminders import Manner, Reminder
    from companion.queries.reminders import Line

log = logging.getLogger(__name__)

LONGEST_MS: Final = 60_000
"""A timer never sleeps longer: a computer that slept or a clock that was set is noticed within a minute."""
SOON_MS: Final = 900
"""After a change it is looked once, when the rep's hand rests."""
_LEAP_S: Final = 30
"""The wall clock and the time that passed differ by more than this: it was set, or the computer slept."""
_AT_LEAST_S: Final = 1_800
_SHOWN_LINES: Final = 3
_KINDS: Final = frozenset({Kind.ACTIVITY, Kind.PERSON, Kind.DEAL})


@dataclass(frozen=True, slots=True)
class Notice:
    """What is told at once: the numbers of its reminders, its words as they may stand on a locked screen and as they
    stand in the window, what can be answered (codes with words), and the record that Open leads to (None: the ledger).
    """

    numbers: tuple[int, ...]
    title: str
    body: str
    inside: str
    actions: tuple[tuple[str, str], ...]
    subject: tuple[Kind, str] | None
    is_meeting: bool = False

    @property
    def key(self) -> str:
        """Its name among all that are shown."""
        return "-".join(map(str, self.numbers))


@dataclass(frozen=True, slots=True)
class _Found:
    """What a look brought, with the names: made away from the UI thread."""

    look: Look
    meetings: tuple[Line, ...]
    bundle: tuple[Line, ...]
    missed: tuple[Line, ...]


class RemindersViewModel(QObject):
    """Lives on the UI thread; `work_behind` runs what it is given on another. `chosen` gives the settings."""

    told = Signal(object)
    """Notice."""
    missed = Signal(object, str)
    """Lines that came due while nobody could be told, and a sentence that counts them."""
    settled = Signal(object)
    """Numbers of reminders that were dealt with: what still shows them may go."""
    moved = Signal()
    """The ledger reads differently."""
    done = Signal(str, object)
    """Words for the toast, and the gesture that undoes it or None."""
    opened = Signal(object)
    """(kind, id) of a record, or None: the ledger."""
    _looked = Signal(object)

    def __init__(
        self,
        session: Session,
        chosen: Callable[[], Settings],
        work_behind: Callable[[Callable[[], None]], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._chosen = chosen
        self._work_behind = work_behind
        self._since = self._now()
        self._stopped = False
        self._looking = self._again = False
        self._offered: set[int] = set()
        self._next_at: int | None = None
        self._looked_at = self._since
        self.ahead: tuple[int, ...] = ()
        """When the next ones are due, in seconds since 1970, without a word of what they are."""
        self._elapsed = QElapsedTimer()
        self._timer = session.timer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.tick)
        self._soon = session.timer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(SOON_MS)
        self._soon.timeout.connect(self.look)
        self._looked.connect(self._heard)

    # Looking ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def stop(self) -> None:
        """Nothing is told any more."""
        self._stopped = True
        self._timer.stop()
        self._soon.stop()

    def changed(self, changes: Changes) -> None:
        """Something was committed: perhaps what is due."""
        # The list moves with time alone when a meeting ends that a snooze waits for.
        if not self._stopped and (changes.today or any(kind in _KINDS for kind, _ in changes.records)):
            self._soon.start()

    def look(self) -> None:
        """Looks what is due, away from the UI thread; once more afterwards if it was asked for meanwhile."""
        if self._stopped:
            return
        if self._looking:
            self._again = True
            return
        self._looking, self._again = True, False
        self._looked_at = self._now()
        self._elapsed.start()
        self._work_behind(self._look_behind)

    def tick(self) -> None:
        """Looks if something is due, or if the clock tells of more or less time than has passed."""
        now = self._now()
        passed = now - self._looked_at
        leapt = self._elapsed.isValid() and abs(passed - self._elapsed.elapsed() / 1000) > _LEAP_S
        if leapt or passed >= _AT_LEAST_S or (self._next_at is not None and now >= self._next_at):
            self.look()
        else:
            self._wait()

    def _look_behind(self) -> None:
        found: _Found | None = None
        try:
            found = self._find()
        except DatabaseProblem as problem:
            log.warning("the reminders could not be looked at: %s", type(problem).__name__)
        except Exception:
            log.exception("the reminders could not be looked at")
        self._looked.emit(found)

    def _find(self) -> _Found:
        from companion.actions.tell_reminders import tell_reminders
        from companion.queries.reminders import named

        session = self._session
        look = tell_reminders(session.desk(), self._manner(), self._since)

        def lines(some: Iterable[Reminder]) -> tuple[Line, ...]:
            numbers = tuple(each.n for each in some)
            if not numbers:
                return ()
            with session.database.read() as rows:
                return named(rows, numbers, session.clock(), session.zone)

        return _Found(look, lines(look.meetings), lines(look.bundle), lines(look.missed))

    def _manner(self) -> Manner:
        from companion.domain.reminders import Manner

        chosen = self._chosen()
        return Manner(chosen.meeting_minutes, chosen.quiet_from, chosen.quiet_until, chosen.morning_hour)

    def _heard(self, found: _Found | None) -> None:
        self._looking = False
        if self._stopped:
            return
        if found is not None:
            self._next_at, self.ahead = found.look.next_at, found.look.ahead
            self._tell(found)
        else:
            self._next_at = None
        if self._again:
            self.look()
        else:
            self._wait()

    def _wait(self) -> None:
        left = LONGEST_MS if self._next_at is None else (self._next_at - self._now()) * 1000
        self._timer.start(max(200, min(left, LONGEST_MS)))

    def _now(self) -> int:
        return int(self._session.clock().timestamp())

    # Telling ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _tell(self, found: _Found) -> None:
        from companion.domain.reminders import LATE_S, What

        if found.look.settled:
            self.settled.emit(found.look.settled)
        now = self._now()
        late = [
            each
            for each in found.missed
            if each.reminder.what == What.MEETING
            and self._since <= each.reminder.due_at
            and now - each.reminder.due_at < LATE_S
        ]
        new = [each for each in found.missed if each.reminder.n not in self._offered]
        for line in [*found.meetings, *(each for each in late if each in new)]:
            self.told.emit(self._notice([line]))
        if found.bundle:
            self.told.emit(self._notice(found.bundle))
        quiet = [each for each in new if each not in late]
        if quiet:
            self.missed.emit(tuple(quiet), self._missed_words(quiet))
        self._offered |= {each.reminder.n for each in found.missed}
        if found.meetings or found.bundle or found.missed or found.look.settled:
            self.moved.emit()

    def _missed_words(self, lines: list[Line]) -> str:
        if all(each.reminder.due_at < self._since for each in lines):
            return trn(
                "{n} reminder came due while Companion was closed",
                "{n} reminders came due while Companion was closed",
                len(lines),
            )
        return trn(
            "{n} reminder came due while you were away", "{n} reminders came due while you were away", len(lines)
        )

    def _notice(self, lines: list[Line] | tuple[Line, ...]) -> Notice:
        return notice_of(lines, self._chosen().notification_words, self._session.clock())

    # Answering ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def shown(self, numbers: Iterable[int], channel: str) -> None:
        """These stand before the rep's eyes."""
        from companion.actions.tell_reminders import show_reminders

        if not self._stopped:
            with suppress(DatabaseProblem):  # the window tells of it
                show_reminders(self._session.desk(), numbers, channel)
            self.moved.emit()

    def answer(self, notice: Notice, verb: str) -> None:
        """What the rep did with it: 'open', 'done', 'later' or 'dismissed'."""
        if self._stopped:
            return
        with suppress(DatabaseProblem):
            self._carry_out(notice, verb)
            self.moved.emit()

    def _carry_out(self, notice: Notice, verb: str) -> None:
        from companion.actions import answer_reminder as answers

        desk = self._session.desk()
        if verb == "open":
            answers.open_reminders(desk, notice.numbers)
            self.opened.emit(notice.subject)
        elif verb == "dismissed":
            answers.dismiss_reminders(desk, notice.numbers)
        elif verb == "done" and len(notice.numbers) == 1:
            words = self.tr("Done: %1").replace("%1", notice.inside)
            made = answers.finish_reminder(desk, notice.numbers[0], words)
            if made is not None:
                self.done.emit(made.words, made.gesture_id)
        elif verb == "later" and len(notice.numbers) == 1:
            words = self.tr("Snoozed for 1 h: %1").replace("%1", notice.inside)
            made = answers.remind_later(desk, notice.numbers[0], notice.inside, words)
            if made is not None:
                self.done.emit(made.words, made.gesture_id)
        self.settled.emit(notice.numbers)


def subject_of(reminder: Reminder) -> tuple[Kind, str]:
    """Whose page a reminder leads to: its person's, its deal's, or wherever its record belongs."""
    if reminder.person_id:
        return Kind.PERSON, reminder.person_id
    return (Kind.DEAL, reminder.deal_id) if reminder.deal_id else (Kind(reminder.record_kind), reminder.record_id)


def notice_of(lines: list[Line] | tuple[Line, ...], how: str, now: dt.datetime) -> Notice:
    """One notice of these reminders. `how` much it says where others may read it: 'full', 'names' or 'count'."""
    from companion.queries.reminders import headline

    numbers = tuple(each.reminder.n for each in lines)
    counted = trn("{n} reminder", "{n} reminders", len(lines))
    inside = [headline(each, now) for each in lines]
    seen = [headline(each, now, names_only=how != "full") for each in lines]
    subject = subject_of(lines[0].reminder) if len(lines) == 1 else None
    if len(lines) == 1:
        title, body = (seen[0], lines[0].company) if how == "full" else (seen[0], "")
    else:
        more = len(lines) - _SHOWN_LINES
        rest = [trn("and {n} more", "and {n} more", more)] if more > 0 else []
        title, body = counted, "\n".join([*seen[:_SHOWN_LINES], *rest])
    if how == "count":
        title, body = "Companion", counted
    words = inside[0] if len(lines) == 1 else f"{counted}: {' · '.join(inside[:_SHOWN_LINES])}"
    meeting = len(lines) == 1 and lines[0].reminder.what == "meeting"
    return Notice(numbers, title, body, words, _actions(lines, how), subject, meeting)


def _actions(lines: list[Line] | tuple[Line, ...], how: str) -> tuple[tuple[str, str], ...]:
    """Nothing is done unseen: where the words are hidden, or are of several, it can only be opened."""
    from companion.actions.answer_reminder import can_finish, can_wait

    tr = QCoreApplication.translate
    offered = [("open", tr("RemindersViewModel", "Open"))]
    if len(lines) == 1 and how != "count":
        if can_finish(lines[0].reminder):
            offered.append(("done", tr("RemindersViewModel", "Done")))
        if can_wait(lines[0].reminder):
            offered.append(("later", tr("RemindersViewModel", "Snooze 1 h")))
    return tuple(offered)
