"""From the choice of a CRM to the list of people, over real HTTP: what a rep presses, types and reads on the way."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from companion import bootstrap
from tests.connectors.espocrm.bench import EspoBench
from tests.journeys.connected import PASSPHRASE
from tests.journeys.window import CALM, put_away
from ui.app import Opening
from ui.connect.screen import ConnectPage
from ui.connect.viewmodel import Step
from ui.theme.theme import Theme


class Newcomer:
    """A rep at the first run of a computer without a keyring."""

    def __init__(self, folder: Path, qtbot: QtBot) -> None:
        self.opening = Opening(CALM, folder)
        self.folder, self.qtbot = folder, qtbot
        self.opening.begin()
        window = self.opening._before
        assert window is not None
        self.window = window
        window.activateWindow()
        page = window.centralWidget()
        assert isinstance(page, ConnectPage)
        self.page = page
        self.inputs = 0

    def press(self, *keys: Qt.Key) -> None:
        for key in keys:
            focus = self.page.focusWidget()
            assert focus is not None
            QTest.keyClick(focus, key)
            self.inputs += 1

    def fill(self, **typed: str) -> None:
        """A line typed and left is one input."""
        for name, text in typed.items():
            self.page.form.fields[name].line.setText(text)
            self.inputs += 1

    def until(self, step: Step) -> None:
        self.qtbot.waitUntil(lambda: self.page._model.step is step, timeout=20_000)

    @property
    def read(self) -> str:
        """All that stands on the page."""
        parts = [each for each in self.page.findChildren(QWidget) if each.isVisible()]
        return "\n".join(QAccessible.queryAccessibleInterface(each).text(QAccessible.Text.Name) for each in parts)

    def close(self) -> None:
        if self.opening.app is not None:
            put_away(self.opening.app)
        self.window.close()
        self.window.deleteLater()
        self.opening.deleteLater()
        QApplication.processEvents()


@pytest.fixture
def bench() -> Iterator[EspoBench]:
    made = EspoBench()
    made.now = time.time()  # the rep's computer and the CRM agree
    yield made
    made.close()


@pytest.fixture
def newcomer(tmp_path: Path, qtbot: QtBot, qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> Iterator[Newcomer]:
    from companion import credentials

    monkeypatch.setattr(credentials, "ALLOWED_BACKENDS", ())
    Theme("light").apply(qapp)
    made = Newcomer(tmp_path / "book", qtbot)
    yield made
    made.close()


def test_from_the_choice_to_the_book_with_a_code_on_the_way(bench: EspoBench, newcomer: Newcomer) -> None:
    bench.espo.codes["ana"] = "204816"
    newcomer.press(Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Return)
    newcomer.qtbot.waitUntil(newcomer.page.form.fields["passphrase"].isVisible)
    newcomer.fill(url=bench.server.url, user="ana", secret="secret-ana", passphrase=PASSPHRASE, again=PASSPHRASE)

    newcomer.press(Qt.Key.Key_Return)
    newcomer.qtbot.waitUntil(newcomer.page.form.fields["code"].isVisible, timeout=20_000)
    newcomer.fill(code="111111")
    newcomer.press(Qt.Key.Key_Return)
    newcomer.qtbot.waitUntil(lambda: newcomer.page._model.problem is not None, timeout=20_000)
    assert newcomer.page._model.problem_field == "code"
    newcomer.fill(code="204816")
    newcomer.press(Qt.Key.Key_Return)
    newcomer.until(Step.REPORT)

    assert not bootstrap.has_book(newcomer.folder), "nothing is stored before it was read"
    read = newcomer.read
    assert "EspoCRM lets you in" in read
    assert "It is version 8.4.2." in read
    assert "Companies: Read and write" in read
    assert "clock" not in read
    newcomer.press(Qt.Key.Key_Return)
    newcomer.qtbot.waitUntil(lambda: newcomer.opening.app is not None, timeout=20_000)

    app = newcomer.opening.app
    assert app is not None
    newcomer.qtbot.waitUntil(lambda: "Ada" in _people(app.core.database), timeout=30_000)
    assert app.core.account_words == f"EspoCRM at {bench.server.url.removeprefix('http://')}, as ana"
    for file in newcomer.folder.iterdir():
        assert b"secret-ana" not in file.read_bytes()


def test_without_a_code_it_is_what_the_form_asks_for_and_two_enters(bench: EspoBench, newcomer: Newcomer) -> None:
    newcomer.press(Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Return)
    newcomer.qtbot.waitUntil(newcomer.page.form.fields["passphrase"].isVisible)
    already = newcomer.inputs
    newcomer.fill(url=bench.server.url, user="ana", secret="secret-ana", passphrase=PASSPHRASE, again=PASSPHRASE)
    newcomer.press(Qt.Key.Key_Return)
    newcomer.until(Step.REPORT)
    newcomer.press(Qt.Key.Key_Return)
    newcomer.qtbot.waitUntil(lambda: newcomer.opening.app is not None, timeout=20_000)

    assert newcomer.inputs - already == 5 + 2


def test_what_is_not_open_is_read_before_the_book_comes(bench: EspoBench, newcomer: Newcomer) -> None:
    from companion.domain.records import Kind

    bench.administrator.forbid(Kind.DEAL)
    newcomer.press(Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Return)
    newcomer.qtbot.waitUntil(newcomer.page.form.fields["passphrase"].isVisible)
    newcomer.fill(url=bench.server.url, user="ana", secret="secret-ana", passphrase=PASSPHRASE, again=PASSPHRASE)
    newcomer.press(Qt.Key.Key_Return)
    newcomer.until(Step.REPORT)

    assert "Deals: Not open to you" in newcomer.read

    newcomer.press(Qt.Key.Key_Escape)
    assert newcomer.page.form.fields["secret"].text() == "secret-ana"
    assert not bootstrap.has_book(newcomer.folder)


def _people(database: object) -> str:
    from companion.database import Database

    assert isinstance(database, Database)
    with database.read() as rows:
        return " ".join(str(each[0]) for each in rows.all("SELECT name FROM people"))
