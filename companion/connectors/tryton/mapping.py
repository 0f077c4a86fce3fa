"""Tryton's employees, stages and opportunities in Companion's words, and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from companion.connectors import payload
from companion.connectors.base import Upsert
from companion.connectors.tryton import parties
from companion.connectors.tryton.coded import cents, coded_day, day, finished, money, one_line, seconds, text, text_id
from companion.connectors.tryton.rpc import Row
from companion.domain.records import Fields, Kind, Value

PIPELINE: Final = "opportunities"

STAGES: Final = (
    ("lead", "Lead", 10, "open"),
    ("opportunity", "Opportunity", 40, "open"),
    ("converted", "Converted into a sale", 100, "won"),
    ("won", "Won", 100, "won"),
    ("lost", "Lost", 0, "lost"),
    ("cancelled", "Cancelled", 0, "lost"),
)
"""State, name, probability and outcome. 'converted' counts as won: the sale exists, and nobody but Tryton itself sets
'won', when that sale is confirmed."""

OUTCOME: Final[Mapping[str, str]] = {state: outcome for state, _, _, outcome in STAGES}

BUTTONS: Final[Mapping[str, str]] = {
    "lead": "lead",
    "opportunity": "opportunity",
    "converted": "convert",
    "lost": "lost",
    "cancelled": "cancel",
}
"""The button that leads into a state. There is none for 'won'."""

_TRANSITIONS: Final[Mapping[str, tuple[str, ...]]] = {
    "lead": ("opportunity", "lost", "cancelled"),
    "opportunity": ("lead", "converted", "lost", "cancelled"),
    "lost": ("lead",),
    "cancelled": ("lead",),
}

DEAL_FIELDS: Final = [
    "number", "reference", "description", "state", "amount", "currency.code", "conversion_probability", "end_date",
    "lost_reason", "comment", "employee", "create_date", "write_date", "_timestamp",
    "write_uid.name", "create_uid.name",
]  # fmt: skip
CAMPAIGN_FIELDS: Final = ["marketing_campaign.name", "marketing_medium.name", "marketing_source.name"]

COMMENT_MARK: Final = "Companion: "
"""Begins the line of an opportunity's comment that holds the id of the op that made it."""


def stages() -> list[Upsert]:
    """The states of an opportunity, as the stages of the one pipeline."""
    return [
        Upsert(
            Kind.STAGE,
            state,
            "1",
            {"name": name, "position": position, "probability": probability, "outcome": outcome},
            {"pipeline": PIPELINE},
        )
        for position, (state, name, probability, outcome) in enumerate(STAGES)
    ]


def pipeline() -> Upsert:
    """The one pipeline that Tryton has."""
    return Upsert(Kind.PIPELINE, PIPELINE, "1", {"name": "Opportunities", "position": 0})


def user(row: Row) -> Upsert:
    """An employee: the one who owns an opportunity in Tryton."""
    party = row.get("party.") or {}
    fields: dict[str, Value] = {
        "name": party.get("name") or row.get("rec_name"),
        "email": party.get("email") or None,
        "active": bool(row.get("active", True)),
    }
    return finished(Upsert(Kind.USER, str(row["id"]), "", fields), row)


def deal(row: Row, rules: parties.Rules) -> Upsert:
    """An opportunity. Its party is the company or the person; a contact of another party is the person."""
    state = str(row["state"])
    contact = (row.get("contact.") or {}).get("party.")
    links: dict[str, str | None] = {"company": None, "person": None}
    for party in (row.get("party."), contact):
        if party:
            name = "person" if rules.kind(party) is Kind.PERSON else "company"
            links[name] = links[name] or str(party["id"])
    fields: dict[str, Value] = {
        "name": row.get("description") or f"Opportunity {row.get('number') or row['id']}",
        "amount": cents(row.get("amount")),
        "currency": (row.get("currency.") or {}).get("code"),
        "close_on": day(row.get("end_date")),
        "probability": payload.whole(float(row.get("conversion_probability") or 0) * 100),
        "status": OUTCOME.get(state, "open"),
        "is_lead": state == "lead",
        "lost_note": row.get("lost_reason") or None,
        "created_at": seconds(row.get("create_date")),
    }
    for name in ("source", "medium", "campaign"):
        if f"marketing_{name}." in row:
            fields[name] = (row[f"marketing_{name}."] or {}).get("name")
    extra = {"Number": row.get("number"), "Reference": row.get("reference")}
    links |= {"owner": text_id(row.get("employee")), "stage": state, "pipeline": PIPELINE}
    return finished(
        Upsert(
            Kind.DEAL,
            str(row["id"]),
            "",
            fields,
            links,
            extra={label: str(value) for label, value in extra.items() if value},
            op_id=_marker(row.get("comment")),
        ),
        row,
    )


def has_campaign(row: Row) -> bool:
    """Whether an opportunity says which marketing it came from."""
    return bool(row.get("marketing_campaign.") or row.get("marketing_source."))


def engagement(row: Row, rules: parties.Rules) -> Upsert:
    """The marketing that an opportunity came from, as a touch of its own."""
    source = deal(row, rules)
    fields: dict[str, Value] = {
        "what": "campaign",
        "subject": source.fields.get("campaign") or source.fields.get("source"),
        "at": source.fields["created_at"],
        "count": 1,
        "source": source.fields.get("source"),
        "campaign": source.fields.get("campaign"),
    }
    links = {"deal": source.remote_id, "company": source.links["company"], "person": source.links["person"]}
    return finished(Upsert(Kind.ENGAGEMENT, f"opportunity-{row['id']}", "", fields, links), row)


def deal_values(fields: Fields) -> Row:
    """The fields of an opportunity that are plain values, as Tryton takes them."""
    values: Row = {}
    if "name" in fields:
        values["description"] = one_line(fields["name"])
    if "amount" in fields:
        values["amount"] = money(fields["amount"])
    if "close_on" in fields:
        values["end_date"] = coded_day(fields["close_on"])
    if "probability" in fields:
        values["conversion_probability"] = int(fields["probability"] or 0) / 100
    if "lost_note" in fields:
        values["lost_reason"] = text(fields["lost_note"])
    return values


def way(state: str, target: str) -> list[str] | None:
    """The states to pass through from `state` to `target`; None where no button leads there."""
    ways: list[list[str]] = [[]]
    seen = {state}
    for path in ways:
        here = path[-1] if path else state
        if here == target:
            return path
        for following in _TRANSITIONS.get(here, ()):
            if following not in seen:
                seen.add(following)
                ways.append([*path, following])
    return None


def _marker(comment: object) -> str | None:
    if not isinstance(comment, str):
        return None
    return next(
        (line[len(COMMENT_MARK) :].strip() for line in comment.splitlines() if line.startswith(COMMENT_MARK)), None
    )
