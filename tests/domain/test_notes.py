"""Which sentences of a note matter before a call, in the language of the rep and in English."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from companion.domain import language, notes


@pytest.fixture(autouse=True)
def _english_again() -> Iterator[None]:
    """Whatever language a test speaks, the next begins in English."""
    yield
    language.speak(None)


MATTERS = {
    "en": [
        "The board decides on 12 December",
        "She wants 12 months instead of 24",
        "They can't sign before the budget is approved",
        "Price is €48k",
    ],
    "de": [
        "Der Vorstand entscheidet am 12. Dezember",
        "Sie möchte 12 Monate statt 24",
        "Kann nicht vor der Freigabe unterschreiben",
        "Rabatt von 10 % ist gewünscht",
        "Benötigt 24 Lizenzen bis Ende Januar",
        "Der Preis liegt bei 48 Tsd",
    ],
    "fr": [
        "Le comité décide le 12 décembre",
        "Elle souhaite 12 mois au lieu de 24",
        "Pas avant la validation du budget",
        "Le prix est trop élevé",
        "Ils ont besoin de 24 licences",
        "Date limite le 15/01",
    ],
    "es": [
        "El consejo decide el 12 de diciembre",
        "Quiere 12 meses en vez de 24",
        "No puede firmar antes de enero",
        "El precio es demasiado alto",
        "Necesitan 24 licencias",
        "Plazo hasta el 15/01",
    ],
}
SAYS_NOTHING = {
    "en": ["Thanks for the call today", "Best regards from Oslo", "It was nice weather"],
    "de": ["Vielen Dank für das Gespräch", "Mit freundlichen Grüßen aus Oslo", "Das Wetter war schön"],
    "fr": ["Merci pour votre appel", "Cordialement, Marta Ferreira", "Il faisait beau temps"],
    "es": ["Gracias por la llamada", "Un saludo desde Oslo", "Hizo buen tiempo allí"],
}


@pytest.mark.parametrize(("code", "sentence"), [(code, each) for code, some in MATTERS.items() for each in some])
def test_a_decision_a_wish_a_limit_or_a_price_is_a_fact(code: str, sentence: str) -> None:
    language.speak(None, code)
    assert [fact.text for fact in notes.facts(f"Hm. {sentence}.")] == [sentence]


@pytest.mark.parametrize("code", MATTERS)
def test_english_sentences_matter_in_every_language(code: str) -> None:
    language.speak(None, code)
    assert len(notes.facts(". ".join(MATTERS["en"]))) == len(MATTERS["en"])


@pytest.mark.parametrize(("code", "sentence"), [(code, each) for code, some in SAYS_NOTHING.items() for each in some])
def test_greetings_and_small_talk_are_no_facts(code: str, sentence: str) -> None:
    language.speak(None, code)
    assert notes.facts(sentence) == []


def test_german_words_say_nothing_to_a_rep_who_reads_english() -> None:
    assert notes.weigh("She will be there") == 0
    language.speak(None, "de")
    assert notes.weigh("Er will 24 Stück") > 0


def test_accents_need_not_be_typed() -> None:
    language.speak(None, "fr")
    assert notes.weigh("Le comite decide en fevrier") == notes.weigh("Le comité décide en février") > 0


def test_the_dot_of_a_german_date_ends_no_sentence() -> None:
    assert notes.sentences("Entscheidung am 27. November im Vorstand. Danke!") == [
        "Entscheidung am 27. November im Vorstand.",
        "Danke!",
    ]
