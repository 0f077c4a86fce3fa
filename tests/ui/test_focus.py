"""The focus is never given to what nobody sees or what is gone: Qt itself would, and every key would go nowhere."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import shiboken6
from PySide6.QtWidgets import QLineEdit, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from companion.domain.records import Kind
from companion.domain.sync_status import Loading, Phase, SyncStatus
from tests.journeys.rep import Rep
from tests.sync.world import World
from tests.ui.test_places import rep
from tests.ui.test_waiting import Page, collide, refuse, world
from ui.settings.screen import SettingsPage
from ui.theme.theme import Theme
from ui.waiting.screen import WaitingPage
from ui.widgets.field import Field
from ui.widgets.focus import give_back

__all__ = ["rep", "world"]


Two = tuple[QLineEdit, QPushButton]


@pytest.fixture
def two(qtbot: QtBot) -> Iterator[Two]:
    """A line that has the focus, and a button below it."""
    window, line, button = QWidget(), QLineEdit(), QPushButton("below")
    qtbot.addWidget(window)
    lay = QVBoxLayout(window)
    lay.addWidget(line)
    lay.addWidget(button)
    window.show()
    window.activateWindow()
    line.setFocus()
    yield line, button
    window.close()


def test_what_is_seen_takes_the_focus_and_says_so(two: Two) -> None:
    _, button = two

    assert give_back(button)

    assert button.hasFocus()


@pytest.mark.parametrize("end", ["hidden", "disabled", "gone", "none"])
def test_what_is_not_there_leaves_the_focus_where_it_is(two: Two, end: str) -> None:
    line, button = two
    if end == "hidden":
        button.hide()
    elif end == "disabled":
        button.setEnabled(False)
    elif end == "gone":
        shiboken6.delete(button)

    assert not give_back(None if end == "none" else button)

    assert line.hasFocus()


def test_a_window_that_is_hidden_itself_keeps_in_mind_who_has_the_keys_next(
    two: Two,
) -> None:
    line, button = two
    window = line.window()
    window.hide()

    assert give_back(button)
    window.show()
    window.activateWindow()

    assert window.focusWidget() is button


def test_a_line_that_was_opened_keeps_the_focus_when_a_sync_makes_its_card_anew(
    world: World, qtbot: QtBot, theme: Theme
) -> None:
    collide(world)
    page = Page(world, qtbot)
    page.button("Edit").click()
    line = page.screen.findChild(Field).line  # type: ignore[union-attr]
    assert line.hasFocus()

    refuse(world)
    page.model.sync_moved(SyncStatus(last_success_at=int(world.now)))

    focus = page.screen.window().focusWidget()
    assert focus is not line
    assert focus is not None
    assert focus.isVisible()
    assert focus.objectName() == line.objectName()


def test_what_asks_for_a_field_that_is_shut_is_come_to_by_its_first_button(
    world: World, qtbot: QtBot, theme: Theme
) -> None:
    op = collide(world)
    page = Page(world, qtbot)
    screen = page.screen
    assert isinstance(screen, WaitingPage)

    screen.show_change(op, "amount")

    focus = screen.window().focusWidget()
    assert focus is not None
    assert focus.isVisible()
    assert focus.accessibleName().endswith(": Looms")


def test_leaving_off_from_another_place_leaves_the_keys_there(rep: Rep, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rep.core, "leave_off_reading", lambda: None)
    rep.press("Ctrl+,")
    here = rep.app.window.stack.currentWidget()
    assert isinstance(here, SettingsPage)
    rep.app.bridge.sync_moved.emit(SyncStatus(Phase.SYNCING, loading=Loading(Kind.PERSON, 3120, 8400)))

    rep.app.commands.run("sync.cancel")

    assert rep.focus is not None
    assert rep.focus.isVisible()
    assert here.isAncestorOf(rep.focus)


def test_the_log_sheet_takes_no_letters_where_its_page_did_not_open(rep: Rep) -> None:
    rep.press("Ctrl+,")
    held = rep.focus

    rep.app.sheet.take_focus()

    assert not rep.app.sheet.isVisible()
    assert rep.focus is held
