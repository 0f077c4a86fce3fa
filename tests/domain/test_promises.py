"""Promises in notes and mail: whose they are, what is none, and what shows that one was kept."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.domain import language
from companion.domain.promises import LONGEST, Said, kept_by, spoken


@pytest.mark.parametrize(
    ("direction", "body", "whose"),
    [
        (None, "Promised to send the route plan by Thursday.", "mine"),
        (None, "I'll send the security answers tomorrow.", "mine"),
        (None, "I’ll get back to her about the depot.", "mine"),
        (None, "They'll send the signed NDA this week.", "theirs"),
        (None, "Marta will send us the vehicle list.", "theirs"),
        (None, "She promised the signed NDA.", "theirs"),
        (None, "Legal will send us the contract on Monday.", "theirs"),
        ("in", "I'll send you the vehicle list on Friday.", "theirs"),
        ("out", "We'll send the quote on Monday.", "mine"),
        ("in", "Our board will send nobody.", None),
        ("out", "Your colleague will send the list.", None),
        (None, "Will they send the list?", None),
        (None, "I will not send a second quote.", None),
        (None, "If they sign, I'll send the flowers.", None),
        (None, "The weather will be fine.", None),
        (None, "", None),
    ],
)
def test_a_sentence_is_a_promise_of_whoever_makes_it(direction: str | None, body: str, whose: str | None) -> None:
    found = spoken(Said(direction, None, body), ["Marta"])

    assert [each.whose for each in found] == ([whose] if whose else [])


@pytest.mark.parametrize(
    ("code", "direction", "body", "whose"),
    [
        ("de", None, "Ich schicke ihr bis Freitag das Angebot.", "mine"),
        ("de", None, "Marta schickt uns die Fahrzeugliste.", "theirs"),
        ("de", "in", "Wir senden Ihnen den Vertrag am Montag.", "theirs"),
        ("de", "out", "Das Angebot schicke ich Ihnen morgen.", "mine"),
        ("de", None, "Ich schicke kein zweites Angebot.", None),
        ("de", "in", "Das Wetter ist schön hier.", None),
        ("fr", None, "Je lui envoie le devis vendredi.", "mine"),
        ("fr", None, "Marta nous envoie la liste des véhicules.", "theirs"),
        ("fr", "in", "Je vous rappelle lundi matin.", "theirs"),
        ("fr", "out", "Nous vous enverrons le contrat demain.", "mine"),
        ("fr", None, "Je ne lui envoie pas de devis.", None),
        ("es", None, "Le envío la oferta el viernes.", "mine"),
        ("es", None, "Marta nos envía la lista de vehículos.", "theirs"),
        ("es", "in", "Les confirmaré la fecha mañana.", "theirs"),
        ("es", "out", "Le voy a enviar el contrato el lunes.", "mine"),
        ("es", None, "No le envío otra oferta.", None),
        ("de", None, "I'll send the security answers tomorrow.", "mine"),
    ],
)
def test_a_promise_is_heard_in_the_reps_own_language(
    code: str, direction: str | None, body: str, whose: str | None
) -> None:
    language.speak(None, code)
    try:
        found = spoken(Said(direction, None, body), ["Marta"])
    finally:
        language.speak(None)

    assert [each.whose for each in found] == ([whose] if whose else [])


def test_a_promise_is_told_word_for_word_and_keeps_its_key() -> None:
    (one,) = spoken(Said(None, None, "Good call. I'll send the answers  by\nFriday. Bye"))
    (again,) = spoken(Said(None, None, "I'll send the answers  by\nFriday."))

    assert one.text == "I'll send the answers by"
    assert one.key == again.key


def test_the_teams_own_words_mark_a_promise() -> None:
    assert spoken(Said(None, None, "Zugesagt: Angebot bis Freitag.")) == []
    assert [each.whose for each in spoken(Said(None, None, "Zugesagt: Angebot bis Freitag."), (), ("zugesagt",))] == [
        "mine"
    ]


def test_a_later_mail_about_the_same_thing_keeps_the_promise() -> None:
    promise = "I'll send the security answers"

    assert kept_by(promise, [Said("out", "Security answers", None)])
    assert kept_by(promise, [Said("out", "Hello", "Attached are the answers on security.")])
    assert not kept_by(promise, [Said("out", "Lunch?", "I'll send word about the weather.")])


@given(st.text(max_size=300), st.sampled_from(["in", "out", None]), st.lists(st.text(max_size=8), max_size=3))
def test_any_text_is_read_without_harm(body: str, direction: str | None, names: list[str]) -> None:
    for each in spoken(Said(direction, body, body), names, names):
        assert len(each.text) <= LONGEST
        assert each.text.isprintable() or "\u00a0" in each.text
        kept_by(each.text, [Said(direction, body, body)])


def test_a_letter_of_a_megabyte_costs_no_frame() -> None:
    hostile = Said("in", "x", "I will " * 150_000)
    began = time.process_time()
    spoken(hostile, ["Marta"])
    kept_by("I will send the list", [hostile])
    assert time.process_time() - began < 0.05
