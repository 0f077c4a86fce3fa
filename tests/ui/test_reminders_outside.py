"""Reminders outside the window: notifications on a real bus, the tray, and a book that is locked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from companion.domain.reminders import State
from companion.settings import Settings
from tests.journeys.rep import Rep
from tests.journeys.window import Clock, demo_copy, opened
from tests.ui.bus import NEEDS_BUS, Bus, Desktop
from tests.ui.reminded import AWAKE, MARTA, Office, nowhere, office
from ui.reminders.dbus import DBusChannel
from ui.reminders.locked import LockedReminders
from ui.reminders.reminding import Reminding
from ui.reminders.tray import Tray

__all__ = ["nowhere", "office"]

pytestmark = pytest.mark.qt_log_ignore(
    r"This plugin does not support raise\(\)",
    "systemTrayWindowChanged",  # what the platform without a screen says
)


class Connected(Office):
    """The office on a bus where a desktop shows notifications."""

    def __init__(self, rep: Rep, clock: Clock, qtbot: QtBot, bus: Bus) -> None:
        app = rep.app
        app.beside.reminding = None
        made = Reminding(
            app.session, app.window, lambda: app.chosen, app.behind.run, app, channel=DBusChannel(bus.address)
        )
        app.beside.reminding = made
        made.opened.connect(app.beside._open_reminder)
        made.done.connect(app.frame.done)
        made.left.connect(app.going.focus_back)
        made.start()
        super().__init__(rep, clock, qtbot)
        self.wait = qtbot.waitUntil


@pytest.fixture
def bus() -> Iterator[Bus]:
    """A bus of its own."""
    made = Bus()
    yield made
    made.stop()


@pytest.fixture
def desktop(bus: Bus) -> Iterator[Desktop]:
    """It shows all that there is."""
    made = Desktop(bus, "actions", "body", "body-markup")
    yield made
    made.stop()


def connected(qapp: QApplication, qtbot: QtBot, bus: Bus, chosen: Settings) -> Iterator[Connected]:
    """With these settings."""
    clock = Clock()
    with opened(qapp, demo_copy(clock), chosen) as rep:
        yield Connected(rep, clock, qtbot, bus)


@pytest.fixture
def desk(request: pytest.FixtureRequest, qapp: QApplication, qtbot: QtBot, bus: Bus) -> Iterator[Connected]:
    """A rep whose desktop shows notifications; parametrised by what they may say."""
    yield from connected(qapp, qtbot, bus, replace(AWAKE, notification_words=getattr(request, "param", "names")))


@pytest.mark.parametrize(
    ("desk", "title", "body", "actions"),
    [
        ("full", f"Promised {MARTA}: Send the security answers", "Halvorsen Logistics", 8),
        ("names", f"A promise to {MARTA} is due", "", 8),
        ("count", "Companion", "1 reminder", 4),
    ],
    indirect=["desk"],
)
@pytest.mark.usefixtures("nowhere")
@NEEDS_BUS
@pytest.mark.enable_socket
def test_a_notification_says_no_more_than_the_rep_allows(
    desktop: Desktop, desk: Connected, title: str, body: str, actions: int
) -> None:
    desk.promise(20)

    desk.forward(minutes=20)

    seen = desktop.said()
    assert (seen["title"], seen["body"]) == (title, body)
    assert len(seen["actions"]) == actions
    desk.wait(lambda: desk.state() is State.SHOWN)
    assert desk.lines()[0].reminder.channel == "notification"
    assert desk.bar == ""


@NEEDS_BUS
@pytest.mark.enable_socket
def test_done_is_done_without_the_window_and_the_notification_goes(desktop: Desktop, desk: Connected) -> None:
    desk.promise(20)
    desk.forward(minutes=20)
    desktop.said()
    desk.rep.app.window.showMinimized()

    desktop.do("press", 1, "done")

    desk.wait(lambda: desk.state() is State.DONE)
    assert desk.rep.app.window.isMinimized()


@NEEDS_BUS
@pytest.mark.enable_socket
def test_in_an_hour_by_the_button_of_a_notification(desktop: Desktop, desk: Connected) -> None:
    desk.promise(20)
    desk.forward(minutes=20)
    desktop.said()

    desktop.do("press", 1, "later")
    desk.wait(lambda: any(each.state is State.LATER for each in desk.lines()))
    desk.forward(hours=1)

    titles = {desktop.said()["title"], desktop.said()["title"]}
    assert titles == {f"You asked to see {MARTA} now", "Your meeting with Jonas Weber began at 10:30"}


@NEEDS_BUS
@pytest.mark.enable_socket
def test_open_brings_the_window_and_the_person(desktop: Desktop, desk: Connected) -> None:
    desk.promise(20)
    desk.forward(minutes=20)
    desktop.said()
    desk.rep.app.window.showMinimized()

    desktop.do("press", 1, "default")

    desk.wait(lambda: desk.state() is State.OPENED)
    assert not desk.rep.app.window.isMinimized()
    assert desk.rep.selected == desk.rep.id_of(MARTA)


@NEEDS_BUS
@pytest.mark.enable_socket
def test_a_meeting_is_told_with_its_time_and_can_only_be_opened(desktop: Desktop, desk: Connected) -> None:
    desk.forward(minutes=68)

    seen = desktop.said()

    assert seen["title"] == "Meeting with Jonas Weber at 10:30"
    assert seen["actions"] == ["default", "Open", "open", "Open"]


@NEEDS_BUS
@pytest.mark.enable_socket
def test_what_is_kept_in_the_window_takes_its_notification_away(desktop: Desktop, desk: Connected) -> None:
    desk.promise(20)
    desk.forward(minutes=20)
    desktop.said()
    desk.wait(lambda: desk.state() is State.SHOWN)

    with desk.rep.core.database.write() as write:
        write.text("UPDATE activities SET done = 1 WHERE subject = 'Send the security answers' AND promise = 'mine'")
    desk.forward(seconds=1)

    assert desktop.said() == {"closed": 1}


@NEEDS_BUS
@pytest.mark.enable_socket
def test_where_the_desktop_fails_the_window_tells(desk: Connected) -> None:
    desk.promise(20)

    desk.forward(minutes=20)

    desk.wait(lambda: desk.bar.startswith("Promised"))
    assert desk.state() is State.SHOWN


@NEEDS_BUS
@pytest.mark.enable_socket
def test_switched_off_they_stand_in_the_window(qapp: QApplication, qtbot: QtBot, bus: Bus, desktop: Desktop) -> None:
    for desk in connected(qapp, qtbot, bus, replace(AWAKE, notifications=False)):
        desk.promise(20)
        desk.forward(minutes=20)

        assert desk.bar.startswith("Promised")
        assert desktop.quiet()


@NEEDS_BUS
@pytest.mark.enable_socket
def test_nothing_that_names_anybody_stays_on_the_screen_when_the_book_closes(
    qapp: QApplication, qtbot: QtBot, bus: Bus, desktop: Desktop
) -> None:
    for desk in connected(qapp, qtbot, bus, AWAKE):
        desk.promise(20)
        desk.forward(minutes=20)
        assert MARTA in desktop.said()["title"]
        desktop.do("slow", 0)

    assert desktop.said() == {"closed": 1}


@NEEDS_BUS
@pytest.mark.enable_socket
def test_while_the_book_is_locked_it_counts_and_says_no_word_of_what(qtbot: QtBot, bus: Bus, desktop: Desktop) -> None:
    clock = Clock()
    now = int(clock.now.timestamp())
    locked = LockedReminders((now - 5, now + 600, now + 1200), clock, channel=DBusChannel(bus.address))
    wanted: list[bool] = []
    locked.opened.connect(lambda: wanted.append(True))

    clock.forward(minutes=11)
    locked.tick()
    seen = desktop.said()
    assert (seen["title"], seen["body"]) == ("Companion", "1 reminder. The book is locked.")
    clock.forward(minutes=11)
    locked.tick()
    assert desktop.said() == {"closed": 1}
    assert desktop.said()["body"] == "2 reminders. The book is locked."
    desktop.do("press", 2, "default")
    qtbot.waitUntil(lambda: bool(wanted))

    locked.stop()


# From the tray ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def trayed(
    nowhere: None, qapp: QApplication, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[Office]:
    """A desktop with a tray, where the rep chose to keep Companion running. Offscreen there is none to be asked."""
    monkeypatch.setattr(Tray, "is_there", staticmethod(lambda: True))
    QSettings().remove("tray/told")
    clock = Clock()
    with opened(qapp, demo_copy(clock), replace(AWAKE, keep_running=True)) as rep:
        yield Office(rep, clock, qtbot)
        rep.app.end()
    QApplication.setQuitOnLastWindowClosed(True)


def in_tray(office: Office, code: str) -> Callable[[], None]:
    """A line of the tray's menu."""
    assert office.reminding.tray is not None
    return office.reminding.tray.actions[code].trigger


