"""What a book needs now and then: a look after a crash and each week, old ops forgotten, the journal and room kept."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from companion import bootstrap
from companion.ballast import Ballast
from companion.core import Core
from companion.database import Damaged, Database, open_database
from companion.domain.account import Account
from companion.domain.ops import FINISHED, OpState
from companion.domain.records import Kind
from companion.domain.sync_status import Phase, SyncStatus
from companion.rescue import CHECK_DUE, DAMAGED, IN_USE, open_book
from companion.store import outbox
from companion.store.journal import JOURNAL, Journal
from companion.store.outbox import QueuedOp
from companion.upkeep import KEEP_DAYS, look_after
from tests.rig.damage import begun
from tests.sync.world import KEY

DAY = 86_400
NOW = 1_795_000_000


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return begun(tmp_path / "profile")


@pytest.fixture
def database(folder: Path) -> Iterator[Database]:
    database = open_book(folder, KEY, NOW, durable=False)
    yield database
    database.close()


def add(database: Database, op_id: str, state: OpState, at: int) -> None:
    """An op that came to a state at an instant."""
    with database.write() as write:
        outbox.add(write, QueuedOp(op_id, Kind.PERSON, "marta", "update", "Edit", "g", at, fields={"role": "x"}))
        done_at = at if state is OpState.DONE else None
        write.text("UPDATE outbox SET state = ?, done_at = ? WHERE id = ?", (state, done_at, op_id))


def ids(database: Database) -> set[str]:
    with database.read() as rows:
        return {row[0] for row in rows.all("SELECT id FROM outbox")}


def damage(folder: Path) -> None:
    """Some bytes of the page of deals, which no start reads, are not what was written."""
    file = folder / "book.db"
    with closing(open_database(file, KEY, durable=False)) as database, database.read() as rows:
        page = int(rows.value("SELECT rootpage FROM sqlite_master WHERE name = 'deals'"))
    data = bytearray(file.read_bytes())
    data[page * 4096 - 300 : page * 4096 - 200] = bytes(100)
    file.write_bytes(data)


def test_after_an_unclean_end_the_file_is_looked_through_and_damage_found(folder: Path, database: Database) -> None:
    database.close()
    damage(folder)
    (folder / IN_USE).touch()  # it was open when the power went
    again = open_book(folder, KEY, NOW, durable=False)

    with pytest.raises(Damaged):
        look_after(again, folder, NOW)

    again.close()
    assert (folder / DAMAGED).exists()


def test_a_damaged_book_is_not_synced_and_the_window_hears_what_to_do(folder: Path, database: Database) -> None:
    database.close()
    damage(folder)
    (folder / CHECK_DUE).touch()
    heard: list[SyncStatus] = []
    again = open_book(folder, KEY, NOW, durable=False)
    core = Core(again, bootstrap.default_workspace(), lambda: datetime.fromtimestamp(NOW, UTC), folder, Account("none"))

    core.start_sync(heard.append)

    assert core.worker is None
    (status,) = heard
    assert status.phase is Phase.STOPPED
    assert status.problem is not None
    assert status.problem.title == "The local copy is damaged"
    core.close()


def test_after_a_clean_end_it_is_looked_through_once_a_week(folder: Path, database: Database) -> None:
    look_after(database, folder, NOW)
    database.close()
    damage(folder)
    again = open_book(folder, KEY, NOW, durable=False)

    look_after(again, folder, NOW + 6 * DAY)
    with pytest.raises(Damaged):
        look_after(again, folder, NOW + 7 * DAY)

    again.close()


def test_a_sound_file_needs_no_second_look(folder: Path, database: Database) -> None:
    (folder / CHECK_DUE).touch()

    look_after(database, folder, NOW)

    assert not (folder / CHECK_DUE).exists()
    assert not (folder / DAMAGED).exists()


@pytest.mark.parametrize("state", list(OpState))
def test_only_what_came_to_its_end_is_forgotten_and_not_before_ninety_days(
    folder: Path, database: Database, state: OpState
) -> None:
    look_after(database, folder, NOW - 2 * DAY)
    add(database, "old", state, NOW - (KEEP_DAYS + 1) * DAY)
    add(database, "young", state, NOW - (KEEP_DAYS - 2) * DAY)

    look_after(database, folder, NOW)

    assert ids(database) == ({"young"} if state in FINISHED else {"old", "young"})
    with database.read() as rows:
        left = {row[0] for row in rows.all("SELECT op_id FROM op_events")}
    assert left == ids(database)


def test_an_old_op_that_ended_lately_is_kept(folder: Path, database: Database) -> None:
    look_after(database, folder, NOW - 2 * DAY)
    add(database, "op", OpState.PENDING, NOW - 200 * DAY)
    with database.write() as write:
        op = outbox.get(write, "op")
        assert op is not None
        outbox.move(write, op, OpState.DISCARDED, NOW - DAY)

    look_after(database, folder, NOW)

    assert ids(database) == {"op"}


def test_a_clock_that_leaps_by_years_does_not_make_yesterdays_ops_old(folder: Path, database: Database) -> None:
    look_after(database, folder, NOW - DAY)
    add(database, "op", OpState.DONE, NOW)

    look_after(database, folder, NOW + 3650 * DAY)

    assert ids(database) == {"op"}


def test_a_journal_that_was_damaged_meanwhile_is_made_anew(folder: Path, database: Database) -> None:
    for number in range(5):
        add(database, f"op-{number}", OpState.PENDING, NOW)
    journal = folder / JOURNAL
    data = bytearray(journal.read_bytes())
    data[len(data) // 2] ^= 1
    journal.write_bytes(data)
    assert not Journal(journal, KEY).read().whole

    look_after(database, folder, NOW)

    told = Journal(journal, KEY).read()
    assert told.whole
    assert {each.row["id"] for each in told.rows.values() if each.row} == ids(database)
    add(database, "one more", OpState.PENDING, NOW)
    assert Journal(journal, KEY).read().whole


def test_what_is_over_leaves_the_journal_with_the_next_session(folder: Path, database: Database) -> None:
    add(database, "over", OpState.DISCARDED, NOW)
    add(database, "waiting", OpState.PENDING, NOW)

    look_after(database, folder, NOW)

    told = Journal(folder / JOURNAL, KEY).read()
    assert {each.row["id"] for each in told.rows.values() if each.row} == {"waiting"}
    assert told.whole


def test_the_ballast_is_made_in_the_background_and_not_at_the_start(folder: Path, database: Database) -> None:
    assert not Ballast(folder).is_whole

    look_after(database, folder, NOW)

    assert Ballast(folder).is_whole
    assert Ballast(folder).file.stat().st_blocks * 512 >= 8 * 1024 * 1024
