"""Whether a record is as an op wants it, and whether somebody changed it meanwhile: where a CRM guards nothing."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from companion.connectors.base import Action, Op, Upsert
from companion.domain.records import Value

VERB_STATUS: Final = {Action.WIN: "won", Action.LOSE: "lost"}
"""The status of a deal after a verb."""


def says_the_same(op: Op, now: Upsert, untold: Collection[str] = ()) -> bool:
    """Whether there is nothing left to write. `untold` are fields that this CRM does not tell as they were written."""
    if op.action is Action.DELETE:
        return False
    wanted: dict[str, Value] = {**op.fields, **op.links}
    for name in ("done_at", *untold):
        wanted.pop(name, None)
    if op.action in VERB_STATUS:
        wanted["status"] = VERB_STATUS[op.action]
    if op.action is Action.COMPLETE:
        wanted["done"] = True
    return bool(wanted) and all(_same(value, _now(now, name)) for name, value in wanted.items())


def changed_under(op: Op, now: Upsert) -> bool:
    """Whether somebody changed what the op changes; with nothing seen, whether anybody changed the record."""
    if op.seen:
        told = {**now.fields, **now.links}
        return any(not _same(seen, told[name]) for name, seen in op.seen.items() if name in told)
    return op.version is not None and op.version != now.version


def _now(now: Upsert, name: str) -> Value:
    return now.links[name] if name in now.links else now.fields.get(name)


def _same(a: Value, b: Value) -> bool:
    return (a.strip() if isinstance(a, str) else a) in (b, None if b == "" else b) or (not a and not b)
