"""The brake on removals: more than fifty and more than a tenth of a kind are never taken away without asking."""

from __future__ import annotations

from enum import Enum
from typing import Final

from companion.database import Write
from companion.domain.records import Kind
from companion.store import records, sweep_questions
from companion.store.sweep_questions import SweepQuestion

ALWAYS_ALLOWED: Final = 50
"""Removals of one kind at a time that need no question."""


class Verdict(Enum):
    """What to do with many removals: do them, wait for the rep's answer, or leave the records as the rep wished."""

    REMOVE = "remove"
    ASK = "ask"
    KEEP = "keep"


def judge(write: Write, kind: Kind, missing: int, now: int) -> Verdict:
    """Whether so many records of a kind may be marked as gone; if it has to be asked, the question is kept."""
    local = records.count(write, kind)
    if missing <= max(ALWAYS_ALLOWED, local // 10):
        return Verdict.REMOVE
    question = sweep_questions.every(write).get(kind)
    if question is not None and missing <= question.missing * 1.1:
        return Verdict(question.said(now) or "ask")
    sweep_questions.put(write, SweepQuestion(kind, missing, local, now))
    return Verdict.ASK
