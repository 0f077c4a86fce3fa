"""The page of fields: from the keyboard to the next sync, and back to as it ships."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from companion.domain.field_map import CrmField, FieldMap
from companion.domain.records import Kind
from companion.store import crm_fields, workspaces
from tests.journeys.connected import until
from tests.journeys.rep import Rep
from tests.journeys.window import CALM, Clock, demo_copy, opened
from ui.fields.screen import FieldsPage
from ui.widgets.paragraph import Paragraph

HOSTILE = "<img src=x>\u202eevil & sons " + "x" * 300


@pytest.fixture
def rep(qapp: QApplication) -> Iterator[Rep]:
    """A rep on the page of fields."""
    with opened(qapp, demo_copy(Clock()), CALM) as working:
        working.app.commands.run("fields")
        yield working


def page(rep: Rep) -> FieldsPage:
    here = rep.app.window.stack.currentWidget()
    assert isinstance(here, FieldsPage)
    return here


def kept(rep: Rep) -> FieldMap | None:
    with rep.core.database.read() as rows:
        return workspaces.field_map(rows)


def says(rep: Rep, kind: str, name: str) -> tuple[str, str]:
    line = page(rep).rows[kind, name]
    return line.button.accessibleName(), line.button.accessibleDescription()


def deals(rep: Rep, where: str) -> int:
    with rep.core.database.read() as rows:
        return int(rows.value(f"SELECT count(*) FROM deals WHERE {where}"))


def test_it_tells_each_field_with_where_it_comes_from(rep: Rep) -> None:
    assert says(rep, "deal", "lost_note") == ("Note on the loss: Lost note", "")
    assert says(rep, "person", "role")[0] == "Role: Role"
    words = [each.text() for each in page(rep).findChildren(QLabel)]
    assert {"Deals", "People", "Companies", "Calls and meetings"} <= set(words)
    assert any(each.startswith("Filled in ") and each.endswith(" % of deals") for each in words)


def test_a_field_is_taken_from_elsewhere_by_keys_alone_and_back_again(rep: Rep) -> None:
    first = page(rep).rows["deal", "lost_note"].button
    assert rep.app.window.focusWidget() is first

    rep.press("Return")
    assert page(rep).popup.is_open
    rep.press("2")

    assert kept(rep) == FieldMap({"deal.lost_note": "Vehicles"}, shown={"deal": ("Vehicles", "Seats")})
    name, note = says(rep, "deal", "lost_note")
    assert name == "Note on the loss: Vehicles"
    assert note.startswith("Your choice · filled in ")
    assert rep.app.window.focusWidget() is page(rep).rows["deal", "lost_note"].button
    until(lambda: deals(rep, "lost_note = '12'"), "the sync that was asked for has read it")

    rep.press("Return", "1")
    assert says(rep, "deal", "lost_note")[0] in ("Note on the loss: As it ships", "Note on the loss: Lost note")
    until(lambda: not deals(rep, "lost_note = '12'"), "and has read it from where it was")
    until(lambda: says(rep, "deal", "lost_note") == ("Note on the loss: Lost note", ""), "and says so")


def test_a_choice_is_undone_and_done_again_by_the_keys_of_undo_and_redo(rep: Rep) -> None:
    rep.press("Return", "2")
    assert rep.toast == "Note on the loss comes from “Vehicles” with the next sync"
    until(lambda: deals(rep, "lost_note = '12'"), "the sync that was asked for has read it")

    rep.press("Ctrl+Z")
    assert rep.toast == "Undone: Note on the loss comes from “Vehicles”"
    assert kept(rep) is None
    until(lambda: not deals(rep, "lost_note = '12'"), "and undo asked for another")
    until(lambda: says(rep, "deal", "lost_note") == ("Note on the loss: Lost note", ""), "and the page says so")

    rep.press("Ctrl+Shift+Z")
    assert rep.toast == "Done again: Note on the loss comes from “Vehicles”"
    until(lambda: deals(rep, "lost_note = '12'"), "and so did redo")
    assert says(rep, "deal", "lost_note")[0] == "Note on the loss: Vehicles"


def test_the_arrows_go_from_field_to_field_and_escape_chooses_nothing(rep: Rep) -> None:
    rep.press("Down")
    assert rep.app.window.focusWidget() is page(rep).rows["deal", "source"].button
    rep.press("Return", "Escape", "Up")
    assert rep.app.window.focusWidget() is page(rep).rows["deal", "lost_note"].button
    assert kept(rep) is None


def test_a_further_field_is_hidden_and_shown(rep: Rep) -> None:
    line = next(each for each in page(rep).further if each.further.words == "Seats")
    assert line.further.shown

    line.control.chosen.emit(0)

    assert kept(rep) == FieldMap(shown={"deal": ("Vehicles",)})
    until(lambda: not deals(rep, "extra LIKE '%Seats%'"), "it no longer stands beside the deal")
    assert deals(rep, "extra LIKE '%Vehicles%'") > 1


def test_many_and_hostile_fields_can_all_be_reached_and_stay_plain(rep: Rep, qtbot: QtBot) -> None:
    some = [CrmField(Kind.DEAL, "", f"{HOSTILE} {n}", f"x_{n}", True, n / 40, "text") for n in range(30)]
    with rep.core.database.write() as write:
        crm_fields.put(write, [CrmField(Kind.DEAL, "lost_note", "Lost note", "lost_note"), *some])
    page(rep).model.load()
    assert len(page(rep).further) == 8
    page(rep).model.show_all()
    assert len(page(rep).further) == 30

    page(rep).rows["deal", "lost_note"].button.setFocus()
    rep.press("Return", "0", "0", "3")  # nine and nine, and the third of what follows

    found = kept(rep)
    assert found is not None
    assert found.fields == {"deal.lost_note": "x_10"}
    assert "\u202e" not in says(rep, "deal", "lost_note")[0]
    assert all(each.textFormat() is Qt.TextFormat.PlainText for each in page(rep).findChildren(QLabel))


def test_before_the_crm_has_told_its_fields_the_page_says_so(rep: Rep) -> None:
    with rep.core.database.write() as write:
        crm_fields.put(write, [])
    page(rep).model.load()

    assert any("has not told its fields yet" in each.accessibleName() for each in page(rep).findChildren(Paragraph))
    assert not page(rep).rows
    QTest.keyClick(page(rep), Qt.Key.Key_Return)


def test_outcomes_of_calls_are_offered_where_the_crm_has_a_list(rep: Rep) -> None:
    with rep.core.database.write() as write:
        choices = ("Kein Kontakt", "Erreicht")
        crm_fields.put(write, [CrmField(Kind.ACTIVITY, "outcome", "Ergebnis", "disposition", choices=choices)])
    page(rep).model.load()
    assert says(rep, "outcome", "no_answer") == ("No answer: As it ships", "")

    page(rep).rows["outcome", "no_answer"].button.setFocus()
    rep.press("Return", "2")

    assert says(rep, "outcome", "no_answer") == ("No answer: Kein Kontakt", "Your choice")
    found = kept(rep)
    assert found is not None
    assert found.outcomes == {"no_answer": "Kein Kontakt"}
