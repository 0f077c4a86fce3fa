"""What the tests of the screens stand on: the demo book at a fixed morning, and commands that note what was asked."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from functools import partial

from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QWidget

from companion.bootstrap import Core
from companion.domain.records import Kind
from ui import catalogue
from ui.commands import Commands
from ui.person.screen import RecordPage
from ui.session import Session, Subject

NOW = dt.datetime(2026, 11, 24, 9, 12, tzinfo=zoneinfo.ZoneInfo("Europe/Oslo"))


def session_of(core: Core) -> Session:
    """The demo book as the screens see it."""
    return Session(core.database, core.clock, core.workspace, core.desk, True)


def noting_commands(core: Core, asked: list[str]) -> Commands:
    """Every command of the window; carrying one out only notes its id."""
    commands = Commands()
    listed = [*catalogue.window_commands(), *catalogue.page_commands()]
    listed += [*catalogue.row_commands(), *catalogue.deal_commands()]
    for command in [*listed, *map(catalogue.log_command, core.workspace.buttons)]:
        commands.add(command, partial(asked.append, command.id))
    return commands


def let_act(commands: Commands, page: RecordPage) -> None:
    """Has the page do what its own commands ask for, as the window does for the page that it shows."""
    commands.action("history.find").triggered.connect(page.find_in_history)
    commands.action("history.next").triggered.connect(lambda: page.find_next(1))
    commands.action("history.previous").triggered.connect(lambda: page.find_next(-1))
    for number in range(1, 6):
        commands.action(f"history.{number}").triggered.connect(partial(page.show_only, number - 1))


def person(core: Core, name: str) -> Subject:
    """Somebody of the demo book."""
    with core.database.read() as rows:
        found = rows.one("SELECT id, company_id FROM people WHERE name = ?", (name,))
    assert found is not None, name
    return Subject(Kind.PERSON, found[0], name, found[0], company_id=found[1])


def today_people(core: Core) -> list[Subject]:
    """The people of today's list in its order."""
    with core.database.read() as rows:
        found = rows.all(
            "SELECT p.id, p.name FROM scores x JOIN people p ON p.id = x.subject_id ORDER BY section, level, due_at"
        )
    return [Subject(Kind.PERSON, person_id, name, person_id) for person_id, name in found]


def unnamed(widget: QWidget) -> list[str]:
    """Focusable widgets that a screen reader has no name for."""
    return [
        type(child).__name__
        for child in widget.findChildren(QWidget)
        if child.isVisible() and child.focusPolicy().value and not _spoken(child)
    ]


def _spoken(widget: QWidget) -> str:
    return QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Name)
