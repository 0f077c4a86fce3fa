"""When to try again: full jitter under a growing, capped ceiling, by a clock that only runs forward."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Final

BASE_S: Final = 2.0
CAP_S: Final = 800.0
YOUNG_S: Final = 3600.0
YOUNG_CAP_S: Final = 100.0
"""In the first hour of an outage its end is noticed within two minutes; 24 hours make about 280 attempts."""


class Backoff:
    """Delays by name: an op's id, or '' for the CRM as a whole. `clock` is monotonic, in seconds; nothing is stored."""

    def __init__(
        self, clock: Callable[[], float], rng: Random, *, base_s: float = BASE_S, cap_s: float = CAP_S
    ) -> None:
        self._clock = clock
        self._rng = rng
        self._base_s = base_s
        self.cap_s = cap_s
        self._tries: dict[str, int] = {}
        self._since: dict[str, float] = {}
        self._until: dict[str, float] = {}

    def failed(self, name: str, after_s: float | None = None) -> float:
        """Notes a failure; returns the seconds to wait: what the CRM asked for, or ours, whichever is longer."""
        tries = self._tries[name] = self._tries.get(name, 0) + 1
        young = self._clock() - self._since.setdefault(name, self._clock()) < YOUNG_S
        ceiling = min(self.cap_s, YOUNG_CAP_S if young else CAP_S, self._base_s * 2.0 ** min(tries, 20))
        delay = max(1.0, self._rng.uniform(0.0, ceiling), min(after_s or 0.0, 86_400.0))
        self._until[name] = self._clock() + delay
        return delay

    def succeeded(self, name: str) -> None:
        """Forgets its failures."""
        self._tries.pop(name, None)
        self._since.pop(name, None)
        self._until.pop(name, None)

    def waiting(self, name: str) -> bool:
        """Whether its last attempt failed."""
        return name in self._tries

    def lasted_s(self, name: str) -> float:
        """Seconds since the first of its failures; 0 where its last attempt worked. `hurry` changes nothing of it."""
        return self._clock() - self._since.get(name, self._clock())

    def hurry(self) -> None:
        """Lets everything be tried at once: the rep asked for it. The ceilings stay.

        What the cycle under way has passed over already is due for the next one, which `next_s` then says.
        """
        self._until = dict.fromkeys(self._until, self._clock())

    def waits_s(self, name: str) -> float:
        """Seconds until it may be tried; 0 when it may be now."""
        return max(0.0, self._until.get(name, 0.0) - self._clock())

    def next_s(self, since: float) -> float | None:
        """Seconds until the first wait ends that still ran at the instant `since`; None when none did."""
        ends = [until for until in self._until.values() if until >= since]
        return max(0.0, min(ends) - self._clock()) if ends else None
