"""Changes that the CRM does not know yet: kept in order, moved only along the graph, never deleted."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from dataclasses import fields as dataclass_fields
from typing import Any, Final

from companion.database import Row, Rows, Write
from companion.domain.collisions import group, groups
from companion.domain.ops import EDGES, FINISHED, HOLD_AT_MOST_S, UNSENT, IllegalMove, OpState
from companion.domain.records import LINKS, Kind, Value
from companion.domain.text import storable
from companion.store.names import TABLES

_FINISHED: Final = ", ".join(f"'{state}'" for state in FINISHED)
UNFINISHED: Final = f"state NOT IN ({_FINISHED})"
"""As SQL: the op has not come to its end."""


@dataclass(frozen=True, slots=True)
class QueuedOp:
    """One op as the outbox keeps it.

    `id` is a UUIDv7 and the idempotency key; for a create it equals `record_id`. `fields` and `links` (local ids) hold
    only what changed; `seen` what the rep saw in each of them when changing it, by the same names. `said` is the op in
    the rep's words. `gesture_id` joins the ops of one act. `tenant` and `user_id` bind it to its account. `hold_until`:
    not before; `next_try_at`: told, not obeyed. `theirs`: what the CRM had where it collided, by field. `problems`:
    its words. `who` wrote `theirs`, `theirs_at` that time, where the CRM tells. `strikes`: how often the CRM itself
    failed on this op, the last time at `struck_at`; `excused`: once they were put down to the CRM as a whole.
    `version`: the record's version as this op's write left it. `seq` orders the ops; it grows in steps of
    16 so that a part that was split off can stand beside the rest.
    """

    id: str
    kind: Kind
    record_id: str
    action: str
    said: str
    gesture_id: str
    created_at: int
    fields: Mapping[str, Value] = field(default_factory=dict)
    links: Mapping[str, str | None] = field(default_factory=dict)
    seen: Mapping[str, Value] = field(default_factory=dict)
    state: OpState = OpState.PENDING
    tenant: str | None = None
    user_id: str | None = None
    hold_until: int | None = None
    attempts: int = 0
    first_sent_at: int | None = None
    sent_at: int | None = None
    next_try_at: int | None = None
    problems: tuple[Mapping[str, str | None], ...] = ()
    theirs: Mapping[str, Value] | None = None
    who: str | None = None
    theirs_at: int | None = None
    remote_id: str | None = None
    version: str | None = None
    done_at: int | None = None
    strikes: int = 0
    struck_at: int | None = None
    excused: int | None = None
    seq: int = 0

    @property
    def values(self) -> dict[str, Value]:
        """Fields and links together, by name."""
        return {**self.fields, **self.links}


NAMES: Final = tuple(each.name for each in dataclass_fields(QueuedOp))
"""The columns of the outbox."""
COLUMNS: Final = ", ".join(NAMES)


def add(write: Write, op: QueuedOp) -> None:
    """Queues an op."""
    row = {
        "seq": op.seq or (write.value("SELECT max(seq) FROM outbox") or 0) // 16 * 16 + 16,
        "id": op.id,
        "kind": op.kind,
        "record_id": op.record_id,
        "action": op.action,
        "fields": _json(op.fields),
        "links": _json(op.links),
        "seen": _json(op.seen),
        "said": op.said,
        "gesture_id": op.gesture_id,
        "state": op.state,
        "tenant": op.tenant,
        "user_id": op.user_id,
        "created_at": op.created_at,
        "hold_until": op.hold_until,
        "attempts": 0,
        "theirs": _json(op.theirs),
        "who": op.who,
        "theirs_at": op.theirs_at,
        "problems": _json(op.problems) if op.problems else None,
    }
    marks = ", ".join("?" * len(row))
    write.text(f"INSERT INTO outbox ({', '.join(row)}) VALUES ({marks})", tuple(row.values()))
    note_state(write, op.id, op.created_at, op.state, None)
    write.touched_outbox()


def split(
    write: Write,
    op: QueuedOp,
    theirs: Mapping[str, Value],
    new_id: str,
    now: int,
    *,
    who: str | None = None,
    theirs_at: int | None = None,
) -> QueuedOp:
    """Parts what collided (`theirs`, by name) from an op: a new op in conflict. Returns the rest, as it stands now."""
    apart = replace(_part(write, op, theirs, new_id, now), state=OpState.CONFLICT, theirs=theirs)
    add(write, replace(apart, who=who, theirs_at=theirs_at))
    return narrow(write, op, frozenset(op.values) - frozenset(theirs))


def set_aside(
    write: Write, op: QueuedOp, problems: Mapping[str, Mapping[str, str | None]], new_id: str, now: int
) -> QueuedOp:
    """Parts what can't be sent (a problem for each name) from an op: a new change of the record that waits for the rep.

    What a creation or a verb would have set becomes a plain change. Returns the rest, as it stands now.
    """
    seen = dict.fromkeys(problems) if op.action == "create" else {n: v for n, v in op.seen.items() if n in problems}
    apart = replace(_part(write, op, problems, new_id, now), state=OpState.ATTENTION, action="update", seen=seen)
    add(write, replace(apart, problems=tuple(problems.values())))
    return narrow(write, op, frozenset(op.values) - frozenset(problems))


def _part(write: Write, op: QueuedOp, names: Collection[str], new_id: str, now: int) -> QueuedOp:
    return replace(
        op,
        id=new_id,
        fields={name: value for name, value in op.fields.items() if name in names},
        links={name: value for name, value in op.links.items() if name in names},
        seen={name: value for name, value in op.seen.items() if name in names},
        theirs=None,
        problems=(),
        created_at=now,
        seq=free_seq(write, op.seq),
    )


def narrow(write: Write, op: QueuedOp, names: Collection[str]) -> QueuedOp:
    """Leaves in an op only these of its fields and links; returns it as it stands now."""
    rest = replace(
        op,
        fields={name: value for name, value in op.fields.items() if name in names},
        links={name: value for name, value in op.links.items() if name in names},
        seen={name: value for name, value in op.seen.items() if name in names},
        theirs=None if op.theirs is None else {name: value for name, value in op.theirs.items() if name in names},
    )
    rewrite(write, op, fields=rest.fields, links=rest.links, seen=rest.seen, theirs=rest.theirs)
    return rest


def free_seq(write: Write, seq: int) -> int:
    """A place right behind an op's; 0, which `add` takes for the end, where there is none."""
    taken = {row[0] for row in write.all("SELECT seq FROM outbox WHERE seq BETWEEN ? AND ?", (seq, seq + 16))}
    return next((each for each in range(seq + 1, seq + 16) if each not in taken), 0)


