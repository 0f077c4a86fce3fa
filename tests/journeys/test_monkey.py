"""A monkey at the window for a few seconds; and what longer runs of it found, each fault by itself."""

from __future__ import annotations

import pytest
import shiboken6
from PySide6.QtCore import QEvent, QRect, Qt
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton, QScrollArea, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from tests.journeys.monkey import play
from tests.journeys.monkey_schedule import schedule
from tests.journeys.rep import Rep
from tests.journeys.window import Clock, demo_copy, opened
from ui.person.scroll_column import ScrollColumn
from ui.widgets.floating import Floating
from ui.widgets.scroll_bar import OverlayScrollBar

MARTA, DANIEL = "Marta Ferreira", "Daniel Osei"


@pytest.mark.parametrize(("seed", "calm"), [(3, False), (12, False), (14, True)])
def test_whatever_is_pressed_nothing_breaks_and_nothing_typed_is_lost(
    qapp: QApplication, seed: int, calm: bool
) -> None:
    fault = play(qapp, schedule(seed, 70, calm=calm), calm=calm)

    assert fault is None, str(fault)


def test_a_schedule_follows_from_its_seed() -> None:
    assert schedule(5, 200) == schedule(5, 200)
    assert schedule(5, 200) != schedule(6, 200)


# What it found ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_card_closes_when_the_field_that_had_the_focus_is_gone(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    field, card = QLineEdit(window), Floating(window)
    window.show()
    field.setFocus()
    card.rise(QRect(0, 0, 10, 10), card)
    field.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    card.cancel()

    assert not card.is_open


def test_a_key_that_leads_elsewhere_closes_the_palette(rep: Rep) -> None:
    rep.press("Ctrl+K", "Ctrl+2")

    assert rep.app.beside.palette is not None
    assert not rep.app.beside.palette.isVisible()
    page = rep.app.window.stack.currentWidget()
    assert page is not None
    assert rep.focus is not None
    assert page.isAncestorOf(rep.focus)


@pytest.mark.parametrize("keys", ["Ctrl+K", "S"])
def test_a_menu_only_borrows_the_keys_of_what_floats(rep: Rep, keys: str) -> None:
    rep.choose(rep.id_of(MARTA))
    rep.press(keys)
    before = rep.focus
    for each in ("Alt+L", "Escape", "Escape"):
        rep.press(each)
        rep.app.window.activateWindow()  # as every desktop does after a menu
        QApplication.processEvents()

    assert rep.focus is before
    assert before is not None
    assert before.isVisible()


def test_ctrl_z_while_the_quick_log_says_what_it_logged_takes_it_back(rep: Rep) -> None:
    log_quickly(rep, "marta no answer")

    rep.press("Ctrl+Z")

    assert undone(rep) == [1]


def test_who_types_on_while_the_quick_log_says_what_it_logged_begins_the_next_line(rep: Rep) -> None:
    log_quickly(rep, "marta no answer")

    rep.type("dan")

    assert rep.app.beside.quick_log_window is not None
    assert rep.app.beside.quick_log_window.line.isVisible()
    assert rep.app.beside.quick_log_window.line.text() == "dan"


def log_quickly(rep: Rep, words: str) -> None:
    rep.app.beside.quick_log()
    QApplication.processEvents()
    rep.type(words)
    rep.press("Return")


def undone(rep: Rep) -> list[int]:
    """Of each act whether it was taken back."""
    with rep.core.database.read() as rows:
        return [flag for (flag,) in rows.all("SELECT undone_at IS NOT NULL FROM gestures ORDER BY n")]


def drafts(rep: Rep) -> dict[str, str]:
    """The lines that are kept, by the person's name."""
    with rep.core.database.read() as rows:
        return dict(rows.all("SELECT p.name, d.line FROM drafts AS d JOIN people AS p ON p.id = d.record_id"))


def begin_a_line(rep: Rep, key: str, words: str) -> None:
    rep.choose(rep.id_of(MARTA))
    rep.press(key)
    rep.type(words)


