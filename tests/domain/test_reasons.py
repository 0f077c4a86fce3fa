"""Each reason of the list, in its exact words; what silences it; and that each fact links to a record that exists."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from companion.domain.reasons import LONGEST, Reason
from companion.domain.records import Kind
from companion.store.names import TABLES
from tests.book import ZONE, Book


def proposal(book: Book) -> str:
    person = book.person()
    deal = book.deal(person, close_on=book.on(3))
    book.task(person, -6, done=True)
    book.email(person, book.at(-8, "08:41"), "in", "Onboarding in December?")
    book.email(person, book.at(-6, "16:20"), subject="Proposal v2, 12 vehicles", deal_id=deal)
    return person


def promise_due(book: Book) -> str:
    person = book.person("Daniel Osei")
    book.deal(person, 22_000, "Evaluation")
    book.task(person, 0, "Send the security answers", promise="mine")
    return person


def promise_late(book: Book) -> str:
    book.now += dt.timedelta(days=1)  # Wednesday, so that Monday is two days ago.
    person = book.person()
    book.task(person, -2, "Send a quote", promise="mine")
    return person


def promise_a_day_late(book: Book) -> str:
    book.now += dt.timedelta(days=1)  # Wednesday
    person = book.person()
    book.task(person, -1, "Send a quote", promise="mine")
    return person


def close_passed(book: Book) -> str:
    person = book.person("Tom Brandt")
    deal = book.deal(person, 18_000, "Negotiation", close_on=book.on(-3))
    book.task(person, 2, "Send contract", deal_id=deal)
    return person


def quiet(book: Book) -> str:
    person = book.person("Sofia Marchetti")
    deal = book.deal(person, 9_000, "Discovery")
    for asked in (-75, -61, -27):
        book.email(person, book.at(asked, "09:20"), "out", "A first look")
        book.email(person, book.at(asked + 3, "10:12"), "in", "Re: A first look")
    book.email(person, book.at(-24, "15:30"), "out", "Thank you")
    book.task(person, 13, "Ask about the new studio", deal_id=deal)
    return person


def quote_opened(book: Book) -> str:
    person = book.person("Priya Raman")
    book.email(person, book.at(-1, "11:48"), "out", "Re: Two regions")
    book.engagement("quote_opened", person, book.at(-1, "15:20"), "Quote")
    book.engagement("quote_opened", person, book.at(-1, "21:05"), "Quote", count=2)
    book.engagement("quote_opened", person, book.at(0, "08:31"), "Quote")
    return person


def meeting(book: Book) -> str:
    person = book.person("Jonas Weber")
    book.deal(person, 31_000, "Evaluation")
    book.call(person, book.at(-7), body="Ten labels are here.")
    book.activity("meeting", person, book.at(0, "10:30"), subject="Demo", done=False)
    return person


def unlogged(book: Book) -> str:
    person = book.person("Maya Lindqvist")
    book.activity("meeting", person, book.at(-1, "14:00"), subject="Walk-through", done=False)
    return person


def no_next_step(book: Book) -> str:
    person = book.person()
    book.deal(person, 22_000, "Evaluation")
    return person


def stuck(book: Book) -> str:
    person = book.person("Beatriz Nunes")
    deal = book.deal(person, 39_000, "Negotiation", stage_since_at=book.at(-31))
    book.task(person, 6, deal_id=deal)
    return person


def slipping(book: Book) -> str:
    person = book.person()
    deal = book.deal(person, 64_000, close_on=book.on(2))
    book.task(person, 1, deal_id=deal)
    book.refresh()
    book.edit(Kind.DEAL, deal, close_on=book.on(12))
    book.edit(Kind.DEAL, deal, close_on=book.on(40))
    return person


def renewal(book: Book) -> str:
    person = book.person("Kenji Watanabe")
    book.deal(person, 54_000, status="won", contract_ends_on=book.on(60))
    return person


def trial(book: Book) -> str:
    person = book.person("Lukas Novak")
    deal = book.deal(person, 6_000, trial_ends_on=book.on(1), extra={"Seats": "2 of 5 active"})
    book.task(person, 3, deal_id=deal)
    return person


def new_lead(book: Book) -> str:
    person = book.person("Aisha Bello")
    book.engagement("webinar", person, book.at(-5), "Winter capacity")
    book.engagement("form", person, book.at(-2), "Asked for a callback after the webinar")
    return person


def marketing(book: Book) -> str:
    person = book.person()
    book.engagement("page_read", person, book.at(-1), "Pricing page")
    book.engagement("page_read", person, book.at(-3), "Pricing page")
    return person


def snooze_ended(book: Book) -> str:
    person = book.person()
    book.snooze(person, book.at(0, "09:00"), "after the board meeting", made=book.at(-5))
    return person


def retry(book: Book) -> str:
    person = book.person(best_time="Before 11:00")
    book.call(person, book.at(-1, "16:40"), "no_answer")
    book.task(person, 0, "Call again")
    return person


def one_contact(book: Book) -> str:
    person = book.person("Priya Raman")
    deal = book.deal(person, 76_000)
    book.task(person, 4, deal_id=deal)
    return person


def passed_on(book: Book) -> str:
    book.now += dt.timedelta(days=3)  # Friday
    person = book.person(owner_id="ingrid")
    book.now -= dt.timedelta(days=3)
    book.edit(Kind.PERSON, person, owner_id="me")
    book.now += dt.timedelta(days=3)
    return person


def inbound(book: Book) -> str:
    person = book.person()
    book.email(person, book.at(-4), "out", "How it works")
    book.email(person, book.at(-1), "in", "Re: How it works")
    return person


def step_due(book: Book) -> str:
    person = book.person()
    book.task(person, -1, "Send contract")
    return person


COPY: list[tuple[Callable[[Book], str], str, str | None]] = [
    (proposal, "Proposal sent 6 days ago, no reply · €48k closes Friday", "warn"),
    (promise_due, "You promised the security answers by today", "warn"),
    (promise_late, "You promised a quote by Monday · 2 days ago", "bad"),
    (promise_a_day_late, "You promised a quote by Tuesday · yesterday", "bad"),
    (close_passed, "Close date passed 3 days ago · no new date", "bad"),
    (quiet, "Quiet for 24 days, usually replies within 3", None),
    (quote_opened, "Opened your quote 4 times since yesterday", None),
    (meeting, "Demo at 10:30 · pricing not discussed yet", "accent"),
    (unlogged, "Met yesterday at 14:00 · nothing logged yet", "warn"),
    (no_next_step, "€22k in Evaluation · no next step", "warn"),
    (stuck, "In Negotiation for 31 days, most take 12", None),
    (slipping, "Close date moved twice this month · €64k", "warn"),
    (renewal, "Renewal in 60 days · contract ends 23 Jan", None),
    (trial, "Trial ends tomorrow, 2 of 5 seats active", "warn"),
    (new_lead, "Asked for a callback after the webinar", None),
    (marketing, "Read the pricing page twice this week", None),
    (snooze_ended, "You asked to see this today: after the board meeting", None),
    (retry, "No answer yesterday at 16:40 · try before 11:00", None),
    (one_contact, "€76k rests on one contact", None),
    (passed_on, "Ingrid passed this to you on Tuesday", None),
    (inbound, "Emailed you yesterday, no answer yet · How it works", "warn"),
    (step_due, "Send contract · planned for yesterday", "warn"),
]


@pytest.mark.parametrize(("plant", "words", "tint"), COPY, ids=[plant.__name__ for plant, _, _ in COPY])
def test_a_reason_reads_exactly_as_designed(
    book: Book, plant: Callable[[Book], str], words: str, tint: str | None
) -> None:
    person = plant(book)

    strongest = book.reasons(person)[0]

    assert (strongest.sentence, strongest.tint) == (words, tint)
    assert len(strongest.sentence) <= LONGEST


@pytest.mark.parametrize(("plant", "words", "tint"), COPY, ids=[plant.__name__ for plant, _, _ in COPY])
def test_every_fact_links_to_a_record_and_every_row_says_what_happens_otherwise(
    book: Book, plant: Callable[[Book], str], words: str, tint: str | None
) -> None:
    person = plant(book)

    for reason in book.reasons(person):
        for part in (*reason.full, *reason.row):
            assert exists(book, part.kind, part.id), (reason.rule_id, part)
        assert reason.if_nothing.startswith("If you do nothing: ")
        assert "{" not in reason.if_nothing
        assert reason.verb_words


@pytest.mark.parametrize(
    ("plant", "words"),
    [
        (proposal, "Proposal sent 6 days ago, no reply · closes Friday"),
        (no_next_step, "No next step"),
        (slipping, "Close date moved twice this month"),
        (one_contact, "Rests on one contact"),
    ],
)
def test_the_row_does_not_repeat_what_its_columns_show(book: Book, plant: Callable[[Book], str], words: str) -> None:
    assert book.reasons(plant(book))[0].row_sentence == words


def test_only_the_part_where_time_runs_out_is_tinted(book: Book) -> None:
    reason = book.reasons(proposal(book))[0]

    assert [part.tone for part in reason.row] == [None, "warn"]


def test_a_proposal_that_closes_later_than_a_week_is_not_tinted(book: Book) -> None:
    person = book.person()
    deal = book.deal(person, close_on=book.on(20))
    book.email(person, book.at(-6), subject="Our quote", deal_id=deal)

    assert (book.reasons(person)[0].rule_id, book.reasons(person)[0].tint) == ("proposal-no-reply", None)


def test_a_reply_ends_the_wait_for_one(book: Book) -> None:
    person = proposal(book)
    book.email(person, book.at(-1), "in", "Re: Proposal v2")

    assert "proposal-no-reply" not in ids(book.reasons(person))


def test_a_note_or_a_task_is_not_a_touch(book: Book) -> None:
    person = quiet(book)
    book.activity("note", person, book.at(-1), body="Thought about them")
    book.task(person, -2, done=True)

    assert book.reasons(person)[0].sentence == "Quiet for 24 days, usually replies within 3"


def test_a_touch_that_is_planned_within_days_pauses_the_clock_of_silence(book: Book) -> None:
    person = quiet(book)
    book.task(person, 2, "Ring about the studio")

    assert "quiet" not in ids(book.reasons(person))


def test_an_answer_of_ours_is_what_an_unanswered_email_waits_for(book: Book) -> None:
    person = inbound(book)
    assert ids(book.reasons(person)) == ["inbound-unanswered"]

    book.email(person, book.at(-1, "18:00"), "out", "Re: How it works")

    assert "inbound-unanswered" not in ids(book.reasons(person))


def test_somebody_who_was_called_today_is_done_for_today_and_back_tomorrow(book: Book) -> None:
    person = promise_due(book)
    book.refresh()
    book.add(
        Kind.ACTIVITY,
        what="call",
        direction="out",
        outcome="no_answer",
        person_id=person,
        at=book.at(0, "09:05"),
        owner_id="me",
        done=True,
    )
    assert book.today().rows == ()

    book.now += dt.timedelta(days=1)
    book.refresh_due()

    assert [row.reason.rule_id for row in book.today().rows] == ["promise-late"]


def test_what_comes_in_after_todays_call_is_told_all_the_same(book: Book) -> None:
    person = promise_due(book)
    book.call(person, book.at(0, "08:00"))
    book.email(person, book.at(0, "09:00"), "in", "One more question")

    assert ids(book.reasons(person)) == ["inbound-unanswered"]


def test_a_snoozed_person_keeps_quiet_until_they_write(book: Book) -> None:
    person = proposal(book)
    book.snooze(person, book.at(5), made=book.at(-2))
    assert book.reasons(person) == ()

    book.email(person, book.at(-1), "in", "Now we can talk")

    assert ids(book.reasons(person)) == ["inbound-unanswered"]


def test_a_parked_deal_raises_no_flag_and_returns_by_itself(book: Book) -> None:
    person = book.person()
    deal = book.deal(person, close_on=book.on(-3))
    book.snooze(deal, book.at(2), "until their budget is out")
    assert book.reasons(person) == ()

    book.now += dt.timedelta(days=3)
    book.refresh_due()

    assert "close-date-passed" in [row.reason.rule_id for row in book.today().rows]


def test_a_hidden_reason_stays_away_for_its_time(book: Book) -> None:
    person = close_passed(book)
    with book.database.write() as write:
        write.text(
            "INSERT INTO hidden_reasons (record_id, rule_id, until_at, why)"
            " VALUES (?, 'close-date-passed', ?, 'known')",
            (person, book.at(7, "09:00")),
        )
    assert book.reasons(person) == ()

    book.now += dt.timedelta(days=8)
    book.refresh_due()

    assert book.today().rows[0].reason.rule_id == "close-date-passed"


def test_a_colleagues_relationship_is_not_on_my_list(book: Book) -> None:
    person = book.person(owner_id="ingrid")
    book.deal(person, owner_id="ingrid", close_on=book.on(-3))

    assert book.reasons(person) == ()


def test_my_deal_with_a_colleagues_contact_is_on_my_list(book: Book) -> None:
    person = book.person(owner_id="ingrid")
    book.deal(person, close_on=book.on(-3))

    assert ids(book.reasons(person))[0] == "close-date-passed"


def test_a_deal_without_a_person_stands_for_itself(book: Book) -> None:
    deal = book.deal(None, close_on=book.on(-3))
    book.refresh()

    assert [(row.kind, row.id, row.who) for row in book.today().rows] == [("deal", deal, "Route planning rollout")]


def test_an_invited_colleague_gets_no_row_of_their_own_for_the_meeting(book: Book) -> None:
    person = meeting(book)
    other = book.person("Ana Kovač")
    with book.database.read() as rows:
        demo = rows.value("SELECT id FROM activities WHERE what = 'meeting'")
    with book.database.write() as write:
        write.text("INSERT INTO participants VALUES (?, ?, 'invited')", (demo, other))
    book.refresh()

    assert [row.id for row in book.today().rows] == [person]


def test_a_long_promise_is_shortened_to_sixty_characters(book: Book) -> None:
    person = book.person()
    book.task(person, 0, "Send the answers to all thirty-eight questions of the security questionnaire", promise="mine")

    sentence = book.reasons(person)[0].sentence

    assert len(sentence) <= LONGEST
    assert sentence.endswith("… by today")


def test_hostile_text_is_one_clean_line(book: Book) -> None:
    person = book.person("\u202eMallory\x00")
    book.task(person, -1, "Send\nthe\u202e quote" + "x" * 100_000)
    book.refresh()
    (row,) = book.today().rows

    assert row.who == "Mallory"
    assert len(row.reason.sentence) <= LONGEST
    assert not set("\n\x00\u202e") & set(row.reason.sentence)


def test_words_of_days_hold_across_the_change_of_clocks_and_the_year(book: Book) -> None:
    person = promise_due(book)
    for day, words in (
        (dt.date(2026, 12, 31), "Wednesday · yesterday"),
        (dt.date(2027, 1, 1), "today"),
        (dt.date(2027, 3, 28), "today"),
    ):
        book.now = dt.datetime.combine(day, dt.time(0, 1), tzinfo=ZONE)
        book.put(
            Kind.ACTIVITY,
            id="p",
            what="task",
            promise="mine",
            subject="Send a quote",
            person_id=person,
            done=False,
            due_on=(day - dt.timedelta(words != "today")).isoformat(),
            at=book.at(-1),
            owner_id="me",
        )
        with book.database.write() as write:
            write.text("DELETE FROM activities WHERE id != 'p'")

        assert book.reasons(person)[0].sentence.startswith(f"You promised a quote by {words}")


def ids(reasons: tuple[Reason, ...]) -> list[str]:
    return [reason.rule_id for reason in reasons]


def exists(book: Book, kind: str, record_id: str) -> bool:
    with book.database.read() as rows:
        return rows.one(f"SELECT 1 FROM {TABLES[Kind(kind)]} WHERE id = ?", (record_id,)) is not None
