"""No snooze is for ever: each ends with its event or at its latest time, and says which."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.domain import snoozes
from companion.domain.meetings import ends, next_meeting
from companion.domain.ranking import look_again_at
from companion.domain.records import Kind
from companion.domain.relationship import Entry, PersonRow, Relationship, Snooze
from companion.domain.signals import Moment
from tests.book import ZONE, Book

DAY = 86_400
START = 1_795_000_000
NOW = START + 20 * DAY
WHENS = st.integers(START - 40 * DAY, NOW + 40 * DAY)


def entry(number: int, what: str, at: int, direction: str | None, outcome: str | None, minutes: int) -> Entry:
    empty: dict[str, object] = dict.fromkeys(Entry._fields)
    values = {"id": f"e{number}", "what": what, "at": at, "direction": direction, "outcome": outcome}
    return Entry(**{**empty, **values, "duration_s": minutes * 60})  # type: ignore[arg-type]


ENTRIES = st.lists(
    st.tuples(
        st.sampled_from(["call", "email", "meeting", "note", "task"]),
        WHENS,
        st.sampled_from(["in", "out", None]),
        st.sampled_from([None, None, "cancelled", "no_answer"]),
        st.integers(0, 180),
    ),
    max_size=12,
).map(lambda rows: [entry(i, *row) for i, row in enumerate(rows)])
SNOOZES = st.builds(
    Snooze,
    st.just("p"),
    st.integers(START, START + 30 * DAY),
    st.none(),
    st.just(START),
    st.sampled_from([None, "reply", "meeting"]),
    st.sampled_from([None, 1]),
    st.one_of(st.none(), st.integers(START - 30 * DAY, START)),
    st.none(),
    st.none(),
)


@given(SNOOZES, ENTRIES, st.integers(START, START + 60 * DAY))
def test_a_snooze_ends_at_its_latest_time_whatever_happens_or_does_not(
    snooze: Snooze, entries: list[Entry], at: int
) -> None:
    stands = snoozes.now(snooze, entries, at)

    assert stands.until_at <= snooze.until_at
    assert snoozes.now(snooze, entries, snooze.until_at).until_at <= snooze.until_at
    assert (stands.ended_by is None) == (stands.event_id is None)
    if stands.ended_by is None:
        assert stands.until_at == snooze.until_at


@given(SNOOZES, ENTRIES)
def test_a_snooze_that_ended_stays_ended_at_the_same_time(snooze: Snooze, entries: list[Entry]) -> None:
    for at in range(START, START + 60 * DAY, 5 * DAY):
        first = snoozes.now(snooze, entries, at)
        if first.until_at <= at:
            later = snoozes.now(snooze, entries, at + 7 * DAY)
            kept = snoozes.now(snooze._replace(until_at=first.until_at), entries, at + 7 * DAY)
            assert later.until_at == first.until_at == kept.until_at
            assert later.ended_by == kept.ended_by == first.ended_by


@given(SNOOZES.filter(lambda each: each.waits_for == "reply"), ENTRIES, st.integers(START + 1, START + 30 * DAY))
def test_whoever_waits_for_a_reply_sees_it_when_it_comes(snooze: Snooze, entries: list[Entry], at: int) -> None:
    reply = entry(99, "email", at, "in", None, 0)

    stands = snoozes.now(snooze, [*entries, reply], at)

    assert stands.until_at <= at


@given(SNOOZES.filter(lambda each: each.waits_for == "meeting"), ENTRIES)
def test_a_meeting_ends_it_when_it_is_over_and_one_that_was_called_off_does_not(
    snooze: Snooze, entries: list[Entry]
) -> None:
    meeting = next_meeting(entries, snooze.made_at)

    if meeting is None:
        assert snoozes.now(snooze, entries, snooze.until_at).ended_by is None
        return
    over = ends(meeting)
    assert meeting.outcome != "cancelled"
    assert snoozes.now(snooze, entries, over - 1).ended_by is None
    if over <= snooze.until_at:
        assert snoozes.now(snooze, entries, over)[-2:] == ("meeting", meeting.id)


@given(SNOOZES, ENTRIES)
def test_whoever_is_put_away_is_looked_at_again_by_the_time_it_ends(snooze: Snooze, entries: list[Entry]) -> None:
    """Time alone wakes it, or the entry that arrives does: an entry touches its person."""
    zone = dt.UTC
    moment = Moment.of(dt.datetime.fromtimestamp(START + 60, zone), zone)
    known = [each for each in entries if (each.at or 0) <= moment.at or each.what == "meeting"]
    stands = snoozes.now(snooze, known, moment.at)
    person = PersonRow(**{**dict.fromkeys(PersonRow._fields), "id": "p"})  # type: ignore[arg-type]
    relationship = Relationship("person", "p", person, (), sorted(known, key=lambda e: -(e.at or 0)), snoozes=[stands])

    again = look_again_at(relationship, moment, anchored=True)

    if stands.until_at > moment.at:
        assert again is not None
        meeting = next_meeting(known, snooze.made_at) if snooze.waits_for == "meeting" else None
        ending = min(stands.until_at, ends(meeting)) if meeting else stands.until_at
        assert again <= ending


# On the list ────────────────────────────────────────────────────────────────────────────────────────────────────────


def quiet(book: Book) -> tuple[str, str]:
    """A person with a proposal that nobody answered."""
    person = book.person()
    deal = book.deal(person, close_on=book.on(9))
    book.email(person, book.at(-6), subject="Proposal v2")
    return person, deal


def writes(book: Book, person: str, at: int) -> None:
    """An email of theirs arrives, as a sync brings it."""
    book.add(Kind.ACTIVITY, what="email", direction="in", person_id=person, at=at, done=True, subject="About it")


def sentences(book: Book) -> list[str]:
    return [row.reason.row_sentence for row in book.today().rows]


def test_their_reply_brings_somebody_back_and_says_since_when_it_was_waited_for(book: Book) -> None:
    person, _ = quiet(book)
    book.snooze(person, book.at(30), made=book.at(-3), waits_for="reply", event_at=book.at(-6))
    book.refresh()
    assert sentences(book) == []

    writes(book, person, book.at(0, "08:00"))

    assert sentences(book) == ["They replied: you waited for this since Saturday"]
    assert book.today().rows[0].reason.level == 2
    assert book.read(lambda rows: rows.value("SELECT until_at FROM snoozes")) == book.at(0, "08:00")


def test_what_they_wrote_before_the_last_touch_is_no_reply(book: Book) -> None:
    person, _ = quiet(book)
    book.snooze(person, book.at(30), made=book.at(-3), waits_for="reply", event_at=book.at(-6))

    writes(book, person, book.at(-8))

    assert sentences(book) == []


def test_without_a_reply_it_comes_back_at_its_latest_time(book: Book) -> None:
    person, _ = quiet(book)
    book.snooze(person, book.at(4, "08:00"), "no reply since 24 Nov", made=book.at(0), waits_for="reply")
    book.refresh()

    book.now += dt.timedelta(days=5)
    book.refresh_due()

    reasons = [each.row_sentence for each in book.reasons(person)]
    assert "You asked to see this yesterday: no reply since 24 Nov" in reasons


def test_the_end_of_the_meeting_brings_somebody_back(book: Book) -> None:
    person, _ = quiet(book)
    book.activity("meeting", person, book.at(1, "10:00"), ends_at=book.at(1, "11:00"), done=False, subject="Demo")
    book.snooze(person, book.at(8), made=book.at(0), waits_for="meeting", event_at=book.at(1, "11:00"))
    book.refresh()
    assert sentences(book) == []

    book.now = dt.datetime(2026, 11, 25, 10, 59, tzinfo=ZONE)
    book.refresh_due()
    assert "over" not in " ".join(sentences(book))
    book.now = dt.datetime(2026, 11, 25, 11, 0, 30, tzinfo=ZONE)
    book.refresh_due()

    assert sentences(book) == ["Demo is over: you asked to see this after it"]
    assert book.today().rows[0].reason.level == 1


def test_a_meeting_that_was_put_off_is_waited_for_until_a_week_after_its_first_day(book: Book) -> None:
    person, _ = quiet(book)
    meeting = book.activity("meeting", person, book.at(1), ends_at=book.at(1, "11:00"), done=False, subject="Demo")
    book.snooze(person, book.at(8), made=book.at(0), waits_for="meeting", event_at=book.at(1, "11:00"))

    book.edit(Kind.ACTIVITY, meeting, at=book.at(20), ends_at=book.at(20, "11:00"))
    book.now += dt.timedelta(days=2)
    book.refresh_due()
    assert sentences(book) == []
    book.now += dt.timedelta(days=7)
    book.refresh_due()

    assert any(each.startswith("You asked to see this") for each in (s.row_sentence for s in book.reasons(person)))


@pytest.mark.parametrize(("days", "words"), [(2, "resumes today"), (1, "resumed yesterday")])
def test_a_parked_person_returns_by_itself_with_the_words_of_the_parking(book: Book, days: int, words: str) -> None:
    person, _ = quiet(book)
    book.snooze(person, book.at(days, "08:00"), "budget freeze", made=book.at(0), parked=1)
    book.refresh()
    assert sentences(book) == []

    book.now += dt.timedelta(days=2)
    book.refresh_due()

    assert f"You parked this: budget freeze · {words}" in [each.row_sentence for each in book.reasons(person)]


def test_a_parked_person_who_writes_is_shown_all_the_same_also_when_it_was_there_before(book: Book) -> None:
    person, _ = quiet(book)
    book.email(person, book.at(-2), "in", "Can we talk about the price?")
    book.snooze(person, book.at(30), "budget freeze", made=book.at(-1), parked=1)

    assert [each.rule_id for each in book.reasons(person)] == ["inbound-unanswered"]

    book.snooze(person, book.at(30), made=book.at(-1))
    assert book.reasons(person) == ()


def test_a_promise_of_ours_outlives_the_parking_of_its_deal_and_a_plain_step_does_not(book: Book) -> None:
    person, deal = quiet(book)
    book.task(person, 0, "Call again", deal_id=deal)
    book.snooze(deal, book.at(30), "budget freeze", made=book.at(-1), parked=1)
    assert book.reasons(person) == ()

    book.task(person, 0, "Send the terms", deal_id=deal, promise="mine")

    assert [each.rule_id for each in book.reasons(person)] == ["promise-due"]


def test_what_was_known_when_somebody_was_snoozed_keeps_quiet_and_what_comes_later_does_not(book: Book) -> None:
    person, _ = quiet(book)
    book.engagement("quote_opened", person, book.at(0, "08:00"), "Quote", count=3)
    assert "quote-opened" in [each.rule_id for each in book.reasons(person)]

    book.snooze(person, book.at(3), made=book.at(0, "09:00"))
    assert book.reasons(person) == ()

    book.engagement("quote_opened", person, book.at(0, "09:05"), "Quote", count=2)
    assert [each.rule_id for each in book.reasons(person)] == ["quote-opened"]


def test_a_promise_outlives_the_parking_of_the_person_too(book: Book) -> None:
    person, _ = quiet(book)
    book.task(person, -2, "Send the terms", promise="mine")
    book.snooze(person, book.at(30), "budget freeze", made=book.at(-1), parked=1)

    assert [each.rule_id for each in book.reasons(person)] == ["promise-late"]

    book.snooze(person, book.at(30), made=book.at(-1))
    assert book.reasons(person) == ()


def test_a_meeting_that_somebody_ticked_off_beforehand_ends_the_snooze_all_the_same(book: Book) -> None:
    person, deal = quiet(book)
    book.edit(Kind.DEAL, deal, status="lost")
    over = book.at(0, "11:00")
    book.activity("meeting", person, book.at(0, "10:00"), ends_at=over, done=True, subject="Demo")
    book.snooze(person, book.at(8), made=book.at(0, "09:00"), waits_for="meeting", event_at=over)
    book.refresh()

    with book.database.read() as rows:
        assert rows.value("SELECT at FROM rechecks WHERE subject_id = ?", (person,)) == over
