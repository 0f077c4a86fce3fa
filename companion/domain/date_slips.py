"""Dates that were tried and went wrong: thursdayish, tomorow, 31 nov, 25:00."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from companion.domain.date_arithmetic import month_length
from companion.domain.date_tokens import Line, folded
from companion.domain.date_words import DateWords, names

_DOTTED: Final = re.compile(r"(\d{1,2})\.(\d{1,2})\.(?:\d{4})?")
_ISO: Final = re.compile(r"\d{4}-(\d{1,2})-(\d{1,2})")
_TIME: Final = re.compile(r"(\d{1,2}):(\d{2})")
_LEAP_YEAR: Final = 2028
# A word this long that is one slip away from a weekday was meant as one; "money" and "mon" are too short to tell.
_SLIP_FROM: Final = 6
_HUNG_ON: Final = ("ish", "like")
_TAIL: Final = 80


def slip_in(part: str, words: DateWords) -> str | None:
    """The last words of `part` that look like a slip in a date, as they are written; None where nothing does."""
    tail = part.split()[-3:] if len(part) <= _TAIL else part[-_TAIL:].split()[-3:]
    for n, word in enumerate(tail):
        pair = " ".join(tail[n : n + 2])
        if n + 1 < len(tail) and _is_no_day_of_its_month(pair, words):
            return pair
        if _is_impossible(word):
            return word
        bare = folded(word.strip(".,;:!?()"))
        if bare not in words.no_slips and any(_slip(bare, name) for name in _long_names(words)):
            return word.strip(".,;:!?()")
    return None


def _is_impossible(word: str) -> bool:
    """Whether the word has the shape of a date or of a time that no calendar and no clock knows."""
    dotted, iso, time = _DOTTED.fullmatch(word), _ISO.fullmatch(word), _TIME.fullmatch(word)
    if dotted is not None:
        return not _exists(int(dotted[1]), int(dotted[2]))
    if iso is not None:
        return not _exists(int(iso[2]), int(iso[1]))
    return time is not None and (int(time[1]) > 23 or int(time[2]) > 59)


def _exists(day: int, month: int) -> bool:
    return 1 <= month <= 12 and 1 <= day <= month_length(_LEAP_YEAR, month)


def _is_no_day_of_its_month(pair: str, words: DateWords) -> bool:
    """ "31 nov", "nov 31"."""
    tokens, months = Line(pair, words.spoken), names(words).months
    keys = [tokens.key(i) for i in range(len(tokens)) if tokens.key(i) not in (".", "st", "nd", "rd", "th", "of")]
    if len(keys) != 2:
        return False
    number, month = (keys[0], keys[1]) if keys[0].isdecimal() else (keys[1], keys[0])
    return number.isdecimal() and len(number) <= 2 and month in months and not _exists(int(number), months[month])


@lru_cache(maxsize=8)
def _long_names(words: DateWords) -> tuple[str, ...]:
    """The words for weekdays and for tomorrow that are long enough to be recognised with a slip."""
    known = (*names(words).weekdays, *words.tomorrow)
    spoken = (
        saying.said[0]
        for sayings in words.spoken.starting.values()
        for saying in sayings
        if len(saying.said) == 1 and len(saying.names) == 1 and saying.names[0] in known
    )
    return tuple(dict.fromkeys(name for name in (*known, *spoken) if len(name) >= _SLIP_FROM))


def _slip(word: str, name: str) -> bool:
    """Whether `word` is `name` with something hung on ("thursdayish") or with one letter wrong ("thurday")."""
    if word == name or word in (name + "s", name + "'s"):
        return False
    if word.startswith(name):
        return word[len(name) :] in (*_HUNG_ON, name[-1])
    return one_letter_off(word, name)


def one_letter_off(word: str, name: str) -> bool:
    """Whether `word` is `name` with one letter wrong, missing, added, or two changed about; the first must be right."""
    if word == name or abs(len(word) - len(name)) > 1 or not word or word[0] != name[0]:
        return False
    same = next((n for n, (a, b) in enumerate(zip(word, name)) if a != b), min(len(word), len(name)))
    rest, wanted = word[same:], name[same:]
    swapped = rest[:2] == wanted[:2][::-1] and rest[2:] == wanted[2:]
    return swapped or rest[1:] == wanted[1:] or rest[1:] == wanted or rest == wanted[1:]
