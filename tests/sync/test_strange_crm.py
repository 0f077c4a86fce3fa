"""A CRM, a proxy or a second process that behaves as nobody would expect: nothing doubled, and nobody else held up."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from random import Random
from typing import Any, ClassVar

import pytest
from msgspec.structs import replace

from companion.connectors.base import (
    Applied,
    Identity,
    Op,
    Page,
    Poison,
    Rejected,
    Result,
    RetryLater,
    Rewound,
    Scope,
    Tombstone,
    Unknown,
    Upsert,
)
from companion.connectors.base import Problem as Refused
from companion.connectors.demo.connector import DemoConnector
from companion.connectors.demo.switches import DemoSwitches
from companion.connectors.demo.wire import AnswerLost
from companion.domain.ops import OpState
from companion.domain.records import Gone, Kind
from companion.store import notices, poison
from companion.sync.doubts import UNDERWAY_S
from companion.sync.engine import Engine
from tests.sync.world import COLLEAGUE, REP, World, open_book

Office = Callable[..., World]
BY_MARK = DemoSwitches(identity=Identity.MARKER)
HALF = "\ud83d"
"""What is left of an emoji where a CRM cuts its words after so many units of UTF-16."""


def through(world: World, connector: type[DemoConnector]) -> World:
    """Goes on through another connector, as after a restart."""
    world.connect = lambda: connector(world.crm, REP, wire=world.wire)  # type: ignore[method-assign]
    world.restart()
    return world


class HoldsBack:
    """A proxy that keeps the first write until `arrive`, long after nobody waits for it any more."""

    def __init__(self) -> None:
        self.arrive: Callable[[], Any] | None = None

    def __call__(self, request: str, do: Callable[[], Any], /) -> Any:
        if request == "write" and self.arrive is None:
            self.arrive = do
            raise AnswerLost("no answer in time")
        return do()


# On its way ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("hurried", [False, True], ids=["by itself", "the rep presses Sync now"])
def test_a_creation_that_arrives_after_it_was_given_up_is_not_made_twice(office: Office, hurried: bool) -> None:
    wire = HoldsBack()
    world = office(switches=BY_MARK)
    world.wire = wire
    world.restart()
    call = world.log_call("P1", "hello")
    world.sync(apart_s=5)
    for _ in range(3):
        if hurried:
            world.engine.hurry()
        world.sync(apart_s=UNDERWAY_S / 4)
    assert world.state(call) is OpState.UNKNOWN
    assert wire.arrive is not None
    wire.arrive()
    world.settle()
    assert world.state(call) is OpState.DONE
    assert len(world.made(Kind.ACTIVITY, body="hello")) == 1


def test_a_creation_that_never_arrived_is_made_after_a_minute(office: Office) -> None:
    world = office(switches=BY_MARK)
    world.wire = HoldsBack()
    world.restart()
    call = world.log_call("P1", "hello")
    world.sync(apart_s=1)
    world.sync(apart_s=1)
    waits = world.engine.next_s()
    assert waits is not None
    assert waits <= UNDERWAY_S
    world.sync(2, apart_s=waits + 1)
    assert world.state(call) is OpState.DONE
    assert len(world.made(Kind.ACTIVITY, body="hello")) == 1


@pytest.mark.parametrize("identity", list(Identity), ids=lambda each: each.value)
def test_a_second_process_that_begins_while_the_first_one_sends_doubles_nothing(
    office: Office, identity: Identity
) -> None:
    world = office(switches=DemoSwitches(identity=identity))
    call = world.log_call("P1", "hello")
    begun: list[bool] = []

    def wire(request: str, do: Callable[[], Any], /) -> Any:
        if request == "write" and not begun:
            begun.append(True)
            begins_too(world)
        return do()

    world.wire = wire
    world.connector = world.engine.connector = world.connect()
    world.sync()
    world.sync(4, apart_s=100)
    assert begun
    assert len(world.made(Kind.ACTIVITY, body="hello")) == 1
    assert world.state(call) is (OpState.NEEDS_REP if identity is Identity.NONE else OpState.DONE)


def begins_too(world: World) -> None:
    """Another process opens the file, takes what is on its way for what a crash left, and looks twice."""
    database = open_book(world.path)
    engine = Engine(
        database,
        DemoConnector(world.crm, REP),
        clock=lambda: world.now,
        wall=lambda: int(world.now),
        rng=Random(3),
        new_id=world.new_id,
    )
    engine.recover()
    engine.cycle()
    world.pass_time(UNDERWAY_S / 3)
    engine.cycle()
    database.close()


# A pull without an end ──────────────────────────────────────────────────────────────────────────────────────────────


class _Endless(DemoConnector):
    """People come in pages that always say that there are more."""

    turns: ClassVar[dict[bytes | None, bytes]] = {}

    def pull(self, kind: Kind, scope: Scope, cursor: bytes | None) -> Page:
        if kind is not Kind.PERSON:
            return super().pull(kind, scope, cursor)
        following = self.turns.get(cursor) or next(iter(self.turns.values()))
        return Page(self.fetch(kind, ["P1", "P2"]), following, more=True)


@pytest.mark.parametrize("turns", [{b"a": b"a"}, {b"a": b"b", b"b": b"a"}], ids=["stands still", "goes in a circle"])
def test_a_pull_that_comes_back_to_where_it_was_ends_and_changes_still_leave(
    office: Office, turns: dict[bytes | None, bytes]
) -> None:
    class Endless(_Endless):
        pass

    Endless.turns = turns
    world = through(office(), Endless)
    call = world.log_call("P1", "hello")
    status = world.sync()
    assert status.problem is not None
    assert not status.all_synced
    assert world.state(call) is OpState.DONE


def test_pages_with_nothing_in_them_come_to_an_end_too(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    class Barren(DemoConnector):
        asked = 0

        def pull(self, kind: Kind, scope: Scope, cursor: bytes | None) -> Page:
            if kind is not Kind.PERSON:
                return super().pull(kind, scope, cursor)
            Barren.asked += 1
            assert Barren.asked < 1000, "asked without an end"
            return Page((), b"%d" % Barren.asked, more=True)

    monkeypatch.setattr("companion.sync.pull.BARREN", 20)
    status = through(office(), Barren).sync()
    assert status.problem is not None


@pytest.mark.parametrize("how", ["the same cursor", "new cursors", "new cursors and what is known"])
def test_the_kinds_after_one_without_an_end_are_read_and_changes_leave_in_every_cycle(
    office: Office, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    class Endless(DemoConnector):
        asked = 0

        def pull(self, kind: Kind, scope: Scope, cursor: bytes | None) -> Page:
            if kind is not Kind.PERSON:
                return super().pull(kind, scope, cursor)
            Endless.asked += 1
            assert Endless.asked < 1000, "asked without an end"
            upserts = self.fetch(kind, ["P1"]) if how.endswith("known") else ()
            return Page(upserts, b"here" if how == "the same cursor" else b"%d" % Endless.asked, more=True)

    monkeypatch.setattr("companion.sync.pull.BARREN", 20)
    world = through(office(), Endless)
    for amount in (5, 7):
        world.crm.edit(COLLEAGUE, Kind.DEAL, "D1", amount=amount)
        call = world.log_call("P1", "hello")

        status = world.sync(apart_s=2000)

        assert world.shown(Kind.DEAL, "D1", "amount") == amount
        assert world.state(call) is OpState.DONE
        assert status.problem is not None
        assert not status.all_synced


def test_a_crm_that_was_set_back_asks_the_rep_though_one_of_its_kinds_has_no_end(office: Office) -> None:
    class Endless(DemoConnector):
        set_back: ClassVar[bool] = True

        def pull(self, kind: Kind, scope: Scope, cursor: bytes | None) -> Page:
            if kind is Kind.PERSON:
                return Page((), b"here", more=True)
            if Endless.set_back and cursor is not None:
                Endless.set_back = False
                raise Rewound("the cursor is ahead of the server")
            return super().pull(kind, scope, cursor)

    world = through(office(), Endless)
    world.sync()
    assert not Endless.set_back
    with world.database.read() as rows:
        assert notices.get(rows, "rewound") is not None


# Broken characters ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_deletions_and_unreadable_records_under_broken_ids_stop_no_page(office: Office) -> None:
    class Broken(DemoConnector):
        def pull(self, kind: Kind, scope: Scope, cursor: bytes | None) -> Page:
            page = super().pull(kind, scope, cursor)
            if kind is not Kind.PERSON:
                return page
            gone = [Tombstone(kind, HALF, Gone.DELETED), Tombstone(kind, "P3", Gone.MERGED, HALF)]
            return replace(page, gone=gone, poison=[Poison(kind, f"7{HALF}", f"it says {HALF}")])

    world = through(office(), Broken)
    third = world.local(Kind.PERSON, "P3")
    status = world.sync()
    assert status.problem is None
    left = world.record(Kind.PERSON, third)
    assert left is not None
    assert left.gone is Gone.MERGED
    with world.database.read() as rows:
        assert [each.remote_id for each in poison.every(rows)] == ["7?"]


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (lambda op: RetryLater(op.id, HALF), OpState.PENDING),
        (lambda op: Unknown(op.id, HALF), OpState.UNKNOWN),
        (lambda op: Rejected(op.id, (Refused(HALF, HALF, HALF),)), OpState.ATTENTION),
    ],
    ids=["later", "unknown", "refused"],
)
def test_words_of_a_crm_that_are_cut_in_the_middle_of_an_emoji_are_kept_as_far_as_they_go(
    office: Office, answer: Callable[[Op], Result], state: OpState
) -> None:
    class Answers(DemoConnector):
        def push(self, ops: Sequence[Op]) -> list[Result]:
            return [answer(op) for op in ops]

    world = through(office(), Answers)
    call = world.log_call("P1", "hello")
    world.sync()
    assert world.state(call) is state


@pytest.mark.parametrize("named", ["", HALF], ids=["none", "one that is none"])
def test_an_answer_that_names_no_record_is_no_answer_and_the_record_is_looked_for(office: Office, named: str) -> None:
    class Nameless(DemoConnector):
        def push(self, ops: Sequence[Op]) -> list[Result]:
            found = super().push(ops)
            return [replace(each, remote_id=named) if isinstance(each, Applied) else each for each in found]

    world = through(office(switches=BY_MARK), Nameless)
    call = world.log_call("P1", "hello")
    world.sync(3, apart_s=2000)
    assert world.state(call) is OpState.DONE
    assert [row.id for row in world.made(Kind.ACTIVITY, body="hello")] == [world.op(call).remote_id]


# Our own faults ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def stumbling(office: Office) -> World:
    """A connector with a bug: it breaks on Ben whenever he is looked at."""

    class Stumbles(DemoConnector):
        def fetch(self, kind: Kind, remote_ids: Sequence[str]) -> list[Upsert]:
            if "P2" in remote_ids:
                raise ValueError("a bug")
            return super().fetch(kind, remote_ids)

    return through(office(), Stumbles)


@pytest.mark.parametrize("doubtful", [False, True], ids=["before it is sent", "in doubt"])
def test_a_change_on_which_we_break_ourselves_holds_up_no_other(stumbling: World, doubtful: bool) -> None:
    ben = stumbling.edit(Kind.PERSON, "P2", city="Linz")
    if doubtful:
        with stumbling.database.write() as write:
            write.text("UPDATE outbox SET state = 'unknown', sent_at = created_at WHERE id = ?", (ben,))
    cleo = stumbling.edit(Kind.PERSON, "P3", city="Wels")
    call = stumbling.log_call("P1", "hello")
    for _ in range(4):
        with suppress(ValueError):
            stumbling.sync(apart_s=1000)
    assert stumbling.state(cleo) is stumbling.state(call) is OpState.DONE
    assert stumbling.state(ben) is not OpState.DONE


def test_a_change_on_which_we_break_ourselves_is_told_as_our_fault(stumbling: World) -> None:
    stumbling.edit(Kind.PERSON, "P2", city="Linz")
    with pytest.raises(ValueError, match="a bug"):
        stumbling.sync()
