"""Days of a worker in no time: its pauses move the clocks by hand, and each request is noted with its moment."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from companion.sync.worker import Worker
from tests.sync.world import FaultyWire, World


class TimedWire(FaultyWire):
    """Notes when each request left, by the clock that only runs forward; `down` loses every one of them."""

    def __init__(self, **faults: list[Any]) -> None:
        super().__init__(**faults)
        self.clock: Callable[[], float] = lambda: 0.0
        self.sent_at: list[float] = []
        self.down = False
        self.refusal: BaseException | None = None

    def __call__(self, request: str, do: Callable[[], Any], /) -> Any:
        from companion.connectors.demo.wire import NotSent

        self.sent_at.append(self.clock())
        if self.down:
            raise NotSent("no connection")
        if self.refusal is not None:
            raise self.refusal
        return super().__call__(request, do)


class Days(Worker):
    """A worker on no thread. `awake_s` is how long the computer has been awake, `world.now` what calendars say."""

    def __init__(self, world: World, wire: TimedWire, poll_s: float = 60.0) -> None:
        self.awake_s = 0.0
        wire.clock = self.clock
        world.engine.clock = self.clock
        world.engine.crm_backoff._clock = world.engine.op_backoff._clock = self.clock
        super().__init__(world.engine, poll_s=poll_s)
        self.engine.rest = self.rest
        self.world, self.wire = world, wire
        self.turns = 0
        self.at: list[tuple[float, Callable[[], object]]] = []
        self._next: str | None = "all"

    def clock(self) -> float:
        """The clock that stands still while the computer sleeps."""
        return self.awake_s

    def rest(self, seconds: float) -> None:
        """Time passes for everybody."""
        self.awake_s += seconds
        self.world.now += seconds

    def sleep(self, seconds: float, *, counting: bool = False) -> None:
        """The lid is closed. `counting` clocks run on all the same, as on Windows."""
        self.world.now += seconds
        self.awake_s += seconds if counting else 0.0

    def later(self, seconds: float, act: Callable[[], object]) -> None:
        """Does something in the pause that comes then."""
        self.at.append((self.awake_s + seconds, act))

    @property
    def attempts(self) -> int:
        """How often something was asked of the CRM; requests within a second are one attempt."""
        return len({int(at) for at in self.wire.sent_at})

    def live(self, seconds: float) -> None:
        """Runs for so long awake."""
        end = self.awake_s + seconds
        while self.awake_s < end:
            self.turns += 1
            self._turn(self._next)
            self._next = self._pause()

    def _wait(self, seconds: float) -> None:
        due = [each for each in self.at if each[0] <= self.awake_s + seconds]
        self.at = [each for each in self.at if each not in due]
        self.rest(min([seconds, *(max(0.0, at - self.awake_s) for at, _ in due)]))
        for _, act in due:
            act()
