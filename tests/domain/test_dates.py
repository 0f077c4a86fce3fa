"""Dates in words over the edges of the calendar, in fields, in other languages, and with hostile text."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from companion.domain import date_arithmetic as calendar
from companion.domain import dates

BERLIN = ZoneInfo("Europe/Berlin")
TUESDAY = dt.datetime(2026, 11, 24, 9, 5, tzinfo=BERLIN)
ZONES = st.sampled_from([ZoneInfo(z) for z in ("Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Apia")])
# From the year of the first build to far beyond its use; year ends, leap days and clock changes are all inside.
NOWS = st.builds(dt.datetime.combine, st.dates(dt.date(2024, 1, 1), dt.date(2045, 12, 31)), st.times(), tzinfo=ZONES)
LEAP_EVE = dt.datetime(2028, 2, 28, 23, 59, tzinfo=BERLIN)
YEAR_END = dt.datetime(2026, 12, 31, 23, 59, tzinfo=BERLIN)
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def on(phrase: str, now: dt.datetime) -> dt.date:
    (found,) = dates.find(phrase, now)
    return found.date


@given(NOWS, st.integers(0, 6))
@example(YEAR_END, 4)
@example(LEAP_EVE, 1)
def test_a_weekday_is_the_next_such_day_strictly_after_today(now: dt.datetime, weekday: int) -> None:
    found = on(WEEKDAYS[weekday], now)
    assert found.weekday() == weekday
    assert 1 <= (found - now.date()).days <= 7


@given(NOWS, st.integers(0, 6))
@example(YEAR_END, 0)
def test_next_weekday_lies_in_the_week_after_this_one(now: dt.datetime, weekday: int) -> None:
    found = on(f"next {WEEKDAYS[weekday]}", now)
    assert found.isocalendar()[:2] == (now.date() + dt.timedelta(days=7)).isocalendar()[:2]
    assert found.weekday() == weekday


@given(NOWS, st.integers(0, 999))
def test_days_and_weeks_ahead_count_calendar_days(now: dt.datetime, count: int) -> None:
    assert on(f"+{count}d", now) == now.date() + dt.timedelta(days=count)
    assert on(f"in {count} weeks", now) == now.date() + dt.timedelta(weeks=count)


@given(NOWS, st.integers(1, 120))
@example(dt.datetime(2027, 1, 31, 9, tzinfo=BERLIN), 1)
@example(dt.datetime(2028, 1, 31, 9, tzinfo=BERLIN), 1)
def test_months_ahead_keep_the_day_or_end_with_the_month(now: dt.datetime, count: int) -> None:
    found = on(f"+{count}m", now)
    assert (found.year * 12 + found.month) - (now.year * 12 + now.month) == count
    assert found.day == min(now.day, calendar.month_length(found.year, found.month))


@given(NOWS)
@example(YEAR_END)
@example(LEAP_EVE)
def test_ends_are_the_last_day_and_never_past(now: dt.datetime) -> None:
    month, quarter, year = on("eom", now), on("eoq", now), on("eoy", now)
    assert (month + dt.timedelta(days=1)).day == 1
    assert month.month == now.month
    assert (quarter + dt.timedelta(days=1)).month in (1, 4, 7, 10)
    assert (year.month, year.day) == (12, 31)
    assert now.date() <= month <= quarter <= year
    assert on("eow", now).weekday() == 4
    assert 0 <= (on("eow", now) - now.date()).days <= 6


@given(NOWS, st.dates(dt.date(2024, 1, 1), dt.date(2046, 12, 31)))
def test_a_full_date_is_read_exactly_in_every_spelling(now: dt.datetime, day: dt.date) -> None:
    month = dates.ENGLISH.months_short[day.month - 1]
    for phrase in (
        day.isoformat(),
        f"{day.day}.{day.month}.{day.year}",
        f"{day.day} {month} {day.year}",
        f"{month} {day.day}, {day.year}",
    ):
        (found,) = dates.find(phrase, now)
        assert (found.date, found.time, found.sure) == (day, None, day >= now.date())


@given(NOWS, st.dates(dt.date(2024, 1, 1), dt.date(2024, 12, 31)))
@example(dt.datetime(2027, 3, 1, tzinfo=BERLIN), dt.date(2024, 2, 29))
def test_a_date_without_a_year_is_the_next_such_day(now: dt.datetime, day: dt.date) -> None:
    (found,) = dates.find(f"{day.day} {dates.ENGLISH.months_long[day.month - 1]}", now)
    assert (found.date.day, found.date.month) == (day.day, day.month)
    assert found.date >= now.date()
    assert not found.sure or (found.date - now.date()).days <= 270


@given(NOWS, st.times())
def test_a_time_alone_is_never_past_and_sure_only_for_today(now: dt.datetime, time: dt.time) -> None:
    (found,) = dates.find(time.strftime("%H:%M"), now)
    assert (found.time, found.date >= now.date()) == (time.replace(second=0, microsecond=0), True)
    if found.sure:
        assert found.date == now.date()
        assert found.time is not None
        assert found.time > now.time()


@given(NOWS, st.integers(1, 500))
@example(dt.datetime(2026, 3, 29, 1, 30, tzinfo=BERLIN), 1)
@example(dt.datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN), 1)
def test_hours_ahead_are_hours_that_pass_even_when_clocks_change(now: dt.datetime, hours: int) -> None:
    (found,) = dates.find(f"in {hours} hours", now)
    wanted = (now.astimezone(dt.UTC) + dt.timedelta(hours=hours)).astimezone(now.tzinfo)
    assert (found.date, found.time) == (wanted.date(), wanted.time().replace(second=0, microsecond=0, fold=0))


def test_a_time_that_the_clock_change_skips_moves_on_by_an_hour() -> None:
    now = dt.datetime(2026, 3, 27, 9, 0, tzinfo=BERLIN)
    (found,) = dates.find("sun 02:30", now)
    moment = found.moment(BERLIN)
    assert moment is not None
    assert moment.isoformat() == "2026-03-29T03:30:00+02:00"


def test_a_moment_beyond_the_clock_change_has_that_days_offset() -> None:
    (found,) = dates.find("mon 10", dt.datetime(2026, 10, 23, 9, 0, tzinfo=BERLIN))
    moment = found.moment(BERLIN)
    assert moment is not None
    assert moment.isoformat() == "2026-10-26T10:00:00+01:00"


def test_thu_on_a_thursday_is_next_weeks() -> None:
    thursday = dt.datetime(2026, 11, 26, 9, 0, tzinfo=BERLIN)
    assert on("thu", thursday) == dt.date(2026, 12, 3)


def test_thu_with_a_time_still_ahead_on_a_thursday_is_only_a_guess() -> None:
    (found,) = dates.find("thu 15:00", dt.datetime(2026, 11, 26, 9, 0, tzinfo=BERLIN))
    assert (found.date, found.sure) == (dt.date(2026, 12, 3), False)


def test_two_days_joined_are_both_guesses() -> None:
    for text in ("thu or fri", "thu-fri", "thu/fri", "mon and tue", "thu 10 or fri 11"):
        assert [found.sure for found in dates.find(text, TUESDAY)] == [False, False], text


def test_quoted_text_is_never_read() -> None:
    text = 'she wrote "not before thu 10" and “maybe 27 nov”, call fri'
    assert [text[d.start : d.end] for d in dates.find(text, TUESDAY)] == ["fri"]


def test_an_inch_mark_does_not_hide_the_date_behind_it() -> None:
    text = '24" screens, call fri'
    assert [text[d.start : d.end] for d in dates.find(text, TUESDAY)] == ["fri"]


@given(st.text(max_size=300), NOWS)
@example("\ud800 thu \x00 10", TUESDAY)
@example("İ thu", TUESDAY)
@example("9999-12-31 +9999y in 9999 quarters", TUESDAY)
def test_any_text_gives_ordered_spans_inside_it(text: str, now: dt.datetime) -> None:
    end = 0
    for found in dates.find(text, now):
        assert end <= found.start < found.end <= len(text)
        end = found.end
    dates.parse(text, now)
    dates.suggestions(text, now)


PIECES = st.sampled_from(
    [*WEEKDAYS, "next", "this", "in", "+", "3", "27", "10", "10:30", "nov", "may", "week", "d", "from", "after", "eom"]
    + [",", ".", "/", "-", "at", "the", "th", "pm", "end", "of", "today", "tmr", "noon", "morning", "2026", "2w"]
)


@given(st.lists(st.tuples(PIECES, st.sampled_from(["", " "])), max_size=12), NOWS)
def test_any_heap_of_date_words_is_read_without_a_crash(pieces: list[tuple[str, str]], now: dt.datetime) -> None:
    text = "".join(word + gap for word, gap in pieces)
    for found in dates.find(text, now):
        assert not found.sure or found.date >= now.date()
    parsed = dates.parse(text, now)
    assert parsed is None or text[parsed.start : parsed.end].strip()


def test_of_a_megabyte_only_the_end_is_read() -> None:
    text = "thu 10 " * 150_000 + "then call fri"
    found = dates.find(text, TUESDAY)
    assert text[found[-1].start : found[-1].end] == "fri"
    assert len(found) < 400
    assert dates.parse(text, TUESDAY) is None


@pytest.mark.parametrize(
    ("typed", "day", "sure"),
    [
        ("fri", "2026-11-27", True),
        ("by fri", "2026-11-27", True),
        ("  eom. ", "2026-11-30", True),
        ("27.11", "2026-11-27", True),
        ("27.11.", "2026-11-27", True),
        ("27th", "2026-11-27", True),
        ("3 days", "2026-11-27", True),
        ("two weeks", "2026-12-08", True),
        ("1m", "2026-12-24", True),
        ("2027-01-15", "2027-01-15", True),
        ("fri 10:30", "2026-11-27", True),
        ("2026-11-01", "2026-11-01", False),
        ("next fri", "2026-12-04", False),
    ],
)
def test_a_field_reads_what_is_a_date_as_a_whole(typed: str, day: str, sure: bool) -> None:
    found = dates.parse(typed, TUESDAY)
    assert found is not None
    assert (found.date.isoformat(), found.sure) == (day, sure)


@pytest.mark.parametrize(
    "typed", ["", " ", "by", "fri maybe", "friday's", "call fri", "f", "31.11.", '"fri"', "12", "."]
)
def test_a_field_refuses_what_is_more_or_less_than_a_date(typed: str) -> None:
    assert dates.parse(typed, TUESDAY) is None


def picks(prefix: str, now: dt.datetime) -> list[tuple[str, str]]:
    return [(pick.label, pick.date.strftime("%a %-d %b")) for pick in dates.suggestions(prefix, now)]


def test_the_four_quick_picks_of_a_close_date() -> None:
    assert picks("", TUESDAY) == [
        ("This Friday", "Fri 27 Nov"),
        ("End of month", "Mon 30 Nov"),
        ("In two weeks", "Tue 8 Dec"),
        ("End of quarter", "Thu 31 Dec"),
    ]
    assert picks("fri", TUESDAY)[0] == ("This Friday", "Fri 27 Nov")


def test_the_pick_that_the_letters_fit_comes_first() -> None:
    assert picks("quar", TUESDAY)[0][0] == "End of quarter"
    assert picks("in", TUESDAY)[0][0] == "In two weeks"


def test_a_typed_date_that_no_pick_offers_leads_the_picks() -> None:
    assert picks("15 jan", TUESDAY)[0] == ("15 jan", "Fri 15 Jan")


@given(NOWS, st.sampled_from(["", "fri", "end", "x", "+9d", "eom"]))
def test_there_are_always_four_different_picks_from_today_on(now: dt.datetime, prefix: str) -> None:
    offered = dates.suggestions(prefix, now)
    assert len({pick.date for pick in offered}) == len({pick.label for pick in offered}) == 4
    assert all(pick.date >= now.date() for pick in offered)


def test_on_friday_the_friday_offered_is_named_next() -> None:
    assert picks("", dt.datetime(2026, 11, 27, 9, tzinfo=BERLIN))[0] == ("Next Friday", "Fri 4 Dec")


GERMAN, SPANISH = dates.words_for("de"), dates.words_for("es")


@pytest.mark.parametrize("phrase", ["Do 10", "donnerstag 10:00", "thu 10", "26. Nov 10:00", "26 november, 10:00"])
def test_the_locales_names_are_read_beside_the_english_ones(phrase: str) -> None:
    (found,) = dates.find(phrase, TUESDAY, GERMAN)
    assert (found.date, found.time) == (dt.date(2026, 11, 26), dt.time(10))


def test_a_name_that_is_weekday_and_month_at_once_is_never_sure() -> None:
    assert [found.sure for found in dates.find("mar 10", TUESDAY, SPANISH)] == [False]


def test_a_rep_who_writes_the_month_first_gets_it_so_and_as_a_guess() -> None:
    american = dates.DateWords(month_first=True)
    (found,) = dates.find("by 3/4", TUESDAY, american)
    assert (found.date, found.sure) == (dt.date(2027, 3, 4), False)
