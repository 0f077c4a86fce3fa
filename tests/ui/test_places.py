"""Every place of the window by keyboard alone: reached, named for a screen reader, typed into, left again."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

import pytest
from PySide6.QtCore import QAbstractItemModel
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QAbstractItemView, QApplication, QLineEdit, QPlainTextEdit, QWidget

from tests.journeys.rep import Rep
from tests.journeys.window import Clock, demo_copy, opened
from tests.ui.test_craft import fields, logged, name_of, nameless, nodes
from ui.connect.again import AgainPage
from ui.connect.viewmodel_again import AgainViewModel
from ui.widgets.nav_item import NavItem

MARTA = "Marta Ferreira"
PLACES = {
    "pipeline": ["Ctrl+2"],
    "people": ["Ctrl+3"],
    "companies": ["Ctrl+4"],
    "waiting": ["Ctrl+Shift+W"],
    "reminders": ["Ctrl+Shift+M"],
    "settings": ["Ctrl+,"],
    "shortcuts": ["F1"],
    "person": ["Return"],
}


@pytest.fixture
def rep(qapp: QApplication) -> Iterator[Rep]:
    """A rep at the window, over a copy of the demo book, with Marta selected."""
    with opened(qapp, demo_copy(Clock())) as working:
        working.choose(working.id_of(MARTA))
        yield working


def shown(rep: Rep) -> QWidget:
    """The page of the place where the rep is."""
    page = rep.app.window.stack.currentWidget()
    assert page is not None
    return page


@pytest.mark.parametrize("place", PLACES)
def test_a_place_is_reached_and_left_by_keys_and_all_in_it_has_a_name(rep: Rep, place: str) -> None:
    rep.press(*PLACES[place])

    assert rep.app.window.here != "go.today"
    assert nameless(rep.app.window) == []
    focus = rep.focus
    assert focus is not None
    assert shown(rep).isAncestorOf(focus)
    here = QAccessible.queryAccessibleInterface(focus)
    assert here is not None
    assert name_of(here), f"{type(focus).__name__} says nothing"

    rep.press("Alt+Left")
    assert rep.app.window.here == "go.today"
    assert rep.focus is rep.app.page.list
    assert rep.selected == rep.id_of(MARTA)


@pytest.mark.parametrize("place", PLACES)
def test_tab_goes_round_in_every_place(rep: Rep, place: str) -> None:
    rep.press(*PLACES[place])
    first = rep.focus
    seen = []
    for _ in range(200):
        rep.press("Tab")
        assert rep.focus is not None
        seen.append(rep.focus)
        if rep.focus is first:
            break
    assert first in seen, "Tab is caught"
    assert rep.app.window.sidebar.finder in seen


@pytest.mark.parametrize("place", PLACES)
def test_letters_typed_into_the_fields_of_a_place_are_letters(rep: Rep, place: str) -> None:
    rep.press(*PLACES[place])
    before = logged(rep.core)
    for field in fields(rep.app.window):
        assert isinstance(field, QLineEdit | QPlainTextEdit)
        if field.isReadOnly():
            continue
        field.setFocus()
        rep.press("Ctrl+A")
        rep.type("nancy")
        shown = field.text() if isinstance(field, QLineEdit) else field.toPlainText()
        assert shown == "nancy", field.accessibleName()
    assert logged(rep.core) == before


@pytest.mark.parametrize("place", PLACES)
def test_the_rows_of_a_place_speak_words(rep: Rep, place: str) -> None:
    rep.press(*PLACES[place])
    for view in shown(rep).findChildren(QAbstractItemView):
        if not view.isVisible():
            continue
        assert view.accessibleName()
        for said in islice((name_of(node) for node in nodes(view)), 200):
            assert "None" not in said
            assert "<" not in said
            assert "object at" not in said


@pytest.mark.parametrize("place", PLACES)
def test_the_models_of_a_place_keep_what_a_model_promises(rep: Rep, place: str) -> None:
    rep.press(*PLACES[place])
    models = {
        id(view.model()): view.model()
        for view in shown(rep).findChildren(QAbstractItemView)
        if isinstance(view.model(), QAbstractItemModel)
    }
    testers = [
        QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Warning)
        for model in models.values()
    ]
    rep.press("Down", "Up", "Ctrl+1", "N", "Ctrl+Z", *PLACES[place])
    assert len(testers) == len(models)


def lit(rep: Rep) -> list[str]:
    """The places that the sidebar marks as where the rep is."""
    return [item.accessibleName() for item in rep.app.window.sidebar.findChildren(NavItem) if item.isChecked()]


def test_a_page_to_which_the_sidebar_does_not_lead_lights_nothing_there(rep: Rep) -> None:
    (today,) = lit(rep)
    assert today.startswith("Today")

    rep.app.show_page("sign_in", AgainPage(AgainViewModel("odoo", "key", lambda *asked: None, rep.app)))
    assert lit(rep) == []
    rep.app.show_page("sign_in", AgainPage(AgainViewModel("odoo", "key", lambda *asked: None, rep.app)))
    assert lit(rep) == []
    rep.press("Alt+Left")

    assert lit(rep) == [today]
