"""Say that a reason does not help here: it is hidden for a while, why is kept, and how often is counted."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from companion.actions.desk import Act, Desk, Done, acting
from companion.domain.records import Kind
from companion.store import edits

COUNTED_DAYS: Final = 30
"""How far back it is counted that a reason was hidden."""


def hide_reason(desk: Desk, kind: Kind, record_id: str, rule_id: str, until: datetime, why: str, words: str) -> Done:
    """Hides what the rule `rule_id` says of this person or deal until `until` (aware)."""
    with acting(desk, words) as act:
        row = {
            "record_id": record_id,
            "rule_id": rule_id,
            "until_at": int(until.timestamp()),
            "why": why,
            "made_at": act.at,
            "times": 1 + _times_before(act, record_id, rule_id),
        }
        edits.put_local(act.write, act.gesture, "hidden_reasons", row)
        act.write.touched(kind, record_id)
    return Done(words, act.gesture.id, record_id)


def show_again(desk: Desk, kind: Kind, record_id: str, rule_id: str, words: str) -> Done:
    """Lets the rule speak of this person or deal again; that it was hidden stays counted."""
    with acting(desk, words) as act:
        kept = act.write.one(
            "SELECT why, made_at, times FROM hidden_reasons WHERE record_id = ? AND rule_id = ?", (record_id, rule_id)
        )
        if kept is not None:
            named = dict(zip(("why", "made_at", "times"), kept, strict=True))
            row = {"record_id": record_id, "rule_id": rule_id, "until_at": act.at, **named}
            edits.put_local(act.write, act.gesture, "hidden_reasons", row)
            act.write.touched(kind, record_id)
    return Done(words, act.gesture.id, record_id)


def _times_before(act: Act, record_id: str, rule_id: str) -> int:
    since = act.at - COUNTED_DAYS * 86_400
    sql = "SELECT coalesce(times, 1) FROM hidden_reasons WHERE record_id = ? AND rule_id = ? AND made_at > ?"
    return int(act.write.value(sql, (record_id, rule_id, since)) or 0)
