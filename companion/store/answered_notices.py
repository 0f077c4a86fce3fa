"""What the rep said to notices, and to the question of a sweep, kept with the act so that Undo unsays it.

A notice that only had to be known comes back at any time. What the sync goes by is taken back while it has not.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from typing import Any, Final

from companion.database import Rows, Write
from companion.domain.notices import SEEN, Notice
from companion.domain.records import Kind
from companion.store import notices, sweep_questions
from companion.store.edits import Gesture
from companion.store.sweep_questions import SweepQuestion

NOTICE: Final = "notices"
SWEEP: Final = "sweep_questions"
"""These stand in place of a table's name in the steps of such an act."""


def answer_notice(write: Write, gesture: Gesture, notice: Notice, answer: str) -> None:
    """Keeps the answer for the sync, once Undo has had its time; forgets what only had to be known."""
    key = {"kind": notice.kind, "subject": notice.subject}
    step = {"table": NOTICE, "key": key, "before": None, "was": asdict(notice), "answer": answer}
    gesture.local_steps.append(step)
    if answer == SEEN.name:
        notices.forget(write, notice.kind, notice.subject)
    else:
        notices.put(write, replace(notice, answer=answer, held_until=gesture.now + gesture.hold_s))


def answer_sweep(write: Write, gesture: Gesture, question: SweepQuestion, answer: str) -> None:
    """Keeps the answer for the next sweep, once Undo has had its time."""
    step = {"table": SWEEP, "key": {"kind": question.kind.value}, "before": None, "was": asdict(question)}
    gesture.local_steps.append({**step, "answer": answer})
    sweep_questions.put(write, replace(question, answer=answer, held_until=gesture.now + gesture.hold_s))


def take_back(write: Write, steps: Iterable[Mapping[str, Any]]) -> list[bool]:
    """Unsays the answers of an act; by answer whether it could be: what the sync has gone by, stays."""
    return [_unsay(write, step) for step in steps if step["table"] in (NOTICE, SWEEP)]


def say_again(write: Write, gesture: Gesture, steps: Iterable[Mapping[str, Any]]) -> list[bool]:
    """Answers again as an act did; by answer whether the same is still asked."""
    return [_say(write, gesture, step) for step in steps if step["table"] in (NOTICE, SWEEP)]


def _unsay(write: Write, step: Mapping[str, Any]) -> bool:
    if step["table"] == SWEEP:
        asked, now = _question(step), sweep_questions.every(write).get(Kind(step["key"]["kind"]))
        if now is None or replace(now, held_until=0) != replace(asked, answer=step["answer"]):
            return False
        sweep_questions.put(write, asked)
        return True
    was, told = Notice(**step["was"]), _told(write, step)
    forgotten = step["answer"] == SEEN.name
    if told is None and forgotten:
        notices.put(write, was)
    elif told is None or (told.answer != step["answer"] and not forgotten):
        return False
    elif not forgotten:
        notices.put(write, replace(told, answer=None, held_until=0))
    return True


def _say(write: Write, gesture: Gesture, step: Mapping[str, Any]) -> bool:
    if step["table"] == SWEEP:
        asked = _question(step)
        if sweep_questions.every(write).get(asked.kind) != asked:
            return False
        answer_sweep(write, gesture, asked, step["answer"])
        return True
    told = _told(write, step)
    if told is None or told.answer is not None:
        return False
    answer_notice(write, gesture, told, step["answer"])
    return True


def _told(rows: Rows, step: Mapping[str, Any]) -> Notice | None:
    return notices.get(rows, step["key"]["kind"], step["key"]["subject"])


def _question(step: Mapping[str, Any]) -> SweepQuestion:
    return SweepQuestion(**{**step["was"], "kind": Kind(step["was"]["kind"])})
