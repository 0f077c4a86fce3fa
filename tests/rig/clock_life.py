"""Companion at work in a process whose clock lies: `python -m tests.rig.clock_life FOLDER URL`, told by lines.

Each line on stdin is a JSON list, answered by one line on stdout: ["call", body, hold_s], ["amount", value],
["zone", name], ["wake"], ["how"] (waiting, cycles so far, seconds of work), ["synced"].
"""

from __future__ import annotations

import json
import os
import random
import sys
import time
from pathlib import Path
from typing import Any

from companion.core import new_id
from companion.domain.ops import FINISHED
from companion.domain.records import Kind, Value
from companion.domain.sync_status import SyncStatus
from companion.store import edits, outbox, records
from companion.store.edits import Gesture
from companion.sync import pace
from companion.sync.engine import Engine
from companion.sync.worker import Worker
from tests.rig.remote_connector import RemoteConnector, remote_connector
from tests.sync.world import open_book

CALM_S = 0.2
"""The product keeps calm for ten seconds after waking; forty jumps would take long."""


class Counting(Engine):
    """Counts its cycles."""

    cycles = 0

    def cycle(self, *, read: bool = True) -> SyncStatus:
        self.cycles += 1
        return super().cycle(read=read)


class Life:
    """The open book, its worker thread, and the rep."""

    def __init__(self, folder: Path, url: str) -> None:
        pace.CALM_S = CALM_S  # type: ignore[misc]
        self.book = open_book(folder / "book.db")
        self.connector: RemoteConnector = remote_connector(url)
        self.engine = Counting(
            self.book,
            self.connector,
            clock=time.monotonic,
            wall=lambda: int(time.time()),
            rng=random.SystemRandom(),
            new_id=new_id,
        )
        self.worker = Worker(self.engine, poll_s=1.0)
        self.worker.start()

    def call(self, body: str, hold_s: int) -> None:
        """Logs a call; it may leave after `hold_s`."""
        links = {"person": self._local(Kind.PERSON, "P1")}
        fields: dict[str, Value] = {"what": "call", "body": body, "at": int(time.time()), "done": True}
        with self.book.write() as write:
            gesture = Gesture(new_id(), int(time.time()), "call", new_id, hold_s=hold_s)
            edits.create(write, gesture, Kind.ACTIVITY, fields, links, "Log a call")
            edits.remember(write, gesture)

    def amount(self, value: int) -> None:
        """Changes what a deal is worth."""
        deal = self._local(Kind.DEAL, "D1")
        with self.book.write() as write:
            gesture = Gesture(new_id(), int(time.time()), "edit", new_id, hold_s=0)
            edits.change(write, gesture, Kind.DEAL, deal, {"amount": value}, "Edit")
            edits.remember(write, gesture)

    def zone(self, name: str) -> None:
        """Travels."""
        os.environ["TZ"] = name
        time.tzset()

    def wake(self) -> None:
        """Presses Sync now."""
        self.worker.wake()

    def how(self) -> list[float]:
        """How many changes wait, how many cycles were made, how much processor time our own code has used.

        What the system used is left out: where other programs want the processors too, it is the preloaded library's
        that fakes the clock, and several times our own.
        """
        with self.book.read() as rows:
            waiting = sum(count for state, count in outbox.counts(rows).items() if state not in FINISHED)
        return [waiting, self.engine.cycles, os.times().user]

    def synced(self) -> bool:
        """Whether this process has read the CRM and nothing waits."""
        return self.worker.status.all_synced

    def _local(self, kind: Kind, remote_id: str) -> str:
        with self.book.read() as rows:
            return records.local_ids(rows, kind, [remote_id])[remote_id]


def main(folder: str, url: str) -> None:
    """Lives until stdin ends."""
    life = Life(Path(folder), url)
    for line in sys.stdin:
        name, *arguments = json.loads(line)
        answer: Any = getattr(life, name)(*arguments)
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()
    life.worker.stop()
    life.book.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
