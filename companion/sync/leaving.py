"""A record that left the CRM: it is marked, and what the rep had not sent of it goes to a winner, or waits."""

from __future__ import annotations

from companion.database import Write
from companion.domain.language import sentence, tr
from companion.domain.ops import OpState
from companion.domain.records import Gone, Kind
from companion.store import edits, identities, outbox, records
from companion.store.outbox import QueuedOp


def bury_one(write: Write, kind: Kind, record_id: str, why: Gone, winner: str | None, now: int) -> None:
    """One record left: its changes pass to the winner of a merge, or wait for the rep."""
    if winner is not None and winner != record_id:
        identities.merged(write, kind, record_id, winner)
        names = {name for op in outbox.of_record(write, winner) for name in op.values}
        edits.settle(write, kind, winner, names)
        for op in outbox.of_record(write, winner):
            if op.state is OpState.ATTENTION and _was_gone(op):
                outbox.move(
                    write, op, OpState.PENDING, now, tr("it was merged; sent to the one that stayed"), problems=()
                )
    for op in outbox.of_record(write, record_id):
        if op.state in (OpState.PENDING, OpState.WAITING) and op.action not in ("delete", "create"):
            park_gone(write, op, why, now)
    if why is Gone.OUT_OF_SCOPE:
        identities.forget_contents(write, kind, record_id, now)
    else:
        records.mark_gone(write, kind, record_id, why, now)


GONE_WORDS = {
    Gone.DELETED: sentence("The record was deleted in the CRM"),
    Gone.ARCHIVED: sentence("The record was archived in the CRM"),
    Gone.MERGED: sentence("The record was merged into another one in the CRM"),
    Gone.OUT_OF_SCOPE: sentence("You can no longer see this record in the CRM"),
}


def park_gone(write: Write, op: QueuedOp, why: Gone, now: int) -> None:
    """Sets a change aside whose record left the CRM; its text is kept."""
    problem = {
        "words": tr("{what}; your change is kept here", what=tr(GONE_WORDS[why])),
        "field": None,
        "gone": why.value,
    }
    outbox.move(write, op, OpState.ATTENTION, now, problem["words"], problems=[problem])


def _was_gone(op: QueuedOp) -> bool:
    return any(problem.get("gone") for problem in op.problems)
