"""What things cost at least on this machine: a raw read of the same file, bytes that are on the disk; and timing."""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from sqlcipher3 import dbapi2 as driver

MS = 1000.0


def timed(do: Callable[[], object]) -> float:
    """How long one call takes, in milliseconds of the clock."""
    began = time.perf_counter()
    do()
    return (time.perf_counter() - began) * MS


def worked(do: Callable[[], object]) -> float:
    """The same in milliseconds of this thread's processor time: for what waits for nothing."""
    began = time.thread_time()
    do()
    return (time.thread_time() - began) * MS


def share_of_processor() -> float:
    """How much of a processor a thread gets that never waits: 1 on a machine of one's own."""
    clock, spent = time.perf_counter(), time.thread_time()
    while time.perf_counter() - clock < 0.5:
        pass
    return (time.thread_time() - spent) / (time.perf_counter() - clock)


@contextmanager
def no_collection() -> Iterator[None]:
    """Nothing is collected in between: for floors and figures alike."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def in_turns(
    rounds: int, *ways: Callable[[], object], measure: Callable[[Callable[[], object]], float] = timed
) -> list[list[float]]:
    """Milliseconds of each way, taken in turns, so that a busy machine troubles all of them alike."""
    for do in ways:
        do()
    taken: list[list[float]] = [[] for _ in ways]
    with no_collection():
        for _ in range(rounds):
            for times, do in zip(taken, ways, strict=True):
                times.append(measure(do))
    return taken


def p50(times: Sequence[float]) -> float:
    """The median."""
    return median(times)


def p95(times: Sequence[float]) -> float:
    """What 19 of 20 stay below."""
    return sorted(times)[min(len(times) - 1, int(len(times) * 0.95))]


def p99(times: Sequence[float]) -> float:
    """What 99 of 100 stay below."""
    return sorted(times)[min(len(times) - 1, int(len(times) * 0.99))]


def raw(path: Path, key: bytes) -> Any:
    """A bare connection to an encrypted file, with the page cache that the app has."""
    connection = driver.connect(str(path), isolation_level=None)
    for pragma in (f"key = \"x'{key.hex()}'\"", "journal_mode = WAL", "synchronous = FULL", "cache_size = -65536"):
        connection.execute(f"PRAGMA {pragma}")
    return connection


class DurableBytes:
    """Appends to a file and waits for the disk: the least that a durable commit can cost."""

    def __init__(self, path: Path, size: int = 32 * 1024) -> None:
        self._descriptor = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
        self._bytes = os.urandom(size)
        self._at = 0

    def __call__(self) -> None:
        os.pwrite(self._descriptor, self._bytes, self._at)
        os.fdatasync(self._descriptor)
        self._at += len(self._bytes)

    def close(self) -> None:
        """Lets go of the file."""
        os.close(self._descriptor)
