"""Answer the question whether many records that the CRM no longer shows shall go from here too."""

from __future__ import annotations

from companion.actions.desk import Desk, Done, gesture_of
from companion.domain.language import tr
from companion.domain.records import Kind
from companion.store import answered_notices, edits, sweep_questions


def answer_sweep(desk: Desk, kind: Kind, *, remove: bool) -> Done | None:
    """Lets the next sync take them away, once Undo has had its time, or keeps them until the CRM lacks still more.

    None if nobody asked. What is away is not brought back by Undo: the CRM does not have it.
    """
    words = tr("They are removed with the next sync") if remove else tr("They are kept")
    gesture = gesture_of(desk, words, desk.clock())
    with desk.database.write() as write:
        question = sweep_questions.every(write).get(kind)
        if question is None or question.answer is not None:
            return None
        answered_notices.answer_sweep(write, gesture, question, "remove" if remove else "keep")
        edits.remember(write, gesture)
        write.touched_outbox()
    return Done(gesture.words, gesture.id)
