"""Reading weeks and parts of months: next week, KW 49, start of next month, mid December, end of the quarter."""

from __future__ import annotations

import datetime as dt
from typing import Final

from companion.domain import date_arithmetic as calendar
from companion.domain.date_tokens import Line
from companion.domain.date_words import DateWords, Names
from companion.domain.date_written import Day

DAY_UNITS: Final = ("day", "week", "month", "quarter", "year")
_WEDNESDAY: Final = 2
_MID, _LATE = 15, 25


class Weeks:
    """Reads the weeks of one line, and the ends and parts of months, quarters and years."""

    def __init__(self, line: Line, today: dt.date, words: DateWords, names: Names) -> None:
        self.line, self.today, self.words, self.names = line, today, words, names

    def named(self, i: int) -> tuple[int, int] | None:
        """How many weeks after this one the words at `i` mean ("next week", "of the week after next", "KW 49"), and
        the token behind them."""
        at = i + (self.line.key(i) in ("of", "in"))
        at += self.line.key(at) in ("the", "onthe")
        if self.is_unit(at, "week") and self.line.key(at + 1) in (*self.words.next, *self.words.after_next):
            return self._later(at + 1), at + 2
        if self.is_unit(at + 1, "week") and self.line.key(at) in (*self.words.next, *self.words.after_next):
            return self._later(at), at + 2
        return self._numbered(at)

    def next_unit(self, i: int) -> Day | None:
        """ "next week", "KW 49" and "next month" name no day: their first one, never sure."""
        week = self.named(i)
        if week is not None:
            return Day(calendar.in_week(self.today, 0, week[0]), week[1], sure=False)
        at = i + (self.line.key(i) in ("the", "onthe"))
        if self.line.key(at) in self.words.next and self.is_unit(at + 1, "month"):
            return Day(self._month(1), at + 2, sure=False)
        if self.is_unit(at, "month") and self.line.key(at + 1) in self.words.next:
            return Day(self._month(1), at + 2, sure=False)
        return None

    def end_of(self, i: int) -> Day | None:
        """ "eom", "end of next week", "start of december", "month end"."""
        line, words = self.line, self.words
        shorts = (words.end_of_day, words.end_of_week, words.end_of_month, words.end_of_quarter, words.end_of_year)
        for unit, short in zip(DAY_UNITS, shorts, strict=True):
            if line.key(i) in short:
                return self._ending(unit, i + 1, 0)
        at = i + (line.key(i) == "the")
        unit = self.names.units.get(line.key(at), "")
        if line.key(at + 1) == "end" and unit in ("month", "quarter", "year"):
            return self._ending(unit, at + 2, 0)
        part = line.key(at)
        if part not in ("end", "late", "start", "mid"):
            return None
        at += 1 + (line.key(at + 1) == "of")
        return self._end_of_named(at) if part == "end" else self._part_of(part, at)

    def is_unit(self, i: int, unit: str) -> bool:
        """Whether the word at `i` is that unit, written out."""
        return self.names.units.get(self.line.key(i)) == unit and len(self.line.key(i)) > 1

    def _later(self, i: int) -> int:
        return 1 if self.line.key(i) in self.words.next else 2

    def _numbered(self, i: int) -> tuple[int, int] | None:
        """A week by its number in the year, as ISO 8601 counts: the next such week, this one included."""
        line, number = self.line, self.line.number(i + 1, 2)
        known = line.key(i) in self.words.calendar_week
        known = known or (line.key(i) in self.words.week_signs and line[i + 1].glued)
        if number is None or not (known or line.key(i) == "week"):
            return None
        if line.key(i + 2) in ("of", "/", ".") or line.key(i + 2) in self.names.units or line[i + 2].glued:
            return None
        monday = calendar.in_week(self.today, 0)
        for year in (self.today.isocalendar().year, self.today.isocalendar().year + 1):
            try:
                begins = dt.date.fromisocalendar(year, number, 1)
            except ValueError:
                continue
            if begins >= monday:
                return (begins - monday).days // 7, i + 2
        return None

    def _end_of_named(self, i: int) -> Day | None:
        week = self.named(i)
        if week is not None:
            return Day(calendar.in_week(self.today, calendar.FRIDAY, week[0]), week[1])
        at = i + (self.line.key(i) in ("the", *self.words.this))
        later = self.line.key(at) in self.words.next
        unit = self.names.units.get(self.line.key(at + later), "")
        if unit in DAY_UNITS and len(self.line.key(at + later)) > 1:
            behind = not later and self.line.key(at + 1) in self.words.next
            return self._ending(unit, at + later + behind + 1, int(later or behind))
        first = self._first_of(at)
        return None if first is None else Day(calendar.end_of("month", first), at + 1)

    def _part_of(self, part: str, i: int) -> Day | None:
        """The start, middle or late part of a week or a month: a guess at best."""
        week = self.named(i)
        if week is not None:
            weekday = {"start": 0, "mid": _WEDNESDAY}.get(part, calendar.FRIDAY)
            return Day(calendar.in_week(self.today, weekday, week[0]), week[1], sure=False)
        month, end = self.next_unit(i), i + 1
        first = self._first_of(i) if month is None else month.on
        if first is None:
            return None
        on = first.replace(day={"start": 1, "mid": _MID}.get(part, _LATE))
        return Day(calendar.add_months(on, 12 * (on < self.today)), month.end if month else end, sure=False)

    def _first_of(self, i: int) -> dt.date | None:
        """The first of the month that is named at `i`, this month or one to come; None where a day follows it."""
        month = self.names.months.get(self.line.key(i))
        if month is None or (self.line.number(i + 1) is not None and len(self.line[i + 1].raw) < 4):
            return None
        return self._month((month - self.today.month) % 12)

    def _month(self, later: int) -> dt.date:
        return calendar.add_months(self.today.replace(day=1), later)

    def _ending(self, unit: str, end: int, later: int) -> Day:
        weekend = unit == "week" and self.today.weekday() > calendar.FRIDAY
        return Day(calendar.end_of(unit, self.today, later), end, sure=not weekend)
