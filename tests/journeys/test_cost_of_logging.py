"""What it costs to log: keys and clicks, counted as they reach the window; a path that grows fails here.

The rule: a conversation has just ended and that person's row is selected in the list. Every key that is let go counts
one, modifiers too, and every letter of the words of a date; only the body of the note does not: any tool needs it.
Every press of a button of the mouse counts one, wherever the menu, the bar or the popup lies.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter as Tally
from typing import Any

import pytest
from PySide6.QtWidgets import QMenu, QPushButton

from companion.database import Rows
from tests.journeys.rep import Rep
from ui.widgets.date_popup import DatePopup
from ui.widgets.pick_row import PickRow

WHAT_WAS_SAID = "Wants twelve months"
MARTA, DANIEL = "Marta Ferreira", "Daniel Osei"
TABLES = ("activities", "deals", "people", "companies", "outbox", "gestures", "snoozes", "drafts", "hidden_reasons")


class Book:
    """What is new in the book since the test began."""

    def __init__(self, rep: Rep) -> None:
        self._rep = rep
        self._before = self._count()

    def new(self) -> dict[str, int]:
        """How many rows each table gained; tables that gained none are left out."""
        return {table: more for table, more in (self._count() - self._before).items() if more}

    def ops(self) -> list[tuple[Any, ...]]:
        """Kind, action and what it says of each op that waits, oldest first."""
        return self._all("SELECT kind, action, said FROM outbox ORDER BY seq")

    def activities(self, who: str) -> list[tuple[Any, ...]]:
        """What was logged on somebody this morning: what, outcome, body, done, day due."""
        return self._all(
            """SELECT what, outcome, body, done, due_on FROM activities
               WHERE person_id = ? AND remote_id IS NULL ORDER BY n""",
            (self._rep.id_of(who),),
        )

    def deal(self, who: str) -> tuple[str, str]:
        """Stage and close date of somebody's deal."""
        (row,) = self._all(
            "SELECT s.name, d.close_on FROM deals AS d JOIN stages AS s ON s.id = d.stage_id WHERE d.person_id = ?",
            (self._rep.id_of(who),),
        )
        return row[0], row[1]

    def _count(self) -> Tally[str]:
        with self._rep.core.database.read() as rows:
            return Tally({table: _rows(rows, table) for table in TABLES})

    def _all(self, sql: str, parameters: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        with self._rep.core.database.read() as rows:
            return rows.all(sql, parameters)


def _rows(rows: Rows, table: str) -> int:
    return int(rows.value(f"SELECT count(*) FROM {table}"))


@pytest.fixture
def book(rep: Rep) -> Book:
    """The book as it is before the rep begins."""
    return Book(rep)


def begin(rep: Rep, who: str) -> None:
    """The conversation with `who` has just ended."""
    rep.choose(rep.id_of(who))
    assert (rep.counter.keys, rep.counter.clicks) == (0, 0)


def back_at_the_list(rep: Rep) -> None:
    """The list has the focus again, and nothing lies over it."""
    assert rep.focus is rep.app.page.list
    assert not rep.app.logging.is_open
    assert rep.app.sheet.isHidden()
    assert rep.counter.dialogs == []


def test_connected_with_outcome_note_and_dated_next_step_costs_eight_keys(rep: Rep, book: Book) -> None:
    begin(rep, MARTA)

    rep.press("C", "2")
    with rep.not_counted():
        rep.type(WHAT_WAS_SAID)
    rep.type(", thu")
    rep.press("Return")

    assert (rep.counter.keys, rep.counter.clicks) == (8, 0)
    assert rep.toast == "Connected, Marta Ferreira. Send revised quote Thu"
    assert book.activities(MARTA) == [
        ("call", "wants_changes", WHAT_WAS_SAID, 1, None),
        ("task", None, None, 0, "2026-11-26"),
    ]
    assert book.ops() == [
        ("activity", "create", "Call · Wants changes"),
        ("activity", "create", "Next step: Send revised quote"),
        ("deal", "update", "Connected, Marta Ferreira. Send revised quote Thu: deal changed"),
    ]
    assert book.deal(MARTA)[0] == "Negotiation"
    assert book.new() == {"activities": 2, "outbox": 3, "gestures": 1}
    assert rep.selected not in (None, rep.id_of(MARTA))
    back_at_the_list(rep)


def test_the_outcomes_own_next_step_costs_three_keys(rep: Rep, book: Book) -> None:
    begin(rep, MARTA)

    rep.press("C", "1")
    with rep.not_counted():
        rep.type(WHAT_WAS_SAID)
    rep.press("Return")

    assert rep.counter.keys == 3
    assert book.activities(MARTA) == [
        ("call", "interested", WHAT_WAS_SAID, 1, None),
        ("task", None, None, 0, "2026-11-27"),
    ]
    back_at_the_list(rep)


def test_connected_by_mouse_costs_three_clicks(rep: Rep, book: Book) -> None:
    begin(rep, MARTA)

    rep.click(rep.app.bar.buttons["log.connected"])
    rep.click(rep.app.sheet._group.button(2))
    with rep.not_counted():
        rep.type(WHAT_WAS_SAID)
    rep.click(rep.app.sheet.save_next)

    assert (rep.counter.keys, rep.counter.clicks) == (0, 3)
    assert rep.toast == "Connected, Marta Ferreira. Send revised quote Thu 10:00"
    assert [row[:4] for row in book.activities(MARTA)] == [
        ("call", "wants_changes", WHAT_WAS_SAID, 1),
        ("task", None, None, 0),
    ]
    assert book.new() == {"activities": 2, "outbox": 3, "gestures": 1}
    assert rep.selected not in (None, rep.id_of(MARTA))
    back_at_the_list(rep)


@pytest.mark.parametrize("by", ["key", "click"])
def test_no_answer_with_the_next_try_costs_one_key_or_one_click(rep: Rep, book: Book, by: str) -> None:
    begin(rep, DANIEL)

    if by == "key":
        rep.press("N")
    else:
        rep.click(rep.app.bar.buttons["log.no_answer"])

    assert rep.counter.keys + rep.counter.clicks == 1
    assert rep.toast == "No answer, Daniel Osei. Next try tomorrow 10:00"
    assert book.activities(DANIEL) == [("call", "no_answer", "", 1, None), ("task", None, None, 0, "2026-11-25")]
    assert [op[:2] for op in book.ops()] == [("activity", "create"), ("activity", "create")]
    assert book.new() == {"activities": 2, "outbox": 2, "gestures": 1}
    assert rep.selected not in (None, rep.id_of(DANIEL))
    back_at_the_list(rep)


@pytest.mark.parametrize(
    ("key", "said"), [("V", "Voicemail, Daniel Osei. Trying again Thu"), ("E", "Emailed, Daniel Osei")]
)
def test_voicemail_and_an_email_cost_one_key(rep: Rep, book: Book, key: str, said: str) -> None:
    begin(rep, DANIEL)

    rep.press(key)

    assert rep.counter.keys == 1
    assert rep.toast == said
    assert len([row for row in book.activities(DANIEL) if row[0] != "task"]) == 1
    back_at_the_list(rep)


def test_stage_and_close_date_cost_six_keys(rep: Rep, book: Book) -> None:
    begin(rep, MARTA)

    rep.press("]", "D")
    rep.type("mon")
    rep.press("Return")

    assert (rep.counter.keys, rep.counter.clicks) == (6, 0)
    assert rep.toast == "Route planning rollout closes Mon 30 Nov"
    assert book.deal(MARTA) == ("Negotiation", "2026-11-30")
    assert [op[:2] for op in book.ops()] == [("deal", "update"), ("deal", "update")]
    assert book.new() == {"outbox": 2, "gestures": 2}
    assert rep.selected == rep.id_of(MARTA)
    back_at_the_list(rep)


def test_stage_and_close_date_cost_four_clicks(rep: Rep, book: Book) -> None:
    begin(rep, MARTA)

    bar = rep.app.window.menuBar()
    (title,) = [action for action in bar.actions() if action.text() == "&Log"]
    rep.click(bar, bar.actionGeometry(title).center())
    menu = title.menu()
    assert isinstance(menu, QMenu)
    rep.click_action(menu, rep.app.commands.action("stage.next"))
    rep.click(rep.app.brief._card.day)
    (popup,) = [each for each in rep.app.window.findChildren(DatePopup) if each.isVisible()]
    rep.click([each for each in popup.findChildren(PickRow) if each.isVisible()][1])

    assert (rep.counter.keys, rep.counter.clicks) == (0, 4)
    assert book.deal(MARTA) == ("Negotiation", "2026-11-30")
    assert book.new() == {"outbox": 2, "gestures": 2}
    assert rep.selected == rep.id_of(MARTA)
    back_at_the_list(rep)


def test_an_amount_costs_two_keys_and_its_digits(rep: Rep, book: Book) -> None:
    begin(rep, MARTA)

    rep.press("A")
    rep.type("52k")
    rep.press("Return")

    assert (rep.counter.keys, rep.counter.clicks) == (5, 0)
    assert rep.toast == "Route planning rollout is worth €52,000"
    assert [op[:2] for op in book.ops()] == [("deal", "update")]
    assert book.new() == {"outbox": 1, "gestures": 1}
    assert rep.selected == rep.id_of(MARTA)
    back_at_the_list(rep)


def test_doing_again_costs_one_chord(rep: Rep, book: Book) -> None:
    begin(rep, DANIEL)
    rep.press("N")
    done = book.activities(DANIEL)
    rep.press("Ctrl+Z")

    with_undo = rep.counter.keys
    rep.press("Ctrl+Y")

    assert rep.counter.keys == with_undo + 2
    assert book.activities(DANIEL) == done
    assert rep.toast == "Done again: No answer, Daniel Osei. Next try tomorrow 10:00"


def test_snoozing_costs_two_keys(rep: Rep, book: Book) -> None:
    begin(rep, MARTA)

    rep.press("S", "1")

    assert (rep.counter.keys, rep.counter.clicks) == (2, 0)
    snoozed(rep, book)


def test_snoozing_costs_two_clicks(rep: Rep, book: Book) -> None:
    begin(rep, MARTA)

    rep.click(rep.app.bar.buttons["snooze"])
    (popup,) = [each for each in rep.app.window.findChildren(DatePopup) if each.isVisible()]
    rep.click(popup.findChildren(PickRow)[0])

    assert (rep.counter.keys, rep.counter.clicks) == (0, 2)
    snoozed(rep, book)


def snoozed(rep: Rep, book: Book) -> None:
    """Marta is away until tomorrow morning; the CRM has no place for that and is told nothing."""
    assert rep.toast == "Snoozed Marta Ferreira until tomorrow"
    with rep.core.database.read() as rows:
        until = rows.value("SELECT until_at FROM snoozes WHERE record_id = ?", (rep.id_of(MARTA),))
    zone = rep.core.zone
    assert dt.datetime.fromtimestamp(until, zone) == dt.datetime(2026, 11, 25, 8, 0, tzinfo=zone)
    assert book.new() == {"snoozes": 1, "gestures": 1}
    assert rep.app.today.row_of(rep.id_of(MARTA)) == -1
    assert rep.selected not in (None, rep.id_of(MARTA))
    back_at_the_list(rep)


def test_taking_back_costs_one_chord_or_one_click(rep: Rep, book: Book) -> None:
    for by in ("chord", "click"):
        rep.choose(rep.id_of(DANIEL))
        rep.press("N")
        assert book.activities(DANIEL)
        if by == "chord":
            rep.press("Ctrl+Z")
        else:
            undo = next(each for each in rep.app.window.toast.findChildren(QPushButton) if each.isVisible())
            rep.click(undo)
        assert book.activities(DANIEL) == []
        assert rep.toast == "Undone: No answer, Daniel Osei. Next try tomorrow 10:00"
        assert rep.app.today.row_of(rep.id_of(DANIEL)) >= 0


def test_at_the_size_of_the_pictures_every_log_button_shows_its_key(rep: Rep) -> None:
    assert rep.app.window.width() == 1320

    assert [button._keys for button in rep.app.bar.buttons.values()] == ["N", "V", "C", "E", "S"]
