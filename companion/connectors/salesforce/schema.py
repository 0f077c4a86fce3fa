"""The org's fields, as Companion tells them: ours with Salesforce's labels, and the company's own that are on offer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from companion.connectors import agreed
from companion.connectors.base import FieldFacts
from companion.connectors.salesforce.known import Knowing
from companion.connectors.salesforce.refusal import Refusal
from companion.connectors.salesforce.session import OBJECT_OF, Field, Session
from companion.connectors.salesforce.soql import select
from companion.domain.records import FIELDS, Kind

_ACTIVITY: Final = {
    "what": "TaskSubtype", "direction": "CallType", "subject": "Subject", "body": "Description", "at": "ActivityDate",
    "ends_at": "EndDateTime", "duration_s": "CallDurationInSeconds", "due_on": "ActivityDate",
    "due_at": "ReminderDateTime", "done": "Status", "outcome": "CallDisposition", "promise": "",
}  # fmt: skip
_HOLDS: Final = {
    "string": "text", "textarea": "text", "email": "text", "phone": "text", "url": "text", "encryptedstring": "text",
    "picklist": "choice", "multipicklist": "choice", "combobox": "choice", "int": "number", "double": "number",
    "currency": "number", "percent": "number", "long": "number", "date": "day", "datetime": "instant",
    "boolean": "truth",
}  # fmt: skip
_RECENT: Final = 200


def required(field: Field) -> bool:
    """Whether a new record must have it."""
    return not field.get("nillable") and not field.get("defaultedOnCreate") and field.get("createable") is True


def facts(session: Session, knowing: Knowing) -> Iterator[FieldFacts]:
    """All of them. `rules_complete` can't be: validation rules are told to administrators only."""
    for kind, source in OBJECT_OF.items():
        if session.fields(source):
            yield from _of_kind(session, knowing, kind, source)
    if session.fields("Task"):
        for ours, theirs in _ACTIVITY.items():
            label = str(session.fields("Task").get(theirs, {}).get("label") or ours.replace("_", " ").capitalize())
            yield FieldFacts(Kind.ACTIVITY, ours, label, theirs=theirs)


def _of_kind(session: Session, knowing: Knowing, kind: Kind, source: str) -> Iterator[FieldFacts]:
    known = knowing.known
    names = known.names(source, kind)
    if kind is Kind.PERSON and session.has(source, "LastName"):
        yield FieldFacts(kind, "name", _label(session.fields(source)["LastName"]), True, theirs="LastName")
    for ours, theirs in names.items():
        if ours in FIELDS[kind]:
            yield _fact(kind, ours, theirs, session.fields(source)[theirs])
    if kind is Kind.DEAL:
        for ours, theirs in (("stage", "StageName"), ("company", "AccountId"), ("loss_reason", knowing.loss or "")):
            if session.has(source, theirs):
                yield _fact(kind, ours, theirs, session.fields(source)[theirs])
    taken = {*names.values(), knowing.loss}
    custom = {
        name: field
        for name, field in session.fields(source).items()
        if field.get("custom") is True
        and name not in taken
        and field.get("type") in _HOLDS
        and not field.get("externalId")
    }
    share = agreed.filled(_recent(session, source, list(custom)), custom)
    for name, field in custom.items():
        yield _fact(kind, "", name, field, share[name])


def _fact(kind: Kind, ours: str, theirs: str, field: Field, filled: float | None = None) -> FieldFacts:
    # A day by which a deal closes and a stage are put in by us where the rep left them out.
    wanted = required(field) and ours not in ("close_on", "stage")
    told = field.get("picklistValues") or []
    values = tuple(str(each["value"]) for each in told if isinstance(each, dict) and each.get("active"))
    only = field.get("restrictedPicklist") is True or ours == "loss_reason"
    return FieldFacts(
        kind,
        ours,
        _label(field),
        wanted,
        field.get("updateable") is True,
        values if only and ours != "stage" else (),
        True,
        theirs,
        field.get("custom") is True,
        filled,
        _HOLDS.get(str(field.get("type")), ""),
    )


def _label(field: Field) -> str:
    return str(field.get("label") or field.get("name") or "?")


def _recent(session: Session, source: str, names: list[str]) -> list[dict[str, object]]:
    if not names:
        return []
    statement = select(["Id", *names], source, ["IsDeleted = false"], "SystemModstamp DESC", _RECENT)
    try:
        return list(session.wire.queries([statement])[0]["records"])
    except Refusal as refusal:
        raise refusal.for_reading() from refusal
