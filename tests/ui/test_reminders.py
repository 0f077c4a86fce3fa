"""Reminders in the whole application: by notification, by tray, in the window; answered there; and their ledger."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from companion import bootstrap
from companion.actions.answer_reminder import open_reminders
from companion.actions.log_activity import NextStep
from companion.actions.next_step import add_next_step
from companion.actions.snooze import snooze
from companion.domain.records import Kind
from companion.domain.reminders import State
from companion.queries.reminders import Line, ledger
from companion.settings import Settings
from tests.journeys.rep import Rep
from tests.journeys.window import CALM, Clock, demo_copy, opened, reopened
from tests.ui.bus import NEEDS_BUS, Bus, Desktop
from tests.ui.test_craft import nameless
from ui.reminders.dbus import DBusChannel
from ui.reminders.locked import LockedReminders
from ui.reminders.reminding import Reminding
from ui.reminders.screen import LedgerPage
from ui.reminders.tray import Tray
from ui.widgets.button import Button

pytestmark = pytest.mark.qt_log_ignore(
    r"This plugin does not support raise\(\)",
    "systemTrayWindowChanged",  # what the platform without a screen says
)

MARTA = "Marta Ferreira"
AWAKE = replace(CALM, quiet_from=24, notifications=True)


class Office:
    """A rep at the window whose clock is moved by hand."""

    def __init__(self, rep: Rep, clock: Clock, qtbot: QtBot) -> None:
        self.rep, self.clock, self._qtbot = rep, clock, qtbot
        worker, rep.core.worker = rep.core.worker, None
        if worker is not None:
            worker.stop()  # while the clock moves it would send, into the CRM that all copies share
        rep.app._remind()
        self.settle()

    @property
    def reminding(self) -> Reminding:
        """What reminds."""
        assert self.rep.app.reminding is not None
        return self.rep.app.reminding

    def settle(self) -> None:
        """Waits until the look that is under way has been told."""
        self._qtbot.waitUntil(lambda: not self.reminding.model._looking, timeout=10_000)

    def forward(self, **by: float) -> None:
        """Time passes, and Companion looks as it does every minute."""
        self.clock.forward(**by)
        self.reminding.model.look()
        self.settle()

    def promise(self, minutes: int, words: str = "Send the security answers", who: str = MARTA) -> None:
        """Due in so many minutes."""
        at = self.clock.now + dt.timedelta(minutes=minutes)
        add_next_step(self.rep.core.desk(), NextStep(words, at.date(), at, "mine"), self.rep.id_of(who), None, "Agreed")
        self.reminding.model.look()
        self.settle()

    def lines(self) -> list[Line]:
        """Marta's reminders, newest first."""
        with self.rep.core.database.read() as rows:
            found = ledger(rows, self.clock(), self.rep.core.zone, person_id=self.rep.id_of(MARTA))
        return [*found.ahead, *found.past]

    def state(self) -> State:
        """Where Marta's newest reminder stands."""
        return self.lines()[0].state

    def link(self, words: str) -> Button:
        """A link of the bar."""
        return next(each for each in self.reminding.bar.links if each.text() == words)

    @property
    def bar(self) -> str:
        """What the bar says; '' when there is none."""
        bar = self.reminding.bar
        return bar.accessibleName() if bar.isVisible() else ""


@pytest.fixture
def nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """A desktop without a message bus."""
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)


@pytest.fixture
def office(nowhere: None, qapp: QApplication, qtbot: QtBot) -> Iterator[Office]:
    """No bus, no tray: the window itself."""
    clock = Clock()
    with opened(qapp, demo_copy(clock), AWAKE) as rep:
        yield Office(rep, clock, qtbot)


# In the window ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_where_there_is_no_other_way_a_line_in_the_window_tells_and_is_answered(office: Office) -> None:
    office.promise(20)
    assert office.bar == ""

    office.forward(minutes=20)

    assert office.bar == f"Promised {MARTA}: Send the security answers"
    assert office.state() is State.SHOWN
    assert office.lines()[0].reminder.channel == "window"
    office.rep.click(office.link("Done"))
    assert office.bar == ""
    assert office.state() is State.DONE
    assert office.rep.toast == f"Done: Promised {MARTA}: Send the security answers"
    office.rep.press("Ctrl+Z")
    assert office.state() is State.SHOWN


def test_in_an_hour_it_comes_again(office: Office) -> None:
    office.promise(20)
    office.forward(minutes=20)

    office.rep.click(office.link("In 1 h"))
    office.forward(minutes=59)
    assert not office.bar.startswith("You asked")
    office.forward(minutes=1)

    assert office.bar.startswith(f"You asked to see {MARTA} now")


