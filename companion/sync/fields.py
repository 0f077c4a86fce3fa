"""What the CRM's fields are as it last told, and whether a value can still be written into one."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

from companion.connectors.base import FieldFacts, Upsert
from companion.database import Rows, Write
from companion.domain.collisions import DERIVED
from companion.domain.language import tr
from companion.domain.records import FIELDS, Kind, Value
from companion.store import crm_fields, cursors, meta, records
from companion.store.names import TABLES

_KEY: Final = "schema"

GONE, CLOSED, CHOICE = "gone", "closed", "choice"
"""Why a value can't be written: the field is no more, it is not ours to write, the choice was retired."""

FieldName = tuple[Kind, str]


@dataclass(frozen=True, slots=True)
class KnownFields:
    """The CRM's fields by kind and canonical name, as read at `at` (seconds since 1970; None: never).

    `gone` are those that were there once, with their labels; `demanded` those that became required while we watched.
    """

    facts: Mapping[FieldName, FieldFacts] = field(default_factory=dict)
    gone: Mapping[FieldName, str] = field(default_factory=dict)
    demanded: frozenset[FieldName] = frozenset()
    at: int | None = None

    def label(self, kind: Kind, name: str) -> str:
        """The field as the CRM's users call it."""
        known = self.facts.get((kind, name))
        return known.label if known is not None else self.gone.get((kind, name)) or name.replace("_", " ").capitalize()

    def shut(self, kind: Kind, name: str, value: Value) -> str | None:
        """GONE, CLOSED or CHOICE where the value can't be written; None where it may be tried."""
        known = self.facts.get((kind, name))
        if known is None:
            return GONE if (kind, name) in self.gone else None
        if not (known.writable and known.readable):
            return CLOSED
        retired = known.choices and value not in (None, "") and str(value) not in known.choices
        return CHOICE if retired else None

    def unseen(self) -> frozenset[FieldName]:
        """Fields whose contents the rep may not, or can't, see in the CRM."""
        return frozenset(self.gone) | {name for name, each in self.facts.items() if not each.readable}


def words(why: str, label: str, value: Value) -> str:
    """Why a value was set aside, for its card and the op's history."""
    if why == GONE:
        return tr("The CRM no longer has the field “{label}”; what you wrote is kept here", label=label)
    if why == CHOICE:
        return tr(
            "“{value}” can no longer be chosen for “{label}” in the CRM; choose another value", value=value, label=label
        )
    return tr("“{label}” can’t be changed by you in the CRM; what you wrote is kept here", label=label)


def get(rows: Rows) -> KnownFields:
    """What is known."""
    return _read(meta.text(rows, _KEY))


@lru_cache(maxsize=4)
def _read(text: str | None) -> KnownFields:
    told: dict[str, Any] = json.loads(text) if text else {}
    facts = [
        FieldFacts(Kind(kind), name, label, required, writable, tuple(choices), readable)
        for kind, name, label, required, writable, choices, readable in told.get("facts", ())
    ]
    return KnownFields(
        {(each.kind, each.name): each for each in facts},
        {(Kind(kind), name): label for kind, name, label in told.get("gone", ())},
        frozenset((Kind(kind), name) for kind, name in told.get("demanded", ())),
        told.get("at"),
    )


def put(write: Write, known: KnownFields) -> None:
    """Keeps it, and that it is fresh."""
    facts = [
        [each.kind, each.name, each.label, each.required, each.writable, each.choices, each.readable]
        for each in known.facts.values()
    ]
    gone = [[kind, name, label] for (kind, name), label in known.gone.items()]
    meta.put(write, _KEY, {"at": known.at, "facts": facts, "gone": gone, "demanded": sorted(known.demanded)})
    meta.put(write, crm_fields.STALE, None)


def read_afresh(write: Write, kind: Kind) -> None:
    """All of a kind is read again: no record's version tells that it holds more now, or comes from another field.

    What left since the last read is not told to a new cursor, so a sweep is due.
    """
    records.forget_versions(write, kind)
    cursors.forget(write, kind)
    cursors.put(write, kind, swept_at=None)


def leave_out(write: Write, kind: Kind, names: Iterable[str]) -> None:
    """What is known of these is of another field of the CRM: they are neither gone nor closed, but asked for anew."""
    known, apart = get(write), {(kind, name) for name in names}
    facts = {name: each for name, each in known.facts.items() if name not in apart}
    gone = {name: label for name, label in known.gone.items() if name not in apart}
    if known.at is not None:
        put(write, KnownFields(facts, gone, known.demanded - apart, known.at))
    doubt(write)


def untold(rows: Rows, kind: Kind, upserts: Iterable[Upsert], known: Mapping[str, str]) -> bool:
    """Whether the CRM says nothing of a field that we believe we may read and that has a value here.

    Its right was taken since the fields were read. `known` maps remote ids to local ids.
    """
    facts = get(rows).facts
    names = [name for name in FIELDS[kind] if name not in DERIVED and (kind, name) in facts]
    names = [name for name in names if facts[kind, name].readable]
    for upsert in upserts:
        missing = " OR ".join(f"{name} IS NOT NULL" for name in names if name not in upsert.fields)
        where = f"SELECT 1 FROM {TABLES[kind]} WHERE id = ? AND ({missing})"
        if missing and rows.value(where, (known[upsert.remote_id],)):
            return True
    return False


def doubt(write: Write) -> None:
    """The CRM refused a field: what is known may be out of date, and is asked for anew."""
    meta.put(write, crm_fields.STALE, True)


def doubted(rows: Rows) -> bool:
    """Whether it is."""
    return bool(meta.get(rows, crm_fields.STALE))


def compared(before: KnownFields, told: Iterable[FieldFacts], at: int) -> KnownFields:
    """What is known after the CRM has told its fields anew.

    A kind of which most fields are missing at once was not told properly: it stays as it was.
    """
    facts = {(each.kind, each.name): each for each in told if each.name}  # the others are merely offered
    gone: dict[FieldName, str] = {}
    for kind in {kind for kind, _ in (*before.facts, *before.gone)}:
        known = {name: each.label for name, each in before.facts.items() if name[0] is kind}
        missing = {name: label for name, label in known.items() if name not in facts}
        if len(missing) * 2 > len(known):
            facts |= {name: before.facts[name] for name in known}
            missing = {}
        still = {name: label for name, label in before.gone.items() if name[0] is kind and name not in facts}
        gone |= still | missing
    demanded = {
        name
        for name, each in facts.items()
        if each.required
        and (name in before.demanded or (before.at is not None and not _required(before.facts.get(name))))
    }
    return KnownFields(facts, gone, frozenset(demanded), at)


def _required(known: FieldFacts | None) -> bool:
    return known is not None and known.required
