"""With large text, or in a language of long words: nothing that a rep must read or press is cut, and a row is a row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from companion.domain.records import Kind
from tests.journeys.rep import Rep
from tests.journeys.window import CALM, Clock, demo_copy, opened
from ui.language import speak
from ui.log.bar import LogBar
from ui.theme import fonts
from ui.theme.theme import Theme
from ui.widgets.chip import Chip
from ui.widgets.chip_rows import ChipRows
from ui.widgets.fact_list import FactRow
from ui.widgets.labelled_line import LabelledLine
from ui.widgets.segmented import Segmented
from ui.widgets.text_block import Span, TextBlock

MARTA = "Marta Ferreira"


@pytest.fixture(params=[100, 130, 150, 200])
def rep(qapp: QApplication, request: pytest.FixtureRequest) -> Iterator[Rep]:
    """A rep at a window of 1,320 × 840 with text of this size, Marta selected."""
    with opened(qapp, demo_copy(Clock()), replace(CALM, text_size=request.param)) as working:
        working.app.window.resize(1320, 840)
        working.choose(working.id_of(MARTA))
        yield working


def whole(widget: QWidget) -> bool:
    """Whether all of it is seen."""
    return bool(widget.visibleRegion().boundingRect() == widget.rect())


def settle() -> None:
    for _ in range(6):
        QApplication.processEvents()


def test_the_log_sheet_is_read_and_saved_whole_over_a_page(rep: Rep) -> None:
    # Given Marta's own page
    rep.press("Return")
    # When a call with her is logged
    rep.press("C", "2")
    settle()
    # Then each outcome can be told from the others, and the sheet can be saved
    sheet = rep.app.sheet
    chips = [each for each in sheet.findChildren(Chip) if each.isVisible()]
    assert len(chips) == 4
    for chip in chips:
        assert whole(chip), chip.label
        assert chip.width() >= chip.sizeHint().width(), chip.label
    for needed in (sheet.line, sheet.save, sheet.save_next):
        assert whole(needed)
    assert sheet._title.text() == sheet._title.full_text


@pytest.mark.parametrize("subject", [(Kind.DEAL, "Maintenance planner"), (Kind.PERSON, "Agnieszka Svensson")])
def test_the_log_sheet_is_whole_in_the_smallest_window_however_much_is_written(
    rep: Rep, subject: tuple[Kind, str]
) -> None:
    # Given the page of a deal without a reason, or of somebody whose deal moves on, in the smallest window
    kind, name = subject
    table = {Kind.DEAL: "deals", Kind.PERSON: "people"}[kind]
    with rep.core.database.read() as rows:
        record_id = rows.value(f"SELECT id FROM {table} WHERE name = ?", (name,))
    rep.app.window.resize(960, 600)
    rep.app.places.open_record(kind, record_id)
    settle()
    # When a call is logged with a note of many lines and a long next step
    rep.press("C", "Alt+2")
    rep.app.sheet.line.set_text("a\nb\nc\nd\ne\nthey meet, send the revised quote for both of the sites thu 10")
    settle()
    # Then the line, the end of the note in it, and the buttons are in sight
    sheet = rep.app.sheet
    for needed in (sheet.line, sheet.save, sheet.save_next):
        assert whole(needed), needed.accessibleName()
    assert sheet.line.viewport().rect().contains(sheet.line.cursorRect())
    # When the sheet goes
    sheet.line.set_text("")
    rep.press("Escape")
    settle()
    # Then all that made way for it is back
    page: Any = rep.app.window.stack.currentWidget()
    for back in (page.head, page.filters, page.list, page.rail):
        assert back.isVisible()


def test_the_head_of_a_page_comes_back_when_the_sheet_goes(rep: Rep) -> None:
    rep.press("Return", "C", "2", "Escape")
    settle()
    page = rep.app.window.stack.currentWidget()
    assert page is not None
    assert page.head.isVisible()  # type: ignore[attr-defined]
    assert page.head._why.isVisible()  # type: ignore[attr-defined]


def test_the_sheet_stands_under_what_its_page_holds(rep: Rep) -> None:
    # Given the sheet over the page of somebody
    rep.press("Return", "C")
    settle()
    page, sheet = rep.app.window.stack.currentWidget(), rep.app.sheet
    assert page is not None

    def left(widget: QWidget) -> int:
        return widget.mapTo(rep.app.window, QPoint()).x()

    heading = page.filters if page._heading.isHidden() else page._heading  # type: ignore[attr-defined]
    # Then it begins where the history begins
    assert left(sheet.line) == left(heading)


def test_the_company_is_read_before_a_number_is(rep: Rep) -> None:
    rep.press("Return")
    settle()
    page = rep.app.window.stack.currentWidget()
    assert page is not None
    subtitle = page.head._subtitle  # type: ignore[attr-defined]
    assert "Halvorsen Logistics" in subtitle.text()


def test_filters_in_a_row_show_alike(qtbot: QtBot, theme: Theme) -> None:
    # Given filters with their numbers
    holder = QWidget()  # a window of its own could not be narrower than its layout
    qtbot.addWidget(holder)
    row = Segmented(["All", "Calls", "Meetings"], "Show", holder, look="plain", marks=("", "phone", "video"))
    for place in range(3):
        row.set_count(place, "27")
    holder.show()
    shown = set()
    # When the room shrinks
    for width in range(row.sizeHint().width(), row.minimumSizeHint().width() - 1, -1):
        row.resize(width, row.sizeHint().height())
        levels = {each.level for each in row._segments()}
        # Then all give up their number together, and then their words
        assert len(levels) == 1
        shown |= levels
    assert shown == {"whole", "words", "icon"}


def test_a_value_that_is_too_long_goes_on_below_itself(qtbot: QtBot, theme: Theme) -> None:
    holder = QWidget()
    qtbot.addWidget(holder)
    line = LabelledLine("Content", "Read the pricing page and the Nordfrakt case study, 9 Nov", holder, height=25)
    line.resize(600, 25)
    holder.show()
    assert line.sizeHint().height() == fonts.px(25)
    line.resize(290, 25)
    assert line.sizeHint().height() == fonts.px(25) + fonts.leading()
    assert not line._block().elided


@pytest.mark.parametrize("percent", [100, 150])
@pytest.mark.parametrize(
    ("address", "lines"),
    [
        ("ana@corvid.example", ["ana@corvid.example"]),
        ("marta.ferreira@halvorsen-logistics.example", ["marta.ferreira", "@halvorsen-logistics.example"]),
        ("https://halvorsen-logistics.example/people", ["https://halvorsen-logistics", ".example/people"]),
        ("https://crm.example/?person=martaferreira", ["https://crm.example/?person", "=martaferreira"]),
    ],
)
def test_a_long_address_goes_on_at_a_sign_of_its_own(
    address: str, lines: list[str], percent: int, qtbot: QtBot, theme: Theme
) -> None:
    theme.set_text_scale(percent)
    holder = QWidget()
    qtbot.addWidget(holder)
    line = LabelledLine("Email", address, holder, height=25)
    line.resize(fonts.px(290), fonts.px(25))
    holder.show()
    line.resize(fonts.px(291), fonts.px(25))

    assert lines_of(line._block()) == lines
    assert not line._block().elided
    assert line.accessibleName() == f"Email: {address}"
    assert (address in line.toolTip()) == (len(lines) > 1)


def lines_of(block: TextBlock) -> list[str]:
    """What is read in each line, without the marks that take no room."""
    (layout,) = block._layouts
    units = layout.text().encode("utf-16-le")
    ends = [(line.textStart(), line.textStart() + line.textLength()) for line in map(layout.lineAt, range(block.lines))]
    read = (units[2 * start : 2 * end].decode("utf-16-le") for start, end in ends)
    return [each.translate({0x200B: None, 0x2060: None}).strip() for each in read]


def test_an_address_within_words_goes_on_at_a_sign_of_its_own(theme: Theme) -> None:
    words = "Write to marta.ferreira@halvorsen-logistics.example, she decides"
    assert lines_of(TextBlock([Span(words)], 220.0)) == [
        "Write to marta.ferreira",
        "@halvorsen-logistics.example, she",
        "decides",
    ]
    assert lines_of(TextBlock([Span(words)], 60.0))[:3] == ["Write to", "marta", ".ferreira"]
    ended = TextBlock([Span(words)], 150.0, max_lines=2)
    assert ended.elided
    assert lines_of(ended)[0] == "Write to marta.ferreira"
    assert lines_of(ended)[1].endswith("…")


def test_a_fact_that_has_no_room_is_whole_in_its_tooltip(qtbot: QtBot, theme: Theme) -> None:
    fact = (
        "Their portal is https://portal.halvorsen-logistics.example/tenders/2026/november and closes on Friday at noon"
    )
    row = FactRow(fact, "Email, 16 Nov")
    qtbot.addWidget(row)
    row.resize(300, row.heightForWidth(300))
    row.show()
    assert fact in row.toolTip()
    row.set_fact("Board decides on 27 Nov", "Call, 12 Nov", "", "text")
    assert row.toolTip() == ""


def test_chips_are_never_narrower_than_their_words(qtbot: QtBot, theme: Theme) -> None:
    holder = QWidget()
    qtbot.addWidget(holder)
    rows = ChipRows(holder)
    chips = [Chip(words, str(n)) for n, words in enumerate(("Interested", "Wants changes", "Not now", "Not a fit"), 1)]
    rows.fill(chips)
    holder.show()
    seen = []
    for width in (700, 300, 150):
        rows.resize(width, rows.sizeHint().height())
        settle()
        rows.resize(width, rows.sizeHint().height())
        settle()
        seen.append(rows.across)
        places = [each.geometry() for each in chips]
        assert all(each.width() >= chip.sizeHint().width() for each, chip in zip(places, chips, strict=True))
        assert not any(a.intersects(b) for a in places for b in places if a is not b)
        assert QRect(0, 0, width, rows.height()).contains(places[-1])
    assert seen == [4, 2, 1]


def test_a_bullet_grows_with_its_fact(qtbot: QtBot, theme: Theme) -> None:
    heights = []
    for percent in (100, 200):
        theme.set_text_scale(percent)
        row = FactRow("Wants a 12-month option next to the 24-month one", "Call, 12 Nov")
        qtbot.addWidget(row)
        row.resize(round(290 * percent / 100), row.heightForWidth(round(290 * percent / 100)))
        row.show()
        picture = row.grab().toImage()
        ground = picture.pixel(0, 0)
        dotted = [y for y in range(picture.height()) if picture.pixel(round(5 * percent / 100), y) != ground]
        heights.append(len(dotted))
    theme.set_text_scale(100)
    assert heights[1] > 1.5 * heights[0] > 0


@pytest.mark.parametrize("width", [1100, 1320])
def test_the_log_bar_teaches_its_keys_in_a_small_window_too(qapp: QApplication, width: int) -> None:
    with opened(qapp, demo_copy(Clock())) as rep:
        rep.app.window.resize(width, 760)
        rep.choose(rep.id_of(MARTA))
        settle()
        buttons = rep.app.bar.buttons.values()
        assert [each.keys for each in buttons] == ["N", "V", "C", "E", "S"]
        assert all(each.width() >= each.sizeHint().width() for each in buttons)


@pytest.mark.parametrize("percent", [100, 150, 200])
@pytest.mark.parametrize("language", ["en", "de", "fr", "es"])
def test_each_outcome_is_read_by_its_name_and_its_key_in_any_language(
    qapp: QApplication, language: str, percent: int
) -> None:
    # Given somebody's page, in a language, with text of a size
    core = demo_copy(Clock())  # before the language: what it is made from is made once
    speak(language, qapp)
    try:
        with opened(qapp, core, replace(CALM, text_size=percent)) as rep:
            rep.app.window.resize(1320, 840)
            rep.choose(rep.id_of(MARTA))
            rep.press("Return")
            settle()
            bars = [each for each in rep.app.window.findChildren(LogBar) if each.isVisible()]
            # Then each button says what it logs, and its key, and all of it is seen
            assert len(bars) == 1
            for button in bars[0].buttons.values():
                assert button.label == button.accessibleName()
                assert button.keys
                assert whole(button), button.label
                assert button.width() >= button.sizeHint().width()
    finally:
        speak("en", qapp)
