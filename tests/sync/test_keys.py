"""A key that the CRM remembers for a while is believed for that while only."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from companion.connectors.base import ConnectorError, Identity, Op, Page, Scope
from companion.connectors.demo.connector import DemoConnector, _change
from companion.connectors.demo.switches import DemoSwitches
from companion.domain.ops import OpState
from companion.domain.records import Kind
from tests.sync.world import REP, FaultyWire, World

Office = Callable[..., World]

BY_HEADER = DemoSwitches(identity=Identity.IDEMPOTENCY_KEY, key_life_s=24 * 3600)
HOUR, DAY = 3600, 86_400


class HeaderOnly(DemoConnector):
    """To a CRM that remembers keys, and nothing else: no record tells which op made it."""

    def find_by_op(self, op: Op) -> str | None:
        raise ConnectorError("this CRM keeps no trace of an op")

    def pull(self, kind: Kind, scope: Scope, cursor: bytes | None) -> Page:
        page = super().pull(kind, scope, cursor)
        return replace(page, upserts=[replace(each, op_id=None) for each in page.upserts])

    def _prepared_create(self, op: Op) -> Any:
        return _change(op, None)


def lost_answer(office: Office, connector: type[DemoConnector]) -> tuple[World, str]:
    """A call that landed, and whose answer was lost."""
    world = office(switches=BY_HEADER, wire=FaultyWire(write=["lose"]))
    world.connect = lambda: connector(world.crm, REP, wire=world.wire)  # type: ignore[method-assign]
    world.restart()
    call = world.log_call("P1", "hello")
    world.engine.cycle(read=False)
    assert world.state(call) is OpState.UNKNOWN
    return world, call


@pytest.mark.parametrize("later_s", [1, HOUR, 25 * HOUR, 31 * DAY])
def test_where_a_record_tells_which_op_made_it_it_is_found_at_any_time(office: Office, later_s: int) -> None:
    world, call = lost_answer(office, DemoConnector)
    world.pass_time(later_s)

    world.settle()

    assert world.state(call) is OpState.DONE
    assert len(world.made(Kind.ACTIVITY, body="hello")) == 1


@pytest.mark.parametrize("later_s", [1, HOUR, 11 * HOUR])
def test_a_living_key_alone_makes_it_safe_to_send_again(office: Office, later_s: int) -> None:
    world, call = lost_answer(office, HeaderOnly)
    world.pass_time(later_s)

    world.settle()

    assert world.state(call) is OpState.DONE
    assert len(world.made(Kind.ACTIVITY, body="hello")) == 1


@pytest.mark.parametrize("later_s", [25 * HOUR, 31 * DAY])
def test_after_its_life_a_key_is_not_used_and_the_rep_is_asked(office: Office, later_s: int) -> None:
    world, call = lost_answer(office, HeaderOnly)
    world.pass_time(later_s)

    world.settle()

    assert world.state(call) is OpState.NEEDS_REP
    assert len(world.made(Kind.ACTIVITY, body="hello")) == 1


def test_a_clock_that_was_set_back_makes_no_dead_key_live(office: Office) -> None:
    world, call = lost_answer(office, HeaderOnly)
    world.pass_time(31 * DAY)
    world.engine.wall = lambda: int(world.now - 32 * DAY)

    world.settle()

    assert world.state(call) is OpState.NEEDS_REP
    assert len(world.made(Kind.ACTIVITY, body="hello")) == 1
