"""What a right that ended leaves nothing of: a field, or a whole record, in every table that could still tell of it."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import Any, Final

from companion.database import Write
from companion.domain.language import sentence, tr
from companion.domain.ops import FINISHED
from companion.domain.records import FIELDS, LINKS, Kind
from companion.store import edits, outbox, records
from companion.store.answered_changes import ANSWERED
from companion.store.answered_questions import ASKED
from companion.store.names import TABLES

_OF_SOMEBODY: Final = sentence("A change of a record that you can no longer see")
_FINISHED: Final = ", ".join(f"'{state}'" for state in FINISHED)
_SHORTEST_NAME: Final = 3


# A field ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def field_of_some(write: Write, kind: Kind, name: str, label: str | None, after: int, limit: int) -> int | None:
    """Empties a field in the next `limit` records behind row number `after`; returns where to go on, None at the end.

    What the CRM showed under the field's label, where it has one, beside the record's own fields goes too. An unsent
    edit of the rep's stays on the screen.
    """
    column = f"{name}_id" if name in LINKS[kind] else name
    beside = f"%{json.dumps(label)[1:-1]}%" if label is not None else None
    found = write.all(
        f"SELECT n, id, extra FROM {TABLES[kind]} WHERE n > ? AND ({column} IS NOT NULL OR extra LIKE ?)"
        " ORDER BY n LIMIT ?",
        (after, beside, limit),
    )
    for _, record_id, extra in found:
        shown: Mapping[str, Any] = json.loads(extra) if extra else {}
        kept = {each: value for each, value in shown.items() if each != label}
        records.edit(write, kind, record_id, {column: None, "extra": kept})
        write.text("DELETE FROM moves WHERE record_id = ? AND field = ?", (record_id, column))
        write.text("UPDATE held_values SET value = 'null' WHERE record_id = ? AND field = ?", (record_id, name))
        edits.settle(write, kind, record_id, [name])
    return found[-1][0] if len(found) == limit else None


def field_of_ops(write: Write, kind: Kind, name: str) -> None:
    """What ops remember of a field: nothing stays but what the rep wrote into it and has not sent."""
    found = write.all(
        "SELECT id, state, fields, links, seen, theirs FROM outbox WHERE kind = ?"
        " AND (fields LIKE ? OR links LIKE ? OR seen LIKE ? OR theirs LIKE ?)",
        (kind, *(f'%"{name}"%',) * 4),
    )
    for op_id, state, fields, links, seen, theirs in found:
        parts = {"seen": seen, "theirs": theirs} | ({"fields": fields, "links": links} if state in FINISHED else {})
        for column, text in parts.items():
            write.text(f"UPDATE outbox SET {column} = ? WHERE id = ?", (_without(text, {name}), op_id))
    if found:
        write.touched_outbox()
    write.text("UPDATE gestures SET redo = NULL WHERE redo LIKE ?", (f'%"{name}"%',))
    for n, undo in write.all("SELECT n, undo FROM gestures WHERE undo LIKE ?", (f"%{name}%",)):
        kept = [step for step in json.loads(undo) if not _tells(step, name)]
        write.text("UPDATE gestures SET undo = ? WHERE n = ?", (json.dumps(kept), n))
    for index in ("names", "notes"):  # a word leaves a search index for good when its parts are merged
        write.text(f"INSERT INTO {index} ({index}) VALUES ('optimize')")


def _tells(step: Mapping[str, Any], word: str) -> bool:
    """Whether an answer that Undo would take back keeps a change in which this stands."""
    return step["table"] in (ASKED, ANSWERED) and word in json.dumps(step)


def _without(text: str | None, names: Collection[str]) -> str | None:
    if text is None:
        return None
    values: Mapping[str, Any] = json.loads(text)
    return json.dumps({name: value for name, value in values.items() if name not in names})


# A record ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def traces(write: Write, kind: Kind, record_id: str) -> None:
    """Clears every other table of what it tells of a record, before the record itself is emptied.

    What the rep wrote and has not sent stays, without the record's name; a draft stays as it was typed.
    """
    names = _names(write, kind, record_id)
    _ops(write, record_id, names)
    _gestures(write, record_id)
    for table in ("held_values", "moves", "loose_links", "snoozes", "hidden_reasons", "participants", "reminders"):
        write.text(f"DELETE FROM {table} WHERE record_id = ?", (record_id,))
    _reasons(write, record_id)


def _names(write: Write, kind: Kind, record_id: str) -> list[str]:
    """What the record is called, also by its unfinished creator's eyes: the longest first."""
    columns = [each for each in ("name", "subject", "email") if each in FIELDS[kind]]
    row = write.one(f"SELECT {', '.join(columns)} FROM {TABLES[kind]} WHERE id = ?", (record_id,)) if columns else None
    said = {str(each) for each in row or () if each and len(str(each)) >= _SHORTEST_NAME}
    return sorted(said | {part for each in said for part in each.split() if len(part) >= _SHORTEST_NAME}, key=len)[::-1]