def move(write: Write, op: QueuedOp, to: OpState, now: int, words: str | None = None, **columns: Any) -> None:
    """Moves an op from the state that `op` has to `to`, and sets further columns with it.

    Raises IllegalMove where the graph has no such edge, or where the op is no longer in that state (another process
    claimed it). `words` go into the op's readable history.
    """
    if to not in EDGES[op.state]:
        raise IllegalMove(f"{op.state} to {to}")
    names = "".join(f", {name} = ?" for name in columns)
    moved = write.text(
        f"UPDATE outbox SET state = ?{names} WHERE id = ? AND state = ?",
        (to, *(_json(value) for value in columns.values()), op.id, op.state),
    )
    if not moved:
        raise IllegalMove(f"{op.id} is no longer {op.state}")
    note_state(write, op.id, now, to, words)
    write.touched_outbox()
    write.touched(op.kind, op.record_id)


def rewrite(write: Write, op: QueuedOp, **columns: Any) -> None:
    """Sets columns of an op without moving it (its `seen` after the rep chose 'use mine', its text after an edit)."""
    names = ", ".join(f"{name} = ?" for name in columns)
    write.text(f"UPDATE outbox SET {names} WHERE id = ?", (*(_json(value) for value in columns.values()), op.id))
    write.touched_outbox()


def note(write: Write, op: QueuedOp, now: int, words: str) -> None:
    """A line in the op's readable history that moves it nowhere."""
    note_state(write, op.id, now, op.state, words)


def replaced(op: QueuedOp, **changes: Any) -> QueuedOp:
    """The same op with other values, as after a `move`."""
    return replace(op, **changes)


def rekey(write: Write, op: QueuedOp, new_id: str) -> QueuedOp:
    """Gives a change that was sent before a new key: a CRM that remembers the old one would not look at it again."""
    write.text("UPDATE outbox SET id = ?, first_sent_at = NULL WHERE id = ?", (new_id, op.id))
    write.text("UPDATE op_events SET op_id = ? WHERE op_id = ?", (new_id, op.id))
    return replace(op, id=new_id, first_sent_at=None)


