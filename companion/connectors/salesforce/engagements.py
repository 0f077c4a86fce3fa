"""What marketing did and what came of it: members of campaigns."""

from __future__ import annotations

from typing import Final

from companion.connectors.base import Upsert
from companion.connectors.salesforce.activities import people_of
from companion.connectors.salesforce.cursor import instant
from companion.connectors.salesforce.mapping import Known, link, text, versioned
from companion.connectors.salesforce.wire import Row
from companion.domain.records import Kind, Value

COLUMNS: Final = ("CampaignId", "ContactId", "LeadId", "Status", "HasResponded", "FirstRespondedDate")


def member(row: Row, _: Known) -> Upsert:
    """A campaign that somebody is a member of; it took place when they answered, or else when they were added."""
    told = row.get("Campaign")
    campaign: Row = told if isinstance(told, dict) else {}
    answered = row.get("HasResponded") is True
    day = text(row, "FirstRespondedDate")
    at = instant(f"{day}T12:00:00+00:00") if answered and day else instant(row.get("CreatedDate"))
    fields: dict[str, Value] = {
        "what": _what(text(campaign, "Type") or "", answered),
        "subject": " · ".join(filter(None, (text(campaign, "Name"), text(row, "Status")))) or None,
        "at": at,
        "count": 1,
        "campaign": text(campaign, "Name"),
        "source": text(campaign, "Type"),
    }
    lead = link(row, "LeadId")
    contact = link(row, "ContactId")
    links = {"person": contact or lead, "company": None, "deal": None if contact else lead}
    return versioned(row, Upsert(Kind.ENGAGEMENT, str(row["Id"]), "", fields, links))


OPENED: Final = ("Subject", "FirstOpenedDate", "RelatedToId")


def opened(row: Row, _: Known) -> Upsert:
    """An e-mail of ours that somebody opened, where Salesforce tracks that."""
    fields: dict[str, Value] = {
        "what": "email_opened",
        "subject": text(row, "Subject"),
        "at": instant(row.get("FirstOpenedDate")),
        "count": 1,
    }
    person = next(iter(people_of(row, "EmailMessageRelations")), None)
    related = link(row, "RelatedToId") or ""
    links = {
        "person": person,
        "company": related if related.startswith("001") else None,
        "deal": related if related.startswith("006") else None,
    }
    return versioned(row, Upsert(Kind.ENGAGEMENT, str(row["Id"]), "", fields, links))


def _what(kind: str, answered: bool) -> str:
    said = kind.casefold()
    if answered and "webinar" in said:
        return "webinar"
    if answered and ("form" in said or "website" in said):
        return "form"
    if "email" in said or "e-mail" in said:
        return "email_clicked" if answered else "email_sent"
    return "campaign"
