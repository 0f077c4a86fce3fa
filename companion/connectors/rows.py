"""What the rows of an answer tell: records, what left the scope, and rows that can't be read and stop themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from companion.connectors import payload, strange
from companion.connectors.base import Poison, Tombstone, Upsert
from companion.domain.records import Kind

Tell = Callable[[str, dict[str, Any]], Iterable[Upsert | Tombstone]]


class Told(NamedTuple):
    """In the order of the rows."""

    upserts: list[Upsert]
    gone: list[Tombstone]
    poison: list[Poison]


def told(kind: Kind, rows: Iterable[tuple[str, dict[str, Any]]], tell: Tell) -> Told:
    """What `tell` makes of each sound row with its remote id. What it raises on a strange one is that row's alone."""
    found = Told([], [], [])
    for remote_id, row in rows:
        why = payload.unsound(row)
        try:
            some = [] if why else list(tell(remote_id, row))
        except strange.SHAPE as error:
            some, why = [], strange.why(error)
        found.upserts.extend(each for each in some if isinstance(each, Upsert))
        found.gone.extend(each for each in some if isinstance(each, Tombstone))
        if why:
            found.poison.append(Poison(kind, remote_id, why))
    return found
