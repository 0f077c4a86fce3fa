"""Which records the book can keep as they came, which only in part, and which not at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from msgspec.structs import replace

from companion.connectors.base import Applied, Page, Poison, Upsert
from companion.domain.language import tr
from companion.domain.text import is_encodable, storable

LONGEST: Final = 8 << 20
"""Characters of one text. A longer one is an accident or an attack; the rep is told, and looks in the CRM."""
_LONGEST_BESIDE: Final = 1 << 20

_SMALLEST, _LARGEST = -(2**63), 2**63 - 1
_EARLIEST, _LATEST = -62_000_000_000, 253_000_000_000
"""Instants from the year 5 to 9987: what lies beyond can't be told in any time zone."""
_NUMBERS: Final = frozenset({"amount", "probability", "position", "count", "duration_s"})
_INSTANTS: Final = frozenset({"at", "ends_at", "due_at", "done_at", "created_at", "closed_at", "stage_since_at"})
_DAYS: Final = frozenset({"close_on", "due_on", "contract_ends_on", "trial_ends_on"})
_NO_TEXT: Final = _NUMBERS | _INSTANTS | _DAYS


def sorted_out(upserts: Sequence[Upsert]) -> tuple[list[Upsert], list[Poison]]:
    """The records that can be kept, and why the others can't. A value of a type that its field can't have, as after a
    field was retyped in the CRM, is kept beside the record's own fields."""
    good, bad = [], []
    for upsert in upserts:
        why = _unreadable(upsert)
        if why is None:
            good.append(upsert)
        elif not why:
            good.append(fitting(upsert))
        else:
            bad.append(_readable(Poison(upsert.kind, upsert.remote_id, why)))
    return good, bad


def findable(page: Page) -> Page:
    """The page without what left under an id that no book can hold, and so never held; other broken ids are marked."""
    if not page.gone and not page.poison:
        return page
    gone = [
        each if is_encodable(each.winner_id or "") else replace(each, winner_id=None)
        for each in page.gone
        if is_encodable(each.remote_id)
    ]
    return replace(page, gone=gone, poison=[_readable(each) for each in page.poison])


def told(answer: Applied, *, made: bool) -> Applied | None:
    """What the CRM said it did, by an id under which it can be found again; None where it named none.

    `made`: whether it was asked to make a record, whose id nobody else knows.
    """
    if not is_encodable(answer.remote_id) or (made and not answer.remote_id):
        return None
    return answer if is_encodable(answer.version or "") else replace(answer, version=None)


def _readable(poison: Poison) -> Poison:
    remote_id = poison.remote_id.encode("utf-8", "replace").decode()
    return replace(poison, remote_id=remote_id, why=_cut(poison.why))


def fitting(upsert: Upsert) -> Upsert:
    """The record with each value that its field can't hold moved to `extra`, as text."""
    odd = [name for name, value in upsert.fields.items() if _is_odd(name, value)]
    extra = {_cut(label): _cut(text) for label, text in upsert.extra.items()}
    if not odd and extra == upsert.extra:
        return upsert
    told = {name.replace("_", " ").capitalize(): _cut(str(upsert.fields[name])) for name in odd}
    return replace(upsert, fields={**upsert.fields, **dict.fromkeys(odd)}, extra={**extra, **told})


def _cut(text: object) -> str:
    return storable(str(text)[:_LONGEST_BESIDE])


def _unreadable(upsert: Upsert) -> str | None:
    """Why the book could not keep this record as it is; '' where `fitting` can help; None when it can."""
    odd = None
    fields: Mapping[str, object] = upsert.fields
    for name, value in fields.items():
        if value is None:
            continue
        if isinstance(value, str):
            if not value.isascii() and not is_encodable(value):
                return tr("“{name}” holds characters that no text can have", name=name)
            if len(value) > LONGEST:
                return tr("“{name}” is longer than eight million characters", name=name)
            if name in _NO_TEXT and _is_odd(name, value):
                odd = ""
        elif isinstance(value, int):
            if not _SMALLEST <= value <= _LARGEST:
                return tr("“{name}” is a number beyond all bounds", name=name)
            if name in _NO_TEXT and _is_odd(name, value):
                odd = ""
        elif isinstance(value, float):
            if value - value != 0.0:
                return tr("“{name}” is not a number", name=name)
        else:
            return tr("“{name}” is not a single value", name=name)
    if not (is_encodable(upsert.remote_id) and is_encodable(upsert.version) and is_encodable(upsert.op_id or "")):
        return tr("its id can’t be read")
    for target in upsert.links.values():
        if target is not None and not target.isascii() and not is_encodable(target):
            return tr("the id of a record that it belongs to can’t be read")
    if upsert.people and not all(is_encodable(person) and is_encodable(role) for person, role in upsert.people):
        return tr("its further people can’t be read")
    if upsert.extra and any(not _fits(part) for pair in upsert.extra.items() for part in pair):
        odd = ""
    return odd


def _is_odd(name: str, value: object) -> bool:
    if value is None or name not in _NO_TEXT:
        return False
    if name in _DAYS:
        return not _is_day(value)
    if name in _INSTANTS and isinstance(value, int | float):
        return not _EARLIEST <= value <= _LATEST
    return isinstance(value, str)


def _is_day(value: object) -> bool:
    try:
        return len(str(value)) == 10 and bool(date.fromisoformat(str(value)))
    except ValueError:
        return False


def _fits(text: object) -> bool:
    return isinstance(text, str) and len(text) <= _LONGEST_BESIDE and is_encodable(text)
