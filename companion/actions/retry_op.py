"""Send a refused change again, as it is or put right; what was refused along with it goes too."""

from __future__ import annotations

from collections.abc import Mapping

from companion.actions.desk import Desk
from companion.database import Write
from companion.domain.language import tr
from companion.domain.ops import OpState
from companion.domain.records import Value
from companion.store import edits, outbox
from companion.store.outbox import QueuedOp


def retry_op(desk: Desk, op_id: str, values: Mapping[str, Value] | None = None) -> str | None:
    """Queues the op again, with other `values` for some of its fields or for ones that the CRM missed.

    Returns what the toast says; None if it no longer waits for the rep.
    """
    now = desk.clock()
    with desk.database.write() as write:
        op = outbox.get(write, op_id)
        if op is None or op.state not in (OpState.ATTENTION, OpState.NEEDS_REP):
            return None
        if values:
            edits.complete(write, op, values)
        if op.action != "create":
            op = outbox.rekey(write, op, desk.new_id())
        _send_again(write, op, int(now.timestamp()))
        desk.rescore(write, write.touched_records, now)
        write.touched_today()
    return tr("Sent again")


def _send_again(write: Write, op: QueuedOp, now: int) -> None:
    outbox.move(write, op, OpState.PENDING, now, tr("sent again by the rep"), problems=[], next_try_at=None)
    for child in outbox.in_state(write, OpState.ATTENTION):
        if any(problem.get("parent") == op.id for problem in child.problems):
            _send_again(write, child, now)
