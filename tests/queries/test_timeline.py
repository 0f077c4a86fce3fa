"""One history for a person, a company, a deal: merged, paged from keys, filtered, searched."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from companion.domain.records import Gone, Kind
from companion.queries.entries import Entry
from companion.queries.timeline import Key, Page, counts, timeline
from tests.book import ZONE, Book


def read(book: Book, subject: str, kind: str = "person", **options: Any) -> Page:
    page: Any = book.read(timeline, kind, subject, book.now, ZONE, workspace=book.workspace, **options)
    assert isinstance(page, Page)
    return page


def everything(book: Book, subject: str, kind: str = "person", limit: int = 3, **options: Any) -> list[Entry]:
    entries: list[Entry] = []
    before: Key | None = None
    while True:
        page = read(book, subject, kind, before=before, limit=limit, **options)
        entries += page.entries
        if page.before is None:
            return entries
        before = page.before


def test_headings_say_who_did_what_to_whom(book: Book) -> None:
    person = book.person()
    book.email(person, book.at(-1), "out", "Proposal v2")
    book.email(person, book.at(-2), "in", "Onboarding?")
    book.email(person, book.at(-3), "out", "Hello", owner_id="ingrid")
    book.call(person, book.at(-4), "interested", duration_s=18 * 60)
    book.call(person, book.at(-5), "no_answer")
    demo = book.activity("meeting", person, book.at(-6), subject="Demo", duration_s=45 * 60)
    with book.database.write() as write:
        for other in ("x", "y"):
            write.text("INSERT INTO participants VALUES (?, ?, 'attended')", (demo, other))
    book.activity("note", person, book.at(-7), body="Best before ten")
    book.engagement("page_read", person, book.at(-8), "Pricing page")

    assert [(entry.heading, entry.chip, entry.tone) for entry in read(book, person).entries] == [
        ("You emailed Marta", None, None),
        ("Marta emailed you", None, None),
        ("Ingrid emailed Marta", None, None),
        ("Call, 18 min", "Interested", "good"),
        ("No answer", None, None),
        ("Demo, 45 min", "3 attended", None),
        ("Note", None, None),
        ("Marketing", None, None),
    ]
    assert read(book, person).entries[-1].body == "Read the pricing page"


def test_the_history_of_a_person_holds_their_deals_and_their_company_as_such(book: Book) -> None:
    person = book.person()
    deal = book.deal(person, created_at=book.at(-30), campaign="Winter capacity", source="Webinar")
    company = book.read(lambda rows: rows.value("SELECT company_id FROM people WHERE id = ?", (person,)))
    other = book.person("Petter Aas", company_id=company)
    book.activity("note", None, book.at(-1), company_id=company, body="On the company")
    book.activity("note", None, book.at(-2), deal_id=deal, company_id=company, body="On the deal")
    book.activity("note", other, book.at(-3), deal_id=deal, body="With Petter on the deal")
    book.activity("note", other, book.at(-4), company_id=company, body="With Petter alone")

    assert [entry.body for entry in read(book, person).entries] == [
        "On the company",
        "On the deal",
        "With Petter on the deal",
        "Route planning rollout, from the webinar “Winter capacity”",
    ]
    assert [entry.who for entry in read(book, company, "company").entries if entry.body == "With Petter alone"] == [
        "Petter Aas"
    ]
    assert len(read(book, company, "company").entries) == 5
    assert [entry.heading for entry in read(book, deal, "deal").entries] == ["Note", "Note", "Deal created"]


def test_a_meeting_that_somebody_else_led_is_in_the_history_of_who_was_there(book: Book) -> None:
    person, other = book.person(), book.person("Petter Aas")
    demo = book.activity("meeting", person, book.at(-6), subject="Demo")
    with book.database.write() as write:
        write.text("INSERT INTO participants VALUES (?, ?, 'attended')", (demo, other))

    assert [entry.id for entry in read(book, other).entries] == [demo]


def test_filters_keep_their_kind_and_the_counts_agree(book: Book) -> None:
    person = book.person()
    for i in range(3):
        book.call(person, book.at(-i - 1))
    book.email(person, book.at(-9))
    book.activity("note", person, book.at(-10), body="x")
    book.engagement("page_read", person, book.at(-8), "Pricing page")

    assert book.read(counts, "person", person) == {"all": 6, "calls": 3, "emails": 1, "meetings": 0, "notes": 1}
    assert [entry.what for entry in read(book, person, show="calls").entries] == ["call"] * 3
    assert len(read(book, person).entries) == 6


def test_all_counts_whom_marketing_alone_has_touched_and_a_beginning(book: Book) -> None:
    person = book.person()
    book.engagement("page_read", person, book.at(-8), "Pricing page")
    book.deal(person, created_at=book.at(-3))

    assert book.read(counts, "person", person)["all"] == len(read(book, person).entries) == 2


def test_a_meeting_of_the_company_counts_once_for_who_was_there(book: Book) -> None:
    person = book.person()
    company = book.read(lambda rows: rows.value("SELECT company_id FROM people WHERE id = ?", (person,)))
    demo = book.activity("meeting", None, book.at(-6), company_id=company, subject="Demo")
    with book.database.write() as write:
        write.text("INSERT INTO participants VALUES (?, ?, 'attended')", (demo, person))

    assert [entry.id for entry in read(book, person).entries] == [demo]
    assert book.read(counts, "person", person) == {"all": 1, "calls": 0, "emails": 0, "meetings": 1, "notes": 0}


def test_find_keeps_entries_with_every_word_and_takes_signs_as_they_stand(book: Book) -> None:
    person = book.person()
    book.email(person, book.at(-1), subject="Price of 100% cotton", body="For the depot")
    book.email(person, book.at(-2), subject="Price", body="100 things")

    assert len(read(book, person, find="price DEPOT").entries) == 1
    assert len(read(book, person, find="100%").entries) == 1
    assert len(read(book, person, find="_").entries) == 0
    assert read(book, person, find="nothing such").entries == ()


def test_what_the_crm_deleted_stays_and_is_marked_and_a_merged_copy_is_not_shown(book: Book) -> None:
    person = book.person()
    kept = book.email(person, book.at(-1))
    merged = book.email(person, book.at(-2))
    book.edit(Kind.ACTIVITY, kept, gone=Gone.DELETED)
    book.edit(Kind.ACTIVITY, merged, gone=Gone.MERGED)

    assert [(entry.id, entry.gone) for entry in read(book, person).entries] == [(kept, "deleted")]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20)
@given(
    st.lists(st.tuples(st.sampled_from(("email", "mark", "deal")), st.integers(0, 4)), max_size=14), st.integers(1, 5)
)
def test_the_pages_together_are_the_whole_history_once_and_in_order(
    book: Book, plan: list[tuple[str, int]], limit: int
) -> None:
    person = book.person()
    made = set()
    for what, day in plan:
        at = book.at(-day)
        if what == "email":
            made.add(book.email(person, at))
        elif what == "mark":
            made.add(book.engagement("page_read", person, at, "Pricing page"))
        else:
            made.add(book.deal(person, created_at=at))

    entries = everything(book, person, limit=limit)

    assert len(entries) == len(made)
    assert {entry.id for entry in entries} == made
    assert book.read(counts, "person", person)["all"] == len(made)
    assert [entry.at for entry in entries] == sorted((entry.at for entry in entries), reverse=True)
