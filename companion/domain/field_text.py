"""A field's value as a person types it into a line, and back."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal, InvalidOperation
from typing import Final

from companion.domain import dates
from companion.domain.language import manner, number, tr
from companion.domain.log_line import no_date
from companion.domain.records import FIELDS, Kind, Value

_NUMBERS: Final = frozenset({"probability", "position", "count", "duration_s"})
_CODES: Final = frozenset({"what", "direction", "outcome", "promise", "status", "currency", "consent"})
_TRUTHS: Final = frozenset({"done", "is_lead", "active"})
_LARGEST: Final = Decimal(10) ** 15


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
            raise NotUnderstood(tr("'{text}' is not a whole number.", text=text[:40]))
        return int(text.rstrip(" %"))
    if name.endswith("_on"):
        found = dates.parse(text, now)
        if found is None:
            raise NotUnderstood(no_date(text[:40]))
        return found.date.isoformat()
    return text


def _hundredths(text: str) -> int:
    """'48,000', '48.000,50', '48k' and '€ 48 000' as hundredths."""
    shown = tr("'{text}' is not an amount. Try '48,000' or '48k'.", text=text[:40])
    bare = re.sub(r"[\s\u00a0\u202f'’]|[^\d.,k-]", "", text.casefold())
    times = 1000 if bare.endswith("k") else 1
    bare = bare.removesuffix("k")
    # The last sign parts the cents only when one or two digits follow; else all signs part thousands.
    match = re.fullmatch(r"(-?[\d.,]*?\d)(?:[.,](\d{1,2}))?", bare)
    if match is None:
        raise NotUnderstood(shown)
    try:
        value = Decimal(f"{re.sub(r'[.,]', '', match[1])}.{match[2] or 0}") * times * 100
    except InvalidOperation:
        raise NotUnderstood(shown) from None
    if abs(value) > _LARGEST:
        raise NotUnderstood(shown)
    return int(value)
