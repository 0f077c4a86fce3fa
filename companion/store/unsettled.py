"""How much stands between the book and the CRM, and how much waits for the rep."""

from __future__ import annotations

from typing import NamedTuple

from companion.database import Rows
from companion.domain.ops import ASKS_REP, OpState, is_held
from companion.store import notices, outbox, poison, sweep_questions


class Unsettled(NamedTuple):
    """`waiting` changes are on their way; `conflicts` and `attention` (whatever else asks) wait for the rep."""

    waiting: int = 0
    conflicts: int = 0
    attention: int = 0


def next_answer(rows: Rows, now: int) -> int | None:
    """When the next answer to a notice counts, in seconds since 1970; None where Undo's time runs for none."""
    held = (each.held_until for each in notices.every(rows).values() if is_held(each.held_until, now))
    return min(held, default=None)


def unsettled(rows: Rows) -> Unsettled:
    """The counts as the file has them now."""
    counts = outbox.counts(rows)
    conflicts = counts.get(OpState.CONFLICT, 0)
    asking = sum(count for state, count in counts.items() if state in ASKS_REP) - conflicts
    asking += poison.count(rows) + len(sweep_questions.unanswered(rows)) + len(notices.open_ones(rows))
    return Unsettled(sum(count for state, count in counts.items() if state not in ASKS_REP), conflicts, asking)
