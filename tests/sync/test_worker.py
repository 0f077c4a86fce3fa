"""The thread: it wakes for the rep, survives anything, and ends when told."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import pytest
from msgspec.structs import replace

from companion.connectors.base import Connector, Description, Page, Scope
from companion.domain.ops import OpState
from companion.domain.records import Kind
from companion.domain.sync_status import Phase, SyncStatus
from companion.sync.through import Through
from companion.sync.worker import Worker
from tests.sync.world import World

Office = Callable[..., World]


class Heard:
    """The statuses that a worker told, and a way to wait for one."""

    def __init__(self) -> None:
        self.all: list[SyncStatus] = []
        self._more = threading.Condition()

    def __call__(self, status: SyncStatus) -> None:
        with self._more:
            self.all.append(status)
            self._more.notify_all()

    def until(self, true: Callable[[SyncStatus], bool], timeout_s: float = 5.0) -> SyncStatus:
        with self._more:
            assert self._more.wait_for(lambda: any(true(each) for each in self.all), timeout_s), self.all[-1:]
            return next(each for each in self.all if true(each))

    def forget(self) -> None:
        with self._more:
            self.all.clear()


@pytest.fixture
def working(office: Office) -> Iterator[tuple[World, Worker, Heard]]:
    world = office(synced=False)
    world.engine.clock = time.monotonic
    world.engine.crm_backoff._clock = time.monotonic
    world.engine.op_backoff._clock = time.monotonic
    worker, heard = Worker(world.engine, poll_s=30.0), Heard()
    worker.subscribe(heard)
    yield world, worker, heard
    assert worker.stop()


def test_it_syncs_at_the_start_and_ends_when_told(working: tuple[World, Worker, Heard]) -> None:
    world, worker, heard = working
    worker.start()
    assert heard.until(lambda status: status.all_synced).last_success_at == int(world.now)
    assert worker.stop()
    assert threading.active_count() >= 1


def test_a_change_of_the_reps_wakes_it(working: tuple[World, Worker, Heard]) -> None:
    world, worker, heard = working
    worker.start()
    heard.until(lambda status: status.all_synced)
    heard.forget()
    call = world.log_call("P1", "hello")
    heard.until(lambda status: status.phase is Phase.IDLE and status.waiting == 0)
    assert world.state(call) is OpState.DONE


def test_a_held_change_leaves_when_its_hold_ends(working: tuple[World, Worker, Heard]) -> None:
    world, worker, heard = working
    began = time.monotonic()
    at = world.now
    world.engine.wall = lambda: int(at + (time.monotonic() - began))
    worker.start()
    heard.until(lambda status: status.all_synced)
    from companion.store import edits

    with world.database.write() as write:
        gesture = world.gesture("held")
        gesture.now, gesture.hold_s = world.engine.wall(), 1
        deal = world.local(Kind.DEAL, "D1")
        op = edits.change(write, gesture, Kind.DEAL, deal, {"amount": 5}, "Edit")
    heard.forget()
    heard.until(lambda status: status.waiting == 1)
    heard.until(lambda status: status.all_synced)
    assert world.state(op) is OpState.DONE


def test_without_a_session_it_rests_until_it_is_woken(working: tuple[World, Worker, Heard]) -> None:
    world, worker, heard = working
    worker.start()
    heard.until(lambda status: status.all_synced)
    world.crm.sign_out("U1")
    world.log_call("P1", "hello")
    heard.until(lambda status: status.phase is Phase.SIGN_IN)
    heard.forget()
    time.sleep(0.3)
    assert len(heard.all) <= 1
    world.crm.sign_in("U1")
    worker.wake()
    heard.until(lambda status: status.all_synced)


def test_a_bug_is_shown_and_does_not_end_it(working: tuple[World, Worker, Heard]) -> None:
    world, worker, heard = working
    cycle, broken = world.engine.cycle, [True]

    def failing(*, read: bool = True) -> SyncStatus:
        if broken:
            raise RuntimeError("secret contents of a record")
        return cycle(read=read)

    world.engine.cycle = failing  # type: ignore[method-assign]
    worker.start()
    shown = heard.until(lambda status: status.problem is not None)
    assert "secret" not in str(shown)
    broken.clear()
    worker.wake()
    heard.until(lambda status: status.all_synced)


def test_what_is_logged_of_a_bug_holds_no_contents(
    working: tuple[World, Worker, Heard], caplog: pytest.LogCaptureFixture
) -> None:
    world, worker, heard = working

    def failing(*, read: bool = True) -> SyncStatus:
        raise RuntimeError("secret contents of a record")

    world.engine.cycle = failing  # type: ignore[method-assign]
    worker.start()
    heard.until(lambda status: status.problem is not None)
    worker.stop()
    assert "RuntimeError" in caplog.text
    assert "secret" not in caplog.text


def test_back_off_is_not_cut_short_by_the_reps_changes_but_by_the_reps_wish(
    working: tuple[World, Worker, Heard],
) -> None:
    world, worker, heard = working
    worker.start()
    heard.until(lambda status: status.all_synced)
    world.engine.crm_backoff.failed("", 600.0)
    heard.forget()
    call = world.log_call("P1", "hello")
    heard.until(lambda status: status.waiting == 1)
    assert world.state(call) is OpState.PENDING
    worker.wake()
    heard.until(lambda status: status.all_synced)
    assert world.state(call) is OpState.DONE


def test_changes_that_are_never_tried_become_a_visible_problem(working: tuple[World, Worker, Heard]) -> None:
    world, worker, heard = working
    world.sync()
    world.log_call("P1", "hello")
    worker.status = world.engine.status(Phase.IDLE)
    worker._sent_at = time.monotonic() - 10_000
    worker._watch()
    assert heard.all[-1].phase is Phase.STOPPED
    assert heard.all[-1].problem is not None


class Counting(Through):
    """A CRM that counts calls, and wants a minute between two looks for news."""

    def __init__(self, connector: Connector) -> None:
        super().__init__(connector)
        self.pulls = 0

    def describe(self) -> Description:
        return replace(super().describe(), poll_s=60.0)

    def pull(self, kind: Kind, scope: Scope, cursor: bytes | None) -> Page:
        self.pulls += 1
        return super().pull(kind, scope, cursor)


def test_a_crm_that_counts_calls_is_looked_at_as_rarely_as_it_wants_and_sent_to_at_once(
    working: tuple[World, Worker, Heard],
) -> None:
    world, worker, heard = working
    world.engine.connector = counting = Counting(world.engine.connector)
    worker.poll_s = 0.05
    worker.start()
    heard.until(lambda status: status.phase is Phase.IDLE and status.all_synced)
    looked = counting.pulls

    threading.Event().wait(0.5)
    assert counting.pulls == looked

    heard.forget()
    call = world.log_call("P1", "hello")
    heard.until(lambda status: status.phase is Phase.IDLE and status.waiting == 0)
    assert world.state(call) is OpState.DONE
    assert counting.pulls <= looked + 1, "before it sends it looks once whether the CRM was set back"

    worker.wake()  # F5
    heard.forget()
    heard.until(lambda status: status.phase is Phase.IDLE)
    assert counting.pulls > looked + 1
