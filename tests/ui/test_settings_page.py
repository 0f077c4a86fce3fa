"""Each choice takes effect when it is made; signing out asks only while changes wait, and then wants a typed word."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from companion import bootstrap
from companion.actions.desk import Desk
from companion.actions.log_activity import LogEntry, log_activity
from companion.database import Database, create_database
from companion.domain.changes import Changes
from companion.settings import Settings
from companion.store.migrations import migrate
from ui.session import Session
from ui.settings.screen import SettingsPage
from ui.settings.viewmodel import SettingsViewModel
from ui.theme.theme import Theme

NOWHERE = Path("/nowhere/at/all")


class Page:
    """The page over an empty book, and what came of it."""

    def __init__(self, database: Database, qtbot: QtBot, *, demo: bool = False, documents: Path = NOWHERE) -> None:
        self.chosen = Settings()
        self.desk = Desk(database, self.clock, bootstrap.new_id, lambda write, records, now: None)
        session = Session(database, self.clock, bootstrap.default_workspace(), lambda: self.desk, demo)
        self.model = SettingsViewModel(session, lambda: self.chosen, "Connected to Odoo as ines")
        self.model.picked.connect(lambda name, value: setattr(self, "chosen", replace(self.chosen, **{name: value})))
        self.model.parting._folder = documents
        self.left: list[bool] = []
        self.model.signed_out.connect(lambda: self.left.append(True))
        self.screen = SettingsPage(self.model)
        qtbot.addWidget(self.screen)
        self.screen.resize(1000, 900)
        with qtbot.waitExposed(self.screen):
            self.screen.show()
        self.screen.activateWindow()
        self.screen.enter()

    @staticmethod
    def clock() -> datetime:
        return datetime(2026, 11, 24, 9, 12, tzinfo=UTC)

    def button(self, words: str) -> QPushButton:
        """The button with these words."""
        return next(each for each in self.screen.findChildren(QPushButton) if each.text() == words)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """An empty book."""
    made = create_database(tmp_path / "book.db", bytes(32), durable=False)
    migrate(made)
    yield made
    made.close()


@pytest.mark.parametrize(
    ("words", "name", "value"),
    [
        ("Dark", "theme", "dark"),
        ("Compact", "density", "compact"),
        ("130 %", "text_size", 130),
        ("With Ctrl", "single_keys", "with-ctrl"),
        ("15 min", "poll_minutes", 15),
        ("15 min", "lock_minutes", 15),
        ("Off", "notifications", False),
        ("Only how many", "notification_words", "count"),
        ("5 min", "meeting_minutes", 5),
        ("Never", "quiet_from", 24),
        ("09:00", "quiet_until", 9),
        ("It stays in the tray", "keep_running", True),
    ],
)
def test_a_choice_takes_effect_when_it_is_made(
    words: str, name: str, value: object, database: Database, qtbot: QtBot, theme: Theme
) -> None:
    page = Page(database, qtbot)

    _, control = page.screen.choices[name]
    next(each for each in control.findChildren(QPushButton) if each.text() == words).click()

    assert getattr(page.chosen, name) == value


def test_choosing_what_is_chosen_already_says_nothing(database: Database, qtbot: QtBot, theme: Theme) -> None:
    page = Page(database, qtbot)

    with qtbot.assertNotEmitted(page.model.picked):
        page.button("Comfortable").click()


def test_the_page_shows_what_was_chosen_elsewhere(database: Database, qtbot: QtBot, theme: Theme) -> None:
    page = Page(database, qtbot)
    page.chosen = replace(page.chosen, theme="dark", text_size=128)

    page.screen.enter()

    assert page.button("Dark").isChecked()
    assert page.button("130 %").isChecked()


def test_signing_out_with_nothing_waiting_asks_nothing(database: Database, qtbot: QtBot, theme: Theme) -> None:
    page = Page(database, qtbot)

    page.button("Sign out").click()

    assert page.left == [True]


def test_signing_out_while_changes_wait_wants_a_typed_word(database: Database, qtbot: QtBot, theme: Theme) -> None:
    page = Page(database, qtbot)
    log_activity(page.desk, LogEntry("call", "No answer"), None, None, "No answer")

    page.button("Sign out").click()
    assert page.screen.question.isVisible()
    assert page.screen.question.accessibleName() == "1 change is not in the CRM yet"
    QTest.keyClicks(page.screen.question.field.line, "yes")
    page.button("Sign out and erase").click()
    assert page.left == []
    assert "sync first" in page.screen.question.field.line.accessibleDescription()
    page.screen.question.field.line.setText("Discard")
    QTest.keyClick(page.screen.question.field.line, Qt.Key.Key_Return)

    assert page.left == [True]


def test_what_is_sent_meanwhile_needs_no_word_any_more(database: Database, qtbot: QtBot, theme: Theme) -> None:
    page = Page(database, qtbot)
    log_activity(page.desk, LogEntry("call", "No answer"), None, None, "No answer")
    page.button("Sign out").click()

    with database.write() as write:
        write.text("UPDATE outbox SET state = 'done'")
    page.screen.changed(Changes(outbox=True))

    assert page.screen.question.accessibleName() == "Everything is in the CRM now"
    assert page.screen.question.field.isHidden()
    page.screen.question.give_up.click()
    assert page.left == [True]


def test_staying_signed_in_takes_the_question_away(database: Database, qtbot: QtBot, theme: Theme) -> None:
    page = Page(database, qtbot)
    log_activity(page.desk, LogEntry("call", "No answer"), None, None, "No answer")
    page.button("Sign out").click()

    page.button("Stay signed in").click()

    assert page.screen.question.isHidden()
    assert page.left == []


def test_nobody_signs_out_of_the_demo_book(database: Database, qtbot: QtBot, theme: Theme) -> None:
    page = Page(database, qtbot, demo=True)

    with qtbot.waitSignal(page.model.connect_wanted):
        page.button("Connect a CRM").click()

    assert page.left == []


def test_what_waits_can_be_carried_out_and_then_nothing_has_to_be_typed(
    database: Database, qtbot: QtBot, theme: Theme, tmp_path: Path
) -> None:
    page = Page(database, qtbot, documents=tmp_path / "Documents")
    log_activity(page.desk, LogEntry("call", "No answer"), None, None, "No answer")
    page.button("Sign out").click()
    question = page.screen.question

    QTest.keyClicks(question.passphrase.line, "short")
    QTest.keyClick(question.passphrase.line, Qt.Key.Key_Return)
    assert "too short" in question.passphrase.line.accessibleDescription()
    question.passphrase.line.clear()
    QTest.keyClicks(question.passphrase.line, "seventeen green herons")
    QTest.keyClick(question.passphrase.line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.model.parting.carried == 1, timeout=20_000)

    (file,) = (tmp_path / "Documents").iterdir()
    assert file.name == "Companion 2026-11-24.companion-changes"
    assert not question.field.isVisible()
    assert str(file) in page.model.parting.words
    question.give_up.click()
    assert page.left == [True]


def test_what_was_carried_out_comes_back_on_the_same_page(
    database: Database, qtbot: QtBot, theme: Theme, tmp_path: Path
) -> None:
    documents = tmp_path / "Documents"
    page = Page(database, qtbot, documents=documents)
    assert not page.screen.back.isVisible()
    log_activity(page.desk, LogEntry("call", "No answer"), None, None, "No answer")
    page.model.parting.carry_out("seventeen green herons")
    qtbot.waitUntil(lambda: page.model.parting.carried == 1, timeout=20_000)
    other = create_database(tmp_path / "other.db", bytes(32), durable=False)
    migrate(other)
    second = Page(other, qtbot, documents=documents)

    QTest.keyClicks(second.screen.back.field.line, "another passphrase")
    QTest.keyClick(second.screen.back.field.line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: second.model.parting.problem is not None, timeout=20_000)
    assert "does not open the file" in second.screen.back.field.line.accessibleDescription()
    second.screen.back.field.line.clear()
    QTest.keyClicks(second.screen.back.field.line, "seventeen green herons")
    second.screen.back.go.click()
    qtbot.waitUntil(lambda: second.model.parting.words != "", timeout=20_000)

    assert second.model.parting.words == "1 change came back."
    with other.read() as rows:
        assert rows.value("SELECT count(*) FROM outbox") == 1
    other.close()
