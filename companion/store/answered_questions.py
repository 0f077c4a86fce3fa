"""Questions that the rep has answered: kept with the act, so that Undo asks them again and Redo answers them again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

from companion.database import Rows, Write
from companion.domain.collisions import FOLLOWS
from companion.domain.ids import NewId
from companion.domain.ops import OpState
from companion.domain.records import LINKS, Kind, Value
from companion.store import edits, moves, outbox, records
from companion.store.edits import Gesture
from companion.store.outbox import QueuedOp

ASKED: Final = "asked"
"""Stands in place of a table's name in the steps of such an act."""
CAN_ASK: Final = frozenset({OpState.CONFLICT, OpState.ATTENTION})


def keep(rows: Rows, gesture: Gesture, op: QueuedOp, behind: Iterable[QueuedOp] = ()) -> None:
    """Keeps the question that `op` is, before it is answered; `behind`: later edits that the answer drops with it."""
    values, seen = dict(op.values), dict(op.seen)
    for later in behind:
        values |= later.values
        seen = {**later.seen, **seen}
    asked = {
        "kind": op.kind.value,
        "action": op.action,
        "said": op.said,
        "gesture": op.gesture_id,
        "at": op.created_at,
        "state": op.state.value,
        "values": values,
        "seen": seen,
        "who": op.who,
        "theirs_at": op.theirs_at,
        "problems": [dict(each) for each in op.problems],
        "tenant": op.tenant,
        "user": op.user_id,
        "seq": op.seq,
        "follows": edits.what_follows(rows, op.kind, op.record_id, values),
    }
    gesture.local_steps.append({"table": ASKED, "key": {"record_id": op.record_id}, "before": None, ASKED: asked})


def was_answered(steps: Iterable[Mapping[str, Any]]) -> bool:
    """Whether an act answered a question."""
    return any(step["table"] == ASKED for step in steps)


def ask_again(write: Write, steps: Iterable[Mapping[str, Any]], new_id: NewId) -> list[dict[str, Any]]:
    """Puts the questions of an act back, beside what the CRM holds now; what was edited since answers them anew.

    Returns what `answer_again` needs.
    """
    return [
        {"table": ASKED, "key": step["key"], "op": op.id}
        for step in steps
        if step["table"] == ASKED and (op := _put_back(write, step["key"]["record_id"], step[ASKED], new_id))
    ]


def answer_again(write: Write, local: Iterable[Mapping[str, Any]], now: int) -> None:
    """Takes the questions away that `ask_again` put back, where they still stand."""
    for each in local:
        op = outbox.get(write, each["op"]) if each["table"] == ASKED else None
        if op is not None and op.state in CAN_ASK:
            edits.drop(write, op, tuple(op.values), now, "answered again")
            edits.settle(write, op.kind, op.record_id, tuple(op.values))
            never_moved(write, op)


def never_moved(write: Write, op: QueuedOp) -> None:
    """A change that was dropped never was: its field stands since it stood before. Call it once the record shows so."""
    moves.take_back(write, op.record_id, edits.columns(op.kind, op.values), op.created_at)


def _put_back(write: Write, record_id: str, asked: Mapping[str, Any], new_id: NewId) -> QueuedOp | None:
    kind = Kind(asked["kind"])
    record = records.get(write, kind, record_id)
    if record is None or (record.gone is not None and asked["state"] != OpState.ATTENTION):
        return None  # what asks about a record that left is the rep's own words: they are kept
    names = [name for name in asked["values"] if not _edited_since(write, record_id, name, asked["seq"])]
    held = outbox.held(write, [record_id]).get(record_id, {})
    there: dict[str, Value] = {name: held.get(name, record.value(name)) for name in names}
    if not names:
        return None
    state = OpState(asked["state"])
    op = QueuedOp(
        new_id(),
        kind,
        record_id,
        asked["action"],
        asked["said"],
        asked["gesture"],
        asked["at"],
        fields={name: asked["values"][name] for name in names if name not in LINKS[kind]},
        links={name: asked["values"][name] for name in names if name in LINKS[kind]},
        seen={name: value for name, value in asked["seen"].items() if name in names},
        state=state,
        tenant=asked["tenant"],
        user_id=asked["user"],
        problems=tuple(asked["problems"]),
    )
    if state is OpState.CONFLICT:
        op = replace(op, theirs=there, who=asked["who"], theirs_at=asked["theirs_at"])
    for name, value in there.items():
        outbox.hold_value(write, record_id, name, value)
    outbox.add(write, replace(op, seq=outbox.free_seq(write, asked["seq"])))
    edits.settle(write, kind, record_id, names)
    if state is OpState.ATTENTION:
        _stand_since(write, record_id, names, asked)
    return op


def _stand_since(write: Write, record_id: str, names: Iterable[str], asked: Mapping[str, Any]) -> None:
    """What the rep changed and still sees stands since it was changed first, not since it came back."""
    follows = {name: asked.get("follows", {}).get(name) for field in names for name in FOLLOWS.get(field, ())}
    if follows and asked["kind"] == Kind.DEAL:
        records.edit(write, Kind.DEAL, record_id, follows)
    moves.redate(write, record_id, edits.columns(Kind(asked["kind"]), dict.fromkeys(names)), asked["at"])


def _edited_since(write: Write, record_id: str, name: str, seq: int) -> bool:
    """Whether the rep changed the field again after the change that asked: an older one that waits answers nothing."""
    return any(name in op.values for op in outbox.of_record(write, record_id) if op.seq > seq)
