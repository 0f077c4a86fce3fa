"""Say that a reason does not help here: it is hidden for a while, why is kept, and how often is counted."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from companion.actions.desk import Desk, Done, acting
from companion.database import Write
from companion.domain.records import Kind
from companion.store import edits

COUNTED_DAYS: Final = 30
"""How far back it is counted that a reason was hidden."""


def hide_reason(desk: Desk, kind: Kind, record_id: str, rule_id: str, until: datetime, why: str, words: str) -> Done:
    """Hides what the rule `rule_id` says of this person or deal until `until` (aware)."""
    with acting(desk, words) as act:
        row = _answer(act.write, record_id, rule_id, int(until.timestamp()), why, act.at)
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


def count_answer(desk: Desk, record_id: str, rule_id: str, why: str) -> None:
    """Counts an answer that hides nothing, such as 'done': what was done is an act of its own, with its own undo."""
    now = int(desk.clock().timestamp())
    with desk.database.write() as write:
        row = _answer(write, record_id, rule_id, now, why, now)
        marks = ", ".join("?" * len(row))
        write.text(f"INSERT OR REPLACE INTO hidden_reasons ({', '.join(row)}) VALUES ({marks})", tuple(row.values()))


def _answer(write: Write, record_id: str, rule_id: str, until: int, why: str, now: int) -> dict[str, int | str]:
    since = now - COUNTED_DAYS * 86_400
    sql = "SELECT coalesce(times, 1) FROM hidden_reasons WHERE record_id = ? AND rule_id = ? AND made_at > ?"
    before = int(write.value(sql, (record_id, rule_id, since)) or 0)
    names = ("record_id", "rule_id", "until_at", "why", "made_at", "times")
    return dict(zip(names, (record_id, rule_id, until, why, now, 1 + before), strict=True))
