"""Counted reasons in languages of two to six plural forms; days around midnight, the clocks’ change and New Year."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Callable, Iterator

import pytest

from companion.domain import language, words

OSLO = zoneinfo.ZoneInfo("Europe/Oslo")
FORMS: dict[str, tuple[Callable[[int], int], tuple[str, ...], tuple[str, ...]]] = {
    "en": (lambda n: int(n != 1), ("{n} day", "{n} days"), ("{n} day ago", "{n} days ago")),
    "de": (lambda n: int(n != 1), ("{n} Tag", "{n} Tage"), ("vor {n} Tag", "vor {n} Tagen")),
    "pl": (
        lambda n: 0 if n == 1 else 1 if n % 10 in (2, 3, 4) and n % 100 not in (12, 13, 14) else 2,
        ("{n} dzień", "{n} dni", "{n} dni"),
        ("{n} dzień temu", "{n} dni temu", "{n} dni temu"),
    ),
    "ar": (
        lambda n: n if n < 3 else 3 if n % 100 in range(3, 11) else 4 if n % 100 > 10 else 5,
        ("لا أيام", "يوم واحد", "يومان", "{n} أيام", "{n} يومًا", "{n} يوم"),
        ("اليوم", "منذ يوم", "منذ يومين", "منذ {n} أيام", "منذ {n} يومًا", "منذ {n} يوم"),
    ),
}


class Known:
    """A catalogue of two counted sentences."""

    def __init__(self, code: str) -> None:
        self.form, days, ago = FORMS[code]
        self.counted = {"{n} day": days, "{n} day ago": ago}

    def gettext(self, message: str) -> str:
        return message

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self.counted[msgid1][self.form(n)]


@pytest.fixture
def english() -> Iterator[None]:
    yield
    language.speak(None)


@pytest.mark.usefixtures("english")
@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("en", ["0 days", "1 day", "2 days", "5 days", "21 days"]),
        ("de", ["0 Tage", "1 Tag", "2 Tage", "5 Tage", "21 Tage"]),
        ("pl", ["0 dni", "1 dzień", "2 dni", "5 dni", "21 dni"]),
        ("ar", ["لا أيام", "يوم واحد", "يومان", "5 أيام", "21 يومًا"]),
    ],
)
def test_a_count_takes_the_form_that_its_language_has_for_it(code: str, said: list[str]) -> None:
    language.speak(Known(code), code)
    assert [words.days(n) for n in (0, 1, 2, 5, 21)] == said


@pytest.mark.usefixtures("english")
@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("en", ["today", "yesterday", "2 days ago", "5 days ago", "21 days ago"]),
        ("pl", ["today", "yesterday", "2 dni temu", "5 dni temu", "21 dni temu"]),
        ("ar", ["today", "yesterday", "منذ يومين", "منذ 5 أيام", "منذ 21 يومًا"]),
    ],
)
def test_an_age_of_today_and_yesterday_is_a_word_and_every_other_is_counted(code: str, said: list[str]) -> None:
    language.speak(Known(code), code)
    assert [words.ago(n) for n in (0, 1, 2, 5, 21)] == said


@pytest.mark.parametrize(
    ("now", "then", "said"),
    [
        # A minute before midnight and a minute after it.
        ("2026-11-24T23:59:00+01:00", "2026-11-24T00:00:00+01:00", "today"),
        ("2026-11-25T00:00:00+01:00", "2026-11-24T23:59:59+01:00", "yesterday"),
        # The night of 25 October has 25 hours in Oslo, that of 29 March 23.
        ("2026-10-25T23:30:00+01:00", "2026-10-25T00:30:00+02:00", "today"),
        ("2026-10-26T00:10:00+01:00", "2026-10-25T00:05:00+02:00", "yesterday"),
        ("2026-03-29T23:30:00+02:00", "2026-03-28T23:45:00+01:00", "yesterday"),
        # The year's end.
        ("2027-01-01T00:01:00+01:00", "2026-12-31T23:59:00+01:00", "yesterday"),
        ("2027-01-01T09:00:00+01:00", "2026-12-24T09:00:00+01:00", "24 Dec"),
        ("2027-01-01T09:00:00+01:00", "2026-05-02T09:00:00+02:00", "2 May 2026"),
    ],
)
def test_a_day_is_the_calendars_where_the_rep_is(now: str, then: str, said: str) -> None:
    today = dt.datetime.fromisoformat(now).astimezone(OSLO).date()
    at = int(dt.datetime.fromisoformat(then).timestamp())
    assert words.day(words.local_day(at, OSLO), today) == said
