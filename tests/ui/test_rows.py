"""The rows of Today and of a history: heights, states, words for screen readers, hostile text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QAccessible, QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QStyleOptionViewItem
from pytestqt.qtbot import QtBot

from tests.ui.gallery import HISTORY, TODAY, rows
from ui.theme.theme import Theme
from ui.widgets.looks import TimelineRowLook, TodayRowLook
from ui.widgets.painted_list import PaintedList
from ui.widgets.row_delegate import Density, RowDelegate, not_shown
from ui.widgets.timeline_delegate import TimelineDelegate

Grab = Callable[..., QImage]

LONG = "Proposal sent 6 days ago, no reply so far from anybody there"

HOSTILE = (
    "\ud800 lone",
    "nul\0 inside",
    "\u202egnitirw desrever",
    "<img src=x onerror=alert(1)><b>bold</b>",
    "line\nbreak\r\n\u2028here",
    "x" * 1_000_000,
    "👩‍👩‍👧‍👦" * 500,
    "",
)


def heights(view: PaintedList) -> list[int]:
    model = view.model()
    return [view.sizeHintForIndex(model.index(row, 0)).height() for row in range(model.rowCount())]


def today(qtbot: QtBot) -> PaintedList:
    view = rows(RowDelegate(), TODAY, "Today")
    qtbot.addWidget(view)
    view.show()
    view.activateWindow()
    view.setFocus()
    qtbot.waitUntil(view.hasFocus)
    return view


def test_heads_people_and_done_have_the_heights_of_the_design(theme: Theme, qtbot: QtBot) -> None:
    assert heights(today(qtbot)) == [38, 58, 58, 38]


def test_compact_people_are_40_high_and_those_who_are_done_30(theme: Theme, qtbot: QtBot) -> None:
    view = rows(RowDelegate(density="compact"), TODAY, "Today")
    qtbot.addWidget(view)

    assert heights(view) == [38, 40, 40, 30]


@pytest.mark.parametrize("density", ["comfortable", "compact"])
def test_a_reason_that_would_be_cut_takes_the_room_of_the_stage(
    density: Density, theme: Theme, grab: Grab, qtbot: QtBot
) -> None:
    def picture(look: TodayRowLook) -> QImage:
        view = rows(RowDelegate(density=density), (look,), "Today")
        qtbot.addWidget(view)
        view.resize(509, 100)
        return grab(view)

    short = TodayRowLook("person", "Marta Ferreira", reason_parts=((LONG[:40], "none"),), right_note="Negotiation")
    long = replace(short, reason_parts=((LONG, "none"),))

    assert picture(long) == picture(replace(long, right_note=""))
    assert picture(short) != picture(replace(short, right_note=""))


def test_a_tip_tells_what_a_row_has_no_room_for_and_nothing_else(theme: Theme) -> None:
    look = TodayRowLook(
        "person", "Marta Ferreira", "Halvorsen Logistics", ((LONG, "none"),), amount="€48k", right_note="Negotiation"
    )

    assert not_shown(look, 900) == ""
    assert not_shown(look, 509) == "Negotiation"
    assert not_shown(look, 380) == f"{LONG}\nNegotiation"
    assert not_shown(look, 250) == f"Marta Ferreira, Halvorsen Logistics\n{LONG}\nNegotiation"
    assert not_shown(TodayRowLook("done", "Marta Ferreira", LONG), 380) == f"Marta Ferreira  {LONG}"


def test_the_selected_row_is_tinted_with_a_bar_while_the_list_has_focus(
    each_theme: Theme, grab: Grab, qtbot: QtBot
) -> None:
    view = today(qtbot)

    image = grab(view)

    assert image.pixelColor(300, 38 + 4) == each_theme.color("selected")
    assert image.pixelColor(13, 38 + 29) == each_theme.color("accent")


def test_the_selected_row_is_grey_without_a_bar_once_the_focus_is_elsewhere(
    theme: Theme, grab: Grab, qtbot: QtBot
) -> None:
    view = today(qtbot)
    view.clearFocus()

    image = grab(view)

    assert image.pixelColor(300, 38 + 4) == theme.color("selected_inactive")
    assert image.pixelColor(13, 38 + 29) == theme.color("selected_inactive")


def test_the_avatar_changes_sides_where_text_runs_from_right_to_left(theme: Theme, grab: Grab, qtbot: QtBot) -> None:
    view = today(qtbot)
    disc = view.width() - 24 - 6

    assert grab(view).pixelColor(disc, 38 + 29) == theme.color("selected")
    view.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    QApplication.processEvents()

    assert grab(view).pixelColor(disc, 38 + 29) == theme.color("surface")


def test_each_row_speaks_the_sentence_that_its_look_carries(theme: Theme, qtbot: QtBot) -> None:
    view = today(qtbot)
    heard = QAccessible.queryAccessibleInterface(view)

    words = [heard.child(row).text(QAccessible.Text.Name) for row in range(heard.childCount())]

    assert words == [look.spoken for look in TODAY]


def test_a_letter_is_a_command_and_never_a_jump_to_a_name(theme: Theme, qtbot: QtBot) -> None:
    view = today(qtbot)

    QTest.keyClick(view, Qt.Key.Key_E)

    assert view.currentIndex().row() == 1


@pytest.mark.parametrize("text", HOSTILE, ids=[ascii(text[:12]) for text in HOSTILE])
def test_hostile_names_are_drawn_as_one_plain_line(text: str, theme: Theme, grab: Grab, qtbot: QtBot) -> None:
    looks = tuple(
        replace(
            look, title=text, subtitle=text, reason_parts=((text, "warn"),), right_note=text, avatar_initials=text[:2]
        )
        for look in TODAY
    )
    view = rows(RowDelegate(), looks, "Today")
    qtbot.addWidget(view)

    grab(view)

    assert heights(view) == [38, 58, 58, 38]


@pytest.mark.parametrize("text", HOSTILE, ids=[ascii(text[:12]) for text in HOSTILE])
def test_hostile_bodies_stay_within_their_lines(text: str, theme: Theme, grab: Grab, qtbot: QtBot) -> None:
    look = TimelineRowLook("entry", text, "mail", text[:40], "good", text[:40], text, text, body_lines=2)
    view = rows(TimelineDelegate(), (look, look), "History")
    qtbot.addWidget(view)

    grab(view)

    assert max(heights(view)) <= 44 + 3 * 20


def test_an_entry_grows_by_one_leading_for_each_line(theme: Theme, qtbot: QtBot) -> None:
    words = "Board decides on 27 Nov and wants a 12-month option. " * 20
    looks = tuple(replace(HISTORY[1], body=words, body_lines=lines) for lines in (1, 2, 4))
    view = rows(TimelineDelegate(), looks, "History")
    qtbot.addWidget(view)

    assert heights(view) == [64, 84, 124]


def test_a_history_follows_a_switch_of_theme(theme: Theme, grab: Grab, qtbot: QtBot) -> None:
    view = rows(TimelineDelegate(), HISTORY, "History")
    qtbot.addWidget(view)
    grab(view)

    theme.set_mode("dark")
    QApplication.processEvents()
    image = grab(view)

    brightest = max(QColor(image.pixel(x, 36 + 36)).lightness() for x in range(60, 400))
    assert brightest > 150, "the body is still written in the dark ink of the light theme"


def test_a_row_without_a_look_paints_nothing_and_breaks_nothing(theme: Theme, qtbot: QtBot) -> None:
    delegate = RowDelegate()

    assert delegate.sizeHint(QStyleOptionViewItem(), QModelIndex()).height() == 38
