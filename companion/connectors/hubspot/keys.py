"""The unique property by which a record that we created is known again, made where the token may make it."""

from __future__ import annotations

import contextlib

from companion.connectors.http import Doubtful
from companion.connectors.hubspot.objects import LEADS, OP_ID, TYPES
from companion.connectors.hubspot.session import Session
from companion.connectors.hubspot.wire import VERSION, Refusal


def see_to(session: Session) -> tuple[str, ...]:
    """Makes the property for each open type that has it not; the types that do without are the answer.

    Leads need none: none is made from here.
    """
    return tuple(name for name in TYPES if name != LEADS and session.readable(name) and not _has(session, name))


def _has(session: Session, name: str) -> bool:
    if session.keyed(name):
        return True
    if OP_ID not in session.properties(name):
        _make(session, name)
    if session.keyed(name):
        return True
    session.unkey(name)
    return False


def _make(session: Session, name: str) -> None:
    """A property belongs to a group, and each type names its groups in its own way: that of its owner will do."""
    known = session.properties(name)
    group = next((each.group for each in known.values() if each.group and not each.custom), "")
    body = {
        "name": OP_ID,
        "label": "Companion: operation",
        "description": "Keeps Companion from making a record twice. Please leave it as it is.",
        "groupName": known["hubspot_owner_id"].group if "hubspot_owner_id" in known else group,
        "type": "string",
        "fieldType": "text",
        "hasUniqueValue": True,
        "formField": False,
        "hidden": True,
    }
    with contextlib.suppress(Refusal, Doubtful):
        session.wire.write("POST", f"/crm/properties/{VERSION}/{name}", body)
    session.look_again(name)
