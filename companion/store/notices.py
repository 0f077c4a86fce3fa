"""What the rep should know about the copy or the CRM, kept until it is answered or no longer true."""

from __future__ import annotations

import json
from typing import Any

from companion.database import Rows, Write
from companion.domain.notices import Notice
from companion.store import meta

_KEY = "notices"


def every(rows: Rows) -> dict[str, Notice]:
    """All of them, the answered ones too, by key."""
    found: dict[str, dict[str, Any]] = meta.get(rows, _KEY) or {}
    return {key: Notice(**values) for key, values in found.items()}


def open_ones(rows: Rows) -> list[Notice]:
    """Those that wait for the rep, oldest first."""
    return sorted((each for each in every(rows).values() if each.answer is None), key=lambda each: (each.at, each.key))


def get(rows: Rows, kind: str, subject: str = "") -> Notice | None:
    """The one of this kind about this subject."""
    return every(rows).get(Notice(kind, subject).key)


def put(write: Write, notice: Notice) -> None:
    """Tells, or keeps the answer."""
    _save(write, {**every(write), notice.key: notice})


def forget(write: Write, kind: str, subject: str = "") -> None:
    """It is settled, or no longer true."""
    left = every(write)
    if left.pop(Notice(kind, subject).key, None) is not None:
        _save(write, left)


def _save(write: Write, notices: dict[str, Notice]) -> None:
    names = ("kind", "subject", "at", "facts", "answer")
    values = {key: {name: getattr(each, name) for name in names} for key, each in notices.items()}
    for key, each in notices.items():
        if each.held_until:
            values[key]["held_until"] = each.held_until
    meta.put(write, _KEY, json.loads(json.dumps(values, default=dict)))
    write.touched_outbox()
