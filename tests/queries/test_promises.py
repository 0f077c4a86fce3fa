"""Open promises with their age: next steps by their day, then what notes and mail say; kept ones are gone."""

from __future__ import annotations

import pytest

from companion.actions.desk import Desk
from companion.actions.keep_promise import keep_promise
from companion.actions.undo import undo
from companion.queries.brief import Brief, brief
from companion.queries.promises import Promise
from tests.actions.conftest import desk as desk_of
from tests.book import ZONE, Book

desk = desk_of


def read(book: Book, who: str) -> tuple[Promise, ...]:
    found = book.read(brief, "person", who, book.now, ZONE, book.workspace)
    assert isinstance(found, Brief)
    return found.promises


def told(book: Book, who: str) -> list[tuple[str, str, str]]:
    return [(each.whose, each.text, each.words) for each in read(book, who)]


def test_promises_stand_by_their_day_and_then_by_their_age(book: Book) -> None:
    marta = book.person()
    book.task(marta, 0, "Send the security answers", promise="mine")
    book.task(marta, -2, "Send the vehicle list", promise="theirs")
    book.call(marta, book.at(-9), body="They'll send the signed NDA. Board meets in May.")
    book.activity("note", marta, book.at(-3), body="Promised to introduce her to Karl.")

    assert told(book, marta) == [
        ("theirs", "The vehicle list", "2 days late"),
        ("mine", "The security answers", "by today"),
        ("theirs", "They'll send the signed NDA", "9 days ago"),
        ("mine", "Promised to introduce her to Karl", "3 days ago"),
    ]


@pytest.mark.parametrize("how", ["mail", "step", "age"])
def test_a_promise_in_a_note_goes_with_the_mail_that_kept_it_with_its_step_and_with_time(book: Book, how: str) -> None:
    marta = book.person()
    book.call(marta, book.at(-60 if how == "age" else -9), body="I'll send the depot plan.")
    if how == "mail":
        book.email(marta, book.at(-1), subject="Plan of the depot")
    if how == "step":
        book.activity("task", marta, book.at(-9), subject="Send the depot plan", done=True)

    assert told(book, marta) == []


def test_a_letter_of_theirs_does_not_keep_a_promise_of_ours(book: Book) -> None:
    marta = book.person()
    book.email(marta, book.at(-9), "out", "Hello", body="We'll send the depot plan.")
    book.email(marta, book.at(-1), "in", "Where is the depot plan?")

    assert [each.whose for each in read(book, marta)] == ["mine"]


def test_a_promise_that_was_kept_is_gone_until_that_is_undone(book: Book, desk: Desk) -> None:
    marta = book.person()
    book.call(marta, book.at(-9), body="They'll send the signed NDA. I'll share the depot plan.")
    step = book.task(marta, 0, "Send the answers", promise="mine")
    agreed, *noted = read(book, marta)

    for each in (agreed, noted[0]):
        keep_promise(desk, each.id, each.key, "Kept")
    assert [each.text for each in read(book, marta)] == ["I'll share the depot plan"]

    undo(desk)
    undo(desk)
    assert [each.text for each in read(book, marta)] == [each.text for each in (agreed, *noted)]
    assert agreed.id == step


def test_only_the_newest_few_are_taken_from_notes(book: Book) -> None:
    marta = book.person()
    for day in range(1, 12):
        book.activity("note", marta, book.at(-day), body=f"I'll share the {'abcdefghijkl'[day]}-report{day}.")

    assert [each.words for each in read(book, marta)] == ["4 days ago", "3 days ago", "2 days ago", "yesterday"]
