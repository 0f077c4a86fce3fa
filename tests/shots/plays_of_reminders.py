"""What reminds: the bar of a promise and of a meeting above the pages, and the ledger of what became of each."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from companion.actions.log_activity import NextStep
from companion.actions.next_step import add_next_step
from tests.shots.scenes import scene
from tests.shots.stage import Stage, settle, wait_for
from ui.reminders.screen import LedgerPage

_AWAKE: Final[dict[str, Any]] = {"quiet_from": 24, "notifications": True}


def _look(stage: Stage, **later: float) -> None:
    """Time passes, and Companion looks as it does every minute."""
    stage.app._remind()
    assert stage.app.beside.reminding is not None
    model = stage.app.beside.reminding.model
    wait_for(lambda: not model._looking)
    stage.clock.forward(**later)
    model.look()
    wait_for(lambda: not model._looking)
    settle()


def _promise(stage: Stage, minutes: int, words: str, name: str) -> None:
    at = stage.clock.now + dt.timedelta(minutes=minutes)
    step = NextStep(words, at.date(), at, "mine")
    add_next_step(stage.core.desk(), step, stage.id_of(name), None, "Agreed")


@scene("today-reminder", **_AWAKE)
def _(stage: Stage) -> None:
    _promise(stage, 5, "Send the security answers", "Marta Ferreira")
    _look(stage, minutes=5)


@scene("today-meeting-soon")
def _(stage: Stage) -> None:
    stage.app.beside.meetings()
    stage.clock.forward(hours=1, minutes=8)
    stage.app._minute_passed()
    settle()


@scene("reminders-some", **_AWAKE)
def _(stage: Stage) -> None:
    _promise(stage, 5, "Send the security answers", "Marta Ferreira")
    _promise(stage, 90, "Send the contract", "Tom Brandt")
    _look(stage, minutes=6)
    _look(stage, hours=3)
    stage.press("Ctrl+Shift+M")
    settle()


@scene("reminders-none-missed")
def _(stage: Stage) -> None:
    stage.press("Ctrl+Shift+M")
    page = stage.app.window.stack.currentWidget()
    assert isinstance(page, LedgerPage)
    page.show_of(None, missed=True)
    settle()


@scene("reminders-none-of-a-person")
def _(stage: Stage) -> None:
    stage.press("R")
