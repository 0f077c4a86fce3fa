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
from companion.domain.promise_words import spoken_by
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
_WILL: Final = re.compile(r"(?:'ll|\s+(?:will|promised|(?:is|are) going to))\b", re.IGNORECASE)
_OTHERS: Final = ("they", "he", "she")
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
    """The promises in an entry. `names` are first names of theirs; `marks` the team's words, in small letters.

    English is heard by everybody, the rep's own language beside it.
    """
    body = (said.body or "")[:4_000]
    return list(_spoken_in(body, said.direction, tuple(names), tuple(marks), language.spoken())) if body else []


# A brief is read anew after each commit, and its entries are as they were.
@functools.lru_cache(maxsize=256)
def _spoken_in(
    body: str, direction: str | None, names: tuple[str, ...], marks: tuple[str, ...], code: str
) -> tuple[Spoken, ...]:
    others = (*_OTHERS, *(each.lower() for each in names if len(each) > 1))
    heard = _Heard(others, _marked(marks), _own_words(code, names))
    found = []
    for sentence in sentences(body) if _may_promise(body, heard) else ():
        whose = _whose(sentence, direction, heard)
        if whose is not None:
            text = shortened(sentence.rstrip(" .!"), LONGEST)
            found.append(Spoken(whose, text, _key(text)))
    return tuple(found)


def kept_by(promise: str, since: Iterable[Said]) -> bool:
    """Whether a later mail speaks of the same thing: a word of the promise, of four letters and more, stands in it."""
    about = _words(promise)
    return any(about & _words(f"{each.subject or ''} {(each.body or '')[:1_000]}") for each in since)


class _OwnWords(NamedTuple):
    """The patterns of the rep's own language, over text without accents and capitals."""

    first: re.Pattern[str]
    third: re.Pattern[str]
    none: re.Pattern[str]


class _Heard(NamedTuple):
    """What one entry is listened to with."""

    others: tuple[str, ...]
    marked: re.Pattern[str]
    own: _OwnWords | None


def _may_promise(text: str, heard: _Heard) -> bool:
    """One cheap look: most sentences go no further."""
    return heard.own is not None or bool(_TRIGGER.search(text) or heard.marked.search(text))


def _whose(sentence: str, direction: str | None, heard: _Heard) -> Whose | None:
    plain = sentence.replace("’", "'")
    if len(plain) < _SHORTEST or plain.rstrip("\"”') ").endswith("?"):
        return None
    if _TRIGGER.search(plain) or heard.marked.search(plain):
        third = _others_will(plain, heard.others) or bool(_TO_US.search(plain))
        whose = _by(direction, bool(_FIRST.search(plain)), third, bool(heard.marked.search(plain)))
        if whose is not None:
            return None if _NONE.search(plain) else whose
    if heard.own is None:
        return None
    small = folded(plain)
    whose = _by(direction, bool(heard.own.first.search(small)), bool(heard.own.third.search(small)), False)
    return None if whose is None or heard.own.none.search(small) else whose


def _by(direction: str | None, first: bool, third: bool, marked: bool) -> Whose | None:
    if direction is not None:
        # In a letter who writes is who promises; what they say of others binds nobody.
        return ("theirs" if direction == "in" else "mine") if first else None
    if third:
        return "theirs"
    return "mine" if first or marked else None


def _others_will(plain: str, others: tuple[str, ...]) -> bool:
    """Whether one of them is said to do something. A pattern with the names in it would be compiled for each person."""
    for will in _WILL.finditer(plain):
        before = plain[: will.start()].lower()
        for name in others:
            if before.endswith(name) and not before[: -len(name)][-1:].isalnum():
                return True
    return False


@functools.lru_cache(maxsize=8)
def _marked(marks: tuple[str, ...]) -> re.Pattern[str]:
    some = "|".join(re.escape(each).replace("'", "['’]") for each in marks if each.strip())
    return re.compile(rf"(?<!\w)(?:{some or '(?!)'})(?!\w)", re.IGNORECASE)


@functools.lru_cache(maxsize=64)
def _own_words(code: str, names: tuple[str, ...]) -> _OwnWords | None:
    words = spoken_by(code)
    if words is None:
        return None
    known = _alternatives(tuple(folded(each) for each in names), "(?!)")
    listed = (words.first, words.third.replace("{names}", known), words.none)
    first, third, none = (re.compile(rf"(?<!\w)(?:{each})(?!\w)") for each in listed)
    return _OwnWords(first, third, none)


def _alternatives(names: tuple[str, ...], otherwise: str) -> str:
    return "|".join(re.escape(each) for each in names if len(each) > 1) or otherwise


def _words(text: str) -> set[str]:
    return {each.casefold().removesuffix("s") for each in _WORD.findall(text)} - _COMMON


def _key(text: str) -> str:
    return hashlib.blake2b(text.casefold().encode("utf-8", "replace"), digest_size=8).hexdigest()
