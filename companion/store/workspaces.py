"""What a team changed of the workspace that ships: whole sections, kept in the book as they were written."""

from __future__ import annotations

import json
import logging
from functools import lru_cache
from typing import Any, Final

from companion.database import Rows, Write
from companion.domain import workspace_fields
from companion.domain.field_map import NOTHING, FieldMap
from companion.store import meta

KEY: Final = "workspace"
"""The section of `meta` that holds them, by their names."""
_FIELD_MAP: Final = "field_map"
READ_BY: Final = "field_map_read_by"
"""The section of `meta` that holds the map by which the CRM was read last."""
_log = logging.getLogger(__name__)


def sections(rows: Rows) -> dict[str, Any]:
    """The changed sections by name; none where they can't be read."""
    found = meta.get(rows, KEY)
    return found if isinstance(found, dict) else {}


def field_map(rows: Rows) -> FieldMap | None:
    """What was agreed on for the fields; None where this book keeps nothing of its own."""
    return _read(meta.text(rows, KEY))


def kept(rows: Rows) -> Any:
    """The same as it is kept, to be put back; None where this book keeps nothing of its own."""
    return sections(rows).get(_FIELD_MAP)


def put_back(write: Write, section: Any) -> None:
    """Keeps it as it was kept; None: nothing of this book's own."""
    others = {name: each for name, each in sections(write).items() if name != _FIELD_MAP}
    told = others if section is None else {**others, _FIELD_MAP: section}
    if told:
        meta.put(write, KEY, told)
    else:
        meta.forget(write, KEY)


def keep_field_map(write: Write, agreed: FieldMap) -> None:
    """Keeps it in the place of what there was."""
    put_back(write, workspace_fields.encode(agreed))


def read_by(rows: Rows) -> FieldMap:
    """The map by which the CRM was read last, and told its fields."""
    return workspace_fields.decode(meta.get(rows, READ_BY), [])


@lru_cache(maxsize=4)
def _read(text: str | None) -> FieldMap | None:
    told = json.loads(text) if text else None
    if not isinstance(told, dict) or _FIELD_MAP not in told:
        return None
    problems: list[str] = []
    found = workspace_fields.decode(told[_FIELD_MAP], problems)
    if problems:
        _log.error("the fields that were agreed on can’t be read: %d problems", len(problems))
        return NOTHING
    return found
