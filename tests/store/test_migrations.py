"""An update of the file's shape with changes waiting: none is lost, wherever it dies, and the old file stays usable."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from companion import rescue
from companion.database import Database, DiskFull, Write, open_database
from companion.domain.ops import OpState
from companion.rescue import open_book
from companion.store import migrations, outbox
from companion.store.journal import JOURNAL, Journal
from companion.store.migrations import STEPS, FileIsNewer, NoRoomToUpdate, migrate
from companion.upkeep import look_after
from tests.store.make_fixture import FIXTURES, KEY, NOW, rows_of

ROOT = Path(__file__).parents[2]
DAY = 86_400


def another_step(write: Write) -> None:
    """As a next release may do: the outbox is built anew with one more column."""
    (made,) = [row[0] for row in write.all("SELECT sql FROM sqlite_master WHERE name = 'outbox'")]
    write.text(made.replace("CREATE TABLE outbox (", "CREATE TABLE outbox_2 (next_column TEXT, ", 1))
    names = ", ".join(outbox.NAMES)
    write.text(f"INSERT INTO outbox_2 ({names}) SELECT {names} FROM outbox")
    write.text("DROP TABLE outbox")
    write.text("ALTER TABLE outbox_2 RENAME TO outbox")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The profile of a released version with an op in every state."""
    folder = tmp_path / "profile"
    folder.mkdir()
    (folder / "book.db").write_bytes((FIXTURES / "version-1.db").read_bytes())
    return folder


@pytest.fixture
def next_release(monkeypatch: pytest.MonkeyPatch) -> int:
    """Companion as it is, one step of the file's shape later; returns the version."""
    monkeypatch.setattr(migrations, "STEPS", (*STEPS, another_step))
    return len(STEPS) + 1


def told() -> dict[str, dict[str, Any]]:
    """What the outbox of the released version held."""
    found: dict[str, dict[str, Any]] = json.loads((FIXTURES / "version-1.json").read_text())
    return found


