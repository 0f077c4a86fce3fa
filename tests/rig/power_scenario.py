"""A busy hour at a durable book, which marks each commit: calls, edits, undo, conflicts, sync, copies, restarts.

Run as `python -m tests.rig.power_scenario SCENARIO FOLDER MARKS [normal]`. Only the cipher leaves anything to chance.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any, Final

from companion.actions import undo
from companion.actions.desk import Desk
from companion.actions.log_activity import LogEntry, NextStep, log_activity
from companion.connectors.demo.connector import DemoConnector
from companion.database import Damaged, Database, Rows, Write
from companion.domain.ops import OpState
from companion.domain.records import Kind
from companion.rescue import open_book
from companion.store.names import TABLES
from tests.sync.world import BEGIN, COLLEAGUE, KEY, REP, FaultyWire, World, small_book

ROUNDS: Final = 3
CHECKPOINT_PAGES: Final = 50
"""So few that the log is folded into the file, and begun anew, again and again."""

UNSENT: Final = "unsent.json"
"""Beside the folder: what the ruined book held."""

KEPT: Final = (
    *TABLES.values(),
    "outbox",
    "op_events",
    "held_values",
    "gestures",
    "participants",
    "loose_links",
    "cursors",
    "poison",
    "meta",
    "drafts",
    "snoozes",
    "moves",
)
"""The tables that make up what the rep knows of a book."""


def digest(rows: Rows) -> str:
    """What a book says, in few letters: two books with the same say the same."""
    whole = hashlib.blake2b(digest_size=12)
    for table in KEPT:
        whole.update(repr(rows.all(f"SELECT * FROM {table}")).encode("utf-8", "surrogatepass"))
    return whole.hexdigest()


def ops_of(rows: Rows) -> dict[str, list[Any]]:
    """Each op by its id: its state, when it was first sent, and what it asks for."""
    found = rows.all("SELECT id, state, first_sent_at, kind, record_id, action, fields, links, said FROM outbox")
    return {row[0]: list(row[1:]) for row in found}


def must_be_whole(rows: Rows) -> None:
    """What is shown as the rep's is queued, and what is queued is shown."""
    for record_id, name in rows.all("SELECT record_id, field FROM held_values"):
        asked = rows.all(
            "SELECT 1 FROM outbox WHERE record_id = ? AND state NOT IN ('done', 'discarded')"
            " AND (fields LIKE ? OR links LIKE ?)",
            (record_id, *[f'%"{name}"%'] * 2),
        )
        assert asked, f"{name} of {record_id} shows an edit that nobody will send"
    for kind in Kind:
        homeless = f"SELECT id FROM {TABLES[kind]} WHERE remote_id IS NULL AND gone IS NULL"
        for (record_id,) in rows.all(homeless):
            made = rows.one("SELECT 1 FROM outbox WHERE record_id = ? AND action = 'create'", (record_id,))
            assert made, f"{record_id} is shown and nobody will send it"


class Recorded(Database):
    """A book that says after each commit what it now holds."""

    marks: int
    told: dict[str, list[Any]]

    @contextmanager
    def write(self, *, patient: bool = False, from_sync: bool = False) -> Iterator[Write]:
        with super().write(patient=patient, from_sync=from_sync) as write:
            yield write
        self.mark()

    def mark(self) -> None:
        """To somebody who watches, this is the moment at which the rep was told."""
        with self.read() as rows:
            must_be_whole(rows)
            ops = ops_of(rows)
            said = {"digest": digest(rows), "ops": {each: op for each, op in ops.items() if self.told.get(each) != op}}
        os.write(self.marks, json.dumps({**said, "gone": list(self.told.keys() - ops.keys())}).encode() + b"\n")
        self.told = ops


class RecordedWorld(World):
    """The office, its book synced once already and durable from now on."""

    def __init__(self, folder: Path, marks: int, normal: bool, told: dict[str, list[Any]] | None = None) -> None:
        self.marks, self.normal = marks, normal
        self.told = told or {}
        self.faults = FaultyWire()
        super().__init__(folder, wire=self.faults, rows=[])
        self.now = float(BEGIN) + 60
        self.crm.load(small_book())

    def open_file(self) -> Database:
        """As the app opens it."""
        book = opened(self.path, int(self.now), self.normal)
        book.marks, book.told = self.marks, self.told
        return book

    def connect(self) -> DemoConnector:
        """The rep's way to the CRM."""
        return DemoConnector(self.crm, REP, wire=self.wire)

    def restart(self) -> None:
        self.told = self.database.told  # type: ignore[attr-defined]
        super().restart()


def opened(path: Path, now: int, normal: bool) -> Recorded:
    """The book as the app opens it; with `normal` one that SQLite syncs at checkpoints only."""
    book = open_book(path.parent, KEY, now)
    book._writer.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
    if normal:
        book._writer.execute("PRAGMA synchronous = NORMAL")
    book.__class__ = Recorded
    assert isinstance(book, Recorded)
    return book


