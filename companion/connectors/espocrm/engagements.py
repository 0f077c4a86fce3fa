"""What marketing sent and what came of it: the log of EspoCRM's campaigns."""

from __future__ import annotations

from typing import Final

from companion.connectors.base import Upsert
from companion.connectors.espocrm.activities import Around
from companion.connectors.espocrm.mapping import LEAD_ID, link, main_contact, said, versioned
from companion.connectors.espocrm.wire import Row
from companion.connectors.naive_utc import instant
from companion.domain.records import Kind, Value

LOG: Final = (
    "action", "actionDate", "stringData", "stringAdditionalData", "campaignId", "campaignName", "parentType",
    "parentId", "objectType", "objectName", "createdAt", "createdById",
)  # fmt: skip
_WHAT: Final = {
    "Sent": "email_sent",
    "Opened": "email_opened",
    "Clicked": "email_clicked",
    "Opted In": "form",
    "Lead Created": "form",
    "Opted Out": "campaign",
    "Bounced": "campaign",
}
_TELLING: Final = ("Opted Out", "Opted In", "Bounced", "Lead Created")


def engagement(row: Row, around: Around) -> Upsert | None:
    """One line of the log; None for an action that nobody foresaw."""
    action = said(row, "action") or ""
    if action not in _WHAT:
        return None
    subject = said(row, "objectName") or said(row, "stringData") or said(row, "campaignName")
    fields: dict[str, Value] = {
        "what": _WHAT[action],
        "subject": f"{action}: {subject}" if action in _TELLING and subject else subject,
        "at": instant(row.get("actionDate")) or instant(row.get("createdAt")),
        "count": 1,
        "campaign": said(row, "campaignName"),
    }
    return versioned(row, Upsert(Kind.ENGAGEMENT, row["id"], "", fields, _links(row, around)))


def _links(row: Row, around: Around) -> dict[str, str | None]:
    """Whom it is about. The log outlives those whom it names: who is gone, or not open to us, is nobody."""
    parent, kind = said(row, "parentId"), said(row, "parentType")
    links: dict[str, str | None] = {"person": None, "company": None, "deal": None}
    if kind == "Account":
        links["company"] = parent
    elif kind == "Lead":
        links |= {"person": f"{LEAD_ID}{parent}", "deal": f"{LEAD_ID}{parent}"}
    elif kind == "Contact" and parent is not None and parent in around.people:
        links |= {"person": parent, "company": link(around.people[parent], "accountId")}
    elif kind == "Opportunity" and parent is not None and parent in around.deals:
        deal = around.deals[parent]
        links |= {"deal": parent, "person": main_contact(deal), "company": link(deal, "accountId")}
    return links
