"""A book that was away from the CRM for too long opens only when the CRM knows its user again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from companion.database import Database, create_database
from companion.store import lease, meta
from companion.store.migrations import migrate

DAY = 86_400
BEGIN = 1_795_000_000


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = create_database(tmp_path / "book.db", bytes(range(32)), durable=False)
    migrate(made)
    yield made
    made.close()


def left(database: Database, now: int) -> int | None:
    with database.read() as rows:
        return lease.days_left(rows, now)


def synced(database: Database, at: int) -> None:
    with database.write() as write:
        meta.put(write, "synced_at", at)


def test_before_the_first_sync_nothing_is_there_to_keep_closed(database: Database) -> None:
    assert left(database, BEGIN + 400 * DAY) is None


def test_thirty_days_after_the_last_sync_the_book_asks_for_the_crm(database: Database) -> None:
    synced(database, BEGIN)

    assert left(database, BEGIN + 29 * DAY) == 1
    assert left(database, BEGIN + 31 * DAY) == -1
    synced(database, BEGIN + 31 * DAY)
    assert left(database, BEGIN + 32 * DAY) == 29


def test_setting_the_clock_back_gives_no_days(database: Database) -> None:
    synced(database, BEGIN)
    lease.note(database, BEGIN + 31 * DAY)
    lease.note(database, BEGIN + DAY)

    assert left(database, BEGIN + DAY) == -1
    assert left(database, BEGIN - 400 * DAY) == -1


def test_a_user_whom_the_crm_knows_again_has_thirty_days_more(database: Database) -> None:
    synced(database, BEGIN)

    lease.renew(database, BEGIN + 40 * DAY)

    assert left(database, BEGIN + 41 * DAY) == 29
