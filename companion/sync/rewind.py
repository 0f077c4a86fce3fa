"""Rewind mode: the CRM went back in time, so nothing is taken away or sent until the rep says how to go on."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from msgspec.structs import replace as changed

from companion.connectors.base import (
    ApiSunset,
    ConnectorError,
    Finds,
    Identity,
    Misconfigured,
    Page,
    Scope,
    ScopeDenied,
    SignInNeeded,
    Unreachable,
)
from companion.database import Rows, Write
from companion.domain import notices as texts
from companion.domain.language import tr
from companion.domain.notices import Notice
from companion.domain.ops import OpState
from companion.domain.problems import Problem
from companion.domain.records import Kind
from companion.store import cursors, meta, notices, outbox, records, sweep_questions, versions
from companion.store.outbox import QueuedOp
from companion.store.sweep_questions import SweepQuestion
from companion.sync.again import make_again
from companion.sync.push import Push
from companion.sync.session import Session
from companion.sync.through import Through

_KEY: Final = "rewound"
_AT_ONCE: Final = 200
_COUNTS: Final = frozenset({Finds.ROW_VERSION, Finds.DELTA_TOKEN})

_log = logging.getLogger(__name__)


def active(rows: Rows) -> bool:
    """Whether the rep has not yet said how to go on. Outlives the process."""
    return meta.get(rows, _KEY) is not None


def problem(rows: Rows) -> Problem | None:
    """What the rep is told while it lasts."""
    if not active(rows):
        return None
    told = notices.get(rows, "rewound")
    return (
        texts.words(told)
        if told is not None
        else Problem(tr(texts.TEXTS["rewound"].title), tr("It is being read whole."))
    )


def enter(session: Session) -> None:
    """Begins it, or begins it again: everything is to be read anew, and no known version stands for its contents."""
    with session.write() as write:
        meta.put(write, _KEY, {"at": session.wall(), "surveyed": False})
        cursors.forget(write)
        versions.forget(write)
    _log.warning("the CRM was set back: nothing is removed or sent for now")


def reading(session: Session) -> Session:
    """The same session, but what the CRM says has left is not heard."""
    return replace(session, connector=_NothingLeaves(session.connector))


def survey(session: Session) -> None:
    """After all was read: tells the rep how many records are missing there. Once, unless it begins again.

    Each kind that was counted stays so: where a pause or a cut ends the cycle, the next one goes on from there.
    """
    with session.database.read() as rows:
        state: dict[str, Any] = meta.get(rows, _KEY)
    if state["surveyed"]:
        return
    counted: dict[str, list[int]] = state.setdefault("counted", {})
    for kind in session.description.kinds:
        if kind.value not in counted:
            missing = _missing(session, kind)
            mine = sum(op.kind is kind and _remote(op) in missing for op in _landed(session))
            counted[kind.value] = [len(missing), mine]
            _keep(session, state)
    facts = {
        "missing": sum(all_of for all_of, _ in counted.values()),
        "mine": sum(mine for _, mine in counted.values()),
    }
    with session.write() as write:
        counts = {kind: missing for kind, (missing, _) in counted.items() if missing}
        meta.put(write, _KEY, {**state, "surveyed": True, "missing": counts})
        notices.put(write, Notice("rewound", at=session.wall(), facts=facts))


def leave_if_answered(session: Session, push: Push) -> bool:
    """Ends the mode where the rep said so; returns whether changes may be sent now.

    What the rep had made and the CRM lost is made again, unless the CRM knows its mark; what else it lost may go from
    here too, as far as the rep was told.
    """
    with session.database.read() as rows:
        if not active(rows):
            return True
        told = notices.get(rows, "rewound")
    if told is None or told.said(session.wall()) != "send":
        return False
    lost = _lost(session, push)
    with session.write() as write:
        state: dict[str, Any] = meta.get(write, _KEY)
        for op in lost:
            traced = session.description.kinds[op.kind].create is not Identity.NONE
            make_again(write, op, session.new_id, session.wall(), traced=traced)
        for kind in session.description.kinds:
            _allow_removals(write, kind, state.get("missing", {}).get(kind.value, 0), session.wall())
        meta.put(write, _KEY, None)
        notices.forget(write, "rewound")
    return True


def suspect(session: Session, kind: Kind) -> None:
    """A sweep wanted to take many away and asked: if the rep's own newest record is among them, the CRM went back.

    A clean-up or another filter takes old records; what a restored backup lacks are the newest.
    """
    with session.database.read() as rows:
        asked = sweep_questions.every(rows).get(kind)
    if asked is None or asked.answer is not None:
        return
    mine = [op for op in _landed(session) if op.kind is kind]
    if not mine or session.connector.fetch(kind, [_remote(mine[-1])]):
        return
    with session.write() as write:
        sweep_questions.forget(write, kind)
    enter(session)


def first_to_read(session: Session) -> Kind | None:
    """The kind to read before changes are sent: the one that moved last, where the CRM counts its changes.

    Only its count tells that it was set back, and what is sent to it would bring that up to ours unnoticed.
    """
    with session.database.read() as rows:
        sends = outbox.due(rows, session.wall(), 1) or outbox.in_state(rows, OpState.UNKNOWN, limit=1)
        if active(rows) or not sends:
            return None
        places = {kind: cursors.get(rows, kind) for kind in session.description.kinds}
    read = {kind: place.read_at or 0 for kind, place in places.items() if place.full_at is not None}
    counted = [kind for kind in read if session.description.kinds[kind].changes in _COUNTS]
    return max(counted, key=read.__getitem__, default=None)


class _NothingLeaves(Through):
    """Says nothing of what left; the sweep finds it when the mode is over."""

    def pull(self, kind: Kind, scope: Scope, cursor: bytes | None) -> Page:
        return changed(super().pull(kind, scope, cursor), gone=())


def _missing(session: Session, kind: Kind) -> set[str]:
    """The remote ids of those records of a kind that the CRM shows neither in its list nor by id.

    Of a kind that may not be read any more nothing is known to be missing.
    """
    with session.database.read() as rows:
        here = records.living(rows, kind)
    if not here:
        return set()
    found: set[str] = set()
    try:
        absent = sorted(here.keys() - set(session.connector.ids(kind, session.scope)))
        for start in range(0, len(absent), _AT_ONCE):
            found |= {each.remote_id for each in session.connector.fetch(kind, absent[start : start + _AT_ONCE])}
    except ScopeDenied:
        return set()
    return set(absent) - found


def _landed(session: Session) -> list[QueuedOp]:
    """The creations of the rep's that the CRM had confirmed and whose records are still here, oldest first."""
    with session.database.read() as rows:
        made = [op for op in outbox.in_state(rows, OpState.DONE, limit=1_000_000) if op.action == "create"]
        living = {kind: records.living(rows, kind) for kind in {op.kind for op in made}}
    return [op for op in made if living[op.kind].get(_remote(op)) == op.record_id]


