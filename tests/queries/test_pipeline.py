"""The pipeline: what needs attention first, then by month, with sums that add up."""

from __future__ import annotations

import datetime as dt

from companion.domain.records import Kind
from companion.queries.pipeline import Pipeline, pipeline, progress
from tests.book import ZONE, Book


def deal(book: Book, deal_id: str, days: int | None, amount: int | None = 1_000_00, **fields: object) -> None:
    book.put(
        Kind.DEAL,
        id=deal_id,
        name=f"Deal {deal_id}",
        amount=amount,
        close_on=None if days is None else book.on(days),
        **{"currency": "EUR", "status": "open", "owner_id": "me", "stage_id": "Proposal"} | fields,
    )


def read(book: Book) -> Pipeline:
    with book.database.read() as rows:
        return pipeline(rows, book.now, ZONE)


def shape(found: Pipeline) -> dict[str, list[str]]:
    return {group.kind: [row.id for row in group.rows] for group in found.groups}


def test_deals_stand_under_the_month_in_which_they_close(book: Book) -> None:
    deal(book, "today", 0)
    deal(book, "end of November", 6)
    deal(book, "first of December", 7)
    deal(book, "January", 40)
    deal(book, "some day", None)
    assert shape(read(book)) == {
        "this_month": ["today", "end of November"],
        "next_month": ["first of December"],
        "later": ["January"],
        "undated": ["some day"],
    }


def test_a_close_date_that_passed_needs_attention_and_still_counts_in_its_month(book: Book) -> None:
    deal(book, "passed", -3, 18_000_00)
    deal(book, "to come", 3, 31_000_00)
    found = read(book)
    assert shape(found) == {"attention": ["passed"], "this_month": ["to come"]}
    assert found.attention == 1
    assert [money.short for money in found.closing] == ["€49k"]


def test_only_open_deals_of_the_rep_are_here(book: Book) -> None:
    deal(book, "mine", 3)
    deal(book, "won", 3, status="won")
    deal(book, "a colleague's", 3, owner_id="ingrid")
    deal(book, "gone", 3)
    with book.database.write() as write:
        write.text("UPDATE deals SET gone = 'deleted' WHERE id = 'gone'")
    assert [row.id for row in read(book).rows] == ["mine"]


def test_sums_are_kept_apart_by_currency_and_deals_without_an_amount_add_nothing(book: Book) -> None:
    deal(book, "a", 3, 10_000_00)
    deal(book, "b", 3, 20_000_00)
    deal(book, "c", 3, 5_000_00, currency="USD")
    deal(book, "d", 3, None)
    assert [money.short for money in read(book).open] == ["€30k", "$5k"]


def test_within_a_month_the_sooner_then_the_larger_comes_first(book: Book) -> None:
    deal(book, "small", 3, 100)
    deal(book, "large", 3, 900)
    deal(book, "sooner", 2, 100)
    assert shape(read(book))["this_month"] == ["sooner", "large", "small"]


def test_the_next_step_is_the_soonest_of_tasks_and_meetings_and_not_what_others_owe(book: Book) -> None:
    deal(book, "d", 3, person_id="p", company_id="c")
    book.put(Kind.COMPANY, id="c", name="Halvorsen")
    book.put(Kind.PERSON, id="p", name="Marta")
    task = {"what": "task", "person_id": "p", "done": 0, "at": book.at(-1)}
    book.put(Kind.ACTIVITY, subject="Their numbers", due_on=book.on(1), promise="theirs", **task)
    book.put(Kind.ACTIVITY, subject="Send quote", due_on=book.on(4), promise="mine", **task)
    book.put(Kind.ACTIVITY, what="call", person_id="p", at=book.at(-6), owner_id="me")

    def now() -> tuple[str, bool, dt.date | None]:
        with book.database.read() as rows:
            known = progress(rows, read(book).rows, book.now, ZONE)["d"]
        assert known.company == "Halvorsen"
        assert known.touched is not None
        assert (book.now.date() - known.touched.date()).days == 6
        assert known.step is not None
        return known.step.subject, known.promised, known.step.on

    assert now() == ("Send quote", True, book.now.date() + dt.timedelta(4))
    book.put(Kind.ACTIVITY, what="meeting", subject="Demo", person_id="p", at=book.at(2), done=0)
    assert now() == ("Demo", False, book.now.date() + dt.timedelta(2))


def test_a_hostile_deal_is_one_clean_line(book: Book) -> None:
    deal(book, "d", 3)
    with book.database.write() as write:
        write.text("UPDATE deals SET name = ?, close_on = 'soon' WHERE id = 'd'", ("a\u202eb\n\x00c" + "x" * 5000,))
    row = read(book).rows[0]
    assert "\n" not in row.name
    assert row.close_on is None
