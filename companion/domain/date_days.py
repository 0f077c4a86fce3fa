"""Reading which day a line names: today, thu, next mon, +3d, in two weeks, eom, or an explicit date."""

from __future__ import annotations

import datetime as dt

from companion.domain import date_arithmetic as calendar
from companion.domain.date_tokens import Line
from companion.domain.date_words import DateWords
from companion.domain.date_written import Day, Written, counts_things

_DAY_UNITS = ("day", "week", "month", "quarter", "year")


class Days:
    """Reads days from one line; `now` is aware and local, `lenient` is for a field that holds a date alone."""

    def __init__(self, line: Line, now: dt.datetime, words: DateWords, lenient: bool) -> None:
        self.line, self.now, self.words, self.lenient = line, now, words, lenient
        self.today = now.date()
        self.written = Written(line, self.today, words, lenient)
        self.names = self.written.names

    def read(self, i: int) -> Day | None:
        """The day that starts at token `i`; a day out of the calendar's range is none."""
        try:
            return (
                self._offset(i)
                or self._relative(i)
                or self._end_of(i)
                or self._weekday(i)
                or self.written.read(i)
                or self._next_unit(i)
            )
        except (OverflowError, ValueError):
            return None

    def _relative(self, i: int) -> Day | None:
        line, tomorrow = self.line, self.today + dt.timedelta(days=1)
        start = i + line.keys(i, "the", "day")
        start += line.key(start) == "day"
        if line.keys(start - 1, "day", "after") and line.key(start + 1) in self.words.tomorrow:
            return Day(self.today + dt.timedelta(days=2), start + 2)
        for words, day in ((self.words.today, self.today), (self.words.tomorrow, tomorrow)):
            if line.key(i) in words:
                week = self._is_unit(i + 1, "week")  # "today week"
                return Day(day + dt.timedelta(days=7 * week), i + 1 + week, sure=not week)
        return None

    def _end_of(self, i: int) -> Day | None:
        line, words = self.line, self.words
        shorts = (words.end_of_day, words.end_of_week, words.end_of_month, words.end_of_quarter, words.end_of_year)
        for unit, short in zip(_DAY_UNITS, shorts, strict=True):
            if line.key(i) in short:
                return self._ending(unit, i + 1, 0)
        at = i + (line.key(i) == "the")
        unit = self.names.units.get(line.key(at), "")
        if line.key(at + 1) == "end" and unit in ("month", "quarter", "year"):
            return self._ending(unit, at + 2, 0)
        if line.key(at) != "end":
            return None
        at += 1 + (line.key(at + 1) == "of")
        return self._end_of_named(at + (line.key(at) in ("the", *words.this)))

    def _end_of_named(self, i: int) -> Day | None:
        later = self.line.key(i) in self.words.next
        unit = self.names.units.get(self.line.key(i + later), "")
        if unit in _DAY_UNITS and len(self.line.key(i + later)) > 1:
            return self._ending(unit, i + later + 1, int(later))
        month = self.names.months.get(self.line.key(i))
        if month is None or self.line.number(i + 1) is not None:
            return None
        first = calendar.add_months(self.today.replace(day=1), (month - self.today.month) % 12)
        return Day(calendar.end_of("month", first), i + 1)

    def _ending(self, unit: str, end: int, later: int) -> Day:
        weekend = unit == "week" and self.today.weekday() > calendar.FRIDAY
        return Day(calendar.end_of(unit, self.today, later), end, sure=not weekend)

    def _offset(self, i: int) -> Day | None:
        """+3d, 3d, in 3 days, two weeks from now, in 3 working days, +2h."""
        line = self.line
        plus = line.key(i) == "+" and line[i + 1].glued
        lead = plus or line.key(i) in self.words.in_time
        at = i + lead
        count = line.number(at)
        if count is None:
            count = self.names.numbers.get(line.key(at))
            if line.keys(at, "a", "couple", "of"):
                count, at = 2, at + 2
        if count is None:
            return None
        working = line.key(at + 1) in ("working", "business")
        unit_at = at + 1 + working
        unit, end = self.names.units.get(line.key(unit_at)), unit_at + 1
        if unit is None or (working and unit != "day"):
            return None
        from_now = line.key(end) == "from" and line.key(end + 1) in ("now", *self.words.today)
        compact = line[unit_at].glued and line.key(unit_at) in ("d", "w") and line[at - 1].kind != "number"
        if not from_now and line.key(end) in ("from", "after"):
            return self._after_day(count, unit, end + 1)
        if unit == "week" and not (lead or from_now) and line.key(end) in self._week_goes_on():
            return self._after_day(count, unit, end + (line.key(end) == "on"), sure=False)  # "a week on thu"
        if not (lead or from_now or compact or self.lenient):
            return None
        sure = lead or from_now or self.lenient or self._compact_is_sure(i, unit_at)
        return self._after(count, "workday" if working else unit, end + 2 * from_now, sure)

    def _week_goes_on(self) -> tuple[str, ...]:
        return ("on", *self.words.today, *self.words.tomorrow, *self.names.weekdays)

    def _after_day(self, count: int, unit: str, i: int, sure: bool = True) -> Day | None:
        """ "a week from thursday", "two days after 27 nov"."""
        weekday = self.names.weekdays.get(self.line.key(i))
        day = self._relative(i) or self.written.read(i)
        if weekday is not None:
            day = Day(calendar.coming(self.today, weekday), i + 1, self.line.key(i) not in self.names.clashing)
        days = {"day": 1, "week": 7}.get(unit)
        if day is None or days is None:
            return None
        return Day(day.on + dt.timedelta(days=days * count), day.end, day.sure and sure)

    def _compact_is_sure(self, i: int, unit_at: int) -> bool:
        """ "2w" and "3d" are dates, "3D" and "3d printing" are things."""
        follows = self.line.plain_word(unit_at + 1) and self.line.key(unit_at + 1) not in self.words.goes_on
        return self.line[unit_at].raw in ("d", "w") and not follows

    def _after(self, count: int, unit: str, end: int, sure: bool) -> Day | None:
        if unit in ("hour", "minute"):
            delta = dt.timedelta(hours=count) if unit == "hour" else dt.timedelta(minutes=count)
            moment = (self.now.astimezone(dt.UTC) + delta).astimezone(self.now.tzinfo)
            return Day(moment.date(), end, sure, moment.time().replace(second=0, microsecond=0, fold=0))
        days = {"day": 1, "week": 7, "fortnight": 14, "workday": 2}.get(unit, 31) * count
        if days > calendar.FURTHEST_DAYS:
            return None
        if unit == "workday":
            return Day(calendar.add_workdays(self.today, count), end, sure)
        if unit in ("day", "week", "fortnight"):
            return Day(self.today + dt.timedelta(days=days), end, sure)
        months = count * {"month": 1, "quarter": 3, "year": 12}[unit]
        return Day(calendar.add_months(self.today, months), end, sure)

    def _weekday(self, i: int) -> Day | None:
        line, words = self.line, self.words
        if line.key(i) in words.next and self._is_unit(i + 1, "week"):
            at = i + 2 + (line.key(i + 2) == "on")
            weekday = self.names.weekdays.get(line.key(at))
            return None if weekday is None else Day(calendar.in_week(self.today, weekday, 1), at + 1)
        this, following = line.key(i) in words.this, line.key(i) in words.next
        at = i + (this or following)
        weekday = self.names.weekdays.get(line.key(at))
        if weekday is None:
            return None
        name_sure = line.key(at) not in self.names.clashing
        day = self._with_date(weekday, at + 1) or self._with_week(weekday, at + 1)
        day = day or self._bare_weekday(weekday, at + 1, this, following)
        return Day(day.on, day.end, day.sure and name_sure)

    def _bare_weekday(self, weekday: int, end: int, this: bool, following: bool) -> Day:
        coming = calendar.coming(self.today, weekday)
        if following:
            # "next fri" on a Tuesday: next week's by our rule, but some people mean this week's.
            on = calendar.in_week(self.today, weekday, 1)
            return Day(on, end, sure=on == coming and self.today.weekday() != 6)
        if this:
            on = calendar.in_week(self.today, weekday)
            return Day(on, end) if on > self.today else Day(coming if on < self.today else on, end, sure=False)
        return Day(coming, end)

    def _with_date(self, weekday: int, i: int) -> Day | None:
        """ "thu 26 nov", "thu, the 26th", "fri 27": sure when that date is such a weekday."""
        at = i + (self.line.key(i) == ",")
        day = self.written.read(at, after_weekday=True)
        number = self.line.number(i, 2)
        if day is None and number is not None and number >= 20 and not counts_things(self.line, i + 1):
            follows = self.line.plain_word(i + 1) and self.line.key(i + 1) not in self.words.goes_on
            day = self.written.day_of_month(number, i + 1, sure=number > 23 and not follows)
            if day is not None and day.on.weekday() != weekday and number < 24:
                return None  # "thu 20" is eight in the evening, unless the 20th is a Thursday
        if day is None:
            return None
        return Day(day.on, day.end, day.sure and day.on.weekday() == weekday)

    def _with_week(self, weekday: int, i: int) -> Day | None:
        line, words = self.line, self.words
        if line.key(i) in words.next and self._is_unit(i + 1, "week"):
            return Day(calendar.in_week(self.today, weekday, 1), i + 2)
        if line.key(i) in words.this and self._is_unit(i + 1, "week"):
            on = calendar.in_week(self.today, weekday)
            return Day(on, i + 2, sure=on > self.today)
        coming = calendar.coming(self.today, weekday)
        if line.key(i) == "after" and line.key(i + 1) in words.next:
            return Day(coming + dt.timedelta(days=7), i + 2, sure=False)
        if self._is_unit(i, "week"):
            return Day(coming + dt.timedelta(days=7), i + 1, sure=False)
        later = self._offset(i) if line.key(i) in words.in_time else None
        return None if later is None else Day(calendar.in_week(later.on, weekday), later.end, sure=False)

    def _next_unit(self, i: int) -> Day | None:
        """ "next week" and "next month" name no day: their first one, never sure."""
        if self.line.key(i) not in self.words.next:
            return None
        if self._is_unit(i + 1, "week"):
            return Day(calendar.in_week(self.today, 0, 1), i + 2, sure=False)
        if self._is_unit(i + 1, "month"):
            return Day(calendar.add_months(self.today.replace(day=1), 1), i + 2, sure=False)
        return None

    def _is_unit(self, i: int, unit: str) -> bool:
        return self.names.units.get(self.line.key(i)) == unit and len(self.line.key(i)) > 1
