"""When the maker of a CRM ends the version of its interface that we speak, in words."""

from __future__ import annotations

import datetime as dt

from companion.domain.language import tr
from companion.domain.words import short_date


def sunset_words(sunset: str) -> str:
    """'The maker of the CRM ends this version of its interface on 1 Mar 2028.'; '' for no day (YYYY-MM-DD)."""
    day = _day(sunset)
    if day is None:
        return ""
    told = short_date(day, dt.date.min)  # always with its year
    return tr("The maker of the CRM ends this version of its interface on {day}.", day=told)


def days_until(sunset: str, today: dt.date) -> int | None:
    """How many days are left; None for no day."""
    day = _day(sunset)
    return (day - today).days if day is not None else None


def _day(sunset: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(sunset)
    except ValueError:
        return None
