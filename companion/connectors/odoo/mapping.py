"""What Odoo's records are in Companion's words, and what Companion's fields are called in Odoo."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace

from companion.connectors import payload
from companion.connectors.base import Upsert
from companion.connectors.digest import digest
from companion.connectors.hypertext import plain
from companion.connectors.naive_utc import instant
from companion.connectors.odoo.wire import Row
from companion.domain.records import Kind, Value

PARTNER_FIELDS: Final = (
    "name", "is_company", "type", "email", "phone", "mobile", "function", "street", "zip", "city", "country_id",
    "website", "industry_id", "tz", "active", "user_id", "category_id", "commercial_partner_id", "is_blacklisted",
    "create_uid", "create_date", "write_uid", "write_date",
)  # fmt: skip
LEAD_FIELDS: Final = (
    "name", "type", "active", "partner_id", "contact_name", "partner_name", "email_from", "phone", "mobile", "function",
    "city", "description", "expected_revenue", "company_currency", "probability", "stage_id", "team_id", "user_id",
    "won_status", "lost_reason_id", "date_deadline", "date_last_stage_update", "date_closed", "source_id", "medium_id",
    "campaign_id", "tag_ids", "create_uid", "create_date", "write_uid", "write_date",
)  # fmt: skip
SMALL_FIELDS: Final = ("name", "login", "email", "active", "sequence", "is_won", "write_date")

TO_PARTNER: Final[Mapping[str, str]] = {
    "name": "name", "role": "function", "phone": "phone", "mobile": "mobile", "email": "email", "city": "city",
    "website": "website", "time_zone": "tz",
}  # fmt: skip
TO_LEAD: Final[Mapping[str, str]] = {
    "name": "name", "amount": "expected_revenue", "close_on": "date_deadline", "probability": "probability",
}  # fmt: skip
NAMED: Final[Mapping[str, tuple[str, str]]] = {
    "country": ("country_id", "res.country"),
    "industry": ("industry_id", "res.partner.industry"),
}
"""Fields of a company that Odoo keeps as a choice: the field, and the table whose names can be chosen."""
TO_LEAD_CONTACT: Final[Mapping[str, str]] = {
    "name": "contact_name", "role": "function", "phone": "phone", "mobile": "mobile", "email": "email_from",
    "city": "city",
}  # fmt: skip
LINKS_TO_PARTNER: Final[Mapping[str, str]] = {"company": "parent_id", "owner": "user_id"}
LINKS_TO_LEAD: Final[Mapping[str, str]] = {"owner": "user_id", "stage": "stage_id"}

PIPELINE: Final = "all"
"""Odoo's teams share their stages as a rule: all of them are one pipeline, and a deal's team is a fact beside it."""


LEAD_PERSON: Final = "lead-"
"""The contact in a lead is a person of her own in the book, 'lead-<id>', until Odoo makes a partner of her."""


class Lookups(Struct, frozen=True):
    """What a row refers to: partners by id, the ids of won stages, tags by name. `order` is the place of each stage."""

    partners: Mapping[int, Row] = {}
    won_stages: frozenset[int] = frozenset()
    tags: Mapping[int, str] = {}
    currency: str = "EUR"
    colleagues: frozenset[int] = frozenset()
    order: Mapping[int, int] = {}


def one(row: Row, name: str) -> int | None:
    """The id in a many2one."""
    value = row.get(name)
    return value[0] if isinstance(value, list) and value and isinstance(value[0], int) else None


def said(row: Row, name: str) -> str | None:
    """A text or a many2one's name; None where Odoo says false."""
    value = row.get(name)
    if isinstance(value, str):
        return value.strip() or None
    if isinstance(value, list) and len(value) == 2 and isinstance(value[1], str):
        return value[1].strip() or None
    return None


def link(row: Row, name: str) -> str | None:
    """The remote id in a many2one."""
    found = one(row, name)
    return None if found is None else str(found)


