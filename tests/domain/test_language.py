"""Sentences of the code in the rep's language."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from companion.domain.language import speak, tr, trn


class Polish:
    """Three forms, as Polish has them."""

    def gettext(self, message: str) -> str:
        return {"Moved to {stage}": "{stage}: etap zmieniony"}.get(message, message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        few = n % 10 in (2, 3, 4) and n % 100 not in (12, 13, 14)
        return "{n} osoba" if n == 1 else "{n} osoby" if few else "{n} osób"


@pytest.fixture
def polish() -> Iterator[None]:
    speak(Polish())
    yield
    speak(None)


def test_english_needs_no_catalogue() -> None:
    assert tr("Moved to {stage}", stage="Proposal") == "Moved to Proposal"
    assert [trn("{n} person", "{n} people", n) for n in (0, 1, 2)] == ["0 people", "1 person", "2 people"]


@pytest.mark.usefixtures("polish")
def test_another_language_has_its_own_order_and_as_many_forms_as_it_needs() -> None:
    assert tr("Moved to {stage}", stage="Oferta") == "Oferta: etap zmieniony"
    assert [trn("{n} person", "{n} people", n) for n in (0, 1, 2, 5, 21, 22)] == [
        "0 osób", "1 osoba", "2 osoby", "5 osób", "21 osób", "22 osoby",
    ]  # fmt: skip


def test_what_a_crm_wrote_is_never_taken_for_a_place_to_fill() -> None:
    assert tr("{who} replied", who="{stage} {0} }{") == "{stage} {0} }{ replied"
    assert tr("{who} is {unknown} {", who="Ana") == "Ana is {unknown} {"
