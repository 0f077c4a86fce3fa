"""Keep what is typed on a card and was not sent yet, so that a crash and a restart lose nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Final

from msgspec import ValidationError, convert

from companion.actions.desk import Desk
from companion.database import Rows
from companion.domain.text import storable
from companion.store import meta

_KEY: Final = "typed"


@dataclass(frozen=True, slots=True)
class TypedLine:
    """A line by its `name`, on the card with this `key`, a change's id or a notice's; `label` stood over it there.

    Whom it is about is not kept: a right to see that may end, and what the rep typed stays all the same.
    """

    name: str
    key: str
    label: str
    text: str


def keep_typed(desk: Desk, lines: Sequence[TypedLine]) -> None:
    """Keeps these lines in the place of those that were kept."""
    with desk.database.write() as write:
        meta.put(write, _KEY, [{name: storable(text) for name, text in asdict(each).items()} for each in lines])


def typed_lines(rows: Rows) -> list[TypedLine]:
    """What is kept, in the order in which it stood on the page; nothing where a damaged book tells of it wrongly."""
    try:
        return convert(meta.get(rows, _KEY) or [], list[TypedLine])
    except ValidationError:
        return []


def title_of(rows: Rows, line: TypedLine) -> str:
    """What a line was typed for, as far as the book still tells it: the change in the rep's words, else its label."""
    said: str | None = rows.value("SELECT said FROM outbox WHERE id = ?", (line.key,))
    return said or line.label
