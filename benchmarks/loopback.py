"""The server of `pull_server` as a whole CRM that the engine can be given: read over real HTTP, never written to."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, Final

from benchmarks.pull_server import COMPANIES, FIRM, USER
from companion.connectors.base import (
    Budget,
    Concurrency,
    Description,
    FieldFacts,
    Finds,
    Identity,
    KindFacts,
    Op,
    Page,
    Result,
    RetryLater,
    Schema,
    Scope,
    Upsert,
)
from companion.connectors.http import Client
from companion.connectors.odoo import mapping
from companion.domain.records import FIELDS, Kind

_FACTS: Final = KindFacts(Finds.TIMESTAMP, Finds.IN_STREAM, Identity.EXTERNAL_KEY, Concurrency.NONE, writable=True)
_SCHEMA: Final = Schema(tuple(FieldFacts(kind, name, name) for kind, names in FIELDS.items() for name in names))


class LoopbackCrm:
    """Its cursor is the number of the next page and moves on with each, as one does that tells the server's time."""

    def __init__(self, port: int) -> None:
        self._address = f"http://127.0.0.1:{port}"
        self._http = Client(time.monotonic)
        firms = range(FIRM, FIRM + COMPANIES)
        self._lookups = mapping.Lookups(partners={n: {"id": n, "is_company": True} for n in firms}, tags={1: "Fair"})
        self.asked: Counter[Kind] = Counter()
        """How many requests each kind took."""

    def describe(self) -> Description:
        """Every kind is there, and we are its only user."""
        return Description("loopback", "1", "loopback", USER, "Nora Lind", dict.fromkeys(Kind, _FACTS))

    def schema(self) -> Schema:
        """Our own fields."""
        return _SCHEMA

    def pull(self, kind: Kind, scope: Scope, cursor: bytes | None) -> Page:
        """The page that the cursor names."""
        n = int(cursor or b"0")
        rows = self._rows(kind, n)
        upserts = [self._person(row) for row in rows] if kind is Kind.PERSON else [_plain(kind, row) for row in rows]
        return Page(upserts, str(n + 1).encode(), more=bool(rows))

    def ids(self, kind: Kind, scope: Scope) -> Iterator[str]:
        """Page by page."""
        n = 0
        while rows := self._rows(kind, n):
            yield from (str(row["id"] if kind is Kind.PERSON else row[0]) for row in rows)
            n += 1

    def fetch(self, kind: Kind, remote_ids: Sequence[str]) -> list[Upsert]:
        """Nothing of it has changed."""
        return []

    def push(self, ops: Sequence[Op]) -> list[Result]:
        """Takes nothing."""
        return [RetryLater(op.id, "this CRM is only read") for op in ops]

    def find_by_op(self, op: Op) -> str | None:
        """Nothing was written."""
        return None

    def budget(self) -> Budget:
        """No limits."""
        return Budget()

    def close(self) -> None:
        """Lets go of the connection."""
        self._http.close()

    def _rows(self, kind: Kind, n: int) -> Any:
        self.asked[kind] += 1
        path = "people" if kind is Kind.PERSON else kind.value
        return self._http.read("GET", f"{self._address}/{path}/{n}").json()

    def _person(self, row: dict[str, Any]) -> Upsert:
        return mapping.person(row, self._lookups)


def _plain(kind: Kind, row: Sequence[Any]) -> Upsert:
    remote_id, fields, links = row
    return Upsert(kind, remote_id, "1", fields, links)
