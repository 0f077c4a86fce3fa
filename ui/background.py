"""Run one slow thing, such as signing in, on a thread of its own and come back to the UI thread."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

import shiboken6
from PySide6.QtCore import QObject, Qt, Signal

Answer = TypeVar("Answer")


class _Counter(QObject):
    """Where the threads hand in what is to be called. It outlives every errand: a thread that emits on an object which
    the UI thread is destroying takes the process down."""

    arrived = Signal(object)
    """A list of one call, which whoever hears it takes out: the thread that handed it in then holds it no more."""
    _made: _Counter | None = None

    def __init__(self) -> None:
        super().__init__()
        self.arrived.connect(self._hand_out, Qt.ConnectionType.QueuedConnection)

    @classmethod
    def open(cls) -> _Counter:
        """The counter of the UI thread; called there first."""
        if cls._made is None or not shiboken6.isValid(cls._made):
            cls._made = cls()
        return cls._made

    def _hand_out(self, handed_in: list[Callable[[], None]]) -> None:
        handed_in.pop()()


def on_ui_thread(tell: Callable[[], None]) -> None:
    """Calls `tell` on the UI thread soon, in the order of the asking. From any thread, once an errand was made."""
    _Counter.open().arrived.emit([tell])


class Errand(QObject, Generic[Answer]):
    """One piece of work that may wait for a network or a disk.

    `done` and `failed` are emitted on the thread that made the errand. A cancelled errand says nothing any more, nor
    does one whose parent is gone; its work ends on its own.
    """

    done = Signal(object)
    failed = Signal(object)
    """The exception."""

    def __init__(self, work: Callable[[], Answer], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._work: Callable[[], Answer] | None = work
        self._came_of_it: tuple[Answer | None, Exception | None] = (None, None)
        self._cancelled = False
        self._counter = _Counter.open()

    def start(self) -> None:
        """Begins on a daemon thread: it never keeps the application from closing."""
        threading.Thread(target=_run, args=([self._carry_out], self._counter), name="errand", daemon=True).start()

    def cancel(self) -> None:
        """Nobody waits for the answer any more."""
        self._cancelled = True

    def _carry_out(self) -> Callable[[], None]:
        """The work, on the errand's thread, and what the UI thread calls afterwards."""
        assert self._work is not None, "an errand is run once"
        try:
            self._came_of_it = self._work(), None
        except Exception as error:  # noqa: BLE001 - it is handed to whoever asked, on their thread
            self._came_of_it = None, error
        return self._arrive

    def _arrive(self) -> None:
        (answer, problem), self._came_of_it = self._came_of_it, (None, None)
        self._work = None  # it often holds the parent, which must not end while this errand is being destroyed
        if not shiboken6.isValid(self):
            return
        self.setParent(None)  # whoever made it may live as long as the window
        if self._cancelled:
            return
        if problem is not None:
            self.failed.emit(problem)
        else:
            self.done.emit(answer)


def _run(held: list[Callable[[], Callable[[], None]]], counter: _Counter) -> None:
    """An errand's thread. It keeps nothing: who drops the last reference destroys the object, and an object of Qt that
    another thread than its own destroys takes the process down."""
    counter.arrived.emit([held.pop()()])
