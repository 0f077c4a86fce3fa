"""Knowing everything before the call: the brief whole at once, promises, the map of people, marketing, the meeting."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from companion.bootstrap import Core, demo_book
from companion.domain.records import Kind
from tests.ui.rep import NOW, noting_commands, person, session_of
from ui.log.screen import LogBar
from ui.person.brief import BriefPane
from ui.session import Subject
from ui.theme.theme import Theme
from ui.widgets.button import Button
from ui.widgets.fact_list import FactRow


@pytest.fixture(scope="module")
def core() -> Iterator[Core]:
    """The demo book."""
    made = demo_book(lambda: NOW)
    yield made
    made.close()


@pytest.fixture
def brief(core: Core, qtbot: QtBot, theme: Theme) -> BriefPane:
    """The brief as wide as beside Today, of somebody of whom nothing is known."""
    commands = noting_commands(core, [])
    made = BriefPane(session_of(core), commands)
    qtbot.addWidget(made)
    made.set_foot(LogBar(commands, core.workspace.buttons))
    made.resize(596, 811)
    made.show_subject(Subject(Kind.PERSON, "nobody", "No Number", "nobody"))
    made.show()
    qtbot.waitExposed(made)
    QApplication.processEvents()
    return made


def test_the_brief_is_whole_when_it_is_painted_first(brief: BriefPane, core: Core) -> None:
    # Given somebody else is shown; when nothing but the selection has moved
    brief.show_subject(person(core, "Marta Ferreira"))

    # Then every section stands with its rows, and the number on its button, before any event is handled
    rows = [row for row in brief.findChildren(FactRow) if row in (*brief._facts._rows, *brief._recent._rows)]
    assert len(rows) == 6
    assert all(row.isVisible() and row.height() >= 24 and row.width() > 300 for row in rows)
    assert all(button.width() >= button.sizeHint().width() for button in brief.reach.findChildren(Button))
    tops = [row.mapTo(brief, row.rect().topLeft()).y() for row in rows]
    assert tops == sorted(set(tops))
