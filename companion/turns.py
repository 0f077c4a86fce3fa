"""Whose turn it is to write: the rep's writes go before the sync's."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Turn:
    """Whose turn it is to write. A patient writer lets every urgent one that waits go first."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._busy = False
        self._writer: int | None = None
        self._urgent_waiting = 0

    @contextmanager
    def taken(self, patient: bool) -> Iterator[None]:
        """Waits for the turn. RuntimeError if this very thread has it: it would wait for itself, for ever."""
        if self._writer == threading.get_ident():
            raise RuntimeError("a write within a write of the same thread")
        with self._condition:
            self._urgent_waiting += not patient
            while self._busy or (patient and self._urgent_waiting):
                self._condition.wait()
            self._urgent_waiting -= not patient
            self._busy = True
            self._writer = threading.get_ident()
        try:
            yield
        finally:
            self.give_back()

    def taken_at_once(self) -> bool:
        """Takes the turn if nobody has it; then `give_back` is the caller's duty."""
        with self._condition:
            if self._busy:
                return False
            self._busy = True
            return True

    def give_back(self) -> None:
        with self._condition:
            self._busy = False
            self._writer = None
            self._condition.notify_all()
