"""What the rep types is found: who it names first, then what was said; a slip of the finger finds the name all the
same."""

from __future__ import annotations

from companion.domain.records import Kind
from companion.queries.search import Found, people_like, search
from tests.book import Book


def names(found: Found) -> list[str]:
    return [hit.title for hit in found.places]


def test_the_beginning_of_each_word_is_enough_in_any_order(book: Book) -> None:
    book.person("Marta Ferreira")
    book.person("Marta Lund")

    assert names(book.read(search, "fer mar")) == ["Marta Ferreira"]


def test_ones_own_people_come_before_others_and_who_is_gone_last(book: Book) -> None:
    book.person("Ana Colleague's", owner_id="ingrid")
    book.person("Ana Gone", gone=book.at(-1))
    book.person("Ana Own")

    assert names(book.read(search, "ana")) == ["Ana Own", "Ana Colleague's", "Ana Gone"]


def test_a_name_that_begins_with_it_comes_before_one_that_holds_it(book: Book) -> None:
    book.person("Jon Bergman")
    book.person("Berg Olsen")

    assert names(book.read(search, "berg")) == ["Berg Olsen", "Jon Bergman"]


def test_people_companies_and_deals_are_found_with_what_tells_them_apart(book: Book) -> None:
    person = book.person("Nils Orbit", company_id=book.put(Kind.COMPANY, id="orbit", name="Orbit AS", city="Bergen"))
    book.deal(person, name="Orbit rollout")

    found = book.read(search, "orbit")

    assert {(hit.kind, hit.title, hit.detail) for hit in found.places} == {
        (Kind.PERSON, "Nils Orbit", "Orbit AS"),
        (Kind.COMPANY, "Orbit AS", "Bergen"),
        (Kind.DEAL, "Orbit rollout", "Orbit AS"),
    }


def test_a_number_is_found_in_any_way_of_writing_it(book: Book) -> None:
    book.person("Marta Ferreira", phone="+47 55 12 40 18")

    for typed in ("55124018", "55 12 40 18", "(55) 12-40"):
        assert names(book.read(search, typed)) == ["Marta Ferreira"], typed


def test_the_zero_that_is_dialled_at_home_alone_hides_no_number(book: Book) -> None:
    book.person("Amelia Hart", phone="+44 (0)20 7946 0958")
    book.person("Noah Reed", phone="+44 20 7946 0101")

    for typed in ("+44 20 7946 0958", "0044 (0)20 7946 0958", "020 7946 0958", "20 7946 0958"):
        assert names(book.read(search, typed)) == ["Amelia Hart"], typed
    assert names(book.read(search, "+44 (0)20 7946 0101")) == ["Noah Reed"]


def test_a_mistyped_name_is_found_where_nothing_else_is_the_likest_first(book: Book) -> None:
    book.person("Marta Ferreira")
    book.person("Martin Ferrer")
    book.person("Nobody Alike", gone=book.at(-1))

    assert names(book.read(search, "Marta Fereira"))[0] == "Marta Ferreira"
    assert names(book.read(search, "Nobody Alikke")) == []


def test_words_of_a_note_are_not_taken_for_a_name_that_is_nearly_alike(book: Book) -> None:
    marta = book.person("Martin Prisinger")
    book.activity("note", marta, book.at(-1), subject="Call", body="Hello. He wrote prissinger on it.")

    found = book.read(search, "prissinge")

    assert names(found) == []
    assert [(hit.title, hit.person_id) for hit in found.history] == [("He wrote prissinger on it.", marta)]


def test_what_was_said_comes_newest_first_and_waits_for_a_second_letter(book: Book) -> None:
    marta = book.person("Marta Ferreira")
    for days in (-9, -1, -5):
        book.activity("note", marta, book.at(days), subject=f"Budget {-days}")

    assert [hit.title for hit in book.read(search, "budg").history] == ["Budget 1", "Budget 5", "Budget 9"]
    assert book.read(search, "b").history == ()


def test_nothing_typed_or_no_word_in_it_finds_nothing(book: Book) -> None:
    book.person("Marta Ferreira")

    assert book.read(search, "") == book.read(search, ' "*^ ') == Found()
    assert book.read(people_like, "") == []


def test_for_a_quick_log_people_alone_are_offered(book: Book) -> None:
    person = book.person("Nils Orbit", company_id=book.put(Kind.COMPANY, id="orbit", name="Orbit AS"))

    assert [hit.id for hit in book.read(people_like, "orbit")] == [person]
