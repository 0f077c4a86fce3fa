"""Sweeps that would take away too much: the question to the rep, and the answer."""

from __future__ import annotations

from dataclasses import dataclass

from companion.database import Rows, Write
from companion.domain.ops import is_held
from companion.domain.records import Kind
from companion.store import meta

_KEY = "sweep_questions"


@dataclass(frozen=True, slots=True)
class SweepQuestion:
    """`missing` of the `local` records of a kind are not in the CRM any more. `answer`: None, 'remove' or 'keep'.

    `held_until`, in seconds since 1970: not before is it acted on, so that Undo has its time.
    """

    kind: Kind
    missing: int
    local: int
    asked_at: int
    answer: str | None = None
    held_until: int = 0

    def said(self, now: int) -> str | None:
        """The answer, once it counts; `now` in seconds since 1970."""
        return None if is_held(self.held_until, now) else self.answer


def every(rows: Rows) -> dict[Kind, SweepQuestion]:
    """All questions, the answered ones too, by kind."""
    found = meta.get(rows, _KEY) or {}
    return {Kind(kind): SweepQuestion(Kind(kind), *values) for kind, values in found.items()}


def unanswered(rows: Rows) -> list[SweepQuestion]:
    """Those that wait for the rep."""
    return [question for question in every(rows).values() if question.answer is None]


def put(write: Write, question: SweepQuestion) -> None:
    """Asks, or keeps the answer."""
    _save(write, {**every(write), question.kind: question})


def forget(write: Write, kind: Kind) -> None:
    """The question is settled."""
    left = every(write)
    if left.pop(kind, None) is not None:
        _save(write, left)


def _save(write: Write, questions: dict[Kind, SweepQuestion]) -> None:
    values = {
        each.kind: (each.missing, each.local, each.asked_at, each.answer, each.held_until)
        for each in questions.values()
    }
    meta.put(write, _KEY, values)
    write.touched_today()
