"""The section of the workspace that says which field of the CRM is which of ours, read strictly and written back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from companion.domain.field_map import MAPPABLE, NOTHING, FieldMap
from companion.domain.records import Kind

LONGEST: Final = 200
"""Characters of a name of a field."""
MOST: Final = 100
"""Fields that can be shown beside a record."""
_PARTS: Final = ("fields", "outcomes", "shown")


def decode(data: Any, problems: list[str]) -> FieldMap:
    """The section's value; what is wrong with it is added to `problems`, one sentence each."""
    if data is None:
        return NOTHING
    if not isinstance(data, Mapping):
        problems.append("“field_map” must hold “fields”, “outcomes” and “shown”")
        return NOTHING
    problems += [f"Nobody knows “{key}” in “field_map”" for key in sorted(set(data) - set(_PARTS))]
    fields = _names(data, "fields", problems)
    known = {f"{kind}.{name}" for kind, names in MAPPABLE.items() for name in names}
    problems += [f"“{each}” is no field that can be taken from elsewhere" for each in sorted(set(fields) - known)]
    return FieldMap(fields, _names(data, "outcomes", problems), _shown(data, problems))


def encode(field_map: FieldMap) -> dict[str, Any]:
    """The section as JSON holds it; `decode` reads it back."""
    shown = {kind: list(names) for kind, names in field_map.shown.items() if names}
    told = {"fields": dict(field_map.fields), "outcomes": dict(field_map.outcomes), "shown": shown}
    return {part: value for part, value in told.items() if value}


def _names(data: Mapping[str, Any], part: str, problems: list[str]) -> dict[str, str]:
    value = data.get(part, {})
    if isinstance(value, Mapping) and all(_is_name(each) for pair in value.items() for each in pair):
        return dict(value)
    problems.append(f"“{part}” in “field_map” must name fields by names")
    return {}


def _shown(data: Mapping[str, Any], problems: list[str]) -> dict[str, tuple[str, ...]]:
    value = data.get("shown", {})
    kinds = {kind.value for kind in MAPPABLE}
    if isinstance(value, Mapping) and set(value) <= kinds and all(_are_names(each) for each in value.values()):
        return {str(kind): tuple(names) for kind, names in value.items()}
    problems.append("“shown” in “field_map” must list names of fields by kind")
    return {}


def _are_names(value: Any) -> bool:
    return isinstance(value, list) and len(value) <= MOST and all(map(_is_name, value))


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= LONGEST and value.isprintable()


def of_kind(field_map: FieldMap, kind: Kind) -> tuple[object, ...]:
    """All that the map says of a kind, to tell whether that has changed."""
    fields = sorted((name, theirs) for name, theirs in field_map.fields.items() if name.startswith(f"{kind}."))
    outcomes = sorted(field_map.outcomes.items()) if kind is Kind.ACTIVITY else []
    return fields, outcomes, list(field_map.shown.get(kind, ()))
