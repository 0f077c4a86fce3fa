"""One person as the page shows them: how to reach them, who else is there, and the details that are filled."""

from __future__ import annotations

import datetime as dt
import json
import zoneinfo
from dataclasses import dataclass
from typing import Any, Final

from companion.database import Rows
from companion.domain import words
from companion.domain.companies import Company
from companion.domain.deals import Deal
from companion.domain.language import sentence, tr
from companion.domain.people import Person
from companion.domain.workspace import Workspace
from companion.queries import deal
from companion.queries.deal import moment
from companion.queries.people_map import Known, PeopleMap, people_map


@dataclass(frozen=True, slots=True)
class Detail:
    """A field that is filled. `field` is its name in the records, None for one that only the CRM knows."""

    field: str | None
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class PersonPage:
    """A person with company, colleagues there, deals and details. `there` is 'Bergen, 09:12 there' or None."""

    person: Person
    company: Company | None
    owner_name: str | None
    account: PeopleMap
    deals: tuple[Deal, ...]
    details: tuple[Detail, ...]
    there: str | None

    @property
    def people(self) -> tuple[Known, ...]:
        """The others on the account."""
        return self.account.people

    @property
    def subtitle(self) -> str:
        """'Head of Operations, Halvorsen Logistics'."""
        return ", ".join(each for each in (self.person.role, self.company.name if self.company else None) if each)


_LABELS: Final = {
    "mobile": sentence("Mobile"),
    "phone": sentence("Phone"),
    "email": sentence("Email"),
    "best_time": sentence("Best time"),
    "buying_role": sentence("Buying role"),
    "source": sentence("Source"),
    "campaign": sentence("Campaign"),
    "journey": sentence("Journey"),
    "consent": sentence("Consent"),
}
_PERSON: Final = (
    "id, name, role, phone, mobile, email, city, time_zone, best_time, source, campaign, journey, consent, "
    "buying_role, created_at, company_id, owner_id, gone, extra"
)
_COMPANY: Final = "id, name, phone, email, website, city, country, industry, created_at, owner_id, gone, extra"


def find(rows: Rows, person_id: str, zone: dt.tzinfo) -> Person | None:
    """The person with this id, also one who is gone."""
    found = rows.one(f"SELECT {_PERSON} FROM people WHERE id = ?", (person_id,))
    if found is None:
        return None
    name, *texts = (words.one_line(each) or None for each in found[1:14])
    role, phone, mobile, email, city, time_zone, best_time, source, campaign, journey, consent, buying_role = texts
    created, company_id, owner_id, gone, extra = found[14:]
    return Person(
        id=person_id,
        name=name or tr("No name"),
        role=role,
        phone=phone,
        mobile=mobile,
        email=email,
        city=city,
        time_zone=time_zone,
        best_time=best_time,
        source=source,
        campaign=campaign,
        journey=journey,
        consent=consent,
        buying_role=buying_role,
        created=moment(created, zone),
        company_id=company_id,
        owner_id=owner_id,
        gone=gone,
        extra=json.loads(extra) if extra else {},
    )


def find_company(rows: Rows, company_id: str | None, zone: dt.tzinfo) -> Company | None:
    """The company with this id, also one that is gone."""
    found = rows.one(f"SELECT {_COMPANY} FROM companies WHERE id = ?", (company_id,)) if company_id else None
    if found is None:
        return None
    name, phone, email, website, city, country, industry = (words.one_line(each) or None for each in found[1:8])
    created, owner_id, gone, extra = found[8:]
    return Company(
        id=found[0],
        name=name or tr("No name"),
        phone=phone,
        email=email,
        website=website,
        city=city,
        country=country,
        industry=industry,
        created=moment(created, zone),
        owner_id=owner_id,
        gone=gone,
        extra=json.loads(extra) if extra else {},
    )


def person(
    rows: Rows, person_id: str, now: dt.datetime, zone: dt.tzinfo, workspace: Workspace | None = None
) -> PersonPage | None:
    """Everything about a person but their history and reasons. None for an unknown id."""
    found = find(rows, person_id, zone)
    if found is None:
        return None
    owner = rows.value("SELECT name FROM users WHERE id = ?", (found.owner_id,)) if found.owner_id else None
    deals = deal.of_person(rows, person_id, zone)
    return PersonPage(
        found,
        find_company(rows, found.company_id, zone),
        owner,
        people_map(rows, found.company_id, deals, now, zone, workspace, also=person_id).without(person_id),
        deals,
        details(found),
        _there(found, now, zone),
    )


def details(found: Person) -> tuple[Detail, ...]:
    """The fields that are filled, ours first, then the CRM's own."""
    own = [(name, tr(label), getattr(found, name)) for name, label in _LABELS.items()]
    filled = [Detail(name, label, value) for name, label, value in own if value]
    return (*filled, *extra_details(found.extra))


def extra_details(extra: Any) -> tuple[Detail, ...]:
    """The CRM's further fields, as details."""
    return tuple(
        Detail(None, words.one_line(str(name)), words.one_line(str(value))) for name, value in extra.items() if value
    )


def _there(found: Person, now: dt.datetime, zone: dt.tzinfo) -> str | None:
    """Where they are and what time it is there; None when neither is known."""
    try:
        local = now.astimezone(zoneinfo.ZoneInfo(found.time_zone)) if found.time_zone else None
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        local = None
    if local is None:
        return found.city
    time = words.time_of(local.time())
    return tr("{city}, {time} there", city=found.city, time=time) if found.city else tr("{time} there", time=time)
