"""Notifications over a real bus: shown with their buttons, answered by them; where there is none it says so."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator

import pytest
from jeepney import DBusAddress, HeaderFields, new_signal
from jeepney.io.blocking import open_dbus_connection
from pytestqt.qtbot import QtBot

from tests.ui.bus import NEEDS_BUS, Bus, Desktop
from ui.reminders.dbus import NAME, PATH, DBusChannel

pytestmark = [NEEDS_BUS, pytest.mark.enable_socket]

ACTIONS = (("open", "Open"), ("done", "Done"), ("later", "Snooze 1 h"))


class Heard:
    """What a channel says."""

    def __init__(self, channel: DBusChannel) -> None:
        self.all: list[tuple[str, ...]] = []
        channel.shown.connect(lambda key: self.all.append(("shown", key)))
        channel.failed.connect(lambda key: self.all.append(("failed", key)))
        channel.acted.connect(lambda key, verb: self.all.append((verb, key)))


@pytest.fixture
def bus() -> Iterator[Bus]:
    """A bus on which nobody shows notifications yet."""
    made = Bus()
    yield made
    made.stop()


@pytest.fixture
def desktop(bus: Bus) -> Iterator[Desktop]:
    """One that shows all that there is."""
    made = Desktop(bus, "actions", "body", "body-markup", "persistence")
    yield made
    made.stop()


@pytest.fixture
def channel(bus: Bus, qtbot: QtBot) -> Iterator[DBusChannel]:
    """Ours."""
    made = DBusChannel(bus.address)
    yield made
    made.close()


def said(heard: Heard, qtbot: QtBot, *what: tuple[str, ...]) -> None:
    """Waits until the channel has said this and nothing else."""
    qtbot.waitUntil(lambda: len(heard.all) >= len(what), timeout=10_000)
    assert heard.all == list(what)


def test_a_notification_comes_with_its_buttons_and_each_can_be_pressed(
    desktop: Desktop, channel: DBusChannel, qtbot: QtBot
) -> None:
    heard = Heard(channel)

    for number, (verb, pressed) in enumerate([("open", "default"), ("done", "done"), ("later", "later")], 1):
        channel.show(f"r{number}", "Meeting with Marta Ferreira at 10:30", "", ACTIONS)
        seen = desktop.said()
        assert seen["title"] == "Meeting with Marta Ferreira at 10:30"
        assert seen["actions"] == ["default", "Open", "open", "Open", "done", "Done", "later", "Snooze 1 h"]
        assert seen["hints"]["desktop-entry"] == "companion"
        desktop.do("press", number, pressed)
        desktop.do("close", number, 2)
        said(heard, qtbot, ("shown", f"r{number}"), (verb, f"r{number}"))
        heard.all.clear()


def test_text_is_never_markup(desktop: Desktop, channel: DBusChannel, qtbot: QtBot) -> None:
    channel.show("r1", "<b>A & B</b>", "<img src='file:///etc/passwd'> \ud800\0 & more", ACTIONS)

    seen = desktop.said()

    assert seen["title"] == "<b>A & B</b>"
    assert seen["body"] == "&lt;img src='file:///etc/passwd'&gt; ? &amp; more"


def test_a_desktop_without_markup_or_buttons_gets_plain_text_and_none(bus: Bus, channel: DBusChannel) -> None:
    plain = Desktop(bus, "body")

    channel.show("r1", "Two reminders", "A & B", ACTIONS)

    seen = plain.said()
    assert (seen["body"], seen["actions"]) == ("A & B", [])
    plain.stop()


def test_one_that_is_put_aside_says_so_and_one_that_expires_does_not(
    desktop: Desktop, channel: DBusChannel, qtbot: QtBot
) -> None:
    heard = Heard(channel)
    for key in ("r1", "r2"):
        channel.show(key, "Reminder", "", ACTIONS)
        desktop.said()

    desktop.do("close", 1, 1)
    desktop.do("close", 2, 2)

    said(heard, qtbot, ("shown", "r1"), ("shown", "r2"), ("dismissed", "r2"))


def test_one_that_was_answered_elsewhere_is_taken_away(desktop: Desktop, channel: DBusChannel, qtbot: QtBot) -> None:
    heard = Heard(channel)
    channel.show("r1", "Reminder", "", ACTIONS)
    desktop.said()

    channel.withdraw("r1")

    assert desktop.said() == {"closed": 1}
    desktop.do("press", 1, "done")
    channel.show("r2", "Another", "", ACTIONS)
    desktop.said()
    said(heard, qtbot, ("shown", "r1"), ("shown", "r2"))


def test_where_nobody_shows_notifications_it_says_so(channel: DBusChannel, qtbot: QtBot) -> None:
    heard = Heard(channel)

    channel.show("r1", "Reminder", "", ACTIONS)
    channel.show("r2", "Reminder", "", ACTIONS)

    said(heard, qtbot, ("failed", "r1"), ("failed", "r2"))


def test_where_there_is_no_bus_it_says_so(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    channel = DBusChannel("unix:path=/nowhere/at/all")
    heard = Heard(channel)

    channel.show("r1", "Reminder", "", ACTIONS)

    said(heard, qtbot, ("failed", "r1"))
    channel.close()
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    assert not DBusChannel().can_be_tried


def test_a_desktop_that_starts_anew_is_spoken_to_again(bus: Bus, channel: DBusChannel, qtbot: QtBot) -> None:
    heard = Heard(channel)
    first = Desktop(bus, "actions")
    channel.show("r1", "Reminder", "", ACTIONS)
    said(heard, qtbot, ("shown", "r1"))
    first.stop()
    channel.show("r2", "Reminder", "", ACTIONS)
    said(heard, qtbot, ("shown", "r1"), ("failed", "r2"))

    second = Desktop(bus, "actions")
    channel.show("r3", "Reminder", "", ACTIONS)
    second.said()
    second.do("press", 1, "done")

    said(heard, qtbot, ("shown", "r1"), ("failed", "r2"), ("shown", "r3"), ("done", "r3"))
    second.stop()


def test_a_bus_that_goes_away_and_comes_back_is_found_again(qtbot: QtBot) -> None:
    bus = Bus()
    desktop = Desktop(bus, "actions")
    channel = DBusChannel(bus.address)
    heard = Heard(channel)
    channel.show("r1", "Reminder", "", ACTIONS)
    desktop.said()
    said(heard, qtbot, ("shown", "r1"))
    bus.stop()
    desktop.stop()
    qtbot.waitUntil(lambda: channel._thread is None, timeout=5_000)

    channel.show("r2", "Reminder", "", ACTIONS)

    said(heard, qtbot, ("shown", "r1"), ("failed", "r2"))
    channel.close()


def test_another_program_of_the_session_presses_no_button(
    bus: Bus, desktop: Desktop, channel: DBusChannel, qtbot: QtBot
) -> None:
    heard = Heard(channel)
    channel.show("r1", "Reminder", "", ACTIONS)
    desktop.said()
    said(heard, qtbot, ("shown", "r1"))

    with open_dbus_connection(bus.address) as intruder:
        for number in range(1, 8):  # our unique name is one of the first
            signal = new_signal(DBusAddress(PATH, f":1.{number}", NAME), "ActionInvoked", "us", (1, "done"))
            signal.header.fields[HeaderFields.destination] = f":1.{number}"
            intruder.send(signal)
    desktop.do("press", 1, "later")

    said(heard, qtbot, ("shown", "r1"), ("later", "r1"))


def test_a_button_that_was_not_offered_does_nothing(desktop: Desktop, channel: DBusChannel, qtbot: QtBot) -> None:
    heard = Heard(channel)
    channel.show("r1", "Two reminders", "", ACTIONS[:1])
    desktop.said()

    desktop.do("press", 1, "done")
    desktop.do("press", 7, "open")
    channel.show("r2", "Another", "", ACTIONS)
    desktop.said()

    said(heard, qtbot, ("shown", "r1"), ("shown", "r2"))


def test_a_slow_desktop_keeps_nobody_waiting(desktop: Desktop, channel: DBusChannel, qtbot: QtBot) -> None:
    desktop.do("slow", "30")
    time.sleep(0.2)

    asked = []
    for each in ("r1", "r2", "r3"):
        begun = time.monotonic()
        channel.show(each, "Reminder", "", ACTIONS)
        asked.append(time.monotonic() - begun)
    begun = time.monotonic()
    channel.close()

    # The quickest of three: other programs don't trouble each of them, a wait of ours does.
    assert min(asked) < 0.1
    assert time.monotonic() - begun < 2.0
    assert not [each for each in threading.enumerate() if each.name == "notifications"]


def test_a_window_may_come_to_the_front_with_the_token_that_the_desktop_gives(
    desktop: Desktop, channel: DBusChannel, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_ACTIVATION_TOKEN", "")
    heard = Heard(channel)
    channel.show("r1", "Reminder", "", ACTIONS)
    desktop.said()

    desktop.do("token", 1, "abc")
    desktop.do("press", 1, "default")

    said(heard, qtbot, ("shown", "r1"), ("open", "r1"))
    assert os.environ["XDG_ACTIVATION_TOKEN"] == "abc"


def test_nothing_stays_on_the_screen_when_the_book_closes(desktop: Desktop, channel: DBusChannel, qtbot: QtBot) -> None:
    heard = Heard(channel)
    channel.show("r1", "Meeting with Marta Ferreira at 10:30", "", ACTIONS)
    desktop.said()
    said(heard, qtbot, ("shown", "r1"))

    channel.close()

    assert desktop.said() == {"closed": 1}
