"""The one place where the core's threads meet Qt: changes and sync status become signals, bursts become one."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QObject, Qt, QThread, Signal

from companion.database import Database, DatabaseProblem
from companion.domain.changes import Changes
from companion.domain.sync_status import Phase, SyncStatus
from ui.book_timer import BookTimer

_REST: Final = 30
"""How many times as long as it took to show what a sync brought the window has for the rep before it shows more."""
_LONGEST_REST_S: Final = 2.0


class Bridge(QObject):
    """Hears the database and the sync worker on any thread and speaks on the UI thread.

    What the rep's own act changed is handed on at once, before the key's handler returns; what the sync thread changed
    is gathered until the event loop comes round. A sync that brings much is shown now and then alone: each look at what
    came takes the window's time. That it begins is said at once, and so is how it ended, with all that it brought.
    """

    changed = Signal(object)
    """Changes"""
    sync_moved = Signal(object)
    """SyncStatus"""
    troubled = Signal(str)
    """What kept an act of the rep's from being saved, in words; the sync's own troubles stand in its status."""
    _poked = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lock = threading.Lock()
        self._gathered: Changes | None = None
        self._status: SyncStatus | None = None
        self._silent = False
        self._phase = Phase.IDLE
        self._urgent = False
        self._stop: Callable[[], None] | None = None
        self._rests_until = 0.0
        """By the clock that never goes back."""
        self._later = BookTimer(lambda: self._silent, self)
        self._later.setSingleShot(True)
        self._later.timeout.connect(self._hand_on)
        self._poked.connect(self._hand_on, Qt.ConnectionType.QueuedConnection)

    def listen(self, database: Database) -> None:
        """Begins to hear the commits of `database`, and no other's any more."""
        self.silence()
        self._silent = False
        self._stop = database.subscribe(self._heard)
        database.on_problem.append(self._met)

    def silence(self) -> None:
        """Hears no database any more, and says nothing that it had still to say: what it is about may be closed."""
        if self._stop is not None:
            self._stop()
            self._stop = None
        with self._lock:
            self._silent, self._gathered, self._status = True, None, None

    def sync_said(self, status: SyncStatus) -> None:
        """Called by the sync worker on its thread."""
        with self._lock:
            first = self._gathered is None and self._status is None and not self._silent
            self._status = None if self._silent else status
            urgent = status.phase is not self._phase
            self._urgent = self._urgent or urgent
            self._phase = status.phase
        if first or urgent:
            self._poked.emit()

    def _met(self, problem: DatabaseProblem) -> None:
        if self._stop is not None and QThread.currentThread() is self.thread():
            self.troubled.emit(problem.title)

    def _heard(self, changes: Changes) -> None:
        if QThread.currentThread() is self.thread():
            self.changed.emit(changes)
            return
        with self._lock:
            first = self._gathered is None and self._status is None
            self._gathered = changes if self._gathered is None else self._gathered | changes
        if first:
            self._poked.emit()

    def _hand_on(self) -> None:
        rest = self._rests_until - time.monotonic()
        with self._lock:
            if rest > 0 and self._phase is Phase.SYNCING and not self._urgent:
                self._later.start(round(rest * 1000))
                return
            changes, self._gathered = self._gathered, None
            status, self._status = self._status, None
            self._urgent = False
        began = time.monotonic()
        if changes is not None:
            self.changed.emit(changes)
        if status is not None:
            self.sync_moved.emit(status)
        took = time.monotonic() - began
        self._rests_until = began + took + min(took * _REST, _LONGEST_REST_S)
