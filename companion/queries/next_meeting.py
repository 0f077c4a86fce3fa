"""The rep's next meeting, or agreed call, of the CRM's calendar: when it is, whom it is with, what is still open."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final

from companion.database import Rows
from companion.domain import words
from companion.domain.activities import NOT_HELD
from companion.domain.language import tr
from companion.domain.records import Kind
from companion.queries.deal import Contact

EARLY: Final = dt.timedelta(minutes=10)
"""How long before it begins a meeting's brief is offered."""
LATE: Final = dt.timedelta(minutes=10)
"""How long after its beginning it is still offered."""
AHEAD: Final = dt.timedelta(days=1)
_LONGEST: Final = 12 * 3_600
"""Seconds that a meeting may be under way and still be the one that a page prepares for."""
_READ: Final = 60
"""Entries that open topics are looked for in."""
_DEFAULT_LENGTH: Final = dt.timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Meeting:
    """A meeting of the rep's. Instants are aware, in the zone of the `now` that was asked with.

    `attendees` begin with the person whom it is with. `person_id` is that person, also where the CRM names only the
    deal; None where nobody is known.
    """

    id: str
    person_id: str | None
    deal_id: str | None
    starts_at: dt.datetime
    ends_at: dt.datetime
    title: str
    attendees: tuple[Contact, ...]

    @property
    def subject(self) -> tuple[Kind, str]:
        """The record whose page prepares for it."""
        if self.person_id:
            return Kind.PERSON, self.person_id
        return (Kind.DEAL, self.deal_id) if self.deal_id else (Kind.ACTIVITY, self.id)


_OWN: Final = (
    "SELECT a.id, a.what, a.subject, a.at, a.ends_at, a.duration_s, coalesce(a.person_id, d.person_id), a.deal_id, a.n "
    "FROM activities a LEFT JOIN deals d ON d.id = a.deal_id "
    "WHERE a.owner_id {whose} AND a.at > ? AND a.at <= ? AND a.what IN ('meeting', 'call') "
    "AND coalesce(a.done, 0) = 0 AND a.gone IS NULL "
    f"AND (a.outcome IS NULL OR a.outcome NOT IN ({', '.join(repr(each) for each in sorted(NOT_HELD))}))"
)
# Two halves, as each walks its part of the index of owners and times.
_NEXT: Final = f"{_OWN.format(whose='= ?')} UNION ALL {_OWN.format(whose='IS NULL')} ORDER BY 4, 9"


def next_meeting(rows: Rows, now: dt.datetime, me: str | None, but: Collection[str] = ()) -> Meeting | None:
    """The first meeting of mine within a day that is not done, cancelled, over, or more than LATE under way.

    `now` is aware and local. One that belongs to nobody is mine. Those whose ids are in `but` are passed over.
    """
    at = int(now.timestamp())
    since, until = at - int(LATE.total_seconds()), at + int(AHEAD.total_seconds())
    for values in rows.all(_NEXT, (me or "", since, until, since, until)):
        found = _meeting(values, now)
        if found.id not in but and found.ends_at > now:
            return _with_attendees(rows, found)
    return None


def meeting_with(
    rows: Rows, now: dt.datetime, me: str | None, person_id: str | None, deal_id: str | None = None
) -> Meeting | None:
    """The next meeting of mine, within a day, with this person or on this deal; as `next_meeting` otherwise."""
    at = int(now.timestamp())
    since, until = at - _LONGEST, at + int(AHEAD.total_seconds())
    for values in rows.all(_NEXT, (me or "", since, until, since, until)):
        found = _meeting(values, now)
        if found.ends_at <= now:
            continue
        found = _with_attendees(rows, found)
        people = {found.person_id, *(each.id for each in found.attendees)} - {None}
        if person_id in people or (deal_id is not None and deal_id == found.deal_id):
            return found
    return None


def is_near(meeting: Meeting, now: dt.datetime) -> bool:
    """Whether its brief is to be offered now."""
    return meeting.starts_at - EARLY <= now < meeting.starts_at + LATE


def when_words(meeting: Meeting, now: dt.datetime) -> str:
    """'in 10 min', 'now', 'began 4 min ago'."""
    begun = int((now - meeting.starts_at).total_seconds()) // 60
    if begun >= 1:
        return tr("began {length} ago", length=words.length(begun * 60))
    return words.until(int((meeting.starts_at - now).total_seconds()))


def open_topics(rows: Rows, meeting: Meeting, topics: Sequence[tuple[str, Sequence[str]]]) -> tuple[str, ...]:
    """Which of the team's topics none of the last entries speaks of; none of them where nothing was said at all."""
    column, key = ("person_id", meeting.person_id) if meeting.person_id else ("deal_id", meeting.deal_id)
    found = rows.all(
        "SELECT lower(coalesce(subject, '') || ' ' || substr(coalesce(body, ''), 1, 4000)) FROM activities "
        f"WHERE {column} = ? AND what != 'task' AND gone IS NULL AND id != ? ORDER BY at DESC, n DESC LIMIT {_READ}",
        (key, meeting.id),
    )
    spoken = "\n".join(each for (each,) in found)
    if not spoken.strip():
        return ()
    return tuple(topic for topic, marks in topics if not any(mark in spoken for mark in marks))


def _meeting(values: tuple[Any, ...], now: dt.datetime) -> Meeting:
    activity, what, subject, at, ends_at, duration, person_id, deal_id, _ = values
    zone = now.tzinfo
    assert zone is not None
    starts = words.instant(at, zone)
    length = dt.timedelta(seconds=duration) if duration and 0 < duration < 30 * 86_400 else _DEFAULT_LENGTH
    ends = words.instant(ends_at, zone) if ends_at and ends_at > at else starts + length
    title = words.shortened(words.one_line(subject), 60) or (tr("Call") if what == "call" else tr("Meeting"))
    return Meeting(activity, person_id, deal_id, starts, ends, title, ())


def _with_attendees(rows: Rows, meeting: Meeting) -> Meeting:
    listed = rows.all(
        "SELECT p.id, p.name, p.role, p.buying_role FROM people p WHERE p.gone IS NULL AND (p.id = ? OR p.id IN "
        "(SELECT person_id FROM participants WHERE record_id = ?)) ORDER BY p.id IS NOT ?, "
        "coalesce(p.buying_role, '') = '', p.n LIMIT 30",
        (meeting.person_id, meeting.id, meeting.person_id),
    )
    attendees = tuple(
        Contact(each, words.one_line(name) or tr("No name"), words.one_line(role) or None, words.one_line(tag) or None)
        for each, name, role, tag in listed
    )
    first = meeting.person_id or (attendees[0].id if attendees else None)
    return Meeting(meeting.id, first, meeting.deal_id, meeting.starts_at, meeting.ends_at, meeting.title, attendees)
