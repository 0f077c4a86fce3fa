"""What was undone, kept so that it can be done again: while the act is taken back, and when it is repeated.

An act that is repeated is the same act: the records it made have their ids again (unless the CRM knows them as
deleted), each change stands since when it stood first, and what would have told the CRM the opposite does not leave.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from companion.database import Rows, Write
from companion.domain.collisions import FOLLOWS, alike
from companion.domain.ops import UNSENT, OpState
from companion.domain.records import LINKS, Kind, Value
from companion.store import edits, moves, outbox, records
from companion.store.edits import Gesture
from companion.store.outbox import QueuedOp

_NEEDED: Final = frozenset({Kind.PERSON, Kind.COMPANY, Kind.DEAL})
_UNDER_WAY: Final = (OpState.IN_FLIGHT, OpState.UNKNOWN, OpState.NEEDS_REP)


@dataclass(frozen=True, slots=True)
class Kept:
    """One op of an act that is taken back: what it set, over what, and the op that tells the CRM the opposite.

    `at`: when it was done first. `state`: where it stood when it was taken back. `sent`: whether the CRM may know it.
    `follows`: the columns that followed from it.
    """

    op: str
    kind: str
    record_id: str
    action: str
    said: str
    at: int
    state: str
    sent: bool
    fields: dict[str, Value] = field(default_factory=dict)
    links: dict[str, str | None] = field(default_factory=dict)
    seen: dict[str, Value] = field(default_factory=dict)
    opposite: str | None = None
    follows: dict[str, Any] = field(default_factory=dict)

    @property
    def values(self) -> dict[str, Value]:
        """Fields and links together, by name."""
        return {**self.fields, **self.links}


@dataclass(frozen=True, slots=True)
class Undone:
    """An act that was undone and can be done again. `undo` takes it back once more, as it did before."""

    n: int
    words: str
    made_at: int
    undo: str
    ops: tuple[Kept, ...]
    local: tuple[Mapping[str, Any], ...]


class NotYet(Exception):
    """The CRM is just being told the opposite: what came of it is not known yet."""


# Keeping ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def keep_op(rows: Rows, op: QueuedOp) -> Kept:
    """What an op did, before it is taken back."""
    follows = edits.what_follows(rows, op.kind, op.record_id, op.values)
    sent = op.first_sent_at is not None
    told = (op.id, op.kind.value, op.record_id, op.action, op.said, op.created_at, op.state.value, sent)
    return Kept(*told, dict(op.fields), dict(op.links), dict(op.seen), None, follows)


def keep_local(rows: Rows, steps: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The rows that only this computer has, as the act left them, before they are put back."""
    found: dict[str, dict[str, Any]] = {}
    for step in steps:
        if edits.is_local(step):
            row = edits.local_row(rows, step["table"], step["key"])
            found[json.dumps([step["table"], step["key"]])] = {"table": step["table"], "key": step["key"], "row": row}
    return list(found.values())


def mark_undone(write: Write, gesture_id: str, now: int, ops: Sequence[Kept], local: Sequence[dict[str, Any]]) -> None:
    """The act was undone at `now`; with what it did, it is the next to be done again."""
    for each in filter(edits.is_local, local):
        each["found"] = edits.local_row(write, each["table"], each["key"])
    told = json.dumps({"ops": [asdict(each) for each in ops], "local": local})
    write.text(
        "UPDATE gestures SET undone_at = ?, redo = ?,"
        " undone_turn = (SELECT coalesce(max(undone_turn), 0) + 1 FROM gestures) WHERE id = ?",
        (now, told, gesture_id),
    )


def not_again(write: Write, gesture_id: str) -> None:
    """The act was not taken back after all, for it has taken effect: there is nothing to be done again."""
    write.text("UPDATE gestures SET redo = NULL WHERE id = ?", (gesture_id,))


def next_to_redo(rows: Rows) -> Undone | None:
    """The act that was undone last."""
    row = rows.one(
        "SELECT n, words, made_at, undo, redo FROM gestures WHERE redo IS NOT NULL ORDER BY undone_turn DESC LIMIT 1"
    )
    if row is None:
        return None
    told = json.loads(row[4])
    n, words, made_at, undo, _ = row
    return Undone(n, words, made_at, undo, tuple(Kept(**each) for each in told["ops"]), tuple(told["local"]))


def mark_redone(write: Write, act: Undone, gesture: Gesture) -> None:
    """The act is done again, under the new gesture's id, in its old place among the others.

    What the gesture did itself is what takes it back now.
    """
    undo = json.dumps(gesture.local_steps) if gesture.local_steps else act.undo
    write.text(
        "UPDATE gestures SET id = ?, undo = ?, undone_at = NULL, undone_turn = NULL, redo = NULL WHERE n = ?",
        (gesture.id, undo, act.n),
    )


def give_up(write: Write, act: Undone) -> None:
    """The act can't be done again."""
    write.text("DELETE FROM gestures WHERE n = ?", (act.n,))


# Doing again ────────────────────────────────────────────────────────────────────────────────────────────────────────


