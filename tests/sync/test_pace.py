"""A CRM is asked politely: in an outage, after a sleep, after a refusal, whatever the clocks do."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from random import Random

import pytest

from companion.connectors.demo.wire import Refusal
from companion.domain.ops import OpState
from companion.domain.records import Kind
from companion.domain.sync_status import Phase
from companion.sync.pace import BURST, PER_S, Pace
from tests.sync.days import Days, TimedWire
from tests.sync.world import World

Office = Callable[..., World]
Day = Callable[[], Days]

HOUR, DAY, YEAR = 3600.0, 86_400.0, 365.25 * 86_400


@pytest.fixture
def day(office: Office) -> Day:
    def make() -> Days:
        wire = TimedWire()
        return Days(office(wire=wire), wire)

    return make


def test_a_day_without_a_network_makes_three_hundred_attempts_at_most(day: Day) -> None:
    days = day()
    days.live(HOUR)
    days.wire.sent_at.clear()
    days.wire.down = True

    def log() -> None:
        days.world.log_call("P1", "hello")
        days._want("push")

    for hour in range(24):
        days.later(hour * HOUR + 99, log)

    days.live(DAY)

    assert 100 < days.attempts <= 300, (days.attempts, len(days.wire.sent_at))
    days.wire.down = False
    days.live(HOUR)
    assert days.status.all_synced
    assert len(days.world.made(Kind.ACTIVITY)) == 24


@pytest.mark.parametrize("counting", [False, True])
def test_after_a_sleep_the_crm_is_left_in_peace_for_ten_seconds(day: Day, counting: bool) -> None:
    days = day()
    days.live(HOUR)
    asked = len(days.wire.sent_at)
    call: list[str] = []
    woke: list[float] = []

    def lid() -> None:
        days.sleep(30 * DAY, counting=counting)
        woke.append(days.awake_s)
        call.append(days.world.log_call("P1", "hello"))
        days._want("push")

    days.later(5, lid)

    days.live(120 + (30 * DAY if counting else 0))

    after = [at - woke[0] for at in days.wire.sent_at[asked:] if at >= woke[0]]
    assert 10 <= min(after) <= 16
    assert days.world.state(call[0]) is OpState.DONE


def test_a_sleep_in_the_middle_of_a_reading_is_followed_by_one_request_a_second(office: Office) -> None:
    wire = TimedWire()
    world = office(wire=wire, synced=False)
    days = Days(world, wire)
    asking = wire.__class__.__call__
    slept: list[float] = []

    class Lid(TimedWire):
        def __call__(self, request: str, do: Callable[[], object], /) -> object:
            if len(self.sent_at) == 4:
                days.sleep(HOUR)
                slept.append(days.awake_s)
            return asking(self, request, do)

    wire.__class__ = Lid

    days.live(60)

    # A page takes up to four requests here; the pace is that of the questions that the sync asks.
    pages = [at - slept[0] for at, name in zip(wire.sent_at, wire.requests) if name == "changes" and at > slept[0]]
    first = [at for at in pages if at <= 10]
    assert len(first) >= 5
    assert min(later - earlier for earlier, later in pairwise(first)) >= 0.999


def test_the_rep_who_asks_right_after_a_sleep_is_heard(day: Day) -> None:
    days = day()
    days.live(HOUR)
    asked = len(days.wire.sent_at)

    def lid() -> None:
        days.sleep(DAY)
        days.wake()

    days.later(5, lid)
    days.live(8)

    assert len(days.wire.sent_at) > asked


def test_nothing_asks_beyond_the_budget() -> None:
    now, rested = [0.0], [0.0]

    def rest(seconds: float) -> None:
        now[0] += seconds
        rested[0] += seconds

    pace = Pace(lambda: now[0], lambda: now[0], Random(1), rest)
    for _ in range(2000):
        pace.before_a_request()

    assert now[0] >= (2000 - BURST) / PER_S - 1
    assert rested[0] == now[0]


@pytest.mark.parametrize("after_s", [-1.0, -1e12, 0.0, float("nan"), 1e-9])
def test_a_pause_that_is_over_already_makes_no_tight_loop(day: Day, after_s: float) -> None:
    days = day()
    days.live(60)
    days.wire.sent_at.clear()
    days.wire.refusal = Refusal(429, "slow down", after_s=after_s)
    days.world.log_call("P1", "hello")
    days._want("push")

    days.live(HOUR)

    assert days.attempts <= 90, (days.attempts, len(days.wire.sent_at))
    assert days.turns < 400


def test_a_pause_without_end_ends_within_a_day(day: Day) -> None:
    days = day()
    days.live(60)
    days.wire.refusal = Refusal(429, "slow down", after_s=float("inf"))
    days.live(60)
    days.wire.refusal = None
    call = days.world.log_call("P1", "hello")

    days.live(DAY + HOUR)

    assert days.world.state(call) is OpState.DONE


JUMPS = [10 * YEAR, -10 * YEAR, HOUR, -HOUR, 30 * DAY, -30 * DAY, 59.0, -59.0]


@pytest.mark.parametrize("jump_s", JUMPS)
def test_a_clock_that_jumps_loses_nothing_keeps_the_order_and_spins_no_loop(office: Office, jump_s: float) -> None:
    wire = TimedWire()
    world = office(wire=wire)
    days = Days(world, wire)
    ahead = [0.0]
    world.engine.wall = lambda: int(world.now + ahead[0])
    days.live(HOUR)
    wire.down = True
    ops: list[str | None] = [world.edit(Kind.DEAL, "D1", amount=1)]
    days.live(60)
    ahead[0] = jump_s
    ops.append(world.edit(Kind.DEAL, "D1", amount=2))
    days.live(60)
    ahead[0] = 0.0
    ops.append(world.edit(Kind.DEAL, "D1", amount=3))
    days.turns = 0
    wire.down = False

    days.live(HOUR)

    assert [world.state(op) for op in ops] == [OpState.DONE] * 3
    ours = [each.new for each in world.crm.log if each.field == "amount" and each.actor == "U1"]
    assert ours == [1, 2, 3]
    assert days.turns <= 150
    assert days.status.all_synced


@pytest.mark.parametrize("jump_s", JUMPS)
def test_a_change_that_is_held_for_undo_leaves_whatever_the_clock_does(office: Office, jump_s: float) -> None:
    wire = TimedWire()
    world = office(wire=wire)
    days = Days(world, wire)
    ahead = [0.0]
    world.engine.wall = lambda: int(world.now + ahead[0])
    days.live(60)
    gesture = world.gesture("held")
    gesture.hold_s = 8
    from companion.store import edits

    with world.database.write() as write:
        op = edits.change(write, gesture, Kind.DEAL, world.local(Kind.DEAL, "D1"), {"amount": 9}, "Edit")
    ahead[0] = jump_s
    days.turns = 0

    days.live(700)

    assert world.state(op) is OpState.DONE
    assert days.turns <= 60


def test_a_month_of_sleep_costs_a_handful_of_cycles(day: Day) -> None:
    days = day()
    days.live(HOUR)
    days.turns = 0
    days.later(1, lambda: days.sleep(30 * DAY))

    days.live(HOUR)

    assert days.turns <= 80
    assert days.status.phase is Phase.IDLE


def test_two_hundred_changes_leave_within_two_minutes_after_a_short_outage(day: Day) -> None:
    days = day()
    days.live(60)
    days.wire.down = True
    for number in range(200):
        days.world.log_call("P1", f"n{number}")
    days.live(30)
    days.wire.down = False

    days.live(120)

    assert days.status.all_synced
    assert len(days.world.made(Kind.ACTIVITY)) == 200
