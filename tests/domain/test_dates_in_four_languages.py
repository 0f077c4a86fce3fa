"""The edges of the calendar in four languages: clock changes, year ends, leap days, weeks by number, days in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from companion.domain import date_arithmetic as calendar
from companion.domain import dates, language, words
from companion.domain.dates import words_for
from companion.domain.log_line import no_date, read

LANGUAGES = ("en", "de", "fr", "es")
BERLIN = ZoneInfo("Europe/Berlin")
TUESDAY = dt.datetime(2026, 11, 24, 9, 5, tzinfo=BERLIN)
# North and south, half an hour, a change at midnight, a day left out of history, and one that never changes.
ZONES = [
    ZoneInfo(name)
    for name in (
        *("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Havana", "Pacific/Apia"),
        *("Asia/Kolkata", "Africa/Casablanca", "America/Sao_Paulo"),
    )
]
DAYS = st.dates(dt.date(2024, 1, 1), dt.date(2045, 12, 31))
NOWS = st.builds(dt.datetime.combine, DAYS, st.times(), tzinfo=st.sampled_from(ZONES))
CODES = st.sampled_from(LANGUAGES)


@pytest.fixture(autouse=True)
def _english_again() -> Iterator[None]:
    """Whatever language a test speaks, the next begins in English."""
    yield
    language.speak(None)


WEEKDAYS = {
    "en": ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"),
    "de": ("montag", "dienstag", "mittwoch", "donnerstag", "freitag", "samstag", "sonntag"),
    "fr": ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
    "es": ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"),
}
AHEAD = {  # what a rep writes for {n} days, weeks and months ahead
    "en": ("in {n} days", "in {n} weeks", "in {n} months"),
    "de": ("in {n} tagen", "in {n} wochen", "in {n} monaten"),
    "fr": ("dans {n} jours", "dans {n} semaines", "dans {n} mois"),
    "es": ("dentro de {n} días", "en {n} semanas", "dentro de {n} meses"),
}
ENDS = {  # of the month, the quarter and the year
    "en": ("end of month", "eoq", "end of year"),
    "de": ("monatsende", "quartalsende", "jahresende"),
    "fr": ("fin de mois", "fin de trimestre", "fin d'année"),
    "es": ("fin de mes", "fin de trimestre", "fin de año"),
}
WEEK = {"en": "week {n}", "de": "KW {n}", "fr": "semaine {n}", "es": "semana {n}"}
NEAR = {
    "en": ("today", "tomorrow", "day after tomorrow"),
    "de": ("heute", "morgen", "übermorgen"),
    "fr": ("aujourd'hui", "demain", "après-demain"),
    "es": ("hoy", "mañana", "pasado mañana"),
}


def one(text: str, now: dt.datetime, code: str) -> dates.DateFound:
    found = dates.find(text, now, words_for(code))
    assert len(found) == 1, (text, found)
    return found[0]


@given(NOWS, CODES)
def test_today_tomorrow_and_the_day_after_are_counted_on_the_calendar(now: dt.datetime, code: str) -> None:
    for later, said in enumerate(NEAR[code]):
        found = one(said, now, code)
        assert (found.date, found.sure) == (now.date() + dt.timedelta(days=later), True)


@given(NOWS, CODES, st.integers(0, 6))
@example(TUESDAY, "de", 1)
def test_a_weekday_lies_one_to_seven_days_ahead_and_never_today(now: dt.datetime, code: str, day: int) -> None:
    found = one(WEEKDAYS[code][day], now, code)
    assert found.date.weekday() == day
    assert 1 <= (found.date - now.date()).days <= 7


@given(NOWS, CODES, st.integers(1, 99).filter(lambda n: n not in (8, 15)))
@example(dt.datetime(2027, 1, 31, 9, tzinfo=BERLIN), "fr", 1)
@example(dt.datetime(2028, 2, 29, 9, tzinfo=BERLIN), "es", 12)
def test_days_weeks_and_months_ahead_are_counted_alike(now: dt.datetime, code: str, n: int) -> None:
    days, weeks, months = (one(each.format(n=n), now, code).date for each in AHEAD[code])
    assert (days - now.date()).days == n
    assert (weeks - now.date()).days == 7 * n
    assert months == calendar.add_months(now.date(), n)
    assert months.day == min(now.day, calendar.month_length(months.year, months.month))


@given(NOWS, CODES)
@example(dt.datetime(2026, 12, 31, 23, 59, tzinfo=BERLIN), "de")
@example(dt.datetime(2028, 2, 29, 0, 0, tzinfo=BERLIN), "fr")
@example(dt.datetime(2026, 1, 31, 12, 0, tzinfo=BERLIN), "es")
def test_ends_are_the_last_day_even_on_that_day(now: dt.datetime, code: str) -> None:
    month, quarter, year = (one(each, now, code) for each in ENDS[code])
    assert (month.date + dt.timedelta(days=1)).day == 1
    assert (month.date.year, month.date.month) == (now.year, now.month)
    assert (quarter.date + dt.timedelta(days=1)).month in (1, 4, 7, 10)
    assert (year.date.month, year.date.day) == (12, 31)
    assert now.date() <= month.date <= quarter.date <= year.date
    assert month.sure
    assert quarter.sure


@given(NOWS, CODES, st.integers(1, 53))
@example(dt.datetime(2026, 12, 30, 9, tzinfo=BERLIN), "de", 53)
@example(dt.datetime(2027, 1, 2, 9, tzinfo=BERLIN), "de", 53)
def test_a_week_by_its_number_is_that_iso_week_and_not_over(now: dt.datetime, code: str, number: int) -> None:
    found = dates.find(WEEK[code].format(n=number), now, words_for(code))
    if not found:
        assert number == 53  # neither this year nor the next has it
        return
    assert found[0].date.isocalendar()[1:] == (number, 1)
    assert found[0].date + dt.timedelta(days=6) >= now.date()
    assert (found[0].date - now.date()).days < 2 * 371
    assert not found[0].sure


@given(NOWS, DAYS, CODES)
@example(dt.datetime(2027, 3, 1, tzinfo=BERLIN), dt.date(2028, 2, 29), "de")
def test_a_day_printed_in_words_is_read_back_as_that_day(now: dt.datetime, day: dt.date, code: str) -> None:
    language.speak(None, code)
    today = now.date()
    near = dt.timedelta(days=180)
    if not today <= day <= today + near:
        day = today + dt.timedelta(days=(day - today).days % 180)
    for written in (words.dated(day, today), words.short_date(day, today), words.whole_date(day)):
        found = dates.parse(written, now)
        assert found is not None, written
        assert found.date == day, written
    if 1 <= (day - today).days <= 6:
        said = dates.parse(words.weekday(day), now)
        assert said is not None
        assert said.date == day
    typed = dates.parse(words.typed_day(day), now)
    assert typed is not None
    assert typed.date == day


@given(NOWS, st.times(), CODES)
def test_an_hour_printed_is_read_back_as_that_hour(now: dt.datetime, time: dt.time, code: str) -> None:
    language.speak(None, code)
    day = now.date() + dt.timedelta(days=9)
    found = dates.parse(f"{words.dated(day, now.date())}, {words.time_of(time)}", now)
    assert found is not None
    wanted = time.replace(second=0, microsecond=0)
    afternoon = wanted.replace(hour=wanted.hour + 12) if 1 <= wanted.hour <= 6 else wanted
    assert found.date == day
    assert found.time in (wanted, afternoon)
    assert found.time == wanted or not found.sure


SKIPPED = [  # zone, a night on which the clock is put forward, a time that does not exist then, what it becomes
    ("Europe/Berlin", "2026-03-29", "02:30", "03:30"),
    ("America/New_York", "2026-03-08", "02:15", "03:15"),
    ("Australia/Lord_Howe", "2026-10-04", "02:10", "02:40"),
    ("America/Havana", "2026-03-08", "00:30", "01:30"),
]


@pytest.mark.parametrize(("zone", "day", "time", "becomes"), SKIPPED)
@pytest.mark.parametrize("code", LANGUAGES)
def test_a_time_that_the_night_skips_moves_on(zone: str, day: str, time: str, becomes: str, code: str) -> None:
    place = ZoneInfo(zone)
    now = dt.datetime.combine(dt.date.fromisoformat(day), dt.time(9), tzinfo=place) - dt.timedelta(days=3)
    moment = one(f"{day} {time}", now, code).moment(place)
    assert moment is not None
    assert f"{moment:%Y-%m-%d %H:%M}" == f"{day} {becomes}"


TWICE = [("Europe/Berlin", "2026-10-25", "02:30", 2), ("America/New_York", "2026-11-01", "01:15", -4)]


@pytest.mark.parametrize(("zone", "day", "time", "offset"), TWICE)
def test_a_time_that_the_night_has_twice_is_the_first(zone: str, day: str, time: str, offset: int) -> None:
    place = ZoneInfo(zone)
    now = dt.datetime.combine(dt.date.fromisoformat(day), dt.time(9), tzinfo=place) - dt.timedelta(days=3)
    moment = one(f"{day} {time}", now, "en").moment(place)
    assert moment is not None
    assert moment.utcoffset() == dt.timedelta(hours=offset)


@given(NOWS, st.sampled_from(["sun 02:30", "tomorrow 2:30", "in 3 days at 02:30", "mon 00:15", "25.10. 2:30"]))
def test_every_moment_is_one_that_exists(now: dt.datetime, text: str) -> None:
    zone = now.tzinfo
    assert zone is not None
    for found in dates.find(text, now):
        moment = found.moment(zone)
        assert moment is not None
        assert moment == moment.astimezone(dt.UTC).astimezone(zone)
        assert moment.date() == found.date


PIECES = {
    "en": "next this in two weeks thu fri 10 10:30 27 nov eom end of the month tomorrow at until after 3pm last ago",
    "de": "nächsten am um in zwei wochen do fr 10 10:30 uhr 27. nov ende monat morgen früh bis nach halb so vor",
    "fr": "prochain le à dans deux semaines jeu ven 10h 10h30 27 nov fin mois demain matin d'ici après dernier mar",
    "es": "próximo el a las en dos semanas jue vie 10 10:30 27 de nov fin mes mañana por la tarde hasta pasado que",
}
HEAPS = CODES.flatmap(
    lambda code: st.tuples(
        st.just(code), st.lists(st.sampled_from([*PIECES[code].split(), ",", ".", "-", "/", "+", "2w"]), max_size=12)
    )
)


@given(HEAPS, NOWS)
def test_no_heap_of_date_words_gives_a_sure_date_that_is_past(heap: tuple[str, list[str]], now: dt.datetime) -> None:
    code, pieces = heap
    for found in dates.find(" ".join(pieces), now, words_for(code)):
        assert found.date >= now.date() or not found.sure
        assert 0 <= found.start < found.end


@given(st.text(max_size=200), CODES)
@example("so so so mañana mañana d'ici", "es")
@example("E\u0301té l\u2019apre\u0300s-midi jusqu\u2019a\u0300 mar.", "fr")
@example("\ud800 do \x00 10", "de")
def test_any_text_is_read_in_every_language(text: str, code: str) -> None:
    line = read(text, TUESDAY, words_for(code))
    assert all(0 <= start < end <= len(text) for start, end in line.spans)


@pytest.mark.parametrize(
    ("code", "typed", "plain"),
    [
        ("es", "mañana 10:30", "manana 10:30"),
        ("es", "miércoles", "miercoles"),
        ("es", "sábado", "sa\u0301bado"),
        ("fr", "après-demain", "apres-demain"),
        ("fr", "1er déc", "1er dec"),
        ("fr", "aujourd’hui", "aujourd'hui"),
        ("de", "übermorgen", "uebermorgen"),
        ("de", "nächsten Montag", "naechsten Montag"),
        ("de", "1. März", "1. Maerz"),
    ],
)
def test_accents_are_optional_and_may_be_written_in_either_form(code: str, typed: str, plain: str) -> None:
    first, second = dates.parse(typed, TUESDAY, words_for(code)), dates.parse(plain, TUESDAY, words_for(code))
    assert first is not None
    assert second is not None
    assert (first.date, first.time, first.sure) == (second.date, second.time, second.sure)


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize(
    "typed", ["today", "tmr", "thu", "thu 10", "next mon", "+3d", "2w", "27 nov", "eom", "eoq", "10:30", "fri", "+1m"]
)
def test_a_field_takes_the_english_words_in_every_language(code: str, typed: str) -> None:
    mine, english = dates.parse(typed, TUESDAY, words_for(code)), dates.parse(typed, TUESDAY)
    assert mine is not None
    assert english is not None
    assert (mine.date, mine.time) == (english.date, english.time)


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_two_dates_that_are_offered_where_none_was_found_are_understood(code: str) -> None:
    for offered in words_for(code).tries:
        found = dates.parse(offered, TUESDAY, words_for(code))
        assert found is not None
        assert found.sure
    assert all(offered in no_date("x", words_for(code)) for offered in words_for(code).tries)


@pytest.mark.parametrize(
    ("code", "line", "tried"),
    [
        ("en", "call thursdayish", "thursdayish"),
        ("de", "anrufen morgn", "morgn"),
        ("de", "Angebot am Donerstag", "Donerstag"),
        ("de", "Angebot 31. nov", "31. nov"),
        ("fr", "rappeler deman", "deman"),
        ("fr", "devis vendrdi", "vendrdi"),
        ("es", "llamar mañanaa", "mañanaa"),
        ("es", "llamar el juevs", "juevs"),
        ("es", "oferta 31 nov", "31 nov"),
    ],
)
def test_a_slip_in_a_date_is_named_below_the_field(code: str, line: str, tried: str) -> None:
    said = read(line, TUESDAY, words_for(code))
    assert said.problem == no_date(tried, words_for(code))


@pytest.mark.parametrize(
    ("code", "line"),
    [
        ("de", "mit Morgan gesprochen"),
        ("de", "Montage dauert 3 Tage"),
        ("de", "macht sich Sorgen"),
        ("fr", "nom de domain"),
        ("fr", "M. Germain"),
        ("es", "vende manzana"),
        ("en", "likes Sundaes"),
    ],
)
def test_a_word_that_is_nearly_a_weekday_is_no_problem(code: str, line: str) -> None:
    assert read(line, TUESDAY, words_for(code)).problem is None


@pytest.mark.parametrize("code", ["", "xx", "nl", "pt-BR", "EN"])
def test_a_language_that_is_not_known_reads_english(code: str) -> None:
    assert words_for(code) is words_for("en")


@pytest.mark.parametrize("code", ["de-AT", "DE", "de_CH"])
def test_a_languages_region_makes_no_difference(code: str) -> None:
    assert words_for(code) is words_for("de")


def test_the_language_that_is_spoken_is_read() -> None:
    language.speak(None, "de")
    found = dates.parse("nächsten Montag", TUESDAY)
    assert found is not None
    assert found.date == dt.date(2026, 11, 30)


def test_where_the_clock_has_twelve_hours_the_month_comes_first() -> None:
    language.speak(None, "en", language.manner()._replace(twelve=True))
    found = dates.parse("12/3", TUESDAY)
    assert found is not None
    assert found.date == dt.date(2026, 12, 3)
