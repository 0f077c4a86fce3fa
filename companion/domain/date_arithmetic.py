"""Counting days on the calendar: coming weekdays, ends of weeks and quarters, months that clamp, local moments."""

from __future__ import annotations

import datetime as dt

FRIDAY = 4
# A sales week, month and year; a number beyond this is a typing slip, not a plan.
FURTHEST_DAYS = 366 * 20


def coming(today: dt.date, weekday: int) -> dt.date:
    """The next such weekday strictly after `today`, so "thu" on a Thursday is a week away."""
    return today + dt.timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)


def in_week(today: dt.date, weekday: int, weeks: int = 0) -> dt.date:
    """That weekday of the week (Monday to Sunday) which lies `weeks` after this one."""
    return today + dt.timedelta(days=weekday - today.weekday() + 7 * weeks)


def add_months(day: dt.date, months: int) -> dt.date:
    """The same day `months` later, or that month's last day: 31 January plus one is 28 or 29 February."""
    years, month0 = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month0 + 1
    return dt.date(year, month, min(day.day, month_length(year, month)))


def month_length(year: int, month: int) -> int:
    """How many days that month has."""
    import calendar

    return calendar.monthrange(year, month)[1]


def add_workdays(day: dt.date, count: int) -> dt.date:
    """`count` days of Monday to Friday later; public holidays count as workdays."""
    while count > 0:
        day += dt.timedelta(days=1)
        count -= day.weekday() < 5
    return day


def end_of(unit: str, today: dt.date, later: int = 0) -> dt.date:
    """The last day of the week (its Friday), month, quarter or year that lies `later` after today's.

    On a Saturday or Sunday the week is over, so its end is the Friday to come.
    """
    if unit == "day":
        return today + dt.timedelta(days=later)
    if unit == "week":
        return in_week(today, FRIDAY, later + (today.weekday() > FRIDAY))
    if unit == "month":
        first = add_months(today.replace(day=1), later)
        return first.replace(day=month_length(first.year, first.month))
    if unit == "quarter":
        return end_of("month", dt.date(today.year, (today.month - 1) // 3 * 3 + 3, 1), 3 * later)
    return dt.date(today.year + later, 12, 31)


def local(day: dt.date, at: dt.time, zone: dt.tzinfo) -> dt.datetime:
    """That wall-clock moment, aware; a time which the clock change skips moves on by the hour that it skipped.

    The time that occurs twice means its first occurrence. Give a real zone (zoneinfo), as a fixed offset is wrong
    on the other side of a clock change.
    """
    naive = dt.datetime.combine(day, at, tzinfo=zone)
    return naive.astimezone(dt.UTC).astimezone(zone)
