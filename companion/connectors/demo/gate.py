"""Who may ask the embedded CRM for what, and how often: what every request passes first."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import RLock

from companion.connectors.base import Budget
from companion.connectors.demo.fields import Fields
from companion.connectors.demo.rows import Row
from companion.connectors.demo.switches import DemoSwitches
from companion.connectors.demo.tokens import Tokens
from companion.connectors.demo.truth import Truth
from companion.connectors.demo.wire import Refusal
from companion.domain.records import Kind

_DAY_S = 86_400.0


class Gate:
    """Sessions, rights and rate limits, around the one lock."""

    def __init__(self, clock: Callable[[], float], switches: DemoSwitches) -> None:
        self.clock = clock
        self.switches = switches
        self._truth = Truth(clock)
        self._truth.precision_s, self._truth.ids = switches.precision_s, switches.ids
        self._tokens = Tokens(clock)
        self.fields = Fields()
        self._maintained = False
        self._lock = RLock()
        self._signed_out: set[str] = set()
        self._forbidden: set[tuple[str, Kind]] = set()
        self._window_began = 0.0
        self._used = 0
        self._day = 0.0
        self._used_today = 0

    def budget(self, user: str) -> Budget:
        """What is left of this window's requests; asking is free."""
        if not self.switches.rate:
            return Budget()
        with self._lock:
            left_s = max(0.0, self._window_began + self.switches.rate_window_s - self.clock())
            return Budget(self.switches.rate - self._used if left_s else self.switches.rate, left_s)

    @contextmanager
    def _request(self, user: str, kind: Kind | None) -> Iterator[None]:
        with self._lock:
            self._truth.settle()
            if user in self._signed_out:
                raise Refusal(401, "The session is no longer valid")
            self._spend()
            if kind is not None and (user, kind) in self._forbidden:
                raise Refusal(403, f"No permission to read {kind}")
            yield

    def _spend(self) -> None:
        now = self.clock()
        if self.switches.daily_requests:
            self._spend_of_the_day(now)
        if not self.switches.rate:
            return
        if not self._window_began <= now < self._window_began + self.switches.rate_window_s:
            self._window_began, self._used = now, 0
        if self._used >= self.switches.rate:
            raise Refusal(429, "Too many requests", after_s=self._window_began + self.switches.rate_window_s - now)
        self._used += 1

    def _spend_of_the_day(self, now: float) -> None:
        day = now // _DAY_S
        if day != self._day:
            self._day, self._used_today = day, 0
        if self._used_today >= self.switches.daily_requests:
            raise Refusal(429, "The requests of this day are used up", after_s=(day + 1) * _DAY_S - now)
        self._used_today += 1

    def _shown(self, user: str, scope: str | None, row: Row) -> bool:
        if (user, row.kind, row.id) in self._truth.hidden:
            return False
        return scope is None or self._belongs(scope, row)

    def _belongs(self, user: str, row: Row) -> bool:
        """People and deals belong to their owner, and history to whoever owns what it hangs on; the rest is shared."""
        if row.kind in (Kind.PERSON, Kind.DEAL):
            return row.links.get("owner") == user
        if row.kind not in (Kind.ACTIVITY, Kind.ENGAGEMENT) or row.links.get("owner") == user:
            return True
        hangs_on = (self._truth.look(kind, row.links.get(kind.value) or "") for kind in (Kind.PERSON, Kind.DEAL))
        return any(other is not None and other.links.get("owner") == user for other in hangs_on)
