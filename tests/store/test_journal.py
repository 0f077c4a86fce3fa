"""The journal: every change of the outbox is in it, sealed, before the commit, and nothing that was not committed."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from random import Random
from typing import Any

import pytest

from companion.database import DiskFull
from companion.domain.ops import OpState
from companion.domain.records import Kind
from companion.store import journal, meta, outbox, records
from companion.store.journal import JOURNAL, BookIsOlder, Journal, follow
from companion.store.journal_entry import Entry
from companion.store.outbox import QueuedOp
from tests.book import Book

KEY = bytes(range(32))
SECRET = "Ferreira-canary-7731"


@pytest.fixture
def kept(book: Book) -> Journal:
    """A journal that follows the book."""
    kept = Journal(book.database.path.with_name(JOURNAL), KEY, durable=False)
    follow(book.database, kept)
    return kept


def op(number: int = 1, **columns: Any) -> QueuedOp:
    own: dict[str, Any] = {"fields": {"role": "Head"}, "seen": {"role": None}}
    return QueuedOp(f"op-{number}", Kind.PERSON, "marta", "update", "Edit", "g", 1, **{**own, **columns})


def rows_of(kept: Journal) -> dict[str, dict[str, Any]]:
    """The newest row of each op that the journal has."""
    return {each.row["id"]: dict(each.row) for each in kept.read().rows.values() if each.row is not None}


def in_book(book: Book) -> dict[str, dict[str, Any]]:
    """The rows of the outbox, as the journal should have them."""
    with book.database.read() as rows:
        found = rows.all(f"SELECT {outbox.COLUMNS} FROM outbox")
    return {row[0]: dict(zip(outbox.NAMES, row, strict=True)) for row in found}


def test_every_change_of_the_outbox_is_in_the_journal_whatever_sql_made_it(book: Book, kept: Journal) -> None:
    with book.database.write() as write:
        for number in range(3):
            outbox.add(write, op(number))
    with book.database.write() as write:
        write.text("UPDATE outbox SET state = 'attention' WHERE id = 'op-1'")
    with book.database.write() as write:
        write.text("UPDATE outbox SET id = 'other' WHERE id = 'op-2'")
        write.text("DELETE FROM outbox WHERE id = 'op-0'")

    assert rows_of(kept) == in_book(book)
    assert rows_of(kept)["op-1"]["state"] == "attention"
    assert kept.read().whole


def test_a_transaction_that_comes_to_nothing_leaves_no_entry(book: Book, kept: Journal) -> None:
    with book.database.write() as write:
        outbox.add(write, op(1))
    before = kept.path.read_bytes()

    def half() -> None:
        with book.database.write() as write:
            outbox.add(write, op(2))
            book.database.before_commit.append(fail)

    def fail(write: object) -> None:
        raise RuntimeError("after the journal, before the commit")

    with pytest.raises(RuntimeError):
        half()
    book.database.before_commit.remove(fail)

    assert kept.path.read_bytes() == before
    with pytest.raises(ZeroDivisionError), book.database.write():
        raise ZeroDivisionError
    assert kept.path.read_bytes() == before
    with book.database.write() as write:
        outbox.add(write, op(3))
    assert rows_of(kept).keys() == {"op-1", "op-3"}
    assert kept.read().whole


def test_a_full_disk_under_the_journal_refuses_the_write_whole(
    book: Book, kept: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    with book.database.write() as write:
        outbox.add(write, op(1))
    before, real = kept.path.read_bytes(), os.write

    def half_written(file: int, data: bytes) -> int:
        if len(data) > 100:
            return real(file, bytes(data[:100]))
        raise OSError(28, "No space left on device")

    def attempt() -> None:
        with book.database.write() as write:
            outbox.add(write, op(2))

    monkeypatch.setattr(os, "write", half_written)
    with pytest.raises(DiskFull):
        attempt()
    monkeypatch.undo()

    assert kept.path.read_bytes() == before
    assert in_book(book).keys() == {"op-1"}


def test_an_entry_tells_the_crms_ids_of_all_that_the_op_names(book: Book, kept: Journal) -> None:
    book.put(Kind.COMPANY, id="aster", remote_id="C1", name="Aster")
    book.put(Kind.PERSON, id="marta", remote_id="P1", name="Marta")
    with book.database.write() as write:
        outbox.add(write, op(1, links={"company": "aster"}, seen={"company": "birch", "owner": "remote:U9"}))

    (entry,) = kept.read().rows.values()

    assert entry.remote == {"marta": ("person", "P1"), "aster": ("company", "C1"), "birch": ("company", None)}


def test_the_head_follows_what_a_rescue_needs(book: Book, kept: Journal) -> None:
    with book.database.write() as write:
        meta.put(write, "secret", "one")
    with book.database.write() as write:
        meta.put(write, "secret", "two")

    head = kept.read().head

    assert head is not None
    assert head["facts"]["secret"] == '"two"'
    assert head["facts"]["me"] == '"me"'


def test_nothing_can_be_read_without_the_key_and_nobody_else_may_try(book: Book, kept: Journal) -> None:
    with book.database.write() as write:
        outbox.add(write, op(1, fields={"role": SECRET}))
        meta.put(write, "secret", SECRET)

    assert SECRET.encode() not in kept.path.read_bytes()
    assert kept.path.stat().st_mode & 0o077 == 0
    assert Journal(kept.path, bytes(32)).entries() == ()


def test_damage_costs_the_entry_that_it_hits_and_no_other(book: Book, kept: Journal) -> None:
    for number in range(20):
        with book.database.write() as write:
            outbox.add(write, op(number))
    sound, rng = kept.path.read_bytes(), Random(3)
    for _ in range(200):
        data = bytearray(sound)
        at = rng.randrange(len(data))
        data[at] ^= 1 << rng.randrange(8)
        kept.path.write_bytes(data)
        told = kept.read()
        assert not told.whole, at
        assert len(rows_of(kept)) >= 19, at


def test_a_cut_end_is_a_transaction_that_did_not_take_place(book: Book, kept: Journal) -> None:
    with book.database.write() as write:
        outbox.add(write, op(1))
    whole = kept.path.stat().st_size
    with book.database.write() as write:
        outbox.add(write, op(2))
        outbox.add(write, op(3))
    sound = kept.path.read_bytes()

    for size in range(whole + 1, len(sound), 7):
        kept.path.write_bytes(sound[:size])
        told = kept.read()
        assert rows_of(kept).keys() == {"op-1"}, size
        assert (told.whole, told.number, kept.last_number()) == (False, 2, None), size  # the head came with the first


def test_entries_can_not_change_their_places_or_numbers(tmp_path: Path) -> None:
    kept = Journal(tmp_path / JOURNAL, KEY)
    kept.append([Entry(1, 1, 16)])
    one = kept.path.read_bytes()

    kept.path.write_bytes(one.replace((1).to_bytes(8, "big"), (2).to_bytes(8, "big"), 1))

    assert kept.entries() == ()


def test_two_who_make_it_anew_at_the_same_moment_both_succeed(tmp_path: Path) -> None:
    entries = [Entry(1, 1, head={"facts": {}, "floor": 1, "count": 0})]
    troubles: list[OSError] = []

    def anew() -> None:
        mine = Journal(tmp_path / JOURNAL, KEY, durable=False)
        try:
            for _ in range(150):
                mine.rewrite(entries)
        except OSError as error:
            troubles.append(error)

    threads = [threading.Thread(target=anew) for _ in range(2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert troubles == []
    assert Journal(tmp_path / JOURNAL, KEY).read().whole


def test_a_half_made_file_of_a_process_that_died_goes_and_one_under_way_stays(tmp_path: Path) -> None:
    left, under_way = (tmp_path / f"{JOURNAL}.journal-new-{number}-1" for number in (4711, 4712))
    for each in (left, under_way):
        each.write_bytes(b"half")
    os.utime(left, (1, 1))

    Journal(tmp_path / JOURNAL, KEY, durable=False).rewrite([Entry(1, 1, head={"facts": {}, "floor": 1, "count": 0})])

    assert not left.exists()
    assert under_way.read_bytes() == b"half"


def test_a_long_journal_is_made_anew_with_the_unfinished_ops_alone(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = Journal(book.database.path.with_name(JOURNAL), KEY, durable=False)
    follow(book.database, kept)
    for number in range(30):
        with book.database.write() as write:
            outbox.add(write, op(number))
    with book.database.write() as write:
        write.text("UPDATE outbox SET state = 'done' WHERE id <> 'op-7'")
    book.database.close()
    monkeypatch.setattr(journal, "LONG", 10_000)

    again = Book.__new__(Book)
    from companion.database import open_database

    again.database = open_database(book.database.path, KEY, durable=False)
    follow(again.database, kept)

    assert rows_of(kept).keys() == {"op-7"}
    assert kept.read().whole
    with again.database.write() as write:
        write.text("UPDATE outbox SET state = 'attention' WHERE id = 'op-7'")
    assert rows_of(kept)["op-7"]["state"] == "attention"
    assert kept.read().whole
    again.database.close()


def test_a_book_that_is_older_than_its_journal_is_not_followed(book: Book, kept: Journal) -> None:
    with book.database.write() as write:
        outbox.add(write, op(1))
    with book.database.write() as write:
        write.text("UPDATE meta SET value = '0' WHERE key = ?", (journal.SEQ,))

    with pytest.raises(BookIsOlder):
        follow(book.database, kept)


def test_what_waits_in_the_journal_reads_as_the_op_that_it_is(book: Book, kept: Journal) -> None:
    words = 'Quote "now" \ud83d \x00 \u202e Åsa'
    with book.database.write() as write:
        records.put(write, Kind.PERSON, [{"id": "marta", "name": "Marta"}])
        outbox.add(write, op(1, fields={"role": words}))

    (row,) = rows_of(kept).values()

    with book.database.read() as rows:
        assert outbox.get(rows, "op-1").fields == {"role": words}  # type: ignore[union-attr]
    assert row == in_book(book)["op-1"]
    assert row["state"] == OpState.PENDING
