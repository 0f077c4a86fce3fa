"""The small cards for a day in words and for one of a few picks, driven by real keys."""

from __future__ import annotations

import datetime as dt

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from companion.domain.workspace import QuickPick
from ui.theme.theme import Theme
from ui.widgets.date_popup import WAIT_MS, DatePopup
from ui.widgets.pick_popup import PickPopup
from ui.widgets.pick_row import PickRow

NOW = dt.datetime(2026, 11, 24, 9, 12, tzinfo=dt.timezone(dt.timedelta(hours=1)))
ANCHOR = QRect(40, 40, 114, 29)


@pytest.fixture
def window(qtbot: QtBot, theme: Theme) -> QWidget:
    """A window with a list-like widget that has the focus, and another to look elsewhere."""
    made = QWidget()
    qtbot.addWidget(made)
    made.resize(800, 600)
    column = QVBoxLayout(made)
    for name in ("home", "elsewhere"):
        line = QLineEdit()
        line.setObjectName(name)
        column.addWidget(line)
    made.show()
    qtbot.waitExposed(made)
    made.activateWindow()
    home(made).setFocus()
    return made


def home(window: QWidget) -> QLineEdit:
    found = window.findChild(QLineEdit, "home")
    assert found is not None
    return found


def date_popup(window: QWidget, *, typed: str = "", in_place: bool = False) -> tuple[DatePopup, list[dt.date]]:
    popup = DatePopup(window)
    said: list[dt.date] = []
    popup.chosen.connect(said.append)
    picks = [QuickPick("1", "In a week", "+1w"), QuickPick("2", "End of month", "eom")]
    popup.open(ANCHOR, "Close date", picks, NOW, in_place=in_place, typed=typed)
    return popup, said


def rows_of(popup: QWidget) -> list[str]:
    return [row.accessibleName() for row in popup.findChildren(PickRow) if row.isVisible()]


def test_a_number_on_an_empty_line_is_a_quick_pick_as_soon_as_no_more_comes(window: QWidget, qtbot: QtBot) -> None:
    popup, said = date_popup(window)
    QTest.keyClick(popup.line, Qt.Key.Key_2)
    assert popup.line.accessibleDescription() == "End of month, Mon 30 Nov"
    qtbot.waitUntil(lambda: not popup.is_open)
    assert said == [dt.date(2026, 11, 30)]


@pytest.mark.parametrize(
    ("typed", "day"),
    [("27 nov", dt.date(2026, 11, 27)), ("2w", dt.date(2026, 12, 8)), ("27/11", dt.date(2026, 11, 27))],
)
def test_a_date_that_begins_with_a_number_is_typed_like_any_other(
    window: QWidget, qtbot: QtBot, typed: str, day: dt.date
) -> None:
    popup, said = date_popup(window)
    QTest.keyClicks(popup.line, typed)
    qtbot.wait(2 * WAIT_MS)
    assert popup.line.text() == typed
    assert popup.is_open
    QTest.keyClick(popup.line, Qt.Key.Key_Return)
    assert said == [day]


def test_enter_and_alt_take_a_number_at_once(window: QWidget) -> None:
    popup, said = date_popup(window)
    QTest.keyClick(popup.line, Qt.Key.Key_2)
    QTest.keyClick(popup.line, Qt.Key.Key_Return)
    assert said == [dt.date(2026, 11, 30)]
    popup, said = date_popup(window)
    QTest.keyClick(popup.line, Qt.Key.Key_1, Qt.KeyboardModifier.AltModifier)
    assert said == [dt.date(2026, 12, 1)]


@pytest.mark.parametrize("key", [Qt.Key.Key_Escape, Qt.Key.Key_Backspace, Qt.Key.Key_Down])
def test_a_number_that_was_not_meant_chooses_nothing(window: QWidget, qtbot: QtBot, key: Qt.Key) -> None:
    popup, said = date_popup(window)
    QTest.keyClick(popup.line, Qt.Key.Key_2)
    QTest.keyClick(popup.line, key)
    qtbot.wait(2 * WAIT_MS)
    assert said == []


def test_words_are_read_as_they_are_typed_and_enter_takes_them(window: QWidget) -> None:
    popup, said = date_popup(window)
    QTest.keyClicks(popup.line, "fri")
    assert rows_of(popup)[0] == "This Friday, Fri 27 Nov"
    QTest.keyClick(popup.line, Qt.Key.Key_Return)
    assert said == [dt.date(2026, 11, 27)]


def test_a_number_behind_a_word_picks_and_a_number_in_a_date_is_part_of_it(window: QWidget) -> None:
    popup, said = date_popup(window)
    QTest.keyClicks(popup.line, "fri3")
    assert said == [dt.date(2026, 12, 8)]
    popup, said = date_popup(window)
    QTest.keyClicks(popup.line, "nov 27")
    assert said == []
    assert popup.line.text() == "nov 27"
    QTest.keyClick(popup.line, Qt.Key.Key_Return)
    assert said == [dt.date(2026, 11, 27)]