def test_a_line_that_was_just_typed_is_kept_when_the_sheet_goes_to_somebody_else(rep: Rep) -> None:
    begin_a_line(rep, "O", "Half a thought")
    rep.choose(rep.id_of(DANIEL))
    rep.press("O")

    assert drafts(rep) == {MARTA: "Half a thought"}
    assert rep.app.sheet.line.text == ""


def test_a_line_is_taken_up_again_whatever_it_is_logged_as(rep: Rep) -> None:
    begin_a_line(rep, "C", "Half a thought")
    rep.press("Escape", "O")
    assert rep.app.sheet.line.text == "Half a thought"

    rep.type(", and more")
    rep.press("Escape")

    assert drafts(rep) == {MARTA: "Half a thought, and more"}


@pytest.mark.parametrize("key", ["N", "V", "E"])
def test_a_log_without_words_leaves_the_line_that_is_kept(rep: Rep, key: str) -> None:
    begin_a_line(rep, "C", "Half a thought")
    rep.press("Escape", key)
    assert undone(rep) == [0]

    assert drafts(rep) == {MARTA: "Half a thought"}


def test_the_quick_log_leaves_the_line_that_is_kept_and_its_outcome_alone(rep: Rep) -> None:
    begin_a_line(rep, "C", "Half a thought")
    rep.press("Alt+2", "Escape")

    log_quickly(rep, "marta ferreira connected wants a quote")

    assert drafts(rep) == {MARTA: "Half a thought"}
    with rep.core.database.read() as rows:
        logged = rows.one("SELECT outcome, body FROM activities WHERE what = 'call' ORDER BY n DESC LIMIT 1")
    assert logged is not None
    assert logged[1] == "wants a quote"
    button = rep.core.workspace.button("connected")
    assert button is not None
    assert logged[0] == button.outcome


def test_a_next_step_that_is_agreed_is_no_draft_any_more_until_it_is_taken_back(rep: Rep) -> None:
    begin_a_line(rep, "T", "send the plan fri")
    rep.app.logging.keep()  # as the sheet does while typing pauses

    rep.press("Return")
    assert drafts(rep) == {}

    rep.press("Ctrl+Z")
    assert drafts(rep) == {MARTA: "send the plan fri"}


def test_nothing_reads_a_book_that_is_closed(qapp: QApplication, qtbot: QtBot) -> None:
    with opened(qapp, demo_copy(Clock())) as rep:
        rep.choose(rep.id_of(MARTA))
        rep.press("Return", "O")
        rep.type("Half a thought")
        rep.press("Ctrl+Down")
        rep.app.beside.quick_log()
        QApplication.processEvents()
        with qtbot.captureExceptions() as exceptions:
            rep.app.stop()
            qtbot.wait(1_800)

    assert exceptions == []
    assert rep.app.beside.quick_log_window is not None
    assert not rep.app.beside.quick_log_window.isVisible()


def test_a_slim_scroll_bar_outlives_whoever_walked_past_the_real_one(qtbot: QtBot) -> None:
    area = QScrollArea()
    qtbot.addWidget(area)
    slim = OverlayScrollBar(area)
    shiboken6.invalidate(area.verticalScrollBar())  # as when Python's idea of what it stands in ends

    area.verticalScrollBar().setRange(0, 40)

    assert slim.maximum() == 40


def test_what_gets_the_focus_from_outside_a_column_is_scrolled_into_view(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    column, beside = ScrollColumn("Rail", (0, 0, 0, 0)), QPushButton("beside")
    lay = QVBoxLayout(window)
    lay.addWidget(column)
    lay.addWidget(beside)
    column.column.addSpacing(2_000)
    last = QPushButton("last")
    column.column.addWidget(last)
    window.resize(300, 200)
    window.show()
    with qtbot.waitActive(window):
        window.activateWindow()
    beside.setFocus()
    QApplication.processEvents()

    last.setFocus(Qt.FocusReason.BacktabFocusReason)

    assert not last.visibleRegion().isEmpty()
