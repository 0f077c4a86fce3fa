"""Ops from the journal, or from a damaged book, come back into a book: each with what its rep sees on the screen."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

from companion.database import Write
from companion.domain.language import sentence
from companion.domain.ops import FINISHED, UNSENT, OpState
from companion.domain.records import FIELDS, LINKS, Gone, Kind, Value
from companion.store import cursors, edits, identities, journal, outbox, records
from companion.store.journal_entry import Entry
from companion.store.outbox import QueuedOp

ACTIONS: Final = frozenset({"create", "update", "delete", "win", "lose", "complete"})
_TEXTS: Final = ("id", "record_id", "said", "gesture_id")
_MAPPINGS: Final = ("fields", "links", "seen", "theirs")
_WHOLE: Final = ("seq", "created_at", "attempts")
_MAYBE_WHOLE: Final = ("hold_until", "first_sent_at", "sent_at", "next_try_at", "done_at")

UNSHOWN: Final = sentence("It came back from a damaged copy and can’t be shown in its record: look whether it is right")
HOMELESS: Final = sentence("It came back from a damaged copy that no longer tells which record of the CRM it is about")
WORDS: Final = "saved when the local copy was damaged"
ENDED: Final = "it had come to its end when an older copy of the book came back"


@dataclass(slots=True)
class PutBack:
    """What came back: ops whose rows differed, and those that could not be read as ops at all."""

    ops: int = 0
    unfinished: int = 0
    unreadable: int = 0
    stubs: set[Kind] = field(default_factory=set)
    """Kinds of which records were made that only the CRM can fill."""


def readable(row: Mapping[str, Any]) -> bool:
    """Whether a row is an op that Companion could have written: nothing else is ever kept, let alone sent."""
    try:
        kind, state = Kind(row["kind"]), OpState(row["state"])
        texts = all(isinstance(row[name], str) and row[name] for name in _TEXTS)
        numbers = all(type(row[name]) is int for name in _WHOLE)
        maybe = all(row.get(name) is None or type(row[name]) is int for name in _MAYBE_WHOLE)
        parts = {name: json.loads(row[name]) if row.get(name) else None for name in _MAPPINGS}
        problems = json.loads(row["problems"]) if row.get("problems") else []
    except (KeyError, TypeError, ValueError, RecursionError):
        return False
    known = texts and numbers and maybe and row["action"] in ACTIONS and isinstance(state, OpState)
    return known and isinstance(problems, list) and _fits(kind, row["action"], parts)


def _fits(kind: Kind, action: str, parts: Mapping[str, Any]) -> bool:
    fields, links, seen, theirs = (parts[name] for name in _MAPPINGS)
    if not (isinstance(fields, dict) and isinstance(links, dict) and isinstance(seen, dict)):
        return False
    names = {*FIELDS[kind], *LINKS[kind]}
    scalar = all(
        value is None or isinstance(value, str | int | float | bool)
        for part in (fields, links, seen, theirs or {})
        for value in part.values()
    )
    named = fields.keys() <= set(FIELDS[kind]) and links.keys() <= LINKS[kind].keys() and seen.keys() <= names
    return scalar and named and (action == "delete" or bool(fields or links or theirs) or action == "create")


def put_back(write: Write, entries: Iterable[Entry], now: int, *, words: str = WORDS) -> PutBack:
    """Brings the outbox to what these entries say (the newest one of each op) and the records to what the rep saw.

    A record that an op names and that is missing gets a row, so that a pull of an empty book finds it by the CRM's id
    and keeps ours. `now` in seconds since 1970.
    """
    found = PutBack()
    good = [each for each in entries if each.row is None or readable(each.row) or _count_unreadable(found)]
    changed = [each for each in good if _put_row(write, each, now, words)]
    remote = _remote_ids(good)
    ops = [op for each in changed if each.row is not None and (op := outbox.get(write, each.row["id"])) is not None]
    found.ops, found.unfinished = len(ops), sum(op.state not in FINISHED for op in ops)
    for op in ops:
        if op.state not in FINISHED:
            _alone(write, op, now, partial(_make_rows, write, op, remote, found))
    for op in ops:
        _alone(write, op, now, partial(_show, write, op, remote, now))
    for op in ops:
        if op.state in (*UNSENT, OpState.IN_FLIGHT, OpState.UNKNOWN) and _is_homeless(write, op):
            _ask(write, op, now, HOMELESS, "the CRM’s record is not known any more")
    for kind in found.stubs:
        cursors.forget(write, kind)
    return found


def end_missing(write: Write, known: Mapping[int, Entry], now: int) -> int:
    """Ops that a whole journal no longer has had ended before it was last made anew: they are never sent again.

    Returns how many there were.
    """
    left = [seq for (seq,) in write.all(f"SELECT seq FROM outbox WHERE {outbox.UNFINISHED}") if seq not in known]
    for seq in left:
        op_id = write.value("SELECT id FROM outbox WHERE seq = ?", (seq,))
        op = outbox.get(write, op_id)
        write.text("UPDATE outbox SET state = ? WHERE seq = ?", (OpState.DISCARDED, seq))
        outbox.note_state(write, op_id, now, OpState.DISCARDED, ENDED)
        if op is not None:
            edits.settle(write, op.kind, op.record_id, op.values)
    return len(left)


def _alone(write: Write, op: QueuedOp, now: int, step: Callable[[], None]) -> None:
    """One op that can't be shown must not keep the others away: it waits for the rep."""
    write.text("SAVEPOINT one")
    try:
        step()
    except (LookupError, TypeError, ValueError) as error:
        write.text("ROLLBACK TO one")
        if op.state not in FINISHED:
            _ask(write, op, now, UNSHOWN, type(error).__name__)
    write.text("RELEASE one")


