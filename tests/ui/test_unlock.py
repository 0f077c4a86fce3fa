"""A book whose key is missing, locked or wrong: said in words, tried again, nothing overwritten."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from companion import credentials
from companion.database import KeyRefused
from companion.domain.key_problems import KeyMissing, KeyringLocked, LeaseEnded, WrongKey
from ui.connect.trip import Trip
from ui.connect.unlock import UnlockPage
from ui.connect.viewmodel_unlock import UnlockViewModel
from ui.theme.theme import Theme

QUICK = {"seconds": 0.0, "memory_kib": 64}


def opens_with(folder: Path) -> Callable[[str], object]:
    return lambda typed: credentials.unlock(folder, credentials.PassphraseVault(typed, **QUICK))  # type: ignore[arg-type]


def test_the_right_passphrase_opens_and_a_wrong_one_changes_nothing(tmp_path: Path, qtbot: QtBot, theme: Theme) -> None:
    key = credentials.create(tmp_path, credentials.PassphraseVault("correct horse", **QUICK))  # type: ignore[arg-type]
    before = (tmp_path / "key.json").read_bytes()
    model = UnlockViewModel("passphrase", opens_with(tmp_path))
    page = UnlockPage(model)
    qtbot.addWidget(page)
    page.show()

    QTest.keyClicks(page.field.line, "wrong horse")
    QTest.keyClick(page.field.line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not model.busy)

    assert page.field.line.accessibleDescription().startswith("This passphrase does not open your book.")
    assert (tmp_path / "key.json").read_bytes() == before

    page.field.line.setText("correct horse")
    with qtbot.waitSignal(model.opened) as opened:
        QTest.keyClick(page.field.line, Qt.Key.Key_Return)
    assert opened.args == [key]


def test_an_empty_passphrase_is_not_tried(qtbot: QtBot) -> None:
    tried: list[str] = []
    model = UnlockViewModel("passphrase", tried.append)

    model.attempt("")

    assert tried == []
    assert model.problem is not None


@pytest.mark.parametrize("problem", [KeyringLocked(), KeyMissing(), WrongKey(), KeyRefused("x")])
def test_what_is_wrong_with_the_key_is_said_in_words_and_can_be_tried_again(
    problem: Exception, qtbot: QtBot, theme: Theme
) -> None:
    tries: list[str] = []

    def open_book(passphrase: str) -> object:
        tries.append(passphrase)
        if len(tries) < 2:
            raise problem
        return "book"

    model = UnlockViewModel("keyring", open_book)
    page = UnlockPage(model)
    qtbot.addWidget(page)
    model.attempt()
    qtbot.waitUntil(lambda: not model.busy)

    assert model.title == problem.title  # type: ignore[attr-defined]
    assert "untouched" in model.advice
    with qtbot.waitSignal(model.opened):
        page.go.click()


def test_two_presses_make_one_try(qtbot: QtBot) -> None:
    tries: list[str] = []
    model = UnlockViewModel("passphrase", tries.append)

    with qtbot.waitSignal(model.opened):
        model.attempt("typed")
        model.attempt("typed")

    assert tries == ["typed"]


def test_a_book_that_was_away_too_long_asks_for_a_new_key_of_the_crm(qtbot: QtBot, theme: Theme) -> None:
    def closed(passphrase: str) -> object:
        raise LeaseEnded(31, refused=True)

    model = UnlockViewModel("passphrase", closed, sign_in=lambda typed, key, code, trip: (typed, key))
    page = UnlockPage(model)
    qtbot.addWidget(page)
    page.show()

    QTest.keyClicks(page.field.line, "correct horse")
    QTest.keyClick(page.field.line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not model.busy)

    assert model.title == "Sign in to open your book"
    assert page.field.line.accessibleName() == "API key or password"
    assert not page.field.line.text()
    with qtbot.waitSignal(model.opened) as opened:
        QTest.keyClicks(page.field.line, "new key")
        QTest.keyClick(page.field.line, Qt.Key.Key_Return)
    assert opened.args == [("correct horse", "new key")]


def away(way: str, *, code: bool = False) -> Callable[[str], object]:
    """A book that was away for too long, whose key the CRM no longer accepts."""

    def closed(typed: str) -> object:
        raise LeaseEnded(30, refused=True, way=way, code=code)

    return closed


def test_after_a_long_absence_the_browser_is_asked_where_that_is_the_accounts_way(qtbot: QtBot, theme: Theme) -> None:
    came_back = threading.Event()

    def sign_in(passphrase: str, key: str, code: str, trip: Trip) -> object:
        assert trip.open_browser("https://login.example/")
        came_back.wait(5)
        return (passphrase, key)

    model = UnlockViewModel("passphrase", away("browser"), sign_in=sign_in)
    opened: list[str] = []
    model.browser_wanted.connect(opened.append)
    page = UnlockPage(model)
    qtbot.addWidget(page)
    with qtbot.waitExposed(page):
        page.show()
    QTest.keyClicks(page.field.line, "correct horse")
    QTest.keyClick(page.field.line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: model.method == "sign in")
    assert not page.field.isVisible()

    QTest.keyClick(page.go, Qt.Key.Key_Return)
    qtbot.waitUntil(page.browser.isVisible)
    assert opened == ["https://login.example/"]

    with qtbot.waitSignal(model.opened) as got:
        came_back.set()
    assert got.args == [("correct horse", "")]


def test_the_browser_can_be_given_up_and_the_book_stays_closed(qtbot: QtBot, theme: Theme) -> None:
    given_up = threading.Event()

    def sign_in(passphrase: str, key: str, code: str, trip: Trip) -> object:
        trip.open_browser("https://login.example/")
        while trip.wanted():
            time.sleep(0.01)
        given_up.set()
        raise LeaseEnded(30, refused=True, way="browser")

    model = UnlockViewModel("keyring", away("browser"), sign_in=sign_in)
    page = UnlockPage(model)
    qtbot.addWidget(page)
    with qtbot.waitExposed(page):
        page.show()
    model.attempt()
    qtbot.waitUntil(lambda: model.method == "sign in")
    model.attempt()
    qtbot.waitUntil(page.browser.isVisible)

    QTest.keyClick(page.browser.cancel, Qt.Key.Key_Escape)

    assert given_up.wait(5)
    assert not model.busy
    assert page.go.isVisible()


def test_a_code_is_asked_for_besides_the_password(qtbot: QtBot, theme: Theme) -> None:
    def sign_in(passphrase: str, key: str, code: str, trip: Trip) -> object:
        if code != "204816":
            raise LeaseEnded(30, refused=True, way="password", code=True)
        return (key, code)

    model = UnlockViewModel("keyring", away("password"), sign_in=sign_in)
    page = UnlockPage(model)
    qtbot.addWidget(page)
    with qtbot.waitExposed(page):
        page.show()
    model.attempt()
    qtbot.waitUntil(page.field.isVisible)
    QTest.keyClicks(page.field.line, "s3cret")
    QTest.keyClick(page.field.line, Qt.Key.Key_Return)
    qtbot.waitUntil(page.code.isVisible)
    assert page.field.text() == "s3cret"

    page.code.line.setText("204816")
    with qtbot.waitSignal(model.opened) as got:
        QTest.keyClick(page.code.line, Qt.Key.Key_Return)
    assert got.args == [("s3cret", "204816")]
