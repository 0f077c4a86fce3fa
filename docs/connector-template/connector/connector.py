"""The connector to Acme: the contract of `base`, put together from the parts beside this file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from companion.connectors.base import Budget, Description, Op, Page, Result, Schema, Scope, Upsert
from companion.connectors.http import Client
from companion.domain.account import Account
from companion.domain.field_map import FieldMap
from companion.domain.records import Kind


class AcmeConnector:
    """Speaks to one Acme in the name of the user behind the key."""

    def __init__(
        self, http: Client, account: Account, secret: str, *, page: int = 200, field_map: FieldMap | None = None
    ) -> None:
        self._http, self._account, self._secret = http, account, secret
        self._page, self._agreed = page, field_map or FieldMap()

    def describe(self) -> Description:
        """Signs in anew, and looks what is there and open to this user."""
        raise NotImplementedError("who we are, and for each kind how changes and deletes are found, and what guards it")

    def schema(self) -> Schema:
        """The fields, by our names where they have one."""
        raise NotImplementedError("the fields that this user may read and write, with their labels")

    def pull(self, kind: Kind, scope: Scope, cursor: bytes | None) -> Page:
        """The page after `cursor`."""
        raise NotImplementedError("a page after the cursor; all that it needs to go on is in the cursor")

    def ids(self, kind: Kind, scope: Scope) -> Iterator[str]:
        """All ids in scope."""
        raise NotImplementedError("every id in scope; raises rather than end early")

    def fetch(self, kind: Kind, remote_ids: Sequence[str]) -> list[Upsert]:
        """These records now."""
        raise NotImplementedError("these records as they are now, read by id and never by a search that lags")

    def push(self, ops: Sequence[Op]) -> list[Result]:
        """Sends the ops in order."""
        raise NotImplementedError("one result an op, in order; no definite answer is Unknown and never a failure")

    def find_by_op(self, op: Op) -> str | None:
        """What `op` created."""
        raise NotImplementedError("the id of what the op made, by its mark; raises where nobody can tell yet")

    def budget(self) -> Budget:
        """What is left of the rate limits."""
        return Budget()

    def close(self) -> None:
        """Closes the connections."""
        self._http.close()
