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
    """A line by its `name`, on the card with this `key`; `title` and `label` are what stood over it there."""

    name: str
    key: str
    title: str
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
