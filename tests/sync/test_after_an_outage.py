"""How soon the end of an outage is noticed, by the worker's own pauses in virtual time."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from companion.connectors.demo.wire import NotSent
from companion.sync.retry import Backoff
from companion.sync.worker import Worker
from tests.sync.world import World

Office = Callable[..., World]


class Cable:
    """A wire that can be pulled out."""

    def __init__(self) -> None:
        self.out = False
        self.asked = 0

    def __call__(self, request: str, do: Callable[[], Any], /) -> Any:
        self.asked += 1
        if self.out:
            raise NotSent("no connection")
        return do()


def live(world: World, worker: Worker, seconds: float, *, until_empty: bool = False) -> float:
    """Lets the worker live for so long without its thread; returns the seconds that passed."""
    began = world.now
    wanted: str | None = None
    while world.now - began < seconds:
        worker._turn(wanted)
        if until_empty and worker.status.waiting == 0:
            break
        world.pass_time(worker._pause_s())
        wanted = None
    return world.now - began


@pytest.mark.parametrize("outage_s", [20, 600, 3000])
@pytest.mark.parametrize("seed", [1, 2])
def test_two_hundred_changes_leave_within_two_minutes_of_its_end(office: Office, outage_s: int, seed: int) -> None:
    cable = Cable()
    world = office(wire=cable, synced=False)
    world.rng.seed(seed)
    worker = Worker(world.engine)
    world.engine.rest = world.pass_time
    live(world, worker, 90)
    cable.out = True
    for n in range(200):
        world.log_call("P1", f"call {n}")
    live(world, worker, outage_s)
    assert worker.status.waiting == 200
    assert worker.status.problem is not None
    cable.out = False
    assert live(world, worker, 1000, until_empty=True) <= 120


def test_what_a_cycle_has_passed_over_is_due_at_once_when_times_are_good_again() -> None:
    now = [100.0]
    backoff = Backoff(lambda: now[0], Random(7))
    began = now[0]
    backoff.failed("an op that the cycle under way passed over")
    backoff.hurry()
    assert backoff.next_s(began) == 0.0
    now[0] += 0.05
    assert backoff.next_s(now[0]) is None


def test_a_day_without_the_crm_costs_it_few_requests(office: Office) -> None:
    cable = Cable()
    world = office(wire=cable, synced=False)
    worker = Worker(world.engine)
    world.engine.rest = world.pass_time
    live(world, worker, 90)
    for n in range(20):
        world.log_call("P1", f"call {n}")
    cable.out, cable.asked = True, 0
    live(world, worker, 24 * 3600)
    assert cable.asked <= 600
    assert worker.status.waiting == 20, "an outage is no fault of the changes"
