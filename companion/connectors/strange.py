"""Answers of a shape that nobody foresaw: a customised CRM, another version, a proxy that meddles, an attack.

A record that can't be read stops itself alone. An answer that can't be read is no answer, and its request is tried again.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from companion.connectors.base import Unreachable

SHAPE: Final = (ArithmeticError, AttributeError, IndexError, KeyError, RecursionError, TypeError, ValueError)
"""What reading a value as something that it is not can raise."""


def why(error: Exception) -> str:
    """Words for a Poison, without the record's contents."""
    return f"its fields are not as expected ({type(error).__name__})"


@contextmanager
def reading() -> Iterator[None]:
    """Turns such errors into Unreachable. Not around a write: after one, nobody knows."""
    try:
        yield
    except SHAPE as error:
        raise Unreachable(f"an answer that is not as expected ({type(error).__name__})") from error
