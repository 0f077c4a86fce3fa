"""Statements of Salesforce's query language, with everything quoted that comes from outside."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

_ESCAPED: Final = str.maketrans(
    {"\\": r"\\", "'": r"\'", '"': r"\"", "\n": r"\n", "\r": r"\r", "\t": r"\t", "\b": r"\b", "\f": r"\f"}
)
_ID: Final = re.compile(r"[A-Za-z0-9]{15}(?:[A-Za-z0-9]{3})?")


def text(value: str) -> str:
    """A text between quotes."""
    return f"'{value.translate(_ESCAPED)}'"


def any_of(values: Iterable[str]) -> str:
    """A list for IN."""
    return f"({','.join(text(each) for each in values)})"


def is_id(value: object) -> bool:
    """Whether a text can be an id: others make the whole statement fail."""
    return isinstance(value, str) and _ID.fullmatch(value) is not None


def select(fields: Sequence[str], source: str, where: Iterable[str], order: str = "", limit: int | None = None) -> str:
    """A statement; empty conditions are left out."""
    conditions = " AND ".join(each for each in where if each)
    return (
        f"SELECT {', '.join(fields)} FROM {source}"
        + (f" WHERE {conditions}" if conditions else "")
        + (f" ORDER BY {order}" if order else "")
        + (f" LIMIT {limit}" if limit is not None else "")
    )


def count(source: str, where: Iterable[str]) -> str:
    """How many rows there are."""
    return select(["COUNT()"], source, where)
