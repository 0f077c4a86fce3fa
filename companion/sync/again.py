"""Makes a record again that the CRM had and lost: a new creation takes over all that hangs on the old one."""

from __future__ import annotations

from hashlib import blake2b
from typing import Final

from companion.database import Write
from companion.domain.ids import NewId, uuid7
from companion.domain.language import tr
from companion.domain.ops import OpState
from companion.domain.records import LINKS, Value
from companion.store import edits, identities, outbox, records
from companion.store.edits import Gesture
from companion.store.outbox import QueuedOp
from companion.store.records import Record

_TIMES: Final = 3
"""How often a CRM may have lost a record and got it again that an older copy of the book knows by its first key."""


def make_again(write: Write, op: QueuedOp, new_id: NewId, now: int, *, traced: bool) -> str | None:
    """Queues the finished creation `op` once more, under a key that follows from its own, with what the record is now.

    Returns the new local id; None if the record left meanwhile. Unsent changes, links and further people pass over.
    Where the CRM keeps a trace of an op (`traced`), it is looked up before it is sent: the same key may have been sent
    by a copy of this book that came to the same end.
    """
    old, fresh = records.get(write, op.kind, op.record_id), next_key(op.id)
    if old is None or old.gone is not None or records.get(write, op.kind, fresh) is not None:
        return None
    values = _worth_sending(write, op, old)
    gesture = Gesture(new_id(), now, tr("Made again"), lambda: fresh, op.tenant, op.user_id, hold_s=0)
    links = {name: None if value is None else str(value) for name, value in values.items() if name in LINKS[op.kind]}
    fields = {name: value for name, value in values.items() if name not in links}
    edits.create(write, gesture, op.kind, fields, links, op.said)
    if traced:
        _doubt(write, fresh, now, op.created_at if op.done_at is None else op.done_at)
    _take_over(write, op, old, fresh)
    return fresh


def next_key(op_id: str) -> str:
    """The key of the creation that follows the one of `op_id`: the same whoever works it out."""
    return uuid7(int(op_id[:12], 16), int.from_bytes(blake2b(op_id.encode(), digest_size=10).digest(), "big"))


def keys(op_id: str) -> tuple[str, ...]:
    """The key of a creation, and those under which a newer copy of the book may have made the same once more."""
    found = [op_id]
    for _ in range(_TIMES):
        found.append(next_key(found[-1]))
    return tuple(found)


def _doubt(write: Write, op_id: str, now: int, since: int) -> None:
    """It may have been sent at any time `since` then, for all that this copy of the book knows."""
    for state in (OpState.IN_FLIGHT, OpState.UNKNOWN):
        op = outbox.get(write, op_id)
        assert op is not None
        words = tr("the CRM lost it; it is looked for before it is made again")
        outbox.move(write, op, state, now, words, first_sent_at=since)


def _worth_sending(write: Write, op: QueuedOp, old: Record) -> dict[str, Value]:
    """What the rep ever wrote into the record, as the CRM last had it: what it adds by itself it adds again."""
    own = [each for each in outbox.in_state(write, OpState.DONE, limit=1_000_000) if each.record_id == op.record_id]
    names = {name for each in own if each.action in ("create", "update") for name in each.values}
    held = outbox.held(write, [op.record_id]).get(op.record_id, {})
    found = {name: held.get(name, old.value(name)) for name in sorted(names)}
    return {name: value for name, value in found.items() if value is not None}


def _take_over(write: Write, op: QueuedOp, old: Record, fresh: str) -> None:
    shown = edits.columns(op.kind, {**old.fields, **old.links})
    records.edit(write, op.kind, fresh, {**shown, "extra": dict(old.extra)})
    identities.redirect(write, op.kind, op.record_id, fresh)
    last: int = write.value("SELECT max(seq) FROM outbox")
    for n, each in enumerate(outbox.of_record(write, op.record_id), start=1):
        # Behind the new creation, as they were behind the first.
        outbox.rewrite(write, each, record_id=fresh, seq=last // 16 * 16 + 16 * n)
    write.text("UPDATE OR REPLACE held_values SET record_id = ? WHERE record_id = ?", (fresh, op.record_id))
    write.text("UPDATE OR REPLACE loose_links SET record_id = ? WHERE record_id = ?", (fresh, op.record_id))
    write.text("UPDATE OR IGNORE participants SET record_id = ? WHERE record_id = ?", (fresh, op.record_id))
    records.erase(write, op.kind, op.record_id)
