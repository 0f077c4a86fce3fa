"""A connector seen through another: what passes on each request, for whoever changes one of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from companion.connectors.base import Budget, Connector, Description, Op, Page, Result, Schema, Scope, Upsert
from companion.domain.records import Kind


class Through:
    """Passes everything on. `before` runs ahead of each call."""

    def __init__(self, connector: Connector) -> None:
        self.connector = connector

    def before(self) -> None:
        """Nothing, here."""

    def describe(self) -> Description:
        """See Connector, as for all that follow."""
        self.before()
        return self.connector.describe()

    def schema(self) -> Schema:
        """The fields."""
        self.before()
        return self.connector.schema()

    def pull(self, kind: Kind, scope: Scope, cursor: bytes | None) -> Page:
        """A page."""
        self.before()
        return self.connector.pull(kind, scope, cursor)

    def ids(self, kind: Kind, scope: Scope) -> Iterator[str]:
        """All ids."""
        self.before()
        return self.connector.ids(kind, scope)

    def fetch(self, kind: Kind, remote_ids: Sequence[str]) -> list[Upsert]:
        """Records by id."""
        self.before()
        return self.connector.fetch(kind, remote_ids)

    def push(self, ops: Sequence[Op]) -> list[Result]:
        """Sends."""
        self.before()
        return self.connector.push(ops)

    def find_by_op(self, op: Op) -> str | None:
        """What an op made."""
        self.before()
        return self.connector.find_by_op(op)

    def budget(self) -> Budget:
        """What is left."""
        return self.connector.budget()

    def close(self) -> None:
        """Closes."""
        self.connector.close()
