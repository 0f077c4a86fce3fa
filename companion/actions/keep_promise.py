"""Say that a promise was kept: a next step is finished, one that only stands in a note is not told again."""

from __future__ import annotations

from typing import Final

from companion.actions.desk import Desk, Done, acting
from companion.actions.next_step import complete_step
from companion.domain.records import Kind
from companion.store import edits

_FOR_GOOD: Final = 253_402_128_000
_KEPT: Final = "promise "


def keep_promise(desk: Desk, entry_id: str, key: str, words: str) -> Done:
    """Of the entry `entry_id`; `key` names the sentence in it, '' where the entry is a next step itself."""
    if not key:
        return complete_step(desk, entry_id, words)
    with acting(desk, words) as act:
        row = {"record_id": entry_id, "rule_id": f"{_KEPT}{key}", "until_at": _FOR_GOOD, "why": "kept"}
        edits.put_local(act.write, act.gesture, "hidden_reasons", row)
        act.write.touched(Kind.ACTIVITY, entry_id)
    return Done(words, act.gesture.id, entry_id)
