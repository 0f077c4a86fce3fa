"""Answers of a shape that nobody foresaw: a customised CRM, another version, a proxy that meddles, an attack.

A record that can't be read stops itself alone. An answer that can't be read is none, and its request is tried again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final

from companion.connectors import payload
from companion.connectors.base import Unreachable

SHAPE: Final = (ArithmeticError, AttributeError, IndexError, KeyError, RecursionError, TypeError, ValueError)
"""What reading a value as something that it is not can raise."""


def why(error: Exception) -> str:
    """Words for a Poison, without the record's contents."""
    return f"its fields are not as expected ({type(error).__name__})"


@contextmanager
def reading() -> Iterator[None]:
    """Turns such errors into Unreachable. Not around a write: after one, nobody knows.

    A decorator too, though not of a generator.
    """
    try:
        yield
    except SHAPE as error:
        raise Unreachable(f"an answer that is not as expected ({type(error).__name__})") from error


def rows(found: object) -> list[dict[str, Any]]:
    """The records of a list; raises Unreachable where one has no id: to leave it out would be to skip it unseen."""
    if not isinstance(found, list) or not all(type(row) is dict and type(row.get("id")) is int for row in found):
        raise Unreachable("a record without an id")
    return found


def as_asked(domain: Sequence[object], ids: Sequence[int]) -> None:
    """Raises Unreachable where a record comes that the conditions on ids in a domain shut out.

    One from before the page means a server that would be asked for ever; for one that was not named, see `named`.
    """
    conditions = [each for each in domain if isinstance(each, list) and each[:1] == ["id"]]
    after = next((each[2] for each in conditions if each[1] == ">"), None)
    if after is not None and any(each <= after for each in ids):
        raise Unreachable("the same page came again")
    if (wanted := next((each[2] for each in conditions if each[1] == "in"), None)) is not None:
        named(wanted, ids)


def named(wanted: Collection[object], ids: Iterable[object]) -> None:
    """Raises Unreachable where a record comes that was not asked for: the one in whose place it stands is not gone."""
    if not set(wanted).issuperset(ids):
        raise Unreachable("a record that was not asked for")


def single(values: Mapping[str, object]) -> None:
    """Raises TypeError where a field holds more than one value, ValueError where it holds one that can't be kept."""
    if any(isinstance(value, dict | list) for value in values.values()):
        raise TypeError("not a single value")
    if any(payload.unsound(value) for value in values.values()):
        raise ValueError("a value that can’t be kept")
