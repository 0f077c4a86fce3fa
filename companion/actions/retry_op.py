"""Send a refused change again, as it is or put right; what was refused along with it goes too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from companion.actions.desk import Desk, Done, gesture_of
from companion.database import Rows, Write
from companion.domain.language import tr
from companion.domain.ops import OpState
from companion.domain.records import Value
from companion.store import answered_changes, edits, outbox
from companion.store.edits import Gesture
from companion.store.outbox import QueuedOp

AGAIN: Final = "again"
"""How the act is called where it is kept."""
_ASKING: Final = (OpState.ATTENTION, OpState.NEEDS_REP)


def retry_op(desk: Desk, op_id: str, values: Mapping[str, Value] | None = None) -> Done | None:
    """Queues the op again, with other `values` for some of its fields or for ones that the CRM missed.

    It waits while Undo has its time; taken back before it left, it asks as it did. None if it no longer waits for the
    rep.
    """
    now = desk.clock()
    gesture = gesture_of(desk, tr("Sent again"), now)
    with desk.database.write() as write:
        op = outbox.get(write, op_id)
        if op is None or op.state not in _ASKING:
            return None
        send_again(write, gesture, op, values or {})
        edits.remember(write, gesture)
        desk.rescore(write, write.touched_records, now)
        write.touched_today()
    return Done(gesture.words, gesture.id, op.record_id)


def send_again(
    write: Write, gesture: Gesture, op: QueuedOp, values: Mapping[str, Value], why: str | None = None
) -> None:
    """Does so, as a part of the act `gesture`; an op that is queued anyway only takes the values.

    `why` goes into the op's history.
    """
    words = why or tr("sent again by the rep")
    family = _family(write, op)
    was = answered_changes.before(write, family)
    if values:
        edits.complete(write, op, values)
    if op.action != "create" and op.state in _ASKING:
        op = outbox.rekey(write, op, gesture.new_id())
    held = {"hold_until": gesture.now + gesture.hold_s}
    for each in (op, *family[1:]):
        if each.state in _ASKING:
            outbox.move(write, each, OpState.PENDING, gesture.now, words, problems=[], next_try_at=None, **held)
        else:
            outbox.rewrite(write, each, **held)
    answered_changes.keep(write, gesture, was, AGAIN, op, values)


def _family(rows: Rows, op: QueuedOp) -> list[QueuedOp]:
    """The op, and what was refused along with it."""
    refused = outbox.in_state(rows, OpState.ATTENTION)
    found, ids = [op], {op.id}
    for each in found:
        children = [one for one in refused if any(problem.get("parent") == each.id for problem in one.problems)]
        found += [one for one in children if one.id not in ids]
        ids |= {one.id for one in children}
    return found
