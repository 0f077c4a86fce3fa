"""What of a phone number's writing is never dialled."""

from __future__ import annotations

from companion.domain import phones


def test_digits_of_other_scripts_count() -> None:
    assert phones.digits("+٤٧ 55") == "4755"


def test_the_zero_in_brackets_counts_only_without_a_country_code() -> None:
    assert phones.dialled("+44 (0)20 7946 0958") == "+44 20 7946 0958"
    assert phones.dialled("0044(0)20 7946 0958") == "004420 7946 0958"
    assert phones.dialled("(0)20 7946 0958") == "(0)20 7946 0958"
