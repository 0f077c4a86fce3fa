"""Days, ages, counts and money in words: the one place where a reason's small words are decided (and translated)."""

from __future__ import annotations

import datetime as dt
import re
from typing import Final

WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
SYMBOLS: Final = {"EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥", "CHF": "CHF ", "INR": "₹", "PLN": "zł ", "BRL": "R$"}

_LAST: Final = 253_402_128_000
"""30 December 9999, so that no zone carries it beyond the last year that a date can have."""

VERBS: Final = {
    "call": "Call",
    "reply": "Reply",
    "email": "Email",
    "prepare": "Prepare",
    "log": "Log it",
    "send": "Send it",
    "set_date": "Set a date",
    "plan": "Add a next step",
    "introduce": "Find a second contact",
    "open": "Open",
}
"""A rule's verb by its code, as the row's button says it."""


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
    """'16:40'."""
    local = instant(at, zone)
    return f"{local.hour:02}:{local.minute:02}"


def short_date(day: dt.date, today: dt.date) -> str:
    """'27 Nov', with the year when it lies more than half a year off in another one."""
    words = f"{day.day} {MONTHS[day.month - 1]}"
    return words if day.year == today.year or abs((day - today).days) < 183 else f"{words} {day.year}"


def day(which: dt.date, today: dt.date) -> str:
    """'today', 'tomorrow', 'yesterday', a weekday within seven days, else '27 Nov'."""
    distance = (which - today).days
    if -1 <= distance <= 1:
        return ("yesterday", "today", "tomorrow")[distance + 1]
    if -7 < distance < 7:
        return WEEKDAYS[which.weekday()]
    return short_date(which, today)


def on_day(which: dt.date, today: dt.date) -> str:
    """As `day`, ready to follow a verb: 'today', 'on Tuesday', 'on 3 Nov'."""
    words = day(which, today)
    return words if abs((which - today).days) <= 1 else f"on {words}"


def short_day(which: dt.date, today: dt.date) -> str:
    """'today', 'tomorrow', 'Thu' within a week, else 'Mon 30 Nov'."""
    distance = (which - today).days
    if -1 <= distance <= 1:
        return day(which, today)
    weekday = WEEKDAYS[which.weekday()][:3]
    return weekday if 0 < distance < 6 else f"{weekday} {short_date(which, today)}"


def dated(which: dt.date, today: dt.date) -> str:
    """'Fri 27 Nov': where a date must be certain at a glance."""
    return f"{WEEKDAYS[which.weekday()][:3]} {short_date(which, today)}"


def days(count: int) -> str:
    """'1 day', '24 days'."""
    return "1 day" if count == 1 else f"{count:,} days"


def ago(count: int) -> str:
    """'today', 'yesterday', '6 days ago'."""
    return ("today", "yesterday")[count] if 0 <= count <= 1 else f"{days(count)} ago"


def ahead(count: int) -> str:
    """'today', 'tomorrow', 'in 60 days'."""
    return ("today", "tomorrow")[count] if 0 <= count <= 1 else f"in {days(count)}"


def times(count: int) -> str:
    """'once', 'twice', '4 times'."""
    return {1: "once", 2: "twice"}.get(count, f"{count:,} times")


def until(seconds: int) -> str:
    """'in 1 h 18 min', 'in 5 min', 'now' for what has begun."""
    minutes = -(-seconds // 60)
    if minutes <= 0:
        return "now"
    hours, rest = divmod(minutes, 60)
    return f"in {rest} min" if not hours else f"in {hours} h {rest} min" if rest else f"in {hours} h"


def length(seconds: int) -> str:
    """How long a call or meeting took: '18 min', '1 h 30 min'; 'under 1 min'."""
    minutes = round(seconds / 60)
    if minutes < 1:
        return "under 1 min"
    hours, rest = divmod(minutes, 60)
    return f"{rest} min" if not hours else f"{hours} h {rest} min" if rest else f"{hours} h"


def money(hundredths: int, currency: str | None) -> str:
    """'€48,000'; hundredths only when there are any."""
    whole, cents = divmod(abs(hundredths), 100)
    return f"{'-' * (hundredths < 0)}{_symbol(currency)}{whole:,}{f'.{cents:02}' if cents else ''}"


def short_money(hundredths: int, currency: str | None) -> str:
    """'€48k', '€9.5k', '€1.2m', '€950'."""
    whole = abs(hundredths) / 100
    if whole >= 999_500:
        words = f"{whole / 1e6:.1f}".removesuffix(".0") + "m"
    elif whole >= 9_950:
        words = f"{whole / 1e3:.0f}k"
    elif whole >= 1_000:
        words = f"{whole / 1e3:.1f}".removesuffix(".0") + "k"
    else:
        words = f"{whole:.0f}"
    return f"{'-' * (hundredths < 0)}{_symbol(currency)}{words}"


def _symbol(currency: str | None) -> str:
    return SYMBOLS.get(currency or "EUR", f"{currency} ")


def first_name(name: str | None) -> str:
    """The name to say in a sentence; a whole name when it has one word."""
    words = one_line(name).split(" ")
    return words[0] or "They"


def lower_first(text: str) -> str:
    """The text with a small first letter, unless the first word is an acronym, a name in capitals or 'I'."""
    head = text.split(" ", 1)[0]
    return text if len(head) < 2 or not head[1:].islower() else text[0].lower() + text[1:]


def upper_first(text: str) -> str:
    """The text with a capital first letter."""
    return text[:1].upper() + text[1:]


def one_line(text: str | None) -> str:
    """Hostile or many-lined text as one clean line: no controls, no overrides of direction, no doubled spaces."""
    if not text:
        return ""
    if len(text) > 2_000:
        text = text[:2_000]
    if text.isascii() and text.isprintable():
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
