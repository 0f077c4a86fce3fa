"""The page of the ledger of reminders, and the key that leads there from a person."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication

from companion.actions.answer_reminder import open_reminders
from tests.shots.stage import settle
from tests.ui.reminded import MARTA, Office, nowhere, office
from tests.ui.test_craft import nameless
from ui.language import speak
from ui.reminders.screen import LedgerPage
from ui.theme.theme import Theme
from ui.widgets.button import Button
from ui.widgets.date_popup import DatePopup
from ui.widgets.paragraph import Paragraph

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


def read_of(page: LedgerPage) -> list[str]:
    """The words that stand where there is nothing, from top to bottom, the button's last."""
    shown = [each for each in page.empty.findChildren(Paragraph) if each.isVisible()]
    buttons = [each for each in page.empty.findChildren(Button) if each.isVisible()]
    return [*(each.text for each in shown), *(each.label for each in buttons)]


def test_an_empty_ledger_says_what_it_is_and_what_to_do(office: Office) -> None:
    nothing_reminds(office)

    office.rep.press("Ctrl+Shift+M")

    page = shown(office)
    assert not page.list.isVisible()
    assert read_of(page) == [
        "No reminders yet: meetings, promises and snoozes come here a day before they are due.",
        "Choose in the settings what a reminder says, and when none comes.",
        "Settings",
    ]
    assert office.rep.focus is page.empty.button("settings")
    assert page.empty.button("settings").keys == "Ctrl ,"
    assert nameless(office.rep.app.window) == []
    office.rep.press("Space")
    assert office.rep.app.window.here == "settings"


def test_where_nothing_was_missed_it_says_so_and_shows_all(office: Office) -> None:
    office.promise(20)
    office.rep.press("Ctrl+Shift+M")
    page = shown(office)
    page.show_of(None, missed=True)
    hint = "What comes due while Companion is closed stands here."
    assert read_of(page) == ["No reminder was missed.", hint, "Show all"]

    office.rep.press("Space")

    assert page.filter.current == 0
    assert office.rep.focus is page.list
    assert page.list.currentIndex().isValid()


def test_where_nobody_reminds_of_a_person_the_key_that_it_names_works(office: Office) -> None:
    nothing_reminds(office)
    office.rep.choose(office.rep.id_of(MARTA))
    office.rep.press("R")
    page = shown(office)
    assert read_of(page) == [
        f"No reminder of {MARTA} yet.",
        "Press S to put them away until a time: that is when they come back.",
        f"Snooze {MARTA}",
    ]
    assert page.empty.button("snooze").keys == "S"

    office.rep.press("S", "1")

    assert office.rep.toast.startswith(f"Snoozed {MARTA} until")
    assert office.rep.focus is not None
    assert page.isAncestorOf(office.rep.focus)


@pytest.mark.parametrize("spoken", ["en", "de"])
def test_with_large_text_nothing_of_an_empty_ledger_is_cut(
    office: Office, theme: Theme, spoken: str, qapp: QApplication, request: pytest.FixtureRequest
) -> None:
    nothing_reminds(office)
    request.addfinalizer(lambda: speak("en", qapp))
    speak(spoken, qapp)
    theme.set_text_scale(200)
    office.rep.app.window.resize(960, 600)
    office.rep.press("Ctrl+Shift+M")
    settle()

    page = shown(office)
    for each in page.empty.findChildren(Paragraph):
        assert each.height() >= each.heightForWidth(each.width())
        assert not each.toolTip(), "only what is cut has one"


def nothing_reminds(office: Office) -> None:
    with office.rep.core.database.write() as write:
        write.text("DELETE FROM reminders")


def test_a_screen_reader_hears_each_reminder_as_a_sentence(office: Office) -> None:
    office.rep.press("Ctrl+Shift+M")

    here = QAccessible.queryAccessibleInterface(shown(office).list)

    assert here is not None
    said = [here.child(i).text(QAccessible.Text.Name) for i in range(here.childCount())]
    assert "Demo with Jonas Weber at 10:30. Coming. Due 10:30" in said


def test_what_s_asks_stands_under_the_reminder_that_it_is_about(office: Office) -> None:
    office.promise(20)
    office.forward(minutes=20)
    rep = office.rep
    rep.press("Ctrl+Shift+M", "Down")
    page = shown(office)
    row = page.list.visualRect(page.list.currentIndex())
    below = page.list.viewport().mapTo(rep.app.window, row.bottomLeft()).y()

    rep.press("S")

    popup = next(each for each in rep.app.window.findChildren(DatePopup) if each.isVisible())
    top = popup.mapTo(rep.app.window, QPoint()).y()
    assert abs(top - below) <= 16, "its shadow begins over the row"
