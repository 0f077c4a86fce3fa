"""Answer the question whether many records that the CRM no longer shows shall go from here too."""

from __future__ import annotations

from dataclasses import replace

from companion.actions.desk import Desk
from companion.domain.language import tr
from companion.domain.records import Kind
from companion.store import sweep_questions


def answer_sweep(desk: Desk, kind: Kind, *, remove: bool) -> str | None:
    """Lets the next sync take them away, or keeps them until the CRM lacks still more. None if nobody asked."""
    with desk.database.write() as write:
        question = sweep_questions.every(write).get(kind)
        if question is None or question.answer is not None:
            return None
        sweep_questions.put(write, replace(question, answer="remove" if remove else "keep"))
        write.touched_outbox()
    return tr("They are removed with the next sync") if remove else tr("They are kept")
