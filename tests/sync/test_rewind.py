"""A CRM that was set back to an older state: nothing is taken away or sent until the rep says how to go on."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any

import pytest

from companion.actions.answer_notice import answer_notice
from companion.connectors.base import Finds, Identity, Page, Rewound, Scope
from companion.connectors.demo.connector import DemoConnector
from companion.connectors.demo.switches import DemoSwitches
from companion.domain.notices import Notice
from companion.domain.ops import OpState
from companion.domain.records import Gone, Kind
from companion.domain.sync_status import Phase
from companion.store import notices, sweep_questions
from companion.sync import rewind
from tests.sync.world import COLLEAGUE, REP, FaultyWire, World, small_book

Office = Callable[..., World]

BY_MARK = DemoSwitches(identity=Identity.MARKER)


class Telling(DemoConnector):
    """Says that the server was set back, once for each time that it was."""

    set_back: bool = False

    def pull(self, kind: Kind, scope: Scope, cursor: bytes | None) -> Page:
        if self.set_back and cursor is not None:
            self.set_back = False
            raise Rewound("the cursor is ahead of the server")
        return super().pull(kind, scope, cursor)


class TellingWorld(World):
    def connect(self) -> DemoConnector:
        return Telling(self.crm, REP, wire=self.wire)

    def set_back(self, to: object) -> None:
        self.crm.rewind(to)  # type: ignore[arg-type]
        assert isinstance(self.connector, Telling)
        self.connector.set_back = True


@pytest.fixture
def telling(office: Office) -> Callable[..., TellingWorld]:
    def make(**options: object) -> TellingWorld:
        world = office(synced=False, **options)
        world.__class__ = TellingWorld
        world.restart()
        world.sync()
        assert isinstance(world, TellingWorld)
        return world

    return make


Told = Callable[..., TellingWorld]


def told(world: World) -> Notice | None:
    with world.database.read() as rows:
        return notices.get(rows, "rewound")


def active(world: World) -> bool:
    with world.database.read() as rows:
        return rewind.active(rows)


def go_on(world: World) -> None:
    assert answer_notice(world.answer.desk, "rewound", "", "send")


def test_nothing_is_taken_away_and_nothing_sent_and_the_rep_is_told_how_much_is_missing(telling: Told) -> None:
    world = telling(switches=BY_MARK)
    before = world.crm.snapshot()
    world.crm.create(COLLEAGUE, Kind.PERSON, name="Nina")
    mine = world.log_call("P1", "hello")
    world.sync(2)
    world.set_back(before)
    world.sync()
    edit = world.edit(Kind.DEAL, "D1", amount=7)

    status = world.sync(3)

    notice = told(world)
    assert notice is not None
    assert notice.facts == {"missing": 2, "mine": 1}
    assert world.state(edit) is OpState.PENDING
    assert (status.phase, status.waiting, status.attention, status.all_synced) == (Phase.IDLE, 1, 1, False)
    assert status.problem is not None
    assert "2 records" in status.problem.advice
    record = world.record(Kind.ACTIVITY, mine)
    assert record is not None
    assert record.gone is None


def test_it_outlives_the_process_and_asks_once(telling: Told) -> None:
    world = telling(switches=BY_MARK)
    before = world.crm.snapshot()
    world.crm.create(COLLEAGUE, Kind.PERSON, name="Nina")
    world.sync()
    world.set_back(before)
    world.sync()

    world.restart()
    edit = world.edit(Kind.DEAL, "D1", amount=7)
    world.sync(3)

    assert active(world)
    assert world.state(edit) is OpState.PENDING


@pytest.mark.parametrize("deletes", [Finds.IN_STREAM, Finds.FEED, Finds.SWEEP])
def test_days_later_still_nothing_was_taken_away(telling: Told, deletes: Finds) -> None:
    world = telling(switches=DemoSwitches(identity=Identity.MARKER, deletes=deletes))
    before = world.crm.snapshot()
    nina = world.crm.create(COLLEAGUE, Kind.PERSON, name="Nina")
    world.sync()
    local = world.local(Kind.PERSON, nina)
    world.set_back(before)
    world.sync()
    world.crm.delete(COLLEAGUE, Kind.PERSON, "P3")

    world.sync(4, apart_s=21 * 3600)

    for record_id in (local, world.local(Kind.PERSON, "P3")):
        record = world.record(Kind.PERSON, record_id)
        assert record is not None
        assert record.gone is None
    go_on(world)
    assert world.settle().all_synced
    gone = [world.record(Kind.PERSON, record_id) for record_id in (local, world.local(Kind.PERSON, "P3"))]
    assert [each.gone for each in gone if each is not None] == [Gone.DELETED, Gone.DELETED]


def test_the_older_values_are_shown_though_their_versions_had_been_used(telling: Told) -> None:
    world = telling()
    before = world.crm.snapshot()
    world.crm.edit(COLLEAGUE, Kind.DEAL, "D1", amount=111)
    world.sync()
    version = world.crm.row(Kind.DEAL, "D1")
    world.set_back(before)
    world.crm.edit(COLLEAGUE, Kind.DEAL, "D1", amount=222)
    again = world.crm.row(Kind.DEAL, "D1")
    assert version is not None
    assert again is not None
    assert version.version == again.version, "the same number for other contents"

    world.sync()

    assert world.shown(Kind.DEAL, "D1", "amount") == 222


def test_what_the_rep_had_made_is_made_again_when_the_rep_goes_on(telling: Told) -> None:
    world = telling(switches=BY_MARK)
    before = world.crm.snapshot()
    person = world.create(Kind.PERSON, name="Dora")
    call = world.create(Kind.ACTIVITY, {"person": person}, what="call", body="hello", done=True)
    world.sync(3)
    assert world.state(call) is OpState.DONE
    world.set_back(before)
    world.sync()
    assert world.made(Kind.ACTIVITY, body="hello") == []

    go_on(world)
    status = world.settle()

    assert not active(world)
    assert status.all_synced
    assert told(world) is None
    [made], [somebody] = world.made(Kind.ACTIVITY, body="hello"), world.made(Kind.PERSON, name="Dora")
    assert made.links["person"] == somebody.id
    assert world.shown(Kind.ACTIVITY, made.id, "body") == "hello"
    assert world.shown(Kind.ACTIVITY, made.id, "person") == world.local(Kind.PERSON, somebody.id)


def test_unsent_changes_follow_the_record_that_is_made_again(telling: Told) -> None:
    world = telling(switches=BY_MARK)
    before = world.crm.snapshot()
    person = world.create(Kind.PERSON, name="Dora", role="Head")
    world.sync(2)
    world.set_back(before)
    world.sync()
    world.change(Kind.PERSON, person, role="Chief")

    go_on(world)
    world.settle()

    [made] = world.made(Kind.PERSON, name="Dora")
    assert made.fields["role"] == "Chief"
    assert world.sync().all_synced


@pytest.mark.parametrize("identity", [each for each in Identity if each is not Identity.NONE])
def test_what_is_there_after_all_or_was_deleted_by_somebody_is_not_made_again(
    telling: Told, identity: Identity
) -> None:
    world = telling(switches=DemoSwitches(identity=identity))
    call = world.log_call("P1", "hello")
    world.sync()
    before = world.crm.snapshot()
    [row] = world.made(Kind.ACTIVITY, body="hello")
    world.crm.delete(COLLEAGUE, Kind.ACTIVITY, row.id)
    deleted = world.crm.snapshot()
    world.crm.rewind(before)
    world.sync()
    world.set_back(deleted)
    world.sync()

    go_on(world)
    world.settle()

    assert world.made(Kind.ACTIVITY, body="hello") == []
    record = world.record(Kind.ACTIVITY, call)
    assert record is not None
    assert record.gone is Gone.DELETED


def test_what_else_the_crm_lost_goes_from_here_after_the_rep_said_so(telling: Told) -> None:
    world = telling(switches=BY_MARK)
    before = world.crm.snapshot()
    many = [world.crm.create(COLLEAGUE, Kind.PERSON, name=f"N{number}") for number in range(80)]
    world.sync()
    local = world.local(Kind.PERSON, many[0])
    world.set_back(before)
    world.sync()

    go_on(world)
    status = world.settle()

    record = world.record(Kind.PERSON, local)
    assert record is not None
    assert record.gone is Gone.DELETED
    assert status.all_synced, "the rep was asked once"


@pytest.mark.parametrize("identity", [each for each in Identity if each is not Identity.NONE])
def test_gone_on_twice_from_the_same_file_nothing_is_made_twice(telling: Told, identity: Identity) -> None:
    world = telling(switches=DemoSwitches(identity=identity))
    before = world.crm.snapshot()
    world.log_call("P1", "hello")
    world.sync()
    world.set_back(before)
    world.sync()
    go_on(world)
    backup = world.backup()
    world.settle()
    assert len(world.made(Kind.ACTIVITY, body="hello")) == 1

    world.restore(backup)
    world.settle()

    assert len(world.made(Kind.ACTIVITY, body="hello")) == 1


def test_set_back_twice_it_is_read_and_told_again(telling: Told) -> None:
    world = telling(switches=BY_MARK)
    oldest = world.crm.snapshot()
    world.crm.create(COLLEAGUE, Kind.PERSON, name="Nina")
    world.sync()
    older = world.crm.snapshot()
    world.crm.create(COLLEAGUE, Kind.PERSON, name="Olga")
    world.sync()
    world.set_back(older)
    world.sync()
    world.set_back(oldest)

    world.sync()

    notice = told(world)
    assert notice is not None
    assert notice.facts["missing"] == 2


def test_the_reps_newest_record_among_many_missing_ones_is_a_crm_that_went_back(office: Office) -> None:
    switches = DemoSwitches(identity=Identity.EXTERNAL_KEY, deletes=Finds.SWEEP, changes=Finds.TIMESTAMP, overlap_s=0)
    world = office(switches=switches)
    before = world.crm.snapshot()
    person = world.create(Kind.PERSON, name="Mine")
    for number in range(80):
        world.crm.create(COLLEAGUE, Kind.PERSON, name=f"N{number}")
    world.sync(2)
    assert world.state(person) is OpState.DONE
    world.crm.rewind(before)

    world.sync(apart_s=21 * 3600)
    world.sync()

    notice = told(world)
    assert notice is not None
    assert notice.facts == {"missing": 81, "mine": 1}
    with world.database.read() as rows:
        assert sweep_questions.unanswered(rows) == []
    go_on(world)
    assert world.settle().all_synced
    assert len(world.made(Kind.PERSON, name="Mine")) == 1


def test_many_old_records_that_are_missing_are_a_question_and_no_crm_that_went_back(office: Office) -> None:
    switches = DemoSwitches(identity=Identity.EXTERNAL_KEY, deletes=Finds.SWEEP, changes=Finds.TIMESTAMP, overlap_s=0)
    world = office(switches=switches, rows=small_book())
    old = [world.crm.create(COLLEAGUE, Kind.PERSON, name=f"N{number}") for number in range(80)]
    world.sync()
    world.create(Kind.PERSON, name="Mine")
    world.sync(2)
    for each in old:
        world.crm.delete(COLLEAGUE, Kind.PERSON, each)

    world.sync(apart_s=21 * 3600)

    assert not active(world)
    with world.database.read() as rows:
        assert [each.missing for each in sweep_questions.unanswered(rows)] == [80]


def test_changes_that_waited_do_not_hide_that_the_crm_was_set_back(office: Office) -> None:
    world = office(switches=BY_MARK)
    before = world.crm.snapshot()
    made = world.create(Kind.COMPANY, name="Lumen")
    world.sync(2)
    assert world.state(made) is OpState.DONE
    world.crm.rewind(before)
    for number in range(8):
        world.log_call("P1", f"call {number}")

    world.sync(2)

    assert active(world)
    go_on(world)
    assert world.settle().all_synced
    assert len(world.made(Kind.COMPANY, name="Lumen")) == 1


def test_a_newest_record_that_somebody_deleted_is_no_crm_that_went_back(office: Office) -> None:
    world = office(switches=BY_MARK)
    made = world.create(Kind.COMPANY, name="Lumen")
    world.sync(2)
    world.crm.delete(COLLEAGUE, Kind.COMPANY, world.op(made).remote_id or "")
    call = world.log_call("P1", "hello")

    world.sync(2)

    assert not active(world)
    assert world.state(call) is OpState.DONE


class Again:
    """A search that answers, while it lags, as it did in the round before: one answer for each kind."""

    def __init__(self) -> None:
        self.lags = False
        self.answers: deque[object] = deque(maxlen=len(Kind))

    def __call__(self, request: str, do: Callable[[], Any], /) -> Any:
        if request == "search":
            self.answers.append(self.answers[0] if self.lags else do())
            return self.answers[-1]
        return do()


BY_STAMP = DemoSwitches(identity=Identity.MARKER, changes=Finds.TIMESTAMP, deletes=Finds.FEED, overlap_s=300)


def test_what_a_crm_lost_before_it_was_read_shows_no_longer_after_the_daily_comparison(office: Office) -> None:
    wire = FaultyWire()
    world = office(wire=wire, switches=BY_STAMP)
    before = world.crm.snapshot()
    op = world.edit(Kind.PERSON, "P1", role="Chief")
    wire.faults["search"] = ["drop"]
    world.sync()
    assert world.state(op) is OpState.DONE
    # No count of ours is ahead: the CRM stands where it was read last, and tells the version that is known.
    world.crm.rewind(before)
    world.sync(2)

    world.sync(apart_s=25 * 3600)
    world.sync(apart_s=1000)

    assert world.shown(Kind.PERSON, "P1", "role") == "Head"
    with world.database.read() as rows:
        found = notices.get(rows, "audit")
    assert found is not None
    assert found.facts["differing"] == 1


@pytest.mark.parametrize("how", ["found there", "on a card"])
def test_a_colleagues_value_that_was_seen_while_sending_and_that_the_crm_lost_does_not_stay(
    office: Office, how: str
) -> None:
    wire = FaultyWire()
    world = office(wire=wire, switches=BY_STAMP)
    before = world.crm.snapshot()
    op = world.edit(Kind.PERSON, "P1", role="Chief")
    world.crm.edit(COLLEAGUE, Kind.PERSON, "P1", role="Chief" if how == "found there" else "Owner")
    wire.faults["search"] = ["drop"]
    world.sync()
    assert world.state(op) is (OpState.DONE if how == "found there" else OpState.CONFLICT)
    world.crm.rewind(before)
    if how == "on a card":
        world.answer.theirs(op or "")

    world.sync(apart_s=25 * 3600)
    world.sync(apart_s=1000)

    assert world.shown(Kind.PERSON, "P1", "role") == "Head"


def test_a_search_that_lags_takes_nothing_back_that_was_sent(office: Office) -> None:
    wire = Again()
    world = office(wire=wire, switches=BY_STAMP)
    world.edit(Kind.PERSON, "P1", role="Chief")
    wire.lags = True
    world.sync(2)

    assert world.shown(Kind.PERSON, "P1", "role") == "Chief"
    wire.lags = False
    world.sync()
    world.sync(apart_s=25 * 3600)
    world.sync(apart_s=1000)
    assert world.shown(Kind.PERSON, "P1", "role") == "Chief"
    with world.database.read() as rows:
        assert notices.get(rows, "audit") is None
