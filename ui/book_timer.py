"""Timers over one open book: whatever page they belong to, shown or long left, none outlives the book."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, QTimerEvent


class BookTimer(QTimer):
    """Says nothing once `is_over` does, even where nobody remembers to stop it. A session hands them out."""

    def __init__(self, is_over: Callable[[], bool], parent: QObject) -> None:
        super().__init__(parent)
        self._is_over = is_over

    def timerEvent(self, event: QTimerEvent) -> None:
        if self._is_over():
            self.stop()
        else:
            super().timerEvent(event)


def call_soon(is_over: Callable[[], bool], context: QObject, do: Callable[[], object], ms: int) -> None:
    """Calls `do` once, in `ms` milliseconds; never where `context` is gone or `is_over` says so by then."""
    QTimer.singleShot(ms, context, lambda: None if is_over() else do())
