"""What HubSpot's answers mean for an op."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from companion.connectors.base import (
    Action,
    Applied,
    Conflict,
    Op,
    Problem,
    Rejected,
    Result,
    RetryLater,
    Unknown,
)
from companion.connectors.http import Doubtful
from companion.connectors.hubspot import mapping
from companion.connectors.hubspot.mapping import LEAD_STAGE, OWNER, STAGE
from companion.connectors.hubspot.objects import OF_KIND
from companion.connectors.hubspot.session import Session
from companion.connectors.hubspot.wire import Failed, Refusal

_BUSY_S: Final = 2.0
_STAGES: Final = {STAGE: "stage", LEAD_STAGE: "stage"}


def refused(op: Op, refusal: Refusal, session: Session) -> Result:
    """What a definite no means for the op."""
    if refusal.status >= 500:
        return Unknown(op.id, str(refusal), answered=True)
    if refusal.status == 429:
        return RetryLater(op.id, "HubSpot asks for a pause")
    if refusal.busy:
        return RetryLater(op.id, "HubSpot was busy with this record", _BUSY_S)
    if refusal.missing and op.action is not Action.CREATE:
        return Applied(op.id, op.remote_id or "") if op.action is Action.DELETE else Conflict(op.id, None)
    names = _ours(op, session)
    problems = tuple(
        Problem(fault.words, names.get(fault.field or ""), refusal.existing_id) for fault in refusal.faults
    )
    return Rejected(op.id, problems)


def in_doubt(op: Op, doubt: Doubtful) -> Unknown:
    """Nobody knows; whether HubSpot itself said that it failed goes with it."""
    return Unknown(op.id, str(doubt), answered=isinstance(doubt, Failed))


def _ours(op: Op, session: Session) -> Mapping[str, str]:
    """Our fields by HubSpot's names."""
    name = next(iter(OF_KIND.get(op.kind, ("",))))
    found = {theirs: ours for ours, theirs in session.agreed.names(op.kind, mapping.NAMES.get(name, {})).items()}
    return found | {mapping.FIRST: "name", mapping.LAST: "name", "hs_lead_name": "name", OWNER: "owner"} | _STAGES
