"""The tables of the file and those that the store speaks of are the same; search follows every change of a row."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import TableClause

from companion.domain.records import Gone, Kind
from companion.store import records, schema
from tests.book import Book

TABLES = [each for each in vars(schema).values() if isinstance(each, TableClause)] + list(schema.RECORDS.values())


@pytest.fixture
def book(tmp_path: Path) -> Book:
    return Book(tmp_path)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: str(table.name))
def test_the_store_names_only_columns_that_the_file_has(table: TableClause, book: Book) -> None:
    with book.database.read() as rows:
        there = {row[1] for row in rows.all(f"PRAGMA table_info({table.name})")}
    assert there
    assert {column.name for column in table.c} <= there


def names_like(book: Book, word: str) -> int:
    with book.database.read() as rows:
        return len(rows.all("SELECT rowid FROM names WHERE names MATCH ?", (f'"{word}"*',)))


def test_search_follows_a_person_who_is_renamed_hidden_and_erased(book: Book) -> None:
    person = book.put(Kind.PERSON, name="Marta Ferreira")
    assert (names_like(book, "mart"), names_like(book, "Jörg")) == (1, 0)

    book.edit(Kind.PERSON, person, name="Jörg Ferreira")
    assert (names_like(book, "mart"), names_like(book, "jorg")) == (0, 1)

    with book.database.write() as write:
        records.mark_gone(write, Kind.PERSON, person, Gone.DELETED, book.at(0))
    assert names_like(book, "jorg") == 1  # what was synced once stays searchable

    with book.database.write() as write:
        records.mark_gone(write, Kind.PERSON, person, Gone.OUT_OF_SCOPE, book.at(0))
    assert names_like(book, "jorg") == 0


@pytest.mark.parametrize("typed", ["+47 55 12 40 18", "0047 55124018", "55 12 40 18", "5512", "4018", "47-55-12"])
def test_a_phone_number_is_found_however_it_is_typed(typed: str, book: Book) -> None:
    from companion.queries.search import search

    person = book.put(Kind.PERSON, name="Marta", phone="+47 55 12 40 18")
    book.put(Kind.PERSON, name="Daniel", phone="+44 20 7946 0101")

    with book.database.read() as rows:
        assert [hit.id for hit in search(rows, typed).places] == [person]
