"""Which field of the CRM is which of ours, where a company's CRM differs from the one that ships."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from companion.domain.records import Kind

MAPPABLE: Final[Mapping[Kind, tuple[str, ...]]] = {
    Kind.DEAL: ("amount", "close_on", "lost_note", "contract_ends_on", "trial_ends_on", "source", "medium", "campaign"),
    Kind.PERSON: (
        "role", "phone", "mobile", "email", "city", "time_zone", "best_time", "source", "campaign", "journey",
        "consent", "buying_role",
    ),
    Kind.COMPANY: ("phone", "email", "website", "city", "country", "industry"),
    Kind.ACTIVITY: ("outcome", "duration_s", "promise"),
}  # fmt: skip
"""Our fields that a team may take from another field of its CRM. The others are what the CRM is built on."""

_NUMBERS: Final = ("amount", "probability", "duration_s")


def fits(ours: str, holds: str) -> bool:
    """Whether a field of the CRM that holds such values ('text', 'number', … '' for not known) can be our field."""
    wanted = "number" if ours in _NUMBERS else "day" if ours.endswith("_on") else ""
    return not holds or (holds == wanted if wanted else holds in ("text", "choice"))


@dataclass(frozen=True, slots=True)
class FieldMap:
    """What a team agreed on for its CRM; empty where the connector's own mapping stands.

    `fields` maps one of our fields, such as 'deal.lost_note', to the CRM's own name of a field. `outcomes` maps our
    outcome code of a call, such as 'no_answer', to the value that the CRM keeps. `shown` names, by our kind, further
    fields of the CRM whose values are worth showing beside a record.
    """

    fields: Mapping[str, str] = field(default_factory=dict)
    outcomes: Mapping[str, str] = field(default_factory=dict)
    shown: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def names(self, kind: str, shipped: Mapping[str, str]) -> dict[str, str]:
        """The CRM's names of our fields of `kind`, by our names: as `shipped`, where nothing else was agreed on."""
        start = f"{kind}."
        agreed = {ours.removeprefix(start): theirs for ours, theirs in self.fields.items() if ours.startswith(start)}
        return {**shipped, **agreed}

    def outcome_there(self, code: str | None) -> str | None:
        """The value that the CRM keeps for our outcome; None where nothing was agreed on."""
        return self.outcomes.get(code or "")

    def outcome_here(self, value: str | None) -> str | None:
        """Our outcome that the CRM's value stands for, the first where several do; None where nothing was agreed on."""
        return next((ours for ours, theirs in self.outcomes.items() if theirs == value), None) if value else None


NOTHING: Final = FieldMap()
"""Nothing was agreed on: the CRM as it ships."""


@dataclass(frozen=True, slots=True)
class CrmField:
    """A field of the CRM as it told of it: `name` is ours, '' where it is none of ours; `theirs` its own.

    `filled` is the share, from 0 to 1, of recent records that have it; None where nobody counted.
    """

    kind: Kind
    name: str
    label: str
    theirs: str
    custom: bool = False
    filled: float | None = None
    holds: str = ""
    writable: bool = True
    choices: tuple[str, ...] = ()
