"""A book and its journal are gone while the key is here: the start says so in words, and nothing is made over it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from companion import bootstrap, closed_copy
from companion.database import NoSuchFile
from companion.store.journal import JOURNAL
from tests.ui.at_the_start import PASSPHRASE, first_run, focus, made, page_of, press, read, started, tab_to, unlock_page
from ui.app import Opening
from ui.connect.missing import MissingPage
from ui.connect.screen import ConnectPage
from ui.theme.theme import Theme

CLOSED = "default.closed-2026-11-22"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A profile whose book and journal were moved into the trash."""
    folder, trash = made(tmp_path / "default"), tmp_path / "trash"
    trash.mkdir()
    for file in list(folder.iterdir()):
        if file.name != "key.json":
            shutil.move(file, trash / file.name)
    return folder


@pytest.fixture
def opening(folder: Path, qtbot: QtBot, theme: Theme, monkeypatch: pytest.MonkeyPatch) -> Iterator[Opening]:
    """Companion at its start."""
    with started(folder, monkeypatch) as opening:
        yield opening


def missing_page(opening: Opening) -> MissingPage:
    page = page_of(opening)
    assert isinstance(page, MissingPage)
    return page


def bring_back(folder: Path) -> None:
    """The files come out of the trash again."""
    for file in (folder.parent / "trash").iterdir():
        shutil.move(file, folder / file.name)


def test_it_says_what_happened_what_it_means_and_what_to_do(opening: Opening, folder: Path) -> None:
    opening.begin()

    words = read(missing_page(opening))
    assert "Your book is no longer on this computer" in words
    assert f"are gone from {folder}; only their key is left" in words
    assert "What your CRM has is untouched. Connect again, and it is read anew." in words
    assert "Changes that were not sent yet were in these files alone." in words
    assert "Otherwise these changes are lost." in words
    assert f"The key is kept in {folder.with_name(CLOSED)}" in words
    assert focus(missing_page(opening)) is missing_page(opening).look


def test_by_keys_alone_it_is_looked_for_again_in_vain_and_then_found(
    opening: Opening, folder: Path, qtbot: QtBot
) -> None:
    opening.begin()
    page = missing_page(opening)

    press(page, Qt.Key.Key_Return)
    assert "It is still not there. Nothing was changed." in read(page)
    assert [each.name for each in folder.iterdir()] == ["key.json"]

    bring_back(folder)
    press(page, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: unlock_page(opening).isVisible())
    assert focus(unlock_page(opening)) is unlock_page(opening).field.line


def test_connecting_again_keeps_the_key_by_which_files_that_turn_up_later_are_opened(
    opening: Opening, folder: Path, qtbot: QtBot
) -> None:
    key = (folder / "key.json").read_bytes()
    opening.begin()
    page = missing_page(opening)

    tab_to(page, page.go)
    press(page, Qt.Key.Key_Return)
    connect = first_run(opening, qtbot)

    aside = folder.with_name(CLOSED)
    assert (aside / "key.json").read_bytes() == key
    assert not folder.exists()
    assert connect.choose.closed is None, "there is no book in it that could be opened again"
    bring_back(aside)
    offered = closed_copy.offered(folder)
    assert offered is not None
    assert offered.folder == aside
    closed_copy.reopen(aside, folder)
    bootstrap.open_with(folder, PASSPHRASE).close()


def test_a_folder_that_cannot_be_moved_leaves_all_as_it_was(
    opening: Opening, folder: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(closed_copy, "is_in_use", lambda folder: True)
    opening.begin()
    page = missing_page(opening)

    page.go.click()
    qtbot.waitUntil(lambda: "Another window or program has this folder open" in read(page))

    assert page.go.isEnabled()
    assert (folder / "key.json").exists()


def test_a_set_up_that_broke_off_and_a_clean_folder_are_no_lost_books(
    opening: Opening, folder: Path, qtbot: QtBot
) -> None:
    (folder / "book.unfinished").touch()
    assert not bootstrap.lost_its_book(folder)
    (folder / "book.unfinished").unlink()
    (folder / JOURNAL).touch()
    assert not bootstrap.lost_its_book(folder), "a book comes back from its journal"
    shutil.rmtree(folder)
    assert not bootstrap.lost_its_book(folder)

    opening.begin()

    assert isinstance(page_of(opening), ConnectPage)


def test_without_a_window_the_words_are_true_as_well(folder: Path) -> None:
    with pytest.raises(NoSuchFile) as raised:
        bootstrap.open_with(folder, PASSPHRASE)

    assert raised.value.advice.startswith("Bring its folder back from a backup, or connect again")
