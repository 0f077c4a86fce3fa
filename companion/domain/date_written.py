"""Reading an explicit date: 27 nov, nov 27th, 27.11., 27/11, 2026-11-27, the 27th."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from companion.domain.date_arithmetic import add_months, month_length
from companion.domain.date_tokens import Line
from companion.domain.date_words import DateWords, Names, names

# A date without a year that already passed is next year's; beyond nine months a rep more likely meant the past one.
_PLAUSIBLE_DAYS = 270
_ORDINALS = ("st", "nd", "rd", "th", "er", "º", "o")


@dataclass(frozen=True, slots=True)
class Day:
    """A day that was read: the token where it ends, and whether its words leave no doubt."""

    on: dt.date
    end: int
    sure: bool = True
    at: dt.time | None = None


class Written:
    """Reads explicit dates from one line; `lenient` allows the short forms that only a date field can hold."""

    def __init__(self, line: Line, today: dt.date, words: DateWords, lenient: bool) -> None:
        self.line, self.today, self.words, self.lenient = line, today, words, lenient
        self.names: Names = names(words)

    def read(self, i: int, after_weekday: bool = False) -> Day | None:
        """The explicit date that starts at token `i`."""
        return (
            self._iso(i)
            or self._dotted(i, self.lenient and not after_weekday)
            or self._slashed(i)
            or self._day_month(i)
            or self._month_day(i)
            or self._ordinal(i, after_weekday)
        )

    def _iso(self, i: int) -> Day | None:
        line = self.line
        if not (line.key(i + 1) == "-" and line.key(i + 3) == "-" and line.glued(i, i + 4)):
            return None
        first, month, last = line[i].raw, line.number(i + 2, 2), line.number(i + 4)
        if month is None or last is None or line.number(i) is None:
            return None
        if len(first) == 4 and len(line[i + 4].raw) <= 2:
            return self._day(last, month, int(first), i + 5)
        if len(first) <= 2 and len(line[i + 4].raw) == 4:
            return self._day(int(first), month, last, i + 5)
        return None

    def _dotted(self, i: int, lenient: bool) -> Day | None:
        line = self.line
        day, month = line.number(i, 2), line.number(i + 2, 2)
        if day is None or month is None or line.key(i + 1) != "." or not line.glued(i, i + 2):
            return None
        if line.key(i - 1 - (line.key(i - 1) == ".")) in self.words.numbered:
            return None  # "version 3.12.", "art. 3.4."
        if line.key(i + 3) != "." or not line[i + 3].glued:
            led = self.words.dotted and line.key(i - 1) in ("by", "onthe") and line.key(i + 3) not in self.words.oclock
            return self._day(day, month, None, i + 3) if lenient or (led and not counts_things(line, i + 3)) else None
        if line[i + 4].glued and line[i + 4].kind == "number":
            year = self._year(i + 4)
            return None if year is None else self._day(day, month, year, i + 5)
        return self._day(day, month, None, i + 4, sure=day > 12 or lenient or self.words.dotted or self._expected(i))

    def _slashed(self, i: int) -> Day | None:
        line = self.line
        first, second = line.number(i, 2), line.number(i + 2, 2)
        if first is None or second is None or line.key(i + 1) != "/" or not line.glued(i, i + 2):
            return None
        if (first, second) == (24, 7):
            return None
        end, year = i + 3, None
        if line.key(end) == "/" and line.glued(i, end + 1):
            year, end = self._year(end + 1), end + 2
            if year is None:
                return None
        swapped = second > 12 or (self.words.month_first and first <= 12)
        day, month = (second, first) if swapped else (first, second)
        either_way = first <= 12 and second <= 12
        follows = line.plain_word(end) and not self._is_connective(end)
        if year is None and ((either_way and follows) or counts_things(line, end)):
            return None  # "1/2 price", "16/9 screens"
        timed = line[end].kind == "number" or line.key(end) in self.words.at
        known = year is not None or self._expected(i) or line[i].raw[0] == "0" or timed
        sure = not either_way or (first == second and self._expected(i)) or (self.words.day_first and known)
        return self._day(day, month, year, end, sure)

    def _day_month(self, i: int) -> Day | None:
        line, day = self.line, self.line.number(i, 2)
        if day is None:
            return None
        at = i + 1
        if line.key(at) in _ORDINALS and line[at].glued:
            at += 1
        dashed = line.key(at) == "-" and line.glued(at - 1, at + 1)
        if dashed or (line.key(at) == "." and line[at].glued) or line.key(at) == "of":
            at += 1
        month = self.names.months.get(line.key(at))
        if month is None or (line[at].glued and at == i + 1 and len(line.key(at)) < 3):
            return None
        doubtful = line[at].said in self.words.double_meaning and line.plain_word(at + 1)
        sure = line.key(at) not in self.names.clashing and not (doubtful and not self._is_connective(at + 1))
        dashed_year = dashed and line.key(at + 1) == "-" and line.glued(at, at + 2)
        behind = at + 1 + self._dot_shortens(at + 1)
        year, end = (self._year(at + 2), at + 3) if dashed_year else self._following_year(behind)
        return self._day(day, month, year, end, sure)

    def _dot_shortens(self, i: int) -> bool:
        """Whether a dot at `i` shortens the month before it and the date goes on: "10. Jan., 9:00", "3 sept. 2027"."""
        line = self.line
        if line.key(i) != "." or not line[i].glued or line[i + 1].glued > (line.key(i + 1) == ","):
            return False
        timed = line.key(i + 2) in (":", *self.words.oclock)
        return line.key(i + 1) == "," or len(line[i + 1].raw) == 4 or (line.number(i + 1, 2) is not None and timed)

    def _month_day(self, i: int) -> Day | None:
        line, month = self.line, self.names.months.get(self.line.key(i))
        if month is None:
            return None
        at = i + 1
        if line.key(at) == "." and line[at].glued:
            at += 1
        at += line.key(at) == "the"
        day, end = line.number(at, 2), at + 1
        if day is None or (line.key(end) in (":", "%") and line[end].glued):
            return None
        if line.key(end) in _ORDINALS and line[end].glued:
            end += 1
        elif line.key(end) in self.names.units:
            return None  # "dec 12 months"
        elif line.plain_word(end) and line[i].said in self.words.double_meaning and not self._is_connective(end):
            return None  # "may 5 people join"
        elif counts_things(line, end) or (self.words.day_first and self._thing_at(end)):
            return None  # "Mai 5 Leute"
        year, end = self._following_year(end)
        return self._day(day, month, year, end, sure=line.key(i) not in self.names.clashing)

    def _ordinal(self, i: int, after_weekday: bool) -> Day | None:
        """ "the 27th", "am 27.", "le 27", where no noun follows ("the 2nd option"); in a field also "27th" alone."""
        line = self.line
        the, on_the = line.key(i) == "the", line.key(i) == "onthe"
        at = i + (the or on_the)
        day = line.number(at, 2)
        suffix = line[at + 1].glued and line.key(at + 1) in _ORDINALS
        dot = line[at + 1].glued and line.key(at + 1) == "." and not line[at + 2].glued
        if day is None or not (suffix or (on_the and (dot or not self.words.dotted))):
            return None
        if not (the or on_the or after_weekday or self.lenient):
            return None
        end = at + 1 + (suffix or dot)
        if on_the and (counts_things(line, end) or line.key(end) in self.names.units or line[end].key in (":", "/")):
            return None
        if on_the and (line[end].kind == "number" or self._month_follows(at)):
            return None  # "el 27 11"; "le 5 mai" is read from its number on
        follows = line.plain_word(end) and not self._is_connective(end)
        if follows and (not on_the or suffix):
            return None
        known = not follows or line.key(end) in (*self.words.deeds, *self.words.occasions)
        return self.day_of_month(day, end, sure=known and (after_weekday or on_the or self._led(i) or self.lenient))

    def _thing_at(self, i: int) -> bool:
        known = (*self.words.deeds, *self.words.occasions)
        return self.line.plain_word(i) and not self._is_connective(i) and self.line.key(i) not in known

    def _month_follows(self, i: int) -> bool:
        return (
            self._day_month(i) is not None or self._slashed(i) is not None or self._dotted(i, lenient=False) is not None
        )

    def _led(self, i: int) -> bool:
        return self.line.key(i - 1) in self.words.leads

    def day_of_month(self, day: int, end: int, sure: bool = True) -> Day | None:
        """The next such day of a month, today included; unsure when this month's passed less than a week ago."""
        if not 1 <= day <= 31:
            return None
        month = self.today.replace(day=1)
        just_passed = 0 < self.today.day - day <= 7
        for later in range(3):
            first = add_months(month, later)
            if day <= month_length(first.year, first.month) and first.replace(day=day) >= self.today:
                return Day(first.replace(day=day), end, sure and not just_passed)
        return None

    def _year(self, i: int) -> int | None:
        number, length = self.line.number(i), len(self.line[i].raw)
        if number is None or length not in (2, 4):
            return None
        return number + 2000 if length == 2 else number

    def _following_year(self, i: int) -> tuple[int | None, int]:
        at = i + (self.line.key(i) in (",", "of"))
        raw = self.line[at].raw
        if len(raw) == 4 and self.line.number(at) is not None and raw[:2] in ("19", "20"):
            return int(raw), at + 1
        number = self.line.number(i, 2)
        beyond_hours = number is not None and number > 23 and not counts_things(self.line, i + 1)
        if number is not None and beyond_hours and not self.line.plain_word(i + 1):
            return 2000 + number, i + 1  # "27 nov 26": no hour, so it is the year
        return None, i

    def _day(self, day: int, month: int, year: int | None, end: int, sure: bool = True) -> Day | None:
        years = [year] if year is not None else range(self.today.year, self.today.year + 9)
        for candidate in years:
            try:
                on = dt.date(candidate, month, day)
            except ValueError:
                continue
            if year is None and on < self.today:
                continue
            plausible = on >= self.today if year is not None else (on - self.today).days <= _PLAUSIBLE_DAYS
            return Day(on, end, sure and plausible)
        return None

    def _expected(self, i: int) -> bool:
        """Whether a date is what the words before `i` ask for: "by 3.12.", or nothing stands before."""
        return i == 0 or self.line.key(i - 1) in (*self.words.leads, ",") or self.line.key(i - 1) in self.names.weekdays

    def _is_connective(self, i: int) -> bool:
        return self.line.key(i) in self.words.goes_on or self.line.key(i) in self.words.at


def counts_things(line: Line, i: int) -> bool:
    """Whether what stands at `i` makes the number before it an amount: 10k, 10%, 10,000, 10.5, 10 seats."""
    sign = line[i]
    if sign.kind == "end":
        return False
    if sign.glued and (sign.kind in ("word", "number") or sign.key in ("%", "€", "$", "£", "°", "@", "_")):
        return True
    if sign.glued and sign.key in (".", ",", ":", "'", "’") and line[i + 1].glued and line[i + 1].kind == "number":
        return True
    if sign.key in ("%", "€", "$", "£", "+", "x", "×", "*", "percent"):
        return True
    return sign.kind == "word" and sign.key.endswith("s") and sign.key not in ("as", "is", "this", "us")
