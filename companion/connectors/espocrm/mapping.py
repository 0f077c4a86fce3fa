"""What EspoCRM's records are in Companion's words, and what Companion's fields are called in EspoCRM."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace

from companion.connectors import agreed, in_text
from companion.connectors.base import Upsert
from companion.connectors.digest import digest
from companion.connectors.espocrm import marker
from companion.connectors.espocrm.stages import Stages
from companion.connectors.espocrm.wire import Row
from companion.connectors.naive_utc import instant
from companion.domain.field_map import FieldMap
from companion.domain.records import FIELDS, Kind, Value

WRITTEN: Final = (
    "createdAt",
    "modifiedAt",
    "createdById",
    "modifiedById",
    "modifiedByName",
    "description",
    "versionNumber",
)
ACCOUNT: Final = (
    "name", "website", "emailAddress", "phoneNumber", "industry", "type", "billingAddressCity",
    "billingAddressCountry", "assignedUserId", *WRITTEN,
)  # fmt: skip
CONTACT: Final = (
    "name", "firstName", "middleName", "lastName", "title", "emailAddress", "phoneNumber", "doNotCall",
    "emailAddressIsOptedOut", "addressStreet", "addressCity", "addressCountry", "accountId", "campaignName",
    "assignedUserId", *WRITTEN,
)  # fmt: skip
LEAD: Final = (
    "name", "firstName", "middleName", "lastName", "title", "emailAddress", "phoneNumber", "doNotCall",
    "emailAddressIsOptedOut", "addressCity", "addressCountry", "status", "source", "accountName", "website",
    "opportunityAmount", "opportunityAmountCurrency", "campaignName", "assignedUserId", "createdContactId",
    "createdOpportunityId", "createdAccountId", *WRITTEN,
)  # fmt: skip
OPPORTUNITY: Final = (
    "name", "amount", "amountCurrency", "stage", "lastStage", "probability", "leadSource", "closeDate", "accountId",
    "contactsIds", "contactsNames", "contactsColumns", "contactId", "campaignName", "assignedUserId", *WRITTEN,
)  # fmt: skip
USER: Final = ("name", "userName", "emailAddress", "isActive", "type", "createdAt", "modifiedAt")

TO_ACCOUNT: Final[Mapping[str, str]] = {
    "name": "name", "phone": "phoneNumber", "email": "emailAddress", "website": "website",
    "city": "billingAddressCity", "country": "billingAddressCountry", "industry": "industry",
}  # fmt: skip
TO_CONTACT: Final[Mapping[str, str]] = {
    "role": "title", "phone": "phoneNumber", "email": "emailAddress", "city": "addressCity",
}  # fmt: skip
TO_LEAD_PERSON: Final[Mapping[str, str]] = {**TO_CONTACT, "source": "source"}
TO_DEAL: Final[Mapping[str, str]] = {
    "name": "name", "amount": "amount", "currency": "amountCurrency", "close_on": "closeDate",
    "probability": "probability", "source": "leadSource",
}  # fmt: skip
TO_LEAD_DEAL: Final[Mapping[str, str]] = {
    "amount": "opportunityAmount", "currency": "opportunityAmountCurrency", "source": "source",
}  # fmt: skip
SHIPPED: Final[Mapping[str, tuple[Kind, Mapping[str, str]]]] = {
    "Account": (Kind.COMPANY, TO_ACCOUNT), "Contact": (Kind.PERSON, TO_CONTACT), "Opportunity": (Kind.DEAL, TO_DEAL),
}  # fmt: skip

LEAD_ID: Final = "lead-"
"""A lead is somebody and a chance to sell at once: a person and a deal of the book, both 'lead-<id>'."""


class Setting(Struct, frozen=True):
    """What a mapping needs to know of this EspoCRM: its stages, what the team agreed on, the words of choices, the
    administrator's field for ops by entity, labels of fields that are shown, and the currency."""

    stages: Stages
    field_map: FieldMap = FieldMap()
    words: Mapping[str, Mapping[str, Mapping[str, str]]] = {}
    op_fields: Mapping[str, str] = {}
    labels: Mapping[str, Mapping[str, str]] = {}
    currency: str = "EUR"
    zone: str = "UTC"
    now: int = 0

    def op_id(self, entity: str, row: Row, mark: marker.Mark | None) -> str | None:
        """The op that made the row."""
        told = row.get(self.op_fields.get(entity, ""))
        return told if isinstance(told, str) and told else None if mark is None else mark.op_id


