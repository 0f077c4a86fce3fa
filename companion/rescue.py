"""A damaged, missing or outdated book comes back: what the CRM does not have yet from the journal, the rest from it.

The damaged files are never deleted but moved to `quarantine/<stamp>/`. The new book is made beside them and takes their
place in one step, so an interrupted rescue begins again or is ended by the next start. No new book is ever made unless
the journal, sealed with the same key, proves that the key is the right one.
"""

from __future__ import annotations

import json
import os
import stat
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from companion.database import (
    Damaged,
    Database,
    DatabaseProblem,
    DiskFailed,
    KeyRefused,
    NoSuchFile,
    create_database,
    open_database,
    problem_of,
)
from companion.domain.language import said, tr
from companion.store import journal
from companion.store.journal import JOURNAL, BookIsOlder, Journal
from companion.store.journal_file import sync_folder

if TYPE_CHECKING:
    from companion.store.journal_entry import Told
    from companion.store.putting_back import PutBack

BOOK: Final = "book.db"
IN_USE: Final = "in-use"
"""Lies in the profile while its book is open: where it is found at a start, the last end was not a clean one."""
CHECK_DUE: Final = "check-due"
"""The book must be checked in the background, soon."""
DAMAGED: Final = "damaged"
"""A read or a write met damage: the next start looks closely."""
QUARANTINE: Final = "quarantine"

_UNFINISHED: Final = "book.unfinished"
_RESCUED: Final = "book.rescued"
_SIDES: Final = ("", "-wal", "-shm")
_open_here: Final[list[Path]] = []
"""The folders of the profiles whose book this process has open: twice where an old one still waits for an answer."""


class Rescued(NamedTuple):
    """How many unsent ops were saved, and where the damaged files lie now."""

    ops: int
    folder: Path


class NotFollowed(DatabaseProblem):
    """The journal of the outbox can't be kept: the second copy that a rescue needs."""

    title = said("The safety copy of your changes can’t be written")
    advice = said("Look at the rights of the profile’s folder and at the disk, then start again. Nothing was changed.")


def open_book(folder: Path, key: bytes, now: int, *, durable: bool = True) -> Database:
    """Opens the book of a profile with its journal behind it, whatever became of the files since.

    A book that was damaged, or that is missing while its journal is there, is rescued; ops that it lacks, as an older
    copy of it does, are put back. `now` in seconds since 1970. Raises DatabaseProblem with nothing moved where the key
    is not the right one for certain, or where the file was written by a newer Companion.
    """
    from companion.store.migrations import migrate

    if (folder / _RESCUED).exists():
        _take_place(folder, now)
    kept = Journal(folder / JOURNAL, key, durable=durable)
    try:
        database = _opened(folder, key, durable)
        try:
            moved = migrate(database)
            _catch_up(database, kept, now, moved)
            _watch(database, folder, now)
        except BaseException:
            database.close()
            raise
    except (Damaged, KeyRefused, NoSuchFile):
        if not _proves_key(folder / BOOK, key, kept):
            raise
        rescue(folder, key, now, durable=durable)
        database = _reopened(folder, key, kept, now, durable)
    return database


def rescue(folder: Path, key: bytes, now: int, *, durable: bool = True) -> Rescued:
    """Makes the book anew from its journal and from what can be read of the damaged one, and leaves a notice.

    The next sync reads everything again and finds the records by the CRM's ids. `now` in seconds since 1970.
    """
    from companion.domain.notices import Notice
    from companion.domain.ops import OpState
    from companion.store import local_only, migrations, notices
    from companion.store.putting_back import put_back
    from companion.store.salvage import Salvage, salvage, united

    kept = Journal(folder / JOURNAL, key, durable=durable)
    told = kept.read()
    there = (folder / BOOK).exists()
    found = salvage(folder / BOOK, key, told) if there else Salvage()
    kept_here = local_only.find(folder / BOOK, key) if there else []
    place = _new_place(folder, now)
    with _unfinished(folder, key, durable) as book:
        migrations.migrate(book)
        with book.write() as write:
            _put_facts(write, told, found.facts)
            back = put_back(write, united(told, found), now)
            local_only.put(write, kept_here)
            write.text("UPDATE outbox SET state = ? WHERE state = ?", (OpState.UNKNOWN, OpState.IN_FLIGHT))
            number = max(told.number, found.number, 0) + 1
            write.text("INSERT OR REPLACE INTO meta VALUES (?, ?)", (journal.SEQ, str(number)))
            notices.put(write, Notice("rescued", at=now, facts={"ops": back.unfinished, "folder": str(place)}))
        with book.read() as rows:
            journal.rebuild(rows, kept)
    (folder / _UNFINISHED).replace(folder / _RESCUED)
    _take_place(folder, now)
    return Rescued(back.unfinished, place)


