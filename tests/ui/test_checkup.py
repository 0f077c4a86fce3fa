"""Testing the connection from the window: each step as it is known, never in the way, and the page to copy."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from companion.domain.finding import Finding
from ui.connect.checkup import CheckupPage
from ui.connect.finding_row import FindingRow
from ui.connect.viewmodel_checkup import CheckupViewModel
from ui.theme.theme import Theme

NAME = Finding(True, "The name crm.example is known: 203.0.113.20")
KEY = Finding(False, "The CRM does not accept the key", "Sign in again.")


class Line:
    """What looks at the connection: it goes on when the test lets it."""

    def __init__(self, *found: Finding, error: Exception | None = None) -> None:
        self.found, self.error = found, error
        self.go_on = threading.Event()
        self.went_on_for_nobody = threading.Event()
        self.threads: set[int] = set()

    def look(self, tell: Callable[[Finding], None], wanted: Callable[[], bool]) -> None:
        self.threads.add(threading.get_ident())
        tell(self.found[0])
        self.go_on.wait(5)
        if not wanted():
            self.went_on_for_nobody.set()
            return
        if self.error is not None:
            raise self.error
        for each in self.found[1:]:
            tell(each)


class Test:
    """The page over such a line."""

    __test__ = False

    def __init__(self, qtbot: QtBot, line: Line) -> None:
        self.line, self.qtbot = line, qtbot
        self.model = CheckupViewModel(line.look, "Odoo, sales at crm.example, as nora")
        self.page = CheckupPage(self.model)
        qtbot.addWidget(self.page)
        self.page.resize(900, 600)
        with qtbot.waitExposed(self.page):
            self.page.show()
        self.page.activateWindow()
        self.page.enter()

    @property
    def rows(self) -> list[str]:
        """What stands on the page, as a screen reader says it."""
        return [row.accessibleName() for row in self.page.findChildren(FindingRow) if row.isVisible()]

    def ended(self) -> None:
        self.line.go_on.set()
        self.qtbot.waitUntil(lambda: not self.model.busy)


def test_a_step_is_shown_as_soon_as_it_is_known_and_away_from_the_ui_thread(qtbot: QtBot, theme: Theme) -> None:
    test = Test(qtbot, Line(NAME, KEY))
    qtbot.waitUntil(lambda: test.rows == [NAME.what])
    assert test.model.words == "Looking at the connection…"
    assert not test.page.copy.isEnabled()

    test.ended()

    assert test.rows == [NAME.what, "The CRM does not accept the key Sign in again."]
    assert test.model.words == "1 thing needs a look."
    assert threading.get_ident() not in test.line.threads


def test_where_signing_in_again_helps_it_is_one_key_away(qtbot: QtBot, theme: Theme) -> None:
    test = Test(qtbot, Line(NAME, KEY._replace(wants_sign_in=True)))
    wanted: list[bool] = []
    test.page.sign_in_wanted.connect(lambda: wanted.append(True))
    assert test.page.sign_in.isHidden()
    test.ended()

    assert test.page.sign_in.hasFocus()
    QTest.keyClick(test.page.sign_in, Qt.Key.Key_Return)

    assert wanted == [True]


def test_where_all_is_well_it_says_so(qtbot: QtBot, theme: Theme) -> None:
    test = Test(qtbot, Line(NAME))
    test.ended()

    assert test.model.words == "The connection works."
    assert test.page.sign_in.isHidden()


@pytest.mark.parametrize("by_key", [True, False])
def test_the_whole_page_can_be_copied(by_key: bool, qtbot: QtBot, theme: Theme) -> None:
    test = Test(qtbot, Line(NAME, KEY))
    test.ended()

    if by_key:
        focus = test.page.focusWidget()
        assert focus is not None
        QTest.keyClick(focus, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    else:
        test.page.copy.click()

    copied = QGuiApplication.clipboard().text()
    assert f"ok    {NAME.what}" in copied
    assert "look  The CRM does not accept the key\n      Sign in again." in copied


def test_escape_stops_the_look_and_what_was_found_stays(qtbot: QtBot, theme: Theme) -> None:
    test = Test(qtbot, Line(NAME, KEY))
    qtbot.waitUntil(lambda: bool(test.rows))

    focus = test.page.focusWidget()
    assert focus is not None
    QTest.keyClick(focus, Qt.Key.Key_Escape)
    test.line.go_on.set()

    assert test.line.went_on_for_nobody.wait(5)
    assert test.rows == [NAME.what]
    assert test.model.words == "Stopped. What was found so far stands here."


def test_tested_again_it_begins_anew(qtbot: QtBot, theme: Theme) -> None:
    test = Test(qtbot, Line(NAME, KEY))
    test.ended()

    test.page.again.click()
    test.ended()

    assert len(test.rows) == 2


def test_gone_elsewhere_nobody_waits_any_more(qtbot: QtBot, theme: Theme) -> None:
    test = Test(qtbot, Line(NAME, KEY))
    qtbot.waitUntil(lambda: bool(test.rows))

    test.page.hide()
    test.line.go_on.set()

    assert test.line.went_on_for_nobody.wait(5)


def test_a_test_that_fails_itself_says_so_and_ends(qtbot: QtBot, theme: Theme) -> None:
    test = Test(qtbot, Line(NAME, error=RuntimeError("canary-8841")))
    with qtbot.captureExceptions() as caught:
        test.ended()

    assert len(caught) == 1
    assert test.rows[-1].startswith("The test itself did not work")
    assert "canary" not in test.model.text
