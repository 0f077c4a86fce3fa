"""An op of the outbox as a connector takes it: in the CRM's own ids."""

from __future__ import annotations

from collections.abc import Mapping

from companion.connectors.base import Action, Op, Upsert
from companion.database import Rows
from companion.domain.records import LINKS, STRANGER, Kind, Value
from companion.store import records
from companion.store.outbox import QueuedOp
from companion.sync.session import Session


def wire_op(
    session: Session, op: QueuedOp, sent: Mapping[str, Value] | None = None, server: Upsert | None = None
) -> Op:
    """The op with those of its values that are `sent`, all where nothing is said; `server` is the CRM's record.

    It says that the rep saw what the CRM has now: the plan has judged that against what the rep did see, and what the
    connector guards is the time between our look and our write.
    """
    values = op.values if sent is None else sent
    now: dict[str, Value] = {**server.fields, **server.links} if server is not None else {}
    with session.database.read() as rows:
        return Op(
            id=op.id,
            kind=op.kind,
            action=Action(op.action),
            remote_id=records.remote_id(rows, op.kind, op.record_id),
            fields={name: value for name, value in values.items() if name not in LINKS[op.kind]},
            links={name: _remote_id(rows, op.kind, name, values[name]) for name in values if name in LINKS[op.kind]},
            seen={
                name: now[name] if name in now else _remote(rows, op.kind, name, value)
                for name, value in op.seen.items()
                if name in values
            },
            version=server.version if server is not None else None,
            at=op.created_at,
            first_sent_at=op.first_sent_at,
        )


def _remote(rows: Rows, kind: Kind, name: str, value: Value) -> Value:
    return _remote_id(rows, kind, name, value) if name in LINKS[kind] else value


def _remote_id(rows: Rows, kind: Kind, name: str, local_id: Value) -> str | None:
    if not isinstance(local_id, str):
        return None
    if local_id.startswith(STRANGER):
        return local_id.removeprefix(STRANGER)
    return records.remote_id(rows, LINKS[kind][name], local_id)
