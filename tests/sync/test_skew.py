"""A clock that is wrong is measured against the CRM's, and what it stamped 'now' is sent as when it was."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
from msgspec.structs import replace

from companion.connectors.base import Description
from companion.connectors.demo.connector import DemoConnector
from companion.domain.ops import OpState
from companion.domain.records import Kind, Value
from companion.store import edits, meta
from tests.sync.world import REP, World

Office = Callable[..., World]


class Clocked(DemoConnector):
    """Tells the CRM's own time."""

    def describe(self) -> Description:
        return replace(super().describe(), server_time=self._crm.clock())


def wrong_by(world: World, seconds: float) -> None:
    """From now on, and since ever: a restart asks anew what the CRM's clock says."""
    world.connect = lambda: Clocked(world.crm, REP, wire=world.wire)  # type: ignore[method-assign]
    world.restart()
    world.engine.wall = lambda: int(world.now + seconds)
    world.sync()


def logged(world: World, at: int, **values: Value) -> str:
    """A call that is logged now by this computer's clock."""
    gesture = world.gesture("call")
    gesture.now = world.engine.wall()
    with world.database.write() as write:
        fields = {"what": "call", "body": "hello", "at": at, "done": True, **values}
        links = {"person": world.local(Kind.PERSON, "P1")}
        return edits.create(write, gesture, Kind.ACTIVITY, fields, links, "Call")


def known(world: World) -> int | None:
    with world.database.read() as rows:
        found: int | None = meta.get(rows, "skew_s")
    return found


@pytest.mark.parametrize("seconds", [3600, -3600, 121, -200, 10 * 31_557_600, -10 * 31_557_600])
def test_a_call_is_sent_with_the_time_at_which_it_took_place(office: Office, seconds: int) -> None:
    world = office()
    wrong_by(world, seconds)
    true = int(world.now)
    call = logged(world, at=world.engine.wall(), done_at=world.engine.wall())

    world.sync()

    [made] = world.made(Kind.ACTIVITY, body="hello")
    assert abs(int(made.fields["at"] or 0) - true) <= 2
    assert abs(int(made.fields["done_at"] or 0) - true) <= 2
    assert world.state(call) is OpState.DONE
    assert world.settle().all_synced
    assert abs(int(world.shown(Kind.ACTIVITY, made.id, "at") or 0) - true) <= 2


@pytest.mark.parametrize("seconds", [0, 119, -119])
def test_a_clock_that_is_nearly_right_changes_nothing(office: Office, seconds: int) -> None:
    world = office()
    wrong_by(world, seconds)
    at = world.engine.wall()
    logged(world, at=at)

    world.sync()

    [made] = world.made(Kind.ACTIVITY, body="hello")
    assert made.fields["at"] == at


def test_a_time_that_the_rep_typed_stays_as_it_is(office: Office) -> None:
    world = office()
    wrong_by(world, 3600)
    at = world.engine.wall() - 1800
    logged(world, at=at)

    world.sync()

    [made] = world.made(Kind.ACTIVITY, body="hello")
    assert made.fields["at"] == at


def test_a_clock_that_was_put_right_is_believed_again_after_a_day_at_most(office: Office) -> None:
    world = office()
    wrong_by(world, 3600)
    assert abs((known(world) or 0) + 3600) <= 2
    world.engine.wall = lambda: int(world.now)

    world.sync(apart_s=24 * 3600 + 1)

    assert abs(known(world) or 0) <= 2


def test_an_answer_that_took_long_tells_nothing_about_the_clock(office: Office) -> None:
    world = office()
    wrong_by(world, 3600)
    describe = world.connector.describe

    def slow() -> Description:
        found = describe()
        world.pass_time(90)
        return found

    world.connector.describe = slow  # type: ignore[method-assign]
    before = known(world)

    world.sync(apart_s=24 * 3600 + 1)

    assert known(world) == before


@pytest.mark.parametrize("told", [math.nan, math.inf, -math.inf, 0.0, -1e300, 1e18, 99_999_999_999.0])
def test_a_time_that_can_not_be_is_none_and_what_was_known_stays(office: Office, told: float) -> None:
    world = office()
    wrong_by(world, 3600)
    before = known(world)
    world.connector.describe = lambda: replace(DemoConnector.describe(world.connector), server_time=told)  # type: ignore[method-assign]

    status = world.sync(apart_s=24 * 3600 + 1)

    assert status.problem is None
    assert known(world) == before
    true = int(world.now)
    logged(world, at=world.engine.wall())
    world.sync()
    [made] = world.made(Kind.ACTIVITY, body="hello")
    assert abs(int(made.fields["at"] or 0) - true) <= 2


def test_a_crm_that_does_not_tell_the_time_changes_nothing(office: Office) -> None:
    world = office()
    world.connector.describe = lambda: replace(DemoConnector.describe(world.connector), server_time=None)  # type: ignore[method-assign]
    world.sync(apart_s=24 * 3600 + 1)
    ahead = world.now + 7200
    world.engine.wall = lambda: int(ahead)
    logged(world, at=int(ahead))

    world.sync()

    [made] = world.made(Kind.ACTIVITY, body="hello")
    assert made.fields["at"] == int(ahead)
