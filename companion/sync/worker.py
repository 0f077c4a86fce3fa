"""The thread that runs the cycles, woken by the rep's changes, by time or by request; and one that watches it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Final

from companion.database import DatabaseProblem
from companion.domain.changes import Changes
from companion.domain.language import sentence
from companion.domain.problems import Problem
from companion.domain.sync_status import Phase, SyncStatus
from companion.sync.engine import Engine
from companion.sync.liveness import STUCK

POLL_S: Final = 60.0
GUARD_S: Final = 30.0
"""Seconds between two looks at whether the sync's thread is alive."""
Listener = Callable[[SyncStatus], None]

_log = logging.getLogger(__name__)
_BUG = Problem(
    sentence("Something went wrong in Companion while syncing"),
    sentence("Your changes are safe on this computer; Companion keeps trying. Copy the report if it stays."),
)


class Worker:
    """Runs an engine's cycles on a thread of its own; `stop` ends it after the request under way.

    `poll_s` is the longest pause between two reads in seconds, unless the CRM asks for a longer one. Listeners are
    called on that thread, or on the guard's where that one died or hangs: it is begun anew then, and what it left in
    flight is put in doubt.
    """

    def __init__(self, engine: Engine, *, poll_s: float = POLL_S, guard_s: float = GUARD_S) -> None:
        self.engine = engine
        self.poll_s = poll_s
        self.guard_s = guard_s
        self.status = SyncStatus()
        self._listeners: list[Listener] = []
        self._woken = threading.Condition()
        self._wanted: str | None = None
        self._stopping = False
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None
        self._guard: threading.Thread | None = None
        self._unsubscribe: Callable[[], None] = lambda: None
        self._read_at: float | None = None
        self._sent_at: float | None = None
        engine.publish = self._publish
        engine.rest = self._ended.wait
        engine.pace.ended = self._ended.is_set

    def start(self) -> None:
        """Begins. The ops that a crash left in flight are put in doubt before anything is sent."""
        self._unsubscribe = self.engine.database.subscribe(self._changed)
        self._begin()
        self._guard = threading.Thread(target=self._watch_over, name="sync-guard", daemon=True)
        self._guard.start()

    def stop(self, timeout_s: float = 10.0) -> bool:
        """Ends the thread; False if it is still in a request after `timeout_s`."""
        self._unsubscribe()
        with self._woken:
            self._stopping = True
            self._ended.set()
            self._woken.notify_all()
        if self._guard is not None and self._guard is not threading.current_thread():
            self._guard.join(timeout_s)
        if self._thread is None:
            return True
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def wake(self) -> None:
        """Syncs now, back-off or not: the rep asked for it, signed in again, or the network came back."""
        self._want("all")

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Calls `listener` with each new status, on the sync's thread; returns how to stop."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener) if listener in self._listeners else None

    def _changed(self, changes: Changes) -> None:
        if changes.outbox and not changes.from_sync:
            self._want("push")

    def _want(self, what: str) -> None:
        with self._woken:
            if self._wanted != "all":
                self._wanted = what
            self._woken.notify_all()

    # On the guard's thread ──────────────────────────────────────────────────────────────────────────────────────────

    def _begin(self) -> None:
        self._thread = threading.Thread(target=self._run, name="sync", daemon=True)
        self._thread.start()

    def _watch_over(self) -> None:
        """Pending, and no attempt for twice the longest back-off, or nobody to make one: the rep must see it."""
        while not self._ended.wait(self.guard_s):
            try:
                if self._thread is not None and not self._thread.is_alive():
                    _log.error("the sync’s thread has died and is begun anew")
                    self._publish(SyncStatus(Phase.STOPPED, waiting=self.status.waiting, problem=_BUG.spoken()))
                    self._begin()
                self._watch()
            except Exception as error:  # noqa: BLE001 - a listener or the file may fail; the watch goes on
                _log.error("the watch failed: %s at %s", type(error).__name__, _place(error))

    # On the thread ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _run(self) -> None:
        self._guarded(self.engine.recover)
        wanted: str | None = "all"
        while not self._stopping:
            self._turn(wanted)
            wanted = self._pause()

    def _turn(self, wanted: str | None) -> None:
        """One wake-up: a cycle if one is due, else only an honest status."""
        if wanted == "all":
            self.engine.hurry()
        calm = wanted != "all" and self.engine.pace.calm_s() > 0
        if calm or self.engine.crm_backoff.waits_s("") or (self.status.phase is Phase.SIGN_IN and wanted != "all"):
            self._guarded(lambda: self._publish(self.engine.status(self.status.phase, self.status.problem)))
            return
        now = self.engine.clock()
        # After a failure only an answer of the CRM's says that it is back: a cycle with nothing to send asks nothing.
        bad_times = self.engine.crm_backoff.waiting("")
        read = wanted == "all" or bad_times or self._read_at is None or now - self._read_at >= self._poll_s
        if read:
            self._read_at = now
        self._sent_at = now
        self._guarded(lambda: self._publish(self.engine.cycle(read=read)))

    def _guarded(self, step: Callable[[], object]) -> None:
        """Nothing ends the thread. What was wrong is logged by its kind and place, never with its words."""
        try:
            step()
        except Exception as error:  # noqa: BLE001 - the thread must survive anything
            _log.error("sync failed: %s at %s", type(error).__name__, _place(error))
            self.engine.crm_backoff.failed("")
            told = Problem(error.title, error.advice) if isinstance(error, DatabaseProblem) else _BUG.spoken()
            self._publish(SyncStatus(Phase.STOPPED, waiting=self.status.waiting, problem=told))

    def _pause(self) -> str | None:
        """Waits until something is wanted or due."""
        with self._woken:
            pause_s = self._pause_s()
            self.engine.pace.look()
            if self._wanted is None and not self._stopping:
                self._wait(pause_s)
            wanted, self._wanted = self._wanted, None
        if self.engine.pace.look(pause_s):
            _log.info("awake again: the CRM is asked in a moment")
        return wanted

    def _wait(self, seconds: float) -> None:
        """With the condition held."""
        self._woken.wait(seconds)

    def _pause_s(self) -> float:
        if calm := self.engine.pace.calm_s():
            return min(self._poll_s, calm)
        if self.status.phase is Phase.SIGN_IN:
            return self._poll_s
        try:
            due = self.engine.next_s()
        except Exception:  # noqa: BLE001 - a file that can't be read now is tried again
            due = None
        return max(0.05, min(self._poll_s, self._poll_s if due is None else due))

    @property
    def _poll_s(self) -> float:
        """The longest pause between two reads: the rep's, or a longer one that the CRM asks for."""
        return max(self.poll_s, self.engine.poll_s)

    def _watch(self) -> None:
        """Tells where changes wait and no cycle was begun for twice the longest back-off, whatever keeps it."""
        longest = 2 * self.engine.crm_backoff.cap_s
        idle = self._sent_at is not None and self.engine.clock() - self._sent_at > longest
        if idle and self.status.waiting and self.status.phase is not Phase.SIGN_IN:
            self._publish(self.engine.status(Phase.STOPPED, STUCK.spoken()))

    def _publish(self, status: SyncStatus) -> None:
        if self._ended.is_set():
            return  # what is told of a cycle that was broken off is not how things stand
        self.status = status
        for listener in tuple(self._listeners):
            try:
                listener(status)
            except Exception as error:  # noqa: BLE001 - a listener's fault must end neither a cycle nor the thread
                _log.error("a listener failed: %s at %s", type(error).__name__, _place(error))


def _place(error: BaseException) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}" if trace else "?"
