"""What a language says for the grammar's words: "übermorgen" is overmorrow, "la semana que viene" is next week."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

GLUED_AS_WRITTEN: Final = frozenset({"am", "pm", "h", "d", "w", "m", "st", "nd", "rd", "th"})
"""Behind a number without a space these mean the same everywhere: 10am, 10h30, 3d."""

_UMLAUTS: Final = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
_PIECE = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*|\d+|\S")


@dataclass(frozen=True, slots=True)
class Saying:
    """Words without accents, and the grammar's names for them; `exact` holds the accents where they tell words apart,
    as in Spanish "llamo" (I call) and "llamó" (she called)."""

    said: tuple[str, ...]
    names: tuple[str, ...]
    exact: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Phrases:
    """Sayings by their first word, the longest first; short units that count only behind a number ("3j"); English
    words that mean something else in this language ("mon" in French)."""

    starting: Mapping[str, tuple[Saying, ...]] = field(default_factory=dict)
    glued: Mapping[str, str] = field(default_factory=dict)
    forgotten: frozenset[str] = frozenset()


NO_PHRASES: Final = Phrases()


def phrases(
    table: Mapping[str, str], glued: Mapping[str, str] | None = None, forgotten: str = "", *, umlauts: bool = False
) -> Phrases:
    """Compiles a table of the grammar's names ("next week") to sayings ("la semana que viene, semana próxima").

    Sayings are parted by commas; one that ends in "!" counts only with its accents. `umlauts` allows "ae" for "ä".
    """
    starting: dict[str, list[Saying]] = {}
    for names, sayings in table.items():
        for saying in _sayings(names, sayings.split(","), umlauts):
            starting.setdefault(saying.said[0], []).append(saying)
    longest = {word: tuple(sorted(found, key=_weight)) for word, found in starting.items()}
    return Phrases(longest, dict(glued or {}), frozenset(forgotten.split()))


def _sayings(names: str, sayings: Iterable[str], umlauts: bool) -> Iterator[Saying]:
    meant = tuple(names.split())
    for each in sayings:
        text = each.strip().casefold()
        exact = text.endswith("!")
        text = text.removesuffix("!")
        said = tuple(_plain(piece) for piece in _PIECE.findall(text))
        yield Saying(said, meant, tuple(_PIECE.findall(text)) if exact else ())
        spelled = text.translate(_UMLAUTS)
        if umlauts and spelled != text:
            yield Saying(tuple(_plain(piece) for piece in _PIECE.findall(spelled)), meant)


def _weight(saying: Saying) -> tuple[int, bool]:
    return -len(saying.said), not saying.exact


def _plain(piece: str) -> str:
    return "".join(sign for sign in unicodedata.normalize("NFKD", piece) if not unicodedata.combining(sign))
