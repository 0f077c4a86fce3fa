"""One line becomes a note and a next step, and what the rep un-parsed stays words."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.domain import log_line

BERLIN = ZoneInfo("Europe/Berlin")
NOW = dt.datetime(2026, 11, 24, 9, 5, tzinfo=BERLIN)
THU, FRI = dt.date(2026, 11, 26), dt.date(2026, 11, 27)


def test_the_line_of_the_log_sheet() -> None:
    line = log_line.read("Wants 12 months, send revised quote thu 10", NOW)
    assert (line.note, line.next_step) == ("Wants 12 months", "Send revised quote")
    assert (line.due_on, line.due_at) == (THU, dt.datetime(2026, 11, 26, 10, 0, tzinfo=BERLIN))
    assert (line.spans, line.problem, line.sure) == (((36, 42),), None, True)


@pytest.mark.parametrize(
    ("text", "note", "step", "due"),
    [
        ("send revised quote thu 10", "", "Send revised quote", THU),
        ("Wants 12 months; send quote thu", "Wants 12 months", "Send quote", THU),
        ("Wants 12 months - send quote thu", "Wants 12 months", "Send quote", THU),
        ("Wants 12 months. Send quote thu.", "Wants 12 months.", "Send quote", THU),
        ("Wants 12 months\nsend quote thu", "Wants 12 months", "Send quote", THU),
        ("Wants 12 months, send quote by thu", "Wants 12 months", "Send quote", THU),
        ("Wants 12 months, then send quote on thu", "Wants 12 months", "Send quote", THU),
        ("Wants 12 months, send quote thu 10 to Marta", "Wants 12 months", "Send quote to Marta", THU),
        ("Wants 12 months, thu 10 send quote", "Wants 12 months", "Send quote", THU),
        ("Wants 12 months, thu 10: send quote", "Wants 12 months", "Send quote", THU),
        ("Send quote thu 10, wants 12 months", "wants 12 months", "Send quote", THU),
        ("Likes it, send quote thu, budget in Q1", "Likes it, budget in Q1", "Send quote", THU),
        ("Likes it, send quote, thu 10", "Likes it", "Send quote", THU),
        ("send quote, thu 10", "", "Send quote", THU),
        ("thu 10, send quote", "", "Send quote", THU),
        ("No budget yet, thu 10", "No budget yet", "", THU),
        ("thu 10", "", "", THU),
        ("Board decides 27 nov, send quote thu", "Board decides 27 nov", "Send quote", THU),
        ("Paid 10,000 and 10.5 %, send invoice fri", "Paid 10,000 and 10.5 %", "Send invoice", FRI),
        ("Wants quote thu, 10:30", "", "Wants quote", THU),
        ("Likes it, ask Dr. Weber fri", "Likes it", "Ask Dr. Weber", FRI),
        ('Said "no, not thu 10", call fri', 'Said "no, not thu 10"', "Call", FRI),
        ("Wants a pilot, move demo to fri", "Wants a pilot", "Move demo", FRI),
    ],
)
def test_the_part_with_the_date_is_the_next_step(text: str, note: str, step: str, due: dt.date) -> None:
    line = log_line.read(text, NOW)
    assert (line.note, line.next_step, line.due_on) == (note, step, due)
    assert line.sure
    assert line.problem is None


@pytest.mark.parametrize(
    "text", ["Wants 12 months", "", "She said money is tight, no wonder", "Fridays suit her", "ok"]
)
def test_without_a_date_all_of_it_is_the_note_and_nothing_is_wrong(text: str) -> None:
    line = log_line.read(text, NOW)
    assert (line.note, line.next_step, line.due_on, line.spans, line.problem) == (text, "", None, (), None)


@pytest.mark.parametrize(
    ("text", "tried"),
    [
        ("call thursdayish", "thursdayish"),
        ("Wants 12 months, send quote Thursdayish", "Thursdayish"),
        ("call tomorow", "tomorow"),
        ("call wendesday.", "wendesday"),
        ("send quote 31 nov", "31 nov"),
        ("send quote nov 31", "nov 31"),
        ("send quote 32.12.", "32.12."),
        ("call 25:00", "25:00"),
    ],
)
def test_a_date_that_was_tried_and_failed_is_named(text: str, tried: str) -> None:
    line = log_line.read(text, NOW)
    assert line.problem == f"No date found in “{tried}”. Try “thu 10” or “26 nov”."
    assert (line.note, line.due_on) == (text, None)


def test_a_date_that_the_rep_unparsed_is_words_again() -> None:
    text = "Wants 12 months, send revised quote thu 10"
    line = log_line.read(text, NOW, unparsed=frozenset({(36, 42)}))
    assert (line.note, line.next_step, line.due_on, line.spans, line.problem) == (text, "", None, (), None)


@pytest.mark.parametrize(
    ("before", "after", "spans"),
    [
        ("call fri", "call fri,", {(5, 8)}),
        ("call fri", "do call fri", {(8, 11)}),
        ("call fri", "all fri", {(4, 7)}),
        ("call fri", "call fr", set()),
        ("call fri", "call sfri", {(6, 9)}),
        ("call fri", "", set()),
        ("call fri fri", "call fri", {(5, 8)}),
    ],
)
def test_what_was_unparsed_stays_so_while_the_rep_types_on(
    before: str, after: str, spans: set[tuple[int, int]]
) -> None:
    assert log_line.moved(frozenset({(5, 8)}), before, after) == spans


def test_unparsing_the_last_date_leaves_the_one_before() -> None:
    text = "call fri, about the meeting thu 10"
    line = log_line.read(text, NOW, unparsed=frozenset({(28, 34)}))
    assert (line.next_step, line.note, line.due_on) == ("Call", "about the meeting thu 10", FRI)


@pytest.mark.parametrize(
    "text", ["Spoke to her boss thu", "Moved it from thu to fri", "call fri?", "call thu or fri", "call after 27 nov"]
)
def test_a_doubtful_date_is_marked_as_a_guess(text: str) -> None:
    line = log_line.read(text, NOW)
    assert line.due_on is not None
    assert not line.sure


def test_after_a_date_stays_in_the_next_step() -> None:
    assert log_line.read("Busy, call after 27 nov", NOW).next_step == "Call after 27 nov"


def test_a_date_without_a_time_is_due_on_a_day_only() -> None:
    line = log_line.read("call fri", NOW)
    assert (line.due_on, line.due_at) == (FRI, None)


SAID = st.lists(
    st.tuples(
        st.sampled_from(["wants", "budget", "marta", "seats", "12", "€5k", "10,000", "Dr.", "ok", "“fri”"]),
        st.sampled_from([" ", ", ", "; ", ". ", " - ", "\n"]),
    ),
    max_size=8,
).map(lambda pairs: "".join(word + sign for word, sign in pairs))


@given(SAID, SAID)
def test_no_word_is_lost_between_note_and_next_step(before: str, after: str) -> None:
    text = f"{before}send quote thu 10:00 {after}"
    line = log_line.read(text, NOW)
    assert [text[start:end] for start, end in line.spans] == ["thu 10:00"]
    kept = f"{line.note} {line.next_step}".casefold().replace(".", " ")
    assert sorted(_words(kept)) == sorted(_words(text.replace("thu 10:00", " ").casefold().replace(".", " ")))


def _words(text: str) -> list[str]:
    return [word for word in (piece.strip(",;-") for piece in text.split()) if word]


@given(st.text(max_size=300), st.frozensets(st.tuples(st.integers(0, 300), st.integers(0, 300)), max_size=3))
def test_any_text_is_read_without_a_crash(text: str, unparsed: frozenset[tuple[int, int]]) -> None:
    line = log_line.read(text, NOW, unparsed=unparsed)
    assert all(0 <= start < end <= len(text) for start, end in line.spans)
