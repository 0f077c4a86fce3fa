"""What moves: briefly, never in the way of the next key, and not at all for who does not want it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.journeys.rep import Rep
from tests.journeys.window import CALM, Clock, demo_copy, opened
from ui.theme import system_motion
from ui.widgets.closing_gap import CLOSE_MS, FADE_MS

PRIYA = "Priya Raman"


@pytest.fixture
def rep(qapp: QApplication) -> Iterator[Rep]:
    """A rep for whom things move, with Priya selected."""
    with opened(qapp, demo_copy(Clock()), replace(CALM, reduce_motion=False)) as working:
        working.choose(working.id_of(PRIYA))
        yield working


def still(rep: Rep, at: float) -> None:
    """Holds the movement at this many milliseconds."""
    gap = rep.app.page._gap
    assert gap.isVisible(), "nothing moves"
    gap._run.pause()
    gap._move(at)


def log_no_answer(rep: Rep) -> None:
    """As the key does, without the wait of a key for the event loop."""
    rep.app.commands.run("log.no_answer")


def test_a_finished_row_fades_and_then_its_gap_closes_while_the_next_row_is_selected_at_once(rep: Rep) -> None:
    log_no_answer(rep)

    still(rep, 0.0)
    gap = rep.app.page._gap
    assert gap._offset == 58
    assert rep.selected not in (None, rep.id_of(PRIYA))
    gap._move(FADE_MS)
    assert gap._offset == 58
    gap._move(FADE_MS + CLOSE_MS)
    assert gap._offset == 0


def test_the_next_key_ends_the_movement_and_is_heard(rep: Rep) -> None:
    log_no_answer(rep)
    still(rep, FADE_MS / 2)
    after = rep.selected

    rep.press("Down")

    assert not rep.app.page._gap.isVisible()
    assert rep.selected != after


def test_a_click_means_the_row_that_is_seen_under_the_pointer(rep: Rep) -> None:
    view, today = rep.app.page.list, rep.app.today
    row = today.row_of(rep.id_of(PRIYA)) + 2
    wanted = today.item(row)
    seen = view.visualRect(today.index(row, 0)).center()
    log_no_answer(rep)
    still(rep, 0.0)
    gap = rep.app.page._gap

    rep.click(gap, gap.mapFromParent(QPoint(seen)))

    assert wanted is not None
    assert rep.selected == wanted.id


def test_who_wants_no_motion_sees_none(qapp: QApplication) -> None:
    with opened(qapp, demo_copy(Clock()), CALM) as rep:
        rep.choose(rep.id_of(PRIYA))

        log_no_answer(rep)

        assert not rep.app.page._gap.isVisible()


def test_the_movement_ends_by_itself(rep: Rep, qtbot: QtBot) -> None:
    log_no_answer(rep)

    qtbot.waitUntil(lambda: not rep.app.page._gap.isVisible(), timeout=5_000)


@pytest.mark.parametrize(("answer", "less"), [("false", True), ("true", False), ("", False)])
def test_the_desktops_wish_for_less_motion_is_heard(
    answer: str, less: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "gsettings"
    program.write_text(f"#!/bin/sh\necho {answer}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    monkeypatch.setenv("XDG_CURRENT_DESKTOP", "GNOME")

    assert system_motion.asks_for_less() == less


def test_a_computer_without_a_desktop_asks_for_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("XDG_CURRENT_DESKTOP", raising=False)

    assert not system_motion.asks_for_less()
