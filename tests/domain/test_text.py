"""Hostile text made safe to hold and to show."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.domain import text

ANY = st.text(st.characters(codec=None, exclude_categories=()), max_size=400)


def test_a_lone_surrogate_becomes_the_replacement_mark() -> None:
    assert text.clean("a\ud83db", 10) == "a\ufffdb"


def test_controls_go_but_newline_and_tab_stay() -> None:
    assert text.clean("a\x00b\x1b[31mc\x85d\te\nf", 50) == "ab[31mcd\te\nf"


def test_every_line_end_becomes_a_newline() -> None:
    assert text.clean("a\r\nb\rc", 50) == "a\nb\nc"


def test_a_long_text_ends_in_an_ellipsis_within_its_limit() -> None:
    assert text.clean("abcdef", 4) == "abc…"
    assert text.clean("abcd", 4) == "abcd"
    assert text.clean("abcd", 0) == ""


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("Marta \u202egnp.exe", "Marta gnp.exe"),
        ("Mar\u200bta\ufeff", "Marta"),
        ("Marta\nDelete  all\tdeals", "Marta Delete all deals"),
        ("\u2066Marta\u2069", "Marta"),
        ("  ", ""),
        ("\u3164", ""),
        ("Zoë Ångström", "Zoë Ångström"),
        ("Nguye\u0302\u0303n", "Nguye\u0302\u0303n"),
        ("李小龙", "李小龙"),
    ],
)
def test_a_name_beside_buttons_is_one_honest_line(raw: str, shown: str) -> None:
    assert text.plain_name(raw) == shown


def test_marks_piled_on_a_letter_are_cut_down() -> None:
    assert len(text.plain_name("M" + "\u0300" * 90 + "arta")) == 1 + 4 + 4


def test_a_megabyte_name_is_short() -> None:
    assert len(text.plain_name("M" * 1_000_000)) == text.LONGEST_NAME


@given(ANY, st.integers(1, 100))
def test_whatever_comes_in_can_be_stored_and_fits(raw: str, limit: int) -> None:
    held = text.clean(raw, limit)
    held.encode("utf-8")
    assert len(held) <= limit
    assert not any(unicodedata.category(sign) == "Cc" and sign not in "\n\t" for sign in held)
    assert text.clean(held, limit) == held


@given(ANY)
def test_whatever_comes_in_a_name_stays_on_one_line_and_in_one_direction(raw: str) -> None:
    shown = text.plain_name(raw)
    assert not set(shown) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200b\u200e\u200f\n\r\t")
    assert shown == text.plain_name(shown)
