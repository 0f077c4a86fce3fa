"""Putting somebody away: snoozed until a day, a reply or the end of a meeting, or parked for a reason that is known."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final, Literal

from PySide6.QtCore import QObject, Signal

from companion.domain import words
from companion.domain.snoozes import GRACE_DAYS, LONGEST_DAYS
from ui.session import Session, Subject

if TYPE_CHECKING:
    from companion.actions.snooze import Event

Until = dt.date | dt.datetime | Literal["reply", "meeting"]
"""A day, an aware instant, or an event."""
Offer = tuple[str, str, Literal["reply", "meeting", "now"]]
"""Words, what it comes to, and what it stands for; 'now' wakes whoever was put away before."""
MORNING: Final = dt.time(8, 0)


class Waits(QObject):
    """Acts at once and says what was done. Lives on the UI thread."""

    done = Signal(str, object)
    """Words for the toast and the gesture that undoes it."""
    said = Signal(str)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session

    def offers(self, subject: Subject) -> list[Offer]:
        """The events that may end it: a reply, the meeting ahead if there is one, and now, for who is away already."""
        from companion.queries.put_away import meeting_ahead, put_away

        now, zone = self._session.clock(), self._session.zone
        latest = words.dated(now.date() + dt.timedelta(LONGEST_DAYS), now.date())
        detail = self.tr("%1 at the latest").replace("%1", latest)
        offered: list[Offer] = [(self.tr("Until they reply"), detail, "reply")]
        with self._session.database.read() as rows:
            meeting = meeting_ahead(rows, subject.kind, subject.id, now, zone)
            away = put_away(rows, subject.id, now, zone)
        if meeting is not None:
            when = f"{words.dated(meeting.ends.date(), now.date())}, {words.time_of(meeting.ends.time())}"
            offered.append((self.tr("Until the meeting is over"), when, "meeting"))
        if away is not None:
            end = self.tr("End the parking now") if away.parked else self.tr("End the snooze now")
            offered.append((end, "", "now"))
        return offered

    def snooze(self, subject: Subject, until: Until) -> None:
        """Keeps quiet about somebody, and comes back by itself."""
        from companion.actions.snooze import snooze

        found = self._when(subject, until)
        if found is None:
            return
        at, event = found
        said = self._in_words(until, self.tr("Snoozed %1 until %2"), subject)
        today = words.short_date(self._today, self._today)
        why = self.tr("no reply since %1") if event == "reply" else self.tr("snoozed on %1")
        done = snooze(self._session.desk(), subject.kind, subject.id, at, why.replace("%1", today), said, event)
        self._tell(subject, done.words, done.gesture_id)

    def park(self, subject: Subject, until: Until, why: str) -> None:
        """Quiets the flags of somebody for a reason that is known."""
        from companion.actions.park import park

        found = self._when(subject, until)
        if found is None:
            return
        at, event = found
        why = words.lower_first(words.one_line(why))
        said = self._in_words(until, self.tr("Parked %1 until %2: %3"), subject).replace("%3", why)
        done = park(self._session.desk(), subject.kind, subject.id, at, why, said, event)
        self._tell(subject, done.words, done.gesture_id)

    def wake(self, subject: Subject) -> None:
        """Ends a snooze or a parking now."""
        from companion.actions.snooze import wake

        said = self.tr("%1 is back").replace("%1", subject.name)
        done = wake(self._session.desk(), subject.kind, subject.id, said)
        self.done.emit(done.words, done.gesture_id)

    def _when(self, subject: Subject, until: Until) -> tuple[dt.datetime, Event | None] | None:
        """The latest return, and the event that may come sooner; None, and it is said, for what is past."""
        from companion.queries.put_away import meeting_ahead

        now, zone = self._session.clock(), self._session.zone
        if until == "reply":
            return self._morning(now.date() + dt.timedelta(LONGEST_DAYS)), "reply"
        if until == "meeting":
            with self._session.database.read() as rows:
                meeting = meeting_ahead(rows, subject.kind, subject.id, now, zone)
            return (meeting.ends + dt.timedelta(GRACE_DAYS), "meeting") if meeting is not None else None
        at = until if isinstance(until, dt.datetime) else self._morning(until)
        if at <= now:
            self.said.emit(self.tr("That is past already. Nothing was put away."))
            return None
        return at, None

    def _morning(self, day: dt.date) -> dt.datetime:
        return dt.datetime.combine(day, MORNING, self._session.zone)

    def _in_words(self, until: Until, said: str, subject: Subject) -> str:
        said = said.replace("%1", subject.name)
        if until == "reply":
            return said.replace("%2", self.tr("they reply"))
        if until == "meeting":
            return said.replace("%2", self.tr("the meeting is over"))
        assert isinstance(until, dt.date)
        day = until.date() if isinstance(until, dt.datetime) else until
        when = words.day(day, self._today)
        return said.replace("%2", f"{when}, {words.time_of(until.time())}" if isinstance(until, dt.datetime) else when)

    def _tell(self, subject: Subject, said: str, gesture_id: str) -> None:
        """What was done; and what keeps somebody on the list all the same, such as a customer who waits."""
        from companion.queries.brief import reasons

        with self._session.database.read() as rows:
            left = reasons(rows, subject.id)
        if left:
            said = self.tr("%1. Still listed: %2").replace("%1", said).replace("%2", left[0].row_sentence)
        self.done.emit(said, gesture_id)

    @property
    def _today(self) -> dt.date:
        return self._session.clock().date()
