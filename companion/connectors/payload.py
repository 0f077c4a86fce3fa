"""Reading and writing JSON that a hostile or broken server may have sent, without ever crashing on it."""

from __future__ import annotations

import json
import math
import re
from codecs import BOM_UTF8
from collections.abc import Iterator
from decimal import Decimal
from itertools import chain
from typing import Any, Final

import msgspec

from companion.domain.text import is_encodable

DEPTH: Final = 200
"""Lists and objects nested deeper than this are nobody's record."""

_BIG: Final = 2**63
_NESTED: Final = frozenset({dict, list})
_decoder = msgspec.json.Decoder()
_encoder = msgspec.json.Encoder()


class Unreadable(ValueError):
    """The text is not JSON, or nested without end. Says why without quoting what was sent."""


def decode(body: bytes) -> object:
    """The value in `body`; raises Unreadable.

    A byte order mark, which a server's own files may put before every answer, says nothing. NaN, lone surrogates and
    control characters pass, so that one such record does not take its whole page along: ask `unsound` for each record.
    """
    body = body.removeprefix(BOM_UTF8)
    try:
        value = _decoder.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        value = _decode_leniently(body)
    except RecursionError as error:
        raise Unreadable("nested too deep") from error
    _check_depth(value)
    return value


def encode(value: object) -> bytes:
    """`value` as JSON. Characters that no server can store (lone surrogates) go out as U+FFFD."""
    try:
        return _encoder.encode(value)
    except UnicodeEncodeError:
        return _encoder.encode(_cleaned(value))


def clean(text: str) -> str:
    """`text` without what databases refuse: lone surrogates become U+FFFD, NUL goes."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").replace("\0", "")


def literally(text: str) -> str:
    """`text` as a pattern of SQL's LIKE that fits nothing but itself; its escape is the backslash."""
    return re.sub(r"[\\%_]", r"\\\g<0>", text)


def whole(value: float | Decimal) -> int | None:
    """Rounded to a whole number; None beyond 64 bits, where no book could hold it."""
    try:
        rounded = round(value)
    except (OverflowError, ValueError):  # no number at all
        return None
    return rounded if -_BIG <= rounded < _BIG else None


def unsound(value: object) -> str | None:
    """Why `value`, a record out of `decode`, can't be kept: words for a Poison, without its contents. None if sound."""
    if isinstance(value, str):
        return None if is_encodable(value) else "it holds broken Unicode"
    if isinstance(value, float):
        return None if math.isfinite(value) else "it holds a number that is none"
    if isinstance(value, int):
        return None if -_BIG <= value < _BIG else "it holds a number beyond 64 bits"
    if isinstance(value, dict):
        return next((why for pair in value.items() for part in pair if (why := unsound(part))), None)
    if isinstance(value, list):
        return next((why for part in value if (why := unsound(part))), None)
    return None


def _decode_leniently(body: bytes) -> object:
    try:
        return json.loads(body.decode("utf-8", "surrogatepass"), strict=False)
    except RecursionError as error:
        raise Unreadable("nested too deep") from error
    except ValueError as error:  # also UnicodeDecodeError and integers of more than 4,300 digits
        raise Unreadable(f"not JSON: {type(error).__name__}") from None


def _check_depth(value: object) -> None:
    """Walks level by level: no recursion that a deep answer could exhaust."""
    level: list[Any] = [value] if type(value) in _NESTED else []
    for _ in range(DEPTH):
        parts: Iterator[Any] = chain.from_iterable(part.values() if type(part) is dict else part for part in level)
        level = [part for part in parts if type(part) in _NESTED]
        if not level:
            return
    raise Unreadable("nested too deep")


def _cleaned(value: object) -> object:
    if isinstance(value, str):
        return value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    if isinstance(value, dict):
        return {_cleaned(key): _cleaned(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_cleaned(part) for part in value]
    return value
