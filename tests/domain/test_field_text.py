"""What a person types into a field becomes the value that was meant, or is refused in words."""

from __future__ import annotations

import contextlib
import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.domain.field_text import NotUnderstood, can_be_typed, read, written
from companion.domain.records import FIELDS, Kind

NOW = dt.datetime(2026, 11, 24, 9, 12, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("typed", "hundredths"),
    [
        ("48000", 4_800_000),
        ("48,000", 4_800_000),
        ("48.000", 4_800_000),
        ("48.000,50", 4_800_050),
        ("48,000.5", 4_800_050),
        ("€ 48 000", 4_800_000),
        ("48k", 4_800_000),
        ("4.5k", 450_000),
        ("-12", -1_200),
        ("-€12.50", -1_250),
        ("48 kr", 4_800),
        ("48,000 NOK", 4_800_000),
        ("48k SEK", 4_800_000),
        ("", None),
    ],
)
def test_amounts_are_read_as_people_write_them(typed: str, hundredths: int | None) -> None:
    assert read("amount", typed, NOW) == hundredths


@pytest.mark.parametrize("typed", ["lots", "1,2,", "--5", "k", "-", "2 of 5k", "filled in 0", "48 lots"])
def test_what_is_no_amount_is_refused_in_words(typed: str) -> None:
    with pytest.raises(NotUnderstood, match="is not an amount"):
        read("amount", typed, NOW)


def test_an_amount_beyond_all_bounds_is_refused() -> None:
    with pytest.raises(NotUnderstood, match="more than a deal"):
        read("amount", "9" * 40, NOW)


@given(st.integers(-(10**14), 10**14))
def test_an_amount_that_is_shown_reads_back_as_itself(hundredths: int) -> None:
    assert read("amount", written("amount", hundredths), NOW) == hundredths


@given(st.text(max_size=60))
def test_nothing_typed_crashes_a_field(typed: str) -> None:
    for name in ("amount", "probability", "close_on", "body"):
        with contextlib.suppress(NotUnderstood):
            value = read(name, typed, NOW)
            assert value is None or read(name, written(name, value), NOW) == value


def test_a_date_is_read_in_words_and_refused_with_an_example() -> None:
    assert read("close_on", "27 nov", NOW) == "2026-11-27"
    with pytest.raises(NotUnderstood, match="Try “thu 10”"):
        read("close_on", "thursdayish", NOW)


def test_links_codes_and_instants_are_not_typed() -> None:
    assert not any(can_be_typed(Kind.DEAL, name) for name in ("stage", "status", "closed_at", "is_lead"))
    assert all(can_be_typed(Kind.DEAL, name) for name in ("name", "amount", "close_on"))
    assert "body" in FIELDS[Kind.ACTIVITY]
    assert can_be_typed(Kind.ACTIVITY, "body")
