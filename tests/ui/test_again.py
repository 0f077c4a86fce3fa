"""Signing in again: what is wrong stands beside the line, and what works is told once."""

from __future__ import annotations

import threading

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from companion.domain.problems import CannotConnect, Problem
from ui.connect.again import AgainPage


class Crm:
    """Knows one key; asked on a thread that is never the UI's."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.threads: set[int] = set()

    def renew(self, secret: str) -> None:
        self.asked.append(secret)
        self.threads.add(threading.get_ident())
        if secret != "good":
            raise CannotConnect(Problem("Odoo does not accept that key", "Make a new one."), "secret")


@pytest.fixture
def crm() -> Crm:
    return Crm()


@pytest.fixture
def page(crm: Crm, qtbot: QtBot, theme: object) -> AgainPage:
    page = AgainPage(crm.renew)
    qtbot.addWidget(page)
    page.resize(600, 500)
    page.show()
    page.enter()
    return page


def test_a_refused_key_is_said_beside_the_line_and_stays_there_to_be_mended(
    page: AgainPage, crm: Crm, qtbot: QtBot
) -> None:
    QTest.keyClicks(page.field.line, "bad")
    QTest.keyClick(page.field.line, Qt.Key.Key_Return)
    qtbot.waitUntil(page.go.isEnabled)

    assert page.field.text() == "bad"
    assert "does not accept that key" in page.field.line.accessibleDescription()


def test_a_good_key_is_asked_for_once_away_from_the_ui_thread(page: AgainPage, crm: Crm, qtbot: QtBot) -> None:
    QTest.keyClicks(page.field.line, "good")
    with qtbot.waitSignal(page.renewed):
        QTest.keyClick(page.field.line, Qt.Key.Key_Return)
        QTest.keyClick(page.field.line, Qt.Key.Key_Return)

    assert crm.asked == ["good"]
    assert threading.get_ident() not in crm.threads
