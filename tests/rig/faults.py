"""What goes wrong between Companion and the CRM."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from math import inf
from typing import Any, Final

from companion.connectors.demo.wire import AnswerLost, NotSent, Refusal


class Killed(BaseException):
    """The process is gone: nothing that it holds in memory is left."""


class Fault(StrEnum):
    """What becomes of one request."""

    NONE = "none"
    DROP = "dropped before it was sent"
    LOSE = "done, and the answer lost"
    LATE = "done only after we gave up"
    TWICE = "delivered twice"
    BAD_REQUEST = "400"
    EXPIRED = "401"
    FORBIDDEN = "403"
    NOT_FOUND = "404"
    EXISTS = "409"
    CHANGED = "412"
    TOO_MANY = "429 with a pause"
    TOO_MANY_ALREADY = "429 with a pause that is over"
    TOO_MANY_SILENT = "429 without a pause"
    NOT_DONE = "500, not done"
    DONE = "500, done"
    BAD_GATEWAY = "502, done"
    UNAVAILABLE = "503"
    GATEWAY_TIMEOUT = "504, done"
    CUT_SHORT = "done, and its answer cut short"
    PORTAL = "a sign-in page instead of the CRM"
    MOVED = "led elsewhere"
    PARTIAL = "only the first of a batch"
    SNEAK = "a colleague is faster"
    KILL_BEFORE = "killed before it was sent"
    KILL_AFTER = "killed after it was sent"


READS = (
    *(Fault.DROP, Fault.EXPIRED, Fault.FORBIDDEN, Fault.TOO_MANY, Fault.TOO_MANY_SILENT, Fault.NOT_DONE),
    *(Fault.UNAVAILABLE, Fault.CUT_SHORT, Fault.PORTAL, Fault.MOVED, Fault.KILL_BEFORE, Fault.KILL_AFTER),
)
WRITES = tuple(fault for fault in Fault if fault is not Fault.NONE)

_BEFORE: dict[Fault, Callable[[], BaseException]] = {
    Fault.DROP: lambda: NotSent("no connection"),
    Fault.BAD_REQUEST: lambda: Refusal(400, "bad request"),
    Fault.EXPIRED: lambda: Refusal(401, "expired"),
    Fault.FORBIDDEN: lambda: Refusal(403, "forbidden"),
    Fault.NOT_FOUND: lambda: Refusal(404, "no such path"),
    Fault.EXISTS: lambda: Refusal(409, "busy"),
    Fault.CHANGED: lambda: Refusal(412, "changed"),
    Fault.TOO_MANY: lambda: Refusal(429, "slow down", after_s=20),
    Fault.TOO_MANY_ALREADY: lambda: Refusal(429, "slow down", after_s=-20),
    Fault.TOO_MANY_SILENT: lambda: Refusal(429, "slow down"),
    Fault.NOT_DONE: lambda: Refusal(500, "internal error"),
    Fault.UNAVAILABLE: lambda: Refusal(503, "maintenance", after_s=60),
    Fault.PORTAL: lambda: AnswerLost("the answer is a page, not data"),
    Fault.MOVED: lambda: AnswerLost("the answer leads elsewhere"),
    Fault.KILL_BEFORE: Killed,
}
"""What never reaches the CRM, or is turned away there."""

_AFTER: dict[Fault, Callable[[], BaseException]] = {
    Fault.LOSE: lambda: AnswerLost("cut"),
    Fault.CUT_SHORT: lambda: AnswerLost("the answer ends in the middle"),
    Fault.DONE: lambda: Refusal(500, "internal error"),
    Fault.BAD_GATEWAY: lambda: Refusal(502, "bad gateway"),
    Fault.GATEWAY_TIMEOUT: lambda: Refusal(504, "gateway timeout"),
    Fault.KILL_AFTER: Killed,
}
"""What the CRM has done though nothing tells so."""


LATEST_S: Final = 25.0
"""Seconds for which a proxy holds a request that nobody waits for any more; a search may lag by 30 after that."""


class RigWire:
    """Carries requests; the next writes and the n-th next read meet the faults that were set.

    `meanwhile` is done while the next write is on its way. `late` are the requests that a proxy still holds; at `due`
    they arrive, which is for whoever lets the time pass to see to. `clock` is the office's.
    """

    def __init__(self, sneak: Callable[[], None], partial: Callable[[bool], None], clock: Callable[[], float]) -> None:
        self.clock = clock
        self.due = inf
        self.writes: list[Fault] = []
        self.read: tuple[int, Fault] | None = None
        self.sneak = sneak
        self.partial = partial
        self.offline = False
        self.meanwhile: Callable[[], None] | None = None
        self.late: list[Callable[[], Any]] = []
        self.requests = 0

    def heal(self) -> None:
        """Nothing goes wrong any more."""
        self.writes, self.read, self.meanwhile = [], None, None

    def arrive(self) -> None:
        """What was held up arrives now; nobody hears the answers."""
        late, self.late, self.due = self.late, [], inf
        for do in late:
            try:
                do()
            except Refusal:
                continue

    def __call__(self, request: str, do: Callable[[], Any], /) -> Any:
        self.requests += 1
        if self.offline:
            raise NotSent("no connection")
        writes = request == "write"
        fault = self._write_fault() if writes else self._read_fault()
        if fault is Fault.NONE:
            return self._interrupted(do) if writes else do()
        if fault in _BEFORE:
            raise _BEFORE[fault]()
        if fault is Fault.LATE:
            self.due = min(self.due, self.clock() + LATEST_S)
            self.late.append(do)
            raise AnswerLost("no answer in time")
        if fault is Fault.SNEAK:
            self.sneak()
        answer = self._do(fault, do)
        if fault is Fault.TWICE:
            do()
        if fault in _AFTER:
            raise _AFTER[fault]()
        return answer

    def _interrupted(self, do: Callable[[], Any]) -> Any:
        meanwhile, self.meanwhile = self.meanwhile, None
        if meanwhile is not None:
            meanwhile()
        return do()

    def _do(self, fault: Fault, do: Callable[[], Any]) -> Any:
        if fault is not Fault.PARTIAL:
            return do()
        self.partial(True)
        try:
            return do()
        finally:
            self.partial(False)

    def _write_fault(self) -> Fault:
        return self.writes.pop(0) if self.writes else Fault.NONE

    def _read_fault(self) -> Fault:
        if self.read is None:
            return Fault.NONE
        left, fault = self.read
        self.read = (left - 1, fault) if left else None
        return Fault.NONE if left else fault
