"""Once a day both sides are compared; what sync should have known is read again and told, and nothing else."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from companion.connectors.base import Finds, Identity
from companion.connectors.demo.switches import DemoSwitches
from companion.domain.notices import Notice, words
from companion.domain.ops import OpState
from companion.domain.records import Gone, Kind
from companion.store import edits, meta, notices, records
from companion.sync.audit import A_KIND, EVERY_S, LATER_S, WINDOW, digest
from tests.sync.world import COLLEAGUE, REP, FaultyWire, World

Office = Callable[..., World]


def told(world: World) -> Notice | None:
    with world.database.read() as rows:
        return notices.get(rows, "audit")


def audited(world: World) -> None:
    """A day passes, and the time after which a doubt is looked at again."""
    world.sync(apart_s=EVERY_S + 1)
    world.sync(apart_s=LATER_S + 1)


def spoil(world: World, kind: Kind, remote_id: str, **values: object) -> None:
    """Makes the book differ in a way that no pull will mend: the record's version says that it is known."""
    with world.database.write() as write:
        records.edit(write, kind, world.local(kind, remote_id), values)


def test_nothing_is_told_where_both_sides_are_alike(office: Office) -> None:
    world = office()
    world.edit(Kind.DEAL, "D1", amount=5)

    audited(world)
    audited(world)

    assert told(world) is None
    with world.database.read() as rows:
        assert meta.get(rows, "audit")["checked"] >= 13


def test_a_record_whose_change_was_missed_is_read_again_and_told(office: Office) -> None:
    world = office()
    spoil(world, Kind.DEAL, "D1", amount=999, version="an older one")

    audited(world)

    assert world.shown(Kind.DEAL, "D1", "amount") == 100_00
    notice = told(world)
    assert notice is not None
    assert notice.facts["differing"] == 1


def test_a_record_that_never_arrived_and_one_that_left_unseen_are_found(office: Office) -> None:
    world = office()
    with world.database.write() as write:
        records.erase(write, Kind.COMPANY, world.local(Kind.COMPANY, "C2"))
        records.put(write, Kind.PERSON, [{"id": "ghost", "remote_id": "P99", "name": "Ghost", "version": "1"}])

    audited(world)

    assert world.shown(Kind.COMPANY, "C2", "name") == "Birch"
    ghost = world.record(Kind.PERSON, "ghost")
    assert ghost is not None
    assert ghost.gone is Gone.DELETED
    notice = told(world)
    assert notice is not None
    assert notice.facts["differing"] == 2


def test_a_change_of_the_last_minute_is_no_finding(office: Office) -> None:
    wire = FaultyWire()
    world = office(wire=wire)
    world.sync()
    do = wire.__class__.__call__

    class Busy(FaultyWire):
        """A colleague writes right after the pull, before the audit looks."""

        def __call__(self, request: str, ask: Callable[[], object], /) -> object:
            if request == "ids":
                world.crm.edit(COLLEAGUE, Kind.DEAL, "D1", amount=int(world.now))
                world.crm.create(COLLEAGUE, Kind.PERSON, name="Nina")
            return do(self, request, ask)

    wire.__class__ = Busy

    world.sync(apart_s=EVERY_S + 1)
    with world.database.read() as rows:
        assert meta.get(rows, "audit")["doubts"], "it did differ for a moment"
    wire.__class__ = FaultyWire
    world.sync(apart_s=LATER_S + 1)

    assert told(world) is None
    assert world.sync().all_synced


def test_a_search_that_lags_is_no_finding(office: Office) -> None:
    switches = DemoSwitches(
        identity=Identity.EXTERNAL_KEY,
        changes=Finds.TIMESTAMP,
        deletes=Finds.FEED,
        search_lag_s=300,
        overlap_s=600,
    )
    world = office(switches=switches, synced=False)
    world.sync(3, apart_s=400)
    world.pass_time(EVERY_S)
    world.crm.edit(COLLEAGUE, Kind.DEAL, "D1", amount=77)
    world.sync(apart_s=10)

    world.sync(apart_s=LATER_S + 1)
    world.sync(2, apart_s=LATER_S + 1)

    assert told(world) is None
    assert world.shown(Kind.DEAL, "D1", "amount") == 77


def test_an_unsent_edit_of_a_record_that_differed_stays(office: Office) -> None:
    wire = FaultyWire()
    world = office(wire=wire)
    spoil(world, Kind.DEAL, "D1", name="Old", version="an older one")
    world.sync(apart_s=EVERY_S + 1)
    op = world.edit(Kind.DEAL, "D1", amount=7)
    wire.faults["write"] = ["drop"]
    world.sync(apart_s=LATER_S + 1)

    assert world.state(op) is OpState.PENDING
    assert (world.shown(Kind.DEAL, "D1", "amount"), world.shown(Kind.DEAL, "D1", "name")) == (7, "Looms")
    world.settle()
    assert world.there(Kind.DEAL, "D1", "amount") == 7


