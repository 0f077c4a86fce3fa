"""A rep at the window whose clock is moved by hand, as the tests of reminders need it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from companion.actions.log_activity import NextStep
from companion.actions.next_step import add_next_step
from companion.domain.reminders import State
from companion.queries.reminders import Line, ledger
from tests.journeys.rep import Rep
from tests.journeys.window import CALM, Clock, demo_copy, opened
from ui.reminders.reminding import Reminding
from ui.widgets.button import Button

MARTA = "Marta Ferreira"
AWAKE = replace(CALM, quiet_from=24, notifications=True)


class Office:
    """A rep at the window whose clock is moved by hand."""

    def __init__(self, rep: Rep, clock: Clock, qtbot: QtBot) -> None:
        self.rep, self.clock, self._qtbot = rep, clock, qtbot
        worker, rep.core.worker = rep.core.worker, None
        if worker is not None:
            worker.stop()  # while the clock moves it would send, into the CRM that all copies share
        rep.app._remind()
        self.settle()

    @property
    def reminding(self) -> Reminding:
        """What reminds."""
        assert self.rep.app.beside.reminding is not None
        return self.rep.app.beside.reminding

    def settle(self) -> None:
        """Waits until the look that is under way has been told."""
        self._qtbot.waitUntil(lambda: not self.reminding.model._looking, timeout=10_000)

    def forward(self, **by: float) -> None:
        """Time passes, and Companion looks as it does every minute."""
        self.clock.forward(**by)
        self.reminding.model.look()
        self.settle()

    def promise(self, minutes: int, words: str = "Send the security answers", who: str = MARTA) -> None:
        """Due in so many minutes."""
        at = self.clock.now + dt.timedelta(minutes=minutes)
        add_next_step(self.rep.core.desk(), NextStep(words, at.date(), at, "mine"), self.rep.id_of(who), None, "Agreed")
        self.reminding.model.look()
        self.settle()

    def lines(self) -> list[Line]:
        """Marta's reminders, newest first."""
        with self.rep.core.database.read() as rows:
            found = ledger(rows, self.clock(), self.rep.core.zone, person_id=self.rep.id_of(MARTA))
        return [*found.ahead, *found.past]

    def state(self) -> State:
        """Where Marta's newest reminder stands."""
        return self.lines()[0].state

    def link(self, words: str) -> Button:
        """A link of the bar."""
        return next(each for each in self.reminding.bar.links if each.text() == words)

    @property
    def bar(self) -> str:
        """What the bar says; '' when there is none."""
        bar = self.reminding.bar
        return bar.accessibleName() if bar.isVisible() else ""


@pytest.fixture
def nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """A desktop without a message bus."""
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)


@pytest.fixture
def office(nowhere: None, qapp: QApplication, qtbot: QtBot) -> Iterator[Office]:
    """No bus, no tray: the window itself."""
    clock = Clock()
    with opened(qapp, demo_copy(clock), AWAKE) as rep:
        yield Office(rep, clock, qtbot)
