"""The lists of people and companies: every name once, in order, and those that the rep types."""

from __future__ import annotations

import pytest

from companion.domain.records import Kind
from companion.queries.book import book, count
from tests.book import ZONE, Book


@pytest.fixture
def people(book: Book) -> Book:
    """Seven people at two companies."""
    for i, name in enumerate(("Ana", "ana", "Bo", "Åse Lind", "Marta Ferreira", "Mar Ko", "Zoe")):
        book.put(Kind.PERSON, id=f"p{i}", name=name, role="Manager", company_id="hal" if i < 2 else "ald")
    book.put(Kind.COMPANY, id="hal", name="Halvorsen Logistics", city="Bergen")
    book.put(Kind.COMPANY, id="ald", name="Alder & Finch", city="Bristol")
    return book


def names(people: Book, kind: Kind = Kind.PERSON, text: str = "") -> list[str]:
    with people.database.read() as rows:
        return [row.name for row in book(rows, kind, people.now, ZONE, text=text).rows]


def test_pages_hold_every_name_once_in_order_however_small_they_are(people: Book) -> None:
    seen, after = [], None
    with people.database.read() as rows:
        while True:
            page = book(rows, Kind.PERSON, people.now, ZONE, after=after, limit=2)
            seen += [row.id for row in page.rows]
            after = page.after
            if after is None:
                break
        assert count(rows, Kind.PERSON) == 7
    assert seen == ["p0", "p1", "p2", "p5", "p4", "p6", "p3"]


def test_letters_find_by_the_beginning_of_a_name_and_not_by_a_role(people: Book) -> None:
    assert names(people, text="ma") == ["Mar Ko", "Marta Ferreira"]
    assert names(people, text="mar fer") == ["Marta Ferreira"]
    assert names(people, text="ase") == ["Åse Lind"]


def test_a_companys_name_finds_the_people_there(people: Book) -> None:
    assert names(people, text="halv") == ["Ana", "ana"]


def test_who_is_called_so_comes_before_those_whose_company_is_on_every_page(people: Book) -> None:
    people.put(Kind.COMPANY, id="mar", name="Marlow Builders")
    for name in ("Abe", "Cy"):
        people.put(Kind.PERSON, id=f"at {name}", name=name, company_id="mar")
    seen: list[str] = []
    after = None
    with people.database.read() as rows:
        while not seen or after is not None:
            page = book(rows, Kind.PERSON, people.now, ZONE, text="mar", after=after, limit=1)
            seen += [row.name for row in page.rows]
            after = page.after

    assert seen == ["Mar Ko", "Marta Ferreira", "Abe", "Cy"]


def test_a_city_finds_companies(people: Book) -> None:
    assert names(people, Kind.COMPANY, "berg") == ["Halvorsen Logistics"]


@pytest.mark.parametrize("typed", ['"', "'; --", "(", "name:", "*", "\x00", "🙂", "NEAR(", "AND OR"])
def test_whatever_is_typed_is_words_and_never_a_question_to_the_index(people: Book, typed: str) -> None:
    assert names(people, text=typed) == []


def test_who_is_gone_is_not_listed(people: Book) -> None:
    with people.database.write() as write:
        write.text("UPDATE people SET gone = 'deleted' WHERE id = 'p2'")
    assert "Bo" not in names(people)
