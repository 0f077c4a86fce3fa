"""The fields of this EspoCRM: ours by their canonical names, and those that its company made, merely offered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from companion.connectors import agreed
from companion.connectors.base import ConnectorError, FieldFacts, Schema
from companion.connectors.espocrm import marker
from companion.connectors.espocrm.mapping import SHIPPED
from companion.connectors.espocrm.session import Session
from companion.connectors.espocrm.wire import Row
from companion.domain.field_map import FieldMap
from companion.domain.records import FIELDS, Kind

_LINKS: Final[Mapping[str, Mapping[str, str]]] = {
    "Account": {"owner": "assignedUser"},
    "Contact": {"company": "account", "owner": "assignedUser"},
    "Opportunity": {"company": "account", "person": "contact", "owner": "assignedUser", "stage": "stage"},
}
_ACTIVITY: Final[Mapping[str, tuple[str, str]]] = {
    "what": ("Call", "name"), "direction": ("Call", "direction"), "subject": ("Call", "name"),
    "body": ("Call", "description"), "at": ("Call", "dateStart"), "ends_at": ("Meeting", "dateEnd"),
    "duration_s": ("Call", "duration"), "due_on": ("Task", "dateEnd"), "due_at": ("Task", "dateEnd"),
    "done": ("Task", "status"), "outcome": ("Call", "status"), "promise": ("Task", "description"),
}  # fmt: skip
_HOLDS: Final = {
    "varchar": "text", "text": "text", "url": "text", "wysiwyg": "text", "int": "number", "float": "number",
    "currency": "number", "date": "day", "datetime": "instant", "datetimeOptional": "instant", "enum": "choice",
    "multiEnum": "choice", "bool": "truth", "email": "text", "phone": "text",
}  # fmt: skip
_DEFAULTED: Final = ("amount", "close_on", "stage")
"""Required there, and filled in by us where a rep says nothing."""


def read(session: Session, field_map: FieldMap) -> Schema:
    """What `schema()` tells."""
    facts: list[FieldFacts] = []
    for entity, (kind, shipped) in SHIPPED.items():
        if session.may(entity, "read"):
            facts += _of(session, entity, kind, field_map.names(kind, {**_base(kind), **shipped, **_LINKS[entity]}))
    for name, (entity, field) in _ACTIVITY.items():
        label = name.replace("_", " ").capitalize() if name in ("what", "outcome", "promise") else ""
        facts.append(FieldFacts(Kind.ACTIVITY, name, label or session.label(entity, field), theirs=field))
    facts += _custom(session, "Call", Kind.ACTIVITY, frozenset(field_map.names(Kind.ACTIVITY, {}).values()))
    return Schema(tuple(facts))


def _base(kind: Kind) -> dict[str, str]:
    return {"name": "name"} if kind is Kind.PERSON else {}


def _of(session: Session, entity: str, kind: Kind, names: Mapping[str, str]) -> Iterator[FieldFacts]:
    known = session.fields(entity)
    for ours, theirs in names.items():
        its = _there(known, theirs)
        if its is not None or ours == "name":
            yield _fact(session, entity, kind, ours, theirs, its or {})
    yield from _custom(session, entity, kind, frozenset(names.values()))


def _there(known: Row, name: str) -> Row | None:
    """The definition of a field, or that of the compound that it is part of."""
    found = known.get(name)
    if isinstance(found, dict):
        return found
    return {} if name.endswith("Currency") and name.removesuffix("Currency") in known else None


def _fact(session: Session, entity: str, kind: Kind, ours: str, theirs: str, its: Row) -> FieldFacts:
    required = ours == "name" or (its.get("required") is True and ours not in _DEFAULTED)
    return FieldFacts(
        kind,
        ours,
        session.label(entity, theirs),
        required,
        writable=its.get("readOnly") is not True and session.may_field(entity, theirs, "edit"),
        choices=tuple(session.words(entity, theirs).values())
        if its.get("type") == "enum" and ours in FIELDS[kind]
        else (),
        readable=session.may_field(entity, theirs, "read"),
        theirs=theirs,
        custom=its.get("isCustom") is True,
        holds=_HOLDS.get(str(its.get("type")), ""),
    )


def _custom(session: Session, entity: str, kind: Kind, taken: frozenset[str]) -> Iterator[FieldFacts]:
    """What the company made itself, with how often it is filled."""
    known: dict[str, Any] = session.fields(entity)
    names = [
        name
        for name, its in known.items()
        if isinstance(its, dict)
        and its.get("isCustom") is True
        and name not in taken
        and name not in marker.FIELDS
        and str(its.get("type")) in _HOLDS
        and session.may_field(entity, name, "read")
    ]
    if not names:
        return
    try:
        shares = agreed.filled(session.wire.rows(entity, select=names, order="modifiedAt", descending=True), names)
    except ConnectorError:
        shares = dict.fromkeys(names)
    for name in names:
        its = known[name]
        yield FieldFacts(
            kind,
            "",
            session.label(entity, name),
            its.get("required") is True,
            writable=its.get("readOnly") is not True and session.may_field(entity, name, "edit"),
            choices=tuple(session.words(entity, name).values()) if its.get("type") == "enum" else (),
            theirs=name,
            custom=True,
            filled=shares.get(name),
            holds=_HOLDS[str(its["type"])],
        )
