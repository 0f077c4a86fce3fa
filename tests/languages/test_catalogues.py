"""The catalogues know every sentence of the code, keep every hole in it, and are compiled as they are written."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from companion import catalogues
from companion.catalogues import FOLDER
from companion.domain import language
from companion.domain.workspace import decode
from tests.languages.catalogues import TRANSLATED, compiled, read, troubles
from tests.languages.sentences import ROOT, WORKSPACE, Sentence, everything

SENTENCES = everything()


@pytest.fixture(autouse=True)
def _english_again() -> Iterator[None]:
    yield
    language.speak(None)


@pytest.mark.parametrize("spoken", TRANSLATED)
def test_no_sentence_of_the_code_is_missing_empty_or_doubted_and_no_hole_is_lost(spoken: str) -> None:
    assert troubles(read(spoken), SENTENCES) == []


@pytest.mark.parametrize("spoken", TRANSLATED)
def test_compiling_again_gives_the_same_bytes(spoken: str) -> None:
    assert (FOLDER / f"{spoken}.mo").read_bytes() == compiled(read(spoken))


def test_a_catalogue_that_lacks_a_sentence_or_loses_a_hole_is_told() -> None:
    catalogue = read("de")
    moved = catalogue.get("Moved to %1")
    assert moved is not None
    moved.string = "Verschoben"

    found = troubles(catalogue, [Sentence("Moved to %1", "", "x.py", 1), Sentence("Never said {who}", "", "x.py", 2)])

    assert found == ["holes differ: Moved to %1 → Verschoben", "not translated: Never said {who}"]


def test_no_count_is_glued_together_with_a_plural_of_its_own() -> None:
    glued = [each.text for each in SENTENCES if "%n" in each.text or "(s)" in each.text]
    assert glued == []


@pytest.mark.parametrize("spoken", TRANSLATED)
def test_the_sentences_that_ship_are_spoken_and_a_teams_own_stand_as_written(spoken: str) -> None:
    catalogues.speak(spoken)
    text = (ROOT / WORKSPACE).read_text("utf-8")
    shipped = decode(text)
    own = decode(text.replace("Trial ends {trial_end}", "Le test finit {trial_end}, hein").replace("Voicemail", "AB"))

    rule, button = own.rule("trial-ends"), own.button("voicemail")
    assert rule is not None
    assert button is not None
    assert button.label == "AB"
    assert any(piece.text == ", hein" for template in rule.say for clause in template for piece in clause)
    assert all(each.label != "No answer" for each in shipped.buttons)
    assert all(each.name != "Trials ending" for each in shipped.rules)


def test_a_language_without_a_catalogue_is_english() -> None:
    catalogues.speak("de", folder=FOLDER / "nowhere")
    assert (language.spoken(), language.tr("Today")) == ("en", "Today")


# An apostrophe between letters, or before or after what is filled in.
_STRAIGHT = re.compile(r"(?<=[\w}”»])'(?=[\w{%“«])|(?<=s)'(?= )|(?<!\w)'[\w{%]")


def test_what_a_rep_reads_has_typographic_apostrophes_and_quotation_marks_alone() -> None:
    said = {text for each in SENTENCES for text in (each.text, each.many)}
    for spoken in TRANSLATED:
        for entry in read(spoken):
            said |= {entry.string} if isinstance(entry.string, str) else {*(entry.string or ())}

    assert [text for text in said if _STRAIGHT.search(text)] == []


def test_what_the_demo_book_tells_is_written_as_a_person_of_care_would() -> None:
    files = sorted((ROOT / "companion" / "connectors" / "demo").glob("*.py"))
    texts = [(file.name, text) for file in files for text in _texts(file)]

    assert [each for each in texts if re.search(r"[^\W\d_]'[^\W\d_]", each[1])] == []


def _texts(file: Path) -> list[str]:
    """Every string of a module but its docstrings."""
    nodes = list(ast.walk(ast.parse(file.read_text("utf-8"))))
    docs = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
    found = [node for node in nodes if isinstance(node, ast.Constant) and id(node) not in docs]
    return [node.value for node in found if isinstance(node.value, str)]
