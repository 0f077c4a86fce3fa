"""The keys on a person's page: after each log they are the page's again, and the next one logs too."""

from __future__ import annotations

import pytest

from tests.journeys.rep import Rep

MARTA = "Marta Ferreira"


@pytest.mark.parametrize("end", ["Ctrl+Return", "Escape"])
def test_when_the_sheet_closes_the_next_key_is_the_pages_again(rep: Rep, end: str) -> None:
    rep.press("Ctrl+K")
    rep.type(MARTA)
    rep.press("Return", "O")
    rep.type("Her sister runs the depot")

    rep.press(end, "T")

    assert rep.app.logging.title == "Next step with Marta"
    rep.type("send plan fri")
    rep.press("Ctrl+Return")
    assert rep.toast == "Send plan, Marta Ferreira. Fri"
