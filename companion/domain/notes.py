"""Which sentences of notes matter before a call: decisions, wishes, limits and dates, taken word for word."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from companion.domain.words import one_line, shortened

LONGEST: Final = 90
"""Characters of a fact at most."""


class Fact(NamedTuple):
    """A sentence out of a note, without its full stop, and how much it weighs."""

    text: str
    weight: int


_SENTENCE: Final = re.compile(r"(?<=[.!?])[\"”’')]*\s+|\n+")
_DECISION: Final = re.compile(
    r"\b(decides?|decided|decision|board|signs?|signed|approv\w+|budget|procurement|legal|contract|tender)\b",
    re.IGNORECASE,
)
_WISH: Final = re.compile(
    r"\b(wants?|needs?|asked|asks|prefers?|would like|wishes|insists?|hopes|expects?|must|looks? for|interested in)\b",
    re.IGNORECASE,
)
_LIMIT: Final = re.compile(
    r"\b(can['’]?t|cannot|won['’]?t|not before|no \w+ before|before the|until|unless|only if|deadline|at the latest)\b",
    re.IGNORECASE,
)
_MONTH: Final = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_DATE: Final = re.compile(
    rf"\b(\d{{1,2}}(?:st|nd|rd|th)?\s+{_MONTH}|{_MONTH}\s+\d{{1,2}}|the \d{{1,2}}(?:st|nd|rd|th)"
    r"|(?:mon|tues|wednes|thurs|fri|satur|sun)day|q[1-4]|january|february|april|june|july|august|september|october"
    r"|november|december|next (?:week|month|year)|\d+[- ](?:day|week|month|year|seat|user|licence)s?"
    r"|\d{4}-\d{2}-\d{2})\b",
    re.IGNORECASE,
)
_MONEY: Final = re.compile(r"[€$£]\s?\d|\b\d+\s?k\b|\b(price|cost|discount)\b", re.IGNORECASE)
_CHATTER: Final = re.compile(
    r"^(hi|hello|dear|hey|thanks?|thank you|best|kind regards|regards|cheers|sorry|>|--|on .{5,60} wrote)\b",
    re.IGNORECASE,
)


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
    if len(sentence) < 8 or _CHATTER.match(sentence):
        return 0
    question = 3 * sentence.rstrip("\"”’')").endswith("?")
    weight = 4 * bool(_DECISION.search(sentence)) + 3 * bool(_WISH.search(sentence)) + 3 * bool(_LIMIT.search(sentence))
    weight += 2 * bool(_DATE.search(sentence)) + bool(_MONEY.search(sentence))
    return max(0, weight - question)