def set_apart(write: Write, op_id: str, new_id: str) -> None:
    """A creation that was taken back before it was ever sent is made again under its own id, which this frees.

    The op that was taken back stays, as what it was: one that nobody was told of, about a record that never was.
    """
    moved = write.text(
        "UPDATE outbox SET id = ?, record_id = ?, fields = '{}', links = '{}', seen = '{}', said = ''"
        " WHERE id = ? AND state = ? AND first_sent_at IS NULL",
        (new_id, new_id, op_id, OpState.DISCARDED),
    )
    if moved:
        write.text("UPDATE op_events SET op_id = ? WHERE op_id = ?", (new_id, op_id))
        write.touched_outbox()


def row(rows: Rows, seq: int) -> dict[str, Any] | None:
    """An op's row as it lies in the file, by its place."""
    found = rows.one(f"SELECT {COLUMNS} FROM outbox WHERE seq = ?", (seq,))
    return dict(zip(NAMES, found, strict=True)) if found else None


def put_row(write: Write, values: Mapping[str, Any], op_id: str, now: int, words: str) -> None:
    """Lets an op, now known as `op_id`, be as its row was before an act that is taken back.

    Only for what has not left since, which the caller has made sure of: no edge of the graph leads back.
    """
    names = ", ".join(f"{name} = ?" for name in NAMES)
    picked = tuple(values[name] for name in NAMES)
    write.text(f"UPDATE outbox SET {names} WHERE seq = ?", (*picked, values["seq"]))
    if op_id != values["id"]:
        write.text("UPDATE op_events SET op_id = ? WHERE op_id = ?", (values["id"], op_id))
    note_state(write, values["id"], now, OpState(values["state"]), words)
    write.touched_outbox()
    write.touched(Kind(values["kind"]), values["record_id"])


def names_of(values: Mapping[str, Any]) -> frozenset[str]:
    """The fields and links that an op's row changes."""
    return frozenset(json.loads(values["fields"])) | frozenset(json.loads(values["links"]))


def get(rows: Rows, op_id: str) -> QueuedOp | None:
    """The op with this id."""
    found = _select(rows, "id = ?", (op_id,))
    return found[0] if found else None


def of_record(rows: Rows, record_id: str) -> list[QueuedOp]:
    """The unfinished ops of a record, oldest first."""
    return _select(rows, f"record_id = ? AND state NOT IN ({_FINISHED}) ORDER BY seq", (record_id,))


def of_records(rows: Rows, record_ids: Collection[str]) -> dict[str, list[QueuedOp]]:
    """The unfinished ops of several records, oldest first, by record; records without any are left out."""
    found: dict[str, list[QueuedOp]] = {}
    if record_ids and rows.value(f"SELECT 1 FROM outbox WHERE state NOT IN ({_FINISHED}) LIMIT 1"):
        for op in _of_records(rows, record_ids, f"state NOT IN ({_FINISHED})"):
            found.setdefault(op.record_id, []).append(op)
    return found


def hanging_on(rows: Rows, record_id: str) -> list[QueuedOp]:
    """The unfinished ops whose change links to this record, oldest first."""
    found = _select(rows, f"state NOT IN ({_FINISHED}) AND links LIKE ? ORDER BY seq", (f'%"{record_id}"%',))
    return [op for op in found if record_id in op.links.values()]


def creation(rows: Rows, record_id: str) -> QueuedOp | None:
    """The op that makes this record in the CRM, whatever its state; None for a record that came from there."""
    found = _select(rows, "record_id = ? AND action = 'create'", (record_id,))
    return found[0] if found else None


def left_behind(rows: Rows, record_id: str, version: str) -> dict[str, Value]:
    """What the rep's own writes set in the record, if one of them left it with this version; else nothing."""
    found = _select(rows, "record_id = ? AND state = 'done' AND version = ? ORDER BY seq", (record_id, version))
    return {name: value for op in found for name, value in op.values.items()}


def sent(rows: Rows, record_id: str) -> list[QueuedOp]:
    """The rep's changes of a record that the CRM has taken, oldest first."""
    return _select(rows, "record_id = ? AND state = 'done' ORDER BY seq", (record_id,))


def of_gesture(rows: Rows, gesture_id: str) -> list[QueuedOp]:
    """All ops of one act, oldest first."""
    return _select(rows, "gesture_id = ? ORDER BY seq", (gesture_id,))


def in_state(rows: Rows, *states: OpState, limit: int = 1000) -> list[QueuedOp]:
    """Ops in any of these states, oldest first."""
    marks = ", ".join("?" * len(states))
    return _select(rows, f"state IN ({marks}) ORDER BY seq LIMIT {int(limit)}", states)


