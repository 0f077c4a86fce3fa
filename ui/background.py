"""Run one slow thing, such as signing in, on a thread of its own and come back to the UI thread."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from PySide6.QtCore import QObject, Qt, Signal

Answer = TypeVar("Answer")


class Errand(QObject, Generic[Answer]):
    """One piece of work that may wait for a network or a disk.

    `done` and `failed` are emitted on the thread that made the errand. A cancelled errand says nothing any more; its work
    ends on its own.
    """

    done = Signal(object)
    failed = Signal(object)
    """The exception."""
    _arrived = Signal(object, object)

    def __init__(self, work: Callable[[], Answer], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._work = work
        self._cancelled = False
        self._arrived.connect(self._arrive, Qt.ConnectionType.QueuedConnection)

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
        try:
            self._arrived.emit(answer, problem)
        except RuntimeError:
            # The window was closed meanwhile and took this object along.
            return

    def _arrive(self, answer: Answer | None, problem: Exception | None) -> None:
        if self._cancelled:
            return
        if problem is not None:
            self.failed.emit(problem)
        else:
            self.done.emit(answer)
