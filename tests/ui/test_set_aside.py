"""S-04: a rep who forgot the passphrase goes on by keys alone: told in place, set aside, and taken back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from companion import bootstrap, closed_copy, credentials
from companion.database import KeyRefused
from companion.domain.key_problems import (
    KeyFileDamaged,
    KeyMissing,
    KeyringFailed,
    KeyringLocked,
    LeaseEnded,
    WrongKey,
)
from tests.journeys.window import CALM
from tests.ui.at_the_start import (
    ACCOUNT,
    PASSPHRASE,
    first_run,
    focus,
    made,
    page_of,
    press,
    read,
    started,
    tab_to,
    unlock_page,
)
from ui import app as opening_module
from ui.app import Opening
from ui.connect.screen import ConnectPage
from ui.connect.set_aside import ReopenCard, SetAsideCard
from ui.connect.unlock import UnlockPage
from ui.connect.viewmodel_set_aside import SetAsideViewModel
from ui.connect.viewmodel_unlock import UnlockViewModel
from ui.session import Session
from ui.settings.screen import SettingsPage
from ui.settings.viewmodel import SettingsViewModel
from ui.theme.theme import Theme

TODAY = date(2026, 11, 22)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A profile under a passphrase, with two notes that the CRM does not have."""
    return made(tmp_path / "default")


@pytest.fixture
def opening(folder: Path, qtbot: QtBot, theme: Theme, monkeypatch: pytest.MonkeyPatch) -> Iterator[Opening]:
    """Companion before the passphrase is given."""
    with started(folder, monkeypatch) as opening:
        yield opening


def card_of(page: UnlockPage) -> SetAsideCard:
    assert page.aside is not None
    return page.aside


def test_by_keys_alone_the_book_is_set_aside_and_opened_again(opening: Opening, folder: Path, qtbot: QtBot) -> None:
    opening.begin()
    page = unlock_page(opening)
    tab_to(page, page.lost)
    press(page, Qt.Key.Key_Return)
    place = folder.with_name("default.closed-2026-11-22")
    for words in ("nobody can open this copy", "The makers of Companion", "is untouched", "not deleted", str(place)):
        assert words in read(page)
    assert folder.exists()

    tab_to(page, card_of(page).go, Qt.Key.Key_Backtab)
    press(page, Qt.Key.Key_Return)
    connect = first_run(opening, qtbot)
    assert not folder.exists()
    assert (place / "book.db").exists()
    assert str(place) in read(connect)
    assert focus(connect) is connect.choose.first

    reopen = connect.findChild(ReopenCard)
    assert reopen is not None
    tab_to(connect, reopen.go, Qt.Key.Key_Backtab)
    press(connect, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: isinstance(page_of(opening), UnlockPage) and page_of(opening).isVisible())
    page = unlock_page(opening)
    QTest.keyClicks(page.field.line, PASSPHRASE)
    QTest.keyClick(page.field.line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: opening.app is not None, timeout=20_000)
    assert opening.app is not None
    with opening.app.core.database.read() as rows:
        assert rows.value("SELECT count(*) FROM outbox") == 2


def test_the_key_that_explains_changes_nothing_when_it_is_pressed_twice_and_escape_leads_back(
    opening: Opening, folder: Path, qtbot: QtBot
) -> None:
    opening.begin()
    page = unlock_page(opening)
    page.field.line.setText("half remembered")
    tab_to(page, page.lost)

    press(page, Qt.Key.Key_Return)
    assert card_of(page).isVisible()
    assert not page.lost.isVisible()
    assert focus(page) is card_of(page).keep
    press(page, Qt.Key.Key_Return)
    assert not card_of(page).isVisible()
    assert focus(page) is page.field.line

    tab_to(page, page.lost)
    press(page, Qt.Key.Key_Space)
    assert card_of(page).isVisible()
    press(page, Qt.Key.Key_Escape)
    assert not card_of(page).isVisible()
    assert page.lost.isVisible()
    assert page.field.text() == "half remembered"
    qtbot.wait(50)
    assert (folder / "book.db").exists()


def test_a_folder_that_is_in_use_stays_and_the_page_says_so(opening: Opening, folder: Path, qtbot: QtBot) -> None:
    opening.begin()
    page = unlock_page(opening)
    other = bootstrap.open_profile(folder, credentials.PassphraseVault(PASSPHRASE))
    page.lost.click()
    card_of(page).go.click()
    qtbot.waitUntil(lambda: "Nothing was changed" in read(page))
    assert "has this folder open" in read(page)
    assert (folder / "book.db").exists()
    assert isinstance(page_of(opening), UnlockPage)

    other.close()
    card_of(page).go.click()
    first_run(opening, qtbot)
    assert closed_copy.found(folder) != []


def test_two_presses_set_one_copy_aside(opening: Opening, folder: Path, qtbot: QtBot) -> None:
    opening.begin()
    page = unlock_page(opening)
    page.lost.click()
    model, aside = page._model, page._model.aside
    assert aside is not None
    card_of(page).go.click()
    aside.set_aside()
    model.attempt(PASSPHRASE)
    assert not model.busy, "it is opened while it is being moved"
    first_run(opening, qtbot)

    qtbot.wait(50)
    assert len(closed_copy.found(folder)) == 1
    assert not folder.exists()
    assert aside.problem is None


def test_while_the_book_is_being_opened_it_is_not_moved(opening: Opening, folder: Path, qtbot: QtBot) -> None:
    opening.begin()
    page = unlock_page(opening)
    page.lost.click()
    page._model.attempt(PASSPHRASE)

    assert not card_of(page).go.isEnabled()
    qtbot.waitUntil(lambda: opening.app is not None, timeout=20_000)
    assert (folder / "book.db").exists()


