"""What a sync brings reaches the window now and then while it lasts, at once when it ends; the rep's own act always."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from companion.database import Database
from companion.domain.changes import Changes
from companion.domain.records import Kind
from companion.domain.sync_status import Phase, SyncStatus
from companion.store import records
from tests.sync.world import open_book
from ui import bridge as module
from ui.bridge import Bridge

LONG_ENOUGH_MS = 60
"""For what was poked to be handled, had it been handed on."""


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """An empty book."""
    database = open_book(tmp_path / "book.db")
    yield database
    database.close()


class Window:
    """Hears the bridge as a window does. A rest never ends here, so that nothing hangs on how fast this machine is."""

    def __init__(self, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(module, "_REST", 1e9)
        monkeypatch.setattr(module, "_LONGEST_REST_S", 3600.0)
        self.told: list[str] = []
        self._database = database
        self.bridge = Bridge()
        self.bridge.changed.connect(self._changed)
        self.bridge.sync_moved.connect(lambda status: self.told.append(status.phase.value))
        self.bridge.listen(database)

    def _changed(self, changes: Changes) -> None:
        self.told += sorted(record for _, record in changes.records)

    def adds(self, name: str) -> None:
        """A commit on this thread."""
        with self._database.write() as write:
            records.put(write, Kind.PERSON, [{"id": name, "name": name}])

    def sync_adds(self, name: str) -> None:
        """A commit on the thread of the sync."""
        self._elsewhere(lambda: self.adds(name))

    def sync_says(self, phase: Phase) -> None:
        """A status from there."""
        self._elsewhere(lambda: self.bridge.sync_said(SyncStatus(phase)))

    def _elsewhere(self, do: Callable[[], None]) -> None:
        thread = threading.Thread(target=do)
        thread.start()
        thread.join()
        QTest.qWait(LONG_ENOUGH_MS)


@pytest.fixture
def window(qapp: QApplication, database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Window]:
    """A window over the book."""
    window = Window(database, monkeypatch)
    yield window
    window.bridge.silence()


def test_after_a_look_at_what_a_sync_brought_the_window_is_the_reps_until_the_sync_ends(window: Window) -> None:
    window.sync_says(Phase.SYNCING)
    window.sync_adds("first")
    window.sync_adds("second")
    assert window.told == ["syncing"]

    window.sync_says(Phase.OFFLINE)
    assert window.told == ["syncing", "first", "second", "offline"]


def test_that_a_sync_begins_is_said_at_once(window: Window) -> None:
    window.sync_says(Phase.SYNCING)
    window.sync_says(Phase.IDLE)

    window.sync_says(Phase.SYNCING)

    assert window.told == ["syncing", "idle", "syncing"]


def test_the_reps_own_act_waits_for_no_rest(window: Window) -> None:
    window.sync_says(Phase.SYNCING)
    window.sync_adds("theirs")

    window.adds("own")

    assert window.told == ["syncing", "own"]


def test_without_a_sync_every_commit_of_another_thread_is_shown_at_once(window: Window) -> None:
    window.sync_adds("one")
    window.sync_adds("two")

    assert window.told == ["one", "two"]
