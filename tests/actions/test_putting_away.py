"""Snoozed until an event, parked for a reason, woken, hidden and shown again: each one act that undo takes back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from companion.actions import hide_reason, park, snooze
from companion.actions.desk import Desk, Done
from companion.actions.log_activity import LogEntry, log_activity
from companion.actions.undo import undo
from companion.domain.records import Kind
from companion.queries.put_away import meeting_ahead, parked_deals, put_away
from tests.book import ZONE, Book

MONTH = dt.timedelta(days=30)


def row(book: Book, record_id: str = "marta") -> tuple[Any, ...] | None:
    with book.database.read() as rows:
        return rows.one(
            "SELECT until_at, words, waits_for, parked, event_at FROM snoozes WHERE record_id = ?", (record_id,)
        )


def listed(book: Book) -> list[str]:
    return [each.who for each in book.today().rows]


def test_a_snooze_until_a_reply_knows_when_anybody_was_last_in_touch(book: Book, desk: Desk) -> None:
    book.email("marta", book.at(-2), "out", "Proposal")
    book.email("marta", book.at(-9), "in", "Before")
    book.activity("note", "marta", book.at(-1))

    snooze.snooze(desk, Kind.PERSON, "marta", book.now + MONTH, None, "Snoozed", "reply")

    until = int((book.now + MONTH).timestamp())
    assert row(book) == (until, None, "reply", None, book.at(-2))
    assert listed(book) == []


def test_a_snooze_until_the_meeting_is_over_knows_when_that_should_be(book: Book, desk: Desk) -> None:
    book.activity("meeting", "marta", book.at(3), ends_at=book.at(3, "10:45"), done=False, subject="Demo: routes")
    book.activity("meeting", "marta", book.at(1), outcome="cancelled", done=False)
    book.activity("meeting", "marta", book.at(-1), ends_at=book.at(-1, "11:00"))

    ahead = book.read(meeting_ahead, Kind.PERSON, "marta", book.now, ZONE)
    snooze.snooze(desk, Kind.PERSON, "marta", ahead.ends + dt.timedelta(7), None, "Snoozed", "meeting")

    assert (ahead.words, int(ahead.ends.timestamp())) == ("Demo", book.at(3, "10:45"))
    stored = row(book)
    assert stored is not None
    assert stored[2:] == ("meeting", None, book.at(3, "10:45"))


def test_no_meeting_is_offered_where_none_lies_ahead(book: Book) -> None:
    book.activity("meeting", "marta", book.at(-1), ends_at=book.at(-1, "11:00"))
    book.activity("meeting", "marta", book.at(1), outcome="no_show", done=False)

    assert book.read(meeting_ahead, Kind.PERSON, "marta", book.now, ZONE) is None
    assert book.read(meeting_ahead, Kind.DEAL, "rollout", book.now, ZONE) is None


def test_a_meeting_of_others_in_which_they_take_part_counts_too(book: Book) -> None:
    meeting = book.activity("meeting", None, book.at(1), ends_at=book.at(1, "11:00"), done=False, subject="Kick-off")
    with book.database.write() as write:
        write.text("INSERT INTO participants (record_id, person_id) VALUES (?, 'marta')", (meeting,))

    assert book.read(meeting_ahead, Kind.PERSON, "marta", book.now, ZONE).words == "Kick-off"


def test_parking_quiets_the_deal_and_is_told_with_its_words(book: Book, desk: Desk) -> None:
    assert listed(book) == ["Marta Ferreira"]

    park.park(desk, Kind.PERSON, "marta", book.now + MONTH, "budget freeze", "Parked")

    assert listed(book) == []
    away = book.read(put_away, "marta", book.now, ZONE)
    assert away.sentence(book.now.date()) == "Parked until 24 Dec · budget freeze"
    assert book.read(parked_deals, book.now, ZONE).keys() == {"rollout"}
    book.now += dt.timedelta(days=31)
    assert book.read(put_away, "marta", book.now, ZONE) is None
    assert book.read(parked_deals, book.now, ZONE) == {}


def test_a_logged_call_ends_a_snooze_and_leaves_a_parking(book: Book, desk: Desk) -> None:
    call = LogEntry("call", "Call", outcome="connected")
    snooze.snooze(desk, Kind.PERSON, "marta", book.now + MONTH, None, "Snoozed")
    park.park(desk, Kind.DEAL, "rollout", book.now + MONTH, "budget freeze", "Parked")

    log_activity(desk, call, "marta", "rollout", "Connected")

    assert row(book, "marta") is None
    assert row(book, "rollout") is not None


ACTS: dict[str, Callable[[Desk], Done]] = {
    "snooze": lambda desk: snooze.snooze(desk, Kind.PERSON, "marta", desk.clock() + MONTH, "x", "x", "reply"),
    "park": lambda desk: park.park(desk, Kind.PERSON, "marta", desk.clock() + MONTH, "x", "x"),
    "park the deal": lambda desk: park.park(desk, Kind.DEAL, "rollout", desk.clock() + MONTH, "x", "x", "reply"),
    "wake": lambda desk: snooze.wake(desk, Kind.PERSON, "marta", "x"),
    "hide": lambda desk: hide_reason.hide_reason(
        desk, Kind.PERSON, "marta", "no-next-step", desk.clock() + MONTH, "never", "x"
    ),
    "show again": lambda desk: hide_reason.show_again(desk, Kind.PERSON, "marta", "close-date-passed", "x"),
}


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("away", [None, 0, 1])
def test_undo_brings_back_what_was(book: Book, desk: Desk, act: str, away: int | None) -> None:
    if away is not None:
        book.snooze("marta", book.at(9), "before", waits_for="meeting", parked=away, event_at=5)
    with book.database.write() as write:
        write.text(
            "INSERT INTO hidden_reasons (record_id, rule_id, until_at, why, made_at, times)"
            " VALUES ('marta', 'close-date-passed', ?, 'wrong', 4, 2)",
            (book.at(9),),
        )
    book.refresh()
    before = kept(book)

    ACTS[act](desk)
    undo(desk)

    assert kept(book) == before


def kept(book: Book) -> list[list[tuple[Any, ...]]]:
    with book.database.read() as rows:
        return [
            rows.all(f"SELECT * FROM {table} ORDER BY 1, 2")
            for table in ("snoozes", "hidden_reasons", "scores", "rechecks")
        ]


def test_hiding_again_is_counted_until_a_month_has_passed(book: Book, desk: Desk) -> None:
    for _ in range(3):
        hide_reason.hide_reason(desk, Kind.PERSON, "marta", "quiet", book.now + MONTH, "hidden", "x")
    with book.database.read() as rows:
        assert rows.value("SELECT times FROM hidden_reasons") == 3

    book.now += dt.timedelta(days=40)
    hide_reason.hide_reason(desk, Kind.PERSON, "marta", "quiet", book.now + MONTH, "hidden", "x")

    with book.database.read() as rows:
        assert rows.value("SELECT times FROM hidden_reasons") == 1


def test_what_was_hidden_for_good_can_be_shown_again(book: Book, desk: Desk) -> None:
    rule = book.today().rows[0].reason.rule_id
    hide_reason.hide_reason(desk, Kind.PERSON, "marta", rule, book.now + 400 * MONTH, "never", "x")
    assert listed(book) == []

    hide_reason.show_again(desk, Kind.PERSON, "marta", rule, "x")

    assert listed(book) == ["Marta Ferreira"]
    with book.database.read() as rows:
        assert rows.one("SELECT why, times FROM hidden_reasons") == ("never", 1)
