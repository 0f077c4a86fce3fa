"""How an activity of ours is recognised, and where it tells what Salesforce has no field for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from companion.connectors import in_text
from companion.connectors.salesforce.mapping import marked, with_mark
from companion.connectors.salesforce.session import KEY, Session
from companion.connectors.salesforce.wire import Row
from companion.domain.records import Fields, Value

SPARE: Final[Mapping[str, str]] = {"Task": "CallObject", "EmailMessage": "MessageIdentifier"}
"""Fields that nobody fills by hand and that can be searched: the mark of an op fits there."""
_START: Final = "companion:"


def place(session: Session, source: str) -> str | None:
    """The field that holds the mark of a create on this object; None: the end of its text does."""
    if session.has(source, KEY, how="createable"):
        return KEY
    spare = SPARE.get(source)
    usable = spare is not None and session.has(source, spare, how="createable")
    return spare if usable and session.has(source, str(spare), how="filterable") else None


def value(field: str, op_id: str) -> str:
    """What that field holds."""
    return op_id if field == KEY else f"{_START}{op_id}"


def op_of(row: Row, source: str, text: str | None) -> tuple[str | None, str | None]:
    """A text without its mark, and the op that made the record."""
    body, op_id = marked(text)
    own = row.get(KEY)
    spare = row.get(SPARE.get(source, ""))
    if isinstance(own, str) and own:
        return body, own
    if isinstance(spare, str) and spare.startswith(_START):
        return body, spare.removeprefix(_START)
    return body, op_id


def written(body: str | None, fields: Fields, untold: tuple[str, ...], op_id: str | None) -> str:
    """A text with what has no field in its first line, and the op's mark at its end where no field holds it."""
    told = in_text.put(body, fields, untold)
    return with_mark(told, op_id) if op_id is not None else told


def rewritten(text: str | None, fields: Mapping[str, Value], untold: tuple[str, ...]) -> str:
    """The text of a record with what `fields` changes of it; its mark stays."""
    body, op_id = marked((text or "").replace("\r\n", "\n"))
    told = in_text.put_anew(body, fields, untold)
    return with_mark(told, op_id) if op_id is not None else told
