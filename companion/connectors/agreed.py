"""Values of the fields that a team agreed on: a CRM's own, as our fields hold them and as a rep reads them, and back.

A connector knows its own fields by heart. Here is what it needs for those that it does not: a company's custom field,
of which only the name was agreed on, and the kind of value that the CRM's schema tells.
"""

from __future__ import annotations

import re
from calendar import timegm
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from companion.domain.records import Value

LONGEST: Final = 2_000
"""Characters of a value that is merely shown beside a record."""
_NUMBERS: Final = frozenset({"probability", "position", "count"})
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")
_TAG: Final = re.compile(r"<[^<>]*>")
_LOOKED_AT: Final = 200


def here(name: str, raw: object, labels: Mapping[str, str] | None = None) -> Value:
    """The CRM's value as our field `name` holds it; None where there is none, or it can't be one of this field.

    `labels` are the words of a choice by the value that the CRM keeps.
    """
    if raw is None or raw is False or raw == "" or isinstance(raw, list | dict):
        return None
    if name.endswith("_on"):
        return str(raw)[:10] if _DAY.match(str(raw)) else None
    if name == "at" or name.endswith("_at"):
        return _instant(raw)
    if name == "amount" or name.endswith("_s") or name in _NUMBERS:
        number = _number(raw)
        return None if number is None else round(number * 100) if name == "amount" else round(number)
    return (labels or {}).get(str(raw), str(raw))


def selection(known: Mapping[str, Any]) -> dict[str, str]:
    """The words of a choice by the value that is kept, where a CRM tells a `selection` as pairs; else none."""
    told = known.get("selection")
    pairs = told if known.get("type") == "selection" and isinstance(told, list) else []
    return {str(each[0]): str(each[1]) for each in pairs if isinstance(each, list) and len(each) == 2}


def moment(at: int) -> str:
    """Seconds since 1970 as ISO 8601 in UTC."""
    return f"{datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=at):%Y-%m-%dT%H:%M:%SZ}"


def there(
    name: str,
    value: Value,
    labels: Mapping[str, str] | None = None,
    instant: Callable[[int], Value] = moment,
) -> Value:
    """Our value as the CRM takes it: money as a number, an instant as `instant` writes it, a choice by its own value.

    None is to empty the field. A text that is no label of a choice goes as it is, for the CRM to refuse.
    """
    if value is None or value == "":
        return None
    if (name == "at" or name.endswith("_at")) and isinstance(value, int):
        return instant(value)
    if name == "amount" and isinstance(value, int | float):
        return value / 100
    said = str(value).strip().casefold()
    kept = (own for own, words in (labels or {}).items() if words.strip().casefold() == said)
    return next(kept, value)


def shown(raw: object, labels: Mapping[str, str] | None = None) -> str:
    """What the CRM's value is in words, to stand beside a record; '' where there is none."""
    if isinstance(raw, list):
        return ", ".join(filter(None, (shown(each, labels) for each in raw)))[:LONGEST]
    if raw is None or raw is False or isinstance(raw, dict):
        return ""
    if raw is True:
        return "✓"
    text = (labels or {}).get(str(raw), str(raw))
    return " ".join(_TAG.sub(" ", text).split())[:LONGEST] if "<" in text else text.strip()[:LONGEST]


def filled(rows: Iterable[Mapping[str, object]], names: Iterable[str]) -> dict[str, float | None]:
    """How large a share of the rows, 0 to 1, has each field; None without any row. Zero and false are no answer."""
    looked_at = [row for row, _ in zip(rows, range(_LOOKED_AT))]
    return {
        name: round(sum(bool(row.get(name)) for row in looked_at) / len(looked_at), 2) if looked_at else None
        for name in names
    }


def _instant(raw: object) -> int | None:
    """ISO 8601, naive meaning UTC; or milliseconds since 1970, as some CRMs write them."""
    if isinstance(raw, int | float) or str(raw).isdecimal():
        number = _number(raw)
        return None if number is None else int(number / 1000 if number > 10**11 else number)
    try:
        return timegm(datetime.fromisoformat(str(raw)).utctimetuple())
    except (ValueError, OverflowError):  # a zone that leads out of the calendar
        return None


def _number(raw: object) -> float | None:
    try:
        number = float(str(raw))
    except ValueError:
        return None
    return number if abs(number) < 10**15 else None
