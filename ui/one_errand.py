"""A view-model that runs one errand at a time: busy meanwhile, and afterwards what went wrong in words."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QObject, Signal

from companion.domain.problems import Problem
from ui.background import Errand

Answer = TypeVar("Answer")


class OneErrand(QObject):
    """Lives on the UI thread. What can go wrong is for `_problem_of` to say, in a class of its own for each errand."""

    moved = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.problem: Problem | None = None
        self._errand: Errand[object] | None = None
        self._then: Callable[[object], None] | None = None

    @property
    def busy(self) -> bool:
        """Whether it is under way."""
        return self._errand is not None

    def _run(self, work: Callable[[], Answer], then: Callable[[Answer], None]) -> None:
        """Does `work` on a thread of its own, then tells `then` on this one; nothing where one is under way."""
        if self.busy:
            return
        self._errand, self._then, self.problem = Errand(work, self), then, None  # type: ignore[assignment]
        self._errand.done.connect(self._done)
        self._errand.failed.connect(self._failed)
        self.moved.emit()
        self._errand.start()

    def _problem_of(self, error: Exception) -> tuple[Problem | None, bool]:
        """What the page says of an error, and whether it was to be expected; what was not is a bug, and raised."""
        raise NotImplementedError

    def _done(self, answer: object) -> None:
        then, self._errand, self._then = self._then, None, None
        if then is not None:
            then(answer)

    def _failed(self, error: Exception) -> None:
        self._errand = self._then = None
        self.problem, expected = self._problem_of(error)
        self.moved.emit()
        if not expected:
            raise error
