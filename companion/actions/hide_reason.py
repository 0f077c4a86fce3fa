"""Say that a reason does not help here: it is hidden for a while, and why is kept."""

from __future__ import annotations

from datetime import datetime

from companion.actions.desk import Desk, Done, acting
from companion.domain.records import Kind
from companion.store import edits


def hide_reason(desk: Desk, kind: Kind, record_id: str, rule_id: str, until: datetime, why: str, words: str) -> Done:
    """Hides what the rule `rule_id` says of this person or deal until `until` (aware)."""
    with acting(desk, words) as act:
        row = {"record_id": record_id, "rule_id": rule_id, "until_at": int(until.timestamp()), "why": why}
        edits.put_local(act.write, act.gesture, "hidden_reasons", row)
        act.write.touched(kind, record_id)
    return Done(words, act.gesture.id, record_id)
