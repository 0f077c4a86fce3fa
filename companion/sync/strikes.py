"""An op on which the CRM itself fails again and again: tried eight times over a day, alone and last, then shown.

An op that only the network keeps back is no such op. While a CRM fails on everything, its failures are put down to the
CRM: once it takes any change, all that had been failing is tried at once.
"""

from __future__ import annotations

from typing import Final

from companion.database import Rows, Write
from companion.domain.language import tr
from companion.domain.ops import UNSENT, OpState
from companion.store import outbox
from companion.store.outbox import QueuedOp

MOST: Final = 8
WAITS_S: Final = (0, 0, 1800, 2 * 3600, 8 * 3600, 14 * 3600, 14 * 3600)
"""Seconds to wait after the first, the second … failure: eight attempts take more than a day."""

_OPEN: Final = ", ".join(f"'{state}'" for state in (*sorted(UNSENT), OpState.UNKNOWN, OpState.IN_FLIGHT))


def waits(op: QueuedOp, now: int) -> bool:
    """Whether the op is left alone now (seconds since 1970). A clock that was set back makes it be tried early."""
    if op.strikes <= 0 or op.struck_at is None or counted(op) <= 0:
        return False
    return abs(now - op.struck_at) < WAITS_S[min(counted(op), len(WAITS_S)) - 1]


def counted(op: QueuedOp) -> int:
    """Its failures since they were last put down to the CRM as a whole."""
    return op.strikes - (op.excused or 0)


def enough(op: QueuedOp, *, alone: bool) -> bool:
    """Whether it is the rep's turn. While others fail too (not `alone`) and nothing passes, the CRM is to blame."""
    if op.excused is not None:
        return op.strikes >= MOST and counted(op) >= MOST - 1
    return alone and op.strikes >= MOST


def strike(write: Write, op: QueuedOp, now: int) -> None:
    """The CRM failed on it once more."""
    write.text("UPDATE outbox SET strikes = strikes + 1, struck_at = ? WHERE id = ?", (now, op.id))


def unexcused(rows: Rows) -> bool:
    """Whether any of them was not put down to the CRM as a whole yet."""
    found = rows.value(f"SELECT 1 FROM outbox WHERE state IN ({_OPEN}) AND strikes > 0 AND excused IS NULL LIMIT 1")
    return found is not None


def excuse(write: Write) -> None:
    """The CRM takes changes: what had failed before is tried again at once, one time."""
    write.text(f"UPDATE outbox SET excused = strikes WHERE strikes > 0 AND excused IS NULL AND state IN ({_OPEN})")


def last_words(write: Write, op: QueuedOp) -> str:
    """What the CRM said when it failed last."""
    told = [(state, words) for _, state, words in outbox.history(write, op.id) if words]
    failed = [words for state, words in told if state is OpState.UNKNOWN]
    said = failed or [words for state, words in told if state is OpState.PENDING]
    return said[-1] if said else tr("it gave no reason")