def _ask(write: Write, op: QueuedOp, now: int, words: str, why: str) -> None:
    problems = json.dumps([{"words": words, "field": None}])
    write.text("UPDATE outbox SET state = ?, problems = ? WHERE id = ?", (OpState.ATTENTION, problems, op.id))
    outbox.note_state(write, op.id, now, OpState.ATTENTION, why)


def _is_homeless(write: Write, op: QueuedOp) -> bool:
    """Whether the CRM can't be told which record is meant: it has no id there, and nothing will make it."""
    missing = [record_id for _, record_id in outbox.parents_without_remote_id(write, op)]
    if op.action != "create" and records.remote_id(write, op.kind, op.record_id) is None:
        missing.append(op.record_id)
    made = "SELECT 1 FROM outbox WHERE record_id = ? AND action = 'create' AND state <> 'discarded'"
    return any(write.value(made, (record_id,)) is None for record_id in missing)


def _count_unreadable(found: PutBack) -> bool:
    found.unreadable += 1
    return False


def _put_row(write: Write, entry: Entry, now: int, words: str) -> bool:
    """Sets one row of the outbox; whether that changed anything."""
    if entry.row is None:
        return bool(write.text("DELETE FROM outbox WHERE seq = ?", (entry.seq,)))
    row = {name: entry.row[name] for name in outbox.NAMES if name in entry.row}
    names = tuple(row)
    there = write.one(f"SELECT {', '.join(names)} FROM outbox WHERE seq = ?", (entry.seq,))
    if there == tuple(row.values()):
        return False
    marks = ", ".join("?" * len(names))
    write.text(f"INSERT OR REPLACE INTO outbox ({', '.join(names)}) VALUES ({marks})", tuple(row.values()))
    outbox.note_state(write, row["id"], now, OpState(row["state"]), words)
    write.touched_outbox()
    return True


def _remote_ids(entries: Sequence[Entry]) -> dict[str, str]:
    """The CRM's id of each record that these entries know one of, by local id; a finished creation tells its own."""
    found: dict[str, str] = {}
    for each in sorted(entries, key=lambda each: each.number):
        for record_id, (_, remote_id) in (each.remote or {}).items():
            if remote_id is not None:
                found[record_id] = remote_id
        if each.row is not None and each.row["action"] == "create" and each.row.get("remote_id"):
            found.setdefault(each.row["record_id"], each.row["remote_id"])
    return found


def _make_rows(write: Write, op: QueuedOp, remote: Mapping[str, str], found: PutBack) -> None:
    """Sees to it that each record that an op names has a row, and the CRM's id where it is known."""
    for kind, record_id in journal.named_by(_columns(op)):
        there = records.get(write, kind, record_id)
        if there is None:
            own = op.action == "create" and record_id == op.record_id
            values = edits.columns(kind, op.values) if own else {}
            records.put(write, kind, [{"id": record_id, **values}])
            if not own:
                found.stubs.add(kind)
        if record_id in remote and (there is None or there.remote_id is None):
            identities.identify(write, kind, record_id, remote[record_id])


def _columns(op: QueuedOp) -> dict[str, Any]:
    return {
        "kind": op.kind,
        "record_id": op.record_id,
        **{name: json.dumps(dict(value)) if value else None for name, value in _parts(op).items()},
    }


def _parts(op: QueuedOp) -> dict[str, Mapping[str, Value] | None]:
    return {"links": op.links, "seen": op.seen, "theirs": op.theirs}


def _show(write: Write, op: QueuedOp, remote: Mapping[str, str], now: int) -> None:
    """Lets the record show what the rep saw: the newest unfinished edit, else what the CRM holds."""
    there = records.get(write, op.kind, op.record_id)
    if there is None:
        return
    if op.state is OpState.DISCARDED and op.action == "create" and there.remote_id is None:
        records.erase(write, op.kind, op.record_id)
        return
    if op.action == "delete":
        if op.state not in FINISHED:
            records.mark_gone(write, op.kind, op.record_id, Gone.DELETED, now)
        return
    if op.state is OpState.DONE:
        if op.action == "create" and there.remote_id is None and op.record_id in remote:
            identities.identify(write, op.kind, op.record_id, remote[op.record_id])
        for name, value in op.values.items():
            outbox.put_held(write, op.record_id, name, value)
    elif op.action != "create" and op.state not in FINISHED:
        blank = there.version is None
        for name in op.values:
            outbox.hold_value(
                write, op.record_id, name, (op.theirs or op.seen).get(name) if blank else there.value(name)
            )
    edits.settle(write, op.kind, op.record_id, op.values)
