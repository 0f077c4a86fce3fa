"""Choices that depend on another field's choice: which values a controlling value allows."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from companion.connectors.salesforce.session import Field
from companion.connectors.salesforce.wire import Row
from companion.domain.language import tr


def allowed(field: Field, controller: Field, value: object) -> list[str]:
    """The active values of a dependent picklist while its controlling field has `value`.

    Each value carries a bitmap (base64): bit n, counted from the left, stands for the controller's n-th choice; of a
    checkbox, the first is for off and the second for on.
    """
    at = _place(controller, value)
    return [str(each["value"]) for each in _values(field) if each.get("active") and at is not None and _bit(each, at)]


def ruled_out(fields: Mapping[str, Field], values: Row, row: Row) -> tuple[str, str] | None:
    """The first choice among `values` that another field's value rules out, and why in words.

    `row` has what the record holds besides. Salesforce's own screens refuse that; its API lets it pass.
    """
    for name, value in values.items():
        field = fields.get(name)
        controller = fields.get(str((field or {}).get("controllerName") or ""))
        if field is None or controller is None or value in (None, "") or field.get("dependentPicklist") is not True:
            continue
        chosen = values.get(controller["name"], row.get(controller["name"]))
        fitting = allowed(field, controller, chosen)
        if str(value) not in fitting:
            return name, tr(
                "“{value}” can’t be chosen for “{label}” while “{other}” is “{chosen}”",
                value=value,
                label=str(field.get("label") or name),
                other=str(controller.get("label") or controller["name"]),
                chosen=str(chosen or "–"),
            )
    return None


def _values(field: Field) -> list[dict[str, Any]]:
    told = field.get("picklistValues")
    return [each for each in told if isinstance(each, dict)] if isinstance(told, list) else []


def _place(controller: Field, value: object) -> int | None:
    if controller.get("type") == "boolean":
        return int(value is True)
    found = [str(each.get("value")) for each in _values(controller)]
    return found.index(str(value)) if str(value) in found else None


def _bit(value: Mapping[str, Any], at: int) -> bool:
    try:
        bitmap = base64.b64decode(str(value.get("validFor") or ""), validate=True)
    except (binascii.Error, ValueError):
        return True
    if not value.get("validFor"):
        return False
    return at // 8 < len(bitmap) and bool(bitmap[at // 8] & (0x80 >> at % 8))