def test_arrows_go_through_the_picks(window: QWidget) -> None:
    popup, said = date_popup(window)
    QTest.keyClick(popup.line, Qt.Key.Key_Down)
    QTest.keyClick(popup.line, Qt.Key.Key_Return)
    assert said == [dt.date(2026, 11, 30)]


def test_words_that_name_no_day_are_said_to_and_stay(window: QWidget) -> None:
    popup, said = date_popup(window)
    QTest.keyClicks(popup.line, "thursdayish")
    QTest.keyClick(popup.line, Qt.Key.Key_Return)
    assert said == []
    assert popup.is_open
    assert popup.line.text() == "thursdayish"
    assert "thursdayish" in popup._problem.text


@pytest.mark.parametrize("in_place", [False, True])
def test_esc_leaves_everything_and_gives_the_focus_back(window: QWidget, in_place: bool) -> None:
    popup, said = date_popup(window, in_place=in_place)
    left: list[bool] = []
    popup.cancelled.connect(lambda: left.append(True))
    assert popup.line.hasFocus()
    QTest.keyClick(popup.line, Qt.Key.Key_Escape)
    assert (said, left, popup.is_open) == ([], [True], False)
    assert home(window).hasFocus()


def test_looking_elsewhere_closes_it_and_the_focus_stays_there(window: QWidget) -> None:
    popup, said = date_popup(window)
    other = window.findChild(QLineEdit, "elsewhere")
    assert other is not None
    other.setFocus()
    assert not popup.is_open
    assert other.hasFocus()
    assert said == []


def test_a_click_beside_it_closes_it(window: QWidget) -> None:
    popup, _ = date_popup(window)
    QTest.mouseClick(window, Qt.MouseButton.LeftButton, pos=window.rect().bottomRight() - window.rect().topLeft() / 2)
    assert not popup.is_open


def test_a_click_on_a_pick_takes_it(window: QWidget) -> None:
    popup, said = date_popup(window)
    row = popup.findChildren(PickRow)[1]
    QTest.mouseClick(row, Qt.MouseButton.LeftButton)
    assert said == [dt.date(2026, 11, 30)]


def test_without_picks_the_grammars_own_are_offered(window: QWidget) -> None:
    popup = DatePopup(window)
    popup.open(ANCHOR, "Close date", (), NOW)
    assert rows_of(popup) == [
        "This Friday, Fri 27 Nov",
        "End of month, Mon 30 Nov",
        "In two weeks, Tue 8 Dec",
        "End of quarter, Thu 31 Dec",
    ]


def test_it_stays_inside_the_window_wherever_it_is_asked_for(window: QWidget) -> None:
    popup = DatePopup(window)
    for spot in (QRect(790, 590, 10, 10), QRect(-50, -50, 10, 10), QRect(700, 300, 60, 20)):
        popup.open(spot, "Close date", (), NOW)
        card = popup.card_rect().translated(popup.pos())
        assert window.rect().contains(card)
        popup.cancel()


def test_snooze_is_two_keys(window: QWidget) -> None:
    popup = PickPopup(window)
    said: list[int] = []
    popup.chosen.connect(said.append)
    popup.open(ANCHOR, "Snooze Marta until", [("1", "Tomorrow", "Wed 25 Nov"), ("2", "In 3 days", "Fri 27 Nov")])
    QTest.keyClick(window.focusWidget(), Qt.Key.Key_2)
    assert said == [1]
    assert not popup.is_open
    assert home(window).hasFocus()


def test_picks_are_taken_by_arrows_enter_and_esc_and_other_keys_do_nothing(window: QWidget) -> None:
    popup = PickPopup(window)
    said: list[int] = []
    popup.chosen.connect(said.append)
    popup.open(ANCHOR, "Not relevant, because", [("1", "Wrong person", ""), ("2", "Handled", "")])
    QTest.keyClick(window.focusWidget(), Qt.Key.Key_N)
    assert popup.is_open
    assert home(window).text() == ""
    QTest.keyClick(window.focusWidget(), Qt.Key.Key_Up)
    QTest.keyClick(window.focusWidget(), Qt.Key.Key_Return)
    assert said == [1]
    popup.open(ANCHOR, "Not relevant, because", [("1", "Wrong person", "")])
    QTest.keyClick(window.focusWidget(), Qt.Key.Key_Escape)
    assert said == [1]
    assert not popup.is_open


def test_hostile_and_overlong_picks_are_shown_as_plain_words(window: QWidget) -> None:
    popup = PickPopup(window)
    popup.open(ANCHOR, "<b>x</b>", [("1", "A & B \u202e" + "x" * 5000, "\ud800"), ("2", "", "")])
    window.grab()
    assert popup.is_open


def test_every_row_is_named_for_a_screen_reader(window: QWidget) -> None:
    popup, _ = date_popup(window)
    for row in popup.findChildren(PickRow):
        if row.isVisible():
            spoken = QAccessible.queryAccessibleInterface(row)
            assert ", " in spoken.text(QAccessible.Text.Name)
    line = QAccessible.queryAccessibleInterface(popup.line)
    assert line.text(QAccessible.Text.Name) == "Close date"
