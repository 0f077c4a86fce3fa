"""What HubSpot's records are in Companion's words, and what Companion's fields are called in HubSpot.

All values of properties travel as text. The version of a record is what we can see of it: HubSpot's own stamp of change
also moves for what it calculates by itself, and does not move for an association.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, time, timedelta, tzinfo
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from companion.connectors import agreed
from companion.connectors.base import Upsert
from companion.connectors.digest import digest
from companion.connectors.hubspot.objects import (
    COMPANIES,
    CONTACTS,
    DEALS,
    LEAD_ID,
    LEADS,
    OP_ID,
    TYPES,
    remote_id,
)
from companion.connectors.hubspot.outcomes import Outcomes
from companion.connectors.hubspot.told import Pipelines, Portal, Property
from companion.connectors.hubspot.wire import Row
from companion.connectors.payload import clean
from companion.domain.field_map import FieldMap
from companion.domain.records import Kind, Value

NAMES: Final[Mapping[str, Mapping[str, str]]] = {
    COMPANIES: {
        "name": "name", "phone": "phone", "website": "website", "city": "city", "country": "country",
        "industry": "industry", "created_at": "createdate",
    },
    CONTACTS: {
        "role": "jobtitle", "phone": "phone", "mobile": "mobilephone", "email": "email", "city": "city",
        "time_zone": "hs_timezone", "source": "hs_analytics_source", "journey": "lifecyclestage",
        "buying_role": "hs_buying_role", "created_at": "createdate",
    },
    DEALS: {
        "name": "dealname", "amount": "amount", "currency": "deal_currency_code", "close_on": "closedate",
        "lost_note": "closed_lost_reason", "source": "hs_analytics_source", "created_at": "createdate",
    },
    LEADS: {"name": "hs_lead_name", "source": "hs_lead_source", "created_at": "hs_createdate"},
}  # fmt: skip
"""Which property is which field of ours, where a team agreed on nothing else."""

FIRST, LAST, OPTED_OUT = "firstname", "lastname", "hs_email_optout"
STAGE, PIPELINE, OWNER = "dealstage", "pipeline", "hubspot_owner_id"
LEAD_STAGE, LEAD_PIPELINE = "hs_pipeline_stage", "hs_pipeline"
QUALIFIED, DISQUALIFIED = "hs_lead_is_qualified", "hs_lead_is_disqualified"
BESIDE_LEAD: Final = ("hs_lead_label", "hs_lead_type", "hs_lead_disqualification_reason")
SINCE, LIKELY = "hs_v2_date_entered_current_stage", "hs_deal_stage_probability"
LOSS: Final = "closed_lost_reason"
MERGED: Final = "hs_merged_object_ids"
BEHIND: Final[Mapping[str, tuple[str, ...]]] = {
    COMPANIES: (OWNER, MERGED),
    CONTACTS: (FIRST, LAST, OPTED_OUT, OWNER, MERGED),
    DEALS: (STAGE, PIPELINE, OWNER, SINCE, LIKELY, LOSS, MERGED),
    LEADS: (LEAD_STAGE, LEAD_PIPELINE, OWNER, SINCE, QUALIFIED, DISQUALIFIED, *BESIDE_LEAD),
}
"""Properties that are read besides."""

NOT_SENT: Final = frozenset({"created_at", "closed_at", "stage_since_at", "status", "is_lead"})
"""What HubSpot keeps by itself, or says by a stage."""

_NOON: Final = time(12)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_SLASH: Final = "_slash_"

Found = Mapping[str, Sequence[str]]
"""What a record is associated with: numbers by our link's name, the one that stands out first."""


class Around(Struct, frozen=True):
    """What a record of one type is read by."""

    name: str
    properties: Mapping[str, Property]
    agreed: FieldMap
    portal: Portal
    zone: tzinfo
    pipelines: Pipelines
    outcomes: Outcomes
    now: int

    @property
    def names(self) -> dict[str, str]:
        """Our fields and the properties that hold them."""
        return names_of(self.name, self.agreed, self.properties)

    @property
    def shown(self) -> tuple[str, ...]:
        """Further properties that the team wants to see."""
        return self.agreed.shown.get(TYPES[self.name].kind, ())

    def labels(self, theirs: str) -> Mapping[str, str]:
        """The words of a choice by its values."""
        known = self.properties.get(theirs)
        return known.options if known is not None else {}


def names_of(name: str, agreed: FieldMap, known: Mapping[str, Property]) -> dict[str, str]:
    """Our fields of a type and the properties that hold them. Leads may not have what was agreed on for deals."""
    shipped = NAMES.get(name, {})
    if name != LEADS:
        return agreed.names(TYPES[name].kind, shipped)
    return {**shipped, **{ours: its for ours, its in agreed.names(Kind.DEAL, {}).items() if its in known}}


