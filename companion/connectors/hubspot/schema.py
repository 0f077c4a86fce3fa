"""What HubSpot's properties are to us: which field of ours, what they take, whether they may be written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from companion.connectors import agreed
from companion.connectors.base import FieldFacts
from companion.connectors.hubspot import mapping
from companion.connectors.hubspot.objects import ACTIVITIES, COMPANIES, CONTACTS, DEALS, OP_ID
from companion.connectors.hubspot.reader import Reader
from companion.connectors.hubspot.session import Session
from companion.connectors.hubspot.told import Property
from companion.domain.records import FIELDS, Kind

HOLDS: Final[Mapping[str, str]] = {
    "string": "text", "phone_number": "text", "number": "number", "date": "day", "datetime": "instant",
    "enumeration": "choice", "bool": "truth",
}  # fmt: skip
_OF: Final = {Kind.COMPANY: COMPANIES, Kind.PERSON: CONTACTS, Kind.DEAL: DEALS}
_LOOKED_AT: Final = 100
_ACTIVITY: Final = (
    "what", "direction", "subject", "body", "at", "ends_at", "duration_s", "due_on", "due_at", "done", "outcome",
    "promise",
)  # fmt: skip


def fields(session: Session, reader: Reader) -> tuple[FieldFacts, ...]:
    """The fields of all kinds that the token may read."""
    found: list[FieldFacts] = []
    for kind, name in _OF.items():
        if session.readable(name):
            found += _of_type(kind, name, session, reader)
    if any(session.readable(name) for name in ACTIVITIES):
        found += [FieldFacts(Kind.ACTIVITY, name, name.replace("_", " ").capitalize()) for name in _ACTIVITY]
    return tuple(found)


def _of_type(kind: Kind, name: str, session: Session, reader: Reader) -> list[FieldFacts]:
    known = session.properties(name)
    names = session.agreed.names(kind, mapping.NAMES[name])
    offered = [each for each in known.values() if each.custom and not each.hidden and each.name != OP_ID]
    filled = _filled(name, [*(each.name for each in offered), *names.values()], reader)
    found = [] if kind is not Kind.PERSON else [FieldFacts(kind, "name", "Name", theirs=mapping.FIRST, holds="text")]
    ours = {theirs: field for field, theirs in names.items() if field in FIELDS[kind]}
    for theirs, field in ours.items():
        if theirs in known:
            found.append(_facts(kind, field, known[theirs], filled))
    return found + [_facts(kind, "", each, filled) for each in offered if each.name not in ours]


def _facts(kind: Kind, field: str, known: Property, filled: Mapping[str, float | None]) -> FieldFacts:
    choices = tuple(words for value, words in known.options.items() if value not in known.retired)
    return FieldFacts(
        kind,
        field,
        known.label,
        required=field == "name" and kind is not Kind.PERSON,
        writable=known.writable and field not in mapping.NOT_SENT,
        choices=choices,
        theirs=known.name,
        custom=known.custom,
        filled=filled.get(known.name),
        holds=HOLDS.get(known.kind, ""),
    )


def _filled(name: str, wanted: list[str], reader: Reader) -> dict[str, float | None]:
    """How often each is filled among a hundred records."""
    rows = reader.some(name, wanted, _LOOKED_AT) if wanted else []
    return agreed.filled([row["properties"] for row in rows], wanted)
