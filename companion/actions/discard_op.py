"""Drop a change that the CRM would not take, or say that the CRM has it after all."""

from __future__ import annotations

from companion.actions.desk import Desk
from companion.actions.resolve_conflict import drop_from
from companion.database import Write
from companion.domain.language import tr
from companion.domain.ops import ASKS_REP, OpState
from companion.store import edits, outbox, records
from companion.store.outbox import QueuedOp


def discard_op(desk: Desk, op_id: str) -> str | None:
    """Drops the op; a record that was made here and never arrived goes with it, and so do its other changes.

    Returns what the toast says; None if the op no longer waits for the rep.
    """
    now = desk.clock()
    with desk.database.write() as write:
        op = _asking(write, op_id)
        if op is None:
            return None
        if op.action == "create":
            _forget_creation(write, op, int(now.timestamp()))
        elif op.action == "delete":
            outbox.move(write, op, OpState.DISCARDED, int(now.timestamp()), tr("dropped by the rep"))
            records.mark_gone(write, op.kind, op.record_id, None, None)
        else:
            drop_from(write, op, int(now.timestamp()), tr("dropped by the rep"))
            edits.settle(write, op.kind, op.record_id, tuple(op.values))
        desk.rescore(write, write.touched_records, now)
        write.touched_today()
    return tr("Dropped")


def already_there(desk: Desk, op_id: str) -> str | None:
    """The rep has looked: the CRM has what nobody could tell. Its own record stands in for the one made here."""
    now = desk.clock()
    with desk.database.write() as write:
        op = outbox.get(write, op_id)
        if op is None or op.state is not OpState.NEEDS_REP:
            return None
        outbox.move(write, op, OpState.DONE, int(now.timestamp()), tr("the rep found it"), done_at=int(now.timestamp()))
        if op.action == "create" and records.remote_id(write, op.kind, op.record_id) is None:
            records.erase(write, op.kind, op.record_id)
        write.touched_today()
    return tr("Good: it is there")


def _forget_creation(write: Write, op: QueuedOp, now: int) -> None:
    for other in outbox.of_record(write, op.record_id):
        outbox.move(write, other, OpState.DISCARDED, now, tr("dropped by the rep"))
    records.erase(write, op.kind, op.record_id)


def _asking(write: Write, op_id: str) -> QueuedOp | None:
    op = outbox.get(write, op_id)
    return op if op is not None and op.state in ASKS_REP else None