def company(row: Row, _: Lookups) -> Upsert:
    """A partner that is a company."""
    fields: dict[str, Value] = {
        "name": said(row, "name") or "",
        "phone": said(row, "phone"),
        "email": said(row, "email"),
        "website": said(row, "website"),
        "city": said(row, "city"),
        "country": said(row, "country_id"),
        "industry": said(row, "industry_id"),
        "created_at": instant(row.get("create_date")),
    }
    return versioned(row, Upsert(Kind.COMPANY, str(row["id"]), "", fields, {"owner": link(row, "user_id")}))


def person(row: Row, lookups: Lookups) -> Upsert:
    """A partner that is a human being."""
    email = said(row, "email")
    fields: dict[str, Value] = {
        "name": said(row, "name") or email or "",
        "role": said(row, "function"),
        "phone": said(row, "phone"),
        "email": email,
        "city": said(row, "city"),
        "time_zone": said(row, "tz"),
        "created_at": instant(row.get("create_date")),
    }
    if "mobile" in row:  # 19 has one field for both
        fields["mobile"] = said(row, "mobile")
    if row.get("is_blacklisted") is True:
        fields["consent"] = "no"
    links = {"company": company_of(row, lookups), "owner": link(row, "user_id")}
    extra = _told(Tags=_tags(row, "category_id", lookups), Street=said(row, "street"), Website=said(row, "website"))
    return versioned(row, Upsert(Kind.PERSON, str(row["id"]), "", fields, links, extra=extra))


def lead_person(row: Row, _: Lookups) -> Upsert:
    """The contact inside a lead that has no partner yet."""
    fields: dict[str, Value] = {
        "name": said(row, "contact_name") or said(row, "email_from") or said(row, "phone") or "",
        "role": said(row, "function"),
        "phone": said(row, "phone"),
        "email": said(row, "email_from"),
        "city": said(row, "city"),
        "source": said(row, "source_id"),
        "campaign": said(row, "campaign_id"),
        "created_at": instant(row.get("create_date")),
    }
    if "mobile" in row:
        fields["mobile"] = said(row, "mobile")
    links = {"company": None, "owner": link(row, "user_id")}
    extra = _told(Company=said(row, "partner_name"))
    return versioned(row, Upsert(Kind.PERSON, f"{LEAD_PERSON}{row['id']}", "", fields, links, extra=extra))


def has_contact(row: Row) -> bool:
    """Whether a lead names somebody who is not a partner yet."""
    return not row.get("partner_id") and any(said(row, name) for name in ("contact_name", "email_from", "phone"))


def deal(row: Row, lookups: Lookups) -> Upsert:
    """An opportunity or a lead."""
    fields: dict[str, Value] = {
        "name": said(row, "name") or "",
        "amount": _rounded(row.get("expected_revenue"), 100),
        "currency": said(row, "company_currency") or lookups.currency,
        "close_on": said(row, "date_deadline"),
        "probability": _rounded(row.get("probability")),
        "status": status(row, lookups),
        "is_lead": row.get("type") == "lead",
        "stage_since_at": instant(row.get("date_last_stage_update")),
        "closed_at": instant(row.get("date_closed")),
        "source": said(row, "source_id"),
        "medium": said(row, "medium_id"),
        "campaign": said(row, "campaign_id"),
        "created_at": instant(row.get("create_date")),
    }
    links = {
        **who(row, lookups),
        "owner": link(row, "user_id"),
        "stage": link(row, "stage_id"),
        "pipeline": PIPELINE,
        "loss_reason": link(row, "lost_reason_id"),
    }
    tags, notes = _tags(row, "tag_ids", lookups), plain(row.get("description")).body
    extra = _told(Tags=tags, Team=said(row, "team_id"), Notes=notes)
    if not row.get("partner_id"):
        extra |= _told(Company=said(row, "partner_name"))
    return versioned(row, Upsert(Kind.DEAL, str(row["id"]), "", fields, links, extra=extra))


def status(row: Row, lookups: Lookups) -> str:
    """'open', 'won' or 'lost'. 19 says so; before, lost means archived with a probability of nothing."""
    told = row.get("won_status")
    if told in ("won", "lost"):
        return str(told)
    if told is None and row.get("active") is False and not row.get("probability"):
        return "lost"
    won = told is None and one(row, "stage_id") in lookups.won_stages and row.get("active") is not False
    return "won" if won else "open"


