"""The map of an account: who decides first, who spoke with whom and when, and what rests on one of them."""

from __future__ import annotations

from typing import Any

import pytest

from companion.domain.records import Kind
from companion.queries import company, deal, person
from companion.queries.people_map import MOST, PeopleMap, influence
from companion.store import records
from tests.book import ZONE, Book


def account(book: Book) -> tuple[str, str]:
    """Marta, and her company."""
    marta = book.person(role="Head of Operations")
    return marta, str(book.read(lambda rows: rows.value("SELECT company_id FROM people WHERE id = ?", (marta,))))


def page_of(book: Book, kind: str, subject: str) -> PeopleMap:
    ask: dict[str, Any] = {"person": person.person, "company": company.company, "deal": deal.deal}
    found = book.read(ask[kind], subject, book.now, ZONE, book.workspace)
    assert isinstance(found.account, PeopleMap)
    return found.account


def told(book: Book, found: PeopleMap) -> list[tuple[str, str | None, str]]:
    return [(each.name, each.tag, each.touch_words(book.now.date())) for each in found.people]


def test_who_decides_stands_first_and_each_has_the_last_touch_with_its_age_and_whose(book: Book) -> None:
    marta, at = account(book)
    book.call(marta, book.at(-6))
    petter = book.person("Petter Aas", company_id=at, buying_role="Champion")
    book.email(petter, book.at(-1), "in", owner_id="ingrid")
    book.person("Ingrid Solheim", company_id=at, buying_role="Decides", role="CFO")
    older = book.person("Somebody", company_id=at)
    book.call(older, book.at(-200))
    book.activity("note", older, book.at(-1))
    book.activity("meeting", older, book.at(2), done=False)

    assert told(book, page_of(book, "company", at)) == [
        ("Ingrid Solheim", "Decides", "Nobody yet"),
        ("Petter Aas", "Champion", "Ingrid, yesterday"),
        ("Marta Ferreira", None, "You, 6 days ago"),
        ("Somebody", None, "You, 8 May"),
    ]


def test_a_meeting_that_somebody_attended_is_a_touch_of_theirs(book: Book) -> None:
    marta, at = account(book)
    petter = book.person("Petter Aas", company_id=at)
    demo = book.activity("meeting", book.person("Karl of another company"), book.at(-3))
    with book.database.write() as write:
        write.text("INSERT INTO participants VALUES (?, ?, NULL)", (demo, petter))

    assert told(book, page_of(book, "person", marta)) == [("Petter Aas", None, "You, 3 days ago")]


def test_the_page_of_one_of_them_lists_the_others_and_counts_all(book: Book) -> None:
    marta, at = account(book)
    for number in range(MOST + 5):
        book.person(f"Clerk {number}", company_id=at)

    found = page_of(book, "person", marta)

    assert marta not in [each.id for each in found.people]
    assert found.count == MOST + 6


def test_a_role_on_the_deal_goes_before_the_one_in_the_persons_record(book: Book) -> None:
    marta, at = account(book)
    one = book.deal(marta)
    other = book.person("Karl", company_id=at, buying_role="Champion")
    with book.database.write() as write:
        write.text("INSERT INTO participants VALUES (?, ?, 'Signs')", (one, other))

    assert [(each.name, each.tag) for each in page_of(book, "deal", one).people] == [
        ("Karl", "Signs"),
        ("Marta Ferreira", None),
    ]


@pytest.mark.parametrize("kind", ["person", "company", "deal"])
def test_money_that_rests_on_one_contact_is_told_on_every_page_until_a_second_is_known(book: Book, kind: str) -> None:
    marta, at = account(book)
    one = book.deal(marta, 76_000)
    subject = {"person": marta, "company": at, "deal": one}[kind]

    found = page_of(book, kind, subject)
    assert found.thread is not None
    assert (found.thread.words, found.thread.deal_id) == ("€76k rests on one contact", one)

    book.person("Ingrid", company_id=at, buying_role="Decides")
    assert page_of(book, kind, subject).thread is None


def test_the_warning_is_the_teams_rule_small_deals_have_none(book: Book) -> None:
    marta, _ = account(book)
    book.deal(marta, 49_999)

    assert page_of(book, "person", marta).thread is None


def test_words_of_any_crm_find_their_place(book: Book) -> None:
    said = ["Decision maker", "Economic buyer", "champion", "Technical evaluator", "Blocker", None, ""]

    assert [influence(each) for each in said] == [0, 0, 1, 2, 3, 4, 4]


def test_a_company_of_thousands_keeps_who_matters(book: Book) -> None:
    marta, at = account(book)
    with book.database.write() as write:
        crowd = [{"id": f"c{n}", "name": f"Clerk {n}", "company_id": at, "owner_id": "me"} for n in range(3_000)]
        records.put(write, Kind.PERSON, crowd)
        records.put(write, Kind.PERSON, [{"id": "boss", "name": "Boss", "company_id": at, "buying_role": "Decides"}])

    found = page_of(book, "person", marta)

    assert (found.people[0].name, found.count, len(found.people)) == ("Boss", 3_002, MOST - 1)
