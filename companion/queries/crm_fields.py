"""Which field of the CRM is which of ours now, and what a team can choose instead."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from companion.database import Database
from companion.domain.field_map import MAPPABLE, NOTHING, CrmField, FieldMap, fits
from companion.domain.records import Kind
from companion.store import crm_fields, workspaces


@dataclass(frozen=True, slots=True)
class OurField:
    """A field of ours. `theirs` is what it is taken from, None where the CRM has nothing for it; `own` says that the
    team chose it, `asked` that the CRM tells with the next sync what it is. `choices` are what can be chosen instead,
    the fullest first.
    """

    kind: Kind
    name: str
    theirs: CrmField | None
    own: bool
    choices: tuple[CrmField, ...]
    asked: bool = False


@dataclass(frozen=True, slots=True)
class FurtherField:
    """A field of the CRM that is none of ours, and whether it stands beside each record."""

    field: CrmField
    shown: bool


@dataclass(frozen=True, slots=True)
class OurOutcome:
    """An outcome of a call by its code and in words, and the CRM's value that it is sent as; None: as it ships."""

    code: str
    words: str
    theirs: str | None


@dataclass(frozen=True, slots=True)
class Fields:
    """All that can be agreed on. `told` is false until the CRM has told its fields.

    `outcome_choices` are the CRM's own outcomes of calls, none where any will do.
    """

    ours: tuple[OurField, ...]
    further: tuple[FurtherField, ...]
    outcomes: tuple[OurOutcome, ...]
    outcome_choices: tuple[str, ...]
    told: bool


def crm_fields_now(database: Database, outcomes: Iterable[tuple[str, str]] = (), shipped: FieldMap = NOTHING) -> Fields:
    """How it is agreed on now. `outcomes` are the workspace's, by code and in words."""
    with database.read() as rows:
        told = crm_fields.every(rows)
        kept, before = workspaces.field_map(rows), workspaces.read_by(rows)
        anew = crm_fields.asked_anew(rows)
    agreed = shipped if kept is None else kept
    choices = next((each.choices for each in told if (each.kind, each.name) == (Kind.ACTIVITY, "outcome")), ())
    return Fields(
        tuple(
            _ours(kind, name, told, agreed, anew or name in before.names(kind, {}))
            for kind, names in MAPPABLE.items()
            for name in names
        ),
        tuple(_further(told, agreed)),
        tuple(OurOutcome(code, words, agreed.outcomes.get(code)) for code, words in outcomes if choices),
        choices,
        bool(told),
    )


def _ours(kind: Kind, name: str, told: tuple[CrmField, ...], agreed: FieldMap, anew: bool) -> OurField:
    own = agreed.names(kind, {}).get(name)
    its = [each for each in told if each.kind is kind]
    now = next((each for each in its if (each.theirs == own if own else each.name == name and each.theirs)), None)
    if own is not None and now is None:
        now = CrmField(kind, name, own, own, custom=True)  # the CRM no longer tells of it, and it is still chosen
    return OurField(kind, name, now, own is not None, tuple(_choices(name, its)), now is None and anew)


def _choices(name: str, told: Iterable[CrmField]) -> list[CrmField]:
    free = (each for each in told if each.theirs and (each.custom or not each.name) and each.writable)
    return sorted((each for each in free if fits(name, each.holds)), key=_fullest)


def _further(told: tuple[CrmField, ...], agreed: FieldMap) -> list[FurtherField]:
    taken = {(kind, theirs) for kind in MAPPABLE for theirs in agreed.names(kind, {}).values()}
    free = (each for each in told if not each.name and (each.kind, each.theirs) not in taken)
    return [FurtherField(each, each.theirs in agreed.shown.get(each.kind, ())) for each in sorted(free, key=_fullest)]


def _fullest(field: CrmField) -> tuple[int, float, str]:
    return (
        list(MAPPABLE).index(field.kind) if field.kind in MAPPABLE else 9,
        -(field.filled or 0),
        field.label.casefold(),
    )
