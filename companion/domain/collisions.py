"""Which fields belong together when two people change a record at once, and what may be offered for texts.

No field of ours is a set of tags or a counter, so none needs rules of its own for these.
"""

from __future__ import annotations

import re
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
FOLLOWS: Final[Mapping[str, tuple[str, ...]]] = {"stage": ("stage_since_at",), "status": ("closed_at",)}
"""Fields of a deal that follow from another one of it."""

_OF_LINES: Final = frozenset({"body", "lost_note"})
_LINE_ENDS: Final = re.compile(r"\r\n|[\r\n\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_UNSTORABLE: Final = re.compile("[\0\ufffd\ud800-\udfff]")


def group(kind: Kind, name: str) -> str:
    """The group in which a field collides: stage, status and probability stand or fall together."""
    return _GROUPS.get(kind, {}).get(name, name)


def groups(kind: Kind, names: Iterable[str]) -> frozenset[str]:
    """The groups of several fields."""
    return frozenset(group(kind, name) for name in names)


def plain(kind: Kind, name: str, value: Value) -> Value:
    """What CRMs commonly do to a value: trim, unify blanks and line ends, lower an address, drop an empty text.

    Of a phone number the digits count; no amount is one of nothing; characters that no database takes don't count.
    """
    if isinstance(value, bool):
        return int(value)
    if value is None and name in ("amount", "probability"):
        return 0
    if not isinstance(value, str):
        return int(value) if isinstance(value, float) and value.is_integer() else value
    if name in ("phone", "mobile"):
        return "".join(each for each in value if each.isdecimal() or each == "+") or None
    text = _UNSTORABLE.sub("", value)
    if name in _OF_LINES:
        return "\n".join(" ".join(line.split()) for line in _LINE_ENDS.split(text)).strip() or None
    text = " ".join(text.split())
    return (text.casefold() if name == "email" else text) or None


def alike(kind: Kind, name: str, one: Value, other: Value) -> bool:
    """Whether two values of a field are the same to a person."""
    return plain(kind, name, one) == plain(kind, name, other)


def both_texts(base: Value, mine: Value, theirs: Value) -> str | None:
    """Where two people appended to one text, both additions one after the other; else None. It is an offer only."""
    if not (isinstance(mine, str) and isinstance(theirs, str)):
        return None
    start = base if isinstance(base, str) else ""
    if not (mine.startswith(start) and theirs.startswith(start)):
        return None
    added = mine[len(start) :].strip()
    return f"{theirs.rstrip()}\n{added}" if added else None
