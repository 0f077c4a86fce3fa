"""Whether EspoCRM keeps what it is told: what a user may not write, or no field is there for, it drops in silence."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from companion.connectors.base import Op
from companion.connectors.espocrm.refused import Cannot, ours_of
from companion.connectors.espocrm.session import Session
from companion.connectors.espocrm.wire import Row
from companion.domain.language import tr

_PARTS: Final = re.compile(r"(?:Ids|Id|Currency)\Z")
_ADDRESS: Final = re.compile(r"(.*Address)(?:Street|City|State|Country|PostalCode)\Z")


def check_rights(session: Session, op: Op, entity: str, body: Row) -> None:
    """Raises Cannot for a field that this user may not write."""
    for attribute in body:
        if not all(session.may_field(entity, field, "edit") for field in _fields(attribute)):
            raise _closed(session, op, entity, attribute)


def check_there(session: Session, op: Op, entity: str, body: Row, row: Mapping[str, Any]) -> None:
    """Raises Cannot for what the record, as it was just read, has no place for."""
    for attribute in body:
        if attribute not in row:
            raise Cannot(
                tr("EspoCRM has no field for: {fields}.", fields=session.label(entity, _fields(attribute)[-1])),
                ours_of(op.kind, attribute),
            )


def check_kept(session: Session, op: Op, entity: str, body: Row, before: Mapping[str, Any], after: object) -> None:
    """Raises Cannot where the answer to a write still has the old value; TypeError where it is no record at all."""
    if not isinstance(after, dict) or after.get("id") != before.get("id"):
        raise TypeError("not the record that was written")
    for attribute, value in body.items():
        now = after.get(attribute)
        if not _alike(now, value) and now == before.get(attribute):
            raise _closed(session, op, entity, attribute)


def _alike(now: object, value: object) -> bool:
    """Whether it is the same but for what EspoCRM tidies: blanks at the ends, capitals, nothing at all."""
    if isinstance(now, str) and isinstance(value, str):
        return now.strip().casefold() == value.strip().casefold()
    return now == value or (not now and not value)


def _closed(session: Session, op: Op, entity: str, attribute: str) -> Cannot:
    field = _fields(attribute)[-1]
    words = tr("EspoCRM does not let you change “{field}”", field=session.label(entity, field))
    return Cannot(words, ours_of(op.kind, attribute))


def _fields(attribute: str) -> list[str]:
    """The fields that an attribute may be part of, the plainest last."""
    found = _ADDRESS.fullmatch(attribute)
    return [*([found[1]] if found else []), _PARTS.sub("", attribute)]
