"""The journal hears of everything that one transaction changes, however it is written."""

from __future__ import annotations

from pathlib import Path

from companion.database import create_database
from companion.store import journal, meta
from companion.store.journal import JOURNAL, Journal
from companion.store.migrations import migrate

KEY = bytes(range(32))


def test_two_facts_of_the_head_change_in_one_transaction(tmp_path: Path) -> None:
    database = create_database(tmp_path / "book.db", KEY, durable=False)
    migrate(database)
    kept = Journal(tmp_path / JOURNAL, KEY)
    journal.follow(database, kept)

    for number in (1, 2):
        with database.write() as write:
            meta.put(write, "generation", number)
            meta.put(write, "install", "here")

    database.close()
    head = kept.read().head
    assert head is not None
    assert head["facts"]["generation"] == "2"
    assert head["facts"]["install"] == '"here"'
