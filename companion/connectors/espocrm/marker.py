"""How Companion's own records are recognised in EspoCRM, whose API takes no ids from outside.

Where the administrator made a text field `companionOpId` (EspoCRM calls it `cCompanionOpId`), the op's id stands there.
Otherwise it is the last line of the description, as a link definition that EspoCRM's own screens don't show, since they
render text as Markdown; only whoever edits the text sees it:

    [companion]: # (0192f3a0c5de7b1a8c3e5d7f9a1b2c3d)

A stream post has no field for when it took place, nor for a subject: the same line carries the one in seconds since
1970, and an `s` if the text begins with the other, in bold. What hangs on a deal and takes no guests (posts, tasks,
e-mails) carries there, after an `@`, the person that it is about, who need not be the deal's main contact.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from msgspec import Struct

FIELDS: Final = ("cCompanionOpId", "companionOpId")
_LINE: Final = re.compile(
    r"(?:\A|\r?\n\r?\n)\[companion\]: # \(([0-9a-f]{32})(?: (-?[0-9]{1,12}))?( s)?(?: @([\w-]{1,64}))?\)\s*\Z", re.ASCII
)


class Mark(Struct, frozen=True):
    """What the line says."""

    op_id: str
    at: int | None = None
    subject: bool = False
    person: str | None = None


def field(known: Mapping[str, object]) -> str | None:
    """The administrator's field for our ids among the fields of an entity."""
    return next((name for name in FIELDS if name in known), None)


def put(text: str, mark: Mark) -> str:
    """The text with the line below it."""
    at = "" if mark.at is None else f" {mark.at}"
    person = f" @{mark.person}" if mark.person else ""
    line = f"[companion]: # ({mark.op_id}{at}{' s' if mark.subject else ''}{person})"
    return f"{text}\n\n{line}" if text else line


def taken(text: object) -> tuple[str, Mark | None]:
    """The text without the line, and what the line says."""
    if not isinstance(text, str):
        return "", None
    found = _LINE.search(text)
    if found is None:
        return text, None
    at = int(found[2]) if found[2] else None
    return text[: found.start()], Mark(found[1], at, bool(found[3]), found[4])


def sought(op_id: str) -> str:
    """What the text of a record that the op made contains."""
    return f"[companion]: # ({op_id}"
