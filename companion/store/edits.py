"""An act of the rep's in the book: what the screen shows and the op that tells the CRM, in one transaction."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from companion.database import Rows, Write
from companion.domain import text
from companion.domain.collisions import FOLLOWS, alike
from companion.domain.ids import NewId
from companion.domain.language import tr
from companion.domain.ops import ASKS_REP, UNSENT, OpState
from companion.domain.records import LINKS, STRANGER, Gone, Kind, Value
from companion.store import outbox, records
from companion.store.names import TABLES
from companion.store.outbox import QueuedOp
from companion.store.records import Loose

_LARGEST: Final = 2**63 - 1
HOLD_S = 8
"""Seconds that an op stays here before it is sent: as long as its toast offers Undo, and one more."""


@dataclass(slots=True)
class Gesture:
    """One act of the rep's, which is undone as a whole.

    `now` is seconds since 1970. `words` is what the toast says. `tenant` and `user_id` bind its ops to the account.
    `took_place_at`: when it was done first, where it is done again now.
    """

    id: str
    now: int
    words: str
    new_id: NewId
    tenant: str | None = None
    user_id: str | None = None
    hold_s: int = HOLD_S
    local_steps: list[dict[str, Any]] = field(default_factory=list)
    took_place_at: int | None = None


class TakenBack(NamedTuple):
    """What taking back one op came to: the op that tells the CRM the opposite, if any, and the fields that stay.

    A field stays where it was changed since, by the rep or by a colleague.
    """

    opposite: str | None = None
    stayed: tuple[str, ...] = ()


def storable(value: Value) -> Value:
    """A value as the file and any CRM can hold it; ValueError for a number that none can."""
    if isinstance(value, str):
        return text.storable(value)
    if isinstance(value, int) and not -_LARGEST <= value <= _LARGEST:
        raise ValueError("a number beyond all bounds")
    if isinstance(value, float) and value - value != 0.0:
        raise ValueError("not a number")
    return value


def create(
    write: Write,
    gesture: Gesture,
    kind: Kind,
    fields: Mapping[str, Value],
    links: Mapping[str, str | None],
    said: str,
    record_id: str | None = None,
) -> str:
    """Adds a record that the CRM does not know, and the op that will create it there. Returns its local id.

    `record_id` gives it an id that it had before; no op may have been sent under that one.
    """
    record_id = record_id or gesture.new_id()
    fields = {name: storable(value) for name, value in fields.items()}
    records.put(write, kind, [{"id": record_id, **fields, **{f"{name}_id": to for name, to in links.items()}}])
    outbox.add(write, _op(gesture, kind, record_id, "create", said, fields, links, {}, op_id=record_id))
    return record_id


def change(
    write: Write,
    gesture: Gesture,
    kind: Kind,
    record_id: str,
    values: Mapping[str, Value],
    said: str,
    action: str = "update",
) -> str | None:
    """Changes fields and links (by name, links as local ids) of a record. Returns the op's id; None if nothing differs.

    `action` is 'update' or one of the verbs 'win', 'lose', 'complete' (companion.connectors.base.Action).
    """
    now = records.get(write, kind, record_id)
    if now is None:
        raise KeyError(record_id)
    values = {name: storable(value) for name, value in values.items()}
    seen = {name: now.value(name) for name in values if now.value(name) != values[name]}
    if not seen:
        return None
    changed = {name: values[name] for name in seen}
    seen |= _replace_asking(write, kind, record_id, changed, gesture.now)
    for name, value in seen.items():
        outbox.hold_value(write, record_id, name, value)
    records.edit(write, kind, record_id, columns(kind, changed))
    fields = {name: value for name, value in changed.items() if name not in LINKS[kind]}
    links = {name: str(value) if value is not None else None for name, value in changed.items() if name in LINKS[kind]}
    op = _op(gesture, kind, record_id, action, said, fields, links, seen)
    outbox.add(write, op)
    return op.id


def _replace_asking(
    write: Write, kind: Kind, record_id: str, changed: Mapping[str, Value], now: int
) -> dict[str, Value]:
    """A newer edit answers older ones that asked about the same fields. Returns what was seen before a refused one.

    Where another edit of the field waits in between, the newer one was made over that one, and nothing is returned.
    """
    seen: dict[str, Value] = {}
    made_over = set(changed)
    for op in reversed(outbox.of_record(write, record_id)):
        if op.state not in (OpState.CONFLICT, OpState.ATTENTION) or op.action in ("create", "delete"):
            made_over -= op.values.keys()
            continue
        answered = outbox.asks_about(op, changed)
        if not answered:
            continue
        if op.state is OpState.ATTENTION:
            seen.update((name, op.seen[name]) for name in made_over if name in op.seen)
        drop(write, op, answered, now, "replaced by a newer edit")
    return seen


def complete(write: Write, op: QueuedOp, values: Mapping[str, Value]) -> None:
    """Gives an op that has not been taken other `values` for some of its fields, or for ones that it missed.

    A later edit of the same field stays on the screen: it is sent behind this one.
    """
    values = {name: storable(value) for name, value in values.items()}
    links = {name: value if value is None else str(value) for name, value in values.items() if name in LINKS[op.kind]}
    fields = {name: value for name, value in values.items() if name not in links}
    seen = dict(op.seen)
    if op.action != "create":
        shown = records.get(write, op.kind, op.record_id)
        held = outbox.held(write, [op.record_id]).get(op.record_id, {})
        for name in values:
            if name not in op.values and shown is not None:
                seen[name] = held.get(name, shown.value(name))
                outbox.hold_value(write, op.record_id, name, shown.value(name))
    outbox.rewrite(write, op, fields={**op.fields, **fields}, links={**op.links, **links}, seen=seen)
    for name, value in values.items():
        _follow(write, op, name, value)
    settle(write, op.kind, op.record_id, values)


def drop(write: Write, op: QueuedOp, names: Collection[str], now: int, words: str) -> None:
    """Leaves these fields out of an op that has not been sent; without any left it is discarded."""
    _close_gap(write, op, names)
    left = frozenset(op.values) - frozenset(names)
    if left:
        outbox.narrow(write, op, left)
    else:
        outbox.move(write, op, OpState.DISCARDED, now, words)


def _close_gap(write: Write, op: QueuedOp, names: Collection[str]) -> None:
    """The rep's next edit of a field was made over this one, which is no more: it now follows what was before."""
    for name in names:
        if name in op.seen:
            _follow(write, op, name, op.seen[name])


