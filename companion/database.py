"""The cache file: opened encrypted, read by plain SQL, written through one door, and heard when it changes.

Any thread may call it. Each thread reads through a connection of its own; all writes share one connection behind one
lock where the rep's write goes before the sync's. The main thread borrows that connection to read while nobody writes:
each commit empties the page cache of every other connection, and to decrypt the pages again costs 20 ms a screen.
SQLAlchemy is imported with the first write, not at the start: it costs more than Qt does (docs/decisions/0003).
"""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import stat
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NoReturn, Protocol

from sqlcipher3 import dbapi2 as driver

from companion.domain.changes import Changes
from companion.domain.file_problems import (
    Damaged,
    DatabaseProblem,
    DiskFailed,
    DiskFull,
    KeyRefused,
    NoSuchFile,
    NotDurable,
    NotEncrypting,
)
from companion.domain.records import Kind
from companion.turns import Turn

if TYPE_CHECKING:
    from sqlalchemy import Connection, Executable

__all__ = [
    "Damaged",
    "Database",
    "DatabaseProblem",
    "DiskFailed",
    "DiskFull",
    "KeyRefused",
    "Listener",
    "NoSuchFile",
    "NotDurable",
    "NotEncrypting",
    "Parameters",
    "Reader",
    "Row",
    "Rows",
    "Write",
    "create_database",
    "open_database",
    "problem_of",
]

Row = tuple[Any, ...]
Parameters = Sequence[Any] | dict[str, Any]
Listener = Callable[[Changes], None]
_KEPT: Final = ("journal_mode", "synchronous", "fullfsync")
"""The pragmas that a commit survives a power cut by."""


class Rows(Protocol):
    """What can be asked with SQL text: a reader, or a write in progress (which sees its own changes)."""

    def all(self, sql: str, parameters: Parameters = ()) -> list[Row]:
        """Every row."""

    def one(self, sql: str, parameters: Parameters = ()) -> Row | None:
        """The first row, or None."""

    def value(self, sql: str, parameters: Parameters = ()) -> Any:
        """The first column of the first row, or None."""


