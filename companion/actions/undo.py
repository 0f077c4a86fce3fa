"""Undo the last act: before it left it never happened; afterwards the CRM is told the opposite."""

from __future__ import annotations

from companion.actions.desk import Desk, Done
from companion.domain.ops import OpState
from companion.store import edits, moves, outbox
from companion.store.edits import Gesture


def undo(desk: Desk, gesture_id: str | None = None) -> Done | None:
    """Undoes the act `gesture_id`, or the newest that was not undone. None when there is nothing to undo."""
    now = desk.clock()
    with desk.database.write() as write:
        found = edits.gesture(write, gesture_id) if gesture_id else edits.last_gesture(write)
        if found is None:
            return None
        done_id, words, steps = found
        gesture = Gesture(desk.new_id(), int(now.timestamp()), words, desk.new_id, desk.tenant, desk.user_id, 0)
        for op in reversed(outbox.of_gesture(write, done_id)):
            if op.state is not OpState.DISCARDED:
                edits.take_back(write, gesture, op)
                if op.first_sent_at is None:
                    moves.take_back(write, op.record_id, edits.columns(op.kind, op.values), op.created_at)
        edits.restore_local(write, steps)
        write.text("UPDATE gestures SET undone_at = ? WHERE id = ?", (gesture.now, done_id))
        desk.rescore(write, write.touched_records, now)
        write.touched_today()
    return Done(f"Undone: {words}", gesture.id)