def _follow(write: Write, op: QueuedOp, name: str, value: Value) -> None:
    """The rep's next edit of the field, where it was made over what `op` says of it, was made over `value` instead."""
    later = (each for each in outbox.of_record(write, op.record_id) if each.seq > op.seq and name in each.values)
    follower = next(later, None)
    if follower is not None and follower.seen.get(name) == op.values.get(name):
        outbox.rewrite(write, follower, seen={**follower.seen, name: value})


def take_back(write: Write, gesture: Gesture, op: QueuedOp, along: Mapping[str, Value] | None = None) -> TakenBack:
    """Undoes one op: discards it if it has not left, else queues the opposite. `gesture` is the undo itself.

    A later edit of the same field, by the rep or by a colleague, stands. `along`: what a CRM changed with the op by
    itself, as it was before; it goes back where the CRM is told.
    """
    if (op.state in UNSENT and op.first_sent_at is None) or op.state in ASKS_REP:
        _close_gap(write, op, tuple(op.values))
        outbox.move(write, op, OpState.DISCARDED, gesture.now, "taken back before it was sent")
        if op.action == "create":
            _forget_made(write, op, gesture.now)
        else:
            settle(write, op.kind, op.record_id, op.values)
        return TakenBack()
    now = records.get(write, op.kind, op.record_id)
    if op.action == "create":
        # What is read into the record from now on nobody sees: only what stood there now may be deleted.
        values = {} if now is None else {**now.fields, **now.links}
        seen = {name: value for name, value in values.items() if value is not None}
        opposite = _op(gesture, op.kind, op.record_id, "delete", tr("Take back: {said}", said=op.said), {}, {}, seen)
        outbox.add(write, opposite)
        records.mark_gone(write, op.kind, op.record_id, Gone.DELETED, gesture.now)
        return TakenBack(opposite.id)
    mine = {name for name, value in op.values.items() if now and alike(op.kind, name, now.value(name), value)}
    before = {name: value for name, value in op.seen.items() if name in mine}
    stayed = tuple(name for name in op.values if name not in mine)
    if now is None:
        return TakenBack(None, stayed)
    if before:
        before |= along or {}
    return TakenBack(
        change(write, gesture, op.kind, op.record_id, before, tr("Take back: {said}", said=op.said)), stayed
    )


