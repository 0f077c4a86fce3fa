"""Answer a card on which the rep's value stands beside a colleague's: use mine, keep theirs, or write another one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from companion.actions.desk import Desk, Done, acting, gesture_of
from companion.database import Rows, Write
from companion.domain.collisions import groups
from companion.domain.language import tr
from companion.domain.ops import OpState
from companion.domain.records import Value
from companion.store import answered_questions, edits, outbox
from companion.store.edits import Gesture
from companion.store.outbox import QueuedOp


def use_mine(desk: Desk, op_id: str, shown: Mapping[str, Value]) -> Done | None:
    """Sends the rep's values over the colleague's, once Undo has had its time.

    `shown` is what the card showed as theirs. None, and nothing is done, if the CRM has another value by now: the rep
    has not seen that one.
    """
    now = desk.clock()
    gesture = gesture_of(desk, tr("Yours is sent"), now)
    with desk.database.write() as write:
        op = _asked(write, op_id)
        if op is None or dict(op.theirs or {}) != dict(shown):
            return None
        answered_questions.keep(write, gesture, op)
        held = {"gesture_id": gesture.id, "hold_until": gesture.now + desk.hold_s}
        outbox.rewrite(write, op, seen={**op.seen, **shown}, theirs=None, **held)
        op = outbox.rekey(write, op, desk.new_id())
        outbox.move(write, op, OpState.PENDING, gesture.now, tr("use mine"))
        edits.settle(write, op.kind, op.record_id, tuple(op.values))
        _finish(desk, write, gesture, now)
    return Done(gesture.words, gesture.id, op.record_id)


def keep_theirs(desk: Desk, op_id: str) -> Done | None:
    """Drops the rep's values, those of later edits of the same fields too. None if the card is answered already."""
    now = desk.clock()
    gesture = gesture_of(desk, tr("Theirs is kept"), now)
    with desk.database.write() as write:
        op = _asked(write, op_id)
        if op is None:
            return None
        drop_from(write, op, gesture.now, tr("theirs was kept"), gesture)
        edits.settle(write, op.kind, op.record_id, tuple(op.values))
        _finish(desk, write, gesture, now)
    return Done(gesture.words, gesture.id, op.record_id)


def _finish(desk: Desk, write: Write, gesture: Gesture, now: datetime) -> None:
    edits.remember(write, gesture)
    desk.rescore(write, write.touched_records, now)
    write.touched_today()


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


def drop_from(write: Write, op: QueuedOp, now: int, words: str, gesture: Gesture | None = None) -> None:
    """Takes an op's fields out of the outbox: the op itself, and what was queued behind it for them.

    `gesture` keeps them as the question that they were, so that Undo asks it again.
    """
    touched = groups(op.kind, op.values)
    dropped: list[tuple[QueuedOp, set[str]]] = []
    for other in outbox.of_record(write, op.record_id):
        behind = other.seq > op.seq and other.state in (OpState.PENDING, OpState.WAITING)
        shared = {name for name in other.values if not groups(op.kind, [name]).isdisjoint(touched)}
        if other.id == op.id or (behind and shared and other.action not in ("create", "delete")):
            dropped.append((other, shared))
    if gesture is not None:
        answered_questions.keep(
            write, gesture, op, [_part(other, shared) for other, shared in dropped if other.id != op.id]
        )
    for other, shared in dropped:
        edits.drop(write, other, shared, now, words)


def _part(op: QueuedOp, names: set[str]) -> QueuedOp:
    """An op as far as it is about these names."""
    parts = {part: {n: v for n, v in getattr(op, part).items() if n in names} for part in ("fields", "links", "seen")}
    return outbox.replaced(op, **parts)


def _asked(rows: Rows, op_id: str) -> QueuedOp | None:
    op = outbox.get(rows, op_id)
    return op if op is not None and op.state is OpState.CONFLICT else None
