"""What a CRM that was set back does not have any more, and what of it the rep had made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from companion.connectors.base import (
    ApiSunset,
    ConnectorError,
    Description,
    Identity,
    Misconfigured,
    RateLimited,
    ScopeDenied,
    SignInNeeded,
    Unreachable,
    Upsert,
)
from companion.database import Rows
from companion.domain.ops import OpState
from companion.domain.records import Kind, Value
from companion.store import identities, outbox, records
from companion.store.outbox import QueuedOp
from companion.sync.again import keys
from companion.sync.session import Session
from companion.sync.wire_op import wire_op

_MARKING: Final = frozenset({Identity.CLIENT_ID, Identity.EXTERNAL_KEY, Identity.MARKER})
_FEW: Final = 3
AT_ONCE: Final = 200
"""How many records one request asks for by their ids."""


def missing(session: Session, kind: Kind) -> set[str]:
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
        for start in range(0, len(absent), AT_ONCE):
            found |= {each.remote_id for each in session.connector.fetch(kind, absent[start : start + AT_ONCE])}
    except ScopeDenied:
        return set()
    return set(absent) - found


def landed(session: Session) -> list[QueuedOp]:
    """The creations of the rep's that the CRM had confirmed and whose records are still here, oldest first.

    Without a `remote_id` where the CRM has given the record's to another one.
    """
    with session.database.read() as rows:
        made = [op for op in outbox.in_state(rows, OpState.DONE, limit=1_000_000) if op.action == "create"]
        living = {kind: records.living(rows, kind) for kind in {op.kind for op in made}}
        unnamed = {kind: records.without_id(rows, kind) for kind in living}
    return [
        outbox.replaced(op, remote_id=None) if op.record_id in unnamed[op.kind] else op
        for op in made
        if op.record_id in unnamed[op.kind] or living[op.kind].get(op.remote_id or "") == op.record_id
    ]


def unnamed(session: Session, kind: Kind) -> set[str]:
    """The local ids of those records of a kind whose ids the CRM has given to others."""
    with session.database.read() as rows:
        makers = {each: outbox.creation(rows, each) for each in records.without_id(rows, kind)}
    return {each for each, maker in makers.items() if maker is None or maker.state is OpState.DONE}


def look_up(session: Session, ops: Sequence[QueuedOp], known: dict[str, bool]) -> None:
    """Adds to `known` which of these creations of one kind are lost. Of one that may not be read it is not known.

    One that the CRM can't tell of yet, though it answers, is left out: its search may lag.
    """
    asked = [op.remote_id for op in ops if op.remote_id is not None]
    try:
        found = {each.remote_id: each for each in session.connector.fetch(ops[0].kind, asked)} if asked else {}
    except ScopeDenied:
        known.update((op.id, False) for op in ops)
        return
    # Under an id that nobody asked for a CRM shows what one of them was merged into: then each is asked for alone.
    led_on = bool(found.keys() - set(asked))
    ops = _parted(session, ops, found)
    known.update((op.id, False) for op in ops if op.remote_id in found)
    for op in ops:
        if op.id not in known:
            there = led_on and op.remote_id is not None and bool(session.connector.fetch(op.kind, [op.remote_id]))
            try:
                known[op.id] = not there and not _has_its_mark(session, op)
            except RateLimited:
                raise
            except Unreachable:
                if not session.ask_about_me():
                    raise


def _parted(session: Session, ops: Sequence[QueuedOp], found: Mapping[str, Upsert]) -> list[QueuedOp]:
    """The creations, without a remote id where another record has it by now."""
    with session.database.read() as rows:
        shown = [
            (op.record_id, found[op.remote_id]) for op in ops if op.remote_id is not None and op.remote_id in found
        ]
        others = taken_over(rows, shown, session.description)
    if others:
        with session.write() as write:
            for op in ops:
                if op.record_id in others:
                    identities.forget_id(write, op.kind, op.record_id)
    return [outbox.replaced(op, remote_id=None) if op.record_id in others else op for op in ops]


def taken_over(rows: Rows, shown: Sequence[tuple[str, Upsert]], description: Description) -> set[str]:
    """Those of our records (by local id) whose ids another record has in the CRM, given that it was set back.

    It tells by the mark of the op that made it. One without a mark was made later than ours: but if that is so of most,
    the CRM's clock has moved. What the rep had made is known to carry a mark only where the CRM keeps one.
    """
    found: set[str] = set()
    later: dict[str, bool] = {}
    for record_id, upsert in shown:
        made = outbox.creation(rows, record_id)
        facts = description.kinds.get(upsert.kind)
        if made is not None and upsert.op_id is not None:
            if upsert.op_id not in keys(made.id):
                found.add(record_id)
        elif made is None or (facts is not None and facts.create in _MARKING):
            ours, theirs = _made_at(rows, upsert, record_id)
            if isinstance(ours, int) and isinstance(theirs, int):
                later[record_id] = theirs > ours
    made_later = {record_id for record_id, is_later in later.items() if is_later}
    return found if len(made_later) > max(_FEW, len(later) // 2) else found | made_later


def is_surely_another(rows: Rows, upsert: Upsert, record_id: str) -> bool:
    """Whether it is another one than what the rep had made, which proves that the CRM was set back.

    A merge may bring another mark along, but leaves the instant at which the record was made.
    """
    made = outbox.creation(rows, record_id) if upsert.op_id is not None else None
    if made is None or made.state is not OpState.DONE or upsert.op_id in keys(made.id):
        return False
    ours, theirs = _made_at(rows, upsert, record_id)
    return ours is None or theirs is None or ours != theirs


def _made_at(rows: Rows, upsert: Upsert, record_id: str) -> tuple[Value, Value]:
    here = records.get(rows, upsert.kind, record_id)
    return None if here is None else here.fields.get("created_at"), upsert.fields.get("created_at")


def _has_its_mark(session: Session, op: QueuedOp) -> bool:
    """Whether the CRM made it under another id, which the record then takes if it has none. Where it can't tell, its
    new creation is looked for before it is sent, and that ends with the rep."""
    if session.description.kinds[op.kind].create is Identity.NONE:
        return False
    try:
        found = session.connector.find_by_op(wire_op(session, op))
    except (SignInNeeded, Unreachable, ApiSunset, Misconfigured):
        raise
    except ConnectorError:
        return False
    if found is not None and op.remote_id is None:
        with session.write() as write:
            identities.identify(write, op.kind, op.record_id, found)
    return found is not None
