"""Undo the last act: before it left it never happened; afterwards the CRM is told the opposite."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from companion.actions.desk import Desk, Done
from companion.database import Rows, Write
from companion.domain.language import tr
from companion.domain.ops import OpState
from companion.domain.records import Kind, Value
from companion.store import (
    answered_changes,
    answered_notices,
    answered_questions,
    chosen_fields,
    edits,
    moves,
    outbox,
    records,
    redoing,
)
from companion.store.edits import Gesture
from companion.store.outbox import QueuedOp


def undo(desk: Desk, gesture_id: str | None = None) -> Done | None:
    """Undoes the act `gesture_id`, or the newest that was not undone. None when there is nothing to undo.

    What was changed since, by a colleague or by the rep, stays as it is, and the words say so.
    """
    now = desk.clock()
    with desk.database.write() as write:
        found = edits.gesture(write, gesture_id) if gesture_id else edits.last_gesture(write)
        if found is None:
            return None
        done_id, words, steps = found
        gesture = Gesture(desk.new_id(), int(now.timestamp()), words, desk.new_id, desk.tenant, desk.user_id, 0)
        ops = [op for op in outbox.of_gesture(write, done_id) if op.state is not OpState.DISCARDED]
        kept = [redoing.keep_op(write, op) for op in ops]
        local = redoing.keep_local(write, steps)
        told = False
        stayed: set[tuple[str, str]] = set()
        for number, op in reversed(list(enumerate(ops))):
            back = edits.take_back(write, gesture, op, _along(write, op, steps))
            kept[number] = replace(kept[number], opposite=back.opposite)
            stayed |= {(op.record_id, name) for name in back.stayed}
            told = told or back.opposite is not None
            moves.take_back(write, op.record_id, edits.columns(op.kind, op.values), op.created_at)
        _put_back_what_followed(write, steps, stayed)
        edits.restore_local(write, steps)
        # Where the CRM hears the opposite, that is an answer too.
        asked = [] if told else answered_questions.ask_again(write, steps, desk.new_id)
        local += asked
        unsaid = answered_changes.put_back(write, steps, gesture.now) + answered_notices.take_back(write, steps)
        otherwise = not all(chosen_fields.take_back(write, steps))
        redoing.mark_undone(write, done_id, gesture.now, kept, local)
        too_late = bool(unsaid) and not any(unsaid) and not ops
        if too_late or otherwise:
            redoing.not_again(write, done_id)
        desk.rescore(write, write.touched_records, now)
        write.touched_today()
    all_stayed = bool(stayed) and len(stayed) == sum(len(op.values) for op in ops)
    all_stayed = all_stayed or otherwise or (not ops and not asked and answered_questions.was_answered(steps))
    if too_late:
        return Done(tr("Not undone: {what}. It has taken effect already", what=words), gesture.id)
    said = _said(words, some=bool(stayed) or not all(unsaid), everything=all_stayed)
    return Done(said, gesture.id, took_back=not all_stayed)


def next_undo(rows: Rows) -> str | None:
    """What the next undo would take back, in the words that its toast said; None without anything."""
    found = edits.last_gesture(rows)
    return found[1] if found else None


def _along(rows: Rows, op: QueuedOp, steps: Iterable[Mapping[str, Any]]) -> dict[str, Value]:
    """The stage in which a deal stood before it was won or lost, where the CRM moved it to one of its own for that."""
    before = next(
        (step["stage"] for step in steps if step.get("stage") and op.record_id == step["key"]["record_id"]), ""
    )
    deal = records.get(rows, op.kind, op.record_id) if before and op.action in ("win", "lose") else None
    moved = deal is not None and deal.links["stage"] != before
    if deal is None or not moved:
        return {}
    stage = records.get(rows, Kind.STAGE, deal.links["stage"] or "")
    return {"stage": before} if stage is not None and stage.fields["outcome"] in ("won", "lost") else {}


def _put_back_what_followed(write: Write, steps: Iterable[Mapping[str, Any]], stayed: set[tuple[str, str]]) -> None:
    """Since when a stage stands, and the like, unless the field from which it follows stayed."""
    for step in reversed(list(steps)):
        if "follows" not in step or not step["before"]:
            continue
        record_id = step["key"]["record_id"]
        if (record_id, step["follows"]) not in stayed:
            records.edit(write, Kind.DEAL, record_id, step["before"])


def _said(words: str, *, some: bool, everything: bool) -> str:
    if everything:
        return tr("Not undone: {what}. It was changed again since", what=words)
    if some:
        return tr("Undone: {what}. What was changed again since stays", what=words)
    return tr("Undone: {what}", what=words)
