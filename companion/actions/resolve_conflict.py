"""Answer a card on which the rep's value stands beside a colleague's: use mine, keep theirs, or write another one."""

from __future__ import annotations

from collections.abc import Mapping

from companion.actions.desk import Desk, Done, acting
from companion.database import Rows, Write
from companion.domain.collisions import groups
from companion.domain.language import tr
from companion.domain.ops import OpState
from companion.domain.records import Value
from companion.store import edits, outbox
from companion.store.outbox import QueuedOp


def use_mine(desk: Desk, op_id: str, shown: Mapping[str, Value]) -> str | None:
    """Sends the rep's values over the colleague's; returns what the toast says.

    `shown` is what the card showed as theirs. None, and nothing is done, if the CRM has another value by now: the rep
    has not seen that one.
    """
    now = desk.clock()
    with desk.database.write() as write:
        op = _asked(write, op_id)
        if op is None or dict(op.theirs or {}) != dict(shown):
            return None
        outbox.rewrite(write, op, seen={**op.seen, **shown}, theirs=None)
        op = outbox.rekey(write, op, desk.new_id())
        outbox.move(write, op, OpState.PENDING, int(now.timestamp()), tr("use mine"))
        edits.settle(write, op.kind, op.record_id, tuple(op.values))
        desk.rescore(write, write.touched_records, now)
        write.touched_today()
    return tr("Yours is sent")


def keep_theirs(desk: Desk, op_id: str) -> str | None:
    """Drops the rep's values, those of later edits of the same fields too. None if the card is answered already."""
    now = desk.clock()
    with desk.database.write() as write:
        op = _asked(write, op_id)
        if op is None:
            return None
        names = tuple(op.values)
        drop_from(write, op, int(now.timestamp()), tr("theirs was kept"))
        edits.settle(write, op.kind, op.record_id, names)
        desk.rescore(write, write.touched_records, now)
        write.touched_today()
    return tr("Theirs is kept")


def write_instead(desk: Desk, op_id: str, values: Mapping[str, Value], words: str) -> Done | None:
    """Writes another value (both texts, say) over theirs; the card is answered by it."""
    with desk.database.read() as rows:
        if _asked(rows, op_id) is None:
            return None
    with acting(desk, words) as act:
        op = _asked(act.write, op_id)
        if op is None:
            return None
        drop_from(act.write, op, act.at, tr("another value was written"))
        edits.settle(act.write, op.kind, op.record_id, tuple(op.values))
        edits.change(act.write, act.gesture, op.kind, op.record_id, values, words)
    return Done(words, act.gesture.id, op.record_id)


def drop_from(write: Write, op: QueuedOp, now: int, words: str) -> None:
    """Takes an op's fields out of the outbox: the op itself, and what was queued behind it for them."""
    touched = groups(op.kind, op.values)
    for other in outbox.of_record(write, op.record_id):
        behind = other.seq > op.seq and other.state in (OpState.PENDING, OpState.WAITING)
        shared = {name for name in other.values if not groups(op.kind, [name]).isdisjoint(touched)}
        if other.id == op.id or (behind and shared and other.action not in ("create", "delete")):
            edits.drop(write, other, shared, now, words)


def _asked(rows: Rows, op_id: str) -> QueuedOp | None:
    op = outbox.get(rows, op_id)
    return op if op is not None and op.state is OpState.CONFLICT else None