def test_a_waiting_change_of_a_record_that_left_asks_the_rep_and_the_notice_says_so(office: Office) -> None:
    world = office()
    with world.database.write() as write:
        records.put(write, Kind.PERSON, [{"id": "ghost", "remote_id": "P99", "name": "Ghost", "version": "1"}])
        gesture = world.gesture("edit")
        gesture.hold_s = 10 * EVERY_S
        op = edits.change(write, gesture, Kind.PERSON, "ghost", {"city": "Linz"}, "Edit")

    audited(world)

    assert world.state(op) is OpState.ATTENTION
    assert world.op(op).values == {"city": "Linz"}
    notice = told(world)
    assert notice is not None
    assert "None of your changes is lost" in words(notice).advice
    assert "waits for your decision" in words(notice).advice


def test_it_runs_once_a_day_at_most_whatever_the_clock_says(office: Office) -> None:
    wire = FaultyWire()
    world = office(wire=wire)
    world.sync(apart_s=EVERY_S + 1)
    wire.requests.clear()
    jumps = [0.0, 10**8, -(10**8), 86_400.0, 3 * 86_400.0]
    for jump in jumps:
        world.engine.wall = lambda ahead=jump: int(world.now + ahead)  # type: ignore[misc]
        world.sync(10, apart_s=60)

    assert "ids" not in wire.requests


def test_a_first_reading_is_not_audited(office: Office) -> None:
    wire = FaultyWire()
    world = office(wire=wire)
    wire.requests.clear()
    world.sync(3)
    assert "ids" not in wire.requests


def test_few_requests_left_of_the_day_put_it_off(office: Office) -> None:
    wire = FaultyWire()
    world = office(wire=wire)
    world.crm.switch(rate=400, rate_window_s=86_400.0)
    wire.requests.clear()
    world.sync(3, apart_s=EVERY_S + 1)
    assert "ids" not in wire.requests


def test_a_crm_that_tells_what_is_left_of_ten_seconds_is_compared_too(office: Office) -> None:
    world = office()
    world.crm.switch(rate=190, rate_window_s=10.0)
    spoil(world, Kind.DEAL, "D1", name="Old", version="an older one")

    audited(world)

    assert world.shown(Kind.DEAL, "D1", "name") == "Looms"
    assert told(world) is not None


def test_so_few_in_ten_seconds_that_nothing_would_be_left_for_the_rep_put_it_off(office: Office) -> None:
    wire = FaultyWire()
    world = office(wire=wire)
    world.crm.switch(rate=A_KIND, rate_window_s=10.0)
    wire.requests.clear()

    world.sync(3, apart_s=EVERY_S + 1)

    assert "ids" not in wire.requests
    assert "fetch" not in wire.requests


def test_what_ten_seconds_have_no_room_for_is_compared_at_the_next_look(office: Office) -> None:
    wire = FaultyWire()
    world = office(wire=wire)
    world.crm.switch(rate=A_KIND + 25, rate_window_s=10.0)
    spoil(world, Kind.USER, "U2", name="Old", version="an older one")
    spoil(world, Kind.DEAL, "D1", name="Old", version="an older one")
    wire.requests.clear()
    world.sync(apart_s=EVERY_S + 1)
    with world.database.read() as rows:
        assert meta.get(rows, "audit")["rest"], "not all was compared at once"

    for _ in range(4):
        status = world.sync(apart_s=300)
        assert status.problem is None, "the CRM was never asked for more than it allows"
    world.sync(2, apart_s=LATER_S + 1)

    assert (world.shown(Kind.USER, "U2", "name"), world.shown(Kind.DEAL, "D1", "name")) == ("Bruno", "Looms")
    notice = told(world)
    assert notice is not None
    assert notice.facts["differing"] == 2
    assert wire.requests.count("ids") == len(world.connector.describe().kinds), "each kind once a day"


def test_a_kind_that_may_not_be_read_keeps_no_other_from_being_compared(office: Office) -> None:
    world = office()
    spoil(world, Kind.DEAL, "D1", name="Old", version="an older one")
    world.crm.forbid(REP, Kind.COMPANY)

    world.sync(apart_s=EVERY_S + 1)
    world.sync(2, apart_s=LATER_S + 1)

    assert world.shown(Kind.DEAL, "D1", "name") == "Looms"


def test_the_window_moves_on_until_every_record_was_compared(office: Office) -> None:
    world = office()
    names = [world.crm.create(COLLEAGUE, Kind.PERSON, name=f"N{number}") for number in range(2 * WINDOW)]
    world.sync()
    last = max(names)
    spoil(world, Kind.PERSON, last, name="Old", version="an older one")

    days = 0
    while told(world) is None and days < 4:
        audited(world)
        days += 1

    assert days >= 2
    assert world.shown(Kind.PERSON, last, "name") != "Old"


def test_very_many_that_left_unseen_are_asked_about_first(office: Office) -> None:
    world = office()
    with world.database.write() as write:
        ghosts = [{"id": f"g{n}", "remote_id": f"X{n}", "name": "Ghost", "version": "1"} for n in range(80)]
        records.put(write, Kind.PERSON, ghosts)

    audited(world)
    status = world.sync()

    ghost = world.record(Kind.PERSON, "g0")
    assert ghost is not None
    assert ghost.gone is None
    assert status.attention >= 1


@pytest.mark.parametrize("ids", [[], ["a"], ["a", "b", "c"], ["\ud800", "é"]])
def test_the_sum_knows_no_order(ids: list[str]) -> None:
    assert digest(ids) == digest(reversed(ids))
    assert digest(ids) != digest([*ids, "z"])
