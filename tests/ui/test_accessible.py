"""Every screen without eyes, without a mouse and with an unsteady hand: heard, walked by keys, and hit."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

import pytest
from PySide6.QtCore import QAbstractItemModel, QAbstractListModel, QPoint, Qt
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QApplication, QLineEdit, QScrollArea, QWidget
from shiboken6 import isValid

from tests.journeys.rep import Rep
from tests.journeys.window import Clock, demo_copy, opened
from ui.widgets.pane import Pane

MARTA = "Marta Ferreira"
SMALLEST = 24
"""Pixels of a target's side."""

SCREENS = {
    "today": [],
    "the log sheet": ["C"],
    "an outcome": ["C", "1"],
    "a note": ["O"],
    "a next step": ["T"],
    "the palette": ["Ctrl+K"],
    "the close date": ["D"],
    "the amount": ["A"],
    "the snooze": ["S"],
    "the parking": ["P"],
    "why lost": ["L"],
    "why not relevant": ["X"],
    "the card of a reason": ["Alt+Return"],
    "a person": ["Return"],
    "a person's details": ["Return", "Ctrl+E"],
    "find in history": ["Return", "Ctrl+F"],
    "a person's log sheet": ["Return", "C"],
    "the next meeting": ["Ctrl+M"],
    "pipeline": ["Ctrl+2"],
    "people": ["Ctrl+3"],
    "companies": ["Ctrl+4"],
    "waiting": ["Ctrl+Shift+W"],
    "reminders": ["Ctrl+Shift+M"],
    "reminders of one": ["R"],
    "the print": ["Ctrl+P"],
    "settings": ["Ctrl+,"],
    "shortcuts": ["F1"],
}
IN_THE_WAY = frozenset(
    {"the palette", "the close date", "the amount", "the snooze", "the parking", "why lost", "why not relevant"}
)
"""Popups: Tab stays within them, Escape closes them."""


@pytest.fixture
def rep(qapp: QApplication) -> Iterator[Rep]:
    """A rep at the window, over a copy of the demo book, with Marta selected."""
    with opened(qapp, demo_copy(Clock())) as working:
        working.choose(working.id_of(MARTA))
        yield working


def nodes(widget: QWidget) -> Iterator[QAccessibleInterface]:
    """Everything that a screen reader can reach and see from `widget` on."""
    waiting: list[QAccessibleInterface | None] = [QAccessible.queryAccessibleInterface(widget)]
    while waiting:
        node = waiting.pop()
        if node and not node.state().invisible:
            yield node
            waiting += [node.child(i) for i in range(node.childCount())]


def name_of(node: QAccessibleInterface) -> str:
    """What a screen reader says first."""
    return str(node.text(QAccessible.Text.Name))


def told(node: QAccessibleInterface) -> str:
    """A node in words, for the message of a failure."""
    return f"{node.role()} {type(node.object()).__name__} {name_of(node)!r}"


def bad_speech(words: str) -> bool:
    """Words that nobody would say: what a program forgot to fill in, or markup."""
    words = words.replace("Next step: None. ", "")  # which says that there is none
    return bool(re.search(r"\bNone\b|<[a-z/!]|%[n1-9]\b|\{\w*\}|\bnan\b|\w_\w", words))


@pytest.mark.parametrize("screen", SCREENS)
def test_everything_on_a_screen_speaks_and_is_large_enough_to_hit(rep: Rep, screen: str) -> None:
    rep.press(*SCREENS[screen])

    assert rep.focus is not None
    assert rep.focus.isVisible()
    assert name_of(QAccessible.queryAccessibleInterface(rep.focus)).strip(), "what has the focus says nothing"
    heard = list(nodes(rep.app.window))
    assert [told(node) for node in heard if node.state().focusable and not name_of(node).strip()] == []
    assert [told(node) for node in heard if bad_speech(name_of(node))] == []
    assert silent_rows(rep.app.window) == []
    assert small_targets(rep.app.window) == []


def silent_rows(window: QWidget) -> list[str]:
    """Rows of lists that say nothing, or what nobody would say."""
    views = [each for each in window.findChildren(QAbstractItemView) if each.isVisible()]
    rows = [(view, row, spoken(view.model(), row)) for view in views for row in range(view.model().rowCount())]
    return [f"{view.accessibleName()} {row}: {said!r}" for view, row, said in rows if not said or bad_speech(said)]


def spoken(model: QAbstractItemModel, row: int) -> str:
    """A row as a screen reader has it: the sentence of its first cell, or all its cells."""
    role = int(Qt.ItemDataRole.AccessibleTextRole)
    columns = 1 if isinstance(model, QAbstractListModel) else model.columnCount()
    cells = [model.index(row, column).data(role) for column in range(columns)]
    return " ".join(str(cell) for cell in cells if cell)


