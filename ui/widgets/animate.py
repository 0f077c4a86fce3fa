"""One way to move something: a value that runs from here to there, or jumps when motion is unwanted."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEasingCurve, QObject, QVariantAnimation


class Motion:
    """Whether things may move: View > Reduce motion, or what the platform asks for, sets `reduced`."""

    reduced = False
    system = False
    """What the platform asks for."""


class Run(QVariantAnimation):
    """A running movement; start another on the same owner and this one stops where it is."""

    def __init__(self, owner: QObject, on_value: Callable[[float], None], on_done: Callable[[], None] | None) -> None:
        super().__init__(owner)
        self.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._on_value = on_value
        self._on_done = on_done
        self.valueChanged.connect(self._step)
        self.finished.connect(self._end)

    def go(self, start: float, end: float, ms: int) -> None:
        """Run from `start` to `end` in `ms` milliseconds; at once under reduced motion."""
        self.stop()
        if Motion.reduced or ms <= 0:
            self._on_value(end)
            self._end()
            return
        self.setStartValue(start)
        self.setEndValue(end)
        self.setDuration(ms)
        self.start()

    def _step(self, value: float) -> None:
        self._on_value(value)

    def _end(self) -> None:
        if self._on_done is not None:
            self._on_done()
