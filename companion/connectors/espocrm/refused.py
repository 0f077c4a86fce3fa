"""Why EspoCRM did not take an op, in words for the rep; a record that is there already is named."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from companion.connectors.base import Op, Problem
from companion.connectors.espocrm.mapping import LEAD_ID, TO_ACCOUNT, TO_CONTACT, TO_DEAL, TO_LEAD_DEAL
from companion.connectors.espocrm.session import Session
from companion.connectors.espocrm.wire import Refusal, Row
from companion.domain.language import tr
from companion.domain.records import Kind

_NAMES: Final[Mapping[Kind, Mapping[str, str]]] = {
    Kind.COMPANY: {**TO_ACCOUNT, "owner": "assignedUser"},
    Kind.PERSON: {**TO_CONTACT, "name": "lastName", "company": "account", "owner": "assignedUser"},
    Kind.DEAL: {**TO_LEAD_DEAL, **TO_DEAL, "company": "account", "owner": "assignedUser", "person": "contact"},
    Kind.ACTIVITY: {
        "subject": "name", "body": "description", "at": "dateStart", "ends_at": "dateEnd", "owner": "assignedUser",
        "person": "contacts",
    },
}  # fmt: skip
_STAGE: Final = ("stage", "status", "pipelineStage", "pipeline")


class Cannot(Exception):
    """What can't be sent at all, with the reason for the rep."""

    def __init__(self, words: str, field: str | None = None) -> None:
        super().__init__(words)
        self.problem = Problem(words, field)


def problems(op: Op, session: Session, refusal: Refusal) -> tuple[Problem, ...]:
    """The problems behind a refusal."""
    if refusal.status == 409 and isinstance(refusal.body, list):
        return (_already_there(op, refusal),)
    if (invalid := refusal.invalid) is not None:
        return (_invalid(op, session, *invalid),)
    return (Problem(refusal.words),)


def namesakes_only(refusal: Refusal, entity: str, body: Mapping[str, object]) -> bool:
    """Whether a refusal as duplicate names only people with another e-mail address: there are two Ada Adlers."""
    rows = refusal.body if refusal.status == 409 and isinstance(refusal.body, list) else []
    email = str(body.get("emailAddress") or "").casefold()
    if entity not in ("Contact", "Lead") or not email or not rows:
        return False
    others = [str(row.get("emailAddress") or "").casefold() if isinstance(row, dict) else "" for row in rows]
    return all(other not in ("", email) for other in others)


def newer_elsewhere(refusal: Refusal, row: Row) -> int | None:
    """The version to write upon, where a refusal as `modified` names only what still is as in the `row` we read."""
    told = refusal.body if refusal.status == 409 and isinstance(refusal.body, dict) else {}
    values, version = told.get("values"), told.get("versionNumber")
    if not isinstance(values, dict) or type(version) is not int:
        return None
    return version if all(name in row and row[name] == value for name, value in values.items()) else None


def ours_of(kind: Kind, field: str) -> str | None:
    """Our name of EspoCRM's field or attribute, where it is one of ours."""
    if field in _STAGE or field.removesuffix("Id") in _STAGE:
        return "stage" if kind is Kind.DEAL else "done" if kind is Kind.ACTIVITY else None
    names = _NAMES.get(kind, {})
    bare = field.removesuffix("Id").removesuffix("Ids")
    return next((name for name, theirs in names.items() if theirs in (field, bare)), None)


def _already_there(op: Op, refusal: Refusal) -> Problem:
    """EspoCRM names the records that it takes for the same, the likeliest first."""
    rows = [row for row in refusal.body if isinstance(row, dict)] if isinstance(refusal.body, list) else []
    first = next((row for row in rows if isinstance(row.get("id"), str)), {})
    name, found = str(first.get("name") or ""), first.get("id")
    words = tr("{name} is already there", name=name) if name else tr("That is already there")
    of_lead = op.kind is Kind.DEAL and bool(op.fields.get("is_lead"))
    return Problem(words, None, None if found is None else f"{LEAD_ID}{found}" if of_lead else str(found))


def _invalid(op: Op, session: Session, field: str, rule: str) -> Problem:
    entity = {Kind.COMPANY: "Account", Kind.PERSON: "Contact", Kind.DEAL: "Opportunity"}.get(op.kind, "Call")
    label = session.label(entity, field)
    ours = ours_of(op.kind, field)
    if rule == "required":
        return Problem(tr("EspoCRM wants “{field}” to be filled in", field=label), ours)
    if rule == "maxLength":
        return Problem(tr("That is too long for “{field}”", field=label), ours)
    return Problem(tr("EspoCRM does not take this for “{field}” ({rule})", field=label, rule=rule), ours)
