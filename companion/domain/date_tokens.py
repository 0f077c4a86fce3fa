"""Cutting a line into words, numbers and signs, each with its place, so that dates can be read from it."""

from __future__ import annotations

import re
from dataclasses import dataclass

# Quoted text and web addresses are one opaque token each: dates in them are never meant for us.
# The curly pair stops at the next opening quote, so that a row of them is read once and not once per quote.
_TOKEN = re.compile(
    r'(?P<opaque>"[^"]*"|“[^“”]*”|https?://\S+|www\.\S+)'
    r"|(?P<word>[^\W\d_]+(?:['’][^\W\d_]+)*)|(?P<number>[0-9]+)|(?P<sign>\S)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Token:
    """One word, number or sign; `glued` means that no space parts it from the token before."""

    kind: str
    raw: str
    key: str
    start: int
    end: int
    glued: bool


NOTHING = Token("end", "", "", -1, -1, False)


def tokens(text: str) -> tuple[Token, ...]:
    """The tokens of `text`, in order, with spans in characters."""
    found: list[Token] = []
    last = -1
    for match in _TOKEN.finditer(text):
        raw, kind = match.group(), match.lastgroup or "sign"
        key = "" if kind == "opaque" else raw.casefold()
        found.append(Token(kind, raw, key, match.start(), match.end(), match.start() == last))
        last = match.end()
    return tuple(found)


class Line:
    """A line's tokens, read by index; an index outside gives an empty token instead of an error."""

    def __init__(self, text: str) -> None:
        self.all = tokens(text)

    def __len__(self) -> int:
        return len(self.all)

    def __getitem__(self, i: int) -> Token:
        return self.all[i] if 0 <= i < len(self.all) else NOTHING

    def key(self, i: int) -> str:
        """The case-folded text at `i`, empty for quoted text and beyond the ends."""
        return self[i].key

    def keys(self, i: int, *wanted: str) -> bool:
        """Whether the tokens from `i` on read exactly `wanted`."""
        return all(self.key(i + n) == word for n, word in enumerate(wanted))

    def number(self, i: int, digits: int = 4) -> int | None:
        """The number at `i` if it has at most `digits` digits."""
        token = self[i]
        return int(token.raw) if token.kind == "number" and len(token.raw) <= digits else None

    def glued(self, first: int, last: int) -> bool:
        """Whether the tokens `first` to `last` stand without a space between them."""
        return all(self[i].glued for i in range(first + 1, last + 1))

    def plain_word(self, i: int) -> bool:
        """Whether a word stands at `i`, as opposed to a sign, a number, quoted text or the end."""
        return self[i].kind == "word"
