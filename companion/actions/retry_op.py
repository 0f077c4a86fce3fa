"""Send a refused change again, as it is or put right; what was refused along with it goes too."""

from __future__ import annotations

from collections.abc import Mapping

from companion.actions.desk import Desk
from companion.database import Write
from companion.domain.ops import OpState
from companion.domain.records import LINKS, Value
from companion.store import edits, outbox, records
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
            _correct(write, op, values)
        if op.action != "create":
            op = outbox.rekey(write, op, desk.new_id())
        _send_again(write, op, int(now.timestamp()))
        desk.rescore(write, write.touched_records, now)
        write.touched_today()
    return "Sent again"


def _correct(write: Write, op: QueuedOp, values: Mapping[str, Value]) -> None:
    links = {name: value if value is None else str(value) for name, value in values.items() if name in LINKS[op.kind]}
    fields = {name: value for name, value in values.items() if name not in links}
    seen = dict(op.seen)
    if op.action != "create":
        shown = records.get(write, op.kind, op.record_id)
        held = outbox.held(write, [op.record_id]).get(op.record_id, {})
        for name in values:
            if name not in op.values and shown is not None:
                seen[name] = held.get(name, shown.value(name))
                outbox.hold_value(write, op.record_id, name, shown.value(name))
    outbox.rewrite(write, op, fields={**op.fields, **fields}, links={**op.links, **links}, seen=seen)
    records.edit(write, op.kind, op.record_id, edits.columns(op.kind, values))


def _send_again(write: Write, op: QueuedOp, now: int) -> None:
    outbox.move(write, op, OpState.PENDING, now, "sent again by the rep", problems=[], next_try_at=None)
    for child in outbox.in_state(write, OpState.ATTENTION):
        if any(problem.get("parent") == op.id for problem in child.problems):
            _send_again(write, child, now)
