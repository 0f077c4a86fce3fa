"""Reminders in the window: told there, answered there, and what was missed."""

from __future__ import annotations

import datetime as dt

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from companion import bootstrap
from companion.actions.snooze import snooze
from companion.domain.records import Kind
from companion.domain.reminders import State
from tests.journeys.window import Clock, opened, reopened
from tests.ui.reminded import AWAKE, MARTA, Office, nowhere, office
from tests.ui.test_craft import nameless
from ui.reminders.screen import LedgerPage

__all__ = ["nowhere", "office"]

pytestmark = pytest.mark.qt_log_ignore(
    r"This plugin does not support raise\(\)",
    "systemTrayWindowChanged",  # what the platform without a screen says
)


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

    office.rep.click(office.link("Snooze 1 h"))
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
        assert office.bar == "3 reminders came due while Companion was closed"
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

    office.reminding.bar.setFixedWidth(660)
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

    assert office.bar.startswith("1 reminder came due while you were away")
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
