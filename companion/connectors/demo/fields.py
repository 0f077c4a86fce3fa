"""What the administrator of the embedded CRM did to its fields: retired, hidden, frozen, demanded, renamed, retyped."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from msgspec.structs import replace

from companion.connectors.base import FieldFacts, Problem
from companion.connectors.demo.rows import Row
from companion.domain.records import FIELDS, Kind, Value

CHOICES: Final[Mapping[tuple[Kind, str], tuple[str, ...]]] = {
    (Kind.PERSON, "consent"): ("yes", "no"),
    (Kind.ACTIVITY, "what"): ("call", "email", "meeting", "note", "task"),
}
"""Fields that take only some values."""


class Fields:
    """The fields as they are now. Values in the truth stay: what comes back has what it had."""

    def __init__(self) -> None:
        self.retired: set[tuple[Kind, str]] = set()
        self.retyped: set[tuple[Kind, str]] = set()
        self.required: set[tuple[Kind, str]] = set()
        self.choices_gone: set[tuple[Kind, str, Value]] = set()
        self.hidden: set[tuple[str, Kind, str]] = set()
        self.frozen: set[tuple[str, Kind, str]] = set()

    def seen_by(self, user: str, row: Row) -> Row:
        """`row` without what `user` may not read, and with other types where a field got one."""
        if not (self.retired or self.retyped or self.hidden):
            return row
        kept = {
            name: str(value) if (row.kind, name) in self.retyped and value is not None else value
            for name, value in row.fields.items()
            if (row.kind, name) not in self.retired and (user, row.kind, name) not in self.hidden
        }
        return replace(row, fields=kept)

    def refused(self, user: str, kind: Kind, fields: Mapping[str, Value]) -> list[Problem]:
        """Why `user` may not write these values."""
        return [problem for name, value in fields.items() if (problem := self._refused(user, kind, name, value))]

    def missing(self, row: Row) -> list[Problem]:
        """Fields that are demanded and empty."""
        wanted = (name for kind, name in sorted(self.required) if kind is row.kind)
        return [Problem(f"Fill in '{name}'", name) for name in wanted if row.fields.get(name) in (None, "")]

    def facts(self, user: str, writable: tuple[Kind, ...]) -> Iterator[FieldFacts]:
        """The fields as the CRM tells them to `user`."""
        for kind, names in FIELDS.items():
            for name in names:
                if (kind, name) not in self.retired:
                    yield self._facts(user, kind, name, kind in writable)

    def _refused(self, user: str, kind: Kind, name: str, value: Value) -> Problem | None:
        if name not in FIELDS[kind] or (kind, name) in self.retired:
            return Problem(f"There is no field '{name}'", name)
        if (user, kind, name) in self.hidden or (user, kind, name) in self.frozen:
            return Problem(f"You may not change '{name}'", name)
        if (kind, name, value) in self.choices_gone:
            return Problem(f"'{value}' can no longer be chosen", name)
        if (kind, name) in self.retyped and value is not None and not isinstance(value, str):
            return Problem(f"'{name}' must be a text", name)
        return None

    def _facts(self, user: str, kind: Kind, name: str, writable: bool) -> FieldFacts:
        choices = CHOICES.get((kind, name), ())
        hidden = (user, kind, name) in self.hidden
        return FieldFacts(
            kind,
            name,
            name.replace("_", " ").capitalize(),
            required=name == "name" or (kind, name) in self.required,
            writable=writable and not hidden and (user, kind, name) not in self.frozen,
            choices=tuple(each for each in choices if (kind, name, each) not in self.choices_gone),
            readable=not hidden,
            theirs=name,
        )
