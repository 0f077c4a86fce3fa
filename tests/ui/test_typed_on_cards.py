"""What is typed on a card of the waiting page outlives a crash, a restart and a closed window, until it is sent."""

from __future__ import annotations

import shutil

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from companion.actions.keep_typed import typed_lines
from companion.domain.notices import Notice
from companion.store import meta, notices
from tests.journeys.window import Clock, demo_copy, opened, reopened
from tests.sync.world import World
from tests.ui.test_waiting import Page, collide, refuse, typing_an_amount, world
from ui.theme.theme import Theme

__all__ = ["world"]


def pause(page: Page) -> None:
    """The pause in typing, without waiting for it."""
    assert page.screen._pause.isActive()
    page.screen._pause.timeout.emit()


def restarted(page: Page, qtbot: QtBot) -> Page:
    """The page of the next process: what the old one had in memory is gone."""
    page.screen.close()
    page.world.restart()
    return Page(page.world, qtbot)


def kept(world: World) -> list[str]:
    with world.database.read() as rows:
        return [each.text for each in typed_lines(rows)]


def test_a_line_that_was_being_typed_stands_there_after_a_crash(world: World, qtbot: QtBot, theme: Theme) -> None:
    collide(world)
    page = Page(world, qtbot)
    typing_an_amount(page)
    pause(page)

    page = restarted(page, qtbot)

    line = page.line("Amount")
    assert line.text() == "about 120"
    assert "What you typed" not in page.texts()
    line.setFocus(Qt.FocusReason.OtherFocusReason)
    QTest.keyClick(line, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(line, "120")
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert page.model.state.conflicts == ()
    assert kept(world) == []
    assert "What you typed" not in restarted(page, qtbot).texts()


def test_nothing_is_written_where_nothing_is_typed(world: World, qtbot: QtBot, theme: Theme) -> None:
    collide(world)
    page = Page(world, qtbot)
    page.screen.keep()
    assert kept(world) == []
    assert not page.screen._pause.isActive()


def test_the_text_of_a_card_that_went_while_companion_was_closed_is_still_there(
    world: World, qtbot: QtBot, theme: Theme
) -> None:
    op = collide(world)
    page = Page(world, qtbot)
    typing_an_amount(page)
    pause(page)
    with world.database.write() as write:
        write.text("UPDATE outbox SET state = 'discarded' WHERE id = ?", (op,))

    page = restarted(page, qtbot)

    assert "What you typed for Edit" in page.texts(), "as the change is called"
    assert page.line("Amount").text() == "about 120"
    page.button("Let it go").click()
    assert kept(world) == []
    assert "What you typed" not in restarted(page, qtbot).texts()


def test_whom_it_is_about_is_kept_nowhere_else(world: World, qtbot: QtBot, theme: Theme) -> None:
    collide(world)
    page = Page(world, qtbot)
    typing_an_amount(page)
    pause(page)
    with world.database.read() as rows:
        assert "about 120" in (meta.text(rows, "typed") or "")
        assert "Looms" not in (meta.text(rows, "typed") or "")


def test_what_a_refused_change_shall_say_instead_is_kept_while_others_are_decided(
    world: World, qtbot: QtBot, theme: Theme
) -> None:
    collide(world)
    refuse(world)
    page = Page(world, qtbot)
    QTest.keyClicks(page.line("Amount"), "75")
    pause(page)
    page.button("Keep theirs").click()
    assert kept(world) == ["75"]

    page = restarted(page, qtbot)

    assert page.line("Amount").text() == "75"
    page.button("Drop").click()
    assert kept(world) == []


def test_closing_the_window_over_a_half_typed_answer_keeps_it(qapp: QApplication) -> None:
    clock = Clock()
    core = demo_copy(clock)
    core.demo = False  # its folder stays when it is closed
    with core.database.write() as write:
        notices.put(write, Notice("field_required", "person.role", 0, {"label": "Role", "waiting": 1}))
    with opened(qapp, core) as rep:
        rep.app.places.go("go.waiting")
        [line] = _lines(rep.app.window.place("go.waiting"))
        QTest.keyClicks(line, "Head of")

    with opened(qapp, reopened(core, clock)) as rep:
        rep.app.places.go("go.waiting")
        [line] = _lines(rep.app.window.place("go.waiting"))
        assert line.text() == "Head of"
    shutil.rmtree(core.folder)


def _lines(page: object) -> list[QLineEdit]:
    assert hasattr(page, "findChildren")
    return [each for each in page.findChildren(QLineEdit) if each.objectName().endswith("/value")]
