"""Changes that could leave and are never tried: a fault of ours that the rep must see (I-36)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from companion.database import Rows
from companion.domain.ops import OpState
from companion.domain.problems import Problem
from companion.store import outbox

STUCK: Final = Problem(
    "Changes are waiting, but nothing is being sent", "Press Sync now; if it stays, copy the report."
)


class Liveness:
    """Since when each op waits untried, by a clock that only runs forward. `patience_s` is what is normal."""

    def __init__(self, clock: Callable[[], float], patience_s: float) -> None:
        self._clock = clock
        self._patience_s = patience_s
        self._since: dict[str, tuple[int, float]] = {}

    def excused(self) -> None:
        """Nothing could be sent, and the rep was told why: all begin anew."""
        self._since.clear()

    def overdue(self, rows: Rows, wall: int) -> bool:
        """Whether an op that is first in its lane was not tried for too long, though the CRM answers."""
        now = self._clock()
        due = {op.id: op.attempts for op in outbox.due(rows, wall, 1000) if op.state is OpState.PENDING}
        before = self._since
        self._since = {
            op_id: before[op_id] if op_id in before and before[op_id][0] == attempts else (attempts, now)
            for op_id, attempts in due.items()
        }
        return any(now - since > self._patience_s for _, since in self._since.values())
