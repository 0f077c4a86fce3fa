"""How Tryton codes days, instants and money in JSON, and what every mapped record gets: its version."""

from __future__ import annotations

from calendar import timegm
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec

from companion.connectors import payload, strange
from companion.connectors.base import Upsert
from companion.connectors.digest import digest
from companion.connectors.tryton.rpc import Row
from companion.domain.records import Value


def finished(upsert: Upsert, row: Row) -> Upsert:
    """`upsert` with its version: Tryton's stamp, and what the record looks like to us, since a changed phone number or
    relation moves the stamp of its own row only."""
    strange.single(upsert.fields)
    # Until somebody changes it, who made it wrote it last.
    who = row.get("write_uid.") or row.get("create_uid.") or {}
    return msgspec.structs.replace(
        upsert,
        version=f"{row.get('_timestamp')}.{digest(upsert)}",
        changed_by=who.get("name") or None,
        changed_at=seconds(row.get("write_date") or row.get("create_date")),
    )


def seconds(value: Any) -> int | None:
    """A coded instant (naive, in UTC) as whole seconds since 1970."""
    if not value:
        return None
    parts = (value["year"], value["month"], value["day"], value["hour"], value["minute"], value["second"])
    return payload.whole(timegm(parts))


def coded_instant(at: float) -> Row:
    """Seconds since 1970 as Tryton codes an instant."""
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=int(at))
    names = ("year", "month", "day", "hour", "minute", "second", "microsecond")
    return {"__class__": "datetime", **{name: getattr(moment, name) for name in names}}


def day(value: Any) -> str | None:
    """A coded day as 'YYYY-MM-DD'."""
    return f"{value['year']:04}-{value['month']:02}-{value['day']:02}" if value else None


def coded_day(value: Value) -> Row | None:
    """'YYYY-MM-DD' as Tryton codes a day."""
    if not value:
        return None
    parsed = date.fromisoformat(str(value))
    return {"__class__": "date", "year": parsed.year, "month": parsed.month, "day": parsed.day}


def cents(value: Any) -> int | None:
    """A coded Decimal in hundredths."""
    try:
        return payload.whole(Decimal(value["decimal"]) * 100) if value else None
    except InvalidOperation:
        return None


def money(value: Value) -> Row | None:
    """Hundredths as a coded Decimal."""
    if value is None:
        return None
    return {"__class__": "Decimal", "decimal": str(Decimal(int(value)) / 100)}


def one_line(value: Value) -> str | None:
    """Text for a field that takes no line breaks."""
    return " ".join(payload.clean(str(value)).split()) if value is not None else None


def text(value: Value) -> str | None:
    """Text for a field of several lines."""
    return payload.clean(str(value)) if value is not None else None


def text_id(value: object) -> str | None:
    """A remote id out of a many2one."""
    return str(value) if value is not None else None
