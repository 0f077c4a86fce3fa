"""Every screen in a made-up language: nothing stands there that nobody can translate, and nothing is cut off."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QWidget

from companion import bootstrap
from companion.domain.account import Account
from tests.languages.seeing import Data, texts
from tests.languages.squeezing import SHORTEST_NAME, elided, squeezed
from tests.shots import stage
from tests.shots.scenes import Scene, every
from tests.shots.stage import application, staged
from ui import language
from ui.connect.choices import BROWSER, CHOICES
from ui.theme import icons

MARTA = "Marta Ferreira"
OF_THE_PLAYS = (
    *("Nothing answers at crm.example", "Check what you typed", "Nothing was stored", "its date is not a date"),
    *("The CRM wants you to sign in again", "Your changes stay on this computer", "Activity 4711"),
    "This computer has no keyring that could hold the key of your book",
    *("EspoCRM asks for a code", "Your authenticator app shows it"),
    *("Marketing events need the Enterprise edition", "no page views"),
)
"""What a scene puts on the screen in the place of a CRM or a keyring."""
NAMES = (
    "Companion",
    "Odoo",
    "Tryton",
    "EspoCRM",
    "HubSpot",
    "Salesforce",
    "English",
    "Deutsch",
    "Français",
    "Español",
    "tryton.company.com",
    "company.odoo.com",
    "crm.company.com",
    "company.my.salesforce.com",
)
"""Of things that have the same name in every language."""
pytestmark = pytest.mark.qt_log_ignore(r"This plugin does not support (raise\(\)|grabbing the keyboard)")
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


def field_names(here: stage.Stage) -> list[str]:
    """What the CRM calls its fields, which stands as written there."""
    return [each.label for each in here.core.connector().schema().fields]


def return_addresses() -> list[str]:
    """What a sign-in form shows to be registered in the CRM: addresses, the same in every language."""
    found = (bootstrap.return_addresses(Account(each.connector, way=BROWSER)) for each in CHOICES)
    return [each for addresses in found for each in addresses]


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
        data = Data(here.core.database, *OF_THE_PLAYS, *NAMES, *field_names(here), *return_addresses(), *typed)
        strange = {piece: where for where, said in texts(here.shown) for piece in data.strange(said)}
        assert "\n".join(f"{piece}: {where}" for piece, where in strange.items()) == ""


@pytest.mark.slow
@pytest.mark.parametrize("name", SCREENS)
def test_words_of_twice_the_size_and_half_as_long_again_are_not_cut_off(name: str, pseudo: QApplication) -> None:
    for here in played(SCREENS[name], text_size=200):
        assert "\n".join(squeezed(here.shown)) == ""
        short = [each.full_text for each in elided(here.shown) if each.width() < SHORTEST_NAME]
        assert [each for each in short if each == MARTA] == []


@pytest.fixture(scope="module", params=["fr", "pseudo"])
def long_winded(app: QApplication, request: pytest.FixtureRequest) -> str:
    """The longest of our languages, and one that is longer still."""
    spoken = str(request.param)
    stage._template.cache_clear()
    language.speak(spoken, app)
    return spoken


@pytest.mark.slow
@pytest.mark.parametrize("name", SCENES)
def test_in_a_language_of_long_words_nothing_stands_beyond_its_edge(name: str, long_winded: str) -> None:
    for here in played(SCENES[name]):
        assert "\n".join(squeezed(here.shown)) == ""


def places(scene: Scene) -> list[tuple[str, str, QRect]]:
    """Where each widget stands, measured from the left edge of what is shown."""
    for here in played(scene):
        root = here.shown
        return [
            (type(each).__name__, each.accessibleName(), QRect(each.mapTo(root, QPoint()), each.size()))
            for each in root.findChildren(QWidget)
            if each.isVisibleTo(root)
        ] + [("root", "", root.rect())]
    return []


def points_at(picture: QImage) -> float:
    """Where the tip of a chevron lies, as a part of its width."""
    middle = picture.height() // 2
    inks = [picture.pixelColor(x, middle).alphaF() for x in range(picture.width())]
    return sum(x * ink for x, ink in enumerate(inks)) / sum(inks) / picture.width()


def _bare(place: tuple[str, str, QRect]) -> tuple[str, str]:
    """What it is and says; an arrow points where reading goes."""
    return place[0], place[1].replace("←", "→")


@pytest.mark.slow
@pytest.mark.parametrize("name", SCREENS)
def test_from_right_to_left_every_widget_stands_on_the_other_side(name: str, app: QApplication) -> None:
    stage._template.cache_clear()
    language.speak("pseudo", app)
    one = places(SCREENS[name])
    language.speak("mirrored", app)
    other = places(SCREENS[name])
    language.speak("pseudo", app)

    width = one[-1][2].width()
    assert [_bare(each) for each in one] == [_bare(each) for each in other]
    unlike = [
        f"{what} “{said[:40]}”: {here.left()}, mirrored {there.left()}"
        for (what, said, here), (_, _, there) in zip(one, other, strict=True)
        if abs((width - here.left() - here.width()) - there.left()) > 2 or here.top() != there.top()
    ]
    assert "\n".join(unlike) == ""


@pytest.mark.slow
def test_a_row_read_from_the_right_has_its_avatar_there_and_a_chevron_points_the_other_way(app: QApplication) -> None:
    pictures = []
    for spoken in ("pseudo", "mirrored"):
        language.speak(spoken, app)
        for here in played(SCREENS["today"]):
            page = here.app.page
            row = page.list.visualRect(page.list.model().index(3, 0))
            seen = page.list.viewport().grab(row).toImage()
            back = icons.pixmap("chevron-left", 16, "text", 1.0).toImage()
            pictures.append((seen, back))
    language.speak("pseudo", app)

    (rows, back), (mirrored, forward) = pictures
    middle, side = rows.height() // 2, rows.width() - 1
    # The avatar's disc lies 12 to 46 px inside the row, which lies 12 px inside the list; its initials in its middle.
    discs = [rows.pixel(28, middle), mirrored.pixel(side - 28, middle)]
    assert discs[0] == discs[1] != mirrored.pixel(28, middle)
    assert points_at(back) < 0.45 < 0.5 < points_at(forward)
