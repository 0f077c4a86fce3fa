"""How fast one CRM is asked: calmly after a sleep, and never beyond a budget, whatever else wants to hurry."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Final

from companion.connectors.base import Connector, Unreachable
from companion.sync.through import Through

ASLEEP_S: Final = 30.0
"""How far the clocks must part to call it a sleep: the one that only runs forward may stand still in it."""
CALM_S: Final = 10.0
"""Seconds after waking in which the network is not up yet anyway, and every laptop of the office wakes too."""
BURST, PER_S = 600.0, 5.0
"""The budget: so many requests at once, and so many a second in the long run."""


class Pace:
    """The pace of one CRM. `clock` is monotonic, `wall` is not; `rest` waits so many seconds, or less when told to end.

    Belongs to the sync's thread.
    """

    def __init__(
        self, clock: Callable[[], float], wall: Callable[[], float], rng: Random, rest: Callable[[float], object]
    ) -> None:
        self._clock, self._wall, self._rng, self._rest = clock, wall, rng, rest
        self._seen: tuple[float, float] | None = None
        self._woke_at: float | None = None
        self._calm_s = CALM_S
        self._asked_at = float("-inf")
        self._left, self._counted_at = BURST, float("-inf")
        self.ended: Callable[[], bool] = lambda: False
        """Whether nothing more may be asked: the book is being closed."""

    def look(self, slept_at_most_s: float = float("inf")) -> bool:
        """Compares the clocks; true where the computer has slept since the last look.

        Some monotonic clocks run on in a sleep: whoever meant to wait for `slept_at_most_s` says so.
        """
        now, wall = self._clock(), float(self._wall())
        before, self._seen = self._seen or (now, wall), (now, wall)
        passed, told = now - before[0], wall - before[1]
        slept = told - passed > ASLEEP_S or passed - slept_at_most_s > ASLEEP_S
        if slept:
            self._woke_at = now
            self._calm_s = CALM_S + self._rng.uniform(0.0, CALM_S / 2)
        return slept

    def calm_s(self) -> float:
        """Seconds for which nothing need be asked, as the computer has just woken; 0 at other times."""
        return 0.0 if self._woke_at is None else max(0.0, self._woke_at + self._calm_s - self._clock())

    def before_a_request(self) -> None:
        """Waits as long as the pace asks for."""
        self.look()
        if self.calm_s() and self._clock() - self._asked_at < 1.0:
            self._rest(1.0 - (self._clock() - self._asked_at))
        self._count()
        if self._left < 1.0:
            self._rest((1.0 - self._left) / PER_S)
            self._count()
        self._left = max(0.0, self._left - 1.0)
        self._asked_at = self._clock()

    def _count(self) -> None:
        now = self._clock()
        self._left = min(BURST, self._left + (now - self._counted_at) * PER_S)
        self._counted_at = now


class Paced(Through):
    """A connector that is asked at its pace."""

    def __init__(self, connector: Connector, pace: Pace) -> None:
        super().__init__(connector)
        self.pace = pace

    def before(self) -> None:
        if self.pace.ended():
            raise Unreachable("the sync is being ended")
        self.pace.before_a_request()
