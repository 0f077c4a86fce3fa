"""Ops as the engine would hand them over, and how one of them fares."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar
from uuid import uuid4

from companion.connectors.base import Action, Connector, Op
from companion.domain.records import Kind, Value

AT = 1_795_298_400
"""2026-11-21 22:00 UTC."""

ResultT = TypeVar("ResultT")


def op_id() -> str:
    """An op's id, as 32 hex digits."""
    return uuid4().hex


def op(
    kind: Kind,
    action: Action = Action.CREATE,
    remote_id: str | None = None,
    fields: Mapping[str, Value] | None = None,
    links: Mapping[str, str | None] | None = None,
    **more: object,
) -> Op:
    """An op as the engine would hand it over."""
    return Op(op_id(), kind, action, remote_id, dict(fields or {}), dict(links or {}), at=AT, **more)  # type: ignore[arg-type]


def sent_before(first: Op) -> Op:
    """The same op on its second attempt, a minute later."""
    return Op(
        first.id, first.kind, first.action, first.remote_id, first.fields, first.links, first.seen, first.version,
        first.at, AT + 60,
    )  # fmt: skip


def push_one(connector: Connector, one: Op, expected: type[ResultT]) -> ResultT:
    """The result of one op, which must be of the kind that the test expects."""
    (result,) = connector.push([one])
    assert result.op_id == one.id
    assert isinstance(result, expected), result
    return result
