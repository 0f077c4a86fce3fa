"""The book's calendar: instants and days counted from today, in the rep's zone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Final

MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
MONDAY, THURSDAY, FRIDAY = 0, 3, 4
OPENING: Final = time(9, 12)
"""When the book's day begins if the clock stands on another day."""


class Days:
    """Days and instants around `today`; a number of days is negative in the past, an hour is written '16:20'."""

    def __init__(self, today: date, zone: tzinfo, clock: Callable[[], float]) -> None:
        self.today, self.zone = today, zone
        now = datetime.fromtimestamp(clock(), zone)
        self.now = now if now.date() == today else datetime.combine(today, OPENING, zone)
        self._midnights: dict[int, int] = {}

    def on(self, offset: int) -> str:
        """The day `offset` days from today as the contract writes it."""
        return (self.today + timedelta(offset)).isoformat()

    def at(self, offset: int, hour: str) -> int:
        """That day at `hour`, local time."""
        hours, minutes = hour.split(":")
        moment = datetime.combine(self.today + timedelta(offset), time(int(hours), int(minutes)), self.zone)
        return int(moment.timestamp())

    def second(self, offset: int, second: int) -> int:
        """That day so many seconds after its midnight; quick, for the thousands."""
        midnight = self._midnights.get(offset)
        if midnight is None:
            midnight = self._midnights[offset] = self.at(offset, "00:00")
        return midnight + second

    def ago(self, minutes: int) -> int:
        """So many minutes before now, but today."""
        return max(int(self.now.timestamp()) - minutes * 60, self.at(0, "00:01"))

    def next_half_hour(self, minutes: int) -> int:
        """The first full or half hour at least so many minutes from now, but not before eight in the morning."""
        half_hours = -(-(int(self.now.timestamp()) + minutes * 60) // 1800)
        return max(half_hours * 1800, self.at(0, "08:00"))

    def until(self, weekday: int) -> int:
        """Days until the next such weekday, today excluded."""
        return (weekday - self.today.weekday() - 1) % 7 + 1

    def month_end(self) -> int:
        """Days until the last day of this month."""
        following = (self.today.replace(day=1) + timedelta(32)).replace(day=1)
        return (following - self.today).days - 1

    def workday(self, offset: int) -> int:
        """`offset`, or the Friday before where it falls on a weekend."""
        return offset - max(0, (self.today + timedelta(offset)).weekday() - FRIDAY)

    def next_workday(self, offset: int) -> int:
        """`offset`, or the Monday after where it falls on a weekend."""
        weekday = (self.today + timedelta(offset)).weekday()
        return offset + (7 - weekday if weekday > FRIDAY else 0)

    def words(self, offset: int) -> str:
        """Such as '27 Nov'."""
        day = self.today + timedelta(offset)
        return f"{day.day} {MONTHS[day.month - 1]}"

    def ordinal(self, offset: int) -> str:
        """Such as '27th'."""
        day = (self.today + timedelta(offset)).day
        suffix = "th" if 10 < day < 14 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
        return f"{day}{suffix}"
