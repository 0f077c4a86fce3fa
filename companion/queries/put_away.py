"""Who is snoozed or parked, until when, for what; and the meeting whose end one may wait for."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from companion.database import Rows
from companion.domain import words
from companion.domain.language import tr
from companion.domain.meetings import ends, meeting_words
from companion.domain.records import Kind
from companion.store import relationships


class PutAway(NamedTuple):
    """Of whom the list keeps quiet. `waits_for` is 'reply', 'meeting' or None; `until` is the latest return."""

    until: dt.datetime
    words: str
    waits_for: str | None
    parked: bool

    def sentence(self, today: dt.date) -> str:
        """'Parked until Friday · budget freeze', 'Snoozed until they reply, Thu 24 Dec at the latest'."""
        said = self._until(today)
        why = self.words if self.parked or self.waits_for is None else ""
        return f"{said} · {why}" if why else said

    def _until(self, today: dt.date) -> str:
        latest = words.dated(self.until.date(), today)
        day = words.day(self.until.date(), today)
        if self.waits_for == "reply" and self.parked:
            return tr("Parked until they reply, {day} at the latest", day=latest)
        if self.waits_for == "reply":
            return tr("Snoozed until they reply, {day} at the latest", day=latest)
        if self.waits_for == "meeting":
            return tr("Parked until the meeting is over") if self.parked else tr("Snoozed until the meeting is over")
        return tr("Parked until {day}", day=day) if self.parked else tr("Snoozed until {day}", day=day)


class Ahead(NamedTuple):
    """A meeting that has not ended."""

    id: str
    words: str
    ends: dt.datetime


def put_away(rows: Rows, record_id: str, now: dt.datetime, zone: dt.tzinfo) -> PutAway | None:
    """The snooze or parking that holds for a record now; `now` is aware."""
    row = rows.one(
        "SELECT until_at, words, waits_for, parked FROM snoozes WHERE record_id = ? AND until_at > ?",
        (record_id, int(now.timestamp())),
    )
    if row is None:
        return None
    until, said, waits_for, parked = row
    return PutAway(words.instant(until, zone), words.one_line(said), waits_for, bool(parked))


def of_deal(rows: Rows, deal_id: str, now: dt.datetime, zone: dt.tzinfo) -> PutAway | None:
    """The parking of a deal, or of the person whose it is."""
    own = put_away(rows, deal_id, now, zone)
    if own is not None and own.parked:
        return own
    person = rows.value("SELECT person_id FROM deals WHERE id = ?", (deal_id,))
    of_person = put_away(rows, person, now, zone) if person else None
    return of_person if of_person is not None and of_person.parked else own


def parked_deals(rows: Rows, now: dt.datetime, zone: dt.tzinfo) -> dict[str, PutAway]:
    """Every deal that is parked, itself or with its person, by its id."""
    found = rows.all(
        "SELECT d.id, s.until_at, s.words, s.waits_for FROM snoozes s "
        "JOIN deals d ON d.id = s.record_id OR d.person_id = s.record_id WHERE s.parked = 1 AND s.until_at > ?",
        (int(now.timestamp()),),
    )
    return {
        deal: PutAway(words.instant(until, zone), words.one_line(said), waits, True)
        for deal, until, said, waits in found
    }


def meeting_ahead(rows: Rows, kind: Kind, record_id: str, now: dt.datetime, zone: dt.tzinfo) -> Ahead | None:
    """The meeting with this person or about this deal that is the first to end; None where none is planned."""
    entry = relationships.meeting_ahead(rows, kind, record_id, int(now.timestamp()))
    return Ahead(entry.id, meeting_words(entry), words.instant(ends(entry), zone)) if entry is not None else None
