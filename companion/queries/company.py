"""One company as its page shows it: the people there first, then the deals and what is known of it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

from companion.database import Rows
from companion.domain.companies import Company
from companion.domain.deals import Deal
from companion.domain.language import sentence, tr
from companion.domain.workspace import Workspace
from companion.queries import deal
from companion.queries.people_map import Known, PeopleMap, people_map
from companion.queries.person import Detail, extra_details, find_company

_LABELS: Final = {
    "phone": sentence("Phone"),
    "email": sentence("Email"),
    "website": sentence("Website"),
    "city": sentence("City"),
    "country": sentence("Country"),
    "industry": sentence("Industry"),
}


@dataclass(frozen=True, slots=True)
class CompanyPage:
    """A company with its people, deals and filled details."""

    company: Company
    owner_name: str | None
    account: PeopleMap
    deals: tuple[Deal, ...]
    details: tuple[Detail, ...]

    @property
    def people(self) -> tuple[Known, ...]:
        """Who is there."""
        return self.account.people


def company(
    rows: Rows, company_id: str, now: dt.datetime, zone: dt.tzinfo, workspace: Workspace | None = None
) -> CompanyPage | None:
    """Everything about a company but its history. None for an unknown id."""
    found = find_company(rows, company_id, zone)
    if found is None:
        return None
    owner = rows.value("SELECT name FROM users WHERE id = ?", (found.owner_id,)) if found.owner_id else None
    filled = [Detail(name, tr(label), getattr(found, name)) for name, label in _LABELS.items() if getattr(found, name)]
    deals = deal.of_company(rows, company_id, zone)
    return CompanyPage(
        found,
        owner,
        people_map(rows, company_id, deals, now, zone, workspace),
        deals,
        (*filled, *extra_details(found.extra)),
    )
