"""An amount as reps type it, in any of the languages' ways: never read as another one than was meant."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.domain import language, money, words
from companion.domain.manners import MANNERS
from companion.domain.money import NotAnAmount, parse


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    yield
    language.speak(None)


@pytest.mark.parametrize(
    ("typed", "hundredths"),
    [
        ("", None),
        ("   ", None),
        ("0", 0),
        ("48000", 4_800_000),
        ("48k", 4_800_000),
        ("48 K", 4_800_000),
        ("48K€", 4_800_000),
        ("1.2m", 120_000_000),
        ("1,2 m", 120_000_000),
        ("€48,000", 4_800_000),
        ("€ 48 000", 4_800_000),
        ("48.000 €", 4_800_000),
        ("48.000,50", 4_800_050),
        ("48,000.50", 4_800_050),
        ("48 000,5", 4_800_050),
        ("48'000.05", 4_800_005),
        ("1.234.567", 123_456_700),
        ("12,34,567", 123_456_700),
        ("EUR 950", 95_000),
        ("950 eur", 95_000),
        ("9.5k", 950_000),
        ("٤٨٠٠٠", 4_800_000),
        ("+5", 500),
    ],
)
def test_an_amount_is_read_as_it_was_meant(typed: str, hundredths: int | None) -> None:
    assert parse(typed, "EUR") == hundredths


@pytest.mark.parametrize(
    "typed", ["lots", "48x", "k", ".", "1.2.3", "48,0000", "1,2,3.4", "4 8k m", "48kk", "12..5", "1e5", "½x", "x" * 90]
)
def test_what_is_no_amount_is_said_to_be_none(typed: str) -> None:
    with pytest.raises(NotAnAmount, match=r"is not an amount\. Try “48k” or “€48,000”"):
        parse(typed, "EUR")


def test_an_amount_is_not_negative_nor_beyond_all_bounds() -> None:
    with pytest.raises(NotAnAmount, match="less than nothing"):
        parse("-5", "EUR")
    with pytest.raises(NotAnAmount, match="more than a deal"):
        parse("99999999999999", "EUR")


def test_another_currency_is_not_taken_for_the_deals() -> None:
    with pytest.raises(NotAnAmount, match="This deal is in EUR"):
        parse("$48k", "EUR")
    assert parse("$48k", "USD") == 4_800_000
    assert parse("48 000 kr", "NOK") == parse("48k NOK", "NOK") == 4_800_000
    with pytest.raises(NotAnAmount, match="This deal is in EUR"):
        parse("48 kr", "EUR")


def test_before_a_k_the_language_decides_what_a_sign_parts() -> None:
    assert parse("1.234k", "EUR") == 123_400
    language.speak(None, "de", MANNERS["de"])
    assert parse("1.234k", "EUR") == 123_400_000
    assert parse("1,5 Tsd.", "EUR") == 150_000
    language.speak(None, "es", MANNERS["es"])
    assert parse("48 mil", "EUR") == 4_800_000


@pytest.mark.parametrize("spoken", MANNERS)
@given(hundredths=st.integers(0, 10**14))
def test_an_amount_as_it_is_shown_is_read_back_as_itself(spoken: str, hundredths: int) -> None:
    language.speak(None, spoken, MANNERS[spoken])
    for currency in ("EUR", "USD", "CHF", None):
        assert parse(words.money(hundredths, currency), currency) == hundredths


@given(st.text(max_size=30))
def test_no_text_is_too_strange(typed: str) -> None:
    try:
        found = parse(typed, "EUR")
    except NotAnAmount:
        return
    assert found is None or 0 <= found <= 10**15


def test_short_words_are_read_back_within_their_rounding() -> None:
    for hundredths in (4_800_000, 950_000, 120_000_000):
        assert parse(money.Money(hundredths, "EUR").short, "EUR") == hundredths
