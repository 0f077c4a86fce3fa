"""The journal of the outbox after a disk or a hand has been at it."""

from __future__ import annotations

import tempfile
from pathlib import Path

from companion.store.journal_entry import Entry
from companion.store.journal_file import Journal
from tests.rig.fuzz.source import Source


class JournalFile:
    """The journal of the outbox, with anything before, between and behind its frames: what is read was written."""

    seeds = (
        b"",
        b"\0\0",
        b"\x10\x9dCjnl\r\n\x01" + b"\xff" * 40,
        bytes(range(200)),
        b"\x30" + b"\x9dCjnl\r\n\x01" * 50,
    )

    def __init__(self) -> None:
        self._path = Path(tempfile.mkdtemp()) / "outbox.journal"
        self._journal = Journal(self._path, bytes(32), durable=False)
        head = Entry(0, 0, head={"floor": 0, "count": 0})
        self._rows = [{"id": str(n), "fields": "{}"} for n in range(3)]
        self._journal.rewrite([head, *(Entry(n, n, n, row, {}) for n, row in enumerate(self._rows, 1))])
        self._whole = self._path.read_bytes()

    def __call__(self, data: bytes) -> None:
        """The first two bytes say where it is cut open, the third what is cut out there; the rest is put in."""
        source = Source(data)
        at, out = (source.byte() * 256 + source.byte()) % (len(self._whole) + 1), source.byte()
        damaged = self._whole[:at] + source.rest() + self._whole[at + out :]
        self._path.write_bytes(damaged)
        told = self._journal.read()
        self._journal.last_number()
        for entry in told.entries:
            assert entry.row is None or entry.row in self._rows
        assert told.end <= len(damaged)
        assert not told.whole or damaged in self._whole, "damage that nobody saw"
