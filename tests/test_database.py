"""The cache file: encrypted, durable, never made over an old one, and the rep's write before the sync's."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from companion.database import (
    Database,
    DiskFailed,
    DiskFull,
    KeyRefused,
    NoSuchFile,
    create_database,
    open_database,
)
from companion.domain.changes import Changes
from companion.domain.records import Kind
from companion.store import records
from companion.store.migrations import STEPS, FileIsNewer, migrate
from tests.rig.failing import Doom, How, failing_files

KEY = bytes(range(32))
SECRET = "Ferreira-canary-7731"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "profile" / "book.db"


@pytest.fixture
def database(file: Path) -> Database:
    database = create_database(file, KEY)
    migrate(database)
    return database


def add(database: Database, name: str) -> None:
    with database.write() as write:
        records.put(write, Kind.PERSON, [{"id": name, "name": name, "phone": "+47 55 12 40 18"}])


def test_nothing_that_is_written_can_be_read_in_the_file_or_its_journal(database: Database, file: Path) -> None:
    add(database, SECRET)

    for each in file.parent.iterdir():
        content = each.read_bytes()
        assert SECRET.encode() not in content, each.name
        assert not content.startswith(b"SQLite format 3"), each.name
    database.close()


def test_the_file_is_readable_by_its_owner_alone(database: Database, file: Path) -> None:
    assert file.stat().st_mode & 0o077 == 0
    database.close()


def test_what_was_acknowledged_is_there_after_opening_again(database: Database, file: Path) -> None:
    add(database, "Marta")
    database.close()

    again = open_database(file, KEY)

    with again.read() as rows:
        assert rows.all("SELECT name FROM people") == [("Marta",)]
        assert rows.value("PRAGMA synchronous") == 2
        assert rows.value("PRAGMA journal_mode") == "wal"
    again.close()


def test_a_wrong_key_is_refused_and_the_file_is_left_as_it_was(database: Database, file: Path) -> None:
    add(database, "Marta")
    database.close()
    before = file.read_bytes()

    with pytest.raises(KeyRefused):
        open_database(file, bytes(32))

    assert file.read_bytes() == before


def test_a_missing_file_is_never_made_by_opening_and_an_old_one_never_by_creating(
    database: Database, file: Path
) -> None:
    with pytest.raises(NoSuchFile):
        open_database(file.with_name("other.db"), KEY)
    assert not file.with_name("other.db").exists()
    with pytest.raises(FileExistsError):
        create_database(file, KEY)
    database.close()


def test_a_block_that_raises_leaves_nothing_behind_and_tells_nobody(database: Database) -> None:
    heard: list[Changes] = []
    database.subscribe(heard.append)

    def half() -> None:
        with database.write() as write:
            records.put(write, Kind.PERSON, [{"id": "p", "name": "Marta"}])
            raise RuntimeError("halfway")

    with pytest.raises(RuntimeError):
        half()

    with database.read() as rows:
        assert rows.value("SELECT count(*) FROM people") == 0
    assert heard == []
    database.close()


def test_listeners_hear_what_a_commit_touched(database: Database) -> None:
    heard: list[Changes] = []
    stop = database.subscribe(heard.append)

    add(database, "Marta")
    stop()
    add(database, "Daniel")

    assert [changes.records for changes in heard] == [frozenset({(Kind.PERSON, "Marta")})]
    database.close()


def test_the_reps_write_goes_before_the_syncs_that_waited_longer(database: Database) -> None:
    order: list[str] = []
    held, ready = threading.Event(), threading.Barrier(3)

    def write(name: str, patient: bool) -> None:
        ready.wait()
        if not patient:
            # The sync's is waiting by now: it asked first.
            threading.Event().wait(0.1)
        with database.write(patient=patient):
            order.append(name)

    threads = [threading.Thread(target=write, args=each) for each in (("sync", True), ("rep", False))]
    for thread in threads:
        thread.start()
    with database.write():
        ready.wait()
        held.wait(0.3)
    for thread in threads:
        thread.join(5)

    assert order == ["rep", "sync"]
    database.close()


def people(database: Database) -> int:
    with database.read() as rows:
        return int(rows.value("SELECT count(*) FROM people"))


def test_a_reader_of_another_thread_sees_one_state_while_the_rep_writes(database: Database) -> None:
    add(database, "Marta")
    seen: list[int] = []
    began, wrote = threading.Event(), threading.Event()

    def read() -> None:
        with database.read() as rows:
            seen.append(rows.value("SELECT count(*) FROM people"))
            began.set()
            wrote.wait(5)
            seen.append(rows.value("SELECT count(*) FROM people"))

    thread = threading.Thread(target=read)
    thread.start()
    began.wait(5)
    add(database, "Daniel")
    wrote.set()
    thread.join(5)

    assert seen == [1, 1]
    assert people(database) == 2
    database.close()


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="only Linux tells which files are open")
def test_threads_that_come_and_go_all_day_keep_no_connection_open(database: Database) -> None:
    seen: list[int] = []

    def look() -> None:
        with database.read() as rows:
            seen.append(int(rows.value("SELECT count(*) FROM people")))

    def one_after_another(times: int) -> int:
        for _ in range(times):
            thread = threading.Thread(target=look)
            thread.start()
            thread.join()
        return sum(1 for _ in Path("/proc/self/fd").iterdir())

    first = one_after_another(1)
    assert one_after_another(20) == first
    assert seen == [0] * 21


def test_the_main_threads_reader_sees_one_state_because_the_sync_waits_for_it(database: Database) -> None:
    add(database, "Marta")
    thread = threading.Thread(target=add, args=(database, "Daniel"))

    with database.read() as rows:
        thread.start()
        thread.join(0.1)
        assert rows.value("SELECT count(*) FROM people") == 1
    thread.join(5)

    assert people(database) == 2
    database.close()


def test_the_main_thread_reads_what_was_committed_while_the_sync_is_in_the_middle_of_a_page(database: Database) -> None:
    begun, read = threading.Event(), threading.Event()

    def page() -> None:
        with database.write(patient=True) as write:
            records.put(write, Kind.PERSON, [{"id": "1", "name": "Marta"}])
            begun.set()
            read.wait(5)

    thread = threading.Thread(target=page)
    thread.start()
    begun.wait(5)
    before = people(database)
    read.set()
    thread.join(5)

    assert before == 0
    assert people(database) == 1
    database.close()


def test_a_write_within_a_read_is_made_and_seen_by_the_rest_of_the_read(database: Database) -> None:
    heard: list[int] = []
    database.subscribe(lambda changes: heard.append(people(database)))

    with database.read() as rows:
        add(database, "Marta")
        assert rows.value("SELECT count(*) FROM people") == 1
    add(database, "Daniel")

    assert heard == [1, 2]
    database.close()


def test_a_write_within_a_write_is_refused_at_once_and_the_next_one_goes_on(database: Database) -> None:
    with database.write(), pytest.raises(RuntimeError, match="within a write"), database.write():
        pass

    with database.write() as write:
        assert write.value("SELECT 1") == 1


def test_extensions_can_not_be_loaded(database: Database) -> None:
    with database.read() as rows, pytest.raises(Exception, match=r"not authorized|no such function"):
        rows.value("SELECT load_extension('evil')")
    database.close()


def test_a_newer_file_is_refused_untouched(database: Database, file: Path) -> None:
    with database.write() as write:
        write.text(f"PRAGMA user_version = {len(STEPS) + 1}")

    with pytest.raises(FileIsNewer):
        migrate(database)

    with database.read() as rows:
        assert rows.value("PRAGMA user_version") == len(STEPS) + 1
    database.close()


def test_a_copy_is_complete_encrypted_and_opens_with_the_same_key(database: Database, file: Path) -> None:
    add(database, SECRET)

    database.copy_to(file.with_suffix(".copy"))

    assert SECRET.encode() not in file.with_suffix(".copy").read_bytes()
    copy = open_database(file.with_suffix(".copy"), KEY)
    with copy.read() as rows:
        assert rows.value("SELECT name FROM people") == SECRET
    copy.close()
    database.close()


def test_a_power_cut_that_leaves_noise_in_the_first_sector_costs_nothing(tmp_path: Path) -> None:
    # given: a book whose first page is in the write-ahead log and was being written to the file
    book = create_database(tmp_path / "book.db", KEY)
    with book.write() as write:
        write.text("CREATE TABLE said (words TEXT)")
        write.text("INSERT INTO said VALUES ('kept')")
    for suffix in ("", "-wal"):
        copied = (tmp_path / f"book.db{suffix}").read_bytes()
        (tmp_path / f"cut.db{suffix}").write_bytes(copied if suffix else os.urandom(512) + copied[512:])
    book.close()

    # when: it is opened at the next start
    cut = open_database(tmp_path / "cut.db", KEY)

    # then
    with cut.read() as rows:
        assert rows.value("SELECT words FROM said") == "kept"
    cut.close()


def test_a_full_disk_at_the_start_is_not_called_a_wrong_key(tmp_path: Path) -> None:
    # given
    create_database(tmp_path / "book.db", KEY).close()
    doom = Doom()
    with failing_files(doom):
        open_database(tmp_path / "book.db", KEY)
        for number in range(len(doom.calls)):
            doom.calls, doom.due = [], {number: How.FULL}
            # when, then
            with pytest.raises(DiskFull):
                open_database(tmp_path / "book.db", KEY)


def test_a_commit_that_fails_keeps_nothing_and_stands_in_nobodys_way(tmp_path: Path) -> None:
    # given
    doom = Doom()
    with failing_files(doom):
        book = create_database(tmp_path / "book.db", KEY)
        with book.write() as write:
            write.text("CREATE TABLE said (words TEXT)")
        # when
        doom.due = {len(doom.calls) + 2: How.BROKEN}
        with pytest.raises(DiskFailed), book.write() as write:
            write.text("INSERT INTO said VALUES ('refused')")
        with book.write() as write:
            write.text("INSERT INTO said VALUES ('saved')")
    # then
    assert "COMMIT" in doom.said[0]
    with book.read() as rows:
        assert rows.all("SELECT words FROM said") == [("saved",)]
    book.close()
