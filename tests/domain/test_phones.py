"""One phone number in many spellings."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.domain import phones

SPELLINGS = ["+47 55 12 40 18", "0047 55124018", "55 12 40 18", "+4755124018", "(+47) 55-12-40-18", "47 55 12 40 18"]


@pytest.mark.parametrize("typed", SPELLINGS)
@pytest.mark.parametrize("stored", SPELLINGS)
def test_every_spelling_finds_every_other(typed: str, stored: str) -> None:
    assert set(phones.variants(typed, "NO")) & set(phones.variants(stored, "NO"))


@pytest.mark.parametrize("stored", SPELLINGS[:4])
def test_without_a_country_the_national_part_still_finds_the_number(stored: str) -> None:
    assert "55124018" in phones.variants(stored, None)


def test_the_zero_that_is_dialled_at_home_makes_no_difference() -> None:
    spellings = ["+44 (0)20 7946 0958", "020 7946 0958", "+442079460958"]
    assert all(phones.variants(spelling, "GB")[0] == "442079460958" for spelling in spellings)


def test_an_italian_number_keeps_its_zero() -> None:
    assert phones.variants("06 6982 1234", "IT")[:2] == ("390669821234", "0669821234")


def test_digits_of_other_scripts_count() -> None:
    assert phones.digits("+٤٧ 55") == "4755"


def test_a_number_is_shown_in_international_form() -> None:
    assert phones.display("55124018", "NO") == "+47 55 12 40 18"


@pytest.mark.parametrize("text", ["112", "ask the desk", "", "+999 123"])
def test_what_is_no_number_is_shown_as_written(text: str) -> None:
    assert phones.display(text, "NO") == text


def test_a_hostile_number_is_shown_without_its_tricks() -> None:
    assert phones.display("\u202ecall\n\ud800me\x00", "NO") == "call \ufffdme"


def test_an_unknown_country_is_no_error() -> None:
    assert phones.variants("55124018", "XX") == ("55124018",)


@given(st.text(max_size=200), st.sampled_from(["NO", "DE", "US", None]))
def test_any_text_has_digit_variants_and_a_display(text: str, region: str | None) -> None:
    assert all(variant.isdecimal() and variant.isascii() for variant in phones.variants(text, region))
    assert "\n" not in phones.display(text, region)
