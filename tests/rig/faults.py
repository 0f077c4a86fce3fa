"""What goes wrong between Companion and the CRM, and when the process dies."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import Any

from companion.connectors.demo.wire import AnswerLost, NotSent, Refusal
from companion.database import Database, Write


class Killed(BaseException):
    """The process is gone: nothing that it holds in memory is left."""


class Fault(StrEnum):
    """What becomes of one request."""

    NONE = "none"
    DROP = "dropped before it was sent"
    LOSE = "done, and the answer lost"
    TWICE = "delivered twice"
    TOO_MANY = "429"
    NOT_DONE = "500, not done"
    DONE = "500, done"
    EXPIRED = "401"
    PARTIAL = "only the first of a batch"
    SNEAK = "a colleague is faster"
    KILL_BEFORE = "killed before it was sent"
    KILL_AFTER = "killed after it was sent"


READS = (Fault.DROP, Fault.TOO_MANY, Fault.NOT_DONE, Fault.EXPIRED, Fault.KILL_BEFORE, Fault.KILL_AFTER)
WRITES = tuple(fault for fault in Fault if fault is not Fault.NONE)


class RigWire:
    """Carries requests; the next writes and the n-th next read meet the faults that were set."""

    def __init__(self, sneak: Callable[[], None], partial: Callable[[bool], None]) -> None:
        self.writes: list[Fault] = []
        self.read: tuple[int, Fault] | None = None
        self.sneak = sneak
        self.partial = partial

    def heal(self) -> None:
        """Nothing goes wrong any more."""
        self.writes, self.read = [], None

    def __call__(self, request: str, do: Callable[[], Any], /) -> Any:
        fault = self._write_fault() if request == "write" else self._read_fault()
        match fault:
            case Fault.DROP:
                raise NotSent("no connection")
            case Fault.TOO_MANY:
                raise Refusal(429, "slow down", after_s=20)
            case Fault.NOT_DONE:
                raise Refusal(500, "internal error")
            case Fault.EXPIRED:
                raise Refusal(401, "expired")
            case Fault.KILL_BEFORE:
                raise Killed
            case Fault.SNEAK:
                self.sneak()
        answer = self._do(fault, do)
        match fault:
            case Fault.TWICE:
                return self._again(answer, do)
            case Fault.LOSE:
                raise AnswerLost("cut")
            case Fault.DONE:
                raise Refusal(500, "internal error")
            case Fault.KILL_AFTER:
                raise Killed
        return answer

    def _do(self, fault: Fault, do: Callable[[], Any]) -> Any:
        if fault is not Fault.PARTIAL:
            return do()
        self.partial(True)
        try:
            return do()
        finally:
            self.partial(False)

    def _again(self, answer: Any, do: Callable[[], Any]) -> Any:
        """The network delivers a second time; the answer that comes back is the first's."""
        do()
        return answer

    def _write_fault(self) -> Fault:
        return self.writes.pop(0) if self.writes else Fault.NONE

    def _read_fault(self) -> Fault:
        if self.read is None:
            return Fault.NONE
        left, fault = self.read
        self.read = (left - 1, fault) if left else None
        return Fault.NONE if left else fault


class DyingDatabase(Database):
    """A cache file whose process dies before or after the n-th commit from now, as `doom` says: (n, 'before')."""

    doom: tuple[int, str] | None = None

    @contextmanager
    def write(self, *, patient: bool = False, from_sync: bool = False) -> Iterator[Write]:
        when = self._fate()
        with super().write(patient=patient, from_sync=from_sync) as write:
            yield write
            if when == "before":
                raise Killed
        if when == "after":
            raise Killed

    def _fate(self) -> str | None:
        if self.doom is None:
            return None
        left, when = self.doom
        self.doom = (left - 1, when) if left else None
        return None if left else when
