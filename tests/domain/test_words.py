"""Days, ages and money in words: plurals, the week's edge, the year's end."""

from __future__ import annotations

import datetime as dt

import pytest

from companion.domain import words

TODAY = dt.date(2026, 11, 24)


@pytest.mark.parametrize(
    ("distance", "expected"),
    [(-7, "17 Nov"), (-6, "Wednesday"), (-1, "yesterday"), (0, "today"), (1, "tomorrow"), (3, "Friday"), (7, "1 Dec")],
)
def test_a_day_is_a_weekday_within_seven_days_and_a_date_beyond(distance: int, expected: str) -> None:
    assert words.day(TODAY + dt.timedelta(distance), TODAY) == expected


@pytest.mark.parametrize(
    ("count", "expected"),
    [(0, "today"), (1, "yesterday"), (2, "2 days ago"), (21, "21 days ago"), (1200, "1,200 days ago")],
)
def test_ages_have_right_plurals(count: int, expected: str) -> None:
    assert words.ago(count) == expected


def test_one_day_is_not_one_days() -> None:
    assert (words.days(1), words.days(0), words.days(5)) == ("1 day", "0 days", "5 days")


@pytest.mark.parametrize(
    ("hundredths", "currency", "short", "whole"),
    [
        (4_800_000, "EUR", "€48k", "€48,000"),
        (900_000, "EUR", "€9k", "€9,000"),
        (950_000, "EUR", "€9.5k", "€9,500"),
        (99_900, "USD", "$999", "$999"),
        (12_345_678_900, "GBP", "£123.5m", "£123,456,789"),
        (99_960_000, "EUR", "€1m", "€999,600"),
        (1_050, "NOK", "NOK 10", "NOK 10.50"),
        (0, "EUR", "€0", "€0"),
        (-4_800_000, "EUR", "-€48k", "-€48,000"),
    ],
)
def test_money_is_short_on_rows_and_whole_on_cards(hundredths: int, currency: str, short: str, whole: str) -> None:
    assert (words.short_money(hundredths, currency), words.money(hundredths, currency)) == (short, whole)


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(78 * 60, "in 1 h 18 min"), (300, "in 5 min"), (1, "in 1 min"), (7200, "in 2 h"), (0, "now"), (-60, "now")],
)
def test_a_countdown_rounds_up_to_the_minute(seconds: int, expected: str) -> None:
    assert words.until(seconds) == expected


@pytest.mark.parametrize(
    ("subject", "expected"),
    [("Re: Fwd: Quote", "Quote"), ("AW: Angebot", "Angebot"), ("Recording", "Recording"), (None, "")],
)
def test_a_subject_loses_its_marks_of_reply(subject: str | None, expected: str) -> None:
    assert words.topic(subject) == expected


def test_text_is_shortened_at_a_word_and_never_longer_than_asked() -> None:
    for most in range(1, 40):
        assert len(words.shortened("the security answers for the whole board", most)) <= max(most, 2)


def test_an_acronym_keeps_its_capitals_inside_a_sentence() -> None:
    assert (words.lower_first("NDA draft"), words.lower_first("Proposal v2"), words.lower_first("I am")) == (
        "NDA draft",
        "proposal v2",
        "I am",
    )