def test_after_a_lock_nothing_reminds_of_a_book_that_was_set_aside(
    opening: Opening, folder: Path, qtbot: QtBot
) -> None:
    opening.begin()
    page = unlock_page(opening)
    QTest.keyClicks(page.field.line, PASSPHRASE)
    QTest.keyClick(page.field.line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: opening.app is not None, timeout=20_000)
    opening.lock()
    opening._chosen = replace(CALM, notifications=True)
    opening._count_while_locked((4_000_000_000,), bootstrap.wall_clock)
    reminders = opening._locked
    assert reminders is not None
    page = unlock_page(opening)
    page.lost.click()
    card_of(page).go.click()
    first_run(opening, qtbot)

    assert opening._locked is None
    assert not reminders._timer.isActive()


def test_a_damaged_key_file_is_said_at_the_start_and_has_the_same_way_on(
    opening: Opening, folder: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening_module, "PATIENCE_MS", 150)
    (folder / "key.json").write_text("{}")
    opening.begin()
    qtbot.waitUntil(lambda: opening._before is not None and "damaged" in read(page_of(opening)))
    page = unlock_page(opening)
    assert page.lost.text() == "The key is lost for good"

    page.lost.click()
    assert "Without its key" in read(page)
    card_of(page).go.click()
    first_run(opening, qtbot)
    qtbot.wait(300)

    assert isinstance(page_of(opening), ConnectPage), "the page of the closed book came back by itself"
    assert (folder.with_name("default.closed-2026-11-22") / "key.json").read_text() == "{}"


def model_that(problem: Exception, folder: Path) -> UnlockViewModel:
    def closed(typed: str) -> object:
        raise problem

    aside = SetAsideViewModel(folder, lambda: TODAY, by_passphrase=False)
    return UnlockViewModel("keyring", closed, sign_in=lambda *given: None, aside=aside)


@pytest.mark.parametrize("problem", [KeyMissing(), WrongKey(), KeyFileDamaged(), KeyringFailed(), KeyRefused("x")])
def test_a_key_that_may_be_gone_for_good_has_the_way_on(
    problem: Exception, folder: Path, qtbot: QtBot, theme: Theme
) -> None:
    model = model_that(problem, folder)
    page = UnlockPage(model)
    qtbot.addWidget(page)
    page.show()
    assert not page.lost.isVisible()

    model.attempt()
    qtbot.waitUntil(lambda: not model.busy)

    assert page.lost.isVisible()


@pytest.mark.parametrize("problem", [KeyringLocked(), LeaseEnded(30), LeaseEnded(30, refused=True), OSError("x")])
def test_what_passes_by_itself_or_by_signing_in_has_it_not(
    problem: Exception, folder: Path, qtbot: QtBot, theme: Theme
) -> None:
    model = model_that(problem, folder)
    page = UnlockPage(model)
    qtbot.addWidget(page)
    page.show()

    with qtbot.captureExceptions():
        model.attempt()
        qtbot.waitUntil(lambda: not model.busy)

    assert not page.lost.isVisible()


class Office:
    """Settings over a new book of the same profile, beside a copy that was set aside."""

    def __init__(self, folder: Path, qtbot: QtBot) -> None:
        self.copy = closed_copy.set_aside(folder, TODAY)
        vault = credentials.PassphraseVault("another one altogether", seconds=0.0, memory_kib=64)
        self.core = bootstrap.create_profile(folder, vault, ACCOUNT, "key")
        core = self.core
        session = Session(core.database, lambda: datetime(2026, 11, 24, 9, tzinfo=UTC), core.workspace, core.desk)
        self.model = SettingsViewModel(session, lambda: CALM, "Connected to Odoo as ana")
        self.model.parting._folder = folder / "nowhere"
        self.page = SettingsPage(self.model)
        qtbot.addWidget(self.page)
        self.page.resize(1000, 900)
        with qtbot.waitExposed(self.page):
            self.page.show()
        self.page.enter()

    def give(self, passphrase: str) -> None:
        line = self.page.closed.field.line
        line.clear()
        QTest.keyClicks(line, passphrase)
        QTest.keyClick(line, Qt.Key.Key_Return)


def test_in_settings_the_changes_of_the_closed_copy_come_into_the_new_book(
    folder: Path, qtbot: QtBot, theme: Theme
) -> None:
    office = Office(folder, qtbot)
    card = office.page.closed
    assert card.isVisible()
    assert str(office.copy) in read(card)
    assert "22 Nov" in read(card)

    office.give("not it at all")
    qtbot.waitUntil(lambda: office.model.closed.problem is not None, timeout=20_000)
    assert "Nothing was taken" in card.field.line.accessibleDescription()
    office.give(PASSPHRASE)
    qtbot.waitUntil(lambda: office.model.closed.words != "", timeout=20_000)

    assert "2 changes came back." in read(card)
    assert not card.go.isVisible()
    with office.core.database.read() as rows:
        assert rows.value("SELECT count(*) FROM outbox") == 2
    assert (office.copy / "book.db").exists()
    office.core.close()


def test_settings_say_nothing_of_closed_copies_where_there_is_none(folder: Path, qtbot: QtBot, theme: Theme) -> None:
    office = Office(folder, qtbot)
    office.copy.rename(office.copy.with_name("taken away"))

    office.page.enter()

    assert not office.page.closed.isVisible()
    office.core.close()
