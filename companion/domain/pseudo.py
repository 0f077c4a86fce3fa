"""A made-up language: every English sentence in brackets, accented and 40 % longer, so that tests see what is none."""

from __future__ import annotations

import re
from typing import Final

from companion.domain.language import bare

_ACCENTED: Final = str.maketrans("AEIOUYaeiouycnsz", "ÀÉÎÕÜÝàéîõüýçñšž")
# What a sentence is filled with, its mnemonic and what a rep types must stay as they are.
_KEPT: Final = re.compile(r"(\{\w*\}|%\d|%n|&\w|“[^”]*”|'[^']*'|&)")
_LONGER: Final = 0.4


class Pseudo:
    """A catalogue of every sentence there is."""

    def gettext(self, message: str) -> str:
        """The sentence, dressed."""
        return dress(bare(message))

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """The sentence for `n` as in English, dressed."""
        return dress(msgid1 if n == 1 else msgid2)


def dress(text: str) -> str:
    """'Next up' as '[Ñéxt üp···]'; each clause of a sentence joined by ' · ' for itself."""
    return " · ".join(_dressed(clause) if clause.strip() else clause for clause in text.split(" · "))


def _dressed(text: str) -> str:
    parts = _KEPT.split(text)
    said = "".join(part if i % 2 else part.translate(_ACCENTED) for i, part in enumerate(parts))
    bare = sum(len(part) for i, part in enumerate(parts) if i % 2 == 0)
    return f"[{said}{'~' * round(bare * _LONGER)}]"