def said(row: Row, name: str) -> str | None:
    """A text; None where there is none, or something else stands there since the administrator changed the field."""
    value = row.get(name)
    return value.strip() or None if isinstance(value, str) else None


def link(row: Row, name: str) -> str | None:
    """The remote id in a link."""
    return said(row, name)


def account(row: Row, setting: Setting) -> Upsert:
    """A company."""
    fields: dict[str, Value] = {name: said(row, theirs) for name, theirs in TO_ACCOUNT.items()}
    fields |= {"name": fields["name"] or "", "created_at": instant(row.get("createdAt"))}
    fields["industry"] = _word(setting, "Account", "industry", row)
    upsert = Upsert(Kind.COMPANY, row["id"], "", fields, {"owner": link(row, "assignedUserId")})
    return finished(row, "Account", upsert, setting, told(Type=_word(setting, "Account", "type", row)))


def contact(row: Row, setting: Setting) -> Upsert:
    """Somebody at a company. EspoCRM keeps the title with the company: without one it can't tell any."""
    fields = _human(row, TO_CONTACT) | {"campaign": said(row, "campaignName")}
    if not row.get("accountId"):
        fields.pop("role", None)
    links = {"company": link(row, "accountId"), "owner": link(row, "assignedUserId")}
    upsert = Upsert(Kind.PERSON, row["id"], "", fields, links)
    return finished(row, "Contact", upsert, setting, told(Street=said(row, "addressStreet")))


def lead_person(row: Row, setting: Setting) -> Upsert:
    """The person in a lead. The company is a name there, no record."""
    fields = _human(row, TO_CONTACT)
    fields |= {"source": _word(setting, "Lead", "source", row), "campaign": said(row, "campaignName")}
    links = {"company": None, "owner": link(row, "assignedUserId")}
    upsert = Upsert(Kind.PERSON, f"{LEAD_ID}{row['id']}", "", fields, links)
    return finished(row, "Lead", upsert, setting, told(Company=said(row, "accountName"), Website=said(row, "website")))


def lead_deal(row: Row, setting: Setting) -> Upsert:
    """The chance in a lead."""
    stage = setting.stages.of_lead(said(row, "status"))
    company = said(row, "accountName")
    fields: dict[str, Value] = {
        "name": f"{said(row, 'name') or ''}, {company}" if company else said(row, "name") or "",
        "amount": agreed.here("amount", row.get("opportunityAmount")),
        "currency": said(row, "opportunityAmountCurrency") or setting.currency,
        "status": setting.stages.outcome(stage),
        "is_lead": True,
        "source": _word(setting, "Lead", "source", row),
        "campaign": said(row, "campaignName"),
        "created_at": instant(row.get("createdAt")),
    }
    links = {
        "company": None,
        "person": f"{LEAD_ID}{row['id']}",
        "owner": link(row, "assignedUserId"),
        "stage": stage,
        "pipeline": setting.stages.pipeline_of(stage),
    }
    return finished(row, "Lead", Upsert(Kind.DEAL, f"{LEAD_ID}{row['id']}", "", fields, links), setting)


def opportunity(row: Row, setting: Setting) -> Upsert:
    """A deal. Its main contact is the person; the others stand beside it with their roles."""
    stage = setting.stages.of_deal(said(row, "stage"), said(row, "pipelineStageId"))
    fields: dict[str, Value] = {
        "name": said(row, "name") or "",
        "amount": agreed.here("amount", row.get("amount")),
        "currency": said(row, "amountCurrency") or setting.currency,
        "close_on": said(row, "closeDate"),
        "probability": agreed.here("probability", row.get("probability")),
        "status": setting.stages.outcome(stage),
        "is_lead": False,
        "source": _word(setting, "Opportunity", "leadSource", row),
        "campaign": said(row, "campaignName"),
        "created_at": instant(row.get("createdAt")),
    }
    person = main_contact(row)
    links = {
        "company": link(row, "accountId"),
        "person": person,
        "owner": link(row, "assignedUserId"),
        "stage": stage,
        "pipeline": setting.stages.pipeline_of(stage),
    }
    people = tuple((each, _role(row, each)) for each in contacts(row) if each != person)
    return finished(row, "Opportunity", Upsert(Kind.DEAL, row["id"], "", fields, links, people), setting)