def _forget_made(write: Write, op: QueuedOp, now: int) -> None:
    """What was made here and never left goes, and so do its later changes."""
    for later in outbox.of_record(write, op.record_id):
        outbox.move(write, later, OpState.DISCARDED, now, "what it changes was taken back")
    records.erase(write, op.kind, op.record_id)


def columns(kind: Kind, values: Mapping[str, Value]) -> dict[str, Value]:
    """Values by name as the store's columns: a link 'company' is the column 'company_id'."""
    return {f"{name}_id" if name in LINKS[kind] else name: value for name, value in values.items()}


def settle(write: Write, kind: Kind, record_id: str, names: Iterable[str]) -> None:
    """Shows in each of these fields what stands now: the rep's newest unfinished edit, else what the CRM holds.

    Called whenever an op of the record moves. A field in conflict shows the CRM's value; the rep's is on the card.
    """
    unfinished = outbox.of_record(write, record_id)
    held = outbox.held(write, [record_id]).get(record_id, {})
    shown: dict[str, Value] = {}
    for name in names:
        editing = [op for op in unfinished if name in op.values]
        mine = [op for op in editing if op.state is not OpState.CONFLICT]
        if mine:
            shown[name] = mine[-1].values[name]
        elif name in held:
            shown[name] = _met(write, kind, record_id, name, held[name])
        if not editing:
            outbox.release(write, record_id, [name])
    if shown:
        records.edit(write, kind, record_id, columns(kind, shown))


def _met(write: Write, kind: Kind, record_id: str, name: str, value: Value) -> Value:
    """A link to what the book did not have when it was read leads there if it is here by now, else waits for it."""
    if name not in LINKS[kind] or not isinstance(value, str) or not value.startswith(STRANGER):
        return value
    target, remote_id = LINKS[kind][name], value.removeprefix(STRANGER)
    found = records.local_ids(write, target, [remote_id]).get(remote_id)
    if found is None:
        records.remember_loose(write, [Loose(kind, record_id, name, target, remote_id)])
    return found


def _op(
    gesture: Gesture,
    kind: Kind,
    record_id: str,
    action: str,
    said: str,
    fields: Mapping[str, Value],
    links: Mapping[str, str | None],
    seen: Mapping[str, Value],
    op_id: str | None = None,
) -> QueuedOp:
    return QueuedOp(
        id=op_id or gesture.new_id(),
        kind=kind,
        record_id=record_id,
        action=action,
        said=text.storable(said),
        gesture_id=gesture.id,
        created_at=gesture.now if gesture.took_place_at is None else gesture.took_place_at,
        fields=fields,
        links=links,
        seen=seen,
        tenant=gesture.tenant,
        user_id=gesture.user_id,
        hold_until=gesture.now + gesture.hold_s,
    )


def remember(write: Write, gesture: Gesture) -> None:
    """Keeps the act for Undo; the last 200 are kept, also across a restart. What was undone stays undone now."""
    write.text("DELETE FROM gestures WHERE undone_at IS NOT NULL")
    write.text(
        "INSERT INTO gestures (id, words, undo, made_at) VALUES (?, ?, ?, ?)",
        (gesture.id, text.storable(gesture.words), json.dumps(gesture.local_steps), gesture.now),
    )
    write.text("DELETE FROM gestures WHERE n <= (SELECT max(n) FROM gestures) - 200")


def last_gesture(rows: Rows) -> tuple[str, str, list[dict[str, Any]]] | None:
    """The newest act that was not undone: (id, words, local steps)."""
    row = rows.one("SELECT id, words, undo FROM gestures WHERE undone_at IS NULL ORDER BY n DESC LIMIT 1")
    return (row[0], row[1], json.loads(row[2])) if row else None


def gesture(rows: Rows, gesture_id: str) -> tuple[str, str, list[dict[str, Any]]] | None:
    """The act with this id if it was not undone, as `last_gesture` gives it."""
    row = rows.one("SELECT id, words, undo FROM gestures WHERE undone_at IS NULL AND id = ?", (gesture_id,))
    return (row[0], row[1], json.loads(row[2])) if row else None


_LOCAL_KEYS: Final = {
    "snoozes": ("record_id",),
    "hidden_reasons": ("record_id", "rule_id"),
    "drafts": ("record_id",),
    "reminders": ("n", "record_id"),
}
"""The tables that only this computer has, and what names a row in them."""


