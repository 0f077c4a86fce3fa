"""Signing in again: what is wrong stands beside the line, and what works is told once."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from companion.domain.problems import CannotConnect, Problem
from ui.connect.again import AgainPage
from ui.connect.trip import Trip
from ui.connect.viewmodel_again import AgainViewModel
from ui.theme.theme import Theme
from ui.widgets.label import Label
from ui.widgets.paragraph import Paragraph

PAGE = "https://login.example/authorize?state=x"


class Crm:
    """Knows one key, and one code for it; asked on a thread that is never the UI's."""

    def __init__(self, code: str = "") -> None:
        self.code = code
        self.asked: list[str] = []
        self.threads: set[int] = set()
        self.came_back = threading.Event()
        self.given_up = threading.Event()

    def renew(self, secret: str, code: str, trip: Trip) -> None:
        self.asked.append(secret)
        self.threads.add(threading.get_ident())
        if secret != "good":
            raise CannotConnect(Problem("Odoo does not accept that key", "Make a new one."), "secret")
        if code != self.code:
            raise CannotConnect(Problem("EspoCRM asks for a code", "Your authenticator app shows it."), "code")

    def by_browser(self, secret: str, code: str, trip: Trip) -> None:
        trip.open_browser(PAGE)
        while not self.came_back.wait(0.01):
            if not trip.wanted():
                self.given_up.set()
                return


class Again:
    """The page for an account of `connector`, and what it asked the system to open."""

    def __init__(self, qtbot: QtBot, connector: str, way: str, crm: Crm) -> None:
        self.crm = crm
        self.model = AgainViewModel(connector, way, crm.by_browser if way == "browser" else crm.renew)
        self.opened: list[str] = []
        self.model.browser_wanted.connect(self.opened.append)
        self.page = AgainPage(self.model)
        qtbot.addWidget(self.page)
        self.page.resize(600, 500)
        with qtbot.waitExposed(self.page):
            self.page.show()
        self.page.activateWindow()
        self.page.enter()

    def press(self, key: Qt.Key) -> None:
        focus = self.page.focusWidget()
        assert focus is not None
        QTest.keyClick(focus, key)


@pytest.fixture
def crm() -> Crm:
    return Crm()


@pytest.fixture
def odoo(crm: Crm, qtbot: QtBot, theme: object) -> Again:
    return Again(qtbot, "odoo", "", crm)


def test_a_refused_key_is_said_beside_the_line_and_stays_there_to_be_mended(odoo: Again, qtbot: QtBot) -> None:
    QTest.keyClicks(odoo.page.field.line, "bad")
    odoo.press(Qt.Key.Key_Return)
    qtbot.waitUntil(odoo.page.go.isEnabled)

    assert odoo.page.field.text() == "bad"
    assert "does not accept that key" in odoo.page.field.line.accessibleDescription()


def test_a_good_key_is_asked_for_once_away_from_the_ui_thread(odoo: Again, crm: Crm, qtbot: QtBot) -> None:
    QTest.keyClicks(odoo.page.field.line, "good")
    with qtbot.waitSignal(odoo.model.renewed):
        odoo.press(Qt.Key.Key_Return)
        odoo.press(Qt.Key.Key_Return)

    assert crm.asked == ["good"]
    assert threading.get_ident() not in crm.threads


@pytest.mark.parametrize(
    ("connector", "way", "words"),
    [
        ("odoo", "", "API key"),
        ("tryton", "", "Password"),
        ("espocrm", "password", "Password"),
        ("espocrm", "key", "API key"),
        ("hubspot", "key", "Access key"),
    ],
)
def test_the_line_is_called_as_the_accounts_way_calls_it(
    connector: str, way: str, words: str, qtbot: QtBot, theme: object
) -> None:
    assert Again(qtbot, connector, way, Crm()).page.field.line.accessibleName() == words


def test_a_code_is_asked_for_below_the_password_which_stays(qtbot: QtBot, theme: object) -> None:
    again = Again(qtbot, "espocrm", "password", Crm("204816"))
    QTest.keyClicks(again.page.field.line, "good")
    again.press(Qt.Key.Key_Return)
    qtbot.waitUntil(again.page.code.isVisible)
    assert again.page.code.line.hasFocus()
    assert again.page.field.text() == "good"
    assert "authenticator" in again.page.code.line.accessibleDescription()

    QTest.keyClicks(again.page.code.line, "204816")
    with qtbot.waitSignal(again.model.renewed):
        again.press(Qt.Key.Key_Return)


def test_by_the_browser_no_key_is_asked_for_and_enter_opens_it(qtbot: QtBot, theme: object) -> None:
    again = Again(qtbot, "salesforce", "browser", Crm())
    assert not again.page.field.isVisible()

    again.press(Qt.Key.Key_Return)
    qtbot.waitUntil(again.page.browser.isVisible)

    assert again.opened == [PAGE]
    with qtbot.waitSignal(again.model.renewed):
        again.crm.came_back.set()


def test_waiting_for_the_browser_has_a_title_as_large_as_the_page_that_it_stands_for(
    qtbot: QtBot, theme: Theme, grab: Callable[[QWidget], QImage]
) -> None:
    again = Again(qtbot, "salesforce", "browser", Crm())
    asking = next(each for each in again.page.findChildren(Label) if each.text() == "Sign in again")
    high = inked(grab(asking))
    again.press(Qt.Key.Key_Return)
    qtbot.waitUntil(again.page.browser.isVisible)
    waiting = next(each for each in again.page.browser.findChildren(Paragraph) if each.text.startswith("Waiting"))

    assert waiting.isVisible()
    # From the top of the capitals to the foot of the g and y, as in "Sign in again".
    assert inked(grab(waiting)) == high
    again.press(Qt.Key.Key_Escape)


def inked(picture: QImage) -> int:
    """How many rows from the first to the last that has a letter in it."""
    ground = picture.pixel(0, 0)
    rows = [y for y in range(picture.height()) if any(picture.pixel(x, y) != ground for x in range(picture.width()))]
    return rows[-1] - rows[0] + 1


@pytest.mark.parametrize("leaves", [True, False])
def test_the_browser_is_given_up_by_escape_and_by_going_elsewhere(leaves: bool, qtbot: QtBot, theme: object) -> None:
    again = Again(qtbot, "hubspot", "browser", Crm())
    again.press(Qt.Key.Key_Return)
    qtbot.waitUntil(again.page.browser.isVisible)

    if leaves:
        again.page.hide()
    else:
        again.press(Qt.Key.Key_Escape)

    assert again.crm.given_up.wait(5)
    assert not again.model.busy