class Hour:
    """What happens. Each move is one that a rep, a colleague or the app makes."""

    def __init__(self, world: RecordedWorld) -> None:
        self.world = world
        self.rng = Random(5)
        self.number = 0

    def run(self) -> None:
        """Every move in every round, in an order of its own."""
        moves: list[Callable[[], object]] = [
            self.calls,
            self.calls,
            self.writes_a_long_note,
            self.edits_a_deal,
            self.edits_a_person,
            self.meets_somebody_new,
            self.logs_with_a_next_step,
            self.undoes,
            self.collides,
            self.world.sync,
            self.syncs_badly,
            self.answers,
            self.copies,
            self.restarts,
        ]
        self.world.database.mark()  # type: ignore[attr-defined]
        for _ in range(ROUNDS):
            self.rng.shuffle(moves)
            for move in moves:
                self.number += 1
                self.world.pass_time(20)
                move()
        self.world.settle()
        self.world.database.close()

    def calls(self) -> None:
        self.world.log_call(self.rng.choice(["P1", "P2", "P3"]), f"call {self.number}")

    def writes_a_long_note(self) -> None:
        self.world.log_call("P2", f"note {self.number} " + "a long day " * 300)

    def edits_a_deal(self) -> None:
        self.world.edit(Kind.DEAL, self.rng.choice(["D1", "D2"]), amount=self.number)

    def edits_a_person(self) -> None:
        self.world.edit(Kind.PERSON, "P1", role=f"role {self.number}", city=f"city {self.number}")

    def meets_somebody_new(self) -> None:
        person = self.world.create(Kind.PERSON, name=f"New {self.number}")
        self.world.create(Kind.ACTIVITY, {"person": person}, what="call", body=f"first call {self.number}", done=True)

    def logs_with_a_next_step(self) -> None:
        step = NextStep(f"send the offer {self.number}", due_on=datetime.fromtimestamp(self.world.now, UTC).date())
        entry = LogEntry("call", f"Call {self.number}", next_step=step, deal_values=(("close_on", self.day()),))
        person, deal = self.world.local(Kind.PERSON, "P1"), self.world.local(Kind.DEAL, "D1")
        log_activity(self.desk(), entry, person, deal, f"Logged {self.number}")

    def undoes(self) -> None:
        undo.undo(self.desk())

    def collides(self) -> None:
        self.world.crm.edit(COLLEAGUE, Kind.DEAL, "D1", amount=1_000_000 + self.number)
        self.world.edit(Kind.DEAL, "D1", amount=self.number)

    def syncs_badly(self) -> None:
        self.world.faults.faults["write"] = [self.rng.choice(["lose", "drop", "twice"])]
        self.world.sync()

    def answers(self) -> None:
        for op in self.world.ops(OpState.CONFLICT):
            self.rng.choice([self.world.answer.mine, self.world.answer.theirs])(op.id)

    def copies(self) -> None:
        self.world.database.copy_to(self.world.path.with_name("copy.db"))

    def restarts(self) -> None:
        self.world.restart()

    def day(self) -> str:
        return datetime.fromtimestamp(self.world.now + self.number * 86_400, UTC).date().isoformat()

    def desk(self) -> Desk:
        now = datetime.fromtimestamp(self.world.now, UTC)
        return Desk(self.world.database, lambda: now, self.world.new_id, lambda write, touched, at: None, hold_s=0)


def busy(folder: Path, marks: int, normal: bool) -> None:
    """The hour, in a folder that `prepare` made."""
    Hour(RecordedWorld(folder, marks, normal)).run()


def rescued(folder: Path, marks: int, normal: bool) -> None:
    """A ruined book comes back from its journal, and work goes on with it."""
    told = json.loads((folder.parent / UNSENT).read_text())
    os.write(marks, json.dumps({"digest": "", "ops": told, "gone": []}).encode() + b"\n")
    with contextlib.suppress(Damaged), contextlib.closing(open_book(folder, KEY, BEGIN)) as book, book.read() as rows:
        digest(rows)  # the first look at a damaged page; the next start rescues
    world = RecordedWorld(folder, marks, normal, told)
    hour = Hour(world)
    world.database.mark()  # type: ignore[attr-defined]
    world.sync()
    for move in (hour.calls, hour.edits_a_deal, hour.restarts, hour.calls, hour.copies, world.settle):
        hour.number += 1
        world.pass_time(20)
        move()
    world.database.close()


SCENARIOS: Final = {"busy": busy, "rescue": rescued}


def prepare(folder: Path) -> None:
    """A book that was synced once, and its journal."""
    world = World(folder)
    world.sync()
    world.database.close()
    open_book(folder, KEY, BEGIN).close()


def prepare_ruin(folder: Path) -> None:
    """The same, and changes that have not left; then the file was damaged, its log was not. What it held is kept."""
    prepare(folder)
    world = RecordedWorld(folder, os.open(os.devnull, os.O_WRONLY), normal=False)
    hour = Hour(world)
    for move in (hour.calls, hour.edits_a_deal, hour.edits_a_person, hour.meets_somebody_new, hour.calls):
        hour.number += 1
        move()
    with world.database.read() as rows:
        (folder.parent / UNSENT).write_text(json.dumps(ops_of(rows)))
    log = (folder / "book.db-wal").read_bytes()
    world.database.close()
    with (folder / "book.db").open("r+b") as file:
        file.seek(4096)
        file.write(bytes(100_000))
    (folder / "book.db-wal").write_bytes(log)


def main(scenario: str, folder: Path, marks: Path, normal: bool) -> None:
    """One scenario, in a folder that was prepared for it."""
    SCENARIOS[scenario](folder, os.open(marks, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), normal)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), "normal" in sys.argv[4:])
