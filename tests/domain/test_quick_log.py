"""A whole entry in one line, person first."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.domain.quick_log import OutcomeButton, QuickLog, quick_log

NOW = dt.datetime(2026, 11, 24, 9, 5, tzinfo=ZoneInfo("Europe/Berlin"))
PEOPLE = [
    ("p1", "Daniel Osei", "Kestrel Energy"),
    ("p2", "Marta Ferreira", "Halvorsen Logistics"),
    ("p3", "Martin Weber", "Brightwater Foods"),
    ("p4", "Zoë Ångström", "Port Azul Hotels"),
    ("p5", "Marta Novak", "Meridian Tools"),
]
BUTTONS = [
    OutcomeButton("no_answer", "No answer", ("na", "nobody there")),
    OutcomeButton("connected", "Connected", ("spoke",)),
    OutcomeButton("no", "No"),
]


def entry(text: str) -> QuickLog:
    return quick_log(text, PEOPLE, BUTTONS, NOW)


def ids(log: QuickLog) -> list[str]:
    return [person.id for person in log.people]


def test_person_and_outcome() -> None:
    log = entry("osei no answer")
    assert (ids(log), log.person_sure, log.button) == (["p1"], True, "no_answer")
    assert (log.person_span, log.button_span) == ((0, 4), (5, 14))
    assert (log.line.note, log.line.next_step) == ("", "")


def test_person_outcome_and_next_step() -> None:
    text = "osei connected send answers fri"
    log = entry(text)
    assert (ids(log), log.button, log.line.next_step) == (["p1"], "connected", "Send answers")
    assert log.line.due_on == dt.date(2026, 11, 27)
    assert [text[start:end] for start, end in log.line.spans] == ["fri"]


def test_two_people_of_one_name_are_offered_the_last_called_first_and_unsure() -> None:
    log = entry("marta no answer")
    assert (ids(log), log.person_sure) == (["p2", "p5"], False)


def test_a_second_word_tells_two_martas_apart() -> None:
    assert ids(entry("marta novak na")) == ["p5"]
    assert ids(entry("marta halv na")) == ["p2"]


def test_a_whole_name_beats_a_beginning() -> None:
    assert ids(entry("mart na")) == ["p2", "p3", "p5"]
    assert ids(entry("martin na")) == ["p3"]


def test_accents_and_case_need_not_be_typed() -> None:
    assert ids(entry("ZOE angstrom nobody there")) == ["p4"]


def test_the_longest_wording_of_an_outcome_counts() -> None:
    assert entry("osei no answer").button == "no_answer"
    assert entry("osei no").button == "no"


def test_words_between_person_and_outcome_belong_to_the_note() -> None:
    log = entry("osei finally connected, wants 12 months, send quote thu 10")
    assert (ids(log), log.button) == (["p1"], "connected")
    assert (log.line.note, log.line.next_step) == ("finally, wants 12 months", "Send quote")


def test_without_an_outcome_the_rest_is_the_line() -> None:
    log = entry("osei send answers fri")
    assert (ids(log), log.button, log.line.next_step) == (["p1"], None, "Send answers")


@pytest.mark.parametrize("text", ["", "no answer", "xyz no answer"])
def test_with_no_known_name_everyone_is_offered_in_the_given_order(text: str) -> None:
    log = entry(text)
    assert (ids(log), log.person_sure, log.person_span) == (["p1", "p2", "p3", "p4", "p5"], False, None)


@given(st.text(max_size=120))
def test_any_text_is_read_without_a_crash(text: str) -> None:
    log = entry(text)
    assert all(0 <= start < end <= len(text) for start, end in log.line.spans)