def company(row: Row, found: Found, around: Around) -> Upsert:
    """A company."""
    told = row["properties"]
    fields = {"name": "", **_fields(told, around)}
    fields["name"] = fields["name"] or str(told.get("domain") or "")
    return versioned(row, _upsert(Kind.COMPANY, row, fields, {"owner": text(told, OWNER)}), around)


def person(row: Row, found: Found, around: Around) -> Upsert:
    """A contact."""
    told = row["properties"]
    name = " ".join(filter(None, (text(told, FIRST), text(told, LAST))))
    fields: dict[str, Value] = {"name": name or text(told, "email") or "", **_fields(told, around)}
    if "consent" not in around.names and OPTED_OUT in told:
        fields["consent"] = "no" if _yes(told, OPTED_OUT) else None
    zone = fields.get("time_zone")
    if around.names.get("time_zone") == "hs_timezone" and isinstance(told.get("hs_timezone"), str):
        fields["time_zone"] = zone_name(told["hs_timezone"]) if zone else None
    links = {"company": _first(found, "company"), "owner": text(told, OWNER)}
    return versioned(row, _upsert(Kind.PERSON, row, fields, links), around)


def deal(row: Row, found: Found, around: Around) -> Upsert:
    """A deal. Whether it is won or lost stands in its stage."""
    told = row["properties"]
    stage = around.pipelines.stages.get(text(told, STAGE) or "")
    status = stage.outcome if stage is not None else "open"
    fields: dict[str, Value] = {"name": "", "is_lead": False, "status": status, **_fields(told, around)}
    fields |= {"name": fields["name"] or "", "currency": fields.get("currency") or around.portal.currency}
    if SINCE in told:
        fields["stage_since_at"] = instant(told[SINCE])
    likely = agreed.here("amount", told.get(LIKELY))
    if likely is not None and "probability" not in around.names:
        fields["probability"] = int(likely)
    if "closedate" in told:
        fields["closed_at"] = instant(told["closedate"]) if status != "open" else None
    links: dict[str, str | None] = {
        "company": _first(found, "company"),
        "person": _first(found, "person"),
        "owner": text(told, OWNER),
        "stage": text(told, STAGE),
        "pipeline": stage.pipeline if stage is not None else text(told, PIPELINE),
    }
    if chosen(around):
        fields.pop("lost_note", None)
        links["loss_reason"] = text(told, LOSS) if status == "lost" else None
    people = tuple((each, "") for each in found.get("person", ()))
    return versioned(row, replace(_upsert(Kind.DEAL, row, fields, links), people=people), around)


def lead(row: Row, found: Found, around: Around) -> Upsert:
    """A lead: a chance with somebody, before anybody speaks of money."""
    told = row["properties"]
    at = text(told, LEAD_STAGE)
    stage = around.pipelines.stages.get(f"{LEAD_ID}{at}")
    ended = "won" if _yes(told, QUALIFIED) else "lost" if _yes(told, DISQUALIFIED) else None
    status = ended or (stage.outcome if stage is not None else "open")
    fields: dict[str, Value] = {"name": "", "is_lead": True, "status": status, **_fields(told, around)}
    fields |= {"name": fields["name"] or "", "currency": around.portal.currency}
    if SINCE in told:
        fields["stage_since_at"] = instant(told[SINCE])
    pipeline = text(told, LEAD_PIPELINE)
    links: dict[str, str | None] = {
        "company": _first(found, "company"),
        "person": _first(found, "person"),
        "owner": text(told, OWNER),
        "stage": f"{LEAD_ID}{at}" if at else None,
        "pipeline": stage.pipeline if stage is not None else f"{LEAD_ID}{pipeline}" if pipeline else None,
    }
    people = tuple((each, "") for each in found.get("person", ()))
    extra = _labelled(told, BESIDE_LEAD, around)
    upsert = Upsert(Kind.DEAL, remote_id(LEADS, row["id"]), "", fields, links, people, extra)
    return versioned(row, upsert, around)


def chosen(around: Around) -> bool:
    """Whether this account chooses why a deal was lost from a list of its own."""
    return bool(around.labels(LOSS)) and around.names.get("lost_note") == LOSS


def versioned(row: Row, upsert: Upsert, around: Around | None = None) -> Upsert:
    """With its version, its stamp, the op that made it and what else the team wants to see."""
    told = row["properties"]
    extra = upsert.extra if around is None else {**upsert.extra, **_labelled(told, around.shown, around)}
    op_id = told.get(OP_ID)
    return replace(
        upsert,
        extra=extra,
        version=digest(replace(upsert, extra=extra)),
        op_id=op_id if isinstance(op_id, str) and op_id else None,
        changed_by=text(told, "hs_updated_by_user_id"),
        changed_at=instant(row.get("updatedAt")),
    )


