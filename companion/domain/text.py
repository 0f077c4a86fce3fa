"""Making text from outside safe to hold and to show: no broken characters, no controls, no hidden or endless text."""

from __future__ import annotations

import re

MARK = "\N{REPLACEMENT CHARACTER}"
ELLIPSIS = "…"

_SURROGATES = re.compile("[\ud800-\udfff]")
_LINE_ENDS = re.compile("\r\n?")
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
# Bidi overrides, embeddings, isolates and marks; zero-width and other characters that show nothing or reorder text.
_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0"
    "\ufff9-\ufffb\U000e0000-\U000e007f]"
)
_SPACES = re.compile(r"[\s\u2800]+")
# More combining marks than any script needs climb over the buttons above a name.
_STACKED = re.compile(
    "([\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20f0\ufe20-\ufe2f]{4})"
    "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20f0\ufe20-\ufe2f]+"
)
LONGEST_NAME = 200
# A megabyte name is an attack or an accident: its beginning is name enough.
_LOOKED_AT = 10_000


def clean(text: str, limit: int) -> str:
    """`text` as UTF-8 can hold it, at most `limit` characters, the last being an ellipsis where it was longer.

    Lone surrogates become U+FFFD; controls go, except newline and tab; other line ends become newlines.
    """
    whole = _CONTROLS.sub("", _LINE_ENDS.sub("\n", _SURROGATES.sub(MARK, text)))
    return _capped(whole, limit)


def is_encodable(text: str) -> bool:
    """Whether UTF-8 can hold it: a lone surrogate can't be kept or sent."""
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def storable(text: str) -> str:
    """`text` as any database takes it: lone surrogates become U+FFFD, NUL goes. Nothing else is touched."""
    if text.isascii():
        return text.replace("\0", "")
    return _SURROGATES.sub(MARK, text).replace("\0", "")


def plain_name(text: str, limit: int = LONGEST_NAME) -> str:
    """`text` on one line, without characters that hide, reorder or pile up, for names that stand beside buttons.

    Keep the raw name next to it: what was stripped can carry meaning in Persian or in a joined emoji.
    """
    if len(text) <= limit and text.isascii() and text.isprintable() and "  " not in text:
        return text.strip()  # nearly every name; a list of 200 is looked at with each key
    seen = _UNSEEN.sub("", clean(text[:_LOOKED_AT], _LOOKED_AT))
    return _capped(_STACKED.sub(r"\1", _SPACES.sub(" ", seen)).strip(), limit)


def _capped(text: str, limit: int) -> str:
    if len(text) <= limit:
        return text
    return text[: limit - 1].rstrip() + ELLIPSIS if limit > 0 else ""