@contextmanager
def made_whole(folder: Path, key: bytes, *, durable: bool = True) -> Iterator[Database]:
    """A new book that takes its place when the block has filled it: no start ever finds half of one."""
    with _unfinished(folder, key, durable) as book:
        yield book
    (folder / _UNFINISHED).replace(folder / BOOK)
    sync_folder(folder)


@contextmanager
def _unfinished(folder: Path, key: bytes, durable: bool) -> Iterator[Database]:
    for side in _SIDES:
        (folder / f"{_UNFINISHED}{side}").unlink(missing_ok=True)
    book = create_database(folder / _UNFINISHED, key, durable=durable)
    try:
        yield book
    finally:
        book.close()
    # Closing says nothing where the disk refused to bring the log into the file; the log then stays.
    log = folder / f"{_UNFINISHED}-wal"
    if log.exists() and log.stat().st_size:
        raise DiskFailed("the new book could not be completed")


def is_here(folder: Path) -> bool:
    """Whether the profile has a book, or what one can be rescued from."""
    return any((folder / name).exists() for name in (BOOK, _RESCUED, JOURNAL))


def is_gone(folder: Path) -> bool:
    """Whether the profile's key is here, and of its book and of the journal nothing: not even what was being made."""
    from companion.credentials import KEY_FILE

    return (folder / KEY_FILE).exists() and not is_here(folder) and not (folder / _UNFINISHED).exists()


def is_open_here(folder: Path) -> bool:
    """Whether this process has the profile's book open."""
    return folder.resolve() in _open_here


def _opened(folder: Path, key: bytes, durable: bool) -> Database:
    """The book, if it is one. After damage was met it is looked through first."""
    if (folder / BOOK).exists() and not (folder / BOOK).stat().st_size:
        raise Damaged("the file is empty")
    database = open_database(folder / BOOK, key, durable=durable)
    try:
        with database.read() as rows:
            if not rows.value("PRAGMA user_version"):
                raise Damaged("the file holds no book")
        if (folder / DAMAGED).exists():
            _look_through(database)
            (folder / DAMAGED).unlink(missing_ok=True)
    except BaseException:
        database.close()
        raise
    return database


def _look_through(database: Database) -> None:
    from companion.store import soundness

    if words := soundness.trouble(database):
        raise Damaged(words)


def _catch_up(database: Database, kept: Journal, now: int, moved: bool) -> None:
    try:
        journal.follow(database, kept, anew=moved)
    except BookIsOlder:
        # Pages of two times may lie in such a file side by side, each of them authentic.
        _look_through(database)
        _bring_forward(database, kept, now)
        journal.follow(database, kept, anew=True)
    except OSError as error:
        problem = problem_of(error)
        raise problem or NotFollowed(type(error).__name__) from error


def _bring_forward(database: Database, kept: Journal, now: int) -> PutBack:
    """An older copy of the book, or one that lost its last commits, gets the ops that its journal knows."""
    from companion.store import putting_back

    told = kept.read()
    with database.write() as write:
        back = putting_back.put_back(write, told.rows.values(), now, words=tr("put back from the journal"))
        if told.whole:
            putting_back.end_missing(write, told.rows, now)
        _put_facts(write, told, {}, only_missing=True)
        secret = (told.head or {"facts": {}})["facts"].get("secret")
        if secret is not None:  # a CRM may have ended the older one when it gave the newer
            write.text("INSERT OR REPLACE INTO meta VALUES ('secret', ?)", (secret,))
        write.text("INSERT OR REPLACE INTO meta VALUES (?, ?)", (journal.SEQ, str(told.number)))
    return back


