"""The types of object that HubSpot keeps our kinds in, and the numbers of the associations between them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from msgspec import Struct

from companion.domain.records import Kind

OP_ID: Final = "companion_op_id"
"""The unique property by which a record that we made is known again."""

CONTACTS, COMPANIES, DEALS, LEADS = "contacts", "companies", "deals", "leads"
CALLS, MEETINGS, EMAILS, NOTES, TASKS = "calls", "meetings", "emails", "notes", "tasks"
ACTIVITIES: Final = (CALLS, MEETINGS, EMAILS, NOTES, TASKS)

TARGETS: Final[Mapping[str, str]] = {"person": CONTACTS, "company": COMPANIES, "deal": DEALS, "lead": LEADS}
"""Our links that are associations there, and the type that each leads to; a lead is a deal of ours."""

LEAD_ID: Final = "lead-"
"""Begins the id of a deal that is a lead, and of its pipeline and stages."""


class ObjectType(Struct, frozen=True):
    """`stamp` and `created` are the properties that tell when; `links` are our links and the number of each's type.

    The numbers are HubSpot's own and the same in every account; 0 where HubSpot is left to choose. `primary` are those
    by which one of several stands out.
    """

    name: str
    kind: Kind
    stamp: str
    created: str
    links: Mapping[str, int]
    primary: Mapping[str, int] = {}


def _activity(name: str, person: int, company: int, deal: int) -> ObjectType:
    links = {"person": person, "company": company, "deal": deal, "lead": 0}
    return ObjectType(name, Kind.ACTIVITY, "hs_lastmodifieddate", "hs_createdate", links)


TYPES: Final[Mapping[str, ObjectType]] = {
    each.name: each
    for each in (
        ObjectType(COMPANIES, Kind.COMPANY, "hs_lastmodifieddate", "createdate", {}),
        ObjectType(CONTACTS, Kind.PERSON, "lastmodifieddate", "createdate", {"company": 279}, {"company": 1}),
        ObjectType(
            DEALS, Kind.DEAL, "hs_lastmodifieddate", "createdate", {"company": 341, "person": 3}, {"company": 5}
        ),
        ObjectType(
            LEADS, Kind.DEAL, "hs_lastmodifieddate", "hs_createdate", {"company": 610, "person": 608}, {"person": 578}
        ),
        _activity(CALLS, 194, 182, 206),
        _activity(MEETINGS, 200, 188, 212),
        _activity(EMAILS, 198, 186, 210),
        _activity(NOTES, 202, 190, 214),
        _activity(TASKS, 204, 192, 216),
    )
}

OF_KIND: Final[Mapping[Kind, tuple[str, ...]]] = {
    Kind.COMPANY: (COMPANIES,),
    Kind.PERSON: (CONTACTS,),
    Kind.DEAL: (DEALS, LEADS),
    Kind.ACTIVITY: ACTIVITIES,
}
OF_WHAT: Final[Mapping[str, str]] = {
    "call": CALLS, "meeting": MEETINGS, "email": EMAILS, "note": NOTES, "task": TASKS
}  # fmt: skip


def remote_id(name: str, number: object) -> str:
    """Several types make up one kind: the id says which, as in 'calls:12' or 'lead-12'."""
    return f"{name}:{number}" if name in ACTIVITIES else f"{LEAD_ID}{number}" if name == LEADS else str(number)


def parted(kind: Kind, remote: str) -> tuple[str, str]:
    """The type and the number of a remote id; ('', '') where it is none of ours."""
    name, _, number = remote.rpartition(":")
    if kind is Kind.DEAL and remote.startswith(LEAD_ID):
        name, number = LEADS, remote.removeprefix(LEAD_ID)
    elif kind is not Kind.ACTIVITY:
        name = next(iter(OF_KIND.get(kind, ("",))))
    known = name in OF_KIND.get(kind, ()) and number.isascii() and number.isdecimal()
    return (name, number) if known else ("", "")


def ends(links: Mapping[str, str | None]) -> dict[str, str | None]:
    """Our links as associations, by numbers: what is a deal to us may be a lead there."""
    found = {link: other for link, other in links.items() if link in TARGETS}
    if (deal := found.get("deal")) is not None and deal.startswith(LEAD_ID):
        found |= {"deal": None, "lead": deal.removeprefix(LEAD_ID)}
    elif "deal" in found:
        found["lead"] = None
    return found
