"""Answer what Companion told or asked about the copy or the CRM."""

from __future__ import annotations

from companion.actions.desk import Desk, Done, gesture_of
from companion.domain.language import tr
from companion.domain.text import storable
from companion.store import answered_notices, edits, notices


def answer_notice(desk: Desk, kind: str, subject: str, answer: str) -> Done | None:
    """Keeps the answer, by which the sync goes on once Undo has had its time; what only had to be known is forgotten.

    None if nobody asked.
    """
    gesture = gesture_of(desk, tr("Noted"), desk.clock())
    with desk.database.write() as write:
        notice = notices.get(write, kind, subject)
        if notice is None or notice.answer is not None or not answer.strip():
            return None
        answered_notices.answer_notice(write, gesture, notice, storable(answer.strip()))
        edits.remember(write, gesture)
    return Done(gesture.words, gesture.id)
