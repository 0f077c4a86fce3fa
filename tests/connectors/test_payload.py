"""Numbers of a hostile or careless server on their way into the book."""

from __future__ import annotations

from decimal import Decimal

import pytest

from companion.connectors import payload, strange


@pytest.mark.parametrize("number", [2.0**63, -(2.0**64), 1e300, float("inf"), float("nan"), Decimal("1e40")])
def test_a_number_that_no_book_can_hold_is_none(number: float | Decimal) -> None:
    assert payload.whole(number) is None


def test_a_number_is_rounded_to_a_whole_one() -> None:
    assert [payload.whole(each) for each in (49.6, -0.4, Decimal(4800000))] == [50, 0, 4_800_000]


def test_a_field_with_a_number_beyond_64_bits_makes_its_record_a_strange_one() -> None:
    strange.single({"name": "Ada", "amount": 2**63 - 1})
    with pytest.raises(strange.SHAPE):
        strange.single({"name": 2**63})


@pytest.mark.parametrize("text", [b'{"name": "\xc3\x85sa"}', b'{"name": NaN}', b"null"])
def test_a_byte_order_mark_before_an_answer_says_nothing(text: bytes) -> None:
    assert repr(payload.decode(b"\xef\xbb\xbf" + text)) == repr(payload.decode(text))


def test_a_byte_order_mark_alone_is_no_answer() -> None:
    with pytest.raises(payload.Unreadable):
        payload.decode(b"\xef\xbb\xbf")
