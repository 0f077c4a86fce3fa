"""Working ahead: whether Today shows the list of tomorrow morning, found on a thread and kept up with what is done."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from companion.database import Rows
from companion.domain.records import Kind
from ui.session import Session

if TYPE_CHECKING:
    from companion.queries.today import Today
    from companion.queries.tomorrow import Subject


class Ahead(QObject):
    """Off until `begin`; ends with the day that it was begun on. On the UI thread, but for the looking up."""

    moved = Signal()
    """The list is another one now."""
    _found = Signal(object)

    def __init__(self, session: Session, is_done: Callable[[], bool], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._is_done = is_done
        self._among: list[Subject] | None = None
        self.run: Callable[[Callable[[], None]], None] = lambda work: work()
        """Does a piece of work on a thread of its own."""
        self._day = session.clock().date()
        self._found.connect(self._begin)

    @property
    def is_on(self) -> bool:
        """Whether tomorrow's list is shown."""
        return self._among is not None and self._session.clock().date() == self._day

    @property
    def moment(self) -> dt.datetime:
        """For when the list that is shown says why: now, or tomorrow morning."""
        now = self._session.clock()
        if not self.is_on:
            return now
        from companion.queries.tomorrow import morning_after

        return morning_after(now, self._session.zone)

    def words(self) -> str:
        """What the command does now; '' while somebody is left today."""
        if self.is_on:
            return self.tr("Back to today’s list")
        return self.tr("Start tomorrow’s list") if self._is_done() else ""

    def toggle(self) -> None:
        """To tomorrow's list, or back."""
        if self.is_on:
            self.end()
        else:
            self.begin()

    def begin(self) -> None:
        """Looks up tomorrow's list and shows it."""
        self._day = self._session.clock().date()
        self.run(self._look)

    def end(self) -> None:
        """Back to today."""
        if self._among is not None:
            self._among = None
            self.moved.emit()

    def read(self, rows: Rows) -> Today | None:
        """Tomorrow's list as it stands now; None while today's is shown."""
        if not self.is_on or self._among is None:
            return None
        return self._list(rows, self._among)

    def _look(self) -> None:
        from companion.queries.tomorrow import candidates

        session = self._session
        with session.database.read() as rows:
            found = self._list(rows, candidates(rows, session.clock(), session.zone))
        self._found.emit([(Kind(row.kind), row.id) for row in found.rows])

    def _list(self, rows: Rows, among: list[Subject]) -> Today:
        from companion.queries.tomorrow import tomorrow

        session = self._session
        return tomorrow(rows, among, session.workspace, session.clock(), session.zone)

    def _begin(self, among: list[Subject]) -> None:
        self._among = among
        self.moved.emit()
