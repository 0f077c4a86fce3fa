"""Changes that wait are tried, or the rep is told: also where the thread that tries them is gone."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import pytest

from companion.connectors.base import Identity
from companion.connectors.demo.switches import DemoSwitches
from companion.domain.ops import OpState
from companion.domain.records import Kind
from companion.domain.sync_status import Phase
from companion.store import outbox
from companion.store.outbox import QueuedOp
from companion.sync.liveness import STUCK
from companion.sync.worker import Worker
from tests.sync.days import Days, TimedWire
from tests.sync.test_worker import Heard
from tests.sync.world import World

Office = Callable[..., World]


def test_a_lane_that_nobody_tries_is_shown_after_twice_the_longest_pause(office: Office) -> None:
    wire = TimedWire()
    world = office(wire=wire)
    days = Days(world, wire)
    call = world.log_call("P1", "hello")
    with world.database.write() as write:
        # A fault as only we could make one: the change of a record stands before the record's own creation.
        op = outbox.get(write, call)
        assert op is not None
        outbox.add(write, outbox.replaced(op, id="early", action="update", seq=1, fields={"body": "x"}, links={}))

    days.live(20 * 60)
    assert days.status.phase is Phase.IDLE
    days.live(10 * 60)

    assert (days.status.phase, days.status.problem) == (Phase.STOPPED, STUCK)
    assert not days.status.all_synced
    assert days.status.waiting == 2


def test_what_waits_for_the_rep_or_for_the_network_is_not_called_stuck(office: Office) -> None:
    wire = TimedWire(write=["lose"])
    world = office(wire=wire, switches=DemoSwitches(identity=Identity.NONE))
    days = Days(world, wire)
    person = world.create(Kind.PERSON, name="Dora")
    days.live(200)
    assert world.state(person) is OpState.NEEDS_REP
    behind = world.change(Kind.PERSON, person, role="Head")
    days.live(3600)
    assert world.state(behind) is OpState.PENDING
    assert days.status.problem is None
    wire.down = True
    world.log_call("P1", "hello")

    days.live(2 * 3600)

    assert (days.status.phase, days.status.problem != STUCK) == (Phase.OFFLINE, True)
    wire.down = False
    days.live(1000)
    assert (days.status.phase, days.status.problem) == (Phase.IDLE, None)


@pytest.fixture
def guarded(office: Office) -> Iterator[tuple[World, Worker, Heard]]:
    world = office()
    for owner, name in (
        (world.engine, "clock"),
        (world.engine.crm_backoff, "_clock"),
        (world.engine.op_backoff, "_clock"),
    ):
        setattr(owner, name, time.monotonic)
    worker, heard = Worker(world.engine, poll_s=30.0, guard_s=0.05), Heard()
    worker.subscribe(heard)
    yield world, worker, heard
    worker.stop()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_thread_that_died_is_shown_and_begun_anew_and_loses_nothing(guarded: tuple[World, Worker, Heard]) -> None:
    world, worker, heard = guarded
    push, dies = world.connector.push, [True]

    def pushing(ops: list[QueuedOp]) -> object:
        if dies:
            dies.clear()
            raise SystemExit
        return push(ops)  # type: ignore[arg-type]

    world.connector.push = pushing  # type: ignore[assignment,method-assign]
    call = world.log_call("P1", "hello")
    worker.start()

    heard.until(lambda status: status.phase is Phase.STOPPED and status.problem is not None)
    heard.forget()
    worker.wake()
    heard.until(lambda status: status.all_synced)

    assert world.state(call) is OpState.DONE
    assert len(world.made(Kind.ACTIVITY, body="hello")) == 1


def test_a_thread_that_hangs_in_a_request_is_shown(guarded: tuple[World, Worker, Heard]) -> None:
    world, worker, heard = guarded
    hanging, entered = threading.Event(), threading.Event()
    push = world.connector.push

    def pushing(ops: list[QueuedOp]) -> object:
        entered.set()
        hanging.wait(10)
        return push(ops)  # type: ignore[arg-type]

    world.connector.push = pushing  # type: ignore[assignment,method-assign]
    world.log_call("P1", "hello")
    worker.start()
    assert entered.wait(10)
    worker.status = world.engine.status(Phase.SYNCING)
    worker._sent_at = time.monotonic() - 10_000

    shown = heard.until(lambda status: status.phase is Phase.STOPPED)

    hanging.set()
    assert shown.problem == STUCK


def test_a_listener_that_fails_ends_neither_thread(guarded: tuple[World, Worker, Heard]) -> None:
    world, worker, heard = guarded

    def failing(status: object) -> None:
        raise RuntimeError("a listener's own fault")

    worker.subscribe(failing)
    # Before the start: a first idle status must not be that of a book in which nothing waits yet.
    call = world.log_call("P1", "hello")
    worker.start()
    heard.until(lambda status: status.waiting == 0 and status.phase is Phase.IDLE)

    assert worker._guard is not None
    assert worker._guard.is_alive()
    assert world.state(call) is OpState.DONE
