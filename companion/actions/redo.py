"""Do again what was undone last: as it was done, or, where a colleague was there meanwhile, not without saying so.

What undo kept from leaving leaves after all; where the CRM has been told the opposite, it is told again. A field that
does not hold what the rep saw when changing it is left alone. A new act ends the possibility.

Answers are acts, whatever asked: a conflict card, a refused change, one of unknown fate, a notice, a sweep. Undone
before anything left, it asks again; an answer that has taken effect stays, and Undo says so. What was agreed on for the
CRM's fields is an act too, and goes back and forth at any time. Not done again, as it is no act: a draft (it is what
stands in the line; nothing was saved).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from companion.actions import bring_back, discard_op, retry_op
from companion.actions.desk import Desk, Done, gesture_of
from companion.database import Rows, Write
from companion.domain.language import tr
from companion.domain.ops import OpState
from companion.store import answered_changes, answered_notices, answered_questions, chosen_fields, redoing
from companion.store.edits import Gesture
from companion.store.outbox import QueuedOp
from companion.store.redoing import NotYet, Undone

_ANSWERS: Final[Mapping[str, Callable[[Write, Gesture, QueuedOp], None]]] = {
    discard_op.DROP: discard_op.drop,
    discard_op.THERE: discard_op.found,
    bring_back.MOVED: bring_back.moved_again,
}


def redo(desk: Desk) -> Done | None:
    """Does the act again that was undone last. None when there is none."""
    try:
        return _redo(desk)
    except NotYet:
        return Done(tr("Not done again yet: the CRM is just being told. Try again in a moment"), "")


def next_redo(rows: Rows) -> str | None:
    """What the next redo would do again, in the words that its toast said; None without anything."""
    found = redoing.next_to_redo(rows)
    return found.words if found else None


def _redo(desk: Desk) -> Done | None:
    now = desk.clock()
    with desk.database.write() as write:
        act = redoing.next_to_redo(write)
        if act is None:
            return None
        gesture = gesture_of(desk, act.words, now)
        gesture.took_place_at = act.made_at
        left = _all_ops(write, gesture, act)
        refused = bool(act.ops) and left == len(act.ops)
        refused = refused or not _answer(write, gesture, json.loads(act.undo))
        if refused:
            redoing.give_up(write, act)
        else:
            redoing.redo_local(write, act.local)
            answered_questions.answer_again(write, act.local, gesture.now)
            redoing.mark_redone(write, act, gesture)
        desk.rescore(write, write.touched_records, now)
        write.touched_today()
    return Done(_said(act.words, refused=refused, some=left > 0), "" if refused else gesture.id)


def _all_ops(write: Write, gesture: Gesture, act: Undone) -> float:
    """Does each op again; returns how many did not come about: one half for an op of which only a part did."""
    renamed: dict[str, str] = {}
    left = 0.0
    for kept in act.ops:
        stays = redoing.redo_op(write, gesture, kept, renamed)
        left += 1 if stays is None else 0.5 if stays else 0
    return left


def _answer(write: Write, gesture: Gesture, steps: list[dict[str, Any]]) -> bool:
    """Answers again as an act did; whether that is still asked. An act that was no answer has nothing to answer."""
    said = answered_notices.say_again(write, gesture, steps) + chosen_fields.agree_again(write, gesture, steps)
    step = answered_changes.answered(steps)
    op = answered_changes.asking(write, step) if step is not None else None
    if op is None or step is None:
        return step is None or step["how"] == bring_back.MOVED if not said else all(said)
    if step["how"] == retry_op.AGAIN:
        retry_op.send_again(write, gesture, op, step["typed"])
    elif step["how"] == discard_op.THERE and op.state is not OpState.NEEDS_REP:
        return False
    else:
        _ANSWERS[step["how"]](write, gesture, op)
    return True


def _said(words: str, *, refused: bool, some: bool) -> str:
    if refused:
        return tr("Not done again: {what}. It was changed meanwhile", what=words)
    if some:
        return tr("Done again: {what}. What was changed meanwhile stays", what=words)
    return tr("Done again: {what}", what=words)
