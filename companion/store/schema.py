"""The cache's tables as SQLAlchemy Core sees them; their SQL stands in migrations.py and a test holds both together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sqlalchemy import TableClause, column, table

from companion.domain.records import FIELDS, Kind, link_columns
from companion.store.names import TABLES

_RECORD: Final = ("id", "remote_id", "version", "gone", "gone_at", "extra")
_PHONE_KEY: Final[Mapping[Kind, tuple[str, ...]]] = {Kind.COMPANY: ("phone_key",), Kind.PERSON: ("phone_key",)}


def _table(name: str, *columns: str) -> TableClause:
    return table(name, *(column(each) for each in columns))


RECORDS: Final[Mapping[Kind, TableClause]] = {
    kind: _table(TABLES[kind], *_RECORD, *FIELDS[kind], *link_columns(kind), *_PHONE_KEY.get(kind, ())) for kind in Kind
}
"""The table of each kind of record."""

PARTICIPANTS: Final = _table("participants", "record_id", "person_id", "role")
LOOSE_LINKS: Final = _table("loose_links", "target_kind", "target_remote_id", "kind", "record_id", "link", "role")
HELD_VALUES: Final = _table("held_values", "record_id", "field", "value")
OUTBOX: Final = _table(
    "outbox",
    "seq",
    "id",
    "kind",
    "record_id",
    "action",
    "fields",
    "links",
    "seen",
    "said",
    "gesture_id",
    "state",
    "tenant",
    "user_id",
    "created_at",
    "hold_until",
    "attempts",
    "first_sent_at",
    "sent_at",
    "next_try_at",
    "problems",
    "theirs",
    "who",
    "theirs_at",
    "remote_id",
    "version",
    "done_at",
    "strikes",
    "struck_at",
    "excused",
)
OP_EVENTS: Final = _table("op_events", "n", "op_id", "at", "state", "words")
CURSORS: Final = _table("cursors", "kind", "cursor", "read_at", "full_at", "swept_at", "total", "problem")
POISON: Final = _table("poison", "kind", "remote_id", "why", "seen_at")
META: Final = _table("meta", "key", "value")
SNOOZES: Final = _table("snoozes", "record_id", "until_at", "words", "made_at", "waits_for", "parked", "event_at")
HIDDEN_REASONS: Final = _table("hidden_reasons", "record_id", "rule_id", "until_at", "why", "made_at", "times")
DRAFTS: Final = _table("drafts", "record_id", "button", "outcome", "line", "unparsed", "saved_at")
GESTURES: Final = _table("gestures", "n", "id", "words", "undo", "made_at", "undone_at", "redo", "undone_turn")
REMINDERS: Final = _table(
    "reminders",
    "n",
    "what",
    "record_kind",
    "record_id",
    "person_id",
    "deal_id",
    "due_at",
    "words",
    "fired_at",
    "shown_at",
    "channel",
    "acted_at",
    "act",
    "missed",
)
MOVES: Final = _table("moves", "n", "record_id", "field", "was", "became", "since_at", "at")
SCORES: Final = _table(
    "scores",
    "subject_id",
    "subject_kind",
    "section",
    "level",
    "due_at",
    "stake",
    "waiting_days",
    "rule_id",
    "person_id",
    "company_id",
    "deal_id",
    "verb",
    "reason",
    "others",
    "more",
)
RECHECKS: Final = _table("rechecks", "subject_id", "subject_kind", "at")
