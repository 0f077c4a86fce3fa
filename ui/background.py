"""Run one slow thing, such as signing in, on a thread of its own and come back to the UI thread."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

import shiboken6
from PySide6.QtCore import QObject, Qt, Signal

Answer = TypeVar("Answer")


class _Counter(QObject):
    """Where the threads hand their answers in. It outlives every errand: a thread that emits on an object which the UI
    thread is destroying takes the process down."""

    arrived = Signal(object)
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

    def _hand_out(self, tell: Callable[[], None]) -> None:
        tell()


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
        self._work = work
        self._cancelled = False
        self._counter = _Counter.open()

    def start(self) -> None:
        """Begins on a daemon thread: it never keeps the application from closing."""
        threading.Thread(target=self._run, name="errand", daemon=True).start()

    def cancel(self) -> None:
        """Nobody waits for the answer any more."""
        self._cancelled = True

    def _run(self) -> None:
        answer: Answer | None = None
        problem: Exception | None = None
        try:
            answer = self._work()
        except Exception as error:  # noqa: BLE001 - it is handed to whoever asked, on their thread
            problem = error
        self._counter.arrived.emit(lambda: self._arrive(answer, problem))

    def _arrive(self, answer: Answer | None, problem: Exception | None) -> None:
        if self._cancelled or not shiboken6.isValid(self):
            return
        if problem is not None:
            self.failed.emit(problem)
        else:
            self.done.emit(answer)