def ops(database: Database, like: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The ops with the columns that the older version had."""
    with database.read() as rows:
        now = rows_of(rows)
    return {key: {name: row[name] for name in like[key]} for key, row in now.items()}


@pytest.fixture
def followed(folder: Path) -> Iterator[Database]:
    database = open_book(folder, KEY, NOW, durable=False)
    yield database
    database.close()


def test_the_released_fixture_has_an_op_in_every_state_it_can_be_left_in() -> None:
    assert {row["state"] for row in told().values()} == {state.value for state in OpState}


def test_a_released_step_is_never_edited(tmp_path: Path) -> None:
    from companion.database import create_database

    with closing(create_database(tmp_path / "fresh.db", KEY, durable=False)) as fresh:
        migrate(fresh)
        with fresh.read() as rows:
            now = rows.all("SELECT name, sql FROM sqlite_master ORDER BY name")
    (tmp_path / "old.db").write_bytes((FIXTURES / "version-1.db").read_bytes())
    with closing(open_database(tmp_path / "old.db", KEY, durable=False)) as old:
        migrate(old)
        with old.read() as rows:
            then = rows.all("SELECT name, sql FROM sqlite_master ORDER BY name")

    assert then == now, "add another step; before the first release: python -m tests.store.make_fixture"


def test_a_file_of_a_released_version_opens_with_all_its_ops(followed: Database) -> None:
    assert ops(followed, told()) == told()


def test_the_next_step_keeps_each_op_and_leaves_a_copy(folder: Path, next_release: int) -> None:
    with closing(open_book(folder, KEY, NOW, durable=False)) as database:
        assert ops(database, told()) == told()
        with database.read() as rows:
            assert rows.value("PRAGMA user_version") == next_release

    copy = folder / f"book.before-{next_release}"
    with closing(open_database(copy, KEY, durable=False)) as before:
        assert ops(before, told()) == told()
    journal = Journal(folder / JOURNAL, KEY).read()
    assert journal.whole
    waiting = {key for key, row in told().items() if row["state"] not in ("done", "discarded")}
    assert {each.row["id"] for each in journal.rows.values() if each.row} == waiting


def test_what_the_journal_of_the_older_version_says_is_put_back_into_the_newer_shape(
    folder: Path, next_release: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrations, "STEPS", STEPS)
    open_book(folder, KEY, NOW, durable=False).close()
    monkeypatch.setattr(migrations, "STEPS", (*STEPS, another_step))
    (folder / "book.db").unlink()

    with closing(open_book(folder, KEY, NOW, durable=False)) as database:
        found = ops(database, told())

    for key, row in told().items():
        if row["state"] not in ("done", "discarded"):
            state = "unknown" if row["state"] == "in_flight" else row["state"]
            assert found[key] == {**row, "state": state}


DYING = """
import os, sys
from pathlib import Path
from companion.store import migrations
from companion.database import Database
from companion.rescue import open_book
from tests.store.make_fixture import KEY, NOW
from tests.store.test_migrations import another_step

point, folder = sys.argv[1], Path(sys.argv[2])

def step(write):
    another_step(write)
    if point == "in the step":
        os._exit(9)

def before(write):
    if point == "before the commit":
        os._exit(9)

copy, write = Database.copy_to, Database.write

def dying_copy(self, target):
    self.before_commit.append(before)
    if point == "before the copy":
        os._exit(9)
    copy(self, target)
    if point == "after the copy":
        os._exit(9)

def after():
    if point == "after the commit":
        os._exit(9)

class Dying(Database):
    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.after_commit.append(after)

Database.copy_to = dying_copy
import companion.database
companion.database.Database = Dying
Dying.copy_to = dying_copy
migrations.STEPS = (*migrations.STEPS, step)
open_book(folder, KEY, NOW).close()
os._exit(0)
"""


@pytest.mark.parametrize(
    "point", ["before the copy", "after the copy", "in the step", "before the commit", "after the commit"]
)
def test_killed_anywhere_the_next_start_has_every_op_in_the_new_shape(
    folder: Path, next_release: int, point: str
) -> None:
    command = [sys.executable, "-c", DYING, point, str(folder)]
    assert subprocess.run(command, cwd=ROOT, timeout=60, check=False).returncode == 9

    with closing(open_book(folder, KEY, NOW, durable=False)) as database:
        assert ops(database, told()) == told()
        with database.read() as rows:
            assert rows.value("PRAGMA user_version") == next_release


def test_a_full_disk_is_said_and_the_file_stays_as_it_was(
    folder: Path, next_release: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = (folder / "book.db").read_bytes()

    def full(self: Database, target: Path) -> None:
        raise DiskFull("no room")

    with monkeypatch.context() as patch:
        patch.setattr(Database, "copy_to", full)
        with pytest.raises(NoRoomToUpdate):
            open_book(folder, KEY, NOW, durable=False)

    assert (folder / "book.db").read_bytes() == before
    monkeypatch.setattr(migrations, "STEPS", STEPS)
    with closing(open_book(folder, KEY, NOW, durable=False)) as old:
        assert ops(old, told()) == told()


def test_a_step_that_fails_leaves_the_old_file_usable(
    folder: Path, next_release: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(write: Write) -> None:
        another_step(write)
        raise RuntimeError("a bug of the new release")

    monkeypatch.setattr(migrations, "STEPS", (*STEPS, broken))
    with pytest.raises(RuntimeError, match="a bug"):
        open_book(folder, KEY, NOW, durable=False)

    monkeypatch.setattr(migrations, "STEPS", STEPS)
    with closing(open_book(folder, KEY, NOW, durable=False)) as old:
        assert ops(old, told()) == told()


def test_an_older_companion_refuses_a_newer_file_and_its_journal_untouched(
    folder: Path, next_release: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_book(folder, KEY, NOW, durable=False).close()
    before = {each.name: each.read_bytes() for each in folder.iterdir()}
    monkeypatch.setattr(migrations, "STEPS", STEPS)

    with pytest.raises(FileIsNewer):
        open_book(folder, KEY, NOW, durable=False)

    assert {each.name: each.read_bytes() for each in folder.iterdir()} == before


def test_a_damaged_file_is_rescued_and_not_brought_to_another_shape(folder: Path, next_release: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(migrations, "STEPS", STEPS)
        with closing(open_book(folder, KEY, NOW, durable=False)) as database, database.read() as rows:
            page = int(rows.value("SELECT rootpage FROM sqlite_master WHERE name = 'deals'"))
    data = bytearray((folder / "book.db").read_bytes())
    data[page * 4096 - 300] ^= 1
    (folder / "book.db").write_bytes(data)

    with closing(open_book(folder, KEY, NOW, durable=False)) as database:
        found = ops(database, told())

    assert (folder / rescue.QUARANTINE).exists()
    assert found.keys() >= {key for key, row in told().items() if row["state"] not in ("done", "discarded")}
    assert not (folder / f"book.before-{next_release}").exists()


def test_the_copy_goes_after_a_month(folder: Path, next_release: int) -> None:
    with closing(open_book(folder, KEY, NOW, durable=False)) as database:
        copy = folder / f"book.before-{next_release}"
        made = int(copy.stat().st_mtime)
        look_after(database, folder, made + 29 * DAY)
        assert copy.exists()
        look_after(database, folder, made + 31 * DAY)
        assert not copy.exists()
