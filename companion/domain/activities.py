"""Which activities count as a touch, which reached nobody, and in which the person took part."""

from __future__ import annotations

from typing import Final

TOUCHES: Final = frozenset({"call", "email", "meeting"})
"""What reaches a person. A note or a task is not a touch."""

UNREACHED: Final = frozenset({"no_answer", "voicemail", "busy", "wrong_number"})
"""Outcomes of a call that nobody took."""

NOT_HELD: Final = frozenset({"cancelled", "no_show"})
"""Outcomes of a meeting that did not take place."""


def is_two_way(what: str, direction: str | None, outcome: str | None, duration_s: int | None) -> bool:
    """Whether the person took part: they wrote or rang, met us, or answered the call."""
    if what == "meeting":
        return outcome not in NOT_HELD
    if what == "call" and outcome in UNREACHED:
        return False
    if direction == "in":
        return what in TOUCHES
    return what == "call" and bool(outcome or duration_s)
