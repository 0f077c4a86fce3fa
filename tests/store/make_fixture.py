"""Makes the file of a released version for the tests of later ones: `python -m tests.store.make_fixture`.

Run it once for each release that changes the shape of the file, and commit what it makes; never again for that version.
"""

from __future__ import annotations

import json
import sys
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from companion.database import Rows, create_database
from companion.domain.ops import OpState
from companion.domain.records import Kind
from companion.store import meta, outbox, records
from companion.store.migrations import STEPS, migrate
from companion.store.outbox import QueuedOp

FIXTURES: Final = Path(__file__).parent / "fixtures"
KEY: Final = bytes(range(32))
NOW: Final = 1_795_000_000


def rows_of(rows: Rows) -> dict[str, dict[str, Any]]:
    """The outbox by id, whole."""
    found = rows.all(f"SELECT {outbox.COLUMNS} FROM outbox ORDER BY seq")
    return {row[0]: dict(zip(outbox.NAMES, row, strict=True)) for row in found}


def make(folder: Path, version: int) -> None:
    """A book with two people and an op in each state, and what its outbox holds, as JSON."""
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "book.db"
        with closing(create_database(path, KEY, durable=False)) as database:
            migrate(database)
            with database.write() as write:
                _fill(write)
            with database.read() as rows:
                told = rows_of(rows)
            database.copy_to(folder / f"version-{version}.db")
    (folder / f"version-{version}.json").write_text(json.dumps(told, indent=1) + "\n")


def _fill(write: Any) -> None:
    meta.put(write, "crm", {"connector": "demo", "url": "", "database": "", "user": ""})
    meta.put(write, "account", ["demo", "office", "U1"])
    meta.put(write, "me", "me")
    records.put(write, Kind.USER, [{"id": "me", "remote_id": "U1", "name": "Nora", "version": "1"}])
    records.put(write, Kind.COMPANY, [{"id": "aster", "remote_id": "C1", "name": "Aster", "version": "1"}])
    records.put(write, Kind.PERSON, [{"id": "marta", "remote_id": "P1", "name": "Marta", "version": "1"}])
    for number, state in enumerate(OpState):
        outbox.add(write, _op(number, state))
        ended = NOW if state is OpState.DONE else None
        sent = NOW if state in (OpState.IN_FLIGHT, OpState.UNKNOWN, OpState.DONE) else None
        write.text(
            "UPDATE outbox SET state = ?, done_at = ?, first_sent_at = ? WHERE id = ?",
            (state, ended, sent, f"op-{state}"),
        )


def _op(number: int, state: OpState) -> QueuedOp:
    fields = {"body": f"Wants {number} months, »Åse«"}
    made = {"kind": Kind.ACTIVITY, "record_id": f"op-{state}", "action": "create", "fields": {"what": "note", **fields}}
    changed = {"kind": Kind.PERSON, "record_id": "marta", "action": "update", "fields": {"role": f"role {number}"}}
    own: dict[str, Any] = changed if state is OpState.CONFLICT else made
    own["links"] = {"company": "aster"}
    seen = {"role": "Head", "company": None} if state is OpState.CONFLICT else {}
    theirs = {"role": "Theirs"} if state is OpState.CONFLICT else None
    return QueuedOp(
        id=f"op-{state}", said=f"Op {number}", gesture_id="g", created_at=NOW, seen=seen, theirs=theirs, **own
    )


if __name__ == "__main__":
    FIXTURES.mkdir(exist_ok=True)
    make(FIXTURES, int(sys.argv[1]) if len(sys.argv) > 1 else len(STEPS))
