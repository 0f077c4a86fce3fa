"""One change that the CRM may not know yet: the states of an op and the only ways between them."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class OpState(StrEnum):
    """Where an op stands. Each acknowledged change is in exactly one of them, for ever."""

    DRAFT = "draft"
    PENDING = "pending"
    WAITING = "waiting"
    """For a record that it links to and that the CRM does not have yet."""
    IN_FLIGHT = "in_flight"
    UNKNOWN = "unknown"
    """Sent, and no definite answer came: it is looked up before it is ever sent again."""
    NEEDS_REP = "needs_rep"
    """Nobody can tell whether the CRM has it; only the rep can look."""
    CONFLICT = "conflict"
    ATTENTION = "attention"
    """The CRM refused it, or what it belongs to is gone."""
    DONE = "done"
    DISCARDED = "discarded"


EDGES: Final[Mapping[OpState, frozenset[OpState]]] = {
    OpState.DRAFT: frozenset({OpState.PENDING}),
    OpState.PENDING: frozenset({OpState.WAITING, OpState.IN_FLIGHT, OpState.ATTENTION, OpState.DISCARDED}),
    OpState.WAITING: frozenset({OpState.PENDING, OpState.ATTENTION, OpState.DISCARDED}),
    OpState.IN_FLIGHT: frozenset({OpState.DONE, OpState.PENDING, OpState.UNKNOWN, OpState.CONFLICT, OpState.ATTENTION}),
    OpState.UNKNOWN: frozenset({OpState.DONE, OpState.PENDING, OpState.NEEDS_REP}),
    OpState.NEEDS_REP: frozenset({OpState.DONE, OpState.PENDING, OpState.DISCARDED}),
    OpState.CONFLICT: frozenset({OpState.PENDING, OpState.DISCARDED}),
    OpState.ATTENTION: frozenset({OpState.PENDING, OpState.DISCARDED}),
    OpState.DONE: frozenset(),
    OpState.DISCARDED: frozenset(),
}
"""The graph. Leaving the outbox before it was sent (pending or waiting to discarded) is undo: docs/decisions/0004."""

HOLD_AT_MOST_S: Final = 30
"""Seconds that anything is ever held for Undo, whatever a clock says that was set back meanwhile."""


def is_held(until: int | None, now: int) -> bool:
    """Whether Undo still has its time, in seconds since 1970; a hold that ends later than it ever may is none."""
    return until is not None and now < until <= now + HOLD_AT_MOST_S


FINISHED: Final = frozenset({OpState.DONE, OpState.DISCARDED})
UNSENT: Final = frozenset({OpState.DRAFT, OpState.PENDING, OpState.WAITING})
ASKS_REP: Final = frozenset({OpState.CONFLICT, OpState.ATTENTION, OpState.NEEDS_REP})


class IllegalMove(Exception):
    """An op was to go a way that the graph does not have, or somebody else had moved it meanwhile."""
