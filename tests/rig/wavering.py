"""A rep who answers and thinks better of it: what was undone in time is as if nothing had been answered."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from companion.actions.discard_op import already_there, discard_op
from companion.actions.redo import redo
from companion.actions.retry_op import retry_op
from companion.actions.undo import undo
from companion.domain.ops import OpState
from companion.domain.records import Gone
from companion.store.outbox import QueuedOp
from tests.rig.oracle import ensure
from tests.rig.tally import Harm

if TYPE_CHECKING:
    from tests.rig.reps import Rep


def answers(rep: Rep, op: QueuedOp, which: int) -> None:
    """The rep answers and undoes that at once; or sends again, to be undone whenever the rep undoes something.

    The judge hears of neither.
    """
    if op.state is OpState.CONFLICT or op.action == "delete":
        rep.answer(op, "mine")
        return
    desk, asked = replace(rep.world.answer.desk, hold_s=8), _standing(rep)
    landed = op.state is OpState.NEEDS_REP and rep.oracle.landed(rep.judged(op))
    if which % 2 and not landed:
        done = retry_op(desk, op.id)
        rep.wavers = done.gesture_id if done is not None else None
        return
    (already_there if landed else discard_op)(desk, op.id)
    undo(desk)
    _same(rep, asked)
    if which:
        redo(desk)
        undo(desk)
        _same(rep, asked)


def thinks_better(rep: Rep) -> bool:
    """The rep takes back having sent something again, however it stands by now; whether there was anything."""
    if rep.wavers is None:
        return False
    undo(replace(rep.world.answer.desk, hold_s=8), rep.wavers)
    rep.wavers = None
    return True


def _same(rep: Rep, asked: dict[tuple[Any, ...], tuple[Any, ...]]) -> None:
    now = _standing(rep)
    other = {each: (asked.get(each), now.get(each)) for each in asked | now if asked.get(each) != now.get(each)}
    ensure(not other, Harm.LOST, f"an answer that was undone left something else: lost {other}")


def _standing(rep: Rep) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    """What waits, as the rep could name it, with what stands in each record.

    Two edits of a field of which the first asks are one question once its answer was undone: the newer, over what the
    older one saw. A record that may not be seen any more was emptied: only the rep's own can stand there.
    """
    found: dict[tuple[Any, ...], tuple[Any, ...]] = {}
    for op in rep.unfinished():
        record = rep.world.record(op.kind, op.record_id)
        shown = None if record is None else (record.gone, dict(record.fields), dict(record.links))
        if record is not None and record.gone is Gone.OUT_OF_SCOPE:
            shown = (record.gone, {}, {})
        found[op.record_id, op.action == "create", None] = (shown,)
        for name, value in op.values.items():
            key = op.record_id, op.action == "create", name
            found[key] = value, found[key][1] if key in found else op.seen.get(name)
    return found
