"""The pipeline's page on the demo book, driven by real keys."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QImage, QPainter, QStandardItemModel
from PySide6.QtTest import QAbstractItemModelTester, QSignalSpy, QTest
from PySide6.QtWidgets import QApplication, QStyleOptionViewItem
from pytestqt.qtbot import QtBot

from companion.actions.change_deal import set_close_date
from companion.bootstrap import Core, demo_book
from companion.domain.changes import Changes
from companion.queries.pipeline import Pipeline, PipelineRow
from tests.ui.rep import NOW, noting_commands, session_of, unnamed
from ui.pipeline import delegate, viewmodel
from ui.pipeline.columns import columns
from ui.pipeline.look import PipelineLook
from ui.pipeline.screen import PipelinePage
from ui.theme import fonts
from ui.theme.theme import Theme
from ui.widgets.looks import RowRole
from ui.widgets.painting import draw_text


@pytest.fixture(scope="module")
def core() -> Iterator[Core]:
    """The demo book."""
    made = demo_book(lambda: NOW)
    yield made
    made.close()


@pytest.fixture
def asked() -> list[str]:
    """The ids of the commands that were carried out."""
    return []


@pytest.fixture
def page(core: Core, asked: list[str], qtbot: QtBot, theme: Theme) -> PipelinePage:
    """The pipeline, as the rep just came to it."""
    made = PipelinePage(session_of(core), noting_commands(core, asked))
    qtbot.addWidget(made)
    made.resize(1104, 811)
    made.show()
    qtbot.waitExposed(made)
    made.enter()
    return made


def look(page: PipelinePage, title: str) -> PipelineLook:
    found = [page.model.look(row) for row in range(page.model.rowCount())]
    return next(each for each in found if each.title == title)


def test_groups_stand_in_order_with_sums_that_add_up(page: PipelinePage) -> None:
    heads = [page.model.look(row) for row in range(page.model.rowCount()) if page.model.deal(row) is None]
    assert [head.title for head in heads] == ["Needs attention", "November", "December", "Later"]
    assert heads[0].tone == "warn"
    assert page.model.summary == "€881k open · €119k closes this month · 6 need attention"


def test_a_row_says_what_it_shows_and_why_in_one_sentence(page: PipelinePage) -> None:
    row = look(page, "Route planning rollout")
    assert (row.amount, row.stage, row.reached, row.of) == ("€48,000", "Proposal", 3, 5)
    assert (row.close, row.close_tone, row.step, row.step_tone) == ("Fri 27 Nov", "warn", "No next step", "warn")
    assert row.touch == "6 days"
    assert row.spoken == (
        "Route planning rollout, Halvorsen Logistics. Proposal sent 6 days ago, no reply · closes Friday. €48,000. "
        "Proposal. closes Fri 27 Nov. No next step. last touch 6 days"
    )


def test_it_begins_on_the_first_deal_and_heads_are_stepped_over(page: PipelinePage) -> None:
    first = page.subject()
    assert first is not None
    assert first.name == "Seat expansion"
    assert page.list.hasFocus()
    for _ in range(6):
        QTest.keyClick(page.list, Qt.Key.Key_Down)
    here = page.subject()
    assert here is not None
    assert here.name == "Depot scanners"


def test_single_keys_are_the_windows_commands(page: PipelinePage, asked: list[str]) -> None:
    for key in (Qt.Key.Key_BracketRight, Qt.Key.Key_BracketLeft, Qt.Key.Key_D, Qt.Key.Key_T):
        QTest.keyClick(page.list, key)
    assert asked == ["stage.next", "stage.previous", "close_date", "step"]


def test_the_close_date_is_edited_in_its_cell_with_words(page: PipelinePage) -> None:
    spy = QSignalSpy(page.dated)
    page.edit_close_date()
    assert page.date.line.hasFocus()
    field = page.date._field().translated(page.date.pos())
    row = QRectF(page.list.visualRect(page.list.currentIndex()))
    cell = columns(row).close.translated(page.list.viewport().mapTo(page, row.topLeft().toPoint()).x(), 0)
    assert abs(field.left() - (cell.left() - 7)) <= 1
    QTest.keyClicks(page.date.line, "fri")
    QTest.keyClick(page.date.line, Qt.Key.Key_Return)
    assert spy.at(0)[0].name == "Seat expansion"
    assert spy.at(0)[1] == dt.date(2026, 11, 27)
    assert page.list.hasFocus()


def test_esc_in_the_cell_changes_nothing(page: PipelinePage) -> None:
    spy = QSignalSpy(page.dated)
    page.edit_close_date()
    QTest.keyClicks(page.date.line, "eom")
    QTest.keyClick(page.date.line, Qt.Key.Key_Escape)
    assert spy.count() == 0
    assert page.list.hasFocus()


def test_enter_and_a_double_click_open_the_deal(page: PipelinePage, asked: list[str]) -> None:
    spy = QSignalSpy(page.opened)
    spot = page.list.visualRect(page.list.currentIndex()).center()
    QTest.mouseClick(page.list.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    QTest.mouseDClick(page.list.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    assert spy.count() == 1
    assert spy.at(0)[0].name == "Seat expansion"
    QTest.keyClick(page.list, Qt.Key.Key_Return)
    assert asked == ["open"]


def test_a_new_date_moves_the_row_and_the_selection_goes_with_it(asked: list[str], qtbot: QtBot, theme: Theme) -> None:
    core = demo_book(lambda: NOW)
    made = PipelinePage(session_of(core), noting_commands(core, asked))
    qtbot.addWidget(made)
    made.resize(1104, 811)
    made.show()
    made.enter()
    QAbstractItemModelTester(made.model, QAbstractItemModelTester.FailureReportingMode.Warning, made)
    resets = QSignalSpy(made.model.modelReset)
    deal = made.subject()
    assert deal is not None
    set_close_date(core.desk(), deal.id, dt.date(2027, 3, 1), "closes 1 Mar")
    made.changed(Changes())
    assert made.subject() == deal
    assert look(made, "Seat expansion").close == "Mon 1 Mar"
    assert look(made, "Seat expansion").close_tone == "none"
    assert resets.count() == 0
    core.close()


def test_next_steps_are_read_for_the_rows_in_view_and_not_for_all(page: PipelinePage) -> None:
    page.model.load()
    assert len(page.model._progress) <= 80
    page.model.index(1, 0).data(RowRole.LOOK)
    assert 0 < len(page.model._progress) <= 80


def test_a_change_words_the_rows_in_sight_anew_and_not_all_that_ever_were(
    page: PipelinePage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(viewmodel, "_IN_SIGHT", 5)
    page.model.load()
    for row in range(page.model.rowCount()):
        page.model.look(row)
    page.model.look(1)
    worded: list[str] = []
    word = page.model._deal

    def noted(deal: PipelineRow) -> PipelineLook:
        worded.append(deal.name)
        return word(deal)

    monkeypatch.setattr(page.model, "_deal", noted)

    page.model.load()

    last = [deal.name for row in range(page.model.rowCount()) if (deal := page.model.deal(row)) is not None][-4:]
    first = page.model.deal(1)
    assert first is not None
    assert set(worded) == {first.name, *last}


def test_a_filter_is_looked_for_in_what_was_read(page: PipelinePage, monkeypatch: pytest.MonkeyPatch) -> None:
    # Given the deals as they were read
    def read_anew(*_: object) -> Pipeline:
        raise AssertionError("a letter reads the pipeline anew")

    monkeypatch.setattr(viewmodel, "pipeline", read_anew)
    rows = page.model.rowCount()
    # When letters are typed, and taken back
    page.find_bar.open()
    QTest.keyClicks(page.find_bar.line, "route pl")
    # Then the deal stands there with what comes next on it, under the head that counts it alone
    assert [page.model.look(row).title for row in range(page.model.rowCount())] == [
        "Needs attention",
        "Route planning rollout",
    ]
    assert page.model.look(0).note == "1"
    QTest.keyClick(page.find_bar.line, Qt.Key.Key_Escape)
    assert page.model.rowCount() == rows
    assert page.model.look(0).note == "6"


def test_a_row_that_reads_differently_lays_no_other_out(page: PipelinePage, monkeypatch: pytest.MonkeyPatch) -> None:
    # Given rows that stand where they belong
    QApplication.processEvents()
    asked: list[int] = []
    measured = page.model.is_head

    def noted(row: int) -> bool:
        asked.append(row)
        return measured(row)

    monkeypatch.setattr(page.list.itemDelegate(), "_is_head", noted)
    # When one of them changes
    index = page.model.index(2, 0)
    page.model.dataChanged.emit(index, index)
    QApplication.processEvents()
    page.list.visualRect(index)
    # Then no other is asked how tall it is
    assert set(asked) <= {2}


def test_an_empty_book_says_what_will_stand_here(asked: list[str], qtbot: QtBot, theme: Theme) -> None:
    core = demo_book(lambda: NOW, synced=False)
    made = PipelinePage(session_of(core), noting_commands(core, asked))
    qtbot.addWidget(made)
    made.show()
    made.enter()
    assert made.empty.isVisible()
    assert made.subject() is None
    made.edit_close_date()
    assert not made.date.is_open
    core.close()


def test_columns_never_overlap_at_any_width(theme: Theme) -> None:
    for width in range(860, 2600, 60):
        places = columns(QRectF(0, 0, width, 40))
        for before, after in itertools.pairwise(places):
            assert before.right() <= after.left() + 0.5, width
        assert places.touch.right() <= width


def test_every_control_has_a_name(page: PipelinePage) -> None:
    assert unnamed(page) == []


@pytest.mark.parametrize("direction", [Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft])
def test_both_themes_and_directions_paint(page: PipelinePage, each_theme: Theme, direction: Qt.LayoutDirection) -> None:
    page.setLayoutDirection(direction)
    page.edit_close_date()
    QApplication.processEvents()
    assert not page.grab().isNull()


@pytest.mark.parametrize(("width", "percent"), [(1208, 200), (876, 150), (904, 100), (1104, 100)])
def test_what_comes_next_has_its_column_at_every_size_of_text(theme: Theme, width: int, percent: int) -> None:
    # Given a page of the width that a window of 1,320 or 960 px leaves it
    theme.set_text_scale(percent)
    try:
        places = columns(QRectF(0, 0, width, 40))
        date = fonts.width("Sat 21 Nov", "label", True)
    finally:
        theme.set_text_scale(100)
    # Then there is room for the next step, for a date and for a name
    assert places.step.width() >= 90 * percent / 100
    assert places.close.width() >= date
    assert places.deal.width() >= 200
    assert places.step.right() <= width


def test_a_next_step_that_is_cut_keeps_its_day(theme: Theme, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    # Given a next step whose words are too long for the column
    shown_look = PipelineLook(
        "deal", "Yard sensors", step="Agree on a price per gate and yard, Fri 27 Nov", step_day=", Fri 27 Nov"
    )
    drawn: list[tuple[str, float, float]] = []

    def heard(painter: QPainter, rect: QRectF, text: str, *rest: Any, **more: Any) -> float:
        drawn.append((text, rect.width(), fonts.width(text, rest[0])))
        return draw_text(painter, rect, text, *rest, **more)

    monkeypatch.setattr(delegate, "draw_text", heard)
    image = QImage(1104, 40, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    # When the row is painted
    option = QStyleOptionViewItem()
    option.rect = QRect(0, 0, 1104, 40)
    model = QStandardItemModel(1, 1)
    model.setData(model.index(0, 0), shown_look, RowRole.LOOK)
    delegate.PipelineDelegate().paint(painter, option, model.index(0, 0))
    painter.end()
    # Then the day is whole, and the words give way
    day = next(each for each in drawn if each[0] == ", Fri 27 Nov")
    assert day[1] >= day[2]
    words = next(each for each in drawn if each[0].startswith("Agree"))
    assert words[1] < words[2]
