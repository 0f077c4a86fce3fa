"""What HubSpot tells of an account and its lists, as values: owners, properties, pipelines and stages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from companion.connectors import agreed
from companion.connectors.base import Unreachable
from companion.connectors.hubspot.wire import Row


class Portal(Struct, frozen=True):
    """The account: HubSpot's number for it and its currency. Its zone is kept by the wire."""

    id: str
    currency: str


class Owner(Struct, frozen=True):
    """Somebody who can own records. `id` is what `hubspot_owner_id` holds."""

    id: str
    email: str
    name: str
    user_id: str = ""


class Property(Struct, frozen=True):
    """A property as HubSpot describes it. `kind` is its type, such as 'datetime'; `options` are words by value.

    `retired` values are hidden there: records may have them, and nobody is to choose them.
    """

    name: str
    label: str
    kind: str
    options: Mapping[str, str] = {}
    writable: bool = True
    unique: bool = False
    custom: bool = False
    hidden: bool = False
    group: str = ""
    retired: frozenset[str] = frozenset()


class Stage(Struct, frozen=True):
    """A stage of a pipeline of deals. `outcome` is 'open', 'won' or 'lost'; `position` counts over all pipelines."""

    id: str
    name: str
    pipeline: str
    position: int
    probability: int | None
    outcome: str


class Pipelines(Struct, frozen=True):
    """All pipelines of deals by id, in order, and all their stages."""

    names: Mapping[str, str] = {}
    stages: Mapping[str, Stage] = {}

    def first(self, outcome: str, pipeline: str | None = None) -> Stage | None:
        """The first stage of an outcome, of one pipeline or else of the first."""
        wanted = pipeline or next(iter(self.names), None)
        return next(
            (each for each in self.stages.values() if each.pipeline == wanted and each.outcome == outcome), None
        )


def next_after(answer: Row) -> str:
    """Where a list goes on; '' at its end."""
    paging = answer.get("paging")
    following = paging.get("next") if isinstance(paging, dict) else None
    after = following.get("after") if isinstance(following, dict) else None
    return str(after) if after not in (None, "") else ""


def rows(answer: Row) -> list[Row]:
    """The rows of a list; raises Unreachable where one has no id."""
    found = answer.get("results")
    if not isinstance(found, list) or not all(isinstance(row, dict) and row.get("id") for row in found):
        raise Unreachable("a record without an id")
    return found


def owner(row: Row) -> Owner:
    """Somebody who can own records."""
    email = str(row.get("email") or "")
    name = " ".join(str(row.get(part) or "").strip() for part in ("firstName", "lastName")).strip()
    return Owner(str(row["id"]), email, name or email, str(row.get("userId") or ""))


def same_address(told: object, email: str) -> bool:
    """Whether two addresses are one."""
    return isinstance(told, str) and told.casefold() == email.strip().casefold()


def zone_name(name: object) -> str:
    """The account's zone where this computer knows it; else UTC."""
    try:
        return ZoneInfo(str(name)).key
    except (ValueError, OSError, KeyError):  # KeyError: ZoneInfoNotFoundError
        return "UTC"


def property_of(row: Row) -> Property:
    """A property."""
    may = row.get("modificationMetadata")
    fixed = bool(row.get("calculated")) or (isinstance(may, dict) and bool(may.get("readOnlyValue")))
    options = row.get("options")
    told = [each for each in options if isinstance(each, dict)] if isinstance(options, list) else []
    return Property(
        str(row["name"]),
        str(row.get("label") or row["name"]),
        str(row.get("type") or "string"),
        {str(each.get("value")): str(each.get("label") or each.get("value")) for each in told},
        not fixed,
        bool(row.get("hasUniqueValue")),
        row.get("hubspotDefined") is not True,
        bool(row.get("hidden")),
        str(row.get("groupName") or ""),
        frozenset(str(each.get("value")) for each in told if each.get("hidden")),
    )


def pipelines_of(rows: list[Row], of_lead: str = "") -> Pipelines:
    """The pipelines that are not archived, with their stages; those of leads have `of_lead` before their ids."""
    alive = sorted((row for row in rows if not row.get("archived")), key=_place)
    stages: dict[str, Stage] = {}
    for row in alive:
        told = row.get("stages")
        for each in (
            sorted((one for one in told if not one.get("archived")), key=_place) if isinstance(told, list) else []
        ):
            stage = (_stage_of_leads if of_lead else _stage)(each, f"{of_lead}{row['id']}", len(stages))
            stages[f"{of_lead}{stage.id}"] = replace(stage, id=f"{of_lead}{stage.id}")
    return Pipelines({f"{of_lead}{row['id']}": str(row.get("label") or "") for row in alive}, stages)


def _place(row: Row) -> tuple[int, str]:
    return int(row.get("displayOrder") or 0), str(row.get("id"))


def _stage(row: Row, pipeline: str, position: int) -> Stage:
    facts = row.get("metadata")
    told = facts if isinstance(facts, dict) else {}
    likely = agreed.here("amount", told.get("probability"))  # hundredths, as of money
    probability = likely if isinstance(likely, int) else None
    closed = str(told.get("isClosed", "")).lower() == "true"
    won = probability is not None and probability >= 100
    outcome = ("won" if won else "lost") if closed or won else "open"
    return Stage(str(row["id"]), str(row.get("label") or ""), pipeline, position, probability, outcome)


def _stage_of_leads(row: Row, pipeline: str, position: int) -> Stage:
    """A stage of leads: qualified ones are won, disqualified ones lost, and nobody says how likely the others are."""
    facts = row.get("metadata")
    said = {str(each).upper() for each in facts.values()} if isinstance(facts, dict) else set()
    outcome = next(
        (its for word, its in _ENDS.items() if word in said or row["id"] == f"{word.lower()}-stage-id"), "open"
    )
    return Stage(str(row["id"]), str(row.get("label") or ""), pipeline, position, None, outcome)


_ENDS: Final = {"QUALIFIED": "won", "UNQUALIFIED": "lost"}
"""Their state, and the beginning of the ids of the stages that every account begins with."""
