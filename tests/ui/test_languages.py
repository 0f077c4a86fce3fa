"""Every screen in a made-up language: nothing stands there that nobody can translate, and nothing is cut off."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit

from tests.languages.seeing import Data, texts
from tests.languages.squeezing import squeezed
from tests.shots import stage
from tests.shots.scenes import Scene, every
from tests.shots.stage import application, staged
from ui import language

MARTA = "Marta Ferreira"
OF_THE_PLAYS = (
    *("Nothing answers at crm.example", "Check what you typed", "Nothing was stored", "its date is not a date"),
    *("The CRM wants you to sign in again", "Your changes stay on this computer", "Activity 4711"),
    "This computer has no keyring that could hold the key of your book",
)
"""What a scene puts on the screen in the place of a CRM or a keyring."""
NAMES = (
    "Companion",
    "Odoo",
    "Tryton",
    "English",
    "Deutsch",
    "Français",
    "Español",
    "tryton.company.com",
    "company.odoo.com",
)
"""Of things that have the same name in every language."""
SCENES = every()
SCREENS = {name: each for name, each in SCENES.items() if each.screen}


@pytest.fixture(scope="module")
def app() -> Iterator[QApplication]:
    """The application; English again afterwards, also in the demo book that the scenes are played on."""
    made = application()
    yield made
    language.speak("en", made)
    stage._template.cache_clear()


@pytest.fixture(scope="module")
def pseudo(app: QApplication) -> QApplication:
    stage._template.cache_clear()
    language.speak("pseudo", app)
    return app


def played(scene: Scene, text_size: int = 100) -> Iterator[stage.Stage]:
    chosen = replace(scene.chosen, text_size=max(text_size, scene.chosen.text_size))
    with staged(chosen, empty=scene.empty, size=scene.window) as played:
        if not scene.empty:
            played.person(MARTA)
        scene.play(played)
        yield played


@pytest.mark.slow
@pytest.mark.parametrize("name", SCENES)
def test_no_sentence_stands_on_a_screen_that_nobody_can_translate(name: str, pseudo: QApplication) -> None:
    for here in played(SCENES[name]):
        typed = [each.text() for each in here.shown.findChildren(QLineEdit)]
        typed += [each.toPlainText() for each in here.shown.findChildren(QPlainTextEdit)]
        data = Data(here.core.database, *OF_THE_PLAYS, *NAMES, *typed)
        strange = {piece: where for where, said in texts(here.shown) for piece in data.strange(said)}
        assert "\n".join(f"{piece}: {where}" for piece, where in strange.items()) == ""


@pytest.mark.slow
@pytest.mark.parametrize("name", SCREENS)
def test_words_of_twice_the_size_and_half_as_long_again_are_not_cut_off(name: str, pseudo: QApplication) -> None:
    for here in played(SCREENS[name], text_size=200):
        assert "\n".join(squeezed(here.shown)) == ""