def _labelled(told: Row, names: Iterable[str], around: Around) -> dict[str, str]:
    """What else is worth seeing, by its label."""
    known = {theirs: around.properties[theirs].label for theirs in names if theirs in around.properties}
    words = {label: agreed.shown(told.get(theirs), around.labels(theirs)) for theirs, label in known.items()}
    return {label: each for label, each in words.items() if each}


def values(fields: Mapping[str, Value], around: Around) -> dict[str, str]:
    """The properties to write. A field that this account has no property for is left out."""
    sent: dict[str, str] = {}
    names = around.names
    for ours, value in fields.items():
        theirs = names.get(ours)
        if ours in NOT_SENT or (ours != "name" and theirs not in around.properties):
            continue
        if ours == "name" and around.name == CONTACTS:
            first, _, last = " ".join(str(value or "").split()).partition(" ")
            sent |= {FIRST: first, LAST: last}
        elif theirs is not None:
            sent[theirs] = _sent(ours, theirs, value, around)
    return {theirs: clean(value) for theirs, value in sent.items()}


def placeless(fields: Mapping[str, Value], around: Around) -> list[str]:
    """The fields that this account has no property for."""
    names = around.names
    noted = chosen(around) or around.name == LEADS
    known = (*NOT_SENT, "name", *(("lost_note",) if noted else ()))
    return [ours for ours in fields if ours not in known and names.get(ours) not in around.properties]


def day(raw: object, zone: tzinfo) -> str | None:
    """The calendar day of a property: as it stands in a date, in the account's zone for an instant.

    None beyond the calendar's last day, which some take for "never".
    """
    if not raw:
        return None
    if isinstance(raw, str) and len(raw) == 10:
        return raw
    at = instant(raw)
    try:
        return None if at is None else (_EPOCH + timedelta(seconds=at)).astimezone(zone).date().isoformat()
    except OverflowError:
        return None


def noon(on: str, zone: tzinfo) -> str:
    """The middle of a day in the account's zone: read in any zone within eleven hours of it, it is that day."""
    return moment(int(datetime.combine(datetime.fromisoformat(on).date(), _NOON, zone).timestamp()))


def moment(at: int, ms: int = 0) -> str:
    """Seconds since 1970 as HubSpot writes them."""
    return f"{_EPOCH + timedelta(seconds=at):%Y-%m-%dT%H:%M:%S}.{ms:03}Z"


def instant(raw: object) -> int | None:
    """Seconds since 1970 of what HubSpot wrote: ISO 8601, or milliseconds."""
    value = agreed.here("at", raw)
    return value if isinstance(value, int) else None


def zone_name(value: str) -> str:
    """HubSpot's 'europe_slash_brussels' as the tables of zones have it; 'America/New_York' out of three words."""
    parts = value.split(_SLASH)
    return "/".join("_".join(word.capitalize() for word in part.split("_")) for part in parts)


def zone_value(name: str) -> str:
    """The other way round."""
    return name.replace("/", _SLASH).lower()


def _sent(ours: str, theirs: str, value: Value, around: Around) -> str:
    known = around.properties.get(theirs)
    if value is None or value == "":
        return ""
    if ours == "time_zone" and theirs == "hs_timezone":
        return zone_value(str(value))
    if ours == "amount" and isinstance(value, int):
        whole, cents = divmod(abs(value), 100)
        return f"{'-' if value < 0 else ''}{whole}.{cents:02}"
    if ours.endswith("_on") and known is not None and known.kind == "datetime":
        return noon(str(value), around.zone)
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(agreed.there(ours, value, around.labels(theirs), moment))


def _fields(told: Mapping[str, object], around: Around) -> dict[str, Value]:
    """What the properties say by our names; one that HubSpot did not tell is not known."""
    fields: dict[str, Value] = {}
    for ours, theirs in around.names.items():
        if theirs in told:
            known = around.properties.get(theirs)
            if ours.endswith("_on") and (known is None or known.kind == "datetime"):
                fields[ours] = day(told[theirs], around.zone)
            else:
                fields[ours] = agreed.here(ours, told[theirs], around.labels(theirs))
    return fields


def _upsert(kind: Kind, row: Row, fields: dict[str, Value], links: dict[str, str | None]) -> Upsert:
    return Upsert(kind, str(row["id"]), "", fields, links)


def text(told: Mapping[str, object], name: str) -> str | None:
    """A property that holds words, without blanks around them; None where it holds none."""
    value = told.get(name)
    return (value.strip() or None) if isinstance(value, str) else None


def _yes(told: Mapping[str, object], name: str) -> bool:
    return str(told.get(name)).lower() == "true"


def _first(found: Found, name: str) -> str | None:
    return next(iter(found.get(name, ())), None)
