"""The process ends at the worst moments; the file is opened again, and nothing is lost or doubled."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from companion.connectors.base import Identity
from companion.connectors.demo.switches import DemoSwitches
from companion.database import Write
from companion.domain.ops import OpState
from companion.domain.records import Kind
from tests.sync.world import World

Office = Callable[..., World]


class Killed(BaseException):
    """The process is gone."""


class Fatal:
    """A wire on which the process dies at the first write, before or after the CRM has done it."""

    def __init__(self, *, after: bool) -> None:
        self.after, self.armed = after, True

    def __call__(self, request: str, do: Callable[[], Any], /) -> Any:
        if request != "write" or not self.armed:
            return do()
        self.armed = False
        if self.after:
            do()
        raise Killed


IDENTITIES = [each for each in Identity if each is not Identity.NONE]


@pytest.mark.parametrize("identity", IDENTITIES)
@pytest.mark.parametrize("after", [False, True], ids=["before it was sent", "after it was sent"])
def test_killed_while_sending_a_call_is_there_once(office: Office, identity: Identity, after: bool) -> None:
    world = office(switches=DemoSwitches(identity=identity), wire=Fatal(after=after))
    call = world.log_call("P1", "hello")
    edit = world.edit(Kind.DEAL, "D1", amount=7)
    with pytest.raises(Killed):
        world.sync()
    assert world.state(call) is OpState.IN_FLIGHT
    world.restart()
    assert world.state(call) is OpState.UNKNOWN
    status = world.settle()
    assert len(world.made(Kind.ACTIVITY, body="hello")) == 1
    assert world.there(Kind.DEAL, "D1", "amount") == 7
    assert [world.state(call), world.state(edit)] == [OpState.DONE, OpState.DONE]
    assert status.all_synced


def test_killed_while_sending_without_any_trace_asks_the_rep_rather_than_double(office: Office) -> None:
    world = office(switches=DemoSwitches(identity=Identity.NONE), wire=Fatal(after=True))
    call = world.log_call("P1", "hello")
    with pytest.raises(Killed):
        world.sync()
    world.restart()
    world.settle()
    assert world.state(call) is OpState.NEEDS_REP
    assert len(world.made(Kind.ACTIVITY, body="hello")) == 1
    world.answer.found(call)
    assert world.sync().all_synced


@pytest.mark.parametrize("commit", range(1, 40))
def test_killed_at_any_commit_of_a_cycle_the_next_ones_put_it_right(
    office: Office, monkeypatch: pytest.MonkeyPatch, commit: int
) -> None:
    world = office(switches=DemoSwitches(identity=Identity.EXTERNAL_KEY))
    person = world.create(Kind.PERSON, {"company": world.local(Kind.COMPANY, "C1")}, name="Newcomer")
    world.create(Kind.ACTIVITY, {"person": person}, what="call", body="hello")
    world.edit(Kind.DEAL, "D1", amount=7)
    world.crm.edit("U2", Kind.DEAL, "D2", amount=8)
    left = [commit]
    changes = Write.changes

    def dying(write: Write) -> Any:
        found = changes(write)
        left[0] -= 1
        if left[0] == 0:
            raise Killed
        return found

    monkeypatch.setattr(Write, "changes", dying)
    try:
        world.sync()
    except Killed:
        monkeypatch.setattr(Write, "changes", changes)
        world.restart()
    monkeypatch.setattr(Write, "changes", changes)
    status = world.settle()
    assert len(world.made(Kind.ACTIVITY, body="hello")) == 1
    assert len(world.made(Kind.PERSON, name="Newcomer")) == 1
    assert world.there(Kind.DEAL, "D1", "amount") == 7
    assert world.shown(Kind.DEAL, "D2", "amount") == 8
    assert status.all_synced
