"""The window as a careful person meets it: by keyboard alone, by screen reader, while typing, while sync moves it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible, QAccessibleInterface, QAction, QKeySequence
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication, QLineEdit, QListView, QMenu, QPlainTextEdit, QWidget

from companion import bootstrap
from companion.bootstrap import Core
from companion.domain.changes import Changes
from companion.domain.records import Kind
from companion.domain.workspace import LogButton
from tests.journeys.rep import Rep
from tests.journeys.window import Clock, demo_copy, opened, reopened
from ui.catalogue import log_command
from ui.palette.viewmodel import PaletteViewModel

MARTA, DANIEL = "Marta Ferreira", "Daniel Osei"


@pytest.fixture
def clock() -> Clock:
    """A quarter past nine, and it stands."""
    return Clock()


@pytest.fixture
def rep(qapp: QApplication, clock: Clock) -> Iterator[Rep]:
    """A rep at the window, over a copy of the demo book."""
    with opened(qapp, demo_copy(clock)) as working:
        yield working


# Heard ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def nodes(widget: QWidget) -> Iterator[QAccessibleInterface]:
    """Everything that a screen reader can reach and see from `widget` on."""
    root = QAccessible.queryAccessibleInterface(widget)
    waiting: list[QAccessibleInterface | None] = [root]
    while waiting:
        node = waiting.pop()
        if not node:
            continue
        state = node.state()
        if state.invisible:
            continue
        yield node
        waiting += [node.child(i) for i in range(node.childCount())]


def nameless(widget: QWidget) -> list[str]:
    """What can have the focus and has no name."""
    return [
        f"{node.role()} {type(node.object()).__name__}"
        for node in nodes(widget)
        if node.state().focusable and not name_of(node).strip()
    ]


def name_of(node: QAccessibleInterface) -> str:
    """What a screen reader says first."""
    return str(node.text(QAccessible.Text.Name))


OPENED = {
    "the list": "",
    "the log sheet": "C",
    "a note": "O",
    "a next step": "T",
    "the palette": "Ctrl+K",
    "the close date": "D",
    "the snooze": "S",
    "why not": "X",
}


@pytest.mark.parametrize("what", OPENED)
def test_whatever_can_have_the_focus_has_a_name(rep: Rep, what: str) -> None:
    rep.choose(rep.id_of(MARTA))

    rep.press(*OPENED[what].split())

    assert nameless(rep.app.window) == []
    assert rep.focus is not None
    here = QAccessible.queryAccessibleInterface(rep.focus)
    assert here is not None
    assert name_of(here)


def test_every_row_speaks_a_sentence_with_name_reason_and_amount(rep: Rep) -> None:
    model, view = rep.app.today, QAccessible.queryAccessibleInterface(rep.app.page.list)
    assert view is not None
    spoken = [name_of(view.child(i)) for i in range(view.childCount())]

    for row in range(model.rowCount()):
        item = model.item(row)
        assert item is not None
        if item.row is None:
            continue
        (said,) = [each for each in spoken if each.startswith(item.row.who)]
        assert item.row.reason.sentence in said
        assert item.row.amount is None or item.row.amount.short in said
        assert "If you do nothing" in said
        assert not re.search(r"None|<[a-z/]|%[n1-9]|\{|\}|_", said), said


def test_what_was_done_is_announced(rep: Rep, monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[str] = []
    monkeypatch.setattr(
        QAccessible, "updateAccessibility", lambda event: heard.append(getattr(event, "message", str)())
    )
    rep.choose(rep.id_of(DANIEL))

    rep.press("N")

    assert heard[-1] == "No answer, Daniel Osei. Next try tomorrow 10:00"


# Found ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def menu_actions(rep: Rep) -> list[QAction]:
    """Everything in the menu bar, with submenus."""
    found: list[QAction] = []
    waiting = [each.menu() for each in rep.app.window.menuBar().actions()]
    while waiting:
        menu = waiting.pop()
        assert isinstance(menu, QMenu)
        for action in menu.actions():
            if action.menu() is not None:
                waiting.append(action.menu())
            elif not action.isSeparator():
                found.append(action)
    return found


def test_every_command_is_in_the_menu_bar_with_words(rep: Rep) -> None:
    there = menu_actions(rep)

    assert {action for _, action in rep.app.commands.all()} == set(there)
    assert all(action.text().strip() for action in there)
    assert len(set(there)) == len(there), "a command is in two menus"


def test_no_key_means_two_things(rep: Rep) -> None:
    taken: dict[str, str] = {}
    for command, action in rep.app.commands.all():
        for keys in action.shortcuts():
            assert keys.toString() not in taken, f"{keys.toString()}: {taken[keys.toString()]} and {command.id}"
            taken[keys.toString()] = command.id

    assert rep.app.commands.clashes() == []


def test_every_menu_opens_by_a_letter_of_its_own(rep: Rep) -> None:
    titles = [action.text() for action in rep.app.window.menuBar().actions()]
    letters = [title[title.index("&") + 1] for title in titles]

    assert len(set(letters)) == len(titles) == 7


def palette(rep: Rep) -> tuple[PaletteViewModel, QListView]:
    """The rows of the open palette, and the list that shows them."""
    sheet = rep.app.beside.palette
    assert sheet is not None
    return sheet._model, sheet.list


def test_a_command_without_a_key_is_in_the_palette(rep: Rep) -> None:
    rep.press("Ctrl+K")
    model = palette(rep)[0]
    offered = {model.row(i).id for i in range(model.rowCount())}

    commands = rep.app.commands
    without = {each.id for each, action in commands.all() if not action.shortcuts() and commands.can(each.id)}
    assert without
    assert without <= offered


def test_the_palette_does_what_is_typed_and_teaches_the_key(rep: Rep) -> None:
    rep.choose(rep.id_of(DANIEL))

    rep.press("Ctrl+K")
    rep.type("log no ans")
    model, view = palette(rep)
    row = model.row(view.currentIndex().row())
    assert (row.text, row.keys) == ("Log no answer from Daniel Osei", "N")
    rep.press("Return")

    assert rep.toast == "No answer, Daniel Osei. Next try tomorrow 10:00"
    assert rep.focus is rep.app.page.list


@pytest.mark.parametrize(
    ("typed", "words", "keys"),
    [
        ("no answer", f"Log no answer from {MARTA}", "N"),
        ("voice", f"Log a voicemail for {MARTA}", "V"),
        ("connected", f"Log a connected call with {MARTA}", "C"),
        ("log em", f"Log an email to {MARTA}", "E"),
        ("log meet", f"Log a meeting with {MARTA}", "M"),
        ("note", f"Write a note on {MARTA}", "O"),
    ],
)
def test_the_palette_says_in_plain_words_what_it_would_log(rep: Rep, typed: str, words: str, keys: str) -> None:
    rep.choose(rep.id_of(MARTA))
    rep.press("Ctrl+K")
    rep.type(typed)
    model, view = palette(rep)
    row = model.row(view.currentIndex().row())
    assert (row.text, row.keys) == (words, keys)


def test_an_outcome_that_the_team_named_itself_is_found_by_that_name() -> None:
    busy = LogButton("no_answer", "Line busy", "N", "phone-off", "call", "Line was busy")
    assert log_command(busy).words == "Log a call to {who}: line busy"


def test_the_beginning_of_a_name_and_enter_find_somebody(rep: Rep) -> None:
    rep.choose(rep.id_of(MARTA))
    rep.press("Ctrl+K")
    rep.type("mar")
    model, view = palette(rep)
    assert model.row(view.currentIndex().row()).text == MARTA
    below = [model.row(i).text for i in range(model.rowCount()) if model.row(i).kind == "command"]
    assert below == [f"Call {MARTA}", f"Write an email to {MARTA}", f"Log no answer from {MARTA}"]

    rep.press("Return")

    assert rep.app.window.here == "record"


def test_a_word_of_a_command_beside_a_name_means_the_command(rep: Rep) -> None:
    rep.choose(rep.id_of(MARTA))
    rep.press("Ctrl+K")
    rep.type("marta snoo")
    model, view = palette(rep)

    assert model.row(view.currentIndex().row()).text == f"Snooze {MARTA}"


def test_commands_that_match_alike_stand_as_in_their_menu_those_of_the_row_first(rep: Rep) -> None:
    rep.choose(rep.id_of(MARTA))
    rep.press("Ctrl+K")
    rep.type("close")
    model = palette(rep)[0]

    ids = [model.row(i).id for i in range(model.rowCount()) if model.row(i).kind == "command"]
    assert ids == ["win", "lose", "close", "close_date"]


def test_the_palette_covers_the_whole_window_and_shows_no_half_row(rep: Rep) -> None:
    rep.choose(rep.id_of(MARTA))
    rep.press("Ctrl+K")
    for typed in ("", "m", "mar", "close"):
        rep.app.beside.palette.line.setText(typed)  # type: ignore[union-attr]
        QApplication.processEvents()
        _, view = palette(rep)
        bottom = view.indexAt(QPoint(20, view.viewport().height() - 1))
        assert not bottom.isValid() or view.visualRect(bottom).bottom() <= view.viewport().height(), typed
    sheet = rep.app.beside.palette
    assert sheet is not None
    assert sheet.geometry() == rep.app.window.rect()
    rep.app.window.resize(1100, 700)
    QApplication.processEvents()
    assert sheet.geometry() == rep.app.window.rect()


# By keys alone ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_list_is_worked_to_its_end_by_keys_alone(qapp: QApplication, clock: Clock) -> None:
    with opened(qapp, bootstrap.demo_book(clock)) as rep:
        left = rep.app.today.left

        for done in range(left - 1):
            assert rep.selected is not None
            assert rep.app.today.left == left - done
            rep.press("E" if done % 2 else "V")

        (meeting,) = rep.app.today.subjects()  # what happens at 10:30 is not over because somebody wrote before
        assert (meeting.name, rep.selected) == ("Jonas Weber", meeting.id)
        clock.forward(hours=2, minutes=30)
        while rep.core.refresh_due():
            pass
        rep.app.today.load()
        keys = rep.counter.keys
        rep.press("M", "1", "Return")
        assert rep.counter.keys - keys == 3
        assert rep.app.today.left == 0
        emptiness = rep.app.today.emptiness
        assert rep.app.page.empty.isVisible()
        assert emptiness is not None
        assert emptiness.title.startswith(f"That’s everyone for today. {left + 2} contacted")
        assert rep.focus is rep.app.page.list
        assert rep.counter.clicks == 0
        before = logged(rep.core)
        rep.press("N")
        assert logged(rep.core) == before, "nobody is selected, so nobody is logged"


def test_down_and_up_move_the_brief_with_the_selection(rep: Rep) -> None:
    first = rep.selected
    rep.press("Down")
    second = rep.selected
    assert second != first
    subject = rep.app.brief.subject()
    assert subject is not None
    assert subject.id == second
    rep.press("K")
    assert rep.selected == first
    rep.press("Home", "Up")
    assert rep.selected is not None, "a head has no subject"


@pytest.mark.parametrize("keys", ["C", "O", "T", "Ctrl+K", "D", "S", "X"])
def test_escape_closes_what_a_key_opened_and_the_focus_is_back(rep: Rep, keys: str) -> None:
    rep.choose(rep.id_of(MARTA))

    rep.press(keys)
    assert rep.focus is not rep.app.page.list
    rep.press("Escape")

    assert rep.focus is rep.app.page.list
    assert rep.selected == rep.id_of(MARTA)
    rep.press("N")
    assert rep.toast.startswith("No answer, Marta Ferreira.")


def test_panes_are_walked_with_f6_and_back(rep: Rep) -> None:
    def pane() -> str:
        focus = rep.focus
        assert focus is not None
        if rep.app.brief.isAncestorOf(focus) or focus is rep.app.brief:
            return "brief"
        return "list" if focus is rep.app.page.list else "sidebar"

    walked = [pane()]
    for _ in range(3):
        rep.press("F6")
        walked.append(pane())
    assert walked == ["list", "brief", "sidebar", "list"]
    rep.press("Shift+F6")
    assert pane() == "sidebar"


def test_tab_goes_round_and_is_never_caught(rep: Rep) -> None:
    seen = []
    for _ in range(60):
        rep.press("Tab")
        seen.append(rep.focus)
        if rep.focus is rep.app.page.list:
            break
    assert rep.focus is rep.app.page.list
    assert rep.app.brief.history in seen
    assert rep.app.bar.buttons["log.no_answer"] in seen
    assert rep.app.window.sidebar.finder in seen


def test_tab_follows_the_eye_inside_each_pane(rep: Rep) -> None:
    spots: dict[str, list[tuple[int, int]]] = {"sidebar": [], "brief": []}
    for _ in range(60):
        rep.press("Tab")
        focus = rep.focus
        assert focus is not None
        if focus is rep.app.page.list:
            break
        for name, pane in (("sidebar", rep.app.window.sidebar), ("brief", rep.app.brief)):
            if pane.isAncestorOf(focus):
                spot = focus.mapTo(pane, focus.rect().center())
                spots[name].append((round(spot.y() / 24), spot.x()))
    for name, walked in spots.items():
        assert walked == sorted(walked), name


# Typing ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def fields(window: QWidget) -> list[QWidget]:
    """Every field that can be typed into now."""
    found: list[QWidget] = [*window.findChildren(QLineEdit), *window.findChildren(QPlainTextEdit)]
    return [each for each in found if each.isVisible() and each.isEnabled()]


@pytest.mark.parametrize("keys", ["C", "O", "T", "Ctrl+K", "D"])
def test_letters_typed_into_a_field_are_letters(rep: Rep, keys: str) -> None:
    rep.choose(rep.id_of(MARTA))
    before = logged(rep.core)
    rep.press(keys)

    (field,) = fields(rep.app.window)
    assert rep.focus is field
    rep.type("nancy [next] /x")

    shown = field.text() if isinstance(field, QLineEdit) else field.toPlainText()  # type: ignore[attr-defined]
    assert shown == "nancy [next] /x"
    assert logged(rep.core) == before
    assert rep.app.window.here == "go.today"


def logged(core: Core) -> tuple[int, int]:
    """How many activities and gestures there are."""
    with core.database.read() as rows:
        return rows.value("SELECT count(*) FROM activities"), rows.value("SELECT count(*) FROM gestures")


def test_escape_keeps_the_draft_and_the_key_brings_it_back(rep: Rep) -> None:
    rep.choose(rep.id_of(MARTA))
    rep.press("C", "2")
    rep.type("Wants twelve months, send quote thu")

    rep.press("Escape")
    assert rep.toast == "Draft kept for Marta"
    rep.press("Down", "C")
    assert rep.app.sheet.line.text == ""
    rep.press("Escape")
    rep.choose(rep.id_of(MARTA))
    rep.press("C")

    assert rep.app.sheet.line.text == "Wants twelve months, send quote thu"
    assert rep.app.logging.outcome is not None
    assert rep.app.logging.outcome.code == "wants_changes"
    assert rep.app.logging.step_words == ("Send quote", "Thu 26 Nov")


def test_a_draft_outlives_a_crash(qapp: QApplication, clock: Clock) -> None:
    with opened(qapp, demo_copy(clock)) as rep:
        rep.choose(rep.id_of(MARTA))
        rep.press("C", "1")
        rep.type("Half a thought")
        marta = rep.id_of(MARTA)
        rep.app.sheet._keep.timeout.emit()  # the pause in typing, without waiting for it
        after_the_crash = reopened(rep.core, clock)

    with opened(qapp, after_the_crash) as rep:
        rep.choose(marta)
        rep.press("C")
        assert rep.app.sheet.line.text == "Half a thought"
        rep.press("Return")
        assert rep.toast.startswith("Connected, Marta Ferreira.")
        with rep.core.database.read() as rows:
            assert rows.all("SELECT body FROM activities WHERE body LIKE 'Half a%'") == [("Half a thought",)]
            assert rows.all("SELECT * FROM drafts") == []


def test_the_next_person_begins_with_an_empty_line(rep: Rep) -> None:
    rep.choose(rep.id_of(MARTA))
    rep.press("C")
    rep.type("Wants twelve months, send quote thu")
    rep.press("Return")
    rep.choose(rep.id_of(DANIEL))

    rep.press("C")

    assert (rep.app.sheet.line.text, rep.app.logging.text) == ("", "")
    assert rep.app.logging.step_words == ("", "")


def test_closing_the_window_over_an_open_sheet_keeps_what_was_typed(qapp: QApplication, clock: Clock) -> None:
    core = demo_copy(clock)
    core.demo = False  # its folder stays when it is closed
    with opened(qapp, core) as rep:
        rep.choose(rep.id_of(MARTA))
        marta = rep.id_of(MARTA)
        rep.press("O")
        rep.type("Half a thought")

    with opened(qapp, reopened(core, clock)) as rep:
        rep.choose(marta)
        rep.press("O")
        assert rep.app.sheet.line.text == "Half a thought"
    shutil.rmtree(core.folder)


# While sync moves the list ──────────────────────────────────────────────────────────────────────────────────────────


def test_sync_keeps_the_selection_and_the_scroll_and_resets_nothing(rep: Rep) -> None:
    view, model = rep.app.page.list, rep.app.today
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Warning, rep.app)
    rep.app.window.resize(1320, 600)
    QApplication.processEvents()
    rep.choose(rep.id_of("Hanna Koski"))
    bar = view.verticalScrollBar()
    bar.setValue(bar.maximum() // 2)
    before = bar.value()
    assert before > 0
    resets: list[int] = []
    model.modelReset.connect(lambda: resets.append(1))
    top = view.indexAt(view.rect().topLeft()).data()

    with rep.core.database.write(from_sync=True) as write:
        jonas, daniel = rep.id_of("Jonas Weber"), rep.id_of(DANIEL)
        write.text("UPDATE people SET name = 'Jonas W. Weber' WHERE id = ?", (jonas,))
        write.text("DELETE FROM scores WHERE subject_id = ?", (rep.id_of("Sofia Marchetti"),))
        write.touched(Kind.PERSON, daniel)
        write.touched_today()
    QApplication.processEvents()

    assert model.row_of(rep.id_of("Sofia Marchetti")) == -1
    assert rep.selected == rep.id_of("Hanna Koski")
    assert (bar.value(), view.indexAt(view.rect().topLeft()).data()) == (before, top)
    assert resets == []
    assert rep.focus is view


def test_the_models_keep_what_a_model_promises(rep: Rep) -> None:
    warns = QAbstractItemModelTester.FailureReportingMode.Warning
    QAbstractItemModelTester(rep.app.today, warns, rep.app)
    rep.choose(rep.id_of(DANIEL))
    rep.press("N", "Ctrl+Z", "E", "Ctrl+Z", "Ctrl+K")
    QAbstractItemModelTester(palette(rep)[0], warns, rep.app)
    rep.type("mar")
    rep.press("Backspace", "Backspace", "Down", "Up", "Escape")

    assert rep.app.today.row_of(rep.id_of(DANIEL)) >= 0


def until_reminders_stand(rep: Rep) -> None:
    """Their bar comes a moment after the first paint, and is no popup."""
    rep.app._remind()
    QApplication.processEvents()


def test_who_types_a_name_after_a_log_means_the_person_and_undoes_nothing(rep: Rep) -> None:
    rep.choose(rep.id_of(MARTA))
    rep.press("N", "Ctrl+K")
    rep.type("ferreira")

    rep.press("Return")

    assert rep.app.window.here == "record"
    with rep.core.database.read() as rows:
        assert rows.value("SELECT undone_at FROM gestures ORDER BY n DESC LIMIT 1") is None


def test_popups_are_not_left_behind(rep: Rep) -> None:
    until_reminders_stand(rep)
    rep.choose(rep.id_of(MARTA))
    rep.press("S", "Escape", "D", "Escape", "X", "Escape", "Ctrl+K", "Escape", "C", "Escape")
    QApplication.sendPostedEvents(None, 52)
    before = len(rep.app.window.findChildren(QWidget))

    for _ in range(20):
        rep.press("S", "Escape", "D", "Escape", "X", "Escape", "Ctrl+K", "Escape", "C", "Escape")
    QApplication.sendPostedEvents(None, 52)

    assert len(rep.app.window.findChildren(QWidget)) == before


def test_the_day_changes_for_every_listener_once(rep: Rep) -> None:
    """One act, one reading of the list: slots do not pile up."""
    told: list[Changes] = []
    rep.app.bridge.changed.connect(told.append)
    rep.choose(rep.id_of(DANIEL))

    rep.press("N")

    assert len(told) == 1


def test_keys_are_shown_as_they_are_pressed(rep: Rep) -> None:
    for command, action in rep.app.commands.all():
        for keys in action.shortcuts():
            assert keys != QKeySequence(Qt.Key.Key_unknown), command.id
