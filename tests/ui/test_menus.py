"""Menus: every key of the window stands in one and on the shortcut sheet; every line has a letter of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QWidget

from tests.journeys.rep import Rep
from tests.journeys.window import Clock, demo_copy, opened
from ui.commands import MENUS, Command, Commands, Menu, all_keys, keys_words, plain_words
from ui.main_window.mnemonics import mnemonic_of, with_mnemonics
from ui.person.screen import RecordPage
from ui.theme.theme import Mode, Theme
from ui.widgets.keycap import Keycap
from ui.widgets.label import Label
from ui.widgets.painting import width_of


@pytest.fixture
def rep(qapp: QApplication) -> Iterator[Rep]:
    """A rep at the window, over a copy of the demo book."""
    with opened(qapp, demo_copy(Clock())) as working:
        yield working


def menus(rep: Rep) -> dict[str, list[QAction]]:
    """The lines of each menu."""
    found = {}
    for title in rep.app.window.menuBar().actions():
        menu = title.menu()
        assert isinstance(menu, QMenu)
        found[title.text()] = [action for action in menu.actions() if not action.isSeparator()]
    return found


def test_every_key_is_in_a_menu_and_on_the_sheet(rep: Rep) -> None:
    in_menus = {action for lines in menus(rep).values() for action in lines}
    with_keys = [action for _, action in rep.app.commands.all() if action.shortcuts()]
    assert set(with_keys) <= in_menus

    rep.app.commands.run("shortcuts")
    sheet = rep.app.window.stack.currentWidget()
    assert sheet is not None
    said = {label.full_text for label in sheet.findChildren(Label)}
    caps = {cap.accessibleName() for cap in sheet.findChildren(Keycap)}
    for action in with_keys:
        assert plain_words(action) in said, plain_words(action)
        assert set(all_keys(action)) <= caps, plain_words(action)


def test_a_page_has_no_key_that_the_registry_does_not_know(rep: Rep) -> None:
    rep.choose(rep.id_of("Marta Ferreira"))
    rep.press("Return")
    page = rep.app.window.stack.currentWidget()
    assert isinstance(page, RecordPage)

    known = {action for _, action in rep.app.commands.all()}
    there = {action for widget in (page, *page.findChildren(QWidget)) for action in widget.actions()}
    assert {action for action in there if action.shortcuts()} <= known
    ids = {action.objectName() for action in there}
    assert {"history.find", "history.next", "history.previous", "details", "history.1", "history.5"} <= ids


def test_each_line_of_a_menu_has_its_own_letter(rep: Rep) -> None:
    for title, lines in menus(rep).items():
        letters = [mnemonic_of(action.text()) for action in lines]
        assert "" not in letters, (title, [plain_words(action) for action in lines])
        assert len(set(letters)) == len(letters), (title, letters)


def opened_menu(rep: Rep, name: Menu) -> QMenu:
    menu = rep.app.window.menuBar().actions()[MENUS.index(name)].menu()
    assert isinstance(menu, QMenu)
    menu.aboutToShow.emit()
    menu.ensurePolished()
    menu.resize(menu.sizeHint())
    return menu


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_a_menu_is_of_the_themes_colours_down_to_the_lines_between_its_groups(rep: Rep, mode: Mode) -> None:
    Theme.current().set_mode(mode)
    menu = opened_menu(rep, "log")
    image = menu.grab().toImage()
    between = next(menu.actionGeometry(action) for action in menu.actions() if action.isSeparator())

    theme = Theme.current()
    assert image.pixelColor(between.center()) == theme.color("hairline")
    assert image.pixelColor(between.center().x(), between.top()) == theme.color("surface")
    assert image.pixelColor(0, menu.height() // 2) == theme.color("border")


def test_a_menu_ticks_what_is_on(rep: Rep) -> None:
    def ticked() -> list[str]:
        return [plain_words(action) for action in opened_menu(rep, "view").actions() if action.isChecked()]

    before = ticked()
    rep.app.commands.run("view.density")
    rep.app.commands.run("view.dark")

    assert before == ["Light", "Reduce motion"]
    assert ticked() == ["Dark", "Compact rows", "Reduce motion"]


def test_no_line_of_a_menu_is_cut_in_any_text_size(rep: Rep) -> None:
    for percent in (100, 200):
        Theme.current().set_text_scale(percent)
        for name in MENUS:
            menu = opened_menu(rep, name)
            for action in menu.actions():
                words = width_of(plain_words(action), "body") + width_of(keys_words(action), "meta")
                assert action.isSeparator() or words < menu.actionGeometry(action).width() - 30, plain_words(action)
    Theme.current().set_text_scale(100)


@pytest.mark.qt_log_ignore("This plugin does not support")  # raising a window, where there is no screen
def test_alt_and_a_letter_opens_its_menu(rep: Rep) -> None:
    rep.app.window.activateWindow()
    QTest.keyClick(rep.app.window.windowHandle(), Qt.Key.Key_F, Qt.KeyboardModifier.AltModifier)
    QApplication.processEvents()

    shown = [widget for widget in QApplication.topLevelWidgets() if isinstance(widget, QMenu) and widget.isVisible()]
    assert [plain_words(menu.menuAction()) for menu in shown] == ["File"]
    for menu in shown:
        menu.close()


def test_no_letter_of_a_menu_is_a_key_of_the_window(rep: Rep) -> None:
    letters = {mnemonic_of(title) for title in menus(rep)}
    keys = {keys.toString() for _, action in rep.app.commands.all() for keys in action.shortcuts()}
    assert not {f"Alt+{letter.upper()}" for letter in letters} & keys


def test_keys_of_a_page_are_greyed_out_where_there_is_no_page(rep: Rep) -> None:
    commands = rep.app.commands
    assert not commands.can("history.find")
    rep.press("Ctrl+F", "Ctrl+E", "F3")
    assert rep.focus is not None
    rep.choose(rep.id_of("Marta Ferreira"))
    rep.press("Return")
    assert commands.can("history.find")


def test_backspace_leads_back_but_not_out_of_a_field(rep: Rep) -> None:
    rep.choose(rep.id_of("Marta Ferreira"))
    rep.press("Return", "Ctrl+F")
    rep.type("board")
    rep.press("Backspace", "Backspace")
    page = rep.app.window.stack.currentWidget()
    assert isinstance(page, RecordPage)
    assert page.find_bar.line.text() == "boa"

    rep.press("Escape", "Backspace")
    assert rep.app.window.here == "go.today"


def test_two_commands_of_one_key_are_found_out(qapp: QApplication) -> None:
    commands = Commands()
    commands.add(Command("one", "One", "file", ("Ctrl+J",)), lambda: None)
    commands.add(Command("two", "Two", "file", ("J",), "row"), lambda: None)
    assert commands.clashes() == []
    commands.add(Command("three", "Three", "edit", ("F9", "Ctrl+J"), "page"), lambda: None)
    assert commands.clashes() == [("Ctrl+J", "one", "three")]


# Letters ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_translation_without_marks_gets_them() -> None:
    assert with_mnemonics(["Datei", "Bearbeiten", "Ansicht", "Gehe zu", "Protokoll", "Fenster", "Hilfe"]) == [
        "&Datei", "&Bearbeiten", "&Ansicht", "&Gehe zu", "&Protokoll", "&Fenster", "&Hilfe",
    ]  # fmt: skip


def test_a_mark_that_a_translator_set_stays_unless_it_is_taken() -> None:
    assert with_mnemonics(["F&ile", "&Info", "&Tom && Jerry", "This"]) == ["F&ile", "I&nfo", "&Tom && Jerry", "T&his"]


@given(st.lists(st.text(alphabet="aäbß& i1あ", min_size=0, max_size=6), max_size=12))
def test_no_two_lines_ever_have_one_letter(texts: list[str]) -> None:
    escaped = [text.replace("&", "&&") for text in texts]
    marked = with_mnemonics(escaped)
    letters = [mnemonic_of(text) for text in marked if mnemonic_of(text)]
    assert len(set(letters)) == len(letters)
    assert [_said(text) for text in marked] == texts


def _said(text: str) -> str:
    return text.replace("&&", "\0").replace("&", "").replace("\0", "&")


@pytest.mark.qt_log_ignore("This plugin does not support")  # a popup, where there is no screen
def test_the_menu_of_a_text_field_is_of_the_theme_too(rep: Rep) -> None:
    rep.choose(rep.id_of("Marta Ferreira"))
    rep.press("C")
    line = rep.app.sheet.line
    line.customContextMenuRequested.emit(line.rect().center())
    (menu,) = [each for each in QApplication.topLevelWidgets() if isinstance(each, QMenu) and each.isVisible()]

    image = menu.grab().toImage()

    assert image.pixelColor(0, menu.height() // 2) == Theme.current().color("border")
    between = next(menu.actionGeometry(action) for action in menu.actions() if action.isSeparator())
    assert image.pixelColor(between.center()) == Theme.current().color("hairline")
    menu.close()
