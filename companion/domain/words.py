"""Days, ages, counts and money in words: the one place where a reason's small words are decided (and translated)."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from typing import Final

from companion.domain.language import manner, number, sentence, tr, trn

SYMBOLS: Final = {"EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥", "CHF": "CHF", "INR": "₹", "PLN": "zł", "BRL": "R$"}

_LAST: Final = 253_402_128_000
"""30 December 9999, so that no zone carries it beyond the last year that a date can have."""

VERBS: Final = {
    "call": sentence("verb|Call"),
    "reply": sentence("Reply"),
    "email": sentence("verb|Email"),
    "prepare": sentence("Prepare"),
    "log": sentence("Log it"),
    "send": sentence("Send it"),
    "set_date": sentence("Set a date"),
    "plan": sentence("Add a next step"),
    "introduce": sentence("Find a second contact"),
    "open": sentence("Open"),
}
"""A rule's verb by its code, as the row's button says it once it is translated."""


def instant(at: int, zone: dt.tzinfo) -> dt.datetime:
    """Seconds since 1970 as an aware datetime where the rep is; what no calendar holds is brought into it."""
    return dt.datetime.fromtimestamp(min(max(at, 0), _LAST), zone)


def local_day(at: int, zone: dt.tzinfo) -> dt.date:
    """The calendar day of an instant (seconds since 1970) where the rep is."""
    return instant(at, zone).date()


def day_start(day: dt.date, zone: dt.tzinfo) -> int:
    """The first second of a local day, as seconds since 1970."""
    return int(dt.datetime.combine(day, dt.time(), tzinfo=zone).timestamp())


def clock(at: int, zone: dt.tzinfo) -> str:
    """'16:40', or '4:40 pm' where the clock has twelve hours."""
    return time_of(instant(at, zone).time())


def time_of(time: dt.time) -> str:
    """A local time as `clock` says it."""
    if not manner().twelve:
        return f"{time.hour:02}:{time.minute:02}"
    return f"{time.hour % 12 or 12}:{time.minute:02} {'am' if time.hour < 12 else 'pm'}"


def short_date(day: dt.date, today: dt.date) -> str:
    """'27 Nov', with the year when it lies more than half a year off in another one."""
    near = day.year == today.year or abs((day - today).days) < 183
    pattern = manner().date if near else manner().date_and_year
    return pattern.format(day=day.day, month=manner().months_short[day.month - 1], year=day.year)


def whole_date(day: dt.date) -> str:
    """'Tuesday 24 November'."""
    names = manner()
    return names.whole_date.format(
        weekday=names.weekdays[day.weekday()], day=day.day, month=names.months[day.month - 1]
    )


def month(day: dt.date, today: dt.date) -> str:
    """'November', with the year when it is another one than now."""
    name = manner().months[day.month - 1]
    return name if day.year == today.year else manner().month_and_year.format(month=name, year=day.year)


def typed_day(day: dt.date) -> str:
    """'26 nov': a day as a rep types it into a line, and as the line reads it."""
    return f"{day.day} {manner().months_short[day.month - 1].rstrip('.').lower()}"


def day(which: dt.date, today: dt.date) -> str:
    """'today', 'tomorrow', 'yesterday', a weekday within seven days, else '27 Nov': as it follows 'by' or 'since'."""
    distance = (which - today).days
    if -1 <= distance <= 1:
        return _near(distance)
    if -7 < distance < 7:
        return manner().told_weekday.format(weekday=weekday(which))
    return manner().told_date.format(date=short_date(which, today))


def due_day(which: dt.date, today: dt.date) -> str:
    """As `day`, but yesterday by its weekday: how long ago that was is said beside it."""
    if (today - which).days == 1:
        return manner().told_weekday.format(weekday=weekday(which))
    return day(which, today)


def on_day(which: dt.date, today: dt.date) -> str:
    """As `day`, ready to follow a verb: 'today', 'on Tuesday', 'on 3 Nov'."""
    distance = (which - today).days
    if -1 <= distance <= 1:
        return _near(distance)
    if -7 < distance < 7:
        return manner().on_weekday.format(weekday=weekday(which))
    return manner().on_date.format(date=short_date(which, today))


def on_date(which: dt.date, today: dt.date) -> str:
    """'on Fri 27 Nov'."""
    return manner().on_date.format(date=dated(which, today))


def weekday(which: dt.date) -> str:
    """'Tuesday'."""
    return manner().weekdays[which.weekday()]


def _near(distance: int) -> str:
    return (tr("yesterday"), tr("today"), tr("tomorrow"))[distance + 1]


def short_day(which: dt.date, today: dt.date) -> str:
    """'today', 'tomorrow', 'Thu' within a week, else 'Mon 30 Nov'."""
    distance = (which - today).days
    if -1 <= distance <= 1:
        return _near(distance)
    return manner().weekdays_short[which.weekday()] if 0 < distance < 6 else dated(which, today)


def dated(which: dt.date, today: dt.date) -> str:
    """'Fri 27 Nov': where a date must be certain at a glance."""
    short = manner().weekdays_short[which.weekday()]
    return manner().dated.format(weekday=short, date=short_date(which, today))


def days(count: int) -> str:
    """'1 day', '24 days'."""
    return trn("{n} day", "{n} days", count)


def ago(count: int) -> str:
    """'today', 'yesterday', '6 days ago'."""
    return _near(-count) if 0 <= count <= 1 else trn("{n} day ago", "{n} days ago", count)


def ahead(count: int) -> str:
    """'today', 'tomorrow', 'in 60 days'."""
    return _near(count) if 0 <= count <= 1 else trn("in {n} day", "in {n} days", count)


def times(count: int) -> str:
    """'once', 'twice', '4 times'."""
    return {1: tr("once"), 2: tr("twice")}.get(count) or trn("{n} time", "{n} times", count)


def listed(texts: Sequence[str]) -> str:
    """'amount', 'amount and stage', 'amount, stage and close date'."""
    if len(texts) < 2:
        return "".join(texts)
    return tr("{some} and {last}", some=", ".join(texts[:-1]), last=texts[-1])


def until(seconds: int) -> str:
    """'in 1 h 18 min', 'in 5 min', 'now' for what has begun."""
    minutes = -(-seconds // 60)
    if minutes <= 0:
        return tr("now")
    hours, rest = divmod(minutes, 60)
    if not hours:
        return tr("in {minutes} min", minutes=rest)
    return tr("in {hours} h {minutes} min", hours=hours, minutes=rest) if rest else tr("in {hours} h", hours=hours)


def length(seconds: int) -> str:
    """How long a call or meeting took: '18 min', '1 h 30 min'; 'under 1 min'."""
    minutes = round(seconds / 60)
    if minutes < 1:
        return tr("under 1 min")
    hours, rest = divmod(minutes, 60)
    if not hours:
        return tr("{minutes} min", minutes=rest)
    return tr("{hours} h {minutes} min", hours=hours, minutes=rest) if rest else tr("{hours} h", hours=hours)


def money(hundredths: int, currency: str | None) -> str:
    """'€48,000', in German '48.000 €'; hundredths only when there are any."""
    whole, cents = divmod(abs(hundredths), 100)
    return _in_currency(hundredths < 0, number(whole) + (f"{manner().decimal}{cents:02}" if cents else ""), currency)


def short_money(hundredths: int, currency: str | None) -> str:
    """'€48k', '€9.5k', '€1.2m', '€950'; in German '48 Tsd. €'."""
    whole = abs(hundredths) / 100
    if whole >= 999_500:
        words = manner().millions.format(number=_tenths(whole / 1e6))
    elif whole >= 9_950:
        words = manner().thousands.format(number=f"{whole / 1e3:.0f}")
    elif whole >= 1_000:
        words = manner().thousands.format(number=_tenths(whole / 1e3))
    else:
        words = f"{whole:.0f}"
    return _in_currency(hundredths < 0, words, currency)


def _tenths(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0").replace(".", manner().decimal)


def _in_currency(owed: bool, words: str, currency: str | None) -> str:
    symbol = SYMBOLS.get(currency or "EUR", currency or "")
    if symbol[-1:].isalpha() and manner().money.startswith("{symbol}"):
        symbol += " "
    return "-" * owed + manner().money.format(symbol=symbol, number=words)


def first_name(name: str | None) -> str:
    """The name to say in a sentence; a whole name when it has one word."""
    words = one_line(name).split(" ")
    return words[0] or tr("They")


def lower_first(text: str) -> str:
    """The text with a small first letter, unless its first word is an acronym, a name in capitals or 'I', or the
    language keeps its capitals."""
    head = text.split(" ", 1)[0]
    return text if not manner().lowers or len(head) < 2 or not head[1:].islower() else text[0].lower() + text[1:]


def upper_first(text: str) -> str:
    """The text with a capital first letter."""
    return text[:1].upper() + text[1:]


def one_line(text: str | None) -> str:
    """Hostile or many-lined text as one clean line: no controls, no overrides of direction, no doubled spaces."""
    if not text:
        return ""
    if len(text) > 2_000:
        text = text[:2_000]
    if text.isprintable():  # of what is not shown nothing is printable
        return " ".join(text.split())
    return " ".join("".join(each if _shown(each) else " " for each in text).split())


def topic(subject: str | None) -> str:
    """A subject without the marks of replies and forwards before it."""
    return _REPLY.sub("", one_line(subject))


def shortened(text: str, most: int) -> str:
    """The text in at most `most` characters, cut at a word where one ends near, with an ellipsis."""
    if len(text) <= most:
        return text
    cut = text[: max(most - 1, 1)]
    space = cut.rfind(" ")
    return (cut[:space] if space > len(cut) * 2 // 3 else cut).rstrip(" ,;:·") + "…"


_REPLY: Final = re.compile(r"^(?:(?:re|fwd?|aw|sv|wg|antw|tr|rv)\s*:\s*)+", re.IGNORECASE)


def _shown(character: str) -> bool:
    code = ord(character)
    return not (
        code < 0x20
        or 0x7F <= code < 0xA0
        or 0x202A <= code <= 0x202E
        or 0x2066 <= code <= 0x2069
        or code in (0x200E, 0x200F, 0x2028, 0x2029, 0xFEFF)
        or 0xD800 <= code <= 0xDFFF
    )
