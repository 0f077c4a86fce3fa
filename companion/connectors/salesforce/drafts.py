"""Rows to write: what a create sends, where its mark goes, and why something can't be sent."""

from __future__ import annotations

from msgspec import Struct

from companion.connectors.base import Op, Problem
from companion.connectors.salesforce import marks
from companion.connectors.salesforce.mapping import with_mark
from companion.connectors.salesforce.session import Session
from companion.connectors.salesforce.wire import Row


class NotTaken(Exception):
    """What can't be written, in words."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("can’t be written")
        self.problems = problems


class Draft(Struct, frozen=True):
    """A row to write. `mark` is the field that recognises a create; `notes` what hangs on it, for a note."""

    source: str
    values: Row
    mark: str | None = None
    linked: tuple[str, ...] = ()


def marked_draft(session: Session, op: Op, source: str, values: Row) -> Draft:
    """The row with the op's mark: in the field for it, else at the end of the description."""
    field = marks.place(session, source)
    if field is not None:
        return Draft(source, {**values, field: marks.value(field, op.id)}, field)
    if session.has(source, "Description", how="createable"):
        values["Description"] = with_mark(str(values.get("Description") or ""), op.id)
    return Draft(source, values)
