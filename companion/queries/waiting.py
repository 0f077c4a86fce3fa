"""What the CRM does not know yet: each change in the rep's words, where it stands, since when, and its history."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from companion.database import Rows
from companion.domain.language import sentence, tr
from companion.domain.ops import OpState
from companion.domain.records import Kind
from companion.store import outbox
from companion.store.outbox import QueuedOp

STATE_WORDS: Final = {
    OpState.DRAFT: sentence("Not finished"),
    OpState.PENDING: sentence("Waiting to be sent"),
    OpState.WAITING: sentence("Waits for what it belongs to"),
    OpState.IN_FLIGHT: sentence("Being sent"),
    OpState.UNKNOWN: sentence("Sent, no answer yet: it is looked up before anything is sent again"),
    OpState.NEEDS_REP: sentence("Nobody can tell whether the CRM has it"),
    OpState.CONFLICT: sentence("Somebody else changed it too"),
    OpState.ATTENTION: sentence("Refused"),
    OpState.DONE: sentence("In the CRM"),
    OpState.DISCARDED: sentence("Dropped"),
}
_WAITING: Final = (OpState.PENDING, OpState.WAITING, OpState.IN_FLIGHT, OpState.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened to a change; `at` in seconds since 1970."""

    at: int
    words: str


@dataclass(frozen=True, slots=True)
class WaitingOp:
    """One change. `next_try_at`: when it is tried again, if the CRM or the network made it wait."""

    id: str
    kind: Kind
    record_id: str
    words: str
    state: OpState
    state_words: str
    since: int
    attempts: int
    next_try_at: int | None
    history: tuple[Step, ...]


def waiting(rows: Rows, limit: int = 200) -> list[WaitingOp]:
    """The changes that are on their way, oldest first."""
    return [_told(rows, op) for op in outbox.in_state(rows, *_WAITING, limit=limit)]


def history(rows: Rows, op_id: str) -> tuple[Step, ...]:
    """What happened to a change, oldest first."""
    return tuple(
        Step(at, f"{tr(STATE_WORDS[state])}: {tr(words)}" if words else tr(STATE_WORDS[state]))
        for at, state, words in outbox.history(rows, op_id)
    )


def _told(rows: Rows, op: QueuedOp) -> WaitingOp:
    return WaitingOp(
        op.id,
        op.kind,
        op.record_id,
        op.said,
        op.state,
        tr(STATE_WORDS[op.state]),
        op.created_at,
        op.attempts,
        op.next_try_at,
        history(rows, op.id),
    )
