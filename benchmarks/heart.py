"""A heartbeat beside scripted use: how long the event loop stood still, on a machine that others use too."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Final, NamedTuple

from PySide6.QtCore import QObject, QTimer

BEAT_MS: Final = 5
_THREADS: Final = Path("/proc/self/task")
_MS: Final = 1000.0


class _Moment(NamedTuple):
    """The clock, this thread's processor time, and how long each thread stood in line so far; in seconds."""

    clock: float
    worked: float
    lined_up: Mapping[str, float]


class Heart(QObject):
    """Beats on the UI thread. `gaps` are the milliseconds between two beats, as on a processor of one's own.

    A gap is what the thread worked and what it waited for: a disk, a lock, a server. What others did is taken off:
    the time that threads of this program stood in line for a processor (Linux tells it, and the one in line may hold
    what this one waits for), and of the work the part by which the processor was slower than at its best, known by a
    short sum at each beat. So on an idle machine nothing is taken off, and on a busy one a gap is never made longer.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.gaps: list[float] = []
        self._best = min(_sum() for _ in range(50))
        self._timer = QTimer(self)
        self._timer.setInterval(BEAT_MS)
        self._timer.timeout.connect(self._beat)
        self._last, self._slow = _now(), 1.0

    def start(self) -> None:
        """From now on."""
        self._last = _now()
        self._timer.start()

    def stop(self) -> None:
        """No more."""
        self._timer.stop()

    @property
    def longest(self) -> float:
        """The longest gap."""
        return max(self.gaps, default=0.0)

    def _beat(self) -> None:
        now, last = _now(), self._last
        slow = max(1.0, _sum() / self._best)
        worked = now.worked - last.worked
        waited = now.clock - last.clock - worked - stood_in_line(last.lined_up, now.lined_up)
        self.gaps.append((worked / max(1.0, (slow + self._slow) / 2) + max(0.0, waited)) * _MS)
        self._last, self._slow = _now(), slow


def _sum() -> float:
    """Seconds of processor time that a short sum takes."""
    began = time.thread_time()
    sum(n * n for n in range(400))
    return time.thread_time() - began


def stood_in_line(before: Mapping[str, float], now: Mapping[str, float]) -> float:
    """For how long threads stood in line between two beats; one that has ended meanwhile takes nothing back."""
    return sum(max(0.0, seconds - before.get(thread, 0.0)) for thread, seconds in now.items())


def _now() -> _Moment:
    lined_up = {}
    for thread in _THREADS.iterdir() if _THREADS.exists() else ():
        try:
            lined_up[thread.name] = int((thread / "schedstat").read_text("ascii").split()[1]) / 1e9
        except (OSError, ValueError, IndexError):
            continue  # it has ended meanwhile, or this system does not tell
    return _Moment(time.perf_counter(), time.thread_time(), lined_up)
