"""The search indexes after a first load: what came in bulk is merged in the background, never within an act."""

from __future__ import annotations

from companion.domain.records import Kind
from companion.queries.search import search
from companion.store import findable, records
from tests.book import Book


def in_bulk(book: Book, batches: int = 3, rows: int = 500) -> None:
    for batch in range(batches):
        some = [
            {"id": f"note-{batch}-{i}", "what": "note", "subject": f"renewal{batch} word{i}", "at": 1, "owner_id": "me"}
            for i in range(rows)
        ]
        with book.database.write() as write:
            records.put(write, Kind.ACTIVITY, some)


def parts(book: Book) -> int:
    """How many segments the index of notes has."""
    with book.database.read() as rows:
        return int(rows.value("SELECT count(DISTINCT segid) FROM notes_idx"))


def merged(book: Book, pages: int = 4) -> int:
    """Merges until nothing is left; returns in how many steps."""
    steps = 1
    while True:
        with book.database.write() as write:
            if not findable.merge(write, pages):
                return steps
        steps += 1


def test_what_came_in_bulk_becomes_one_part_step_by_step(book: Book) -> None:
    in_bulk(book)
    assert parts(book) > 1

    steps = merged(book)

    assert parts(book) == 1
    assert steps >= 3


def test_each_step_writes_few_pages(book: Book) -> None:
    in_bulk(book)
    written = []
    while True:
        with book.database.write() as write:
            before = write.value("SELECT total_changes()")
            more = findable.merge(write, 4)
            written.append(write.value("SELECT total_changes()") - before)
        if not more:
            break

    # The last one drops the old parts, in one statement of many rows.
    assert max(written[:-2]) < 60


def test_after_the_merge_every_word_is_found(book: Book) -> None:
    person = book.person()
    in_bulk(book)
    book.activity("note", person, book.at(-1), subject="pelican")
    merged(book)

    with book.database.read() as rows:
        found = search(rows, "pelican")

    assert len(found.history) == 1


def test_one_more_note_does_not_begin_it_anew(book: Book) -> None:
    in_bulk(book)
    merged(book)

    book.activity("note", book.person(), book.at(-1), subject="one more")

    assert merged(book) == 1
    assert parts(book) > 1


def test_once_merged_in_steps_commits_leave_merging_alone(book: Book) -> None:
    merged(book)

    in_bulk(book, batches=20, rows=20)

    assert parts(book) >= 20
    merged(book)
    assert parts(book) < 5
