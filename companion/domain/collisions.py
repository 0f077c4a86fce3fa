"""Which fields belong together when two people change a record at once, and what may be offered for texts.

The rules are reliability.md's I-18 as far as our fields need them: no canonical field is a set of tags or a counter.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from companion.domain.records import Kind, Value

_STAGE: Final = "stage"
_GROUPS: Final[Mapping[Kind, Mapping[str, str]]] = {
    Kind.DEAL: {
        **dict.fromkeys(("stage", "pipeline", "status", "probability", "loss_reason", "lost_note"), _STAGE),
        **dict.fromkeys(("stage_since_at", "closed_at"), _STAGE),
        **dict.fromkeys(("amount", "currency"), "amount"),
    },
    Kind.ACTIVITY: {
        **dict.fromkeys(("done", "done_at"), "done"),
        **dict.fromkeys(("due_on", "due_at"), "due"),
        **dict.fromkeys(("at", "ends_at", "duration_s"), "at"),
    },
}

DERIVED: Final = frozenset({"stage_since_at", "closed_at", "done_at"})
"""Fields that follow from another one: they go along with it and never collide by themselves."""


def group(kind: Kind, name: str) -> str:
    """The group in which a field collides: stage, status and probability stand or fall together."""
    return _GROUPS.get(kind, {}).get(name, name)


def groups(kind: Kind, names: Iterable[str]) -> frozenset[str]:
    """The groups of several fields."""
    return frozenset(group(kind, name) for name in names)


def both_texts(base: Value, mine: Value, theirs: Value) -> str | None:
    """Where two people appended to one text, both additions one after the other; else None. It is an offer only."""
    if not (isinstance(mine, str) and isinstance(theirs, str)):
        return None
    start = base if isinstance(base, str) else ""
    if not (mine.startswith(start) and theirs.startswith(start)):
        return None
    added = mine[len(start) :].strip()
    return f"{theirs.rstrip()}\n{added}" if added else None
