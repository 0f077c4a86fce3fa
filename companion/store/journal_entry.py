"""What the journal of the outbox says, entry by entry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Entry:
    """What one frame says: the whole `row` of an op (None where it was deleted) by its `seq`, or the `head`.

    `remote` holds (kind, the CRM's id or None) of each record that the row names, by local id. `last` is the number of
    the last entry of its transaction. `head` is what the book knows of itself, with `floor`, the number at which the
    file was written anew, and `count`, how many entries followed then.
    """

    number: int
    last: int
    seq: int = 0
    row: Mapping[str, Any] | None = None
    remote: Mapping[str, tuple[str, str | None]] | None = None
    head: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """What a file says. `whole` is False where anything of it can't be read; `end` is where the last frame ends."""

    entries: tuple[Entry, ...]
    whole: bool
    end: int

    @property
    def number(self) -> int:
        """The number of the last entry; -1 where there is none."""
        return max((each.number for each in self.entries), default=-1)

    @property
    def head(self) -> Mapping[str, Any] | None:
        """The newest head."""
        return next((each.head for each in reversed(self.entries) if each.head is not None), None)

    @property
    def floor(self) -> int:
        """The number at which the file was written anew: what the outbox held unfinished then is in it."""
        return next((int(each.head["floor"]) for each in self.entries if each.head and "floor" in each.head), -1)

    @property
    def rows(self) -> dict[int, Entry]:
        """The newest entry of each op by its `seq`, deleted ones too."""
        found: dict[int, Entry] = {}
        for each in self.entries:
            if each.head is None and each.number >= found.get(each.seq, each).number:
                found[each.seq] = each
        return found


def numbered(after: int, bare: Sequence[Entry]) -> list[Entry]:
    """The entries of one transaction, numbered from `after` + 1 on."""
    last = after + len(bare)
    return [
        Entry(after + place, last, each.seq, each.row, each.remote, each.head) for place, each in enumerate(bare, 1)
    ]
