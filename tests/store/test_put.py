"""Putting rows: new ones and known ones, one that comes twice, and the digits that a number is found by."""

from __future__ import annotations

import pytest

from companion.domain.records import Kind
from companion.store import records
from tests.book import Book


@pytest.mark.parametrize("known", [None, frozenset({"ana"})])
def test_a_known_row_is_overwritten_and_a_new_one_is_added(book: Book, known: frozenset[str] | None) -> None:
    with book.database.write() as write:
        records.put(write, Kind.PERSON, [{"id": "ana", "name": "Ana", "role": "Buyer"}])

    with book.database.write() as write:
        rows = [{"id": "ana", "name": "Ana Lopes"}, {"id": "bo", "name": "Bo"}]
        records.put(write, Kind.PERSON, rows, known=known)

    with book.database.read() as found:
        assert found.all("SELECT name, role FROM people ORDER BY id") == [("Ana Lopes", "Buyer"), ("Bo", None)]
        assert found.all("SELECT rowid FROM names WHERE names MATCH 'lopes OR bo'") == [(4,), (8,)]


def test_of_a_row_that_comes_twice_in_a_page_the_second_stays(book: Book) -> None:
    with book.database.write() as write:
        rows = [{"id": "ana", "name": "Ana"}, {"id": "ana", "name": "Ana Lopes"}]
        records.put(write, Kind.PERSON, rows, known=frozenset())

    with book.database.read() as found:
        assert found.all("SELECT name FROM people") == [("Ana Lopes",)]


def test_a_number_is_found_by_the_same_digits_whatever_stands_between_them() -> None:
    plain = records.phone_key("+47 22 33-44/55")

    assert plain == "4722334455 22334455 022334455 4455"
    assert records.phone_key("+47\N{NO-BREAK SPACE}22\N{EN DASH}33 44 55") == plain
    assert records.phone_key("call me") == ""
