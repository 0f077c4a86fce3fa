"""The first minute: the window stands before the book is here; rows come while it arrives, and keys work on them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from companion import bootstrap, settings
from tests.journeys.window import put_away
from ui.app import App, make_application


@pytest.fixture
def app(qtbot: QtBot) -> Iterator[App]:
    chosen = settings.Settings(theme="light", reduce_motion=True)
    make_application(chosen)
    app = App(bootstrap.demo_book(synced=False), chosen)
    app.start()
    yield app
    put_away(app)


def test_rows_come_while_the_book_arrives_and_a_key_logs_on_one_that_was_not_there_at_the_start(
    app: App, qtbot: QtBot
) -> None:
    assert app.today.left == 0

    qtbot.waitUntil(lambda: app.today.left > 0 and app.frame.status is not None, timeout=30_000)
    seen = app.frame.status
    assert seen is not None
    assert seen.loading is not None, "the whole book was here before the first row"
    qtbot.waitUntil(lambda: app.frame.foot[0].startswith("Synced"), timeout=30_000)
    QTest.keyClick(app.page.list, Qt.Key.Key_N)

    with app.session.database.read() as rows:
        assert rows.value("SELECT count(*) FROM outbox WHERE state = 'pending'") == 2
    assert app.window.toast.text.startswith("No answer, ")
