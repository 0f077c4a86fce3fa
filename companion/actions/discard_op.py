"""Drop a change that the CRM would not take, or say that the CRM has it after all."""

from __future__ import annotations

from typing import Final

from companion.actions.desk import Desk, Done, gesture_of
from companion.actions.resolve_conflict import drop_from
from companion.database import Rows, Write
from companion.domain.language import tr
from companion.domain.ops import ASKS_REP, OpState
from companion.store import answered_changes, answered_questions, edits, outbox, records
from companion.store.edits import Gesture
from companion.store.outbox import QueuedOp

DROP: Final = "drop"
THERE: Final = "there"
"""How the acts are called where they are kept."""


def discard_op(desk: Desk, op_id: str) -> Done | None:
    """Drops the op; a record that was made here and never arrived goes with it, and so do its other changes.

    None if the op no longer waits for the rep. Undone, the op asks as it did.
    """
    now = desk.clock()
    gesture = gesture_of(desk, tr("Dropped"), now)
    with desk.database.write() as write:
        op = _asking(write, op_id)
        if op is None:
            return None
        if (
            op.action not in ("create", "delete")
            and op.state in answered_questions.CAN_ASK
            and not _stands_under_another(write, op)
        ):
            drop_from(write, op, gesture.now, tr("dropped by the rep"), gesture)
            edits.settle(write, op.kind, op.record_id, tuple(op.values))
            answered_questions.never_moved(write, op)
        else:
            drop(write, gesture, op)
        edits.remember(write, gesture)
        desk.rescore(write, write.touched_records, now)
        write.touched_today()
    return Done(gesture.words, gesture.id, op.record_id)


def drop(write: Write, gesture: Gesture, op: QueuedOp) -> None:
    """Drops a creation, a removal, or what nobody can tell of, as a part of the act `gesture`."""
    was = answered_changes.before(write, outbox.of_record(write, op.record_id))
    if op.action == "create":
        _forget_creation(write, op, gesture.now)
    elif op.action == "delete":
        outbox.move(write, op, OpState.DISCARDED, gesture.now, tr("dropped by the rep"))
        records.mark_gone(write, op.kind, op.record_id, None, None)
    else:
        drop_from(write, op, gesture.now, tr("dropped by the rep"))
        edits.settle(write, op.kind, op.record_id, tuple(op.values))
        answered_questions.never_moved(write, op)
    answered_changes.keep(write, gesture, was, DROP, op)


def already_there(desk: Desk, op_id: str) -> Done | None:
    """The rep has looked: the CRM has what nobody could tell. Its own record stands in for the one made here.

    None if that is not asked (any more). Undone, it is asked again.
    """
    now = desk.clock()
    gesture = gesture_of(desk, tr("Good: it is there"), now)
    with desk.database.write() as write:
        op = outbox.get(write, op_id)
        if op is None or op.state is not OpState.NEEDS_REP:
            return None
        found(write, gesture, op)
        edits.remember(write, gesture)
        desk.rescore(write, write.touched_records, now)
        write.touched_today()
    return Done(gesture.words, gesture.id)


def found(write: Write, gesture: Gesture, op: QueuedOp) -> None:
    """The op is in the CRM, as a part of the act `gesture`."""
    was = answered_changes.before(write, [op])
    outbox.move(write, op, OpState.DONE, gesture.now, tr("the rep found it"), done_at=gesture.now)
    if op.action == "create" and records.remote_id(write, op.kind, op.record_id) is None:
        records.erase(write, op.kind, op.record_id)
    elif op.action not in ("create", "delete"):
        for name, value in op.values.items():
            outbox.update_held(write, op.record_id, name, value)
        edits.settle(write, op.kind, op.record_id, tuple(op.values))
    answered_changes.keep(write, gesture, was, THERE, op)


def _forget_creation(write: Write, op: QueuedOp, now: int) -> None:
    for other in outbox.of_record(write, op.record_id):
        outbox.move(write, other, OpState.DISCARDED, now, tr("dropped by the rep"))
    records.erase(write, op.kind, op.record_id)


def _stands_under_another(rows: Rows, op: QueuedOp) -> bool:
    """Whether a later edit is about the same, and was made over this one: both are put back as they were, or none."""
    later = (each for each in outbox.of_record(rows, op.record_id) if each.seq > op.seq)
    return any(outbox.asks_about(op, tuple(each.values)) for each in later)


def _asking(write: Write, op_id: str) -> QueuedOp | None:
    op = outbox.get(write, op_id)
    return op if op is not None and op.state in ASKS_REP else None
