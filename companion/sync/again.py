"""Makes a record again that the CRM had and lost: a new creation takes over all that hangs on the old one."""

from __future__ import annotations

from companion.database import Write
from companion.domain.ids import NewId
from companion.domain.ops import OpState
from companion.domain.records import LINKS, Value
from companion.store import edits, identities, outbox, records
from companion.store.edits import Gesture
from companion.store.outbox import QueuedOp
from companion.store.records import Record


def make_again(write: Write, op: QueuedOp, new_id: NewId, now: int) -> str | None:
    """Queues the finished creation `op` once more, under a new key and with what the record holds now.

    Returns the new local id; None if the record left meanwhile. Unsent changes, links and further people pass over.
    """
    old = records.get(write, op.kind, op.record_id)
    if old is None or old.gone is not None:
        return None
    values = _worth_sending(write, op, old)
    gesture = Gesture(new_id(), now, "Made again", new_id, op.tenant, op.user_id, hold_s=0)
    links = {name: None if value is None else str(value) for name, value in values.items() if name in LINKS[op.kind]}
    fields = {name: value for name, value in values.items() if name not in links}
    fresh = edits.create(write, gesture, op.kind, fields, links, op.said)
    _take_over(write, op, old, fresh)
    return fresh


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
    for each in outbox.of_record(write, op.record_id):
        outbox.rewrite(write, each, record_id=fresh)
    write.text("UPDATE OR REPLACE held_values SET record_id = ? WHERE record_id = ?", (fresh, op.record_id))
    write.text("UPDATE OR REPLACE loose_links SET record_id = ? WHERE record_id = ?", (fresh, op.record_id))
    write.text("UPDATE OR IGNORE participants SET record_id = ? WHERE record_id = ?", (fresh, op.record_id))
    records.erase(write, op.kind, op.record_id)
