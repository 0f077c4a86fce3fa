"""Instants of CRMs that write UTC without saying so, such as '2026-11-21 22:00:00'."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC).replace(tzinfo=None)
_SECOND: Final = timedelta(seconds=1)


def stamp(seconds: int) -> str:
    """An instant, in seconds since 1970, as such a CRM writes it."""
    return (_EPOCH + timedelta(seconds=seconds)).strftime("%Y-%m-%d %H:%M:%S")


def instant(text: object) -> int | None:
    """Seconds since 1970 of what it wrote; None where it is no instant."""
    if not isinstance(text, str) or not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    # To give it the zone first costs three times as much, for each record.
    return ((moment.replace(tzinfo=None) if moment.tzinfo else moment) - _EPOCH) // _SECOND
