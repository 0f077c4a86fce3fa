"""What Salesforce's records are in Companion's words, and what Companion's fields are called in Salesforce."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from msgspec import Struct, field
from msgspec.structs import replace

from companion.connectors import agreed, in_text
from companion.connectors.base import Upsert
from companion.connectors.digest import digest
from companion.connectors.salesforce.cursor import instant
from companion.connectors.salesforce.session import KEY, Field
from companion.connectors.salesforce.wire import Row
from companion.domain.field_map import MAPPABLE, FieldMap
from companion.domain.records import FIELDS, Kind, Value

SYSTEM: Final = (
    "Id",
    "IsDeleted",
    "CreatedById",
    "CreatedDate",
    "LastModifiedById",
    "LastModifiedDate",
    "SystemModstamp",
)
COMMON: Final = (*SYSTEM, "OwnerId", "MasterRecordId", "Description", KEY)

SHIPPED: Final[Mapping[str, Mapping[str, str]]] = {
    "Account": {
        "name": "Name", "phone": "Phone", "website": "Website", "city": "BillingCity", "country": "BillingCountry",
        "industry": "Industry",
    },
    "Contact": {
        "role": "Title", "phone": "Phone", "mobile": "MobilePhone", "email": "Email", "city": "MailingCity",
        "source": "LeadSource",
    },
    "Lead": {
        "role": "Title", "phone": "Phone", "mobile": "MobilePhone", "email": "Email", "city": "City",
        "source": "LeadSource",
    },
    "Opportunity": {
        "name": "Name", "amount": "Amount", "close_on": "CloseDate", "probability": "Probability",
        "source": "LeadSource",
    },
}  # fmt: skip
"""Which of our fields are which of Salesforce's; a team may have agreed on others."""

BESIDE: Final[Mapping[str, tuple[str, ...]]] = {
    "Account": ("AccountNumber",),
    "Contact": ("FirstName", "LastName", "AccountId", "HasOptedOutOfEmail", "DoNotCall"),
    "Lead": (
        "FirstName", "LastName", "Company", "Status", "Rating", "HasOptedOutOfEmail", "IsConverted",
        "ConvertedContactId", "ConvertedOpportunityId",
    ),
    "Opportunity": (
        "AccountId", "ContactId", "StageName", "IsClosed", "IsWon", "LastStageChangeDate", "Type", "NextStep",
        "CurrencyIsoCode", "CampaignId",
    ),
    "User": ("Name", "Email", "IsActive"),
}  # fmt: skip

OPPORTUNITIES, LEADS = "opportunities", "leads"
"""The two pipelines: record types narrow the stages, but all opportunities share one order of them."""
OF_LEAD: Final = "lead:"
"""Begins the id of a stage that is a lead's status."""
_DEAD_END: Final = re.compile(r"closed|unqualified|disqualified|\blost\b|\bdead\b|\bjunk\b", re.IGNORECASE)
_MARK: Final = re.compile(r"(?:\A|\n)\[companion:([0-9a-f]{32})\]\s*\Z")


class Known(Struct, frozen=True):
    """What mapping needs to know of the org. `fields` are the described fields by object; `loss` the field that keeps
    why a deal was lost; `labels` the words of picklists by object and field."""

    field_map: FieldMap = FieldMap()
    fields: Mapping[str, Mapping[str, Field]] = {}
    currency: str = "USD"
    loss: str | None = None
    lead_statuses: Mapping[str, bool] = field(default_factory=dict)
    now: int = 0
    zone: str = "UTC"
    found: dict[tuple[str, str], dict[str, str]] = field(default_factory=dict)

    def names(self, source: str, kind: Kind) -> dict[str, str]:
        """Salesforce's names of our fields, where they can be read. Worked out once: it is asked for each row."""
        if (source, kind) not in self.found:
            self.found[source, kind] = self._names(source, kind)
        return self.found[source, kind]

    def _names(self, source: str, kind: Kind) -> dict[str, str]:
        there = self.fields.get(source, {})
        agreed_on = self.field_map.names(kind, {})
        if source == "Lead":  # what was agreed on for people names fields of contacts
            agreed_on = {ours: theirs for ours, theirs in agreed_on.items() if theirs in there}
        told = {**SHIPPED.get(source, {}), **agreed_on}
        told.pop("loss_reason", None)
        return {ours: theirs for ours, theirs in told.items() if theirs in there}

    def labels(self, source: str, name: str) -> dict[str, str]:
        """The words of a picklist."""
        told = self.fields.get(source, {}).get(name, {}).get("picklistValues") or []
        return {
            str(each.get("value")): str(each.get("label") or each.get("value"))
            for each in told
            if isinstance(each, dict)
        }

    def shown(self, source: str, kind: Kind) -> tuple[str, ...]:
        """Further fields that the team wants to see."""
        return tuple(name for name in self.field_map.shown.get(kind, ()) if name in self.fields.get(source, {}))


