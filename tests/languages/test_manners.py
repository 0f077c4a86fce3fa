"""Days, numbers and money are written as each language writes them: held against the Unicode tables."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from babel import Locale, dates, numbers

from companion.domain import language, words
from companion.domain.manners import MANNERS

# English dates stand as in Britain: 27 Nov is read the same everywhere, 11/27 is not.
LOCALES = {"en": "en_GB", "de": "de", "fr": "fr", "es": "es"}
TODAY = dt.date(2026, 11, 24)
DAYS = [TODAY + dt.timedelta(days=37 * each) for each in range(12)]
OURS = {("en", "Sept"): "Sep"}


@pytest.fixture(params=LOCALES)
def spoken(request: pytest.FixtureRequest) -> Iterator[str]:
    language.speak(None, request.param)
    yield request.param
    language.speak(None)


def test_days_and_months_have_the_names_and_the_order_of_the_language(spoken: str) -> None:
    locale = Locale.parse(LOCALES[spoken])
    manner = MANNERS[spoken]
    assert manner.weekdays == tuple(locale.days["format"]["wide"][each] for each in range(7))
    assert manner.weekdays_short == tuple(locale.days["format"]["abbreviated"][each] for each in range(7))
    assert manner.months == tuple(locale.months["format"]["wide"][each] for each in range(1, 13))
    short = [locale.months["format"]["abbreviated"][each] for each in range(1, 13)]
    assert manner.months_short == tuple(OURS.get((spoken, each), each) for each in short)


def test_a_date_reads_as_the_language_writes_it(spoken: str) -> None:
    for day in DAYS:
        usual = dates.format_skeleton("MMMEd", day, locale=LOCALES[spoken])
        ours = words.dated(day, day)
        assert ours == usual.replace("Sept", "Sep") if spoken == "en" else ours == usual


@pytest.mark.parametrize("whole", [0, 7, 950, 1_240, 9_500, 48_000, 1_234_567])
def test_numbers_and_money_are_parted_and_placed_as_the_language_does(spoken: str, whole: int) -> None:
    assert language.number(whole) == numbers.format_decimal(whole, locale=LOCALES[spoken])
    usual = numbers.format_currency(whole, "EUR", locale=LOCALES[spoken], currency_digits=False, format=None)
    without_cents = usual.replace(f"{MANNERS[spoken].decimal}00", "")
    assert words.money(whole * 100, "EUR") == without_cents


@pytest.mark.parametrize(
    ("code", "short"),
    [("en", "€48k"), ("de", "48\xa0Tsd.\xa0€"), ("fr", "48\xa0k\xa0€"), ("es", "48\xa0mil\xa0€")],
)
def test_large_amounts_are_shortened_in_the_languages_own_way(code: str, short: str) -> None:
    language.speak(None, code)
    assert words.short_money(4_800_000, "EUR") == short
    language.speak(None)


def test_the_clock_has_twelve_hours_only_where_it_is_asked_for() -> None:
    times = [dt.time(0, 5), dt.time(12, 0), dt.time(16, 40)]
    assert [words.time_of(each) for each in times] == ["00:05", "12:00", "16:40"]
    language.speak(None, "en", MANNERS["en"]._replace(twelve=True))
    assert [words.time_of(each) for each in times] == ["12:05 am", "12:00 pm", "4:40 pm"]
    language.speak(None)
