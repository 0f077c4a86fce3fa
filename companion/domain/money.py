"""Money: an amount and its currency, with its words, and the amount that somebody typed."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from typing import Final, NamedTuple

from companion.domain import words
from companion.domain.language import manner, tr

_LARGEST: Final = Decimal(10) ** 15
"""In hundredths: ten million millions are beyond any deal."""
_BLANKS: Final = re.compile(r"[\s'’٬]+")
_TYPED: Final = re.compile(r"([^\d.,+-]*)([+-]?)([^\d.,+-]*)(\d[\d.,٫]*)(\D*)")

_CROWNS: Final = frozenset({"NOK", "SEK", "DKK"})
_CODES: Final = frozenset("AED AUD CAD CNY CZK HKD HUF ILS KRW MXN NZD RON SAR SGD THB TRY UAH ZAR".split()) | _CROWNS
"""Known beside those that have a symbol."""


class Money(NamedTuple):
    """An amount in hundredths of its currency (an ISO 4217 code, or None where the CRM names none)."""

    hundredths: int
    currency: str | None = None

    @property
    def words(self) -> str:
        """'€48,000'."""
        return words.money(self.hundredths, self.currency)

    @property
    def short(self) -> str:
        """'€48k'."""
        return words.short_money(self.hundredths, self.currency)


class NotAnAmount(ValueError):
    """What was typed is no amount; `str()` says so to the rep."""


def parse(typed: str, currency: str | None = None) -> int | None:
    """What was typed as hundredths: '48k', '48.000,50', '€48,000', '1.2 m'; None for an empty line.

    `currency` is the deal's own, which stays: another one that was typed is refused. Where a sign could part cents as
    well as thousands, three digits behind it mean thousands, and before a 'k' the rep's language decides. Raises
    NotAnAmount.
    """
    text = _BLANKS.sub("", unicodedata.normalize("NFKC", typed))
    if not text:
        return None
    found = _TYPED.fullmatch(text) if len(text) <= 60 else None
    if found is None:
        raise NotAnAmount(_not_an_amount(typed))
    before, minus, between, digits, after = found.groups()
    if minus == "-":
        raise NotAnAmount(tr("An amount can’t be less than nothing."))
    times, rest = _times(after)
    _check_currency(before + between + rest, currency, typed)
    value = _number(digits, scaled=times > 1, typed=typed) * times * 100
    if value > _LARGEST:
        raise NotAnAmount(tr("“{text}” is more than a deal can be worth here.", text=typed.strip()[:40]))
    return int(value)


def _times(after: str) -> tuple[int, str]:
    """By what a suffix multiplies, and what is left of the text behind the number."""
    lowered = after.casefold()
    suffixes = {"k": 1_000, "m": 1_000_000, "tsd.": 1_000, "tsd": 1_000, "mio.": 1_000_000, "mio": 1_000_000}
    for template, times in ((manner().thousands, 1_000), (manner().millions, 1_000_000)):
        suffixes[_BLANKS.sub("", template.replace("{number}", "")).casefold()] = times
    for suffix in sorted(filter(None, suffixes), key=len, reverse=True):
        rest = lowered.removeprefix(suffix)
        if rest != lowered and not rest[:1].isalpha():
            return suffixes[suffix], after[len(suffix) :]
        if rest != lowered and rest.upper() in words.SYMBOLS.keys() | _CODES:
            return suffixes[suffix], after[len(suffix) :]
    return 1, after


def _check_currency(text: str, currency: str | None, typed: str) -> None:
    symbol = text.strip(" .").upper()
    if not symbol:
        return
    own = currency or "EUR"
    known = {own.upper(), words.SYMBOLS.get(own, own).upper(), *(("KR",) if own in _CROWNS else ())}
    others = {*words.SYMBOLS, *map(str.upper, words.SYMBOLS.values()), *_CODES, "KR"}
    if symbol in known or (currency is None and symbol in others):
        return
    if symbol in others:
        raise NotAnAmount(tr("This deal is in {currency}. Its currency is changed in the CRM.", currency=own))
    raise NotAnAmount(_not_an_amount(typed))


def _number(digits: str, *, scaled: bool, typed: str) -> Decimal:
    signs = [each for each in digits if each in ".,٫"]
    if not signs:
        return Decimal(digits)
    whole, _, tail = digits.rpartition(signs[-1])
    own = len(set(signs)) == len(signs) and signs[-1] == manner().decimal  # '1.234k' in English, '1,234k' in German
    is_cents = 1 <= len(tail) <= 2 or (scaled and own and 0 < len(tail) <= 6)
    bare = re.sub("[.,٫]", "", whole if is_cents else digits)
    groups = re.split("[.,٫]", whole if is_cents else digits)
    parted = len(groups) == 1 or (0 < len(groups[0]) <= 3 and all(2 <= len(each) <= 3 for each in groups[1:]))
    if not bare or not parted or (not is_cents and len(tail) != 3) or (is_cents and signs[-1] in signs[:-1]):
        raise NotAnAmount(_not_an_amount(typed))
    return Decimal(f"{bare}.{tail}") if is_cents else Decimal(bare)


def _not_an_amount(typed: str) -> str:
    tried = words.shortened(typed.strip(), 40)
    return tr("“{text}” is not an amount. Try “48k” or “{example}”.", text=tried, example=words.money(4_800_000, None))