class Reader:
    """Reads over one connection. Belongs to the thread that asked for it."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def all(self, sql: str, parameters: Parameters = ()) -> list[Row]:
        """Every row."""
        rows: list[Row] = self._connection.execute(sql, parameters).fetchall()
        return rows

    def one(self, sql: str, parameters: Parameters = ()) -> Row | None:
        """The first row, or None."""
        row: Row | None = self._connection.execute(sql, parameters).fetchone()
        return row

    def each(self, sql: str, parameters: Parameters = ()) -> Iterator[Row]:
        """Row by row: what was read before an error is kept."""
        yield from self._connection.execute(sql, parameters)

    def value(self, sql: str, parameters: Parameters = ()) -> Any:
        """The first column of the first row, or None."""
        row = self.one(sql, parameters)
        return row[0] if row else None


class Write(Reader):
    """One transaction in progress: reads its own changes, runs SQLAlchemy Core statements, notes what it touched."""

    def __init__(self, raw: Any, connection: Connection, from_sync: bool) -> None:
        super().__init__(raw)
        self._core = connection
        self._from_sync = from_sync
        self._records: set[tuple[Kind, str]] = set()
        self._outbox = False
        self._today = False

    def run(self, statement: Executable, rows: Sequence[dict[str, Any]] | dict[str, Any] | None = None) -> int:
        """Runs a Core statement, once or for many rows; returns how many rows it touched."""
        if rows is None:
            return int(self._core.execute(statement).rowcount)
        return int(self._core.execute(statement, rows).rowcount)

    def text(self, sql: str, parameters: Parameters = ()) -> int:
        """Runs a write as SQL text; returns how many rows it touched."""
        return int(self._connection.execute(sql, parameters).rowcount)

    def many(self, sql: str, rows: Sequence[Parameters]) -> None:
        """Runs one SQL text for many rows."""
        self._connection.executemany(sql, rows)

    def touched(self, kind: Kind, record_id: str) -> None:
        """Notes a record that this transaction changes."""
        self._records.add((kind, record_id))

    def touched_outbox(self) -> None:
        """Notes that ops moved."""
        self._outbox = True

    def touched_today(self) -> None:
        """Notes that the list of today may read differently."""
        self._today = True

    @property
    def touched_records(self) -> frozenset[tuple[Kind, str]]:
        """The records noted so far."""
        return frozenset(self._records)

    def changes(self) -> Changes:
        """All that was noted."""
        return Changes(frozenset(self._records), self._outbox, self._today, self._from_sync)


class Database:
    """An open cache file. Make it with `open_database` or `create_database`."""

    def __init__(self, path: Path, key: bytes, *, durable: bool = True) -> None:
        self.path = path
        self._key = key
        self._durable = durable
        self._turn = Turn()
        self._local = threading.local()
        self._readers: list[tuple[threading.Thread, Reader]] = []
        self._handing_over = threading.Lock()
        self._listeners: list[Listener] = []
        self._writer = self._connect()
        self._borrowed = Reader(self._writer)
        self._core: Connection | None = None
        self._closed = False
        self.before_begin: list[Callable[[], None]] = []
        """Called when a write has its turn, before its transaction begins; raising refuses the write."""
        self.before_commit: list[Callable[[Write], None]] = []
        """Called inside every transaction right before its commit; raising rolls it back."""
        self.after_rollback: list[Callable[[], None]] = []
        """Called when a transaction came to nothing, whether it had reached `before_commit` or not."""
        self.after_commit: list[Callable[[], None]] = []
        """Called when a transaction was committed, before the turn passes on."""
        self.on_problem: list[Callable[[DatabaseProblem], None]] = []
        """Called when a read or write met damage or a full or failing disk, before the problem is raised."""
        self.on_upkeep: list[Callable[[], None]] = []
        """Called in the background now and then, outside any transaction: for what stands beside the file."""
        self.on_close: list[Callable[[], None]] = []
        """Called when the file was let go."""
        self.commits = 0
        """How many transactions this process has committed: what was read at the same count reads the same."""
        self.touched_at: dict[Kind, int] = {}
        """At which of them a record of each kind was touched last."""

    def __repr__(self) -> str:
        return f"Database({str(self.path)!r})"

    @contextmanager
    def read(self) -> Iterator[Reader]:
        """A reader on this thread. Inside the block all reads see one state of the file.

        Blocks must be short: on the main thread one may keep the sync from writing.
        """
        current: Reader | None = getattr(self._local, "current", None)
        if current is not None:
            yield current
            return
        borrowed = threading.current_thread() is threading.main_thread() and self._turn.taken_at_once()
        try:
            reader = self._local.current = self._borrowed if borrowed else self._own_reader()
            reader._connection.execute("BEGIN")
            try:
                yield reader
            finally:
                _roll_back(reader._connection)
        except Exception as error:  # noqa: BLE001 - whatever it is goes on, in words where it is the file's fault
            self._raise_in_words(error)
        finally:
            self._local.current = None
            if borrowed:
                self._turn.give_back()

    @contextmanager
    def apart(self) -> Iterator[Reader]:
        """A reader over a connection made for this block: what it meets or keeps in memory stays with it."""
        connection = self._connect()
        try:
            connection.execute("PRAGMA cache_size = -4096")
            connection.execute("BEGIN")
            yield Reader(connection)
        finally:
            connection.close()

    @contextmanager
    def write(self, *, patient: bool = False, from_sync: bool = False) -> Iterator[Write]:
        """One transaction, durable when the block ends; rolled back if it raises.

        `patient` is for the sync: it waits while the rep's writes wait. Listeners are called on this thread, after the
        commit and after the lock is free. Blocks must be short (a page of ≤ 200 rows) and never span a request.
        """
        with self._writing(patient):
            core = self._core_connection()
            try:
                for prepare in tuple(self.before_begin):
                    prepare()
                with core.begin():
                    write = Write(self._writer, core, from_sync)
                    yield write
                    for hook in self.before_commit:
                        hook(write)
            except BaseException as error:  # noqa: BLE001 - as above
                # After a commit that failed SQLAlchemy does nothing more, and the transaction would be open still:
                # the next commit would keep what the rep was told is not saved.
                _roll_back(self._writer)
                for undo in self.after_rollback:
                    undo()
                self._raise_in_words(error)
            self.commits += 1
            for hook_after in self.after_commit:
                hook_after()
            changes = write.changes()
            for kind in {kind for kind, _ in changes.records}:
                self.touched_at[kind] = self.commits
        if changes.records or changes.outbox or changes.today:
            for listener in tuple(self._listeners):
                listener(changes)

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Calls `listener` after each commit that noted something, on the thread that wrote; returns how to stop."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener) if listener in self._listeners else None

    def warm(self) -> None:
        """Pays for the first write's imports ahead of it, before the turn is taken; safe on any thread."""
        import sqlalchemy.pool  # noqa: F401

        with self._turn.taken(patient=True):
            self._core_connection()

    def prepare(self, statements: Sequence[str]) -> None:
        """Runs SQL on the connection that writes, outside any transaction: for what lives as long as it (TEMP)."""
        with self._turn.taken(patient=False):
            for sql in statements:
                self._writer.execute(sql)

    def fold_early(self, pages: int) -> None:
        """Folds the write-ahead log into the file as soon as it has so many pages. Only for the thread that writes."""
        self._writer.execute(f"PRAGMA wal_autocheckpoint = {int(pages)}")

    def copy_to(self, target: Path) -> None:
        """Copies the file, still encrypted under the same key, to `target`: complete or absent.

        Raises DatabaseProblem where it can't be.
        """
        unfinished = target.with_name(f"{target.name}.unfinished")
        with self._turn.taken(patient=True):
            try:
                if self._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
                    raise DatabaseProblem("another process reads the file")
                shutil.copyfile(self.path, unfinished)
                unfinished.chmod(stat.S_IRUSR | stat.S_IWUSR)
                with unfinished.open("rb") as copy:
                    os.fsync(copy.fileno())
                unfinished.replace(target)
            except (OSError, driver.Error) as error:
                unfinished.unlink(missing_ok=True)
                self._raise_in_words(error)

    def copy_under(self, target: Path, key: bytes) -> None:
        """Copies everything to a new file `target` that another key opens; on the disk when it returns."""
        with self._turn.taken(patient=True):
            busy = self._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
            if busy:
                raise DatabaseProblem("another process reads the file")
            version = self._writer.execute("PRAGMA user_version").fetchone()[0]
            target.unlink(missing_ok=True)
            os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_RDWR, stat.S_IRUSR | stat.S_IWUSR))
            self._writer.execute(f"ATTACH DATABASE ? AS fresh KEY \"x'{(key + _salt(key)).hex()}'\"", (str(target),))
            try:
                self._writer.execute("SELECT sqlcipher_export('fresh')").fetchone()
                self._writer.execute(f"PRAGMA fresh.user_version = {version}")
            finally:
                self._writer.execute("DETACH DATABASE fresh")
            with target.open("rb") as copy:
                os.fsync(copy.fileno())

    @property
    def is_closed(self) -> bool:
        """Whether the file was let go: nothing can be read any more."""
        return self._closed

    def close(self) -> None:
        """Lets go of the file. Nothing may be read or written afterwards."""
        if self._closed:
            return
        self._closed = True
        with self._turn.taken(patient=True):
            if self._core is not None:
                self._core.close()
            for connection in [*(reader._connection for _, reader in self._readers), self._writer]:
                connection.close()
        for listener in self.on_close:
            listener()

    def _raise_in_words(self, error: BaseException) -> NoReturn:
        """Raises what went wrong, in words where it is the disk's or the file's fault."""
        problem = problem_of(error)
        if problem is None:
            raise error
        for listener in self.on_problem:
            listener(problem)
        raise problem from error

    @contextmanager
    def _writing(self, patient: bool) -> Iterator[None]:
        if getattr(self._local, "current", None) is not self._borrowed:
            with self._turn.taken(patient):
                yield
            return
        # A write within a read of the same thread, which has the turn already: the read goes on behind it.
        _roll_back(self._writer)
        try:
            yield
        finally:
            self._writer.execute("BEGIN")

    def _own_reader(self) -> Reader:
        reader: Reader | None = getattr(self._local, "reader", None)
        if reader is None:
            reader = self._local.reader = self._inherited() or self._new_reader()
        return reader

    def _inherited(self) -> Reader | None:
        """The connection of a thread that has ended: threads come and go as long as the window stands."""
        with self._handing_over:
            for place, (owner, reader) in enumerate(self._readers):
                if not owner.is_alive():
                    self._readers[place] = (threading.current_thread(), reader)
                    return reader
        return None

    def _new_reader(self) -> Reader:
        reader = Reader(self._connect())
        self._readers.append((threading.current_thread(), reader))
        return reader

    def _core_connection(self) -> Connection:
        if self._core is None:
            from sqlalchemy import create_engine, event
            from sqlalchemy.pool import StaticPool

            engine = create_engine(
                "sqlite://", module=driver, creator=lambda: self._writer, poolclass=StaticPool, hide_parameters=True
            )
            event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
            self._core = engine.connect()
        return self._core

    def _connect(self) -> Any:
        if not self.path.exists() or not self.path.stat().st_size:
            return self._connect_with(_salt(self._key))
        try:
            return self._connect_with(b"")
        except KeyRefused:
            # Power that goes while page 1 is written may leave noise there. The write-ahead log has the page whole,
            # but without the salt, which the cipher looks for in the file's first bytes alone, it reads no page at all.
            return self._connect_with(_salt(self._key))

    def _connect_with(self, salt: bytes) -> Any:
        connection = driver.connect(str(self.path), isolation_level=None, check_same_thread=False)
        try:
            self._prepare(connection, salt)
        except BaseException as error:
            connection.close()
            problem = problem_of(error)
            if problem is None:
                raise
            raise problem from error
        return connection

    def _prepare(self, connection: Any, salt: bytes) -> None:
        if not connection.execute("PRAGMA cipher_version").fetchone():
            raise NotEncrypting("the SQLite driver has no cipher")
        connection.execute("PRAGMA cipher_log_level = NONE")
        connection.execute(f"PRAGMA key = \"x'{(self._key + salt).hex()}'\"")
        try:
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except driver.DatabaseError as error:
            # A disk that is full or refuses says nothing about the key, and is no reason to rescue anything.
            problem = problem_of(error)
            if isinstance(problem, DiskFull | DiskFailed):
                raise problem from error
            raise KeyRefused("the file does not open with this key") from error
        for pragma in (
            "journal_mode = WAL",
            f"synchronous = {'FULL' if self._durable else 'OFF'}",
            "fullfsync = ON",
            "busy_timeout = 5000",
            "temp_store = MEMORY",
            "cache_size = -65536",
            "trusted_schema = OFF",
            "cell_size_check = ON",
            "secure_delete = ON",
        ):
            connection.execute(f"PRAGMA {pragma}")
        kept = [str(connection.execute(f"PRAGMA {name}").fetchone()[0]) for name in _KEPT]
        if self._durable and kept != ["wal", "2", "1"]:
            raise NotDurable(f"{_KEPT} are {kept}")


_NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EDQUOT})
_DAMAGE: Final = frozenset({driver.SQLITE_CORRUPT, driver.SQLITE_NOTADB})
_DISK: Final = frozenset({driver.SQLITE_IOERR, driver.SQLITE_CANTOPEN, driver.SQLITE_READONLY})


def problem_of(error: BaseException) -> DatabaseProblem | None:
    """What an error of SQLite's, SQLAlchemy's or the system's means to the rep; None where it is not the file's."""
    if isinstance(error, DatabaseProblem):
        return None
    raw = getattr(error, "orig", None) or error
    if isinstance(raw, driver.Error):
        code = getattr(raw, "sqlite_errorcode", 0) & 0xFF
        if code in _DAMAGE:
            return Damaged(str(raw))
        if code == driver.SQLITE_FULL:
            return DiskFull(str(raw))
        return DiskFailed(str(raw)) if code in _DISK else None
    return DiskFull(str(raw)) if isinstance(raw, OSError) and raw.errno in _NO_ROOM else None


def _roll_back(connection: Any) -> None:
    """Ends a transaction, if one is open. What only read ends alike either way; but a commit can fail, this can't."""
    if connection.in_transaction:
        connection.execute("ROLLBACK")


def _salt(key: bytes) -> bytes:
    """The cipher's salt of a new book: one that can be told again. The key is random, so the salt needs not be."""
    return hashlib.blake2b(b"salt of a book", key=key, digest_size=16).digest()


def open_database(path: Path, key: bytes, *, durable: bool = True) -> Database:
    """Opens the file at `path` with a raw 256-bit key. Raises NoSuchFile or KeyRefused; never makes a file."""
    if not path.exists():
        raise NoSuchFile(str(path))
    return Database(path, key, durable=durable)


def create_database(path: Path, key: bytes, *, durable: bool = True) -> Database:
    """Makes a new file at `path`, readable by its owner alone. Raises FileExistsError over an old one.

    `durable=False` is for tests and the demo book, where a power cut may take the last commits along.
    """
    path.parent.mkdir(mode=stat.S_IRWXU, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, stat.S_IRUSR | stat.S_IWUSR)
    os.close(descriptor)
    return Database(path, key, durable=durable)
