"""The lists of people and companies on the demo book, driven by real keys."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester, QSignalSpy, QTest
from pytestqt.qtbot import QtBot

from companion.bootstrap import Core, demo_book
from companion.domain.changes import Changes
from companion.domain.records import Kind
from tests.ui.rep import NOW, noting_commands, session_of, unnamed
from ui.book.screen import BookPage
from ui.theme.theme import Theme


@pytest.fixture(scope="module")
def core() -> Iterator[Core]:
    """The demo book."""
    made = demo_book(lambda: NOW)
    yield made
    made.close()


@pytest.fixture
def asked() -> list[str]:
    """The ids of the commands that were carried out."""
    return []


@pytest.fixture
def people(core: Core, asked: list[str], qtbot: QtBot, theme: Theme) -> BookPage:
    """The list of people, as the rep just came to it."""
    made = BookPage(session_of(core), noting_commands(core, asked), Kind.PERSON)
    qtbot.addWidget(made)
    made.resize(1104, 811)
    made.show()
    qtbot.waitExposed(made)
    made.enter()
    return made


def names(page: BookPage) -> list[str]:
    return [row.name for number in range(page.model.rowCount()) if (row := page.model.row(number)) is not None]


def test_typing_finds_and_enter_opens(people: BookPage) -> None:
    spy = QSignalSpy(people.opened)
    QTest.keyClicks(people.find_bar.line, "marta f")
    assert names(people) == ["Marta Ferreira"]
    QTest.keyClick(people.find_bar.line, Qt.Key.Key_Return)
    assert spy.at(0)[0].name == "Marta Ferreira"


def test_arrows_move_from_the_line_and_esc_shows_everybody(people: BookPage) -> None:
    everybody = people.model.rowCount()
    QTest.keyClicks(people.find_bar.line, "halvorsen")
    assert names(people) == ["Ingrid Solheim", "Marta Ferreira", "Petter Aas"]
    QTest.keyClick(people.find_bar.line, Qt.Key.Key_Down)
    here = people.subject()
    assert here is not None
    assert here.name == "Marta Ferreira"
    assert people.list.hasFocus(), "a letter would be typed instead of logging a call"
    QTest.keyClick(people.list, Qt.Key.Key_Up)
    QTest.keyClick(people.list, Qt.Key.Key_Up)
    assert people.find_bar.line.hasFocus()
    QTest.keyClick(people.find_bar.line, Qt.Key.Key_Escape)
    assert people.model.rowCount() == everybody


def test_letters_in_the_line_log_nothing_and_letters_in_the_list_do(people: BookPage, asked: list[str]) -> None:
    QTest.keyClicks(people.find_bar.line, "nancy")
    assert asked == []
    people.find_bar.line.clear()
    people.list.setFocus()
    people.step(1)
    QTest.keyClick(people.list, Qt.Key.Key_N)
    assert asked == ["log.no_answer"]


def test_further_pages_come_with_scrolling_until_everybody_is_there(people: BookPage) -> None:
    model = people.model
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Warning, people)
    while model.canFetchMore(QModelIndex()):
        model.fetchMore(QModelIndex())
    found = [row.id for number in range(model.rowCount()) if (row := model.row(number)) is not None]
    assert len(found) == len(set(found)) == model.count


def test_a_sync_leaves_rows_selection_and_scroll_where_they_are(people: BookPage) -> None:
    people.step(5)
    kept, scroll = people.subject(), people.list.verticalScrollBar().value()
    resets = QSignalSpy(people.model.modelReset)
    people.changed(Changes(frozenset({(Kind.PERSON, "somebody")}), from_sync=True))
    assert people.subject() == kept
    assert people.list.verticalScrollBar().value() == scroll
    assert resets.count() == 0


def test_nobody_found_is_said_in_the_reps_words(people: BookPage) -> None:
    QTest.keyClicks(people.find_bar.line, "xyzzy")
    assert people.empty.isVisible()
    assert people.empty._title.text == "Nobody here matches “xyzzy”"
    assert people.subject() is None
    QTest.mouseClick(people.empty.button("clear"), Qt.MouseButton.LeftButton)
    assert people.model.rowCount() > 0
    assert people.find_bar.line.hasFocus()


def test_how_many_were_found_is_said_of_how_many(people: BookPage) -> None:
    everybody = people.model.count_words
    QTest.keyClicks(people.find_bar.line, "halvorsen")
    assert people.model.count_words == f"3 of {everybody}"
    people.find_bar.line.clear()
    assert people.model.count_words == everybody


def test_back_from_a_page_opened_from_the_list_the_focus_is_on_its_row(people: BookPage) -> None:
    QTest.keyClick(people.find_bar.line, Qt.Key.Key_Down)
    people.opened.emit(people.subject())
    people.find_bar.line.setFocus()
    people.enter()
    assert people.list.hasFocus()
    people.enter()
    assert people.find_bar.line.hasFocus()


def test_companies_open_and_are_nobody_to_log_with(core: Core, asked: list[str], qtbot: QtBot, theme: Theme) -> None:
    made = BookPage(session_of(core), noting_commands(core, asked), Kind.COMPANY)
    qtbot.addWidget(made)
    made.show()
    made.enter()
    QTest.keyClicks(made.find_bar.line, "bergen")
    assert "Halvorsen Logistics" in names(made)
    made.list.setFocus()
    QTest.keyClick(made.list, Qt.Key.Key_N)
    assert asked == []


def test_every_control_has_a_name_and_every_row_a_sentence(people: BookPage) -> None:
    assert unnamed(people) == []
    spoken = [str(people.model.index(row, 0).data()) for row in range(people.model.rowCount())]
    assert all(spoken)
    assert not any("None" in line for line in spoken)


def test_both_themes_paint(people: BookPage, each_theme: Theme) -> None:
    assert not people.grab().isNull()


def test_a_letter_that_no_key_has_moves_nothing(people: BookPage) -> None:
    QTest.keyClicks(people.find_bar.line, "halvorsen")
    QTest.keyClick(people.find_bar.line, Qt.Key.Key_Down)
    here = people.subject()

    QTest.keyClicks(people.list, "i")  # Ingrid stands above

    assert people.subject() == here
