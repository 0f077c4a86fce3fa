"""Reading a time of day: 10:30, 3pm, noon, afternoon, and the bare 10 of "thu 10"."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from companion.domain.date_tokens import Line
from companion.domain.date_words import DateWords, names
from companion.domain.date_written import counts_things

MORNING, NOON, AFTERNOON, EVENING = dt.time(9), dt.time(12), dt.time(14), dt.time(18)
NIGHT = dt.time(22)


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day that was read; `part_ends` is set when a part of the day was named and not a time."""

    at: dt.time
    end: int
    sure: bool = True
    part_ends: dt.time | None = None
    this: bool = False


@dataclass(frozen=True, slots=True)
class _Hour:
    hour: int
    minute: int
    end: int
    bare: bool = False
    half: str = ""
    literal: bool = False


class Times:
    """Reads times from one line."""

    def __init__(self, line: Line, words: DateWords) -> None:
        self.line, self.words, self.units = line, words, names(words).units

    def read(self, i: int, after_day: bool) -> Clock | None:
        """The time that starts at token `i`; a bare hour counts after a day, elsewhere only behind "at"."""
        line = self.line
        comma = after_day and line.key(i) == ","
        at = i + comma
        led = line.key(at) in self.words.at and line[at + 1].kind != "end"
        at += led
        part = self._part(at) or (self._half_day(at) if after_day and not comma else None)
        if part is not None:
            return self._precise(part)
        hour = self._hour(at, dots=after_day, bare=(after_day and not comma) or (led and line.key(at - 1) == "at"))
        if hour is None:
            return None
        return self._clock(self._range(hour), after_day, led)

    def _part(self, i: int) -> Clock | None:
        line, words = self.line, self.words
        if line.key(i) in words.tonight:
            return Clock(EVENING, i + 1, part_ends=NIGHT, this=True)
        if line.key(i) in words.noon:
            return Clock(NOON, i + 1)
        if line.number(i, 2) == 12 and line.key(i + 1) in words.noon:
            return Clock(NOON, i + 2)
        this = line.key(i) in words.this
        at = i + this + (line.key(i) == "in") + line.keys(i, "in", "the")
        parts = ((words.morning, MORNING, NOON), (words.afternoon, AFTERNOON, EVENING), (words.evening, EVENING, NIGHT))
        for name, begins, ends in parts:
            if line.key(at) in name:
                return Clock(begins, at + 1, part_ends=ends, this=this)
        return None

    def _half_day(self, i: int) -> Clock | None:
        """The am or pm of "tomorrow am"."""
        half, end = self._half(i)
        if not half or self.line.plain_word(end):
            return None
        begins, ends = (MORNING, NOON) if half == "am" else (AFTERNOON, EVENING)
        return Clock(begins, end, part_ends=ends)

    def _precise(self, part: Clock) -> Clock:
        """The exact time that follows a part of the day: "afternoon 3pm", "evening at 7"."""
        at = part.end + (self.line.key(part.end) in self.words.at)
        hour = self._hour(at, dots=True, bare=True) if part.part_ends is not None else None
        if hour is None:
            return part
        late = part.at >= AFTERNOON and hour.hour < 12 and not hour.half
        precise = self._clock(_Hour(hour.hour, hour.minute, hour.end, hour.bare, hour.half or "pm" * late), True, False)
        return Clock(precise.at, precise.end, precise.sure)

    def _hour(self, i: int, dots: bool, bare: bool) -> _Hour | None:
        line, hour = self.line, self.line.number(i, 2)
        if hour is None:
            return self._military(i) if bare else None
        literal = line[i].raw.startswith("0")
        minute, end = 0, i + 1
        minutes = line.number(i + 2, 2) if line.glued(i, i + 2) and len(line[i + 2].raw) == 2 else None
        half_follows = bool(self._half(i + 3)[0])
        if minutes is not None and (line.key(i + 1) == ":" or (line.key(i + 1) == "." and (dots or half_follows))):
            minute, end, bare = minutes, i + 3, False
        elif line.key(i + 1) == ":" and line[i + 1].glued and line[i + 2].glued:
            return None
        elif line.key(end) in ("o'clock", "o’clock"):
            end, bare = end + 1, False
        elif not self._half(end)[0]:
            if not bare or self._is_amount(end):
                return None
            return _Hour(hour, 0, end, bare=True, literal=literal) if hour <= 23 else None
        half, end = self._half(end)
        if minute > 59 or hour > (12 if half else 23) or (half and hour == 0):
            return None
        return _Hour(hour, minute, end, half=half, literal=literal)

    def _military(self, i: int) -> _Hour | None:
        """ "thu 1030"; 1900 to 2099 could be a year and is none."""
        number, raw = self.line.number(i), self.line[i].raw
        if number is None or len(raw) != 4 or raw[:2] in ("19", "20") or self._is_amount(i + 1):
            return None
        hour, minute = divmod(number, 100)
        return _Hour(hour, minute, i + 1, bare=minute % 15 != 0, literal=True) if hour < 24 and minute < 60 else None

    def _is_amount(self, i: int) -> bool:
        return counts_things(self.line, i) or self.line.key(i) in self.units

    def _half(self, i: int) -> tuple[str, int]:
        """Whether am or pm stands at `i` ("a.m." too), and the token behind it."""
        line = self.line
        for half, written in (("am", self.words.am), ("pm", self.words.pm)):
            if line.key(i) in written:
                return half, i + 1
            if line.keys(i, half[0], ".", "m") and line.glued(i, i + 2):
                return half, i + 3 + (line.key(i + 3) == "." and line[i + 3].glued)
        return "", i

    def _range(self, start: _Hour) -> _Hour:
        """ "10-11:30", "3 to 4pm": the start counts, the end is read along and lends its am or pm."""
        line, at = self.line, start.end
        if line.key(at) not in ("-", "–", "to", "until", "till"):
            return start
        end = self._hour(at + 1, dots=True, bare=line.key(at) in ("-", "–"))
        if end is None or (line.plain_word(end.end) and end.bare):
            return start
        half = start.half
        if end.half and not half and start.hour <= 12:
            half = end.half if start.hour % 12 <= end.hour % 12 else "am"
        return _Hour(start.hour, start.minute, end.end, start.bare and not half, half, start.literal)

    def _clock(self, read: _Hour, after_day: bool, led: bool) -> Clock:
        hour, sure = read.hour, after_day or not read.bare
        if read.half:
            hour = hour % 12 + (12 if read.half == "pm" else 0)
        elif 1 <= hour <= 6 and not read.literal:
            hour, sure = hour + 12, False  # "thu 3": office hours, so 15:00
        elif read.bare and not 8 <= hour <= 19:
            sure = False
        follows = self.line.plain_word(read.end) and self.line.key(read.end) not in (
            *self.words.goes_on,
            *self.words.deeds,
        )
        if read.bare and follows and not led:
            sure = False  # "thu 10 send quote" is ten o'clock, "thu 10 percent" may not be
        return Clock(dt.time(hour, read.minute), read.end, sure)
