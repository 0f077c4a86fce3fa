"""A record left the CRM while the rep's change of it was unsent: make it again, or give the change to another one."""

from __future__ import annotations

from typing import Final

from companion.actions.desk import Desk, Done, acting
from companion.actions.retry_op import send_again
from companion.database import Rows, Write
from companion.domain.language import tr
from companion.domain.ops import OpState
from companion.domain.records import LINKS, Gone, Value
from companion.store import answered_changes, edits, outbox, records
from companion.store.edits import Gesture
from companion.store.outbox import QueuedOp

_OWN: Final = frozenset({"created_at", "stage_since_at", "closed_at"})
"""What a CRM says of a record by itself."""


MOVED: Final = "moved"
"""How the act is called where it is kept."""
_REMEMBERED: Final = (Gone.DELETED, Gone.ARCHIVED, Gone.MERGED)


def recreate(desk: Desk, op_id: str, words: str) -> Done | None:
    """Makes the record anew in the CRM, as it was last seen here with the rep's unsent changes. Undoable.

    None if the op no longer waits, or its record is not gone (or may no longer be seen: then nothing of it is known).
    """
    with desk.database.read() as rows:
        if _lost(rows, op_id) is None:
            return None
    with acting(desk, words) as act:
        op = _lost(act.write, op_id)
        record = records.get(act.write, op.kind, op.record_id) if op is not None else None
        if op is None or record is None:
            return None
        was = answered_changes.before(act.write, _waiting(act.write, op))
        fields = {name: value for name, value in record.fields.items() if value is not None and name not in _OWN}
        links = {
            name: to
            for name, to in record.links.items()
            if to and records.is_living(act.write, LINKS[op.kind][name], to)
        }
        for other in _waiting(act.write, op):
            fields |= {name: value for name, value in other.fields.items() if value is not None}
            links |= {name: to for name, to in other.links.items() if to is not None}
            _drop(act.write, act.at, other, tr("made again as a new record"))
        answered_changes.keep(act.write, act.gesture, was, MOVED, op)
        made = edits.create(act.write, act.gesture, op.kind, fields, links, words)
    return Done(words, act.gesture.id, made)


def attach(desk: Desk, op_id: str, record_id: str, words: str) -> Done | None:
    """Lets the record `record_id` have what was meant for one that left: a change of it, or what was logged with it.

    For a change it is of the same kind; for something that was made here and hangs on a record that left, it is of the
    kind of that one. None if the op no longer waits, or if the record does not fit.
    """
    with desk.database.read() as rows:
        op = outbox.get(rows, op_id)
        if op is None or op.state is not OpState.ATTENTION:
            return None
        links = outbox.adrift(rows, op) if op.action == "create" else ()
        fits = [name for name in links if records.is_living(rows, LINKS[op.kind][name], record_id)]
        if not fits and (_lost(rows, op_id) is None or not records.is_living(rows, op.kind, record_id)):
            return None
    with acting(desk, words) as act:
        op = outbox.get(act.write, op_id)
        if op is None or op.state is not OpState.ATTENTION:
            return None
        if fits:
            send_again(act.write, act.gesture, op, dict.fromkeys(fits, record_id), tr("attached to another record"))
        else:
            was = answered_changes.before(act.write, _waiting(act.write, op))
            values: dict[str, Value] = {}
            for other in _waiting(act.write, op):
                values |= other.values
                _drop(act.write, act.at, other, tr("attached to another record"))
            answered_changes.keep(act.write, act.gesture, was, MOVED, op)
            edits.change(act.write, act.gesture, op.kind, record_id, values, words)
    return Done(words, act.gesture.id, record_id)


def moved_again(write: Write, gesture: Gesture, op: QueuedOp) -> None:
    """Takes away once more what asks about a record that left: another one has it, as a part of the act `gesture`."""
    asking = _waiting(write, op)
    was = answered_changes.before(write, asking)
    for other in asking:
        _drop(write, gesture.now, other, tr("attached to another record"))
    answered_changes.keep(write, gesture, was, MOVED, op)


def _lost(rows: Rows, op_id: str) -> QueuedOp | None:
    """The op, if it waits for the rep because its record is gone."""
    op = outbox.get(rows, op_id)
    if op is None or op.state is not OpState.ATTENTION or op.action in ("create", "delete"):
        return None
    record = records.get(rows, op.kind, op.record_id)
    return op if record is not None and record.gone in _REMEMBERED else None


def _waiting(rows: Rows, op: QueuedOp) -> list[QueuedOp]:
    """All changes of the op's record that wait, oldest first."""
    asking = (OpState.ATTENTION, OpState.CONFLICT, OpState.PENDING, OpState.WAITING)
    return [each for each in outbox.of_record(rows, op.record_id) if each.state in asking and each.action != "delete"]


def _drop(write: Write, at: int, op: QueuedOp, words: str) -> None:
    outbox.move(write, op, OpState.DISCARDED, at, words)
    edits.settle(write, op.kind, op.record_id, tuple(op.values))