def due(rows: Rows, now: int, limit: int) -> list[QueuedOp]:
    """Pending and waiting ops whose hold has ended, each the first of its record's lane, oldest first.

    An op stays behind an unfinished creation of its record, behind an earlier op that is on its way or queued, and
    behind an earlier one that asks the rep about the same fields. Back-off is not looked at: the sync keeps it by its
    own clock. A hold of more than HOLD_AT_MOST_S means that the clock was set back; it no longer counts.
    """
    found = _select(
        rows,
        f"""state IN ('pending', 'waiting') AND NOT coalesce(hold_until, 0) BETWEEN ? AND ?
            AND NOT EXISTS (SELECT 1 FROM outbox AS other WHERE other.record_id = outbox.record_id
                AND other.seq <> outbox.seq AND other.state NOT IN ({_FINISHED})
                AND (other.action = 'create' OR other.state IN ('in_flight', 'unknown')
                    OR (other.seq < outbox.seq AND other.state IN ('pending', 'waiting'))))
            ORDER BY seq LIMIT {int(limit)}""",
        (now + 1, now + HOLD_AT_MOST_S),
    )
    asking = _asking(rows, {op.record_id for op in found})
    return [op for op in found if not any(_collide(earlier, op) for earlier in asking.get(op.record_id, ()))]


def _asking(rows: Rows, record_ids: Collection[str]) -> dict[str, list[QueuedOp]]:
    found: dict[str, list[QueuedOp]] = {}
    states = "'conflict', 'attention', 'needs_rep'"
    if record_ids and rows.value(f"SELECT 1 FROM outbox WHERE state IN ({states}) LIMIT 1"):
        for op in _of_records(rows, record_ids, f"state IN ({states})"):
            found.setdefault(op.record_id, []).append(op)
    return found


def asks_about(asking: QueuedOp, names: Collection[str]) -> frozenset[str]:
    """Which of its fields an op that waits for the rep shares with a newer edit of these `names`.

    What was set aside because its field can't be written stands for itself; else fields that belong together do.
    """
    if asking.problems and all(problem.get("aside") for problem in asking.problems):
        return frozenset(asking.values).intersection(names)
    touched = groups(asking.kind, names)
    return frozenset(name for name in asking.values if group(asking.kind, name) in touched)


def _collide(earlier: QueuedOp, op: QueuedOp) -> bool:
    return earlier.seq < op.seq and bool(asks_about(earlier, tuple(op.values)))


def next_time(rows: Rows, now: int) -> int | None:
    """When the next held op becomes due, in seconds since 1970; None when none is held."""
    found: int | None = rows.value(
        "SELECT min(hold_until) FROM outbox WHERE state IN ('pending', 'waiting') AND hold_until BETWEEN ? AND ?",
        (now + 1, now + HOLD_AT_MOST_S),
    )
    return found


def counts(rows: Rows) -> dict[OpState, int]:
    """How many ops are in each unfinished state."""
    found = rows.all(f"SELECT state, count(*) FROM outbox WHERE state NOT IN ({_FINISHED}) GROUP BY state")
    return {OpState(state): count for state, count in found}


def prune(write: Write, before: int, limit: int) -> int:
    """Forgets ops that came to their end before an instant, at most so many, with their history; returns how many.

    `before` in seconds since 1970. What has not come to its end is kept for ever.
    """
    ended = f"SELECT seq FROM outbox WHERE NOT {UNFINISHED} AND NOT EXISTS (SELECT 1 FROM op_events WHERE"
    old = f"{ended} op_id = outbox.id AND at >= ?) AND max(created_at, coalesce(done_at, 0)) < ? LIMIT ?"
    write.text(
        f"DELETE FROM op_events WHERE op_id IN (SELECT id FROM outbox WHERE seq IN ({old}))", (before, before, limit)
    )
    return write.text(f"DELETE FROM outbox WHERE seq IN ({old})", (before, before, limit))


def count_struck(rows: Rows) -> int:
    """On how many unsent changes the CRM has failed."""
    states = ", ".join(f"'{state}'" for state in (*UNSENT, OpState.UNKNOWN))
    return int(rows.value(f"SELECT count(*) FROM outbox WHERE state IN ({states}) AND strikes > 0"))


def history(rows: Rows, op_id: str) -> list[tuple[int, OpState, str | None]]:
    """What happened to an op: (when, the state it came to, words)."""
    found = rows.all("SELECT at, state, words FROM op_events WHERE op_id = ? ORDER BY n", (op_id,))
    return [(at, OpState(state), words) for at, state, words in found]