def _reopened(folder: Path, key: bytes, kept: Journal, now: int, durable: bool) -> Database:
    database = open_database(folder / BOOK, key, durable=durable)
    try:
        journal.follow(database, kept)
        _watch(database, folder, now)
    except BaseException:
        database.close()
        raise
    return database


def _watch(database: Database, folder: Path, now: int) -> None:
    """Leaves a mark while the book is open, and another when a page of it turns out damaged."""

    def met(problem: DatabaseProblem) -> None:
        if isinstance(problem, Damaged):
            mark(folder / DAMAGED)

    if (folder / IN_USE).exists():
        mark(folder / CHECK_DUE)
    mark(folder / IN_USE)

    first = threading.Lock()

    def carry_ballast() -> None:
        """Not at the start, which it would make longer."""
        if first.acquire(blocking=False):
            from companion import ballast

            ballast.follow(database, folder, now)

    database.on_problem.append(met)
    database.before_begin.append(carry_ballast)
    database.on_upkeep.append(carry_ballast)
    place = folder.resolve()
    _open_here.append(place)
    database.on_close.append(lambda: _left(place))


def _left(place: Path) -> None:
    """A book of this folder was closed in order; another one may have been opened since."""
    _open_here.remove(place)
    if place not in _open_here:
        (place / IN_USE).unlink(missing_ok=True)


def mark(file: Path) -> None:
    """Leaves an empty file."""
    try:
        os.close(os.open(file, os.O_CREAT | os.O_WRONLY, stat.S_IRUSR | stat.S_IWUSR))
    except OSError:
        return  # on a full or broken disk there are other words for the rep


def _proves_key(book: Path, key: bytes, kept: Journal) -> bool:
    """Whether the journal is sealed with this key, or the damaged book itself says with it which CRM it is of."""
    from companion.store.salvage import attempt

    if any(each.head is not None for each in kept.entries()):
        return True
    question = "SELECT value FROM meta WHERE key = 'crm'"
    return (
        book.exists() and book.stat().st_size > 0 and attempt(book, key, lambda rows: rows.value(question)) is not None
    )


def _put_facts(write: Any, told: Told, found: Mapping[str, str], *, only_missing: bool = False) -> None:
    """What the book knows of itself, from the newest head, or from the damaged book where the journal has none."""
    head = told.head
    facts: Mapping[str, str] = {**found, **(head["facts"] if head else {})}
    verb = "IGNORE" if only_missing else "REPLACE"
    for name, value in facts.items():
        if name in journal.FACTS and _is_json(value):
            write.text(f"INSERT OR {verb} INTO meta VALUES (?, ?)", (name, value))
    if not only_missing:
        _put_me(write, facts)


def _put_me(write: Any, facts: Mapping[str, str]) -> None:
    """The signed-in user keeps the local id that ops and reasons name."""
    from companion.domain.records import Kind
    from companion.store import identities, records

    me, account = (json.loads(facts.get(name) or "null") for name in ("me", "account"))
    if isinstance(me, str) and isinstance(account, list) and len(account) == 3:
        name = json.loads(facts.get("user_name") or "null")
        records.put(write, Kind.USER, [{"id": me, "name": name}])
        identities.identify(write, Kind.USER, me, account[2])


def _is_json(text: Any) -> bool:
    try:
        json.loads(text)
    except (TypeError, ValueError, RecursionError):
        return False
    return True


def _new_place(folder: Path, now: int) -> Path:
    from datetime import UTC, datetime

    stamp = datetime.fromtimestamp(now, UTC).strftime("%Y%m%d-%H%M%S")
    place = folder / QUARANTINE / stamp
    count = 1
    while place.exists():
        count += 1
        place = folder / QUARANTINE / f"{stamp}-{count}"
    return place


def _take_place(folder: Path, now: int) -> Path:
    """Moves the damaged files away and the rescued one to their place; whatever of it is done already stays so."""
    place = _new_place(folder, now)
    for side in reversed(_SIDES):
        old = folder / f"{BOOK}{side}"
        if old.exists():
            place.mkdir(mode=stat.S_IRWXU, parents=True, exist_ok=True)
            old.replace(place / old.name)
    sync_folder(folder)  # after a power cut the old log must not stand beside the new book: SQLite would put it in
    (folder / _RESCUED).replace(folder / BOOK)
    (folder / DAMAGED).unlink(missing_ok=True)
    sync_folder(folder)
    return place