def _ops(write: Write, record_id: str, names: Collection[str]) -> None:
    """Finished ops keep that they were; unfinished ones keep what the rep wrote, and no longer what the CRM had."""
    for op_id, state in write.all("SELECT id, state FROM outbox WHERE record_id = ?", (record_id,)):
        if state in FINISHED:
            write.text(
                "UPDATE outbox SET fields = '{}', links = '{}', seen = '{}', theirs = NULL, who = NULL,"
                " problems = NULL, said = ? WHERE id = ?",
                (tr(_OF_SOMEBODY), op_id),
            )
            write.text("UPDATE op_events SET words = NULL WHERE op_id = ?", (op_id,))
        else:
            write.text("UPDATE outbox SET seen = '{}', theirs = NULL, who = NULL WHERE id = ?", (op_id,))
            _unname(write, op_id, names)
    for op in outbox.hanging_on(write, record_id):
        _unname(write, op.id, names)
    write.touched_outbox()


def _unname(write: Write, op_id: str, names: Collection[str]) -> None:
    said, problems = write.one("SELECT said, problems FROM outbox WHERE id = ?", (op_id,)) or ("", None)
    for name in names:
        said = said.replace(name, "…")
        problems = problems.replace(json.dumps(name)[1:-1], "…") if problems else problems
        write.text("UPDATE op_events SET words = replace(words, ?, '…') WHERE op_id = ?", (name, op_id))
    write.text("UPDATE outbox SET said = ?, problems = ? WHERE id = ?", (said, problems, op_id))


def _gestures(write: Write, record_id: str) -> None:
    """Undo may still take the acts back, but no longer says what they were, nor brings local rows back.

    What was undone can't be done again: that would say it.
    """
    found = write.all(
        "SELECT n, undo FROM gestures WHERE undo LIKE ? OR redo LIKE ?"
        " OR id IN (SELECT gesture_id FROM outbox WHERE record_id = ? OR links LIKE ?)",
        (f'%"{record_id}"%', f'%"{record_id}"%', record_id, f'%"{record_id}"%'),
    )
    for n, undo in found:
        steps = [
            step
            for step in json.loads(undo)
            if step["key"].get("record_id") != record_id and not _tells(step, record_id)
        ]
        words = tr(_OF_SOMEBODY)
        write.text("UPDATE gestures SET words = ?, undo = ?, redo = NULL WHERE n = ?", (words, json.dumps(steps), n))


def _reasons(write: Write, record_id: str) -> None:
    """Rows of today's list that speak of the record go; whom they were about is looked at again."""
    where = "? IN (subject_id, person_id, company_id, deal_id)"
    for subject_kind, subject_id in write.all(
        f"SELECT subject_kind, subject_id FROM scores WHERE {where}", (record_id,)
    ):
        write.touched(Kind(subject_kind), subject_id)
    if write.text(f"DELETE FROM scores WHERE {where}", (record_id,)):
        write.touched_today()