def redo_op(write: Write, gesture: Gesture, kept: Kept, renamed: dict[str, str]) -> tuple[str, ...] | None:
    """Does again what an op did. Returns the fields that stay as they are, having been changed since; None: all do.

    `renamed` maps ids that the CRM knows as deleted to the ones that stand for them now; this adds to it.
    Raises NotYet.
    """
    kind, record_id = Kind(kept.kind), renamed.get(kept.record_id, kept.record_id)
    links = {name: renamed.get(to or "", to) for name, to in kept.links.items()}
    opposite = outbox.get(write, kept.opposite) if kept.opposite else None
    if opposite is not None and opposite.action == "delete" and _is_under_way(opposite):
        raise NotYet
    if kept.action == "create":
        return () if _make(write, gesture, kept, kind, links, opposite, renamed) else None
    return _change(write, gesture, kept, kind, record_id, {**kept.fields, **links}, opposite)


def _make(
    write: Write,
    gesture: Gesture,
    kept: Kept,
    kind: Kind,
    links: Mapping[str, str | None],
    opposite: QueuedOp | None,
    renamed: dict[str, str],
) -> bool:
    if opposite is not None and opposite.state is not OpState.DONE:
        if opposite.state is not OpState.DISCARDED:
            outbox.move(write, opposite, OpState.DISCARDED, gesture.now, "done again before it was sent")
            records.mark_gone(write, kind, kept.record_id, None, None)
        _adopt(write, gesture, kept)
        return True
    needed = [(LINKS[kind][name], to) for name, to in links.items() if to and LINKS[kind][name] in _NEEDED]
    if not all(records.is_living(write, target, to) for target, to in needed):
        return False
    if kept.sent and kept.state == OpState.NEEDS_REP:
        return False  # the CRM may have it: it would be there twice
    record_id = kept.record_id
    if kept.sent or opposite is not None or kept.opposite is not None:
        record_id = renamed[kept.record_id] = gesture.new_id()
        _rename(write, kept.record_id, record_id)
    else:
        outbox.set_apart(write, kept.op, gesture.new_id())
    edits.create(write, gesture, kind, kept.fields, links, kept.said, record_id)
    return True


def _change(
    write: Write,
    gesture: Gesture,
    kept: Kept,
    kind: Kind,
    record_id: str,
    values: Mapping[str, Value],
    opposite: QueuedOp | None,
) -> tuple[str, ...] | None:
    record = records.get(write, kind, record_id)
    if record is None or record.gone is not None:
        return None
    wanted = {
        name: value for name, value in values.items() if alike(kind, name, record.value(name), kept.seen.get(name))
    }
    stays = tuple(name for name in values if name not in wanted)
    if not wanted or (stays and kept.action != "update"):
        return None
    cancelled = _cancel(write, gesture, kept, record_id, wanted, opposite)
    rest = {name: value for name, value in wanted.items() if name not in cancelled}
    if rest:
        edits.change(write, gesture, kind, record_id, rest, kept.said, kept.action)
    follows = {
        name: value
        for field_name in wanted
        for name, value in kept.follows.items()
        if name in FOLLOWS.get(field_name, ())
    }
    if follows:
        records.edit(write, kind, record_id, follows)
    moves.redate(write, record_id, edits.columns(kind, wanted), kept.at)
    return stays


def _cancel(
    write: Write,
    gesture: Gesture,
    kept: Kept,
    record_id: str,
    wanted: Mapping[str, Value],
    opposite: QueuedOp | None,
) -> frozenset[str]:
    """Keeps the opposite of these fields from leaving, where that brings the act's own values back."""
    if opposite is None or opposite.state not in UNSENT or opposite.first_sent_at is not None:
        return frozenset()
    first = outbox.get(write, kept.op)
    under_way = first is not None and first.state in (OpState.IN_FLIGHT, OpState.UNKNOWN)
    held = outbox.held(write, [record_id]).get(record_id, {})
    back = frozenset(
        name
        for name, value in wanted.items()
        if name in opposite.values and (under_way or (name in held and alike(opposite.kind, name, held[name], value)))
    )
    if back:
        # What went back along with it in the CRM alone, such as the stage of a deal that was won, stays too.
        names = frozenset(opposite.values) if back == wanted.keys() else back
        edits.drop(write, opposite, names, gesture.now, "done again before it was sent")
        edits.settle(write, opposite.kind, record_id, names)
        _adopt(write, gesture, kept)
    return back


def _adopt(write: Write, gesture: Gesture, kept: Kept) -> None:
    """What the CRM has of the act belongs to the act again."""
    op = outbox.get(write, kept.op)
    if op is not None:
        outbox.rewrite(write, op, gesture_id=gesture.id)


def _is_under_way(op: QueuedOp) -> bool:
    return op.state in _UNDER_WAY or (op.state in UNSENT and op.first_sent_at is not None)


def _rename(write: Write, old: str, new: str) -> None:
    """What else was undone and is about a record finds it under its new id."""
    for column in ("undo", "redo"):
        write.text(f"UPDATE gestures SET {column} = replace({column}, ?, ?) WHERE redo IS NOT NULL", (old, new))


def redo_local(write: Write, local: Iterable[Mapping[str, Any]]) -> None:
    """Sets the rows that only this computer has as the act left them; one that was changed since undo stays."""
    for each in filter(edits.is_local, local):
        if edits.local_row(write, each["table"], each["key"]) == each["found"]:
            edits.put_row(write, each["table"], each["key"], each["row"])
