"""Where an address that is wider than its room goes on in the next line: at a sign of its own, not in mid-word."""

from __future__ import annotations

import re
from typing import Final

from ui.theme.tokens import TypeRole
from ui.widgets.painting import width_of

_BREAK: Final = "\u200b"
"""Takes no room; a line may end there."""
_HOLD: Final = "\u2060"
"""Takes no room; no line ends there."""
_WORD: Final = re.compile(r"\S{8,}")
_SIGN: Final = re.compile(r"(?<=\w)(?=[@._?&=#+]\w)")
"""Before a sign, so that a line never ends in what would read as a full stop."""
_ENDS_A_LINE: Final = re.compile(r"(?<=[-/])")


def breakable(text: str, role: TypeRole, width: float) -> str:
    """`text`; words wider than `width` that have signs in them, as addresses do, may be parted there.

    An email address is parted before its @ alone where that is enough.
    """
    return _WORD.sub(lambda found: _parted(found[0], role, width), text)


def _parted(word: str, role: TypeRole, width: float) -> str:
    if width_of(word, role) <= width:
        return word
    who, at, where = word.rpartition("@")
    if who and max(width_of(who, role), width_of(at + where, role)) <= width:
        return f"{_ENDS_A_LINE.sub(_HOLD, who)}{_BREAK}{at}{_ENDS_A_LINE.sub(_HOLD, where)}"
    return _SIGN.sub(_BREAK, word)