def who(lead: Row, lookups: Lookups) -> dict[str, str | None]:
    """The person and the company that a lead is about."""
    partner = one(lead, "partner_id")
    if partner is None:
        return {"person": f"{LEAD_PERSON}{lead['id']}" if has_contact(lead) else None, "company": None}
    return place(partner, lookups)


def place(partner: int, lookups: Lookups) -> dict[str, str | None]:
    """The person and the company that a partner stands for; a mere address or an archived contact is no person."""
    row = lookups.partners.get(partner, {})
    here = row.get("active") is not False and partner not in lookups.colleagues
    if row.get("is_company"):
        return {"person": None, "company": str(partner) if here else None}
    human = here and row.get("type", "contact") in ("contact", False)
    return {"person": str(partner) if human else None, "company": company_of(row, lookups)}


def company_of(partner: Row, lookups: Lookups) -> str | None:
    """The company that a person works for, unless it was put away."""
    top = one(partner, "commercial_partner_id")
    firm = lookups.partners.get(top or 0, {})
    here = firm.get("is_company") and firm.get("active") is not False and top not in lookups.colleagues
    return str(top) if here and top != partner.get("id") else None


def user(row: Row, _: Lookups) -> Upsert:
    """Somebody who works with this Odoo."""
    fields: dict[str, Value] = {
        "name": said(row, "name") or "",
        "email": said(row, "email") or said(row, "login"),
        "active": row.get("active") is not False,
    }
    return versioned(row, Upsert(Kind.USER, str(row["id"]), "", fields))


def pipeline(name: str) -> Upsert:
    """The one pipeline."""
    return versioned({}, Upsert(Kind.PIPELINE, PIPELINE, "", {"name": name, "position": 0}))


def stage(row: Row, lookups: Lookups) -> Upsert:
    """A stage. It has no probability of its own: the server learns that deal by deal."""
    place = lookups.order.get(row["id"], payload.whole(row.get("sequence") or 0) or 0)
    outcome = "won" if row.get("is_won") else "open"
    fields: dict[str, Value] = {"name": said(row, "name") or "", "position": place, "outcome": outcome}
    return versioned(row, Upsert(Kind.STAGE, str(row["id"]), "", fields, {"pipeline": PIPELINE}))


def loss_reason(row: Row, _: Lookups) -> Upsert:
    """Why a deal may be lost."""
    return versioned(row, Upsert(Kind.LOSS_REASON, str(row["id"]), "", _ordered(row)))


def versioned(row: Row, upsert: Upsert) -> Upsert:
    """With its version, and who wrote last: `write_date` is served in whole seconds, so what it says is counted in."""
    version = f"{row.get('write_date') or ''}~{digest(upsert)}"
    at = instant(row.get("write_date"))
    return replace(upsert, version=version, changed_by=said(row, "write_uid"), changed_at=at)


def values(fields: Mapping[str, Value], names: Mapping[str, str], known: Mapping[str, Any]) -> dict[str, Value]:
    """Field values for Odoo by its own names. What this version has no field for is left out."""
    return {names[name]: _sent(name, value) for name, value in fields.items() if names.get(name) in known}


def _sent(name: str, value: Value) -> Value:
    if name == "amount":
        return (value or 0) / 100 if isinstance(value, int | float) else 0
    return value if value not in (None, "") else False


def _rounded(value: object, times: int = 1) -> int | None:
    """A number of Odoo's as a whole one; None where the field holds something else since somebody changed its type."""
    return None if isinstance(value, str) else payload.whole(float(value or 0) * times)  # type: ignore[arg-type]


def _ordered(row: Row) -> dict[str, Value]:
    return {"name": said(row, "name") or "", "position": payload.whole(row.get("sequence") or row["id"]) or 0}


def _tags(row: Row, name: str, lookups: Lookups) -> str:
    ids = row.get(name)
    return ", ".join(lookups.tags[each] for each in ids if each in lookups.tags) if isinstance(ids, list) else ""


def _told(**extra: str | None) -> dict[str, str]:
    return {label: value for label, value in extra.items() if value}
