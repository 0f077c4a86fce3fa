"""The page of the ledger of reminders, and the key that leads there from a person."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QAbstractItemModelTester

from companion.actions.answer_reminder import open_reminders
from tests.ui.reminded import MARTA, Office, nowhere, office
from tests.ui.test_craft import nameless
from ui.reminders.screen import LedgerPage

__all__ = ["nowhere", "office"]

pytestmark = pytest.mark.qt_log_ignore(
    r"This plugin does not support raise\(\)",
    "systemTrayWindowChanged",  # what the platform without a screen says
)


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
