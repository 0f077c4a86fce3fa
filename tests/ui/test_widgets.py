"""What the widgets do when they are used: keys, clicks, focus, time, hostile text."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QAccessible, QImage, QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from ui.theme.theme import Theme
from ui.widgets import toast as toasts
from ui.widgets.animate import Motion, Run
from ui.widgets.avatar import initials_of, tint_of
from ui.widgets.button import Button
from ui.widgets.card import Hairline
from ui.widgets.chip import Chip
from ui.widgets.fact_list import FactList, FactRow
from ui.widgets.keycap import key_text
from ui.widgets.label import Label
from ui.widgets.line_editor import LineEditor
from ui.widgets.paragraph import Paragraph
from ui.widgets.plain import plain_line, plain_text, tooltip_of
from ui.widgets.progress import Progress
from ui.widgets.segmented import Segmented
from ui.widgets.strip import Strip
from ui.widgets.toast import Toast

Grab = Callable[..., QImage]


# ── text ──


def test_a_line_keeps_honest_text_as_it_is() -> None:
    assert plain_line("Zoë Müller · 青木 · 👩‍👧") == "Zoë Müller · 青木 · 👩‍👧"


def test_a_line_drops_what_reorders_and_breaks() -> None:
    assert plain_line("a\u202eb\0c\nd\ud800e") == "abc d\ufffde"


def test_a_line_of_a_megabyte_is_cut() -> None:
    assert len(plain_line("x" * 1_000_000)) == 401


def test_a_text_keeps_its_line_breaks() -> None:
    assert plain_text("one\r\ntwo\rthree\u202e") == "one\ntwo\nthree"


def test_a_tooltip_shows_markup_as_it_was_typed() -> None:
    assert tooltip_of("<b>R&D</b>") == "<qt>&lt;b&gt;R&amp;D&lt;/b&gt;</qt>"
    assert tooltip_of("who\nwhy") == "<qt>who<br>why</qt>"


def test_a_label_never_reads_its_text_as_markup(theme: Theme, qtbot: QtBot) -> None:
    label = Label("<b>Marta</b>")
    qtbot.addWidget(label)

    assert label.textFormat() == Qt.TextFormat.PlainText
    assert label.text() == "<b>Marta</b>"


def test_a_label_that_may_shrink_ends_in_an_ellipsis_and_keeps_all_in_its_tooltip(theme: Theme, qtbot: QtBot) -> None:
    label = Label("Head of Operations, Halvorsen Logistics", elide=True)
    qtbot.addWidget(label)
    label.resize(100, 20)
    label.show()

    assert label.text().endswith("…")
    assert "Halvorsen" in label.toolTip()
    assert label.accessibleName() == "Head of Operations, Halvorsen Logistics"


def test_a_paragraph_wraps_by_20_px_and_stops_after_the_lines_it_may_have(theme: Theme, qtbot: QtBot) -> None:
    words = "You emailed proposal v2 on Wed 18 Nov. " * 10
    free, short = Paragraph(words), Paragraph(words, max_lines=2)
    qtbot.addWidget(free)
    qtbot.addWidget(short)

    assert free.heightForWidth(300) % 20 == 0
    assert free.heightForWidth(300) > 100
    assert short.heightForWidth(300) == 40
    assert short.accessibleName() == words


@pytest.mark.parametrize("text", ["", "\ud800", "a\n\n\nb", "x" * 1_000_000, "\u202e" * 50, "שלום עולם " * 50])
def test_a_paragraph_takes_any_text(text: str, theme: Theme, grab: Grab, qtbot: QtBot) -> None:
    paragraph = Paragraph(text, max_lines=3)
    qtbot.addWidget(paragraph)
    paragraph.resize(200, 60)

    grab(paragraph)

    assert paragraph.heightForWidth(200) <= 60


# ── lines and boxes ──


@pytest.mark.parametrize("ratio", [1.0, 2.0, 3.0])
def test_a_hairline_is_one_logical_pixel_of_one_colour(ratio: float, theme: Theme, grab: Grab, qtbot: QtBot) -> None:
    host = QWidget()
    qtbot.addWidget(host)
    host.resize(40, 11)
    line = Hairline(host)
    line.setGeometry(0, 5, 40, 1)

    image = grab(host, ratio)
    wanted = theme.color("hairline")
    rows = [y for y in range(image.height()) if image.pixelColor(round(20 * ratio), y) == wanted]

    assert len(rows) == ratio
    assert image.pixelColor(20, rows[0] - 1) == theme.color("window")
    assert image.pixelColor(20, rows[-1] + 1) == theme.color("window")


def test_progress_fills_in_proportion(theme: Theme, grab: Grab, qtbot: QtBot) -> None:
    bar = Progress("Done today")
    qtbot.addWidget(bar)
    bar.resize(100, 4)
    bar.set_done(3, 10)

    image = grab(bar)

    assert image.pixelColor(25, 2) == theme.color("good")
    assert image.pixelColor(35, 2) == theme.color("track")
    assert QAccessible.queryAccessibleInterface(bar).text(QAccessible.Text.Name) == "Done today"


# ── buttons ──


def test_a_click_leaves_the_focus_where_it_is_and_tab_reaches_the_button(theme: Theme, qtbot: QtBot) -> None:
    host = QWidget()
    qtbot.addWidget(host)
    row = QHBoxLayout(host)
    editor, button = LineEditor("Note"), Button("Save")
    row.addWidget(editor)
    row.addWidget(button)
    host.show()
    host.activateWindow()
    editor.setFocus()
    qtbot.waitUntil(editor.hasFocus)

    with qtbot.waitSignal(button.clicked):
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert editor.hasFocus()

    QTest.keyClick(editor, Qt.Key.Key_Tab)
    assert button.hasFocus()
    assert button.ring_shown
    with qtbot.waitSignal(button.clicked):
        QTest.keyClick(button, Qt.Key.Key_Space)


def test_a_mnemonic_clicks_and_is_not_part_of_the_words(theme: Theme, qtbot: QtBot) -> None:
    button = Button("&Save")
    qtbot.addWidget(button)
    button.show()
    button.activateWindow()
    qtbot.waitUntil(button.isActiveWindow)

    assert button.label == "Save"
    with qtbot.waitSignal(button.clicked):
        QTest.keyClick(button, Qt.Key.Key_S, Qt.KeyboardModifier.AltModifier)


@pytest.mark.parametrize("variant", ["primary", "normal", "quiet"])
def test_focus_press_and_disabled_each_look_different(variant: str, theme: Theme, grab: Grab, qtbot: QtBot) -> None:
    button = Button("Save", variant=variant, keys="↵")  # type: ignore[arg-type]
    qtbot.addWidget(button)
    button.resize(button.sizeHint())
    button.show()
    button.activateWindow()
    qtbot.waitUntil(button.isActiveWindow)
    button.clearFocus()
    usual = grab(button)

    button.setFocus(Qt.FocusReason.TabFocusReason)
    focused = grab(button)
    button.clearFocus()
    button.setDown(True)
    pressed = grab(button)
    button.setDown(False)
    button.setEnabled(False)
    disabled = grab(button)

    assert all(one != usual for one in (focused, pressed, disabled))


def test_every_target_is_at_least_24_by_24(theme: Theme, qtbot: QtBot) -> None:
    from ui.widgets.button import LinkButton
    from ui.widgets.nav_item import NavItem

    for widget in (
        Button("", icon="x"),
        LinkButton("Edit"),
        Chip("Yes", "1"),
        NavItem("Today", "sun"),
        FactRow("a", "b"),
    ):
        qtbot.addWidget(widget)
        assert widget.sizeHint().height() >= 24


@pytest.mark.parametrize(
    ("keys", "shown"),
    [
        ("Ctrl+K", "Ctrl K"),
        ("Return", "↵"),
        ("Ctrl+Return", "Ctrl ↵"),
        ("Space", "Space"),
        ("+", "+"),
        ("Ctrl++", "Ctrl +"),
    ],
)
def test_a_keycap_names_keys_as_they_are_written_on_them(keys: str, shown: str) -> None:
    assert key_text(keys) == shown


def test_a_segmented_control_tells_the_rep_s_choice_and_not_the_program_s(theme: Theme, qtbot: QtBot) -> None:
    control = Segmented(["Mine", "Team"], "Whose deals")
    qtbot.addWidget(control)
    told: list[int] = []
    control.chosen.connect(told.append)

    control.set_current(1)
    QTest.mouseClick(control.findChildren(QPushButton)[0], Qt.MouseButton.LeftButton)

    assert told == [0]
    assert control.current == 0


def test_a_fact_opens_its_source_by_click_and_by_key(theme: Theme, qtbot: QtBot) -> None:
    facts = FactList()
    qtbot.addWidget(facts)
    opened: list[int] = []
    facts.opened.connect(opened.append)
    facts.set_facts([("one", "Call"), ("R&D decides", "Email, 16 Nov")])
    rows = facts.findChildren(FactRow)

    QTest.mouseClick(rows[1], Qt.MouseButton.LeftButton)
    QTest.keyClick(rows[0], Qt.Key.Key_Space)

    assert opened == [1, 0]
    assert rows[1].accessibleName() == "R&D decides, Email, 16 Nov"


def test_a_strip_grows_when_its_reason_wraps(theme: Theme, qtbot: QtBot) -> None:
    strip = Strip()
    qtbot.addWidget(strip)
    strip.set_reason("Karl moved this deal to Negotiation at 09:05, you moved it to Closing.", tone="info")
    keep, _ = strip.set_actions("Keep yours", "Keep Karl's")

    assert strip.heightForWidth(900) == 40
    assert strip.heightForWidth(400) > 40
    with qtbot.waitSignal(keep.clicked):
        QTest.mouseClick(keep, Qt.MouseButton.LeftButton)


# ── avatar ──


@pytest.mark.parametrize(
    ("name", "initials"),
    [
        ("Marta Ferreira", "MF"),
        ("Ana de la Cruz", "AC"),
        ("Cher", "C"),
        ("", ""),
        ("(Ltd) Acme", "A"),
        ("青木 健", "青健"),
    ],
)
def test_initials_are_of_the_first_and_the_last_word(name: str, initials: str) -> None:
    assert initials_of(name) == initials


def test_the_tint_of_a_person_never_changes() -> None:
    assert [tint_of(key) for key in ("person-1", "person-2", "\ud800")] == [4, 6, 0]


# ── toast ──


def test_a_toast_says_it_aloud_and_goes_by_itself(theme: Theme, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(toasts, "SHOWN_MS", 30)
    host = QWidget()
    qtbot.addWidget(host)
    host.move(400, 400)  # away from the pointer, which would hold the toast
    row = QHBoxLayout(host)
    editor, toast = LineEditor("Note"), Toast()
    row.addWidget(editor)
    row.addWidget(toast)
    host.show()
    editor.setFocus()

    with qtbot.waitSignal(toast.gone, timeout=2_000):
        toast.say("No answer, Daniel Osei", undo="Undo", keys="Ctrl Z")
        assert toast.isVisible()
        assert toast.accessibleName() == "No answer, Daniel Osei"

    assert not toast.isVisible()


def test_a_toast_undoes_once(theme: Theme, qtbot: QtBot) -> None:
    toast = Toast()
    qtbot.addWidget(toast)
    toast.say("Moved to Negotiation", undo="Undo")
    undone: list[bool] = []
    toast.undo.connect(lambda: undone.append(True))
    button = toast.findChildren(QPushButton)[0]

    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    button.click()

    assert undone == [True]
    assert not toast.isVisible()


def test_a_toast_waits_while_its_button_has_the_focus(
    theme: Theme, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(toasts, "SHOWN_MS", 60)
    toast = Toast()
    qtbot.addWidget(toast)
    toast.say("Snoozed until Monday", undo="Undo")
    toast.activateWindow()
    button = toast.findChildren(QPushButton)[0]
    button.setFocus()
    qtbot.waitUntil(button.hasFocus)

    qtbot.wait(120)

    assert toast.isVisible()


# ── the line editor ──


@pytest.fixture
def editor(theme: Theme, qtbot: QtBot) -> LineEditor:
    """A field with a note whose last two words are understood as a date."""
    made = LineEditor("Note and next step", placeholder="What was said, and what comes next")
    qtbot.addWidget(made)
    made.resize(500, 40)
    made.set_text("Great 🎉, send quote thu 10")
    made.set_spans([(20, 26)])
    made.show()
    return made


def test_understood_words_stand_on_a_tint(editor: LineEditor, theme: Theme, grab: Grab) -> None:
    tinted = grab(editor)
    editor.set_spans([])
    plain = grab(editor)

    soft = theme.color("accent_soft").rgb()
    assert any(tinted.pixel(x, 20) == soft for x in range(500))
    assert not any(plain.pixel(x, 20) == soft for x in range(500))


def test_backspace_behind_a_tint_refuses_it_and_keeps_the_words(editor: LineEditor, qtbot: QtBot) -> None:
    refused: list[tuple[int, int]] = []
    editor.span_refused.connect(lambda start, end: refused.append((start, end)))

    QTest.keyClick(editor, Qt.Key.Key_Backspace)
    assert refused == [(20, 26)]
    assert editor.text.endswith("thu 10")

    editor.set_spans([])
    QTest.keyClick(editor, Qt.Key.Key_Backspace)
    assert editor.text.endswith("thu 1")


def test_enter_escape_and_ctrl_enter_are_for_the_owner(editor: LineEditor, qtbot: QtBot) -> None:
    with qtbot.waitSignal(editor.entered):
        QTest.keyClick(editor, Qt.Key.Key_Return)
    with qtbot.waitSignal(editor.entered_with_ctrl):
        QTest.keyClick(editor, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    with qtbot.waitSignal(editor.escaped):
        QTest.keyClick(editor, Qt.Key.Key_Escape)

    assert "\n" not in editor.text


def test_shift_enter_makes_the_note_higher(editor: LineEditor, qtbot: QtBot) -> None:
    low = editor.sizeHint().height()

    QTest.keyClick(editor, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)

    assert editor.text.count("\n") == 1
    assert editor.sizeHint().height() > low == 40


def test_pasted_lines_become_one_and_markup_stays_text(editor: LineEditor) -> None:
    mime = QMimeData()
    mime.setHtml("<b>one</b>")
    mime.setText("<b>one</b>\ntwo")
    editor.set_text("")

    editor.insertFromMimeData(mime)

    assert editor.text == "<b>one</b> two"


def test_spans_outside_the_text_are_left_out(editor: LineEditor, grab: Grab) -> None:
    editor.set_spans([(-1, 3), (5, 900), (4, 4)])

    grab(editor)
    editor.moveCursor(QTextCursor.MoveOperation.Start)

    assert editor.text.startswith("Great")


def test_names_typed_into_the_field_stay_words(editor: LineEditor, qtbot: QtBot) -> None:
    editor.set_text("")

    QTest.keyClicks(editor, "nancy")

    assert editor.text == "nancy"


# ── motion ──


def test_motion_jumps_to_its_end_when_it_is_unwanted(theme: Theme, qtbot: QtBot) -> None:
    seen: list[float] = []
    done: list[bool] = []
    owner = QWidget()
    qtbot.addWidget(owner)

    Run(owner, seen.append, lambda: done.append(True)).go(0.0, 1.0, 160)

    assert (seen, done) == ([1.0], [True])


def test_motion_runs_through_values_and_ends_once(theme: Theme, qtbot: QtBot) -> None:
    Motion.reduced = False
    seen: list[float] = []
    done: list[bool] = []
    owner = QWidget()
    qtbot.addWidget(owner)

    Run(owner, seen.append, lambda: done.append(True)).go(0.0, 1.0, 80)
    qtbot.waitUntil(lambda: bool(done), timeout=2_000)

    assert seen[-1] == 1.0
    assert len(seen) > 2
    assert done == [True]
