"""Dates in words: "thu 10", "eom", "+3d", "27 nov 9:15", found in a line or read from a field.

How a rep's words are understood, where people differ:
- a weekday is the next such day strictly after today: "thu" on a Thursday is next week's;
- "next mon" is the Monday of next week (weeks start on Monday); unsure where this week still holds such a day;
- a number behind a day is an hour: "thu 10" is Thursday 10:00. 1 to 6 are taken as afternoon, and unsure;
- a time alone is today's, or tomorrow's once it has passed (then unsure);
- a day and month without a year is the next such day, today included; unsure beyond nine months;
- "eow" is this week's Friday; the other ends are the last day on the calendar;
- morning is 9:00, noon 12:00, afternoon 14:00, evening and tonight 18:00.
`sure` is True only where the words leave no second reading; an unsure date is a guess to be shown as one.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from companion.domain import date_arithmetic as calendar
from companion.domain.date_context import Context
from companion.domain.date_days import Days
from companion.domain.date_languages import spoken_words, words_for
from companion.domain.date_times import Clock, Times
from companion.domain.date_tokens import Line, folded
from companion.domain.date_words import ENGLISH, DateWords
from companion.domain.date_written import Day
from companion.domain.language import tr

__all__ = ["ENGLISH", "DateFound", "DateWords", "Suggestion", "find", "parse", "suggestions", "words_for"]

# Under a pasted letter, what the rep writes stands last; 1,000 characters of nothing but dates take 40 ms.
READ_AT_MOST = 1_000

_BEHIND_LEAD = frozenset((",", "of", "day", "couple", "working", "business", "o'clock"))


@dataclass(frozen=True, slots=True)
class DateFound:
    """A date in the characters [start, end) of a line; `time` is local wall-clock time."""

    start: int
    end: int
    date: dt.date
    time: dt.time | None
    sure: bool

    def moment(self, zone: dt.tzinfo) -> dt.datetime | None:
        """The aware moment in `zone`, None without a time; a time that the clock change skips moves on by an hour."""
        return None if self.time is None else calendar.local(self.date, self.time, zone)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A quick pick for a close date, its label in the rep's language."""

    label: str
    date: dt.date


def find(text: str, now: dt.datetime, words: DateWords | None = None) -> tuple[DateFound, ...]:
    """The dates in `text` from left to right, never overlapping; text inside double quotes is not read.

    Without `words` in the language that is spoken, which here as below understands English words too.
    `now` is aware and in the rep's zone. Of a longer text the last 1,000 characters are read.
    """
    words = words or spoken_words()
    if len(text) > READ_AT_MOST:
        skipped = len(text) - READ_AT_MOST
        tail = find(text[skipped:], now, words)
        return tuple(replace(d, start=d.start + skipped, end=d.end + skipped) for d in tail if d.start > 0)
    reader = _Reader(text, now, words, lenient=False)
    found: list[DateFound] = []
    places: list[tuple[int, int]] = []
    i = 0
    while i < len(reader.line):
        phrase = reader.phrase(i) if reader.may_begin(i) else None
        judged = reader.context.judge(i, phrase) if phrase else None
        if phrase and judged is not None:
            found.append(reader.found(i, replace(phrase, sure=judged)))
            places.append((i, phrase.end))
        i = phrase.end if phrase else i + 1
    joined = reader.context.alternatives(places)
    return tuple(replace(date, sure=date.sure and n not in joined) for n, date in enumerate(found))


def parse(text: str, now: dt.datetime, words: DateWords | None = None) -> DateFound | None:
    """The date that the whole of `text` names, for a field that holds nothing else; None if any word is left over.

    Reads a few forms more than `find`: "27.11", "27th", "3 days", "by fri"; and English even where a word of it means
    something else in the rep's language, as the "mon" of a team's pick "next mon".
    """
    if len(text) > READ_AT_MOST:
        return None
    words = words or spoken_words()
    found = _whole(text, now, words)
    return _whole(text, now, ENGLISH) if found is None and words.spoken.forgotten else found


def _whole(text: str, now: dt.datetime, words: DateWords) -> DateFound | None:
    reader = _Reader(text, now, words, lenient=True)
    first = int(reader.line.key(0) in words.leads)
    phrase = reader.phrase(first)
    if phrase is None or any(reader.line.key(i) not in (",", ";", ".") for i in range(phrase.end, len(reader.line))):
        return None
    return reader.found(first, phrase)


def suggestions(prefix: str, now: dt.datetime, words: DateWords | None = None) -> tuple[Suggestion, ...]:
    """Four quick picks with different dates, all after today or today; what `prefix` fits comes first.

    When `prefix` is itself a date that no pick offers, it is the first of the four, labelled as typed.
    """
    picks = _picks(now.date())
    wanted = prefix.strip().casefold()
    if not wanted:
        return picks[:4]
    typed = parse(prefix, now, words)
    if typed is not None:
        named = [pick for pick in picks if pick.date == typed.date]
        first = named[0] if named else Suggestion(prefix.strip(), typed.date)
        return (first, *(pick for pick in picks if pick.date != typed.date))[:4]
    fitting = sorted(picks, key=lambda pick: not _fits(folded(pick.label), folded(wanted)))
    return tuple(fitting[:4])


