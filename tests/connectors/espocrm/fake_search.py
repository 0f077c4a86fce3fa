"""The conditions of a search, as PHP reads them from an address and as EspoCRM applies them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from tests.connectors.espocrm.fake_tables import Row


class BadRequest(Exception):
    """400 with words."""


def nested(query: Mapping[str, Sequence[str]], name: str) -> list[Any]:
    """`where[0][value][1]=x` as lists and objects."""
    root: dict[str, Any] = {}
    for key, values in query.items():
        if not key.startswith(f"{name}["):
            continue
        parts = re.findall(r"\[([^\]]*)\]", key)
        at = root
        for part in parts[:-1]:
            at = at.setdefault(part, {})
        at[parts[-1]] = values[-1]
    told = _lists(root)
    return told if isinstance(told, list) else []


def _lists(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    if value and all(key.isdecimal() for key in value):
        return [_lists(value[key]) for key in sorted(value, key=int)]
    return {key: _lists(part) for key, part in value.items()} if value else []


def holds(row: Row, condition: Mapping[str, Any], known: set[str]) -> bool:
    """Whether a row meets a condition. A null meets nothing but isNull, as in SQL."""
    kind, value = condition["type"], condition.get("value")
    if kind in ("or", "and"):
        told = [holds(row, each, known) for each in value or []]
        return any(told) if kind == "or" else all(told)
    name = condition["attribute"]
    if name not in known:
        raise BadRequest(f"Not existing attribute '{name}' in where.")
    there = row.get(name)
    if kind == "isNull":
        return there is None
    if kind == "isNotNull":
        return there is not None
    if kind in ("isTrue", "isFalse"):
        return bool(there) is (kind == "isTrue")
    if there is None or value is None:
        return False
    if kind == "in":
        return isinstance(value, list) and there in value
    if isinstance(there, int):
        value = int(value)
    match kind:
        case "equals":
            return bool(there == value)
        case "notEquals":
            return bool(there != value)
        case "greaterThan":
            return bool(there > value)
        case "lessThan":
            return bool(there < value)
        case "greaterThanOrEquals":
            return bool(there >= value)
        case "contains":
            return str(value).casefold() in str(there).casefold()
    raise BadRequest(f"Unknown where type '{kind}'.")