def test_closing_the_window_leaves_companion_in_the_tray_and_open_brings_it_back(trayed: Office) -> None:
    window = trayed.rep.app.window

    trayed.rep.press("Ctrl+W")
    assert not window.isVisible()
    assert not trayed.rep.app._stopped
    in_tray(trayed, "open")()

    assert window.isVisible()
    assert trayed.rep.app.today.left > 0


def test_it_counts_and_names_nobody(trayed: Office) -> None:
    assert trayed.reminding.tray is not None
    left = trayed.rep.app.today.left

    assert trayed.reminding.tray.words == f"Companion · {left} people left today"


def test_reminders_come_while_the_window_hides_and_are_there_when_it_comes_back(trayed: Office) -> None:
    trayed.promise(20)
    trayed.rep.press("Ctrl+W")

    trayed.forward(minutes=20)
    assert trayed.state() is not State.SHOWN or trayed.lines()[0].reminder.channel == "tray"
    in_tray(trayed, "open")()

    assert trayed.bar.startswith("Promised")
    assert trayed.state() is State.SHOWN


def test_quit_in_the_tray_ends_it(trayed: Office) -> None:
    trayed.rep.press("Ctrl+W")

    in_tray(trayed, "quit")()

    assert trayed.rep.app._stopped


def test_ctrl_q_ends_it_too(trayed: Office) -> None:
    trayed.rep.press("Ctrl+Q")

    assert trayed.rep.app._stopped


def test_without_the_choice_closing_ends_it_even_where_there_is_a_tray(trayed: Office) -> None:
    trayed.rep.app.choose(keep_running=False)
    assert trayed.reminding.tray is None

    trayed.rep.press("Ctrl+W")

    assert trayed.rep.app._stopped


def test_quick_log_from_the_tray_needs_no_window(trayed: Office) -> None:
    trayed.rep.press("Ctrl+W")

    in_tray(trayed, "quick_log")()

    assert trayed.rep.app.beside.quick_log_window is not None
    assert trayed.rep.app.beside.quick_log_window.isVisible()
    assert not trayed.rep.app.window.isVisible()
    trayed.rep.app.beside.quick_log_window.close()
    assert not trayed.rep.app._stopped
