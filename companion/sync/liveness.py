"""Changes that could leave and are never tried: a fault of ours that the rep must see."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from companion.database import Rows
from companion.domain.language import sentence
from companion.domain.ops import ASKS_REP, OpState
from companion.domain.problems import Problem
from companion.store import outbox

STUCK: Final = Problem(
    sentence("Changes are waiting, but nothing is being sent"),
    sentence("Press Sync now; if it stays, copy the report."),
)


_EXCUSES: Final = ASKS_REP | {OpState.WAITING, OpState.UNKNOWN, OpState.IN_FLIGHT}
"""States of another op that a lane may well stand behind: its turn comes, or the rep was asked."""


class Liveness:
    """Since when each record's lane stands still, by a clock that only runs forward; `patience_s` is what is normal."""

    def __init__(self, clock: Callable[[], float], patience_s: float) -> None:
        self._clock = clock
        self._patience_s = patience_s
        self._since: dict[str, tuple[int, float]] = {}

    def excused(self) -> None:
        """Nothing could be sent, and the rep was told why: all begin anew."""
        self._since.clear()

    def overdue(self, rows: Rows) -> bool:
        """Whether a lane has had no attempt for too long, though the CRM answers and nothing is in its way."""
        now = self._clock()
        lanes = outbox.of_records(rows, {op.record_id for op in outbox.in_state(rows, OpState.PENDING)})
        attempts = {
            record_id: sum(op.attempts for op in ops)
            for record_id, ops in lanes.items()
            if not any(op.state in _EXCUSES for op in ops)
        }
        before = self._since
        self._since = {
            record_id: before[record_id] if before.get(record_id, (None,))[0] == count else (count, now)
            for record_id, count in attempts.items()
        }
        return any(now - since > self._patience_s for _, since in self._since.values())
