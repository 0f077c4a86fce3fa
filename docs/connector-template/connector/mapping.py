"""What Acme's records are in Companion's words, and back: the only module that knows both vocabularies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from companion.connectors.base import Upsert
from companion.domain.records import Kind, Value

Row = Mapping[str, Any]


def upsert(kind: Kind, row: Row) -> Upsert:
    """A row as the contract wants it."""
    raise NotImplementedError("a row as ours: names of `records`, whole seconds, hundredths, days without a zone")


def values(kind: Kind, fields: Mapping[str, Value]) -> dict[str, Any]:
    """Fields of ours as Acme takes them."""
    raise NotImplementedError("our fields as theirs; one that Acme has no place for is refused, never left out")
