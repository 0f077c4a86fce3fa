"""What marketing sent and what came of it: one mailing trace is up to four engagements."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from companion.connectors.base import Upsert
from companion.connectors.naive_utc import instant
from companion.connectors.odoo.activities import LEAD, PARTNER
from companion.connectors.odoo.mapping import Lookups, place, said, versioned, who
from companion.connectors.odoo.wire import Row
from companion.domain.records import Kind, Value

TRACE: Final = "mailing.trace"
TRACE_FIELDS: Final = (
    "model", "res_id", "email", "trace_type", "trace_status", "mass_mailing_id", "campaign_id", "source_id",
    "sent_datetime", "open_datetime", "reply_datetime", "links_click_datetime", "write_date",
)  # fmt: skip

_EVENTS: Final = (
    ("sent", "email_sent", "sent_datetime"),
    ("open", "email_opened", "open_datetime"),
    ("click", "email_clicked", "links_click_datetime"),
    ("reply", "reply", "reply_datetime"),
)
_NOT_SENT: Final = ("outgoing", "process", "pending", "error", "bounce", "cancel")


def events(row: Row) -> list[str]:
    """The remote ids of what a trace tells: 'trace:12:open'."""
    return [f"trace:{row['id']}:{event}" for event, _, name in _EVENTS if _happened(row, event, name)]


def engagements(row: Row, leads: Mapping[int, Row], by_email: Mapping[str, int], lookups: Lookups) -> list[Upsert]:
    """What a trace tells about a person or deal of the book; nothing where nobody is known by it."""
    links = _links(row, leads, by_email, lookups)
    if links is None:
        return []
    told = []
    for event, what, name in _EVENTS:
        if _happened(row, event, name):
            fields: dict[str, Value] = {
                "what": what,
                "subject": said(row, "mass_mailing_id"),
                "at": instant(row.get(name)),
                "count": 1,
                "source": said(row, "source_id"),
                "campaign": said(row, "campaign_id"),
            }
            told.append(versioned(row, Upsert(Kind.ENGAGEMENT, f"trace:{row['id']}:{event}", "", fields, links)))
    return told


def _happened(row: Row, event: str, name: str) -> bool:
    return instant(row.get(name)) is not None and not (event == "sent" and row.get("trace_status") in _NOT_SENT)


def _links(
    row: Row, leads: Mapping[int, Row], by_email: Mapping[str, int], lookups: Lookups
) -> dict[str, str | None] | None:
    record = row.get("res_id")
    if row.get("model") == PARTNER and isinstance(record, int):
        return {**place(record, lookups), "deal": None}
    lead = leads.get(record) if row.get("model") == LEAD and isinstance(record, int) else None
    if lead is not None:
        return {**who(lead, lookups), "deal": str(record)}
    partner = by_email.get((said(row, "email") or "").casefold())
    return None if partner is None else {**place(partner, lookups), "deal": None}
