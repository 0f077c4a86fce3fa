"""An activity: a call, email, meeting, note or task, and which of them count as a touch."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

TOUCHES: Final = frozenset({"call", "email", "meeting"})
"""What reaches a person. A note or a task is not a touch."""

UNREACHED: Final = frozenset({"no_answer", "voicemail", "busy", "wrong_number"})
"""Outcomes of a call that nobody took."""

NOT_HELD: Final = frozenset({"cancelled", "no_show"})
"""Outcomes of a meeting that did not take place."""


@dataclass(frozen=True, slots=True)
class Activity:
    """An activity as screens show it; `what`, `direction`, `promise` as in `companion.domain.records`."""

    id: str
    what: str
    at: dt.datetime | None
    direction: str | None = None
    subject: str | None = None
    body: str | None = None
    ends: dt.datetime | None = None
    duration_s: int | None = None
    due_on: dt.date | None = None
    due: dt.datetime | None = None
    done: bool = False
    done_at: dt.datetime | None = None
    outcome: str | None = None
    promise: str | None = None
    person_id: str | None = None
    company_id: str | None = None
    deal_id: str | None = None
    owner_id: str | None = None

    @property
    def is_touch(self) -> bool:
        """Whether it reached out, or in."""
        return self.what in TOUCHES


def is_two_way(what: str, direction: str | None, outcome: str | None, duration_s: int | None) -> bool:
    """Whether the person took part: they wrote or rang, met us, or answered the call."""
    if what == "meeting":
        return outcome not in NOT_HELD
    if what == "call" and outcome in UNREACHED:
        return False
    if direction == "in":
        return what in TOUCHES
    return what == "call" and bool(outcome or duration_s)