def _picks(today: dt.date) -> tuple[Suggestion, ...]:
    friday = calendar.coming(today, calendar.FRIDAY)
    this_week = friday == calendar.in_week(today, calendar.FRIDAY)
    first = Suggestion(tr("This Friday"), friday)
    offered = (
        first if this_week else Suggestion(tr("Next Friday"), friday),
        Suggestion(tr("End of month"), calendar.end_of("month", today)),
        Suggestion(tr("In two weeks"), today + dt.timedelta(days=14)),
        Suggestion(tr("End of quarter"), calendar.end_of("quarter", today)),
        Suggestion(tr("In a month"), calendar.add_months(today, 1)),
        Suggestion(tr("End of next month"), calendar.end_of("month", today, 1)),
        Suggestion(tr("Next Friday"), calendar.in_week(today, calendar.FRIDAY, 1)),
    )
    return tuple(
        {pick.date: pick for pick in reversed(offered)}[date] for date in dict.fromkeys(p.date for p in offered)
    )


def _fits(label: str, wanted: str) -> bool:
    return label.startswith(wanted) or any(word.startswith(wanted) for word in label.split())


@dataclass(frozen=True, slots=True)
class _Phrase:
    on: dt.date
    at: dt.time | None
    end: int
    sure: bool


class _Reader:
    def __init__(self, text: str, now: dt.datetime, words: DateWords, lenient: bool) -> None:
        self.line, self.now, self.words = Line(text, words.spoken), now, words
        self.days = Days(self.line, now, words, lenient)
        self.times = Times(self.line, words)
        self.context = Context(self.line, self.days, words)

    def may_begin(self, i: int) -> bool:
        """Whether a date or a time may begin here at all; most words can't."""
        if self.line[i].kind == "number":
            return True
        begin, key = self.days.names.begin, self.line.key(i)
        return key in begin and (key not in self.days.names.leading or self._goes_on(i + 1))

    def _goes_on(self, i: int) -> bool:
        """Whether what stands behind an "in", "the" or "two" may belong to a date."""
        token = self.line[i]
        known = self.days.names
        return (
            token.kind == "number" or token.key in known.begin or token.key in known.units or token.key in _BEHIND_LEAD
        )

    def found(self, first: int, phrase: _Phrase) -> DateFound:
        start, end = self.line[first].start, self.line[phrase.end - 1].end
        return DateFound(start, end, phrase.on, phrase.at, phrase.sure)

    def phrase(self, i: int) -> _Phrase | None:
        """The day, the time, or both in either order, that start at token `i`."""
        day = self.days.read(i)
        if day is not None:
            return self._day_first(i, day)
        clock = self.times.read(i, after_day=False)
        if clock is None:
            return None
        after = clock.end + (self.line.key(clock.end) in (",", "on", "onthe", "of"))
        day = None if clock.this else self.days.read(after)
        if day is None or day.at is not None:
            return self._time_alone(clock)
        beside_a_day = self.times.read(i, after_day=True)  # "at 10" is a guess alone and clear in "at 10 on thu"
        sure = clock.sure or (beside_a_day is not None and beside_a_day.end == clock.end and beside_a_day.sure)
        part = self.times.read(day.end, after_day=True)
        if part is not None and part.part_ends is not None and not part.this:  # "8:30 tomorrow morning"
            late = part.at.hour > 12 > clock.at.hour
            at = clock.at.replace(hour=clock.at.hour + 12) if late else clock.at
            return self._joined(i, replace(day, end=part.end), Clock(at, part.end, sure or late))
        return self._joined(i, day, replace(clock, end=day.end, sure=sure))

    def _day_first(self, i: int, day: Day) -> _Phrase:
        ends = self.words.end_of_day
        if self.line.key(i) in ends:  # "eod thu"
            day = self.days.read(i + 1) or day
        elif self.line.key(day.end) in ends:  # "thu eod"
            return _Phrase(day.on, day.at, day.end + 1, day.sure)
        clock = None if day.at is not None else self.times.read(day.end, after_day=True)
        if clock is None or clock.this:
            return _Phrase(day.on, day.at, day.end, day.sure)
        return self._joined(i, day, clock)

    def _joined(self, i: int, day: Day, clock: Clock) -> _Phrase:
        number = self.line.number(day.end, 2)
        if clock.end == day.end + 1 and number is not None and number > 12:
            # "thu 17" may be the 17th, when that is a Thursday.
            same = self.days.written.day_of_month(number, 0)
            clock = replace(clock, sure=clock.sure and (same is None or same.on.weekday() != day.on.weekday()))
        today = self.now.date()
        passed = day.on == today and clock.at <= self.now.time()
        if passed and clock.part_ends is not None:
            over = clock.part_ends <= self.now.time()
            return _Phrase(day.on, None, clock.end, day.sure and not over)
        weekday_today = day.on - today == dt.timedelta(days=7) and self.line.key(i) in self.days.names.weekdays
        later_today = weekday_today and clock.at > self.now.time()
        return _Phrase(day.on, clock.at, clock.end, day.sure and clock.sure and not passed and not later_today)

    def _time_alone(self, clock: Clock) -> _Phrase:
        today = self.now.date()
        passed = clock.at <= self.now.time()
        if clock.part_ends is None:
            return _Phrase(today + dt.timedelta(days=passed), clock.at, clock.end, clock.sure and not passed)
        over = clock.part_ends <= self.now.time()
        if clock.this:
            return _Phrase(today, None if passed else clock.at, clock.end, sure=not over)
        return _Phrase(today + dt.timedelta(days=passed), clock.at, clock.end, sure=False)
