"""Take a field of ours from another field of the CRM, or from the one that ships; show a further one beside a record.

Nothing in the CRM is changed by it. It takes effect with the next sync, which reads the records of that kind anew. It
can be undone at any time: with the sync after that the fields are read as before.
"""

from __future__ import annotations

from collections.abc import Callable

from companion.actions.desk import Desk, Done, gesture_of
from companion.domain.field_map import MAPPABLE, NOTHING, FieldMap
from companion.domain.records import Kind
from companion.domain.workspace_fields import MOST
from companion.store import chosen_fields, crm_fields, edits, workspaces


def map_field(
    desk: Desk, kind: Kind, name: str, theirs: str | None, words: str, shipped: FieldMap = NOTHING
) -> Done | None:
    """Takes our field `name` from the CRM's field `theirs`; None: as it ships. None where nothing was changed.

    `shipped` is what holds where the book keeps nothing of its own.
    """
    if name not in MAPPABLE.get(kind, ()):
        return None

    def change(now: FieldMap) -> FieldMap:
        fields = {ours: its for ours, its in now.fields.items() if ours != f"{kind}.{name}"}
        return FieldMap({**fields, f"{kind}.{name}": theirs} if theirs else fields, now.outcomes, now.shown)

    return _changed(desk, kind, theirs, change, words, shipped)


def map_outcome(desk: Desk, code: str, theirs: str | None, words: str, shipped: FieldMap = NOTHING) -> Done | None:
    """Sends the outcome of a call as the CRM's value `theirs`; None: as it ships. None where nothing was changed."""

    def change(now: FieldMap) -> FieldMap:
        outcomes = {ours: its for ours, its in now.outcomes.items() if ours != code}
        return FieldMap(now.fields, {**outcomes, code: theirs} if theirs else outcomes, now.shown)

    return _changed(desk, Kind.ACTIVITY, None, change, words, shipped)


def show_field(
    desk: Desk, kind: Kind, theirs: str, wanted: bool, words: str, shipped: FieldMap = NOTHING
) -> Done | None:
    """Whether the CRM's field stands beside each record of the kind. None where nothing was changed."""

    def change(now: FieldMap) -> FieldMap:
        others = tuple(each for each in now.shown.get(kind, ()) if each != theirs)
        names = (*others, theirs)[:MOST] if wanted else others
        return FieldMap(now.fields, now.outcomes, {**now.shown, kind: names})

    return _changed(desk, kind, theirs, change, words, shipped)


def _changed(
    desk: Desk, kind: Kind, theirs: str | None, change: Callable[[FieldMap], FieldMap], words: str, shipped: FieldMap
) -> Done | None:
    gesture = gesture_of(desk, words, desk.clock())
    with desk.database.write() as write:
        if theirs and theirs not in {each.theirs for each in crm_fields.every(write) if each.kind is kind}:
            return None  # the CRM no longer has it
        before = workspaces.field_map(write)
        before = shipped if before is None else before
        after = change(before)
        if after == before:
            return None
        chosen_fields.agree(write, gesture, kind, before, after)
        edits.remember(write, gesture)
    return Done(words, gesture.id)
