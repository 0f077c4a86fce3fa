"""Whether somebody on the list has become another rep's while the selection stood there."""

from __future__ import annotations

from datetime import datetime, tzinfo

from companion.database import Rows
from companion.domain import words
from companion.domain.language import tr
from companion.queries.today import Row


def whose(rows: Rows, row: Row) -> str | None:
    """The colleague who owns the deal or the person of a row; None where they are the rep's own, or nobody's."""
    me = rows.value("SELECT json_extract(value, '$') FROM meta WHERE key = 'me'")
    owner = rows.value("SELECT owner_id FROM deals WHERE id = ?", (row.deal_id,)) if row.deal_id else None
    if owner in (None, me) and row.person_id:
        owner = rows.value("SELECT owner_id FROM people WHERE id = ?", (row.person_id,))
    return None if owner == me else owner


def handed_on(rows: Rows, row: Row, before: str | None, now: datetime, zone: tzinfo) -> str:
    """'Reassigned to Aisha at 10:12', as noticed `now`; '' while it is whose it was `before`: a colleague's contact may
    well stand on the rep's list, and leave it because the rep called."""
    owner = whose(rows, row)
    if owner in (None, before):
        return ""
    at = words.clock(int(now.timestamp()), zone)
    who = words.one_line(rows.value("SELECT name FROM users WHERE id = ?", (owner,)))
    first = who.split(" ")[0] if who else ""
    return tr("Reassigned to {who} at {time}", who=first, time=at) if first else tr("Reassigned at {time}", time=at)
