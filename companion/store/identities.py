"""Which record is which: the CRM's id for one of ours, two that are one, and what is forgotten when a right ends."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

from companion.database import Write
from companion.domain.ops import FINISHED
from companion.domain.records import FIELDS, LINKS, Gone, Kind, Value, link_columns
from companion.store import forgetting, outbox, records
from companion.store.names import TABLES

_FINISHED: Final = ", ".join(f"'{state}'" for state in FINISHED)


def identify(write: Write, kind: Kind, record_id: str, remote_id: str) -> None:
    """Gives a record the CRM's id. A double that a pull has brought meanwhile is absorbed."""
    double = records.local_ids(write, kind, [remote_id]).get(remote_id)
    if double == record_id:
        return
    if double is not None:
        absorb(write, kind, double, record_id)
    write.text(f"UPDATE {TABLES[kind]} SET remote_id = ? WHERE id = ?", (remote_id, record_id))
    write.touched(kind, record_id)
    records.tie_loose(write, kind, {remote_id: record_id})


def forget_id(write: Write, kind: Kind, record_id: str) -> None:
    """The CRM has given this record's id to another one: it has none until it is found, or made again."""
    write.text(f"UPDATE {TABLES[kind]} SET remote_id = NULL, version = NULL WHERE id = ?", (record_id,))
    write.touched(kind, record_id)


def absorb(write: Write, kind: Kind, double: str, into: str) -> None:
    """Makes two rows one: what hangs on `double` hangs on `into`, unsent ops too, and `double` is deleted.

    `double` came from the CRM, so its values stand, except where the rep has unsent ones.
    """
    theirs = records.get(write, kind, double)
    redirect(write, kind, double, into)
    write.text("UPDATE outbox SET record_id = ? WHERE record_id = ?", (into, double))
    write.text("UPDATE OR REPLACE held_values SET record_id = ? WHERE record_id = ?", (into, double))
    write.text("UPDATE OR REPLACE loose_links SET record_id = ? WHERE record_id = ?", (into, double))
    write.text("UPDATE OR IGNORE participants SET record_id = ? WHERE record_id = ?", (into, double))
    take_along(write, double, into)
    records.erase(write, kind, double)
    if theirs is not None:
        _take_over(write, kind, into, theirs)


def _take_over(write: Write, kind: Kind, into: str, theirs: records.Record) -> None:
    values: dict[str, Value] = {**theirs.fields, **theirs.links}
    for name in {name for op in outbox.of_record(write, into) for name in op.values}:
        outbox.put_held(write, into, name, values.pop(name, None))
    own = {f"{name}_id" if name in LINKS[kind] else name: value for name, value in values.items()}
    told = {"version": theirs.version, "extra": dict(theirs.extra), "gone": theirs.gone}
    records.edit(write, kind, into, {**own, **told})


def merged(write: Write, kind: Kind, loser: str, winner: str) -> None:
    """The CRM merged `loser` into `winner`: links, and the rep's unsent changes of it, pass over."""
    redirect(write, kind, loser, winner)
    take_along(write, loser, winner)
    now = records.get(write, kind, winner)
    for op in outbox.of_record(write, loser):
        if op.action in ("delete", "create") or now is None:
            continue
        outbox.rewrite(write, op, record_id=winner)
        for name in op.values:
            outbox.hold_value(write, winner, name, now.value(name))
            write.text("DELETE FROM held_values WHERE record_id = ? AND field = ?", (loser, name))


def take_along(write: Write, old: str, new: str) -> None:
    """What only this computer has of `old` is of `new`: drafts, snoozes, hidden reasons, reminders, what undo brings.

    Where both have a draft, both texts are kept.
    """
    lines: dict[str, str] = dict(write.all("SELECT record_id, line FROM drafts WHERE record_id IN (?, ?)", (old, new)))
    if len(lines) == 2 and lines[old] != lines[new]:
        write.text("UPDATE drafts SET line = ? WHERE record_id = ?", (f"{lines[new]} {lines[old]}", new))
    for table in ("drafts", "snoozes", "hidden_reasons", "reminders"):
        write.text(f"UPDATE OR IGNORE {table} SET record_id = ? WHERE record_id = ?", (new, old))
        write.text(f"DELETE FROM {table} WHERE record_id = ?", (old,))
    for column in ("undo", "redo"):
        write.text(
            f"UPDATE gestures SET {column} = replace({column}, ?, ?) WHERE {column} LIKE ?", (old, new, f'%"{old}"%')
        )
    write.text("UPDATE moves SET record_id = ? WHERE record_id = ?", (new, old))
    for table in ("scores", "rechecks"):
        write.text(f"DELETE FROM {table} WHERE subject_id = ?", (old,))
    for link in ("person", "company", "deal"):
        write.text(f"UPDATE scores SET {link}_id = ? WHERE {link}_id = ?", (new, old))
    for link in ("person", "deal"):
        write.text(f"UPDATE reminders SET {link}_id = ? WHERE {link}_id = ?", (new, old))


def redirect(write: Write, kind: Kind, old: str, new: str) -> None:
    """What points at `old` points at `new`: links of records, participants, and links of unsent changes."""
    for other, links in LINKS.items():
        for name in (name for name, target in links.items() if target is kind):
            for row in write.all(f"SELECT id FROM {TABLES[other]} WHERE {name}_id = ?", (old,)):
                records.edit(write, other, row[0], {f"{name}_id": new})
    if kind is Kind.PERSON:
        write.text("UPDATE OR IGNORE participants SET person_id = ? WHERE person_id = ?", (new, old))
        write.text("DELETE FROM participants WHERE person_id = ?", (old,))
    _redirect_ops(write, old, new)
    held = write.all("SELECT record_id, field FROM held_values WHERE value = ?", (json.dumps(old),))
    for record_id, name in held:
        outbox.update_held(write, record_id, name, new)


def _redirect_ops(write: Write, old: str, new: str) -> None:
    found = write.all(
        f"SELECT id, links, seen, theirs FROM outbox WHERE state NOT IN ({_FINISHED})"
        " AND (links LIKE ? OR seen LIKE ? OR theirs LIKE ?)",
        (f'%"{old}"%',) * 3,
    )
    for op_id, *texts in found:
        links, seen, theirs = (_swapped(text, old, new) for text in texts)
        write.text("UPDATE outbox SET links = ?, seen = ?, theirs = ? WHERE id = ?", (links, seen, theirs, op_id))


def _swapped(text: str | None, old: str, new: str) -> str | None:
    if text is None:
        return None
    values: Mapping[str, object] = json.loads(text)
    return json.dumps({name: new if value == old else value for name, value in values.items()})


def forget_contents(write: Write, kind: Kind, record_id: str, at: int) -> None:
    """Empties a record that the rep may no longer see, and what else tells of it.

    Its row stays so that links, and its return, find it.
    """
    forgetting.traces(write, kind, record_id)
    empty = dict.fromkeys((*FIELDS[kind], *link_columns(kind)))
    records.edit(
        write, kind, record_id, {**empty, "version": None, "extra": None, "gone": Gone.OUT_OF_SCOPE, "gone_at": at}
    )
    write.text("DELETE FROM moves WHERE record_id = ?", (record_id,))
