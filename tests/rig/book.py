"""A rep's cache file in memory: ready in less than a millisecond, and its process may die at any commit.

It is the product's own `Database` with the same SQL on the same driver; only the file is not on a disk, and a
transaction is begun and committed without SQLAlchemy. What a real file does at a crash is tried by other layers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, create_engine
from sqlalchemy.pool import StaticPool
from sqlcipher3 import dbapi2 as driver

from companion.database import Database, Reader, Write
from companion.store import migrations
from tests.rig.faults import Killed

_CONNECTIONS: dict[int, Any] = {}
_CORES: dict[int, Connection] = {}
_IMAGES: dict[str, Any] = {}
_BASES = count(0, 1_000_000)
STATEMENTS = 1000


def image(name: str, make: Callable[[], MemoryBook]) -> Any:
    """The book that `make` makes, kept under a name: what `MemoryBook(place, image)` begins with."""
    if name not in _IMAGES:
        _IMAGES[name] = make().copy()
    return _IMAGES[name]


class MemoryBook(Database):
    """A book at one of a few places. One at a time lives at a place; a second one takes the first's over as it stands.

    `doom` kills the process at the n-th commit from now: (n, 'before') or (n, 'after').
    """

    def __init__(self, place: int, begins_with: Any = None) -> None:
        self.place = place
        self.doom: tuple[int, str] | None = None
        super().__init__(Path(f"/nowhere/{place}"), bytes(32), durable=False)
        # No two books ever stand at the same count, so that what was read of one is never taken for another's.
        self.commits = next(_BASES)
        if begins_with is not None:
            begins_with.backup(self._writer)

    @classmethod
    def empty(cls, place: int) -> MemoryBook:
        """A book of the newest shape without a record."""

        def make() -> MemoryBook:
            blank = driver.connect(":memory:", isolation_level=None)
            made = cls(place, blank)
            migrations.migrate(made)
            return made

        return cls(place, image("", make))

    def copy(self) -> Any:
        """What it holds now, to begin with or to go back to."""
        twin = driver.connect(":memory:", isolation_level=None, check_same_thread=False)
        self._writer.backup(twin)
        return twin

    def go_back(self, to: Any) -> None:
        """Holds again what it held when `to` was copied."""
        to.backup(self._writer)
        self.commits += 1

    @contextmanager
    def read(self) -> Iterator[Reader]:
        yield self._borrowed

    @contextmanager
    def write(self, *, patient: bool = False, from_sync: bool = False) -> Iterator[Write]:
        when = self._fate()
        raw = self._writer
        raw.execute("BEGIN IMMEDIATE")
        try:
            write = LazyWrite(raw, self.place, from_sync)
            yield write
            for hook in getattr(self, "before_commit", ()):
                hook(write)
            if when == "before":
                raise Killed
        except BaseException:
            raw.execute("ROLLBACK")
            for hook in getattr(self, "after_rollback", ()):
                hook(write)
            raise
        raw.execute("COMMIT")
        self.commits += 1
        if when == "after":
            raise Killed
        changes = write.changes()
        if changes.records or changes.outbox or changes.today:
            for listener in tuple(self._listeners):
                listener(changes)

    def close(self) -> None:
        """What it holds stays at its place, as a file stays on its disk."""

    def _fate(self) -> str | None:
        if self.doom is None:
            return None
        left, when = self.doom
        self.doom = (left - 1, when) if left else None
        return None if left else when

    def _connect(self) -> Any:
        if self.place not in _CONNECTIONS:
            made = driver.connect(
                ":memory:", isolation_level=None, check_same_thread=False, cached_statements=STATEMENTS
            )
            made.execute("PRAGMA trusted_schema = OFF")
            made.execute("PRAGMA temp_store = MEMORY")
            _CONNECTIONS[self.place] = made
            _core(self.place)  # its first connection ends whatever transaction it finds
        return _CONNECTIONS[self.place]


class LazyWrite(Write):
    """A write that wakes SQLAlchemy only for those few statements that are written in it."""

    def __init__(self, raw: Any, place: int, from_sync: bool) -> None:
        super().__init__(raw, None, from_sync)  # type: ignore[arg-type]
        self._place = place

    def run(self, statement: Any, rows: Any = None) -> int:
        """Runs a Core statement, once or for many rows; returns how many rows it touched."""
        self._core = _core(self._place)
        return super().run(statement, rows)


def _core(place: int) -> Connection:
    """A connection whose transactions are not SQLAlchemy's: it believes to be in one for ever."""
    if place not in _CORES:
        engine = create_engine(
            "sqlite://", module=driver, creator=lambda: _CONNECTIONS[place], poolclass=StaticPool, hide_parameters=True
        )
        _CORES[place] = engine.connect()
    return _CORES[place]
