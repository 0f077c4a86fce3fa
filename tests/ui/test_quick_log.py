"""A touch is logged in one line from anywhere: person first, most likely one chosen, nothing lost, gone in a moment."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from companion import bootstrap
from companion.bootstrap import Core
from companion.database import Row
from tests.ui.rep import person
from ui.log.viewmodel import LogViewModel
from ui.quick_log.screen import FIELD, TOAST_MS, WIDTH, QuickLogWindow
from ui.quick_log.viewmodel import QuickLogViewModel
from ui.session import Session
from ui.theme.theme import Theme

# The platform without a screen has no order of windows.
pytestmark = pytest.mark.qt_log_ignore(r"This plugin does not support (raise|propagateSizeHints)\(\)")

TUESDAY = datetime(2026, 11, 24, 9, 12, tzinfo=timezone(timedelta(hours=1)))


@pytest.fixture(scope="module")
def core() -> Iterator[Core]:
    """The demo book on a Tuesday morning."""
    made = bootstrap.demo_book(lambda: TUESDAY)
    yield made
    made.close()


@pytest.fixture
def model(core: Core) -> QuickLogViewModel:
    """A fresh line."""
    return QuickLogViewModel(Session(core.database, core.clock, core.workspace, core.desk))


@pytest.fixture
def window(model: QuickLogViewModel, qtbot: QtBot, theme: Theme) -> QuickLogWindow:
    """The window, open."""
    made = QuickLogWindow(model)
    qtbot.addWidget(made)
    with qtbot.waitExposed(made):
        made.open()
    return made


def names(model: QuickLogViewModel) -> list[str]:
    return [model.data(model.index(row, 0)) for row in range(model.rowCount())]  # type: ignore[misc]


def last(core: Core, name: str) -> Row:
    """The newest activity of a person: what, outcome, note."""
    with core.database.read() as rows:
        row = rows.one(
            """SELECT a.what, a.outcome, a.body FROM activities AS a JOIN people AS p ON p.id = a.person_id
               WHERE p.name = ? AND a.what <> 'task' ORDER BY a.n DESC LIMIT 1""",
            (name,),
        )
    assert row is not None
    return row


def last_step(core: Core, name: str) -> Row | None:
    with core.database.read() as rows:
        return rows.one(
            """SELECT a.subject, a.due_on FROM activities AS a JOIN people AS p ON p.id = a.person_id
               WHERE p.name = ? AND a.what = 'task' AND a.done = 0 ORDER BY a.n DESC LIMIT 1""",
            (name,),
        )


def test_a_line_logs_the_person_and_what_happened(core: Core, window: QuickLogWindow, qtbot: QtBot) -> None:
    QTest.keyClicks(window.line, "marta no answer")
    QTest.keyClick(window.line, Qt.Key.Key_Return)

    assert last(core, "Marta Ferreira")[:2] == ("call", "no_answer")
    assert last_step(core, "Marta Ferreira") == ("Call again", "2026-11-25")
    assert window.toast == "No answer, Marta Ferreira. Next try tomorrow 10:00"


def test_a_next_step_with_its_day_goes_along(core: Core, model: QuickLogViewModel) -> None:
    model.type("osei connected send answers fri")

    assert model.save()

    assert last(core, "Daniel Osei")[0] == "call"
    assert last_step(core, "Daniel Osei") == ("Send answers", "2026-11-27")


def test_words_after_a_one_key_outcome_become_its_note(core: Core, model: QuickLogViewModel) -> None:
    model.type("raman no answer assistant says she is in Oslo")

    assert model.save()

    assert last(core, "Priya Raman") == ("call", "no_answer", "assistant says she is in Oslo")


def test_words_without_an_outcome_are_a_note(core: Core, model: QuickLogViewModel) -> None:
    model.type("brandt wants a call back")
    assert model.data(model.index(0, 0)) == "Tom Brandt, Alder & Finch, Note"

    assert model.save()

    assert last(core, "Tom Brandt") == ("note", None, "wants a call back")


def test_whoever_was_called_last_comes_first_and_down_takes_the_next(core: Core, model: QuickLogViewModel) -> None:
    model.type("mar connected")
    first, second = names(model)[0].split(",")[0], names(model)[1].split(",")[0]
    assert names(model)[0].endswith("Connected")

    model.step(1)
    assert model.save()

    assert last(core, second)[0] == "call"
    assert first != second


def test_before_anything_is_typed_the_last_called_are_offered(model: QuickLogViewModel) -> None:
    model.type("")

    assert 1 <= model.rowCount() <= 5


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Begin with the person: “marta no answer”."),
        ("zzz no answer", "Nobody by that name. Begin with the person."),
        ("marta", "Then say what happened: no answer, voicemail, connected, emailed, or a note."),
        ("marta connected call thursdayish", "No date found in “thursdayish”. Try “thu 10” or “26 nov”."),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_logged(
    typed: str, said: str, core: Core, window: QuickLogWindow
) -> None:
    with core.database.read() as rows:
        before = rows.value("SELECT count(*) FROM activities")

    QTest.keyClicks(window.line, typed)
    QTest.keyClick(window.line, Qt.Key.Key_Return)

    assert window.foot.full_text == said
    assert window.line.text() == typed
    assert window.isVisible()
    with core.database.read() as rows:
        assert rows.value("SELECT count(*) FROM activities") == before


@pytest.mark.parametrize(
    "rest",
    ["send answers thursdayish", "wants an offer, call 31 nov", "send answers fri", "asks about prices", "tomorow"],
)
def test_of_a_day_it_says_what_the_log_sheet_says_and_as_soon(
    rest: str, core: Core, window: QuickLogWindow, heard: list[str]
) -> None:
    # Given the same words in the log sheet
    sheet = LogViewModel(Session(core.database, core.clock, core.workspace, core.desk))
    button = core.workspace.button("connected")
    assert button is not None
    sheet.open(button, person(core, "Marta Ferreira"))
    sheet.type(rest)

    # When they are typed into the one line
    QTest.keyClicks(window.line, f"marta connected {rest}")

    # Then the same is said of them, before Enter
    said = window.foot.full_text
    assert said == (sheet.problem or "Enter logs it.")
    assert window.line.accessibleDescription() == said
    assert (heard[-1:] == [said]) == bool(sheet.problem)
    assert window.foot.palette().windowText().color() == Theme.current().color("bad" if sheet.problem else "text3")
    sheet.discard()


def test_what_is_shown_is_what_is_logged_also_of_words_before_the_outcome(core: Core, window: QuickLogWindow) -> None:
    QTest.keyClicks(window.line, "lindqvist fri finally connected")
    assert window.list.currentIndex().data().endswith("Connected")
    before = last_step(core, "Maya Lindqvist")

    QTest.keyClick(window.line, Qt.Key.Key_Return)

    assert last(core, "Maya Lindqvist") == ("call", "connected", "fri finally")
    assert last_step(core, "Maya Lindqvist") == before


def test_the_toast_stays_a_moment_then_the_window_goes_and_the_focus_returns(
    model: QuickLogViewModel, qtbot: QtBot, theme: Theme
) -> None:
    before = QLineEdit()
    qtbot.addWidget(before)
    with qtbot.waitExposed(before):
        before.show()
    before.activateWindow()
    before.setFocus()
    window = QuickLogWindow(model)
    qtbot.addWidget(window)
    with qtbot.waitExposed(window):
        window.open()
    assert window.line.hasFocus()
    assert (window.width(), FIELD) == (WIDTH, 56)

    QTest.keyClicks(window.line, "holt emailed")
    with qtbot.waitSignal(window.hidden, timeout=TOAST_MS + 1000):
        QTest.keyClick(window.line, Qt.Key.Key_Return)
        assert window.height() == FIELD
        assert window.isVisible()

    assert not window.isVisible()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is before)


def test_escape_hides_and_what_was_typed_is_there_again(window: QuickLogWindow) -> None:
    QTest.keyClicks(window.line, "marta conn")

    QTest.keyClick(window.line, Qt.Key.Key_Escape)
    assert not window.isVisible()
    window.open()

    assert window.line.text() == "marta conn"
    assert window.line.selectedText() == "marta conn"


def test_a_second_enter_during_the_toast_logs_nothing_twice(core: Core, window: QuickLogWindow) -> None:
    with core.database.read() as rows:
        before = rows.value("SELECT count(*) FROM activities WHERE what = 'email'")

    QTest.keyClicks(window.line, "holt emailed")
    for _ in range(3):
        QTest.keyClick(window.line, Qt.Key.Key_Return)

    with core.database.read() as rows:
        assert rows.value("SELECT count(*) FROM activities WHERE what = 'email'") == before + 1


def test_ctrl_z_during_the_toast_asks_for_undo(window: QuickLogWindow, qtbot: QtBot) -> None:
    QTest.keyClicks(window.line, "holt emailed")
    QTest.keyClick(window.line, Qt.Key.Key_Return)

    with qtbot.waitSignal(window.undo):
        QTest.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)


@pytest.mark.parametrize("typed", ["'\" OR 1=1 --", "\u202eatram", "*", "NEAR(", "a" * 600, "marta \x00", "😀 😀"])
def test_nothing_typed_breaks_it(typed: str, model: QuickLogViewModel) -> None:
    model.type(typed)

    assert isinstance(model.hint, str)


def test_each_row_is_spoken_as_one_sentence(model: QuickLogViewModel) -> None:
    model.type("marta no answer")

    said = model.data(model.index(0, 0), int(Qt.ItemDataRole.AccessibleTextRole))

    assert said == "Marta Ferreira, Halvorsen Logistics, No answer"


def test_the_date_is_tinted_and_backspace_makes_it_a_word(core: Core, window: QuickLogWindow, qtbot: QtBot) -> None:
    QTest.keyClicks(window.line, "osei connected asks about fri")
    assert list(window.line.spans) == [(26, 29)]

    QTest.keyClick(window.line, Qt.Key.Key_Backspace)

    assert window.line.text() == "osei connected asks about fri"
    assert list(window.line.spans) == []
    QTest.keyClick(window.line, Qt.Key.Key_Return)
    assert last(core, "Daniel Osei")[2] == "asks about fri"


def test_behind_a_tint_that_is_gone_backspace_deletes_again(window: QuickLogWindow) -> None:
    QTest.keyClicks(window.line, "osei connected fri")
    QTest.keyClick(window.line, Qt.Key.Key_Backspace)
    QTest.keyClick(window.line, Qt.Key.Key_Backspace)
    assert window.line.text() == "osei connected fr"


def test_a_mistyped_name_offers_whom_it_nearly_names(model: QuickLogViewModel) -> None:
    model.type("osie connected")
    assert names(model)[0].startswith("Daniel Osei")