def _lost(session: Session, push: Push) -> list[QueuedOp]:
    """The rep's creations that the CRM neither shows nor knows by their mark.

    What was found out stays so where a pause or a cut ends the cycle: however many they are, the last is reached.
    """
    with session.database.read() as rows:
        state: dict[str, Any] = meta.get(rows, _KEY)
    known: dict[str, bool] = state.setdefault("looked_up", {})
    landed = [op for op in _landed(session) if op.kind in session.description.kinds]
    try:
        for kind in session.description.kinds:
            waiting = [op for op in landed if op.kind is kind and op.id not in known]
            for start in range(0, len(waiting), _AT_ONCE):
                _look_up(session, push, waiting[start : start + _AT_ONCE], known)
    except ConnectorError:
        _keep(session, state)
        raise
    return [op for op in landed if known[op.id]]


def _look_up(session: Session, push: Push, ops: Sequence[QueuedOp], known: dict[str, bool]) -> None:
    """Adds to `known` which of these creations of one kind are lost. Of one that may not be read it is not known."""
    asked = [_remote(op) for op in ops]
    try:
        shown = {each.remote_id for each in session.connector.fetch(ops[0].kind, asked)}
    except ScopeDenied:
        known.update((op.id, False) for op in ops)
        return
    # Under an id that nobody asked for a CRM shows what one of them was merged into: then each is asked for alone.
    led_on = bool(shown.difference(asked))
    known.update((op.id, False) for op in ops if _remote(op) in shown)
    for op in ops:
        if op.id not in known:
            there = led_on and bool(session.connector.fetch(op.kind, [_remote(op)]))
            known[op.id] = not there and not _has_its_mark(session, push, op)


def _has_its_mark(session: Session, push: Push, op: QueuedOp) -> bool:
    """Whether the CRM made it under another id. Where it can't tell, its new creation is looked for before it is sent,
    and that ends with the rep."""
    if session.description.kinds[op.kind].create is Identity.NONE:
        return False
    try:
        return session.connector.find_by_op(push.wire(op, op.values, None)) is not None
    except (SignInNeeded, Unreachable, ApiSunset, Misconfigured):
        raise
    except ConnectorError:
        return False


def _keep(session: Session, state: dict[str, Any]) -> None:
    with session.database.write(patient=True, from_sync=True) as write:
        meta.put(write, _KEY, state)


def _allow_removals(write: Write, kind: Kind, missing: int, now: int) -> None:
    if missing:
        sweep_questions.put(write, SweepQuestion(kind, missing, records.count(write, kind), now, "remove"))
    cursors.put(write, kind, swept_at=None)


def _remote(op: QueuedOp) -> str:
    return op.remote_id or ""
