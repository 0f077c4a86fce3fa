"""The brake on removals: more than fifty and more than a tenth of a kind are never taken away without asking (I-25)."""

from __future__ import annotations

from typing import Final

from companion.database import Write
from companion.domain.records import Kind
from companion.store import records, sweep_questions
from companion.store.sweep_questions import SweepQuestion

ALWAYS_ALLOWED: Final = 50
"""Removals of one kind at a time that need no question."""


def allows(write: Write, kind: Kind, missing: int, now: int) -> bool:
    """Whether so many records of a kind may be marked as gone; if not, the rep is asked."""
    local = records.count(write, kind)
    if missing <= max(ALWAYS_ALLOWED, local // 10):
        return True
    question = sweep_questions.every(write).get(kind)
    if question is not None and question.answer == "remove" and missing <= question.missing * 1.1:
        return True
    if question is None or (question.answer is not None and missing > question.missing * 1.1):
        sweep_questions.put(write, SweepQuestion(kind, missing, local, now))
    return False
