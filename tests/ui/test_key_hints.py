"""The keys along the foot of a page, and buttons that have too little room."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from ui.theme.theme import Theme
from ui.widgets.button import Button
from ui.widgets.button_row import ButtonRow
from ui.widgets.key_hints import KeyHints
from ui.widgets.label import Label


@pytest.fixture
def holder(qtbot: QtBot, theme: Theme) -> QWidget:
    """A window to stand in: a window of its own would keep a widget to its smallest size."""
    made = QWidget()
    qtbot.addWidget(made)
    made.resize(800, 300)
    return made


def held(widget: QWidget, holder: QWidget) -> None:
    widget.setParent(holder)
    widget.setGeometry(0, 0, 600, 200)
    holder.show()


def shown(hints: KeyHints) -> list[str]:
    return [label.full_text for label in hints.findChildren(Label) if label.isVisible()]


def test_where_there_is_little_room_the_last_hints_go_and_none_is_cut(holder: QWidget) -> None:
    hints = KeyHints([("close date", lambda: "D"), ("amount", lambda: "A"), ("undo", lambda: "Ctrl Z")])
    held(hints, holder)
    assert shown(hints) == ["close date", "amount", "undo"]

    hints.resize(250, 43)
    QApplication.processEvents()

    assert shown(hints) == ["close date", "amount"]
    for label in hints.findChildren(Label):
        assert not label.isVisible() or label.width() >= label.sizeHint().width()


def test_a_key_that_was_switched_off_is_not_shown(holder: QWidget) -> None:
    keys = {"amount": "A"}
    hints = KeyHints([("close date", lambda: "D"), ("amount", lambda: keys["amount"])])
    held(hints, holder)

    keys["amount"] = ""
    hints.refresh()

    assert shown(hints) == ["close date"]


def test_buttons_stand_below_each_other_where_they_have_no_room_side_by_side(qtbot: QtBot, holder: QWidget) -> None:
    row = ButtonRow(Button("Sync now"), Button("Fields of the CRM"), Button("Test the connection"))
    held(row, holder)
    buttons = row.findChildren(Button)
    assert len({button.y() for button in buttons}) == 1

    row.setGeometry(0, 0, 200, 200)
    qtbot.waitUntil(lambda: len({button.y() for button in buttons}) == 3, timeout=1000)

    assert all(button.width() >= button.sizeHint().width() for button in buttons)