def contacts(row: Row) -> list[str]:
    """The ids of the contacts of a deal or activity, in order."""
    ids = row.get("contactsIds")
    return [each for each in ids if isinstance(each, str)] if isinstance(ids, list) else []


def main_contact(row: Row) -> str | None:
    """The contact that a deal is with."""
    return said(row, "contactId") or next(iter(contacts(row)), None)


def user(row: Row, setting: Setting) -> Upsert:
    """Somebody who works with this EspoCRM."""
    fields: dict[str, Value] = {
        "name": said(row, "name") or said(row, "userName") or "",
        "email": said(row, "emailAddress"),
        "active": row.get("isActive") is not False,
    }
    return versioned(row, Upsert(Kind.USER, row["id"], "", fields))


def finished(row: Row, entity: str, upsert: Upsert, setting: Setting, extra: dict[str, str] | None = None) -> Upsert:
    """With the description's words, the fields that the team agreed on, the op that made it, and its version."""
    text, mark = marker.taken(row.get("description"))
    body, facts = in_text.taken(text)
    fields = {**upsert.fields, **{n: v for n, v in facts.items() if n in FIELDS[upsert.kind]}}
    words = setting.words.get(entity, {})
    for name, theirs in agreed_on(setting.field_map, upsert.kind).items():
        if theirs in row and name in FIELDS[upsert.kind]:
            fields[name] = agreed.here(name, row[theirs], words.get(theirs))
    links = dict(upsert.links)
    reason = setting.field_map.fields.get("deal.loss_reason")
    if upsert.kind is Kind.DEAL and reason and reason in row:
        links["loss_reason"] = said(row, reason)
    shown = {
        setting.labels.get(entity, {}).get(name, name): agreed.shown(row.get(name), words.get(name))
        for name in setting.field_map.shown.get(upsert.kind, ())
    }
    extra = {**(extra or {}), **told(Notes=body.strip()), **told(**shown)}
    op_id = setting.op_id(entity, row, mark)
    return versioned(row, replace(upsert, fields=fields, links=links, extra=extra, op_id=op_id))


def agreed_on(field_map: FieldMap, kind: Kind) -> dict[str, str]:
    """EspoCRM's names of the fields that the team chose, by ours."""
    return field_map.names(kind, {})


def versioned(row: Row, upsert: Upsert) -> Upsert:
    """With its version, and who wrote last: `modifiedAt` is in whole seconds, so what it says is counted in."""
    at = row.get("modifiedAt") or row.get("createdAt") or ""
    by = said(row, "modifiedById") or said(row, "createdById")
    return replace(upsert, version=f"{at}~{digest(upsert)}", changed_by=by, changed_at=instant(at))


def told(**extra: str | None) -> dict[str, str]:
    """What is worth showing."""
    return {label: value for label, value in extra.items() if value}


def name_parts(name: str, order: str) -> dict[str, Value]:
    """A person's name as EspoCRM keeps it; `order` is its setting, such as 'firstLast'."""
    words = name.split()
    if order.startswith("last"):
        last, first = words[:1], words[1:]
    else:
        first, last = words[:-1], words[-1:]
    return {"firstName": " ".join(first) or None, "middleName": None, "lastName": " ".join(last)}


def _human(row: Row, names: Mapping[str, str]) -> dict[str, Value]:
    fields: dict[str, Value] = {name: said(row, theirs) for name, theirs in names.items()}
    fields["name"] = said(row, "name") or fields.get("email") or fields.get("phone") or ""
    fields["created_at"] = instant(row.get("createdAt"))
    if row.get("doNotCall") is True or row.get("emailAddressIsOptedOut") is True:
        fields["consent"] = "no"
    return fields


def _word(setting: Setting, entity: str, name: str, row: Row) -> str | None:
    value = said(row, name)
    return None if value is None else setting.words.get(entity, {}).get(name, {}).get(value, value)


def _role(row: Row, contact_id: str) -> str:
    columns: Any = row.get("contactsColumns")
    column = columns.get(contact_id) if isinstance(columns, dict) else None
    role = column.get("role") if isinstance(column, dict) else None
    return role if isinstance(role, str) else ""
