"""Text from a CRM made safe to lay out: one line, no control or bidi characters, of bounded length."""

from __future__ import annotations

import unicodedata
from typing import Final

LINE_LIMIT: Final = 400
TEXT_LIMIT: Final = 20_000

_ESCAPED: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#x27;"})
_BREAKS: Final = frozenset("\n\r\t\v\f\x85\u2028\u2029")
# Joiners shape Persian, Indic and emoji text; every other format character only misleads.
_KEPT: Final = frozenset("\u200c\u200d\u00a0\u202f\u2009\u3000")


def plain_line(text: str, limit: int = LINE_LIMIT) -> str:
    """`text` as one line of at most `limit` characters that no character in it can reorder or break."""
    if len(text) <= limit and text.isprintable():
        return text
    return "".join(map(_shown, text[:limit])) + ("…" if len(text) > limit else "")


def plain_text(text: str, limit: int = TEXT_LIMIT) -> str:
    """Like `plain_line`, but line breaks stay."""
    if len(text) <= limit and text.isprintable():
        return text
    lines = text[:limit].replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join("".join(map(_shown, line)) for line in lines) + ("…" if len(text) > limit else "")


def tooltip_of(text: str) -> str:
    """`text` for a tooltip, which would take markup for markup: escaped, and said to be markup so that it wraps."""
    lines = plain_text(text, 1000).translate(_ESCAPED).replace("\n", "<br>")
    return f"<qt>{lines}</qt>" if text else ""


def _shown(character: str) -> str:
    if character.isprintable() or character in _KEPT:
        return character
    if character in _BREAKS:
        return " "
    return "\ufffd" if unicodedata.category(character) in ("Cs", "Cn") else ""


def units_of(text: str) -> int:
    """Length in UTF-16 units, as Qt counts."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2
