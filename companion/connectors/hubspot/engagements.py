"""What marketing did with a contact, as far as its cheap properties tell on every edition: the last time of each sort.

HubSpot's feed of events needs an Enterprise edition. These properties hold the last open, click, form and visit alone,
so there is one engagement of each sort beside a contact, and it moves on.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from msgspec import Struct

from companion.connectors.base import Upsert
from companion.connectors.hubspot.mapping import Around, instant, versioned
from companion.connectors.hubspot.wire import Row
from companion.domain.records import Kind, Value


class Sort(Struct, frozen=True):
    """A sort of engagement: our word, and the properties that tell when, what about and how often."""

    key: str
    what: str
    at: str
    subject: str = ""
    count: str = ""


SORTS: Final = (
    Sort("sent", "email_sent", "hs_email_last_send_date", "hs_email_last_email_name", "hs_email_delivered"),
    Sort("open", "email_opened", "hs_email_last_open_date", "hs_email_last_email_name", "hs_email_open"),
    Sort("click", "email_clicked", "hs_email_last_click_date", "hs_email_last_email_name", "hs_email_click"),
    Sort("reply", "reply", "hs_email_last_reply_date", "", "hs_email_replied"),
    Sort("form", "form", "recent_conversion_date", "recent_conversion_event_name", "num_conversion_events"),
    Sort("page", "page_read", "hs_analytics_last_timestamp", "hs_analytics_last_url", "hs_analytics_num_page_views"),
)

MARKS: Final = (
    "hs_email_last_send_date",
    "hs_email_last_reply_date",
    "recent_conversion_date",
    "hs_analytics_last_timestamp",
)
"""A contact without any of these has no engagement: nobody opens or clicks what was not sent."""

_CAMPAIGN, _SOURCE = "hs_analytics_source_data_1", "hs_analytics_source"


def read_properties() -> tuple[str, ...]:
    """What is read of a contact."""
    each = (name for sort in SORTS for name in (sort.at, sort.subject, sort.count) if name)
    return tuple(dict.fromkeys((*each, _SOURCE, _CAMPAIGN)))


def of_contact(row: Row, around: Around) -> list[Upsert]:
    """The engagements that a contact's properties tell."""
    told = row["properties"]
    found: list[Upsert] = []
    for sort in SORTS:
        at = instant(told.get(sort.at))
        if at is None:
            continue
        source = told.get(_SOURCE)
        fields: dict[str, Value] = {
            "what": sort.what,
            "subject": told.get(sort.subject) or None if sort.subject else None,
            "at": at,
            "count": _number(told.get(sort.count)),
            "source": around.labels(_SOURCE).get(str(source), str(source)) if source else None,
            "campaign": told.get(_CAMPAIGN) or None,
        }
        links: dict[str, str | None] = {"person": str(row["id"])}
        remote_id = f"{row['id']}:{sort.key}"
        found.append(versioned(row, Upsert(Kind.ENGAGEMENT, remote_id, "", fields, links), around))
    return found


def contacts_of(remote_ids: Iterable[str]) -> list[str]:
    """The contacts that engagements belong to."""
    return list(dict.fromkeys(each.partition(":")[0] for each in remote_ids))


def _number(raw: object) -> int:
    text = str(raw or "").partition(".")[0]
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 1
