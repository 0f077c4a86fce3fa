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
    spans: bool = False
    """Whether an end was given too: "10-11"."""
    rough: bool = False
    """ "10ish"."""


_PARTS_OF_AN_HOUR = {
    "half_past": 30, "quarter_past": 15, "quarter_to": -15, "half_to": -30, "three_quarters_to": -15, "half": 30,
}  # fmt: skip
_ADDED = {"and_half": 30, "and_quarter": 15, "less_quarter": -15}
_UNTIL = ("and", "-", "–", "to", "until", "till", "by", "around")


class Times:
    """Reads times from one line."""

    def __init__(self, line: Line, words: DateWords) -> None:
        self.line, self.words = line, words
        self.units, self.numbers, self.begin = names(words).units, names(words).numbers, names(words).begin

    def read(self, i: int, after_day: bool) -> Clock | None:
        """The time that starts at token `i`; a bare hour counts after a day, elsewhere only behind "at"."""
        line = self.line
        comma = after_day and line.key(i) == ","
        at = i + comma
        if after_day and not comma and line.key(at) in ("on", "onthe", "the") and self._part(at + 1) is not None:
            at += 1  # "jeudi le matin"
        led = line.key(at) in self.words.at and line[at + 1].kind != "end"
        at += led
        part = self._part(at) or (self._half_day(at) if after_day and not comma else None)
        if part is not None:
            return self._precise(part)
        if line.key(i - 1) in self.words.numbered and not after_day:
            return None  # "chapter 10:30"
        parted = self._part_of_an_hour(at) if after_day or led or line.key(at) != "half" else None
        if parted is not None:
            return self._clock(parted, after_day, led)
        bare = (after_day and not comma) or (led and line.key(at - 1) in ("at", "between"))
        hour = self._hour(at, dots=after_day or line.key(at - 1) == "at", bare=bare)
        if hour is None or (not after_day and hour.bare and self._counts(hour.end, line.key(at - 1))):
            return None
        return self._clock(self._range(at, hour), after_day, led)

    def _counts(self, i: int, lead: str) -> bool:
        """Whether a bare number before `i` without a day rather counts: "um 12 Plätze", "between 10 and 12 people"."""
        thing = self.line.plain_word(i) and self.line[i].raw[:1].isupper()
        return lead == "between" or (thing and not self._may_follow(i))

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
        if not half or (self.line.plain_word(end) and len(self.line.key(i)) == 2):
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

    def _part_of_an_hour(self, i: int) -> _Hour | None:
        """ "half past 10", "viertel vor elf"; a British "half 10" is half past."""
        line, minutes = self.line, _PARTS_OF_AN_HOUR.get(self.line.key(i))
        hour = self._named_hour(i + 1) if minutes is not None else None
        if minutes is None or hour is None or hour > 23 or line[i + 2].glued or self._is_amount(i + 2):
            return None
        half, end = self._half(i + 2 + (line.key(i + 2) in self.words.oclock))
        hour, minute = divmod(hour * 60 + minutes, 60)
        thing = line.plain_word(end) and not (self._may_follow(end) or line.key(end) in self.begin)
        return _Hour(hour % 24, minute, end, bare=thing or line.key(i) in ("half", "three_quarters_to"), half=half)

    def _named_hour(self, i: int) -> int | None:
        number = self.line.number(i, 2)
        named = self.numbers.get(self.line.key(i)) if len(self.line.key(i)) > 2 else None  # not "half a day"
        return named if number is None else number

    def _hour(self, i: int, dots: bool, bare: bool) -> _Hour | None:
        line, hour = self.line, self.line.number(i, 2)
        if hour is None:
            return self._hour_in_words(i, bare) or (self._military(i) if bare else None)
        literal = line[i].raw.startswith("0")
        minute, end = 0, i + 1
        minutes = line.number(i + 2, 2) if line.glued(i, i + 2) and len(line[i + 2].raw) == 2 else None
        half_follows = bool(self._half(i + 3)[0]) or line.key(i + 3) in self.words.oclock
        if minutes is not None and (line.key(i + 1) == ":" or (line.key(i + 1) == "." and (dots or half_follows))):
            minute, end, bare = minutes, i + 3, False
            end += line.key(end) in self.words.oclock
        elif line.key(i + 1) == ":" and line[i + 1].glued and line[i + 2].glued:
            return None
        elif line.key(end) in self.words.oclock or (bare and self.units.get(line.key(end)) == "hour"):
            return self._full_hour(i, hour, bare)
        elif bare and line.key(end) == "ish" and line[end].glued and hour <= 23:
            return _Hour(hour, 0, end + 1, literal=literal, rough=True)
        elif not self._half(end)[0]:
            if not bare or (self._is_amount(end) and line.key(end) not in _ADDED):
                return None
            return self._added(_Hour(hour, 0, end, bare=True, literal=literal)) if hour <= 23 else None
        half, end = self._half(end)
        if minute > 59 or hour > (12 if half else 23) or (half and hour == 0):
            return None
        return _Hour(hour, minute, end, half=half, literal=literal)

    def _full_hour(self, i: int, hour: int, bare: bool) -> _Hour | None:
        """ "10 o'clock", "10 Uhr 30", "10h", "10h30"; "48h" and "24h/24" are no time, "2h" alone may be a length."""
        line, sign, end = self.line, self.line.key(i + 1), i + 2
        bare, number = bare or line.key(i - 1) in self.words.at, line.number(end, 2)
        minute = number if number is not None and len(line[end].raw) == 2 and number < 60 else None
        if minute is not None and not line[end].glued and self._is_amount(end + 1):
            minute = None  # "um 10 Uhr 12 Lizenzen"
        alone = sign == "h" and not bare and minute is None and not 8 <= hour <= 19
        if hour > 23 or alone or (line[end].glued and minute is None and line.key(end) in ("/", "+")):
            return None
        half, behind = self._half(end + (minute is not None))
        bare = sign == "h" and not bare and minute is None
        literal = line[i].raw.startswith("0")
        return self._added(_Hour(hour, minute or 0, behind, bare=bare, half=half, literal=literal))

    def _hour_in_words(self, i: int, bare: bool) -> _Hour | None:
        """ "at ten", "à dix heures"."""
        hour = self.numbers.get(self.line.key(i)) if len(self.line.key(i)) > 2 else None
        full = self.line.key(i + 1) in self.words.oclock or self.units.get(self.line.key(i + 1)) == "hour"
        led = self.line.key(i - 1) in self.words.at
        if hour is None or hour > 12 or not led or (self._is_amount(i + 1) and not full):
            return None
        half, end = self._half(i + 1 + full)
        return self._added(_Hour(hour, 0, end, bare=not (full or half or bare), half=half))

    def _added(self, read: _Hour) -> _Hour:
        """The same with the "et demie" or "y cuarto" that follows."""
        added = _ADDED.get(self.line.key(read.end))
        if added is None:
            return read
        hour, minute = divmod(read.hour * 60 + added, 60)
        half, end = self._half(read.end + 1)
        return _Hour(hour % 24, minute, end, half=half or read.half, literal=read.literal)

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
            part = ("morning",) if half == "am" else ("afternoon", "evening", "night")
            if line.key(i) in part and not line.plain_word(i + 1):
                return half, i + 1
            if line.keys(i, half[0], ".", "m") and line.glued(i, i + 2):
                return half, i + 3 + (line.key(i + 3) == "." and line[i + 3].glued)
        return "", i

    def _range(self, first: int, start: _Hour) -> _Hour:
        """ "10-11:30", "3 to 4pm": the start counts, the end is read along and lends its am or pm."""
        line, at = self.line, start.end
        if line.key(at) not in _UNTIL or (line.key(at) == "and" and line.key(first - 1) != "between"):
            return start
        end = self._hour(at + 1, dots=True, bare=True)
        if end is None or (end.bare and (line[at].glued != line[at + 1].glued or not 0 < end.hour - start.hour <= 4)):
            return start
        half = start.half
        if end.half and not half and start.hour <= 12:
            half = end.half if start.hour % 12 <= end.hour % 12 else "am"
        return _Hour(start.hour, start.minute, end.end, start.bare and not half, half, start.literal, spans=True)

    def _clock(self, read: _Hour, after_day: bool, led: bool) -> Clock:
        hour, sure = read.hour, after_day or not read.bare
        if read.half:
            hour = hour % 12 + (12 if read.half == "pm" else 0)
        elif 1 <= hour <= 6 and not read.literal:
            hour, sure = hour + 12, False  # "thu 3": office hours, so 15:00
        elif read.rough or (read.bare and not 8 <= hour <= 19):
            sure = False
        follows = self.line.plain_word(read.end) and not self._may_follow(read.end)
        if read.bare and follows and not (led or read.spans):
            sure = False  # "thu 10 send quote" is ten o'clock, "thu 10 percent" may not be
        return Clock(dt.time(hour, read.minute), read.end, sure)

    def _may_follow(self, i: int) -> bool:
        """Whether the word at `i` can't be what the number before it counts."""
        words, key = self.words, self.line.key(i)
        if key in words.occasions:
            after = self.line.key(i + 1)
            return not self.line.plain_word(i + 1) or after in words.goes_on or after in words.deeds
        return key in words.goes_on or key in words.deeds
