"""Watches the calendar that the CRM gave: which meeting is near, how that is said, and which ones were put away."""

from __future__ import annotations

import datetime as dt
from typing import Final

from PySide6.QtCore import QObject, Signal

from companion.domain import words
from companion.queries.next_meeting import EARLY, LATE, Meeting, is_near, next_meeting, when_words
from ui.session import Session

_LONGEST_MS: Final = 3_600_000


class MeetingViewModel(QObject):
    """Asks at the minute when something changes, and whenever it is told to look. Lives on the UI thread."""

    moved = Signal()
    """Another meeting is near, or none, or it is said otherwise."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._put_away: set[str] = set()
        self.next: Meeting | None = None
        self.near: Meeting | None = None
        self.words = ""
        self._timer = session.timer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.look)

    def look(self) -> None:
        """What is so now: a minute passed, or the calendar was read."""
        now = self._session.clock()
        with self._session.database.read() as rows:
            me = rows.value("SELECT json_extract(value, '$') FROM meta WHERE key = 'me'")
            self.next = next_meeting(rows, now, me, self._put_away)
        near = self.next if self.next is not None and is_near(self.next, now) else None
        said = self._say(near, now) if near is not None else ""
        moved = (near, said) != (self.near, self.words)
        self.near, self.words = near, said
        self._wait(now)
        if moved:
            self.moved.emit()

    def put_away(self) -> None:
        """It was opened, or the rep wants no bar for it."""
        if self.near is not None:
            self._put_away.add(self.near.id)
            self.look()

    def stop(self) -> None:
        """Looks no more."""
        self._timer.stop()

    def _say(self, meeting: Meeting, now: dt.datetime) -> str:
        """'Demo with Jonas Weber in 10 min'."""
        who = meeting.attendees[0].name if meeting.attendees else ""
        named = not who or words.first_name(who).casefold() in meeting.title.casefold()
        said = self.tr("%1 %3") if named else self.tr("%1 with %2 %3")
        parts = {"%1": meeting.title, "%2": who, "%3": when_words(meeting, now)}
        return _filled(said, parts)

    def _wait(self, now: dt.datetime) -> None:
        """Until the bar comes or goes; while it stands the window's minute moves its words."""
        if self.next is None:
            self._timer.stop()
            return
        instant = self.next.starts_at + LATE if self.near is not None else self.next.starts_at - EARLY
        left = int((instant - now).total_seconds() * 1000) + 200
        self._timer.start(max(1_000, min(left, _LONGEST_MS)))


def _filled(sentence: str, parts: dict[str, str]) -> str:
    """The sentence with its places filled at once: a title may hold a %2 of its own."""
    out, rest = "", sentence
    while "%" in rest:
        before, _, rest = rest.partition("%")
        mark = f"%{rest[:1]}"
        out += before + parts.get(mark, mark)
        rest = rest[1:]
    return out + rest
