"""The fields that the CRM told of last, those that are none of ours among them: what a team can choose from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from companion.database import Rows, Write
from companion.domain.field_map import CrmField
from companion.domain.records import Kind
from companion.store import meta

KEY: Final = "crm_fields"
STALE: Final = "schema_stale"
"""The section of `meta` that says so."""
MOST: Final = 2_000
"""Fields that are kept; some orgs have thousands on one object."""


def put(write: Write, fields: Iterable[CrmField]) -> None:
    """Keeps what was told in the place of what there was."""
    told = [
        [
            each.kind,
            each.name,
            each.label,
            each.theirs,
            each.custom,
            each.filled,
            each.holds,
            each.writable,
            each.choices,
        ]
        for each, _ in zip(fields, range(MOST))
    ]
    meta.put(write, KEY, told)


def let_go(write: Write, kind: Kind, name: str, theirs: str) -> bool:
    """The CRM's field `theirs` is our field `name` no more; whether it had been told as that."""
    return _rename(write, kind, theirs, name, "")


def take_again(write: Write, kind: Kind, name: str, theirs: str) -> None:
    """`theirs` is our field `name` after all, unless the CRM has told meanwhile what is."""
    if not any((each.kind, each.name) == (kind, name) for each in every(write)):
        _rename(write, kind, theirs, "", name)


def _rename(write: Write, kind: Kind, theirs: str, was: str, name: str) -> bool:
    told = every(write)
    its = (kind, theirs, was)
    if not any((each.kind, each.theirs, each.name) == its for each in told):
        return False
    put(write, (replace(each, name=name) if (each.kind, each.theirs, each.name) == its else each for each in told))
    return True


def asked_anew(rows: Rows) -> bool:
    """Whether the CRM is asked for its fields with the next sync."""
    return bool(meta.get(rows, STALE))


def every(rows: Rows) -> tuple[CrmField, ...]:
    """All of them, as the CRM told them."""
    return tuple(
        CrmField(Kind(kind), name, label, theirs, custom, filled, holds, writable, tuple(choices))
        for kind, name, label, theirs, custom, filled, holds, writable, choices in meta.get(rows, KEY) or ()
    )
