"""The keys on a person's page: after each log they are the page's again, and the next one logs too."""

from __future__ import annotations

import pytest

from tests.journeys.rep import Rep
from ui.person.screen import RecordPage
from ui.widgets.painted_list import PaintedList

MARTA = "Marta Ferreira"


@pytest.mark.parametrize("end", ["Ctrl+Return", "Escape"])
def test_when_the_sheet_closes_the_next_key_is_the_pages_again(rep: Rep, end: str) -> None:
    rep.press("Ctrl+K")
    rep.type(MARTA)
    rep.press("Return", "O")
    rep.type("Her sister runs the depot")

    rep.press(end, "T")

    assert rep.app.logging.title == "Next step with Marta"
    assert rep.app.logging.text == ("Her sister runs the depot" if end == "Escape" else "")
    rep.press("Ctrl+A")
    rep.type("send plan fri")
    rep.press("Ctrl+Return")
    assert rep.toast == "Send plan, Marta Ferreira. Fri"


@pytest.mark.parametrize(
    ("place", "keys"),
    [
        ("go.today", ("Ctrl+1", "Down", "Return")),
        ("go.pipeline", ("Ctrl+2", "Down", "Return")),
        ("go.people", ("Ctrl+3", "Down", "Down", "Return")),
        ("go.companies", ("Ctrl+4", "Down", "Down", "Return")),
    ],
)
def test_next_and_previous_go_through_whatever_list_a_page_was_opened_from(
    rep: Rep, place: str, keys: tuple[str, ...]
) -> None:
    rep.press(*keys)
    page = rep.app.window.stack.currentWidget()
    assert isinstance(page, RecordPage)
    first = page.shown()

    rep.press("Ctrl+Down")
    second = page.shown()
    rep.press("Ctrl+Up")

    assert second != first
    assert page.shown() == first
    rep.press("Escape")
    assert rep.app.window.here == place
    assert isinstance(rep.focus, PaintedList), "the row that was opened has the focus again"
    assert rep.selected == (first.id if first else None)
