"""Which sentences of notes matter before a call: decisions, wishes, limits and dates, taken word for word."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, NamedTuple

from companion.domain.date_tokens import folded
from companion.domain.language import spoken
from companion.domain.note_words import ENGLISH, LANGUAGES
from companion.domain.words import one_line, shortened

LONGEST: Final = 90
"""Characters of a fact at most."""


class Fact(NamedTuple):
    """A sentence out of a note, without its full stop, and how much it weighs."""

    text: str
    weight: int


# "am 27. Nov" is one sentence.
_MONTH: Final = r"\s+(?:Jan|Jän|Feb|Mär|Apr|Mai|Jun|Jul|Aug|Sep|Okt|Nov|Dez)"
_SENTENCE: Final = re.compile(rf"(?<=[.!?])[\"”’')»]*(?:(?<!\d\.)|(?!{_MONTH}))\s+|\n+")


class _Marks(NamedTuple):
    decision: re.Pattern[str]
    wish: re.Pattern[str]
    limit: re.Pattern[str]
    date: re.Pattern[str]
    money: re.Pattern[str]
    chatter: re.Pattern[str]


@lru_cache(maxsize=8)
def _marks(language: str) -> _Marks:
    """What to look for in notes: in English, and in the language that is spoken."""
    other = LANGUAGES.get(language)
    pairs = zip(ENGLISH, other, strict=True) if other else ((each, "") for each in ENGLISH)
    *inside, chatter = ("|".join(filter(None, pair)) for pair in pairs)
    decision, wish, limit, date, money = (re.compile(rf"(?<!\w)(?:{each})(?!\w)") for each in inside)
    return _Marks(decision, wish, limit, date, money, re.compile(rf"(?:{chatter})(?!\w)"))


def sentences(text: str | None) -> list[str]:
    """The sentences of a note, each on one line, without quoted mail below it. Reads the first 4,000 characters."""
    if not text:
        return []
    found = (one_line(each) for each in _SENTENCE.split(text[:4_000]))
    return [each for each in found if each and not each.startswith(">")]


def facts(text: str | None) -> list[Fact]:
    """The sentences that weigh something, heaviest first; as they stand, at most LONGEST long."""
    found = []
    for sentence in sentences(text):
        weight = weigh(sentence)
        if weight:
            found.append(Fact(shortened(sentence.rstrip(" .!"), LONGEST), weight))
    return sorted(found, key=lambda fact: -fact.weight)


def weigh(sentence: str) -> int:
    """How much a sentence tells: 0 for nothing that we look for."""
    marks, text = _marks(spoken()), folded(sentence)
    if len(sentence) < 8 or marks.chatter.match(text):
        return 0
    question = 3 * sentence.rstrip("\"”’')").endswith("?")
    weight = 4 * bool(marks.decision.search(text)) + 3 * bool(marks.wish.search(text))
    weight += 3 * bool(marks.limit.search(text)) + 2 * bool(marks.date.search(text)) + bool(marks.money.search(text))
    return max(0, weight - question)
