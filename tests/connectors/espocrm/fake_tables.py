"""The entities of the small EspoCRM: their attributes in each shape of an answer, and their definitions."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Row = dict[str, Any]

FLAGS = ("emailAddressIsOptedOut", "emailAddressIsInvalid", "phoneNumberIsOptedOut", "phoneNumberIsInvalid")
FOLLOWED: Row = {"isFollowed": False, "followersIds": [], "followersNames": {}}
TEAMS: Row = {"teamsIds": [], "teamsNames": {}}


@dataclass(frozen=True)
class Entity:
    """`stored`: what a record keeps, None until it is set; `flags`: what is false until it is set; `links`: single
    links by name and the entity behind; `detail`: what only a single record shows; `made`: what only a create shows;
    `required`: what a record can't do without; `fields`: what the metadata tell of fields."""

    stored: tuple[str, ...]
    links: dict[str, str] = field(default_factory=dict)
    flags: tuple[str, ...] = ()
    detail: Row = field(default_factory=dict)
    made: Row = field(default_factory=dict)
    required: tuple[str, ...] = ("name",)
    fields: dict[str, Row] = field(default_factory=dict)
    named: tuple[str, ...] = ()
    """The links whose name an answer to a create shows though they are empty."""


def text(**more: Any) -> Row:
    return {"type": "varchar", **more}


def enum(*options: str, **more: Any) -> Row:
    return {"type": "enum", "options": list(options), **more}


DATED: dict[str, Row] = {
    "description": {"type": "text"},
    "createdAt": {"type": "datetime", "readOnly": True},
    "modifiedAt": {"type": "datetime", "readOnly": True},
    "assignedUser": {"type": "link"},
}
ADDRESSES: Row = {"emailAddressData": [], "phoneNumberData": []}
STAGES = ("Prospecting", "Qualification", "Proposal", "Negotiation", "Closed Won", "Closed Lost")
ODDS = dict(zip(STAGES, (10, 20, 50, 80, 100, 0)))
ABOUT = ("parentId", "parentType")

