"""The frame of the window tells where the rep is, and what it says covers nothing that is worked with."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.journeys.rep import Rep
from tests.journeys.window import Clock, demo_copy, opened
from ui.main_window.sidebar import Sidebar
from ui.theme import fonts, icons
from ui.theme.theme import Theme
from ui.widgets.key_hints import KeyHints
from ui.widgets.nav_item import NavItem
from ui.widgets.painted_button import PaintedButton
from ui.widgets.toast import Toast, _in_lines


@pytest.fixture
def rep(qapp: QApplication) -> Iterator[Rep]:
    with opened(qapp, demo_copy(Clock())) as working:
        yield working


def lit(rep: Rep) -> list[str]:
    """The items of the sidebar that are marked as where the rep is."""
    return [each.label for each in rep.app.window.sidebar.findChildren(NavItem) if each.isChecked()]


@pytest.mark.parametrize(
    ("keys", "section"),
    [
        (("Ctrl+1",), "Today"),
        (("Ctrl+2",), "Pipeline"),
        (("Ctrl+3", "Down"), "People"),
        (("Ctrl+4", "Down"), "Companies"),
    ],
)
def test_a_page_that_was_opened_keeps_its_section_lit(rep: Rep, keys: tuple[str, ...], section: str) -> None:
    # Given a list of the window
    rep.press(*keys)
    assert lit(rep) == [section]
    # When somebody's page is opened from it
    rep.press("Return")
    # Then the list is lit that Back leads to
    assert rep.app.window.here == "record"
    assert lit(rep) == [section]
    # And from there the sheet to print stands in the same section
    rep.press("Ctrl+P")
    assert rep.app.window.here == "print"
    assert lit(rep) == [section]
    rep.press("Alt+Left", "Alt+Left")
    assert lit(rep) == [section]


def test_a_page_opened_again_from_another_section_lights_that_one(rep: Rep) -> None:
    rep.press("Ctrl+3", "Down", "Return")
    assert lit(rep) == ["People"]

    rep.press("Ctrl+1", "Return")

    assert lit(rep) == ["Today"]


def test_a_page_found_from_where_no_section_is_lights_none(rep: Rep) -> None:
    rep.press("Ctrl+,", "Ctrl+K")
    rep.type("marta")
    rep.press("Return")
    assert rep.app.window.here == "record"
    assert lit(rep) == []


def covered(rep: Rep, widget: QWidget) -> bool:
    """Whether the toast lies over a part of the widget that is on the screen."""
    toast, middle = rep.app.window.toast, rep.app.window.middle
    here = QRect(widget.mapTo(middle, QPoint()), widget.size())
    return widget.isVisible() and here.intersects(toast.geometry())


LISTS = [("Ctrl+1",), ("Ctrl+2",), ("Ctrl+3", "Down"), ("Ctrl+4", "Down"), ("Ctrl+1", "Return"), ("Ctrl+Shift+M",)]


@pytest.mark.parametrize("direction", [Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft])
@pytest.mark.parametrize("keys", LISTS)
def test_the_toast_covers_no_row_of_a_list_and_no_key_below_it(
    rep: Rep, keys: tuple[str, ...], direction: Qt.LayoutDirection
) -> None:
    # Given a list that is longer than its page
    rep.app.window.setLayoutDirection(direction)
    rep.app.window.resize(1320, 620)
    rep.press(*keys)
    page: Any = rep.app.window.stack.currentWidget()
    tall = page.list.height()
    # When something is said that can be undone
    rep.app.frame.done("No answer, Marta Ferreira. Next try tomorrow 10:00", "a gesture")
    QApplication.processEvents()
    # Then it stands beside the list, and beside what is pressed
    assert rep.toast
    assert not covered(rep, page.list.viewport())
    pressed = [
        each for each in rep.app.window.findChildren(PaintedButton) if not rep.app.window.toast.isAncestorOf(each)
    ]
    assert [each.label for each in pressed if covered(rep, each)] == []
    assert not any(covered(rep, each) for each in page.findChildren(KeyHints))
    # And within the window, at the edge where reading starts
    toast, stack = rep.app.window.toast.geometry(), rep.app.window.stack.geometry()
    assert stack.contains(toast)
    lane = page.lane
    start = QRect(lane.mapTo(rep.app.window.middle, QPoint()), lane.size())
    assert start.contains(toast)
    before, after = toast.left() - start.left(), start.right() - toast.right()
    assert (before <= after) if direction == Qt.LayoutDirection.LeftToRight else (after <= before)
    # When it goes, the list has its room again
    rep.app.window._leave_lane()
    assert page.list.height() == tall


def test_the_row_that_is_worked_stays_in_sight_above_the_toast(rep: Rep) -> None:
    rep.app.window.resize(1320, 620)
    rep.press("Ctrl+3", "Down")
    page: Any = rep.app.window.stack.currentWidget()
    last = page.list.indexAt(page.list.viewport().rect().bottomLeft() - QPoint(-60, 20))
    page.list.setCurrentIndex(last)

    rep.app.frame.done("Snoozed until Monday", "a gesture")
    QApplication.processEvents()

    assert page.list.viewport().rect().contains(page.list.visualRect(page.list.currentIndex()))


def test_a_toast_that_goes_elsewhere_leaves_no_gap_behind(rep: Rep) -> None:
    rep.app.frame.done("Snoozed until Monday", "a gesture")
    assert rep.app.page.lane.height() > 0

    rep.press("Ctrl+3")

    assert rep.app.page.lane.height() == 0
    assert rep.app.window.place("go.people").lane.height() > 0  # type: ignore[attr-defined]


def test_what_waits_for_an_answer_is_not_covered(rep: Rep) -> None:
    # Given more that asks for the rep than the page shows
    for _ in range(14):
        rep.app.page.select(rep.id_of("Marta Ferreira"))
        rep.press("N")
    rep.app.window.resize(1320, 620)
    rep.press("Ctrl+Shift+W")
    page: Any = rep.app.window.stack.currentWidget()

    rep.app.frame.done("Discarded", "a gesture")
    QApplication.processEvents()

    assert not covered(rep, page.page.area.viewport())


def test_the_log_sheet_grows_where_the_toast_stands_and_is_not_covered(rep: Rep) -> None:
    # Given the smallest window, somebody's page, and a toast
    rep.app.window.resize(960, 600)
    rep.press("Return")
    page: Any = rep.app.window.stack.currentWidget()
    rep.app.frame.done("Snoozed until Monday", "a gesture")
    # When a call is logged
    rep.press("C", "2")
    QApplication.processEvents()
    # Then the sheet is seen whole
    sheet = rep.app.sheet
    assert sheet.visibleRegion().boundingRect() == sheet.rect()
    assert not covered(rep, sheet)
    assert page.foot.geometry().bottom() <= page.rect().bottom()


SAID = [
    "Synced 1 min ago",
    "Offline · 3 changes waiting",
    "Synchronisiert vor 3 Stunden",
    "Sin conexión · 3 cambios por enviar",
    "Hors ligne · 12 modifications en attente",
    "Die Synchronisierung wurde angehalten, weil dein Konto nicht mehr da ist",
    "Synchronisierungsverbindungsunterbrechungsmeldung",
]


@pytest.mark.parametrize("direction", [Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft])
@pytest.mark.parametrize("percent", [100, 200])
@pytest.mark.parametrize("words", SAID)
def test_the_foot_keeps_its_dots_whatever_it_says(
    qtbot: QtBot, theme: Theme, words: str, percent: int, direction: Qt.LayoutDirection
) -> None:
    # Given the foot of a wide sidebar, and what it looks like when it says nothing
    theme.set_text_scale(percent)
    sidebar = Sidebar()
    qtbot.addWidget(sidebar)
    sidebar.setLayoutDirection(direction)
    sidebar.resize(sidebar.width(), 700)
    sidebar.show()
    silent = dots(sidebar)
    # When it says something
    sidebar.foot.set_state(words, "cloud-off")
    QApplication.processEvents()
    # Then the dots stand where they stood, with no word in them, and all of it is told by its tip
    assert dots(sidebar) == silent
    assert sidebar.foot.accessibleName() == words
    assert (sidebar.foot.toolTip() != "") == (words in SAID[-3:])
    theme.set_text_scale(100)


def dots(sidebar: Sidebar) -> QImage:
    """What is painted at the foot's end: 30 pixels of it, in its middle line."""
    picture = sidebar.foot.grab().toImage()
    wide, high = fonts.px(30), fonts.px(30)
    left = 0 if sidebar.layoutDirection() == Qt.LayoutDirection.RightToLeft else picture.width() - wide
    return picture.copy(left, (picture.height() - high) // 2, wide, high)


def test_a_check_stands_for_what_was_done_and_not_for_what_was_refused(rep: Rep) -> None:
    # Given somebody without a deal
    rep.choose(rep.id_of("Aisha Bello"))

    # When her close date is asked for, and then something is logged
    rep.press("D")
    refused = (rep.toast, rep.app.window.toast.icon)
    rep.press("E")

    # Then only the second is told with a check
    assert refused == ("No open deal here", "info")
    assert (rep.toast, rep.app.window.toast.icon) == ("Emailed, Aisha Bello", "check")


def test_what_was_undone_is_told_with_an_arrow_back(rep: Rep) -> None:
    # Given a log
    rep.press("N")
    toast = rep.app.window.toast
    assert toast.icon == "check"

    # When it is undone, done again, undone, and nothing is left
    told = []
    for keys in ("Ctrl+Z", "Ctrl+Shift+Z", "Ctrl+Z", "Ctrl+Z"):
        rep.press(keys)
        told.append((rep.toast.split(":")[0], toast.icon))

    # Then the check stands for what is done alone, and the arrow is drawn where it stood
    assert told == [("Undone", "undo-2"), ("Done again", "check"), ("Undone", "undo-2"), ("Nothing to undo", "info")]
    rep.press("N")
    with_check = mark_of(toast)
    rep.press("Ctrl+Z")
    with_arrow = mark_of(toast)
    assert with_check != with_arrow
    arrow = QImage(with_arrow.size(), with_arrow.format())
    arrow.fill(Theme.current().color("toast"))
    painter = QPainter(arrow)
    icons.paint(painter, arrow.rect(), "undo-2", "toast_text", fonts.px(16))
    painter.end()
    assert with_arrow == arrow


def mark_of(toast: Toast) -> QImage:
    """The picture of the mark before a toast's words."""
    side = fonts.px(16)
    return toast.grab(QRect(fonts.px(13), (toast.height() - side) // 2, side, side)).toImage()


LONG = "Keine Antwort, Marta Ferreira. Nächster Versuch morgen um 10:00"


@pytest.mark.parametrize("width", [1180, 1320])
def test_a_toast_of_many_words_stands_in_lines_lines_in_its_lane(rep: Rep, width: int) -> None:
    # Given a list that is narrower than the words
    rep.app.window.resize(width, 700)
    toast, page = rep.app.window.toast, rep.app.page
    rep.app.frame.done("Snoozed until Monday", "a gesture")
    one = toast.height()
    # When they are said
    rep.app.frame.done(LONG, "a gesture")
    QApplication.processEvents()
    # Then each of them is read, and no row is covered
    assert toast.sizeHint().width() > toast.width()
    assert toast.height() > one
    assert not covered(rep, page.list.viewport())
    room = toast.width() - fonts.px(39) - toast._undo.width() - fonts.px(20)
    lines = _in_lines(LONG, room)
    assert " ".join(lines) == LONG
    assert all(fonts.width(line, "body") <= room for line in lines)
