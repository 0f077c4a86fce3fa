"""Changes as they stood before the rep answered what had become of them, kept with the act so that Undo asks again.

Sending a refused change again, dropping a creation, saying that the CRM has what nobody could tell: nothing of it is an
op of its own. So the rows themselves are kept, before and after; they go back only while they are as the act left them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from companion.database import Rows, Write
from companion.domain.collisions import FOLLOWS, alike
from companion.domain.language import tr
from companion.domain.ops import ASKS_REP, UNSENT
from companion.domain.records import Kind, Value
from companion.store import edits, moves, outbox, records
from companion.store.edits import Gesture
from companion.store.outbox import QueuedOp

ANSWERED: Final = "answered"
"""Stands in place of a table's name in the steps of such an act."""
_TRIED: Final = frozenset(
    {"hold_until", "next_try_at", "attempts", "sent_at", "state", "problems", "strikes", "struck_at", "excused"}
)
"""Columns that a try which came to nothing moves, too."""


@dataclass(frozen=True, slots=True)
class Before:
    """How the ops of an answer stood: their rows, and of each its record's row and what lies under its unsent fields.

    `seqs` are all unfinished ops of those records: what comes later is a newer edit.
    """

    rows: tuple[Mapping[str, Any], ...]
    shown: Mapping[str, Mapping[str, Any] | None]
    held: Mapping[str, Mapping[str, Value]]
    seqs: tuple[int, ...]


def before(rows: Rows, ops: Iterable[QueuedOp]) -> Before:
    """What an answer is about to move: the ops that it may touch, before it does."""
    found = {op.seq: op for op in ops}
    ids = sorted({op.record_id for op in found.values()})
    kinds = {op.record_id: op.kind for op in found.values()}
    return Before(
        tuple(row for seq in sorted(found) if (row := outbox.row(rows, seq)) is not None),
        {each: records.whole(rows, kinds[each], each) for each in ids},
        outbox.held(rows, ids),
        tuple(op.seq for each in ids for op in outbox.of_record(rows, each)),
    )


def keep(
    write: Write, gesture: Gesture, was: Before, how: str, op: QueuedOp, typed: Mapping[str, Value] | None = None
) -> None:
    """Keeps what an answer to `op` did: `how` names it, `typed` are the values that the rep gave with it."""
    for row in was.rows:
        left = outbox.row(write, row["seq"])
        if left == row:
            continue
        record_id, kind = row["record_id"], Kind(row["kind"])
        shown, now = was.shown[record_id], records.whole(write, kind, record_id)
        step: dict[str, Any] = {"table": ANSWERED, "key": {"record_id": record_id}, "before": None}
        step |= {"op": row, "left": left, "held": was.held.get(record_id, {}), "seqs": was.seqs, "at": gesture.now}
        if row["seq"] == op.seq:
            step |= {"how": how, "typed": dict(typed or {})}
            if shown is not None and now is None:
                step["erased"] = shown
            elif shown is not None and now is not None:
                step["shown"] = {name: value for name, value in shown.items() if now[name] != value}
        gesture.local_steps.append(step)


def put_back(write: Write, steps: Iterable[Mapping[str, Any]], now: int) -> list[bool]:
    """Lets the ops of an act ask again, each as it stood; by step whether it could be: what has left, stays."""
    mine = sorted((each for each in steps if each["table"] == ANSWERED), key=lambda each: "how" not in each)
    done: list[bool] = []
    for step in mine:
        # What was sent along with another goes back with it, or not at all.
        done.append((not done or done[0]) and _put_back(write, step, now))
    return done


def answered(steps: Iterable[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """The step that says how the act answered; None where it did not."""
    return next((each for each in steps if each["table"] == ANSWERED and "how" in each), None)


def asking(rows: Rows, step: Mapping[str, Any]) -> QueuedOp | None:
    """The op that a step was the answer to, where it asks once more: the same, or the same change made anew."""
    row = outbox.row(rows, step["op"]["seq"])
    if row is not None and row["state"] in ASKS_REP:
        return outbox.get(rows, row["id"])
    same = ("action", "fields", "links")
    for op in reversed(outbox.of_record(rows, step["op"]["record_id"])):
        other = outbox.row(rows, op.seq)
        if other and op.state in UNSENT and all(other[name] == step["op"][name] for name in same):
            return op
    return None


def _put_back(write: Write, step: Mapping[str, Any], now: int) -> bool:
    row, was = outbox.row(write, step["left"]["seq"]), step["op"]
    if row is None or not _stands(write, row, step):
        return False
    kind, record_id = Kind(was["kind"]), was["record_id"]
    if "erased" in step:
        if records.whole(write, kind, record_id) is not None:
            return False
        records.bring_back(write, kind, step["erased"])
    outbox.put_row(write, was, row["id"], now, tr("taken back by the rep"))
    if "erased" not in step:
        _show(write, step, kind)
    return True


def _stands(rows: Rows, row: Mapping[str, Any], step: Mapping[str, Any]) -> bool:
    """Whether an op is as the act left it, but for tries that surely never reached the CRM."""
    left = step["left"]
    if any(row[name] != left[name] for name in left if name not in _TRIED):
        return False
    if row["state"] != left["state"] and not {row["state"], left["state"]} <= UNSENT:
        return False
    if row["attempts"] != left["attempts"] and row["first_sent_at"] is not None:
        return False
    op = outbox.get(rows, row["id"])
    assert op is not None
    since = [
        each for each in outbox.of_record(rows, op.record_id) if each.seq > op.seq and each.seq not in step["seqs"]
    ]
    return not any(outbox.asks_about(op, tuple(each.values)) for each in since)


def _show(write: Write, step: Mapping[str, Any], kind: Kind) -> None:
    """What the rep sees in the record: the change that asks again, over what the CRM holds by now."""
    record_id, op = step["key"]["record_id"], outbox.get(write, step["op"]["id"])
    record = records.get(write, kind, record_id)
    if record is None or op is None:
        return
    if op.action in ("create", "delete"):
        back = {name: value for name, value in step.get("shown", {}).items() if name not in _OWN}
        if back:
            records.edit(write, kind, record_id, back)
            moves.take_back(write, record_id, tuple(back), step["at"])
        return
    left = step["left"]
    for name in op.values:
        there, mine = record.value(name), op.values[name]
        known = step["held"].get(name, there)
        outbox.hold_value(write, record_id, name, known if alike(kind, name, there, mine) else there)
    names = dict.fromkeys((*op.values, *outbox.names_of(left)))
    edits.settle(write, kind, record_id, names)
    follows = [each for name in names for each in FOLLOWS.get(name, ()) if each in step.get("shown", {})]
    if follows:
        records.edit(write, kind, record_id, {each: step["shown"][each] for each in follows})
    moves.take_back(write, record_id, edits.columns(kind, names), step["at"])


_OWN: Final = frozenset({"n", "id", "remote_id", "version", "extra", "phone_key"})
"""What is no field of the rep's in a record's row."""
