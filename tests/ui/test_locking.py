"""S-18: the book closes when nobody is there, or at a key, and lets its key go; what was done is there afterwards."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from companion import bootstrap, credentials
from companion.bootstrap import Account, Core
from tests.journeys.window import CALM, put_away
from ui.app import Opening
from ui.connect.unlock import UnlockPage
from ui.idle import Idle
from ui.theme.theme import Theme

PASSPHRASE = "correct horse battery"


@pytest.fixture
def opening(tmp_path: Path, qtbot: QtBot, theme: Theme, monkeypatch: pytest.MonkeyPatch) -> Iterator[Opening]:
    """Companion over a book under a passphrase, whose CRM is never asked."""
    monkeypatch.setattr(Core, "start_sync", lambda *arguments: None)
    vault = credentials.PassphraseVault(PASSPHRASE, seconds=0.0, memory_kib=64)
    account = Account("odoo", "https://127.0.0.1:9", "sales", "ana")
    bootstrap.create_profile(tmp_path / "book", vault, account, "key").close()
    made = Opening(replace(CALM, lock_minutes=0), tmp_path / "book")
    made.begin()
    give_passphrase(made, qtbot)
    yield made
    if made.app is not None:
        put_away(made.app)
    if made._before is not None:
        made._before.close()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def give_passphrase(opening: Opening, qtbot: QtBot) -> None:
    """Types it on the page that asks for it."""
    assert opening._before is not None
    page = opening._before.centralWidget()
    assert isinstance(page, UnlockPage)
    QTest.keyClicks(page.field.line, PASSPHRASE)
    QTest.keyClick(page.field.line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: opening.app is not None, timeout=20_000)


def is_open(opening: Opening) -> bool:
    return opening.app is not None


def test_one_key_closes_the_book_and_the_passphrase_opens_it_again(opening: Opening, qtbot: QtBot) -> None:
    assert opening.app is not None
    database = opening.app.core.database
    opening.app.window.activateWindow()

    opening.app.commands.run("lock")

    assert database._closed
    assert not is_open(opening)
    assert opening._before is not None
    assert opening._before.isVisible()
    held = weakref.ref(database)
    del database
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    QApplication.processEvents()
    gc.collect()
    assert held() is None, "the key is still held"
    give_passphrase(opening, qtbot)


def test_the_book_closes_when_nobody_has_touched_it_for_so_long(opening: Opening, qtbot: QtBot) -> None:
    assert opening.app is not None

    opening.app.idle.set_minutes(0.003)

    qtbot.waitUntil(lambda: not is_open(opening), timeout=5_000)


def test_a_key_or_a_move_of_the_mouse_is_somebody(qtbot: QtBot, qapp: QApplication) -> None:
    idle = Idle()
    said: list[bool] = []
    idle.passed.connect(lambda: said.append(True))
    idle.set_minutes(0.2 / 60 * 3)
    from PySide6.QtWidgets import QWidget

    widget = QWidget()
    qtbot.addWidget(widget)
    widget.show()

    for _ in range(12):
        qtbot.wait(80)
        QTest.keyClick(widget, Qt.Key.Key_A)
    assert said == []
    qtbot.waitUntil(lambda: said == [True], timeout=5_000)


def test_the_demo_book_is_never_closed_by_itself(qtbot: QtBot, theme: Theme) -> None:
    opening = Opening(replace(CALM, lock_minutes=5), Path("/nowhere"))
    opening.demo()
    assert opening.app is not None

    assert not opening.app.commands.can("lock")
    opening.lock()
    assert opening.app is not None
    put_away(opening.app)
