"""A whole entry in one line, person first."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.domain.dates import words_for
from companion.domain.outcome_words import wordings
from companion.domain.quick_log import OutcomeButton, QuickLog, quick_log

NOW = dt.datetime(2026, 11, 24, 9, 5, tzinfo=ZoneInfo("Europe/Berlin"))
PEOPLE = [
    ("p1", "Daniel Osei", "Kestrel Energy"),
    ("p2", "Marta Ferreira", "Halvorsen Logistics"),
    ("p3", "Martin Weber", "Brightwater Foods"),
    ("p4", "Zoë Ångström", "Port Azul Hotels"),
    ("p5", "Marta Novak", "Meridian Tools"),
]
BUTTONS = [
    OutcomeButton("no_answer", "No answer", ("na", "nobody there")),
    OutcomeButton("connected", "Connected", ("spoke",)),
    OutcomeButton("no", "No"),
]


def entry(text: str) -> QuickLog:
    return quick_log(text, PEOPLE, BUTTONS, NOW)


def ids(log: QuickLog) -> list[str]:
    return [person.id for person in log.people]


def test_person_and_outcome() -> None:
    log = entry("osei no answer")
    assert (ids(log), log.person_sure, log.button) == (["p1"], True, "no_answer")
    assert (log.person_span, log.button_span) == ((0, 4), (5, 14))
    assert (log.line.note, log.line.next_step) == ("", "")


def test_person_outcome_and_next_step() -> None:
    text = "osei connected send answers fri"
    log = entry(text)
    assert (ids(log), log.button, log.line.next_step) == (["p1"], "connected", "Send answers")
    assert log.line.due_on == dt.date(2026, 11, 27)
    assert [text[start:end] for start, end in log.line.spans] == ["fri"]


def test_two_people_of_one_name_are_offered_the_last_called_first_and_unsure() -> None:
    log = entry("marta no answer")
    assert (ids(log), log.person_sure) == (["p2", "p5"], False)


def test_a_second_word_tells_two_martas_apart() -> None:
    assert ids(entry("marta novak na")) == ["p5"]
    assert ids(entry("marta halv na")) == ["p2"]


def test_a_whole_name_beats_a_beginning() -> None:
    assert ids(entry("mart na")) == ["p2", "p3", "p5"]
    assert ids(entry("martin na")) == ["p3"]


def test_accents_and_case_need_not_be_typed() -> None:
    assert ids(entry("ZOE angstrom nobody there")) == ["p4"]


def test_the_longest_wording_of_an_outcome_counts() -> None:
    assert entry("osei no answer").button == "no_answer"
    assert entry("osei no").button == "no"


def test_words_between_person_and_outcome_belong_to_the_note() -> None:
    log = entry("osei finally connected, wants 12 months, send quote thu 10")
    assert (ids(log), log.button) == (["p1"], "connected")
    assert (log.line.note, log.line.next_step) == ("finally, wants 12 months", "Send quote")


def test_without_an_outcome_the_rest_is_the_line() -> None:
    log = entry("osei send answers fri")
    assert (ids(log), log.button, log.line.next_step) == (["p1"], None, "Send answers")


@pytest.mark.parametrize("text", ["", "no answer", "xyz no answer"])
def test_with_no_known_name_everyone_is_offered_in_the_given_order(text: str) -> None:
    log = entry(text)
    assert (ids(log), log.person_sure, log.person_span) == (["p1", "p2", "p3", "p4", "p5"], False, None)


def in_language(text: str, language: str) -> QuickLog:
    codes = ("no_answer", "voicemail", "connected", "emailed", "met", "note")
    buttons = [OutcomeButton(code, code.replace("_", " "), wordings(code, language)) for code in codes]
    return quick_log(text, PEOPLE, buttons, NOW, words_for(language))


@pytest.mark.parametrize(
    ("language", "text", "button"),
    [
        ("en", "osei didn't pick up", "no_answer"),
        ("en", "osei left a message", "voicemail"),
        ("de", "osei nicht erreicht", "no_answer"),
        ("de", "osei geht nicht ran", "no_answer"),
        ("de", "osei auf die Mailbox gesprochen", "voicemail"),
        ("de", "osei erreicht", "connected"),
        ("de", "osei Mail geschickt", "emailed"),
        ("de", "osei getroffen", "met"),
        ("de", "osei no answer", "no_answer"),
        ("fr", "osei pas de réponse", "no_answer"),
        ("fr", "osei pas de reponse", "no_answer"),
        ("fr", "osei répondeur", "voicemail"),
        ("fr", "osei eu au téléphone", "connected"),
        ("fr", "osei mail envoyé", "emailed"),
        ("fr", "osei rencontré", "met"),
        ("es", "osei no contesta", "no_answer"),
        ("es", "osei no contestó", "no_answer"),
        ("es", "osei dejé mensaje", "voicemail"),
        ("es", "osei hablé", "connected"),
        ("es", "osei correo enviado", "emailed"),
        ("es", "osei nos vimos", "met"),
    ],
)
def test_an_outcome_is_named_in_the_reps_own_words(language: str, text: str, button: str) -> None:
    log = in_language(text, language)
    assert (ids(log), log.button, log.line.note) == (["p1"], button, "")


@pytest.mark.parametrize(
    ("language", "text", "step"),
    [
        ("de", "osei erreicht, Antworten schicken fr", "Antworten schicken"),
        ("fr", "osei joint, envoyer réponses ven", "Envoyer réponses"),
        ("es", "osei hablé, enviar respuestas el viernes", "Enviar respuestas"),
    ],
)
def test_person_outcome_and_next_step_in_the_reps_own_language(language: str, text: str, step: str) -> None:
    log = in_language(text, language)
    assert (log.button, log.line.next_step, log.line.due_on) == ("connected", step, dt.date(2026, 11, 27))


@pytest.mark.parametrize("typed", ["osie na", "osie", "oseii na", "fereira na", "angstrem na"])
def test_a_name_with_a_letter_wrong_is_understood_and_never_for_sure(typed: str) -> None:
    log = entry(typed)
    assert len(log.people) == 1
    assert (log.person_span is not None, log.person_sure) == (True, False)


def test_a_name_spelled_right_beats_one_that_is_nearly_alike() -> None:
    people = [("a", "Marte Olsen", ""), ("b", "Marta Novak", "")]
    assert ids(quick_log("marta na", people, BUTTONS, NOW)) == ["b"]


@pytest.mark.parametrize("typed", ["Müller na", "muller na", "mueller na", "MUELLER na"])
def test_an_umlaut_may_be_typed_as_two_letters(typed: str) -> None:
    log = quick_log(typed, [("a", "Jörg Müller", "")], BUTTONS, NOW)
    assert (log.person_sure, log.button) == (True, "no_answer")


def test_letters_that_a_keyboard_lacks_may_be_typed_without_their_stroke() -> None:
    people = [("a", "Bjørn Sørensen", ""), ("b", "Łukasz Nowak", "")]
    assert ids(quick_log("sorensen na", people, BUTTONS, NOW)) == ["a"]
    assert ids(quick_log("lukasz na", people, BUTTONS, NOW)) == ["b"]


def test_a_date_that_the_rep_unparsed_stays_a_word_of_the_note() -> None:
    text = "osei connected send answers fri"
    log = quick_log(text, PEOPLE, BUTTONS, NOW, unparsed=frozenset({(28, 31)}))
    assert (log.line.due_on, log.line.note) == (None, "send answers fri")


@given(st.text(max_size=120))
def test_any_text_is_read_without_a_crash(text: str) -> None:
    log = entry(text)
    assert all(0 <= start < end <= len(text) for start, end in log.line.spans)
