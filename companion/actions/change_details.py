"""Change what is known of a person, company or deal: one field, one act."""

from __future__ import annotations

from companion.actions.desk import Desk, Done, acting
from companion.domain.details import LABELS
from companion.domain.records import Kind, Value
from companion.store import edits


def change_detail(desk: Desk, kind: Kind, record_id: str, name: str, value: Value, words: str) -> Done:
    """Sets a field (one of `domain.details.LABELS`, a value that `details.read` gave). KeyError for any other."""
    LABELS[kind][name]
    with acting(desk, words) as act:
        edits.change(act.write, act.gesture, kind, record_id, {name: value}, words)
    return Done(words, act.gesture.id, record_id)
