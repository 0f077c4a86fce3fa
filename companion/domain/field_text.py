"""A field's value as a person types it into a line, and back."""

from __future__ import annotations

import datetime as dt
from typing import Final

from companion.domain import dates, money
from companion.domain.language import manner, number, tr
from companion.domain.log_line import no_date
from companion.domain.money import NotAnAmount
from companion.domain.records import FIELDS, Kind, Value

_NUMBERS: Final = frozenset({"probability", "position", "count", "duration_s"})
_CODES: Final = frozenset({"what", "direction", "outcome", "promise", "status", "currency", "consent"})
_TRUTHS: Final = frozenset({"done", "is_lead", "active"})


class NotUnderstood(Exception):
    """What was typed can't be this field's value; `str()` says so to the rep."""


def can_be_typed(kind: Kind, name: str) -> bool:
    """Whether a line of text can hold the field: not links, codes, truths and instants."""
    return name in FIELDS[kind] and name not in _CODES | _TRUTHS and not (name.endswith("_at") or name == "at")


def written(name: str, value: Value) -> str:
    """The value as it stands in the line before it is edited."""
    if value is None:
        return ""
    if name == "amount" and isinstance(value, int):
        whole, cents = divmod(abs(value), 100)
        return f"{'-' if value < 0 else ''}{number(whole)}{f'{manner().decimal}{cents:02}' if cents else ''}"
    return str(value)


def read(name: str, text: str, now: dt.datetime) -> Value:
    """The value that was typed; None for an empty line. `now` is aware and local. Raises NotUnderstood."""
    text = text.strip()
    if not text:
        return None
    if name == "amount":
        return _hundredths(text)
    if name in _NUMBERS:
        if not text.rstrip(" %").isdecimal() or len(text) > 12:
            raise NotUnderstood(tr("“{text}” is not a whole number.", text=text[:40]))
        return int(text.rstrip(" %"))
    if name.endswith("_on"):
        found = dates.parse(text, now)
        if found is None:
            raise NotUnderstood(no_date(text[:40]))
        return found.date.isoformat()
    return text


def _hundredths(text: str) -> int | None:
    """As the amount of a deal is typed, only that a CRM may hold one below nothing: a credit."""
    owed = text.startswith("-") and text[1:2] != "-"
    try:
        found = money.parse(text[1:] or text if owed else text)
    except NotAnAmount as error:
        raise NotUnderstood(str(error)) from None
    return -found if owed and found else found