def test_open_leads_to_the_person(office: Office) -> None:
    office.promise(20)
    office.forward(minutes=20)
    office.rep.press("Ctrl+2")

    office.rep.click(office.link("Open"))

    assert office.rep.selected == office.rep.id_of(MARTA)
    assert office.rep.app.window.here == "record"
    assert office.state() is State.OPENED
    assert office.bar == ""


def test_several_at_once_are_one_line_and_open_the_ledger(office: Office) -> None:
    office.promise(20)
    office.promise(25, "Ask about the pilot", "Daniel Osei")

    office.forward(minutes=25)

    assert office.bar.startswith("2 reminders: Promised Marta Ferreira")
    assert [each.text() for each in office.reminding.bar.links] == ["Open"]
    office.rep.click(office.link("Open"))
    assert office.rep.app.window.here == "go.reminders"


def test_the_bar_can_be_reached_and_answered_by_keys_and_has_names(office: Office) -> None:
    office.promise(20)
    office.forward(minutes=20)
    assert nameless(office.rep.app.window) == []

    for _ in range(60):
        office.rep.press("Tab")
        if office.rep.focus is office.link("Done"):
            break
    office.rep.press("Space")

    assert office.state() is State.DONE
    assert office.rep.focus is office.rep.app.page.list


def test_what_is_settled_in_the_window_takes_its_line_away(office: Office) -> None:
    office.promise(20)
    office.forward(minutes=20)
    rep = office.rep
    rep.choose(rep.id_of(MARTA))

    with rep.core.database.write() as write:
        write.text("UPDATE activities SET done = 1 WHERE subject = 'Send the security answers' AND promise = 'mine'")
    office.forward(seconds=1)

    assert office.bar == ""
    assert office.state() is State.DONE


def test_what_came_due_while_closed_is_one_quiet_line_after_the_start_and_each_can_be_opened(
    nowhere: None, qapp: QApplication, qtbot: QtBot
) -> None:
    clock = Clock()
    core = bootstrap.demo_book(clock)
    with opened(qapp, core, AWAKE) as rep:
        office = Office(rep, clock, qtbot)
        office.promise(20)
        office.promise(25, "Ask about the pilot", "Daniel Osei")
        later = reopened(core, clock)
    clock.forward(hours=3)
    with opened(qapp, later, AWAKE) as rep:
        office = Office(rep, clock, qtbot)

        # The demo of 10:30 was missed as well.
        assert office.bar == "While Companion was closed: 3 reminders"
        assert {each.state for each in office.lines()} == {State.MISSED}
        rep.click(office.link("All missed"))
        assert rep.app.window.here == "go.reminders"
        page = rep.app.window.stack.currentWidget()
        assert isinstance(page, LedgerPage)
        assert page.model.missed_only
        assert office.bar == ""
        office.forward(minutes=1)
        assert office.bar == "", "told a second time"


def test_a_click_on_a_name_opens_what_was_missed(office: Office) -> None:
    office.promise(20)
    office.reminding.model._since = int(office.clock().timestamp()) + 7_200

    office.forward(minutes=30)

    assert office.bar.endswith(f"Promised {MARTA}: Send the security answers")
    office.rep.click(office.link(MARTA))
    assert office.rep.selected == office.rep.id_of(MARTA)
    assert office.state() is State.OPENED


def test_a_line_is_put_aside_by_escape_and_its_links_make_room_in_a_narrow_window(office: Office) -> None:
    office.promise(20)
    office.promise(25, "Ask about the pilot", "Daniel Osei")
    office.reminding.model._since = int(office.clock().timestamp()) + 7_200
    office.forward(minutes=30)
    assert [each.text() for each in office.reminding.bar.links if each.isVisible()] == [
        MARTA,
        "Daniel Osei",
        "All missed",
    ]

    office.reminding.bar.setFixedWidth(600)
    QApplication.processEvents()
    assert [each.text() for each in office.reminding.bar.links if each.isVisible()] == [MARTA, "All missed"]
    office.reminding.bar.setFixedWidth(500)
    QApplication.processEvents()
    assert [each.text() for each in office.reminding.bar.links if each.isVisible()] == ["All missed"]
    office.link("All missed").setFocus()
    office.rep.press("Escape")

    assert office.bar == ""
    assert office.state() is State.DISMISSED


def test_a_computer_that_slept_is_noticed_and_what_passed_is_not_soon(office: Office) -> None:
    office.clock.forward(hours=3)

    office.reminding.model.tick()
    office.settle()

    assert office.bar.startswith("While nobody could be told: 1 reminder")
    assert "began at 10:30" not in office.bar.partition(" · ")[0]