def put_local(write: Write, gesture: Gesture, table: str, row: Mapping[str, Any]) -> None:
    """Sets a row of a local table; the gesture keeps what was there."""
    key = {name: row[name] for name in _LOCAL_KEYS[table]}
    gesture.local_steps.append({"table": table, "key": key, "before": local_row(write, table, key)})
    _set_local(write, table, {name: storable(value) for name, value in row.items()})


def drop_local(write: Write, gesture: Gesture, table: str, record_id: str) -> None:
    """Deletes a record's row of a local table; the gesture keeps what was there."""
    key = {"record_id": record_id}
    before = local_row(write, table, key)
    if before is not None:
        gesture.local_steps.append({"table": table, "key": key, "before": before})
        write.text(f"DELETE FROM {table} WHERE record_id = ?", (record_id,))


def derive(write: Write, gesture: Gesture, kind: Kind, record_id: str, follows: str, values: Mapping[str, Any]) -> None:
    """Sets columns that follow from the field `follows`, which no CRM takes; the gesture keeps what was there."""
    before = columns_of(write, kind, record_id, tuple(values))
    step: dict[str, Any] = {"table": TABLES[kind], "key": {"record_id": record_id}, "follows": follows}
    step["before"] = before
    if follows == "status":  # a CRM may move a deal to a stage of its own when it is won or lost
        step["stage"] = columns_of(write, kind, record_id, ("stage_id",)).get("stage_id")
    gesture.local_steps.append(step)
    records.edit(write, kind, record_id, values)


def columns_of(rows: Rows, kind: Kind, record_id: str, names: Collection[str]) -> dict[str, Any]:
    """Some columns of a record as they stand; empty without the record."""
    row = rows.one(f"SELECT {', '.join(names)} FROM {TABLES[kind]} WHERE id = ?", (record_id,))
    return dict(zip(names, row, strict=True)) if row else {}


def what_follows(rows: Rows, kind: Kind, record_id: str, fields: Iterable[str]) -> dict[str, Any]:
    """The columns that follow from these fields of a deal, as they stand; empty for any other kind."""
    names = [name for field in fields if kind is Kind.DEAL for name in FOLLOWS.get(field, ())]
    return columns_of(rows, kind, record_id, names) if names else {}


def is_local(step: Mapping[str, Any]) -> bool:
    """Whether a step of an act is about a row that only this computer has."""
    return step["table"] in _LOCAL_KEYS


def restore_local(write: Write, steps: Iterable[Mapping[str, Any]]) -> None:
    """Puts local rows back to what they were before the gesture that recorded `steps`."""
    first: dict[str, Mapping[str, Any]] = {}
    for step in steps:
        if is_local(step):
            first.setdefault(json.dumps([step["table"], step["key"]]), step)
    for step in first.values():
        put_row(write, step["table"], step["key"], _with_newer_words(write, step))


def _with_newer_words(rows: Rows, step: Mapping[str, Any]) -> dict[str, Any] | None:
    """A draft that comes back does not take the place of what was typed since: both texts are kept."""
    before: dict[str, Any] | None = step["before"]
    typed = local_row(rows, "drafts", step["key"]) if step["table"] == "drafts" else None
    if typed is None or before is None or typed["line"] == before["line"]:
        return before
    return {**before, "line": f"{before['line']} {typed['line']}", "unparsed": None}


def put_row(write: Write, table: str, key: Mapping[str, Any], row: Mapping[str, Any] | None) -> None:
    """Sets a row of a local table as it was; None: there is none."""
    where = " AND ".join(f"{name} = ?" for name in key)
    write.text(f"DELETE FROM {table} WHERE {where}", tuple(key.values()))
    if row is not None:
        _set_local(write, table, row)
    for kind in (Kind.PERSON, Kind.DEAL):
        write.touched(kind, key["record_id"])


def local_row(rows: Rows, table: str, key: Mapping[str, Any]) -> dict[str, Any] | None:
    """A row of a local table; None without one."""
    names = [row[1] for row in rows.all(f"PRAGMA table_info({table})")]
    where = " AND ".join(f"{name} = ?" for name in key)
    row = rows.one(f"SELECT {', '.join(names)} FROM {table} WHERE {where}", tuple(key.values()))
    return dict(zip(names, row, strict=True)) if row else None


def _set_local(write: Write, table: str, row: Mapping[str, Any]) -> None:
    marks = ", ".join("?" * len(row))
    write.text(f"INSERT OR REPLACE INTO {table} ({', '.join(row)}) VALUES ({marks})", tuple(row.values()))
