"""Rewind mode: the CRM went back in time, so nothing is taken away or sent until the rep says how to go on."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from msgspec.structs import replace as changed

from companion.connectors.base import Description, Finds, Identity, Page, Rewound, Scope, Upsert
from companion.database import Rows, Write
from companion.domain import notices as texts
from companion.domain.language import tr
from companion.domain.notices import Notice
from companion.domain.ops import OpState
from companion.domain.problems import Problem
from companion.domain.records import Gone, Kind
from companion.store import cursors, identities, meta, notices, outbox, records, sweep_questions, versions
from companion.store.outbox import QueuedOp
from companion.store.sweep_questions import SweepQuestion
from companion.sync import losses
from companion.sync.again import make_again
from companion.sync.leaving import bury_one
from companion.sync.session import Session
from companion.sync.through import Through

_KEY: Final = "rewound"
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
        begin(write, session.wall())


def begin(write: Write, now: int) -> None:
    """As `enter`, in the commit that keeps what proved it."""
    meta.put(write, _KEY, {"at": now, "surveyed": False})
    cursors.forget(write)
    versions.forget(write)
    _log.warning("the CRM was set back: nothing is removed or sent for now")


def lost_its_id(write: Write, kind: Kind, record_id: str, now: int) -> bool:
    """The CRM has given a record's id to a new one, so it was set back. Returns whether that begins the mode.

    Not for one that is gone already: some CRMs give the ids of what was deleted anew. What the rep has let go just
    before, and no sweep has taken away yet, goes at once.
    """
    identities.forget_id(write, kind, record_id)
    if not records.is_living(write, kind, record_id):
        return False
    asked = sweep_questions.every(write).get(kind)
    if asked is not None and asked.said(now) == "remove" and outbox.creation(write, record_id) is None:
        bury_one(write, kind, record_id, Gone.DELETED, None, now)
        return False
    begin(write, now)
    return True


def part(write: Write, kind: Kind, upserts: Sequence[Upsert], known: dict[str, str], description: Description) -> None:
    """While it lasts, what the CRM shows under the id of another record of ours is a record of its own.

    `known` holds the local ids by remote id, without such an id afterwards. Raises Rewound where it does not last, and
    the CRM shows what somebody else has made under the id of what the rep had made.
    """
    shown = [(known[each.remote_id], each) for each in upserts if each.remote_id in known]
    if not shown:
        return
    if not active(write):
        if any(losses.is_surely_another(write, each, record_id) for record_id, each in shown):
            raise Rewound("it has given the id of a record anew")
        return
    others = losses.taken_over(write, shown, description)
    for record_id, upsert in shown:
        if record_id in others:
            identities.forget_id(write, kind, record_id)
            known.pop(upsert.remote_id, None)


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
            missing, unnamed = losses.missing(session, kind), losses.unnamed(session, kind)
            mine = sum(op.kind is kind and op.remote_id in {None, *missing} for op in losses.landed(session))
            counted[kind.value] = [len(missing) + len(unnamed), mine]
            _keep(session, state)
    facts = {
        "missing": sum(all_of for all_of, _ in counted.values()),
        "mine": sum(mine for _, mine in counted.values()),
    }
    with session.write() as write:
        counts = {kind: missing for kind, (missing, _) in counted.items() if missing}
        meta.put(write, _KEY, {**state, "surveyed": True, "missing": counts})
        notices.put(write, Notice("rewound", at=session.wall(), facts=facts))


def leave_if_answered(session: Session) -> bool:
    """Ends the mode where the rep said so; returns whether changes may be sent now.

    What the rep had made and the CRM lost is made again, unless the CRM knows its mark. What else it lost goes from
    here too, or may go as far as the rep was told.
    """
    with session.database.read() as rows:
        if not active(rows):
            return True
        told = notices.get(rows, "rewound")
    if told is None or told.said(session.wall()) != "send":
        return False
    lost = _lost(session)
    if lost is None:
        return False
    with session.write() as write:
        state: dict[str, Any] = meta.get(write, _KEY)
        for op in lost:
            traced = session.description.kinds[op.kind].create is not Identity.NONE
            make_again(write, op, session.new_id, session.wall(), traced=traced)
        for kind in session.description.kinds:
            _let_go(write, kind, session.wall())
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
    mine = [op for op in losses.landed(session) if op.kind is kind]
    if not mine or (mine[-1].remote_id is not None and session.connector.fetch(kind, [mine[-1].remote_id])):
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


def _let_go(write: Write, kind: Kind, now: int) -> None:
    """Marks as gone what was not the rep's own and whose id the CRM has given to another record."""
    for record_id in records.without_id(write, kind):
        if outbox.creation(write, record_id) is None:
            bury_one(write, kind, record_id, Gone.DELETED, None, now)


def _lost(session: Session) -> list[QueuedOp] | None:
    """The rep's creations that the CRM neither shows nor knows by their mark; None while it can't tell of one yet.

    What was found out stays so where a pause or a cut ends the cycle: however many they are, the last is reached.
    """
    with session.database.read() as rows:
        state: dict[str, Any] = meta.get(rows, _KEY)
    known: dict[str, bool] = state.setdefault("looked_up", {})
    landed = [op for op in losses.landed(session) if op.kind in session.description.kinds]
    try:
        for kind in session.description.kinds:
            waiting = [op for op in landed if op.kind is kind and op.id not in known]
            for start in range(0, len(waiting), losses.AT_ONCE):
                losses.look_up(session, waiting[start : start + losses.AT_ONCE], known)
    finally:
        _keep(session, state)
    return None if any(op.id not in known for op in landed) else [op for op in landed if known[op.id]]


def _keep(session: Session, state: dict[str, Any]) -> None:
    with session.database.write(patient=True, from_sync=True) as write:
        meta.put(write, _KEY, state)


def _allow_removals(write: Write, kind: Kind, missing: int, now: int) -> None:
    if missing:
        sweep_questions.put(write, SweepQuestion(kind, missing, records.count(write, kind), now, "remove"))
    cursors.put(write, kind, swept_at=None)