def test_nothing_is_read_while_nothing_is_due(office: Office) -> None:
    looked = office.reminding.model._looked_at

    office.clock.forward(seconds=20)
    office.reminding.model.tick()

    assert office.reminding.model._looked_at == looked
    assert office.reminding.model._timer.isActive()
    assert office.reminding.model._timer.interval() <= 60_000


def test_an_act_of_the_reps_is_looked_at_when_the_hand_rests(office: Office, qtbot: QtBot) -> None:
    rep = office.rep
    snooze(rep.core.desk(), Kind.PERSON, rep.id_of(MARTA), office.clock() + dt.timedelta(hours=1), "then", "Snoozed")

    qtbot.waitUntil(lambda: [each.reminder.words for each in office.lines()] == ["then"], timeout=5_000)


# By notification ────────────────────────────────────────────────────────────────────────────────────────────────────


class Connected(Office):
    """The office on a bus where a desktop shows notifications."""

    def __init__(self, rep: Rep, clock: Clock, qtbot: QtBot, bus: Bus) -> None:
        app = rep.app
        app.reminding = None
        made = Reminding(
            app.session, app.window, lambda: app.chosen, app._work_behind, app, channel=DBusChannel(bus.address)
        )
        app.reminding = made
        made.opened.connect(app._open_reminder)
        made.done.connect(app.frame.done)
        made.left.connect(app._focus_back)
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


with_bus = [NEEDS_BUS, pytest.mark.enable_socket]


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

    assert trayed.rep.app._quick_log is not None
    assert trayed.rep.app._quick_log.isVisible()
    assert not trayed.rep.app.window.isVisible()
    trayed.rep.app._quick_log.close()
    assert not trayed.rep.app._stopped


# The ledger ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def shown(office: Office) -> LedgerPage:
    """The page, where the rep is."""
    page = office.rep.app.window.stack.currentWidget()
    assert isinstance(page, LedgerPage)
    return page


def test_the_ledger_lists_what_comes_and_what_became_of_each(office: Office) -> None:
    office.promise(20)
    office.forward(minutes=20)
    open_reminders(office.rep.core.desk(), [office.lines()[0].reminder.n])

    office.rep.press("Ctrl+Shift+M")

    page = shown(office)
    QAbstractItemModelTester(page.model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    told = ("Due 09:32", "Told 09:32", "Shown in the window 09:32", "Opened 09:32")
    spoken = [page.model.index(row, 0).data() for row in range(page.model.rowCount())]
    assert spoken == [
        "Coming, 1",
        "Demo with Jonas Weber at 10:30. Coming. Due 10:30",
        "Today, 1",
        f"Promised {MARTA}: Send the security answers. Opened. " + ". ".join(told),
    ]


def test_enter_opens_the_person_and_a_key_on_the_persons_page_shows_their_reminders(office: Office) -> None:
    office.promise(20)
    office.forward(minutes=20)
    rep = office.rep
    rep.press("Ctrl+Shift+M", "Down")
    assert rep.selected == rep.id_of(MARTA)

    rep.press("Return")
    assert rep.app.window.here == "record"
    rep.press("R")

    page = shown(office)
    assert page.model.title == f"Reminders of {MARTA}"
    assert [each.reminder.words for each in map(page.model.line, range(page.model.rowCount())) if each] == [
        "Send the security answers"
    ]
    rep.click(page.everybody)
    assert page.model.rowCount() == 4
    assert rep.focus is page.list


def test_a_reminder_that_is_answered_changes_where_it_stands(office: Office) -> None:
    office.promise(20)
    office.forward(minutes=20)
    office.rep.press("Ctrl+Shift+M", "Down")
    row = shown(office).list.currentIndex().row()

    office.rep.click(office.link("Done"))

    page = shown(office)
    assert page.list.currentIndex().row() == row
    assert ". Done. " in page.model.index(row, 0).data()


def test_an_empty_ledger_says_what_it_is_and_what_to_do(office: Office) -> None:
    with office.rep.core.database.write() as write:
        write.text("DELETE FROM reminders")

    office.rep.press("Ctrl+Shift+M")

    page = shown(office)
    assert page._none.full_text.startswith("No reminders yet.")
    assert office.rep.focus is page.settings
    assert nameless(office.rep.app.window) == []
    office.rep.press("Space")
    assert office.rep.app.window.here == "settings"


def test_a_screen_reader_hears_each_reminder_as_a_sentence(office: Office) -> None:
    office.rep.press("Ctrl+Shift+M")

    here = QAccessible.queryAccessibleInterface(shown(office).list)

    assert here is not None
    said = [here.child(i).text(QAccessible.Text.Name) for i in range(here.childCount())]
    assert "Demo with Jonas Weber at 10:30. Coming. Due 10:30" in said
