"""The first page of Companion, driven by real keys, over a profile that may not open."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from companion import bootstrap, credentials
from companion.bootstrap import Account, Core
from companion.domain.records import Kind
from companion.store import edits
from companion.store.edits import Gesture
from tests.journeys.window import CALM, put_away
from ui.app import Opening
from ui.connect.screen import ConnectPage
from ui.connect.unlock import UnlockPage

PASSPHRASE = "correct horse battery"
ACCOUNT = Account("odoo", "https://127.0.0.1:9", "sales", "ana")


def made(folder: Path) -> Path:
    """A profile under a passphrase, with two notes that the CRM does not have."""
    vault = credentials.PassphraseVault(PASSPHRASE, seconds=0.0, memory_kib=64)
    core = bootstrap.create_profile(folder, vault, ACCOUNT, "key")
    with core.database.write() as write:
        gesture = Gesture(bootstrap.new_id(), 1_795_000_000, "log", bootstrap.new_id, hold_s=0)
        for number in range(2):
            edits.create(write, gesture, Kind.ACTIVITY, {"what": "call", "at": number}, {}, "No answer")
    core.close()
    return folder


@contextmanager
def started(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Opening]:
    """Companion at its start, on 22 November 2026; its CRM is never asked."""
    monkeypatch.setattr(Core, "start_sync", lambda *arguments: None)
    monkeypatch.setattr(bootstrap, "wall_clock", lambda: datetime(2026, 11, 22, 9, 12, tzinfo=UTC))
    opening = Opening(replace(CALM, lock_minutes=0), folder)
    yield opening
    if opening.app is not None:
        put_away(opening.app)
    if opening._before is not None:
        opening._before.close()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def page_of(opening: Opening) -> QWidget:
    """The page that stands before there is a book."""
    assert opening._before is not None
    opening._before.activateWindow()
    page: QWidget | None = opening._before.centralWidget()
    assert page is not None
    return page


def unlock_page(opening: Opening) -> UnlockPage:
    page = page_of(opening)
    assert isinstance(page, UnlockPage)
    return page


def focus(page: QWidget) -> QWidget:
    found = page.window().focusWidget()
    assert found is not None
    return found


def press(page: QWidget, *keys: Qt.Key) -> None:
    """Real keys, each where the focus is then."""
    for key in keys:
        QTest.keyClick(focus(page), key)


def tab_to(page: QWidget, target: QWidget, key: Qt.Key = Qt.Key.Key_Tab) -> None:
    for _ in range(10):
        if focus(page) is target:
            return
        press(page, key)
    raise AssertionError("the key does not lead there")


def read(page: QWidget) -> str:
    """All that stands on the page."""
    parts = [each for each in page.findChildren(QWidget) if each.isVisible()]
    return "\n".join(QAccessible.queryAccessibleInterface(each).text(QAccessible.Text.Name) for each in parts)


def first_run(opening: Opening, qtbot: QtBot) -> ConnectPage:
    qtbot.waitUntil(lambda: isinstance(page_of(opening), ConnectPage) and page_of(opening).isVisible())
    page = page_of(opening)
    assert isinstance(page, ConnectPage)
    return page
