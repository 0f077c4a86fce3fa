"""Cutting a line into words, numbers and signs, each with its place, so that dates can be read from it."""

from __future__ import annotations

import re
import unicodedata
from typing import Final, NamedTuple

from companion.domain.date_phrases import GLUED_AS_WRITTEN, NO_PHRASES, Phrases

QUOTED: Final = r'"[^"]*"|“[^“”]*”|„[^„“”]*[“”]|«[^«»]*»'
"""Quoted text: what somebody else said. A curly pair stops at the next opening quote, so that a row of them is read
once and not once per quote."""

# Quoted text and web addresses are one opaque token each: dates in them are never meant for us.
_TOKEN = re.compile(
    rf"(?P<opaque>{QUOTED}|https?://\S+|www\.\S+)"
    r"|(?P<word>[^\W\d_]+(?:[\u0300-\u036f]+[^\W\d_]*)*(?:['’][^\W\d_]+(?:[\u0300-\u036f]+[^\W\d_]*)*)*)"
    r"|(?P<number>[0-9]+)|(?P<sign>\S)",
    re.IGNORECASE,
)


class Token(NamedTuple):
    """One word, number or sign; `glued` means that no space parts it from the token before.

    `said` is what was typed, case-folded and without accents; `key` is what the grammar calls it, in English.
    """

    kind: str
    raw: str
    key: str
    start: int
    end: int
    glued: bool
    said: str


NOTHING = Token("end", "", "", -1, -1, False, "")


def folded(text: str) -> str:
    """`text` case-folded, without accents, each apostrophe straight."""
    small = text.casefold()
    if small.isascii():
        return small
    plain = unicodedata.normalize("NFKD", small.replace("’", "'"))
    return "".join(sign for sign in plain if not unicodedata.combining(sign)) or small


def tokens(text: str, phrases: Phrases = NO_PHRASES) -> tuple[Token, ...]:
    """The tokens of `text`, in order, with spans in characters; what `phrases` knows is one token or several."""
    found: list[Token] = []
    last = -1
    for match in _TOKEN.finditer(text):
        raw, kind = match.group(), match.lastgroup or "sign"
        said = "" if kind == "opaque" else folded(raw)
        found.append(Token(kind, raw, said, match.start(), match.end(), match.start() == last, said))
        last = match.end()
    return tuple(found) if phrases is NO_PHRASES else tuple(_spoken(found, text, phrases))


def _spoken(found: list[Token], text: str, phrases: Phrases) -> list[Token]:
    """The same tokens under the grammar's names."""
    named: list[Token] = []
    starting, forgotten = phrases.starting, phrases.forgotten
    i = 0
    while i < len(found):
        token = found[i]
        said = token.said
        if token.glued and token.kind == "word" and i and found[i - 1].kind == "number":
            if said in phrases.glued or said in GLUED_AS_WRITTEN:
                named.append(token._replace(key=phrases.glued.get(said, said)))
                i += 1
                continue
        elif said not in starting:
            named.append(token._replace(key=f"~{said}") if said in forgotten else token)
            i += 1
            continue
        count, names = _longest(found, i, phrases)
        last = found[i + count - 1]
        raw, said = text[token.start : last.end], " ".join(each.said for each in found[i : i + count])
        kind = token.kind if count == 1 else "word"
        for n, name in enumerate(names):
            named.append(Token(kind, raw, name, token.start, last.end, token.glued if n == 0 else False, said))
        i += count
    return named


def _longest(found: list[Token], i: int, phrases: Phrases) -> tuple[int, tuple[str, ...]]:
    """How many tokens the longest phrase at `i` takes, and what the grammar calls it."""
    for saying in phrases.starting.get(found[i].said, ()):
        count = len(saying.said)
        if i + count > len(found) or any(found[i + n].said != saying.said[n] for n in range(1, count)):
            continue
        if saying.exact and any(found[i + n].raw.casefold() != saying.exact[n] for n in range(count)):
            continue
        return count, saying.names
    said = found[i].said
    return 1, (f"~{said}" if said in phrases.forgotten else said,)


class Line:
    """A line's tokens, read by index; an index outside gives an empty token instead of an error."""

    def __init__(self, text: str, phrases: Phrases = NO_PHRASES) -> None:
        self.all = tokens(text, phrases)
        self._keys = [token.key for token in self.all]

    def __len__(self) -> int:
        return len(self.all)

    def __getitem__(self, i: int) -> Token:
        return self.all[i] if 0 <= i < len(self.all) else NOTHING

    def key(self, i: int) -> str:
        """What the grammar calls the token at `i`, empty for quoted text and beyond the ends."""
        return self._keys[i] if 0 <= i < len(self._keys) else ""

    def keys(self, i: int, *wanted: str) -> bool:
        """Whether the tokens from `i` on read exactly `wanted`."""
        return all(self.key(i + n) == word for n, word in enumerate(wanted))

    def number(self, i: int, digits: int = 4) -> int | None:
        """The number at `i` if it has at most `digits` digits."""
        token = self[i]
        return int(token.key) if token.kind == "number" and len(token.key) <= digits else None

    def glued(self, first: int, last: int) -> bool:
        """Whether the tokens `first` to `last` stand without a space between them."""
        return all(self[i].glued for i in range(first + 1, last + 1))

    def plain_word(self, i: int) -> bool:
        """Whether a word stands at `i`, as opposed to a sign, a number, quoted text or the end."""
        return self[i].kind == "word"