ENTITIES: dict[str, Entity] = {
    "Account": Entity(
        ("name", "website", "emailAddress", "phoneNumber", "type", "industry", "sicCode", "billingAddressStreet",
         "billingAddressCity", "billingAddressState", "billingAddressCountry", "billingAddressPostalCode",
         "description"),
        {"campaign": "Campaign", "createdBy": "User", "modifiedBy": "User", "assignedUser": "User"},
        ("contactIsInactive", *FLAGS),
        {**ADDRESSES, **TEAMS, **FOLLOWED, "isStarred": False},
        {"targetListIsOptedOut": False},
        fields={
            "name": text(required=True), "website": {"type": "url"}, "emailAddress": {"type": "email"},
            "phoneNumber": {"type": "phone"}, "type": enum("", "Customer", "Investor", "Partner", "Reseller"),
            "industry": enum("", "Software", "Banking", "Energy"), "billingAddressCity": text(),
            "billingAddressCountry": text(), **DATED,
        },
        named=("campaign", "modifiedBy", "assignedUser"),
    ),
    "Contact": Entity(
        ("salutationName", "firstName", "lastName", "title", "description", "emailAddress", "phoneNumber",
         "addressStreet", "addressCity", "addressState", "addressCountry", "addressPostalCode", "accountType",
         "middleName"),
        {"account": "Account", "campaign": "Campaign", "createdBy": "User", "modifiedBy": "User",
         "assignedUser": "User", "portalUser": "User", "originalLead": "Lead"},
        ("doNotCall", "accountIsInactive", "hasPortalUser", *FLAGS),
        {**ADDRESSES, "accountsIds": [], "accountsNames": {}, "accountsColumns": {}, **TEAMS, **FOLLOWED},
        {"targetListIsOptedOut": False},
        required=("lastName",),
        fields={
            "name": {"type": "personName"}, "firstName": text(), "lastName": text(required=True),
            "title": text(), "emailAddress": {"type": "email"}, "phoneNumber": {"type": "phone"},
            "addressCity": text(), "account": {"type": "link"}, **DATED,
        },
        named=("account", "campaign", "modifiedBy", "assignedUser"),
    ),
    "Lead": Entity(
        ("salutationName", "firstName", "lastName", "title", "status", "source", "industry", "opportunityAmount",
         "opportunityAmountCurrency", "website", "addressStreet", "addressCity", "addressState", "addressCountry",
         "addressPostalCode", "emailAddress", "phoneNumber", "description", "accountName", "middleName",
         "convertedAt"),
        {"campaign": "Campaign", "createdBy": "User", "modifiedBy": "User", "assignedUser": "User",
         "createdAccount": "Account", "createdContact": "Contact", "createdOpportunity": "Opportunity"},
        ("doNotCall", *FLAGS),
        {**ADDRESSES, **TEAMS, **FOLLOWED},
        {"targetListIsOptedOut": False},
        required=("lastName",),
        fields={
            "name": {"type": "personName"}, "lastName": text(required=True),
            "status": enum("New", "Assigned", "In Process", "Converted", "Recycled", "Dead", default="New"),
            "source": enum("", "Call", "Email", "Web Site", "Campaign"), "emailAddress": {"type": "email"},
            "opportunityAmount": {"type": "currency"}, **DATED,
        },
        named=("campaign", "modifiedBy", "assignedUser"),
    ),
    "Opportunity": Entity(
        ("name", "amount", "amountWeightedConverted", "stage", "lastStage", "probability", "leadSource", "closeDate",
         "description", "amountCurrency", "amountConverted"),
        {"account": "Account", "contact": "Contact", "campaign": "Campaign", "originalLead": "Lead",
         "createdBy": "User", "modifiedBy": "User", "assignedUser": "User"},
        (),
        {"contactsIds": [], "contactsNames": {}, "contactsColumns": {}, **TEAMS, **FOLLOWED},
        required=("name", "amount", "closeDate"),
        fields={
            "name": text(required=True), "amount": {"type": "currency", "required": True},
            "stage": enum(*STAGES, probabilityMap=ODDS, default="Prospecting"), "probability": {"type": "int"},
            "leadSource": {"type": "enum", "optionsReference": "Lead.source"},
            "closeDate": {"type": "date", "required": True}, "account": {"type": "link"},
            "contact": {"type": "link"}, "contacts": {"type": "linkMultiple"}, **DATED,
        },
        named=("contact", "modifiedBy", "assignedUser"),
    ),
    "Call": Entity(
        ("name", "status", "dateStart", "dateEnd", "duration", "direction", "description", *ABOUT),
        {"account": "Account", "createdBy": "User", "modifiedBy": "User", "assignedUser": "User"},
        (),
        {"reminders": [], "phoneNumbersMap": {}, "usersIds": [], "usersNames": {}, "usersColumns": {},
         "contactsIds": [], "contactsNames": {}, "contactsColumns": {}, "leadsIds": [], "leadsNames": {},
         "leadsColumns": {}, **TEAMS},
        required=("name", "dateStart", "dateEnd", "assignedUser"),
        fields={
            "name": text(required=True), "status": enum("Planned", "Held", "Not Held", default="Planned"),
            "dateStart": {"type": "datetime", "required": True}, "dateEnd": {"type": "datetime", "required": True},
            "direction": enum("Outbound", "Inbound", default="Outbound"), **DATED,
        },
        named=("modifiedBy",),
    ),
    "Meeting": Entity(
        ("name", "status", "dateStart", "dateEnd", "dateStartDate", "dateEndDate", "duration", "description", *ABOUT),
        {"account": "Account", "createdBy": "User", "modifiedBy": "User", "assignedUser": "User"},
        ("isAllDay",),
        {"reminders": [], "usersIds": [], "usersNames": {}, "usersColumns": {}, "contactsIds": [],
         "contactsNames": {}, "contactsColumns": {}, "leadsIds": [], "leadsNames": {}, "leadsColumns": {}, **TEAMS},
        required=("name", "dateStart", "dateEnd", "assignedUser"),
        fields={
            "name": text(required=True), "status": enum("Planned", "Held", "Not Held", default="Planned"),
            "dateStart": {"type": "datetimeOptional", "required": True},
            "dateEnd": {"type": "datetimeOptional", "required": True}, **DATED,
        },
        named=("modifiedBy",),
    ),
    "Task": Entity(
        ("name", "status", "priority", "dateStart", "dateEnd", "dateStartDate", "dateEndDate", "dateCompleted",
         "description", *ABOUT),
        {"account": "Account", "contact": "Contact", "createdBy": "User", "modifiedBy": "User", "assignedUser": "User"},
        (),
        {"reminders": [], **TEAMS},
        fields={
            "name": text(required=True),
            "status": enum("Not Started", "Started", "Completed", "Canceled", "Deferred", default="Not Started"),
            "dateEnd": {"type": "datetimeOptional"}, **DATED,
        },
        named=("modifiedBy",),
    ),
    "Email": Entity(
        ("name", "status", "dateSent", "fromString", "bodyPlain", "body", "from", "to", "messageId", *ABOUT),
        {"account": "Account", "createdBy": "User", "modifiedBy": "User", "assignedUser": "User", "sentBy": "User",
         "fromEmailAddress": "EmailAddress"},
        ("isHtml", "hasAttachment"),
        {**TEAMS},
        required=("name", "from", "to"),
        fields={"name": text(required=True), "status": enum("Draft", "Sending", "Sent", "Archived", "Failed"),
                "body": {"type": "wysiwyg"}, "bodyPlain": {"type": "text"}},
        named=("modifiedBy",),
    ),
    "Note": Entity(
        ("post", "data", "type", "targetType", "number", "createdByGender", *ABOUT, "relatedId", "relatedType",
         "relatedName", "superParentId", "superParentType"),
        {"createdBy": "User", "modifiedBy": "User"},
        ("isGlobal", "isInternal", "isPinned"),
        {"attachmentsIds": [], "attachmentsNames": {}, "attachmentsTypes": {}},
        required=(),
        named=("modifiedBy",),
    ),
    "User": Entity(
        ("userName", "type", "firstName", "lastName", "emailAddress", "title"),
        {"createdBy": "User"},
        ("isActive",),
        required=("userName",),
        fields={"name": {"type": "personName"}, "emailAddress": {"type": "email"}},
    ),
    "Campaign": Entity(
        ("name", "status", "type"),
        {"createdBy": "User", "modifiedBy": "User", "assignedUser": "User"},
        fields={"name": text(required=True)},
        named=("modifiedBy", "assignedUser"),
    ),
    "CampaignLogRecord": Entity(
        ("action", "actionDate", "data", "stringData", "stringAdditionalData", "application", *ABOUT, "objectId",
         "objectType", "objectName"),
        {"campaign": "Campaign", "createdBy": "User"},
        ("isTest",),
        required=("action",),
    ),
}  # fmt: skip
MANY: dict[str, dict[str, str]] = {
    "Opportunity": {"contacts": "Contact"},
    "Call": {"contacts": "Contact", "leads": "Lead", "users": "User"},
    "Meeting": {"contacts": "Contact", "leads": "Lead", "users": "User"},
}
"""Links to several records, by entity."""
READ_ONLY = frozenset({"id", "createdAt", "versionNumber", "modifiedAt", "createdById", "modifiedById", "number"})


def attributes(entity: str) -> set[str]:
    """All attributes that a search may name."""
    known = ENTITIES[entity]
    links = {f"{name}Id" for name in known.links} | {f"{name}Name" for name in known.links}
    many = {f"{name}Ids" for name in MANY.get(entity, {})}
    return {"id", "name", "deleted", "createdAt", "modifiedAt", *known.stored, *known.flags, *links, *many}
