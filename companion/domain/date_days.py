"""Reading which day a line names: today, thu, next mon, +3d, in two weeks, eom, or an explicit date."""

from __future__ import annotations

import datetime as dt

from companion.domain import date_arithmetic as calendar
from companion.domain.date_tokens import Line
from companion.domain.date_weeks import Weeks
from companion.domain.date_words import DateWords
from companion.domain.date_written import Day, Written, counts_things


class Days:
    """Reads days from one line; `now` is aware and local, `lenient` is for a field that holds a date alone."""

    def __init__(self, line: Line, now: dt.datetime, words: DateWords, lenient: bool) -> None:
        self.line, self.now, self.words, self.lenient = line, now, words, lenient
        self.today = now.date()
        self.written = Written(line, self.today, words, lenient)
        self.names = self.written.names
        self.weeks = Weeks(line, self.today, words, self.names)

    def read(self, i: int) -> Day | None:
        """The day that starts at token `i`; a day out of the calendar's range is none."""
        try:
            return (
                self._offset(i)
                or self._relative(i)
                or self.weeks.end_of(i)
                or self._weekday(i)
                or self.written.read(i)
                or self.weeks.next_unit(i)
            )
        except (OverflowError, ValueError):
            return None

    def _relative(self, i: int) -> Day | None:
        words = self.words
        for later, said in enumerate((words.today, words.tomorrow, words.overmorrow)):
            if self.line.key(i) in said:
                day = self.today + dt.timedelta(days=later)
                later_on = self._offset(i + 1) if not later and self.line.key(i + 1) == "in" else None
                if later_on is not None and later_on.at is None:
                    return later_on  # "heute in einer Woche"
                weeks, end = self._weeks_on(i + 1)
                return Day(day + dt.timedelta(weeks=weeks), end, sure=not weeks)
        return None

    def _weeks_on(self, i: int) -> tuple[int, int]:
        """The weeks of "monday week" and "jeudi en quinze", and the token behind them; no weeks where none are said."""
        if self.line.key(i) == "twoweeks":
            return 2, i + 1
        return (1, i + 1) if self.weeks.is_unit(i, "week") and self.line.number(i + 1) is None else (0, i)

    def _offset(self, i: int) -> Day | None:
        """+3d, 3d, in 3 days, two weeks from now, in 3 working days, +2h."""
        line = self.line
        ahead = line.number(i + 1) if line.key(i) == "dayplus" else None
        if ahead is not None:
            return self._after(ahead, "day", i + 2, sure=True)  # "J+3"
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
        if unit == "hour" and lead and line.key(i) == "within" and count % 24 == 0:
            return self._after(count // 24, "day", end, sure=False)  # "within 48h" names no hour
        sure = lead or from_now or self.lenient or self._compact_is_sure(i, unit_at)
        end += lead and line.key(end) == "time"  # "in two weeks time"
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
        return self.line[unit_at].raw.islower() and not follows

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
        week = self.weeks.named(i)
        if week is not None:
            at = week[1] + (line.key(week[1]) in ("on", "onthe", ","))
            weekday = self.names.weekdays.get(line.key(at))
            return None if weekday is None else Day(calendar.in_week(self.today, weekday, week[0]), at + 1)
        lead = line.key(i) if line.key(i) in (*words.this, *words.next) else ""
        at = i + bool(lead)
        weekday = self.names.weekdays.get(line.key(at))
        if weekday is None:
            return None
        name_sure = line.key(at) not in self.names.clashing
        end = at + 1 + (line.key(at + 1) == "." and line[at + 1].glued and self._dot_parts(at + 2))
        day = self._with_date(weekday, end) or self._with_week(weekday, at + 1)
        day = day or self._bare_weekday(weekday, end, lead)
        return Day(day.on, day.end, day.sure and name_sure)

    def _dot_parts(self, i: int) -> bool:
        """Whether the dot before `i` shortens the weekday ("Thu. 10am") rather than ends a sentence."""
        return (self.line[i].kind == "number" and not self.line[i].glued) or self.line.key(i) == ","

    def _bare_weekday(self, weekday: int, end: int, lead: str) -> Day:
        coming = calendar.coming(self.today, weekday)
        if not lead and self.line.key(end) in ("coming", *self.words.next):
            lead, end = self.line.key(end), end + 1  # "lundi prochain"
        if lead == "coming":
            return Day(coming, end)
        if lead in self.words.next:
            # "next fri" on a Tuesday: next week's by our rule, but some people mean this week's.
            on = calendar.in_week(self.today, weekday, 1)
            sure = on == coming and self.today.weekday() != 6
            return Day(coming if self.words.next_is_coming else on, end, sure)
        if lead:
            on = calendar.in_week(self.today, weekday)
            return Day(on, end) if on > self.today else Day(coming if on < self.today else on, end, sure=False)
        return Day(coming, end)

    def _with_date(self, weekday: int, i: int) -> Day | None:
        """ "thu 26 nov", "thu, the 26th", "fri 27": sure when that date is such a weekday."""
        at = i + (self.line.key(i) == ",")
        at += self.line.key(at) == "onthe"
        day = self.written.read(at, after_weekday=True)
        number = self.line.number(i, 2)
        if day is None and number is not None and number >= 20 and not counts_things(self.line, i + 1):
            day = self.written.day_of_month(number, i + 1, sure=number > 23 and not self._thing_follows(i + 1))
            if day is not None and day.on.weekday() != weekday and number < 24:
                return None  # "thu 20" is eight in the evening, unless the 20th is a Thursday
            if day is not None and day.on.weekday() == weekday and number > 23:
                day = Day(day.on, day.end)  # "fri 27 lunch": no hour, and the calendar agrees
        if day is None:
            return None
        return Day(day.on, day.end, day.sure and day.on.weekday() == weekday)

    def _thing_follows(self, i: int) -> bool:
        return self.line.plain_word(i) and self.line.key(i) not in self.words.goes_on

    def _with_week(self, weekday: int, i: int) -> Day | None:
        line, words = self.line, self.words
        week = self.weeks.named(i)
        if week is not None:
            return Day(calendar.in_week(self.today, weekday, week[0]), week[1])
        if line.key(i) in words.this and self.weeks.is_unit(i + 1, "week"):
            on = calendar.in_week(self.today, weekday)
            return Day(on, i + 2, sure=on > self.today)
        coming = calendar.coming(self.today, weekday)
        if line.key(i) == "after" and line.key(i + 1) in words.next:
            return Day(coming + dt.timedelta(days=7), i + 2, sure=False)
        weeks, end = self._weeks_on(i)
        if weeks:
            return Day(coming + dt.timedelta(weeks=weeks), end, sure=False)
        later = self._offset(i) if line.key(i) in words.in_time else None
        if later is None:
            return None
        days = (later.on - self.today).days
        on = coming + dt.timedelta(days=7) if days == 7 else calendar.in_week(later.on, weekday)
        return Day(on, later.end, sure=False)
