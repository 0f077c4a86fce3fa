"""What the embedded CRM holds, is asked and answers: frozen values, the shapes of its wire."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field

from companion.connectors.base import Action, Problem
from companion.domain.records import Gone, Kind, Value


class Row(Struct, frozen=True, gc=False):
    """A record as the CRM has it. `seq` counts commits, `version` changes of content, `stamp` is when its write began.

    `marker` is the id of the op that made it, where the CRM keeps such a thing. `by` is the name of who wrote last.
    `made_at` and `committed_at` are its first and its last commit. `gone` is set in the recycle bin.
    """

    kind: Kind
    id: str
    fields: dict[str, Value]
    links: dict[str, str | None]
    people: tuple[tuple[str, str], ...] = ()
    extra: dict[str, str] = field(default_factory=dict)
    marker: str | None = None
    seq: int = 0
    version: int = 0
    stamp: float = 0.0
    made_at: float = 0.0
    committed_at: float = 0.0
    gone: Gone | None = None
    winner: str | None = None
    by: str | None = None


class Write(Struct, frozen=True):
    """One field that somebody changed: a line of the provenance log. `op_id` is None for a colleague's own change.

    `field` is a field's or link's name; a deletion has '' and `new` says why it went.
    """

    seq: int
    at: float
    actor: str
    verb: str
    kind: Kind
    id: str
    field: str
    old: Value
    new: Value
    op_id: str | None


class Change(Struct, frozen=True):
    """One item of a write request. `if_version` makes an update conditional."""

    op_id: str
    verb: Action
    kind: Kind
    id: str | None
    fields: Mapping[str, Value]
    links: Mapping[str, str | None]
    if_version: str | None = None
    at: int = 0


class Answer(Struct, frozen=True):
    """One item of a write's answer by HTTP's numbers: 200, 404 gone, 409 exists, 412 changed, 422, 423 locked."""

    status: int
    row: Row | None = None
    problems: tuple[Problem, ...] = ()


class Slice(Struct, frozen=True):
    """Rows in the order asked for; `left` are those that the user may not or need not see any more.

    `first` and `last` are of the page before that sorting out: pages go on from there. `seq` is the CRM's count of
    changes when it was asked.
    """

    rows: list[Row]
    left: list[Row]
    more: bool
    first: Row | None
    last: Row | None
    seq: int = 0


class Deletions(Struct, frozen=True):
    """What left the CRM after a sequence number, and the number and server's time to go on from."""

    graves: list[Row]
    seq: int
    at: float