def link(row: Row, name: str) -> str | None:
    """The id in a reference."""
    value = row.get(name)
    return value if isinstance(value, str) and value else None


def owner(row: Row) -> str | None:
    """The user who owns it; a queue is nobody."""
    found = link(row, "OwnerId")
    return found if found is not None and found.startswith("005") else None


def text(row: Row, name: str) -> str | None:
    """A text, without blanks around it; None where there is none."""
    value = row.get(name)
    return (value.strip() or None) if isinstance(value, str) else None


def lines(row: Row, name: str) -> str | None:
    """A long text as it is, but for the line ends that Salesforce makes of ours."""
    value = row.get(name)
    return value.replace("\r\n", "\n") if isinstance(value, str) else None


def marked(text: str | None) -> tuple[str | None, str | None]:
    """A description without the mark of the op that made the record, and that op."""
    found = _MARK.search(text or "")
    return (text, None) if found is None else ((text or "")[: found.start()], found[1])


def with_mark(text: str, op_id: str) -> str:
    """A description that ends with the op's mark."""
    return f"{text}\n[companion:{op_id}]" if text else f"[companion:{op_id}]"


def company(row: Row, known: Known) -> Upsert:
    """An account."""
    return _told(row, known, "Account", Kind.COMPANY, {}, {"owner": owner(row)}, {"Number": text(row, "AccountNumber")})


def person(row: Row, known: Known) -> Upsert:
    """A contact, or the person that a lead is about."""
    source = "Lead" if str(row["Id"]).startswith("00Q") else "Contact"
    name = " ".join(filter(None, (text(row, "FirstName"), text(row, "LastName"))))
    fields: dict[str, Value] = {"name": name or text(row, "Email") or ""}
    if "HasOptedOutOfEmail" in row:
        fields["consent"] = "no" if row["HasOptedOutOfEmail"] is True else None
    links = {"company": link(row, "AccountId"), "owner": owner(row)}
    extra = {"Company": text(row, "Company"), "Rating": text(row, "Rating")}
    if row.get("DoNotCall") is True:
        extra["Do not call"] = "✓"
    return _told(row, known, source, Kind.PERSON, fields, links, extra)


def deal(row: Row, known: Known) -> Upsert:
    """An opportunity, or a lead."""
    return _lead(row, known) if str(row["Id"]).startswith("00Q") else _opportunity(row, known)


def _opportunity(row: Row, known: Known) -> Upsert:
    closed = row.get("IsClosed") is True
    changed = instant(row.get("LastStageChangeDate"))
    fields: dict[str, Value] = {
        "currency": text(row, "CurrencyIsoCode") or known.currency,
        "status": "won" if row.get("IsWon") is True else "lost" if closed else "open",
        "is_lead": False,
        "stage_since_at": changed or instant(row.get("CreatedDate")),
        "closed_at": (changed or instant(row.get("LastModifiedDate"))) if closed else None,
    }
    if "CampaignId" in row:
        campaign = row.get("Campaign")
        fields["campaign"] = campaign.get("Name") if isinstance(campaign, dict) else None
    links = {
        "company": link(row, "AccountId"),
        "person": link(row, "ContactId"),
        "owner": owner(row),
        "stage": text(row, "StageName"),
        "pipeline": OPPORTUNITIES,
    }
    if known.loss is not None:
        links["loss_reason"] = text(row, known.loss)
    extra = {"Type": text(row, "Type"), "Next step in Salesforce": text(row, "NextStep")}
    upsert = _told(row, known, "Opportunity", Kind.DEAL, fields, links, extra)
    people = _roles(row, links["person"])
    return versioned(row, replace(upsert, people=people)) if people else upsert


def _lead(row: Row, known: Known) -> Upsert:
    status = text(row, "Status")
    person = " ".join(filter(None, (text(row, "FirstName"), text(row, "LastName"))))
    fields: dict[str, Value] = {
        "name": text(row, "Company") or person,
        "currency": known.currency,
        "status": lead_outcome(status or "", known.lead_statuses.get(status or "", False)),
        "is_lead": True,
        "source": text(row, "LeadSource"),
        "created_at": instant(row.get("CreatedDate")),
    }
    links: dict[str, str | None] = {
        "company": None,
        "person": str(row["Id"]),
        "owner": owner(row),
        "stage": f"{OF_LEAD}{status}" if status else None,
        "pipeline": LEADS,
    }
    extra = {label: value for label, name in (("Rating", "Rating"),) if (value := text(row, name))}
    return versioned(row, Upsert(Kind.DEAL, str(row["Id"]), "", fields, links, extra=extra))


def lead_outcome(status: str, converted: bool) -> str:
    """'open', 'won' or 'lost'. Salesforce has no word for a lead that came to nothing: its status is named so."""
    return "won" if converted else "lost" if _DEAD_END.search(status) else "open"


