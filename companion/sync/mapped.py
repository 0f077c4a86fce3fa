"""When a team takes a field from elsewhere: another connector, and what was read by the old map is read again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from companion.connectors.base import Connector
from companion.database import Database
from companion.domain import workspace_fields
from companion.domain.field_map import MAPPABLE, FieldMap
from companion.domain.records import Kind
from companion.store import forgetting, meta, workspaces
from companion.sync import fields

_AT_ONCE: Final = 200
Connect = Callable[[FieldMap], Connector]


class Mapped:
    """Follows the map that the book keeps. `connect` makes a connector by one, `shipped` holds where the book has none,
    and `made_by` is that of the connector under way.
    """

    def __init__(self, database: Database, connect: Connect | None, shipped: FieldMap, made_by: FieldMap) -> None:
        self._database, self._connect = database, connect
        self._shipped, self._made_by = shipped, made_by

    def connector(self) -> Connector | None:
        """At the start of a cycle: a connector by the map of now, where the one under way was made by another."""
        if self._connect is None:
            return None
        with self._database.read() as rows:
            agreed = workspaces.field_map(rows) or self._shipped
            before = workspaces.read_by(rows)
        if before != agreed:
            self._take(before, agreed)
        if agreed == self._made_by:
            return None
        self._made_by = agreed
        return self._connect(agreed)

    def _take(self, old: FieldMap, agreed: FieldMap) -> None:
        """What another map brought is read again, before anything is read by this one."""
        for kind in MAPPABLE:
            for name in set(old.names(kind, {})) - set(agreed.names(kind, {})):
                self._empty(kind, name)
        with self._database.write() as write:
            for kind in MAPPABLE:
                if workspace_fields.of_kind(old, kind) != workspace_fields.of_kind(agreed, kind):
                    fields.read_afresh(write, kind)
                    fields.leave_out(write, kind, _moved(old, agreed, kind))
            meta.put(write, workspaces.READ_BY, workspace_fields.encode(agreed))

    def _empty(self, kind: Kind, name: str) -> None:
        """What stood in another field is not told again: it goes, a few rows at a time; unsent words stay."""
        after: int | None = 0
        while after is not None:
            with self._database.write(patient=True, from_sync=True) as write:
                after = forgetting.field_of_some(write, kind, name, None, after, _AT_ONCE)


def _moved(old: FieldMap, new: FieldMap, kind: Kind) -> set[str]:
    """Our fields of a kind that come from elsewhere now."""
    before, after = old.names(kind, {}), new.names(kind, {})
    return {name for name in (*before, *after) if before.get(name) != after.get(name)}
