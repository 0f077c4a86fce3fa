"""The meeting that a page prepares for, in words: when, with whom and their roles, what was not spoken of yet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QCoreApplication

from companion.database import Rows
from companion.domain import words
from companion.queries.brief import Brief
from companion.queries.deal import Contact
from companion.queries.next_meeting import Meeting, meeting_with, open_topics, when_words
from ui.person.brief_viewmodel import ReasonLook
from ui.session import Session

_MOST: Final = 8
_SAYS_SO: Final = "meeting-today"


@dataclass(frozen=True, slots=True)
class MeetingLook:
    """`title` is 'Demo, 10:30 to 11:15', `when` 'in 10 min'; `topics` is '' where everything was spoken of."""

    title: str
    when: str
    people: str
    topics: str

    @property
    def spoken(self) -> str:
        """All of it in one sentence after the other, for a screen reader."""
        return ". ".join(each for each in (f"{self.title}, {self.when}", self.people, self.topics) if each)


def meeting_look(rows: Rows, session: Session, person_id: str | None, deal_id: str | None) -> MeetingLook | None:
    """The next meeting within a day with this person or on this deal; None where there is none."""
    now = session.clock()
    me = rows.value("SELECT json_extract(value, '$') FROM meta WHERE key = 'me'")
    found = meeting_with(rows, now, me, person_id, deal_id)
    if found is None:
        return None
    topics = open_topics(rows, found, session.workspace.topics)
    said = _tr("Not discussed yet: %1").replace("%1", ", ".join(topics)) if topics else ""
    return MeetingLook(_title(found, session), when_words(found, now), _people(found), said)


def beside(meeting: MeetingLook | None, prep: Brief | None, reason: ReasonLook | None) -> ReasonLook | None:
    """The reason that still stands under a meeting's head: not that there is a meeting."""
    says_so = prep is not None and prep.reasons and prep.reasons[0].rule_id == _SAYS_SO
    return None if meeting is not None and says_so else reason


def _title(meeting: Meeting, session: Session) -> str:
    starts, ends = (words.clock(int(each.timestamp()), session.zone) for each in (meeting.starts_at, meeting.ends_at))
    today = session.clock().date()
    on = meeting.starts_at.date()
    if on == today:
        return _filled(_tr("%1, %2 to %3"), meeting.title, starts, ends)
    return _filled(_tr("%1, %2 %3 to %4"), meeting.title, words.day(on, today), starts, ends)


def _people(meeting: Meeting) -> str:
    """'With Jonas Weber (Decides), Ana Kovač (Champion) and 3 more'."""
    named = ", ".join(_named(each) for each in meeting.attendees[:_MOST])
    if not named:
        return ""
    more = len(meeting.attendees) - _MOST
    if more > 0:
        return _filled(_tr("With %1 and %2 more"), named, f"{more}")
    return _filled(_tr("With %1"), named)


def _named(contact: Contact) -> str:
    part = contact.tag or contact.role
    return f"{contact.name} ({part})" if part else contact.name


def _filled(sentence: str, *values: str) -> str:
    """Each place filled once, from the last to the first: a value may hold a place of its own."""
    for number in range(len(values), 0, -1):
        before, mark, after = sentence.partition(f"%{number}")
        sentence = f"{before}{values[number - 1]}{after}" if mark else sentence
    return sentence


def _tr(text: str) -> str:
    return QCoreApplication.translate("Meeting", text)