def user(row: Row, _: Known) -> Upsert:
    """Somebody who works with this org."""
    fields: dict[str, Value] = {
        "name": text(row, "Name") or "",
        "email": text(row, "Email"),
        "active": row.get("IsActive") is not False,
    }
    return versioned(row, Upsert(Kind.USER, str(row["Id"]), "", fields))


def stage(row: Row, position: int) -> Upsert:
    """A stage of opportunities. Its id is the value that an opportunity keeps."""
    outcome = "won" if row.get("IsWon") is True else "lost" if row.get("IsClosed") is True else "open"
    fields: dict[str, Value] = {
        "name": text(row, "MasterLabel") or str(row["ApiName"]),
        "position": position,
        "probability": agreed.here("probability", row.get("DefaultProbability")) or 0,
        "outcome": outcome,
    }
    return versioned(row, Upsert(Kind.STAGE, str(row["ApiName"]), "", fields, {"pipeline": OPPORTUNITIES}))


def lead_stage(row: Row, position: int) -> Upsert:
    """A status of leads."""
    name = text(row, "MasterLabel") or str(row["ApiName"])
    outcome = lead_outcome(str(row["ApiName"]), row.get("IsConverted") is True)
    fields: dict[str, Value] = {"name": name, "position": position, "outcome": outcome}
    return versioned(row, Upsert(Kind.STAGE, f"{OF_LEAD}{row['ApiName']}", "", fields, {"pipeline": LEADS}))


def named(kind: Kind, remote_id: str, name: str, position: int) -> Upsert:
    """A pipeline or a reason: nothing but a name and a place."""
    return versioned({}, Upsert(kind, remote_id, "", {"name": name, "position": position}))


def _told(
    row: Row, known: Known, source: str, kind: Kind, fields: dict[str, Value], links: dict[str, str | None],
    extra: Mapping[str, str | None],
) -> Upsert:  # fmt: skip
    """A record with its mapped fields, what its description tells besides, and what the team wants to see."""
    described, op_id = marked(lines(row, "Description"))
    described, facts = in_text.taken(described)
    names = known.names(source, kind)
    there: dict[str, Value] = {
        ours: agreed.here(ours, row.get(theirs)) for ours, theirs in names.items() if theirs in row
    }
    there["created_at"] = instant(row.get("CreatedDate"))
    untold = [name for name in MAPPABLE[kind] if name not in names and name not in fields]
    told: dict[str, Value] = dict.fromkeys(untold)
    told |= {name: value for name, value in facts.items() if name in FIELDS[kind] and there.get(name) is None}
    labels = {
        name: str(known.fields.get(source, {}).get(name, {}).get("label") or name) for name in known.shown(source, kind)
    }
    seen = {labels[name]: agreed.shown(row.get(name), known.labels(source, name)) for name in labels}
    beside = {label: value for label, value in {**extra, "Description": described, **seen}.items() if value}
    mark = text(row, KEY) or op_id
    made = Upsert(kind, str(row["Id"]), "", {**fields, **there, **told}, links, extra=beside, op_id=mark)
    return versioned(row, made)


def versioned(row: Row, upsert: Upsert) -> Upsert:
    """With its version, and who wrote last: stamps are whole seconds, so what the record says is counted in."""
    version = f"{row.get('SystemModstamp') or row.get('LastModifiedDate') or ''}~{digest(upsert)}"
    at = instant(row.get("LastModifiedDate"))
    return replace(upsert, version=version, changed_by=link(row, "LastModifiedById"), changed_at=at)


def named_values(fields: Mapping[str, Value], names: Mapping[str, str], known: Mapping[str, Field]) -> dict[str, Value]:
    """Field values for Salesforce by its own names."""
    sent: dict[str, Value] = {}
    for ours, value in fields.items():
        theirs = names.get(ours)
        if theirs is not None:
            sent[theirs] = agreed.there(ours, value)
            if known[theirs].get("type") == "boolean":
                sent[theirs] = bool(value)
    return sent


def split_name(name: str) -> dict[str, Value]:
    """First and last name out of one: the last word is the last name, unless the rest would be too long."""
    words = name.split(" ")
    at = len(words) - 1
    while at > 1 and len(" ".join(words[:at])) > 40:
        at -= 1
    first, last = " ".join(words[:at]).strip(), " ".join(words[at:]).strip()
    return (
        {"FirstName": first or None, "LastName": last or first or None}
        if last
        else {"FirstName": None, "LastName": name}
    )


def _roles(row: Row, primary: str | None) -> tuple[tuple[str, str], ...]:
    told: Any = row.get("OpportunityContactRoles")
    rows = told.get("records") if isinstance(told, dict) else None
    found = [
        (str(each["ContactId"]), str(each.get("Role") or ""))
        for each in (rows if isinstance(rows, list) else [])
        if isinstance(each, dict) and each.get("ContactId") and each["ContactId"] != primary
    ]
    return tuple(sorted(found))
