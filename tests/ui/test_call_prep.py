"""Knowing everything before the call: the brief whole at once, promises, the map of people, marketing, the meeting."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from companion.bootstrap import Core, demo_book
from companion.domain.records import Kind
from companion.store import records
from tests.journeys.rep import Rep
from tests.journeys.window import Clock, demo_copy, opened
from tests.ui.rep import NOW, noting_commands, person, session_of, unnamed
from ui.log.bar import LogBar
from ui.person.brief import BriefPane
from ui.person.contact_row import ContactRow
from ui.person.page_look import ContactLook
from ui.person.promise_list import PromiseList
from ui.person.promise_look import PromiseLook
from ui.person.screen import RecordPage
from ui.session import Subject
from ui.theme.theme import Theme
from ui.widgets.button import Button
from ui.widgets.fact_list import FactRow


@pytest.fixture(scope="module")
def core() -> Iterator[Core]:
    """The demo book."""
    made = demo_book(lambda: NOW)
    yield made
    made.close()


@pytest.fixture
def brief(core: Core, qtbot: QtBot, theme: Theme) -> BriefPane:
    """The brief as wide as beside Today, of somebody of whom nothing is known."""
    commands = noting_commands(core, [])
    made = BriefPane(session_of(core), commands)
    qtbot.addWidget(made)
    made.set_foot(LogBar(commands, core.workspace.buttons))
    made.resize(596, 811)
    made.show_subject(Subject(Kind.PERSON, "nobody", "No Number", "nobody"))
    made.show()
    qtbot.waitExposed(made)
    QApplication.processEvents()
    return made


def test_the_brief_is_whole_when_it_is_painted_first(brief: BriefPane, core: Core) -> None:
    # Given somebody else is shown; when nothing but the selection has moved
    brief.show_subject(person(core, "Marta Ferreira"))

    # Then every section stands with its rows, and the number on its button, before any event is handled
    rows = [row for row in brief.findChildren(FactRow) if row in (*brief._facts._rows, *brief._recent._rows)]
    assert len(rows) == 6
    assert all(row.isVisible() and row.height() >= 24 and row.width() > 300 for row in rows)
    assert all(button.width() >= button.sizeHint().width() for button in brief.reach.findChildren(Button))
    tops = [row.mapTo(brief, row.rect().topLeft()).y() for row in rows]
    assert tops == sorted(set(tops))


# Promises ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def put(rep: Rep, **fields: object) -> str:
    """One more activity with Marta, as a sync brings it."""
    own = {"what": "call", "person_id": rep.id_of("Marta Ferreira"), "done": True, "direction": "out"}
    own |= {"id": f"made-{len(fields)}-{fields.get('subject', '')}", "at": int(NOW.timestamp()) - 9 * 86_400}
    with rep.core.database.write() as write:
        me = write.value("SELECT json_extract(value, '$') FROM meta WHERE key = 'me'")
        records.put(write, Kind.ACTIVITY, [{**own, "owner_id": me, **fields}])
        write.touched(Kind.ACTIVITY, str(own["id"]))
        write.touched_today()
    QApplication.processEvents()
    return str({**own, **fields}["id"])


def test_a_click_on_the_ring_keeps_a_promise_and_undo_brings_it_back(qapp: QApplication) -> None:
    with opened(qapp, demo_copy(Clock())) as rep:
        # Given Daniel waits for the security answers
        rep.choose(rep.id_of("Daniel Osei"))
        QApplication.processEvents()
        (row,) = rep.app.brief.promises.rows
        look = rep.app.brief.model.look.promises[0]
        assert (look.text, look.age, look.tone) == ("You promised: the security answers", "by today", "warn")

        # When the ring is clicked
        rep.click(row.ring)

        # Then the promise is kept, the toast says so, and one key takes it back
        assert rep.toast == "Kept: the security answers"
        with rep.core.database.read() as rows:
            assert rows.value("SELECT done FROM activities WHERE id = ?", (look.id,)) == 1
        rep.press("Ctrl+Z")
        with rep.core.database.read() as rows:
            assert rows.value("SELECT done FROM activities WHERE id = ?", (look.id,)) == 0


def test_a_promise_in_a_note_is_told_in_its_words_kept_by_one_key_and_opens_its_entry(qapp: QApplication) -> None:
    with opened(qapp, demo_copy(Clock())) as rep:
        # Given a call nine days ago, in which they promised something
        entry = put(rep, body="They’ll send the signed NDA. Nothing else came up.")
        rep.choose(rep.id_of("Marta Ferreira"))
        rep.press("Return")
        rail = rep.app.places._record.rail  # type: ignore[union-attr]
        (row,) = rail.promises.rows
        assert row.words.accessibleName() == "They promised: “They’ll send the signed NDA”, 9 days ago"
        assert row.ring.accessibleName() == "Kept: “They’ll send the signed NDA”"

        # When its words are chosen, the entry is selected in the history
        rep.click(row.words)
        page = rep.app.places._record
        assert page is not None
        shown = page.model.history.entry(page.list.currentIndex().row())
        assert shown is not None
        assert shown.id == entry

        # When F is pressed on it, it is gone, and comes back with Ctrl+Z
        row.ring.setFocus(Qt.FocusReason.TabFocusReason)
        rep.press("F")
        assert rail.promises.rows == []
        assert rep.toast.startswith("Kept: “They’ll send")
        rep.press("Ctrl+Z")
        assert len(rail.promises.rows) == 1


def test_the_focus_stays_among_the_promises_while_one_is_left(qapp: QApplication) -> None:
    with opened(qapp, demo_copy(Clock())) as rep:
        put(rep, body="They’ll send the signed NDA. I’ll share the tyre catalogue.")
        rep.choose(rep.id_of("Marta Ferreira"))
        rep.press("Return")
        page = rep.app.places._record
        assert page is not None
        first, second = page.rail.promises.rows
        second.ring.setFocus(Qt.FocusReason.TabFocusReason)

        rep.press("Space")

        assert page.rail.promises.rows == [first]
        assert rep.focus is first.ring


def test_hostile_promises_are_one_plain_line(brief: BriefPane, core: Core, qtbot: QtBot, theme: Theme) -> None:
    look = PromiseLook("\u202e<b>x</b>\x00 & " * 400, "<i>", "\u2066now", "bad", Kind.ACTIVITY, "x", "")
    made = PromiseList()
    qtbot.addWidget(made)
    made.resize(300, 100)
    made.set_promises([look, look])
    made.show()
    qtbot.waitExposed(made)

    assert all(row.height() <= 60 for row in made.rows)
    assert "<b>x</b>" in made.rows[0].words.accessibleName()
    kept = QSignalSpy(made.kept)
    QTest.keyClick(made.rows[1].ring, Qt.Key.Key_F)
    assert kept.at(0) == [1]


# The account ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_rail_tells_who_spoke_with_whom_and_what_the_crm_does_not_hold(qapp: QApplication) -> None:
    with opened(qapp, demo_copy(Clock())) as rep:
        rep.choose(rep.id_of("Daniel Osei"))
        rep.press("Return")
        page = rep.app.places._record
        assert page is not None
        look = page.model.look
        assert look is not None

        assert [(each.name, each.tag, each.touch) for each in look.people] == [("Ruth Abara", "Champion", "Nobody yet")]
        assert [(each.label, each.value, each.known) for each in look.marketing] == [
            ("Source", "not in the CRM", False),
            ("Campaign", "not in the CRM", False),
            ("Content", "not in the CRM", False),
            ("Stage", "not in the CRM", False),
            ("Consent", "May be mailed", True),
        ]
        names = [each.accessibleName() for each in page.rail.findChildren(ContactRow)]
        assert names == ["Ruth Abara, Clinical Operations Lead, Champion, last touch: Nobody yet"]
        assert unnamed(page.rail) == []


def test_what_rests_on_one_contact_has_a_verb_that_begins_a_next_step(qapp: QApplication) -> None:
    with opened(qapp, demo_copy(Clock())) as rep:
        # Given the champion left: Priya's deal rests on her alone
        with rep.core.database.write() as write:
            write.text("DELETE FROM participants")
            write.text("UPDATE people SET buying_role = NULL")
        rep.choose(rep.id_of("Priya Raman"))
        rep.press("Return")
        page = rep.app.places._record
        assert page is not None
        note = page.rail._thread
        assert note.verb.accessibleName() == "€76k rests on one contact: Find a second contact"

        # When the verb is chosen
        rep.click(note.verb)

        # Then the sheet plans it with Priya, and nothing is saved yet
        assert rep.app.logging.is_open
        assert rep.app.logging.text == "Find a second contact"
        assert rep.app.logging.subject is not None
        assert rep.app.logging.subject.name == "Priya Raman"


def test_of_a_crowd_the_most_influential_are_shown_and_the_others_after_one_press(
    core: Core, qtbot: QtBot, theme: Theme
) -> None:
    page = RecordPage(session_of(core), noting_commands(core, []))
    qtbot.addWidget(page)
    page.resize(1104, 811)
    assert page.open(person(core, "Marta Ferreira"))
    page.show()
    qtbot.waitExposed(page)
    look, rail = page.model.look, page.rail
    assert look is not None
    crowd = tuple(ContactLook(f"c{n}", f"Clerk {n}", "Clerk", "", "Nobody yet") for n in range(30))
    rail.set_look(replace(look, people=crowd))

    # Rows are there at once, before any event, and say how many are not
    rows = rail._contacts
    assert [row.look.name for row in rows] == [f"Clerk {n}" for n in range(12)]
    assert all(row.isVisible() for row in rows)
    assert rail._more_people.text() == "18 more"

    rail._more_people.click()

    assert [row.look.name for row in rail._contacts] == [f"Clerk {n}" for n in range(30)]
    assert rail._contacts[:12] == rows[:12]
    assert not rail._more_people.isVisible()
    assert page.focusWidget() is rail._contacts[12]


# The meeting ────────────────────────────────────────────────────────────────────────────────────────────────────────


def at(rep: Rep, clock: Clock, hour: int, minute: int) -> None:
    """The clock of the computer moves on to this time of the same day, and the window hears of it."""
    clock.now = clock.now.replace(hour=hour, minute=minute)
    rep.app._minute_passed()
    QApplication.processEvents()


def bar_words(rep: Rep) -> str:
    assert rep.app.beside._meetings is not None
    bar = rep.app.beside._meetings.bar
    return bar.words.full_text if bar.isVisible() else ""


def test_ten_minutes_before_a_meeting_the_bar_comes_and_moves_neither_focus_nor_selection(qapp: QApplication) -> None:
    clock = Clock()
    with opened(qapp, demo_copy(clock)) as rep:
        rep.choose(rep.id_of("Marta Ferreira"))
        at(rep, clock, 10, 19)
        assert bar_words(rep) == ""

        at(rep, clock, 10, 20)

        assert bar_words(rep) == "Demo with Jonas Weber in 10 min"
        assert rep.focus is rep.app.page.list
        assert rep.selected == rep.id_of("Marta Ferreira")
        at(rep, clock, 10, 31)
        assert bar_words(rep) == "Demo with Jonas Weber began 1 min ago"
        at(rep, clock, 10, 40)
        assert bar_words(rep) == ""


def test_one_key_opens_the_brief_of_the_meeting_and_the_bar_has_done_its_work(qapp: QApplication) -> None:
    clock = Clock()
    with opened(qapp, demo_copy(clock)) as rep:
        rep.choose(rep.id_of("Marta Ferreira"))
        at(rep, clock, 10, 21)

        rep.press("Ctrl+M")

        page = rep.app.places._record
        assert page is not None
        assert page.shown() is not None
        assert page.shown().name == "Jonas Weber"  # type: ignore[union-attr]
        assert bar_words(rep) == ""
        head = page.head._meeting
        assert head.isVisible()
        assert head.accessibleName() == (
            "Demo, 10:30 to 11:15, in 9 min. With Jonas Weber (Decides). Not discussed yet: pricing"
        )
        assert not page.head._why.isVisible()
        at(rep, clock, 10, 22)
        assert bar_words(rep) == ""
        assert head.accessibleName().startswith("Demo, 10:30 to 11:15, in 8 min")


def test_esc_in_the_list_puts_the_bar_away_and_only_that(qapp: QApplication) -> None:
    clock = Clock()
    with opened(qapp, demo_copy(clock)) as rep:
        rep.choose(rep.id_of("Marta Ferreira"))
        at(rep, clock, 10, 21)

        rep.press("Escape")

        assert bar_words(rep) == ""
        assert rep.app.window.here == "go.today"
        at(rep, clock, 10, 25)
        assert bar_words(rep) == ""
        rep.press("Ctrl+M")
        assert rep.toast == "No meeting in the next 24 hours"


def test_what_is_half_typed_is_left_alone_when_the_bar_comes(qapp: QApplication) -> None:
    clock = Clock()
    with opened(qapp, demo_copy(clock)) as rep:
        rep.choose(rep.id_of("Marta Ferreira"))
        rep.press("C")
        focus = rep.focus
        rep.type("wants twelve")

        at(rep, clock, 10, 21)
        rep.type(" months")

        assert bar_words(rep) != ""
        assert rep.focus is focus
        assert rep.app.logging.text == "wants twelve months"


def test_a_meeting_that_the_crm_called_off_takes_its_bar_along(qapp: QApplication) -> None:
    clock = Clock()
    with opened(qapp, demo_copy(clock)) as rep:
        at(rep, clock, 10, 21)
        assert bar_words(rep) != ""
        with rep.core.database.write() as write:
            found = write.value("SELECT id FROM activities WHERE what = 'meeting' AND subject = 'Demo' AND done = 0")
            records.edit(write, Kind.ACTIVITY, found, {"outcome": "cancelled"})
            write.touched(Kind.ACTIVITY, found)
        QApplication.processEvents()

        assert bar_words(rep) == ""


def test_a_hostile_title_of_a_meeting_is_plain_words_in_its_own_place(qapp: QApplication) -> None:
    clock = Clock(NOW.replace(hour=8, minute=55))
    with opened(qapp, demo_copy(clock)) as rep:
        starts = int(NOW.replace(hour=9, minute=0).timestamp())
        put(rep, what="meeting", subject="%2 %3 <b>\u202eDemo</b> {who}", at=starts, done=False, direction=None)
        at(rep, clock, 8, 56)

        assert bar_words(rep) == "%2 %3 <b> Demo</b> {who} with Marta Ferreira in 4 min"


def test_the_bar_is_there_at_the_very_minute_without_the_windows_own_tick(qapp: QApplication, qtbot: QtBot) -> None:
    clock = Clock(NOW.replace(hour=10, minute=19, second=59))
    with opened(qapp, demo_copy(clock)) as rep:
        assert bar_words(rep) == ""
        clock.now += dt.timedelta(seconds=1)

        qtbot.waitUntil(lambda: bar_words(rep) == "Demo with Jonas Weber in 10 min", timeout=3_000)