def parents_without_remote_id(rows: Rows, op: QueuedOp) -> list[tuple[Kind, str]]:
    """The records that `op` links to and that the CRM has not given an id yet."""
    targets = LINKS[op.kind]
    missing = []
    for name, local_id in op.links.items():
        kind = targets.get(name)
        if kind is None or local_id is None:
            continue
        row = rows.one(f"SELECT remote_id FROM {TABLES[kind]} WHERE id = ?", (local_id,))
        if row is None or row[0] is None:
            missing.append((kind, local_id))
    return missing


def adrift(rows: Rows, op: QueuedOp) -> tuple[str, ...]:
    """The links of an op that lead to a record that left the CRM."""
    found = []
    for name, to in op.links.items():
        table = TABLES[LINKS[op.kind][name]]
        if to is not None and rows.value(f"SELECT gone FROM {table} WHERE id = ?", (to,)) is not None:
            found.append(name)
    return tuple(found)


def hold_value(write: Write, record_id: str, name: str, value: Value) -> None:
    """Keeps what the CRM holds in a field under the rep's unsent edit, unless it is kept already."""
    write.text("INSERT OR IGNORE INTO held_values VALUES (?, ?, ?)", (record_id, name, json.dumps(value)))


def put_held(write: Write, record_id: str, name: str, value: Value) -> None:
    """Keeps what the CRM holds in a field under the rep's unsent edit, in place of what was kept."""
    write.text("INSERT OR REPLACE INTO held_values VALUES (?, ?, ?)", (record_id, name, json.dumps(value)))


def update_held(write: Write, record_id: str, name: str, value: Value) -> None:
    """The CRM's value under an unsent edit has changed."""
    write.text(
        "UPDATE held_values SET value = ? WHERE record_id = ? AND field = ?", (json.dumps(value), record_id, name)
    )


def held(rows: Rows, record_ids: Sequence[str]) -> dict[str, dict[str, Value]]:
    """What the CRM holds under unsent edits, by record and name (links without '_id', as local ids)."""
    found: dict[str, dict[str, Value]] = {}
    for start in range(0, len(record_ids), 400):
        some = record_ids[start : start + 400]
        marks = ",".join("?" * len(some))
        for record_id, name, value in rows.all(
            f"SELECT record_id, field, value FROM held_values WHERE record_id IN ({marks})", some
        ):
            found.setdefault(record_id, {})[name] = json.loads(value)
    return found


def release(write: Write, record_id: str, names: Sequence[str]) -> None:
    """The rep's edits of these fields came to an end: the record shows what the CRM holds."""
    for name in names:
        write.text("DELETE FROM held_values WHERE record_id = ? AND field = ?", (record_id, name))


def note_state(write: Write, op_id: str, at: int, state: OpState, words: str | None) -> None:
    """Adds to an op's history that it came to `state` at `at`, in seconds since 1970."""
    kept = None if words is None else storable(words)  # some are a CRM's own, cut in the middle of an emoji
    write.text("INSERT INTO op_events (op_id, at, state, words) VALUES (?, ?, ?, ?)", (op_id, at, state, kept))


def _of_records(rows: Rows, record_ids: Collection[str], where: str) -> list[QueuedOp]:
    found: list[QueuedOp] = []
    wanted = list(record_ids)
    for start in range(0, len(wanted), 400):
        some = wanted[start : start + 400]
        found += _select(rows, f"record_id IN ({','.join('?' * len(some))}) AND {where} ORDER BY seq", some)
    return found


def _select(rows: Rows, where: str, parameters: Sequence[Any]) -> list[QueuedOp]:
    return [_read(row) for row in rows.all(f"SELECT {COLUMNS} FROM outbox WHERE {where}", parameters)]


def _read(row: Row) -> QueuedOp:
    values = dict(zip(NAMES, row, strict=True))
    values["kind"] = Kind(values["kind"])
    values["state"] = OpState(values["state"])
    for name in ("fields", "links", "seen", "problems", "theirs"):
        text = values[name]
        values[name] = {} if text == "{}" else json.loads(text) if text else None
    values["problems"] = tuple(values["problems"] or ())
    return QueuedOp(**values)


def _json(value: Any) -> Any:
    if isinstance(value, Mapping):
        return json.dumps(dict(value))
    return json.dumps(value) if isinstance(value, list | tuple) else value