def small_targets(window: QWidget) -> list[str]:
    """What can be clicked and is smaller than a finger's tip or a shaking hand needs."""
    targets: list[QWidget] = list(window.findChildren(QAbstractButton))
    # Of a line the box that is painted round it is what is seen and aimed at.
    targets += [each.parentWidget() or each for each in window.findChildren(QLineEdit)]
    return [
        f"{told_widget(each)} {each.width()} x {each.height()}"
        for each in targets
        if each.isVisible() and each.isEnabled() and min(each.width(), each.height()) < SMALLEST
    ]


@pytest.mark.parametrize("screen", SCREENS)
def test_tab_goes_round_in_the_order_of_the_eye_and_escape_leads_out(rep: Rep, screen: str) -> None:
    rep.press(*SCREENS[screen])
    first = rep.focus
    assert first is not None
    walked = [first]
    for _ in range(300):
        rep.press("Tab")
        assert rep.focus is not None, f"after {told_widget(walked[-1])} nothing has the focus"
        if rep.focus is first or not isValid(first):
            break
        walked.append(rep.focus)
    # A popup may close as the focus leaves it; whatever stays open must let Tab come round.
    assert rep.focus is first or screen in IN_THE_WAY, "Tab never comes back to where it began"
    parts: dict[QWidget, list[QWidget]] = {}
    for each in walked if screen not in IN_THE_WAY else []:
        parts.setdefault(part_of(each), []).append(each)
    for part, those in parts.items():
        # One step back is where the round begins anew; what stands in one row goes along it.
        back = [
            (before, here) for before, here in pairwise([those[-1], *those]) if place(here, part) < place(before, part)
        ]
        assert len(back) <= 1, [f"{told_widget(before)} → {told_widget(here)}" for before, here in back]

    if screen in IN_THE_WAY:
        rep.press("Escape")
    rep.press("Ctrl+1")
    assert rep.app.window.here == "go.today"


def place(widget: QWidget, part: QWidget) -> tuple[int, int]:
    """Where a widget stands in its part: the row, and how far along it."""
    spot = widget.mapTo(part, QPoint(0, widget.height() // 2)) if widget is not part else QPoint()
    return round(spot.y() / SMALLEST), spot.x()


def part_of(widget: QWidget) -> QWidget:
    """What is walked from top to bottom on its own: a pane, or what scrolls within one."""
    above: QWidget | None = widget.parentWidget()
    while above is not None and not above.isWindow():
        port = above.parentWidget()
        area = port.parentWidget() if port is not None else None
        if above.objectName() == "pane" or isinstance(above, Pane) or isinstance(area, QScrollArea):
            return above
        above = above.parentWidget()
    return above or widget


def told_widget(widget: QWidget) -> str:
    """A widget in words, for the message of a failure."""
    return f"{type(widget).__name__} {name_of(QAccessible.queryAccessibleInterface(widget))!r}"


ACTS = {
    "a log": (["N"], "No answer, Marta Ferreira."),
    "a log with words": (["C", "1", "Return"], "Connected, Marta Ferreira."),
    "an undo": (["N", "Ctrl+Z"], "Undone: No answer, Marta Ferreira."),
    "a redo": (["N", "Ctrl+Z", "Ctrl+Shift+Z"], "Done again: No answer, Marta Ferreira."),
    "a snooze": (["S", "1"], "Snoozed Marta Ferreira until"),
    "a stage": (["]"], "Moved to Negotiation"),
    "a won deal": (["W"], "Won: "),
    "a hidden reason": (["X", "1"], "Hidden until "),
    "what can't be done": (["Ctrl+Z"], "Nothing to undo"),
}


@pytest.mark.parametrize("act", ACTS)
def test_what_was_done_is_announced_and_the_focus_is_where_the_next_key_belongs(
    rep: Rep, heard: list[str], act: str
) -> None:
    keys, said = ACTS[act]

    rep.press(*keys)

    assert heard
    assert heard[-1].startswith(said)
    assert rep.focus is rep.app.page.list


WRONG = {
    "a day": (["D"], "thursdayish"),
    "an amount": (["A"], "a lot"),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_was_not_understood_is_announced(rep: Rep, heard: list[str], what: str) -> None:
    keys, typed = WRONG[what]
    rep.press(*keys)
    rep.type(typed)

    rep.press("Return")

    assert heard, "nobody who does not see it learns that it was not saved"
    assert not bad_speech(heard[-1])
    assert rep.focus is not rep.app.page.list


@pytest.mark.parametrize("screen", [name for name in SCREENS if name not in IN_THE_WAY])
def test_f6_walks_the_panes_and_comes_back(rep: Rep, screen: str) -> None:
    rep.press(*SCREENS[screen])
    panes = []
    for _ in range(12):
        rep.press("F6")
        assert rep.focus is not None
        panes.append(part_of(rep.focus))
    assert len(set(panes)) > 1
    assert panes.count(panes[0]) > 1, "it never came back"
