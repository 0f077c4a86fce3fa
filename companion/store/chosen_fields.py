"""What the rep agreed on for the CRM's fields, kept with the act so that Undo brings back what was agreed on before.

The whole map goes back, and only while it is as the act left it. It may have taken effect already: then the next sync
reads by the map of before, as it would if the rep had chosen so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from companion.database import Write
from companion.domain import workspace_fields
from companion.domain.field_map import FieldMap
from companion.domain.records import Kind
from companion.store import crm_fields, workspaces
from companion.store.edits import Gesture

FIELD_MAP: Final = "field_map"
"""Stands in place of a table's name in the steps of such an act."""


def agree(write: Write, gesture: Gesture, kind: Kind, before: FieldMap, after: FieldMap) -> None:
    """Keeps `after`, which changes something of `kind`, in the place of `before`."""
    step = {"table": FIELD_MAP, "key": {"kind": kind.value}, "before": None, "kept": workspaces.kept(write)}
    workspaces.keep_field_map(write, after)
    let_go = _let_go(write, kind, before, after)
    maps = {"was": workspace_fields.encode(before), "left": workspace_fields.encode(after)}
    gesture.local_steps.append({**step, **maps, "let_go": let_go})


def take_back(write: Write, steps: Iterable[Mapping[str, Any]]) -> list[bool]:
    """Agrees on what stood before an act; by step whether it could be: what was agreed on since, stays."""
    return [_take_back(write, step) for step in steps if step["table"] == FIELD_MAP]


def agree_again(write: Write, gesture: Gesture, steps: Iterable[Mapping[str, Any]]) -> list[bool]:
    """Agrees again as an act did; by step whether it could be."""
    return [_agree_again(write, gesture, step) for step in steps if step["table"] == FIELD_MAP]


def _take_back(write: Write, step: Mapping[str, Any]) -> bool:
    if workspaces.kept(write) != step["left"]:
        return False
    kind = Kind(step["key"]["kind"])
    workspaces.put_back(write, step["kept"])
    _let_go(write, kind, _map(step["left"]), _map(step["was"]))
    for name, theirs in step["let_go"].items():
        crm_fields.take_again(write, kind, name, theirs)
    write.touched_outbox()  # the sync follows another map from now on
    return True


def _agree_again(write: Write, gesture: Gesture, step: Mapping[str, Any]) -> bool:
    if workspaces.kept(write) != step["kept"]:
        return False
    agree(write, gesture, Kind(step["key"]["kind"]), _map(step["was"]), _map(step["left"]))
    write.touched_outbox()
    return True


def _let_go(write: Write, kind: Kind, before: FieldMap, after: FieldMap) -> dict[str, str]:
    """Our fields that come from no chosen field of the CRM any more, and where they came from, as it had told."""
    chosen, still = before.names(kind, {}), after.names(kind, {})
    gone = {name: theirs for name, theirs in chosen.items() if name not in still}
    return {name: theirs for name, theirs in gone.items() if crm_fields.let_go(write, kind, name, theirs)}


def _map(told: Any) -> FieldMap:
    return workspace_fields.decode(told, [])
