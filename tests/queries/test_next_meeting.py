"""The next meeting: mine, ahead, not called off; with those who attend and what was not spoken of yet."""

from __future__ import annotations

import datetime as dt

from companion.domain.records import Kind
from companion.queries import next_meeting
from companion.queries.next_meeting import Meeting
from tests.book import Book

TOPICS = (("pricing", ("price", "pricing")), ("timing", ("timing", "start date")))


def ask(book: Book, but: tuple[str, ...] = ()) -> Meeting | None:
    found = book.read(next_meeting.next_meeting, book.now, "me", but)
    assert found is None or isinstance(found, Meeting)
    return found


def meet(book: Book, who: str | None, hour: str, **fields: object) -> str:
    return book.activity("meeting", who, book.at(0, hour), **{"done": False, "subject": "Demo", **fields})


def test_the_first_meeting_ahead_comes_with_those_who_attend_and_their_roles(book: Book) -> None:
    marta = book.person(role="Head of Operations")
    ingrid = book.person("Ingrid Solheim", role="CFO", buying_role="Decides")
    meet(book, marta, "14:00", subject="Later")
    first = meet(book, marta, "10:30", ends_at=book.at(0, "11:15"))
    with book.database.write() as write:
        write.text("INSERT INTO participants VALUES (?, ?, NULL)", (first, ingrid))

    found = ask(book)

    assert found is not None
    assert (found.id, found.title, found.person_id) == (first, "Demo", marta)
    assert (f"{found.starts_at:%H:%M}", f"{found.ends_at:%H:%M}") == ("10:30", "11:15")
    assert [(each.name, each.role, each.tag) for each in found.attendees] == [
        ("Marta Ferreira", "Head of Operations", None),
        ("Ingrid Solheim", "CFO", "Decides"),
    ]


def test_what_is_cancelled_done_gone_or_a_colleagues_is_no_meeting_of_mine(book: Book) -> None:
    marta = book.person()
    for odd in ({"outcome": "cancelled"}, {"done": True}, {"gone": "deleted"}, {"owner_id": "ingrid"}):
        meet(book, marta, "10:30", **odd)
    book.task(marta, 0)

    assert ask(book) is None


def test_it_is_offered_from_ten_minutes_before_to_ten_minutes_after_its_beginning(book: Book) -> None:
    meet(book, book.person(), "10:30")
    shown = []
    for hour in ("10:19", "10:20", "10:30", "10:39", "10:40"):
        book.now = dt.datetime.fromtimestamp(book.at(0, hour), book.now.tzinfo)
        found = ask(book)
        shown.append(
            next_meeting.when_words(found, book.now) if found and next_meeting.is_near(found, book.now) else ""
        )

    assert shown == ["", "in 10 min", "now", "began 9 min ago", ""]


def test_a_meeting_that_was_put_away_gives_way_to_the_one_after_it(book: Book) -> None:
    marta = book.person()
    first, second = meet(book, marta, "10:30"), meet(book, marta, "10:35")

    found = ask(book, (first,))

    assert found is not None
    assert found.id == second


def test_a_short_meeting_is_over_when_it_has_ended(book: Book) -> None:
    meet(book, book.person(), "09:05", ends_at=book.at(0, "09:10"))

    assert ask(book) is None


def test_a_meeting_on_a_deal_is_with_the_deals_person_and_one_of_nobody_has_its_own_page(book: Book) -> None:
    marta = book.person()
    meet(book, None, "10:30", deal_id=book.deal(marta))
    found = ask(book)
    assert found is not None
    assert found.subject == (Kind.PERSON, marta)

    alone = meet(book, None, "10:20", owner_id=None, subject="\u202eLunch\x00")
    found = ask(book)
    assert found is not None
    assert (found.subject, found.title, found.attendees) == ((Kind.ACTIVITY, alone), "Lunch", ())


def test_topics_are_open_until_an_entry_speaks_of_them(book: Book) -> None:
    marta = book.person()
    meet(book, marta, "10:30", subject="Pricing demo")
    found = ask(book)
    assert found is not None
    assert book.read(next_meeting.open_topics, found, TOPICS) == ()

    book.call(marta, book.at(-3), body="We spoke of the start date.")

    assert book.read(next_meeting.open_topics, found, TOPICS) == ("pricing",)


def test_a_page_prepares_for_the_meeting_with_whoever_it_shows_until_it_has_ended(book: Book) -> None:
    marta, petter = book.person(), book.person("Petter Aas")
    one = book.deal(marta)
    first = meet(book, marta, "10:30", deal_id=one, ends_at=book.at(0, "11:30"))
    with book.database.write() as write:
        write.text("INSERT INTO participants VALUES (?, ?, NULL)", (first, petter))
    book.now = dt.datetime.fromtimestamp(book.at(0, "11:29"), book.now.tzinfo)

    for whom in ((marta, None), (petter, None), (None, one)):
        found = book.read(next_meeting.meeting_with, book.now, "me", *whom)
        assert found is not None
        assert found.id == first
    assert book.read(next_meeting.meeting_with, book.now, "me", book.person("Karl"), None) is None

    book.now = dt.datetime.fromtimestamp(book.at(0, "11:30"), book.now.tzinfo)
    assert book.read(next_meeting.meeting_with, book.now, "me", marta) is None
