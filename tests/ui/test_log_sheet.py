"""The log sheet: what it asks for each key, what is missing stands below the line, and on to the next means it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication

from tests.journeys.rep import Rep
from tests.journeys.window import Clock, demo_copy, opened

MARTA = "Marta Ferreira"


@pytest.fixture
def rep(qapp: QApplication) -> Iterator[Rep]:
    """A rep at the window, over a copy of the demo book, on Marta's row."""
    with opened(qapp, demo_copy(Clock())) as working:
        working.choose(working.id_of(MARTA))
        yield working


@pytest.mark.parametrize(
    ("key", "hint", "buttons"),
    [
        ("C", "What was said, then the next step with its day", ["Save", "Save and next"]),
        ("T", "What comes next, and its day", ["Save"]),
        ("O", "What is good to know. A next step goes after a comma, with its day", ["Save", "Save and next"]),
    ],
)
def test_the_empty_line_asks_for_what_the_key_is_about(rep: Rep, key: str, hint: str, buttons: list[str]) -> None:
    rep.press(key)

    sheet = rep.app.sheet
    assert sheet.line.accessibleDescription() == hint
    assert [each.text() for each in (sheet.save, sheet.save_next) if each.isVisible()] == buttons


def test_a_next_step_without_a_day_is_asked_for_below_the_line_until_something_is_typed(rep: Rep) -> None:
    rep.press("T")
    rep.type("send quote")
    rep.press("Return")

    assert rep.app.logging.is_open
    assert rep.app.sheet._problem.full_text == "When? Write a day, such as “thu 10” or “26 nov”."
    assert rep.app.sheet._problem.isVisible()
    rep.type(" thu")
    assert not rep.app.sheet._problem.isVisible()
    rep.press("Return")
    assert rep.toast == f"Send quote, {MARTA}. Thu"


def test_save_and_next_after_a_note_goes_on_although_the_row_stays(rep: Rep) -> None:
    people = [each.id for each in rep.app.today.subjects()]
    rep.press("O")
    rep.type("likes blue")
    rep.press("Return")

    assert rep.id_of(MARTA) in [each.id for each in rep.app.today.subjects()]
    assert rep.selected == people[people.index(rep.id_of(MARTA)) + 1]
    assert rep.focus is rep.app.page.list


def test_save_alone_stays_where_the_row_stays(rep: Rep) -> None:
    rep.press("O")
    rep.type("likes blue")
    rep.press("Ctrl+Return")

    assert rep.selected == rep.id_of(MARTA)


def test_on_from_the_last_row_is_never_on_to_somebody_who_is_done(rep: Rep) -> None:
    last = rep.app.today.subjects()[-1].id
    rep.choose(last)
    rep.press("O")
    rep.type("calls back")
    rep.press("Return")

    assert rep.selected == last


@pytest.mark.parametrize("key", ["C", "T", "O", "M"])
def test_where_the_brief_is_a_page_of_its_own_the_line_has_the_focus_all_the_same(rep: Rep, key: str) -> None:
    rep.app.window.resize(960, 700)
    QApplication.processEvents()
    assert not rep.app.brief.isVisible()

    rep.press(key)
    rep.type("hello, send news")

    assert rep.app.window.here == "record"
    assert rep.focus is rep.app.sheet.line
    assert rep.app.logging.text == "hello, send news"
    rep.press("Escape")
    assert not rep.app.logging.is_open
