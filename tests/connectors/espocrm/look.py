"""What tests of EspoCRM look at: a record as it is told, and the row behind it."""

from __future__ import annotations

from typing import Any

from companion.connectors.base import Connector, Upsert
from companion.domain.records import Kind
from tests.connectors.contract import drain
from tests.connectors.espocrm.bench import EspoBench


def fetched(connector: Connector, kind: Kind, remote_id: str) -> Upsert:
    """The record now."""
    (found,) = connector.fetch(kind, [remote_id])
    return found


def some_deal(bench: EspoBench) -> Upsert:
    """A deal of the book that is about somebody."""
    return next(each for each in drain(bench.connector(), Kind.DEAL).upserts.values() if each.links["company"])


def row_of(bench: EspoBench, entity: str, remote_id: str) -> dict[str, Any]:
    """The row behind a remote id."""
    return bench.espo.tables[entity][remote_id.rpartition(":")[2].removeprefix("lead-")]
