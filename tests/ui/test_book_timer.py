"""No timer outlives its book: a page that was taken off the window, long left, reads nothing of a closed one."""

from __future__ import annotations

import ast
from pathlib import Path

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

import ui
from tests.journeys.rep import Rep
from tests.journeys.window import Clock, demo_copy, opened
from tests.ui.test_places import rep
from ui.person.screen import RecordPage
from ui.session import Session

__all__ = ["rep"]

MARTA = "Marta Ferreira"
READS_NOTHING = {"app.py", "book_timer.py", "collector.py", "first_paint.py", "idle.py", "instance.py"}
"""Modules, beside the widgets and what stands before a book is open, whose timers know no book."""
READS_NOTHING |= {"person/rail.py", "quick_log/screen.py", "reminders/locked.py", "settings/screen.py"}


def record_page(rep: Rep) -> RecordPage:
    """Marta's page, opened from the list."""
    rep.choose(rep.id_of(MARTA))
    rep.press("Return")
    page = rep.app.window.stack.currentWidget()
    assert isinstance(page, RecordPage)
    return page


def test_a_page_that_was_taken_off_the_window_reads_nothing_of_a_closed_book(qapp: QApplication, qtbot: QtBot) -> None:
    with opened(qapp, demo_copy(Clock())) as rep:
        page = record_page(rep)
        rep.press("Ctrl+1")
        rep.app.window.stack.removeWidget(page)
        page.setParent(None)
        page.model._ready.clear()  # there is something to read ahead
        page.model._ahead.start(0)
        with qtbot.captureExceptions() as exceptions:
            rep.app.stop()
            page.model._ahead.start(0)  # as when what it waited for comes only now
            qtbot.wait(50)

        assert exceptions == []
        assert not page.model._ahead.isActive()
        page.deleteLater()


def test_a_request_that_hangs_keeps_the_file_open_and_yet_no_timer_reads_it(rep: Rep, qtbot: QtBot) -> None:
    read: list[object] = []
    page = record_page(rep)
    page.model._ahead.timeout.connect(lambda: read.append(page))

    rep.app.session.end()
    page.model._ahead.start(0)
    qtbot.wait(50)

    assert not rep.core.database.is_closed
    assert read == []


def test_what_was_to_come_soon_never_comes_once_the_book_is_closed(qtbot: QtBot) -> None:
    core = demo_copy(Clock())
    session, told = Session(core.database, core.clock, core.workspace, core.desk), QObject()
    heard: list[str] = []
    session.soon(told, lambda: heard.append("while it is open"))
    qtbot.waitUntil(lambda: bool(heard))

    session.soon(told, lambda: heard.append("afterwards"))
    core.close()
    qtbot.wait(30)

    assert heard == ["while it is open"]


def test_a_timer_of_an_open_book_tells_as_often_as_any(rep: Rep, qtbot: QtBot) -> None:
    told: list[int] = []
    timer = rep.app.session.timer(rep.app)
    assert isinstance(timer, QTimer)
    timer.timeout.connect(lambda: told.append(1))

    timer.start(1)

    qtbot.waitUntil(lambda: len(told) > 2)
    timer.stop()


def test_whatever_reads_a_book_takes_its_timers_from_the_session() -> None:
    folder = Path(ui.__file__).parent
    own: list[str] = []
    for file in sorted(folder.rglob("*.py")):
        name = file.relative_to(folder).as_posix()
        if name.startswith(("widgets/", "connect/", "theme/")) or name in READS_NOTHING:
            continue
        tree = ast.parse(file.read_text(encoding="utf-8"))
        own += [
            f"{name}:{each.lineno}" for each in ast.walk(tree) if isinstance(each, ast.Name) and each.id == "QTimer"
        ]

    assert own == []
