"""Bytes from a fuzzer, read as choices: which value of an answer becomes which odd one, which text a rep types."""

from __future__ import annotations

import copy
from typing import Any, Final

_LONG: Final = 12_000
_DEEP: Final = 260

ODD: Final[tuple[Any, ...]] = (
    None, True, False, 0, -1, 1, 7, 2**31, 2**63 - 1, 2**63, -(2**70), 10**400, 1.5, 1e308, float("nan"), float("inf"),
    "", " ", "7", "x", "\0", "\ud800", "a\udfffb", "\u202egnp.exe", "\u200b", "\ufeff", "NaN", "1e400", "-", "%", "_",
    "<img src='file:///etc/passwd'>", "2026-02-30", "0000-00-00 00:00:00", "9999-12-31 23:59:59", "10000-01-01",
    "2026-11-21T20:16:19+99:99", "-1-1-1", "M" * _LONG, "(" * _LONG, "9" * 5_000, [], [[]], [7], [7, "x"], [None],
    [None, None], ["7", "x"], [[7, "x"]], [7, 7], [True], [2**70, "x"], {}, {"id": None}, {"id": "x"}, {"id": {}},
    {"x": 1}, {"decimal": "1e400"}, {"decimal": "NaN"}, {"decimal": None}, {"year": 0, "month": 0, "day": 0},
    {"year": 2026, "month": 11, "day": 21, "hour": 99, "minute": 0, "second": 0}, {"__class__": "Decimal"},
)  # fmt: skip
"""What stands in for a value: other types, numbers beyond all bounds, broken text, endless text."""


class Source:
    """Read once from front to back; after the end every choice is the first one, which changes nothing."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def byte(self) -> int:
        """The next byte; 0 after the end."""
        self._at += 1
        return self._data[self._at - 1] if self._at <= len(self._data) else 0

    def below(self, count: int) -> int:
        """A choice out of `count`, 0 to 255 of them."""
        return self.byte() % max(1, count)

    def rest(self) -> bytes:
        """All that was not read."""
        left, self._at = self._data[self._at :], len(self._data)
        return left

    def word(self, longest: int = 40) -> str:
        """A text of whatever the bytes spell, lone surrogates included."""
        taken = self._data[self._at : self._at + self.below(longest + 1)]
        self._at += len(taken)
        return text_of(taken)

    def odd(self) -> Any:
        """A value that nobody foresaw."""
        choice = self.below(len(ODD) + 3)
        if choice < len(ODD):
            return copy.deepcopy(ODD[choice])
        if choice == len(ODD):
            return self.word()
        deep: Any = "x"
        for _ in range(_DEEP if choice == len(ODD) + 1 else 12):
            deep = [deep] if choice == len(ODD) + 1 else {"id": deep}
        return deep

    def warped(self, value: Any) -> Any:
        """An answer with some of its values turned into odd ones, dropped or doubled; the one given stays as it is."""
        if self._at >= len(self._data):
            return value
        choice = self.byte()
        if choice >= 0xE0:
            return self.odd()
        if isinstance(value, dict):
            return {key: self.warped(part) for key, part in value.items() if choice < 0xD0 or self.byte() < 0xC0}
        if isinstance(value, list):
            found = [self.warped(part) for part in value]
            return found * 2 if 0xD0 <= choice < 0xD8 else found[:-1] if choice >= 0xD8 else found
        return value


def text_of(data: bytes) -> str:
    """Bytes as text; what is not UTF-8 becomes lone surrogates, which JSON can bring along."""
    return data.decode("utf-8", "surrogateescape")


def swollen(data: bytes, largest: int = 40_000) -> str:
    """A text for what reads texts; where the first byte is high it is repeated until it is long.

    Parsers that take the square of a length are found by this and not by a mutation of single bytes.
    """
    text = text_of(data[1:])
    if not text or data[0] < 0xF0:
        return text
    return (text * (largest // len(text) + 1))[: largest >> (0xFF - data[0])]
