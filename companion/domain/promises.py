"""Promises that stand in notes and mail: who promised what, in their own words, and whether it was kept since."""

from __future__ import annotations

import functools
import hashlib
import re
from collections.abc import Iterable, Sequence
from typing import Final, Literal, NamedTuple

from companion.domain import language
from companion.domain.date_tokens import folded
from companion.domain.notes import sentences
from companion.domain.promise_words import PromiseWords, spoken_by
from companion.domain.words import shortened

Whose = Literal["mine", "theirs"]
LONGEST: Final = 120
"""Characters of a promise at most."""
WORDS: Final = ("i'll", "i will", "promised", "we'll send", "will send", "get back")
"""What marks a promise where the team has agreed on no words of its own."""
_SHORTEST: Final = 10
_DEEDS: Final = (
    "answer|arrange|ask|book|bring|call|check|come back|confirm|deliver|email|follow up|forward|get|give|introduce|"
    "let|look|mail|make|prepare|provide|put|reply|return|ring|send|set|share|show|sign|submit|talk|update|write"
)
_THIRD: Final = r"\b(?:they|he|she|{names})(?:'ll|\s+(?:will|promised|(?:is|are) going to))\b"
_TO_US: Final = re.compile(r"\b(?:promised|will \w+|send|give|get) (?:us|me)\b", re.IGNORECASE)
_FIRST: Final = re.compile(rf"\b(?:i|we)(?:'ll| will)(?: also| then| gladly)? (?:{_DEEDS})\b", re.IGNORECASE)
_NONE: Final = re.compile(
    r"\b(?:won't|will not|'ll not|never|nobody|not promised|if (?:i|we|they|he|she))\b", re.IGNORECASE
)
_TRIGGER: Final = re.compile(r"['’]ll\b|\bwill\b|promis|\bgoing to\b|\b(?:send|give|get) (?:us|me)\b", re.IGNORECASE)
_WORD: Final = re.compile(r"\w{4,}")
_COMMON: Final = frozenset(
    "about after again also answer back before call date email following from have hello into later less mail more "
    "next over promised regarding reply said send sent shall should some soon talk than thank thanks that their them "
    "then there they this time today tomorrow tonight want week weeks well were what when will with work would write "
    "your yours monday tuesday wednesday thursday friday saturday sunday".split()
)


class Said(NamedTuple):
    """An entry's words: `direction` 'in' for what they wrote, 'out' for what we wrote, None for our own notes."""

    direction: str | None
    subject: str | None
    body: str | None


class Spoken(NamedTuple):
    """A promise found in words: the sentence as it stands, and a key that stays the same while it does."""

    whose: Whose
    text: str
    key: str


def spoken(said: Said, names: Iterable[str] = (), marks: Sequence[str] = WORDS) -> list[Spoken]:
    """The promises in an entry. `names` are first names of theirs; `marks` the team's words, in small letters."""
    body = (said.body or "")[:4_000]
    marked, third = _marked(tuple(marks)), _third_of(tuple(names))
    if not body or not (_TRIGGER.search(body) or marked.search(body)):
        return []
    found = []
    for sentence in sentences(body):
        if not (_TRIGGER.search(sentence) or marked.search(sentence)):
            continue
        whose = _whose(sentence.replace("’", "'"), said.direction, third, marked)
        if whose is not None:
            text = shortened(sentence.rstrip(" .!"), LONGEST)
            found.append(Spoken(whose, text, _key(text)))
    return found


def kept_by(promise: str, since: Iterable[Said]) -> bool:
    """Whether a later mail speaks of the same thing: a word of the promise, of four letters and more, stands in it."""
    about = _words(promise)
    return any(about & _words(f"{each.subject or ''} {(each.body or '')[:1_000]}") for each in since)


def _whose(plain: str, direction: str | None, third: re.Pattern[str], marked: re.Pattern[str]) -> Whose | None:
    if len(plain) < _SHORTEST or plain.rstrip("\"”') ").endswith("?"):
        return None
    first = bool(_FIRST.search(plain))
    if direction is not None:
        # In a letter who writes is who promises; what they say of others binds nobody.
        whose: Whose | None = ("theirs" if direction == "in" else "mine") if first else None
    elif third.search(plain) or _TO_US.search(plain):
        whose = "theirs"
    else:
        whose = "mine" if first or marked.search(plain) else None
    return None if whose is not None and _NONE.search(plain) else whose


@functools.lru_cache(maxsize=64)
def _third_of(names: tuple[str, ...]) -> re.Pattern[str]:
    known = [re.escape(each) for each in names if len(each) > 1]
    return re.compile(_THIRD.format(names="|".join(known) or "they"), re.IGNORECASE)


@functools.lru_cache(maxsize=8)
def _marked(marks: tuple[str, ...]) -> re.Pattern[str]:
    some = "|".join(re.escape(each).replace("'", "['’]") for each in marks if each.strip())
    return re.compile(rf"(?<!\w)(?:{some or '(?!)'})(?!\w)", re.IGNORECASE)


def _words(text: str) -> set[str]:
    return {each.casefold().removesuffix("s") for each in _WORD.findall(text)} - _COMMON


def _key(text: str) -> str:
    return hashlib.blake2b(text.casefold().encode("utf-8", "replace"), digest_size=8).hexdigest()
