"""What long bad days have shown once: each as the few steps that it takes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from companion.actions.answer_notice import answer_notice
from companion.actions.change_deal import move_stage
from companion.actions.discard_op import discard_op
from companion.actions.retry_op import retry_op
from companion.actions.undo import undo
from companion.connectors.base import Finds, Identity
from companion.connectors.demo.switches import DemoSwitches
from companion.connectors.demo.wire import Refusal
from companion.domain.notices import Notice
from companion.domain.ops import OpState
from companion.domain.records import Kind
from companion.store import moves, notices
from tests.sync.world import COLLEAGUE, REP, FaultyWire, Outside, World

Office = Callable[..., World]


def test_a_deal_that_hangs_on_two_refused_parents_is_parked_once(office: Office) -> None:
    world = office(wire=FaultyWire(write=[Refusal(404, "no such path")]))
    company = world.create(Kind.COMPANY, name="Dove")
    person = world.create(Kind.PERSON, {"company": company}, name="Dora")
    deal = world.create(Kind.DEAL, {"company": company, "person": person}, name="Doves")
    world.sync()
    assert {world.state(each) for each in (company, person, deal)} == {OpState.ATTENTION}
    world.answer.retry(company)
    assert world.settle().all_synced
    assert len(world.made(Kind.DEAL, name="Doves")) == 1


def test_a_creation_that_landed_unheard_and_was_refused_the_second_time_is_found_by_the_next_read(
    office: Office,
) -> None:
    # The first answer is lost, the second send is refused before it is looked at, and the record is there all along.
    world = office(
        wire=FaultyWire(write=["lose", Refusal(400, "bad request")]),
        switches=DemoSwitches(identity=Identity.EXTERNAL_KEY),
    )
    call = world.log_call("P1", "Spoke about looms")
    world.sync(3)
    assert world.settle().all_synced
    assert world.state(call) is OpState.DONE
    assert len(world.made(Kind.ACTIVITY, body="Spoke about looms")) == 1
    assert world.record(Kind.ACTIVITY, call) is not None


def test_taking_back_a_record_does_not_delete_what_a_colleague_wrote_between_two_changes_of_the_reps(
    office: Office,
) -> None:
    world = office()
    person = world.create(Kind.PERSON, name="Dora")
    world.sync()
    remote = world.op(person).remote_id
    world.pass_time(5)
    world.crm.edit(COLLEAGUE, Kind.PERSON, remote or "", source="Fair")
    # Written on top of the colleague's change, the record is as the rep's own last write left it.
    world.change(Kind.PERSON, person, role="Buyer")
    world.take_back(person)
    world.settle()
    assert world.crm.row(Kind.PERSON, remote or "") is not None
    assert [op.action for op in world.ops(OpState.ATTENTION)] == ["delete"]


def test_a_field_that_was_hidden_for_less_than_a_day_shows_afterwards_what_the_crm_has(office: Office) -> None:
    world = office()
    world.sync()
    world.crm.hide_field(REP, Kind.PERSON, "role")
    world.crm.edit(COLLEAGUE, Kind.PERSON, "P1", role="Founder")
    world.sync(2)
    world.crm.hide_field(REP, Kind.PERSON, "role", on=False)
    world.pass_time(25 * 3600)
    assert world.settle().all_synced
    assert world.shown(Kind.PERSON, "P1", "role") == "Founder"


def test_a_lag_that_was_waited_out_says_nothing_of_a_later_send(office: Office) -> None:
    switches = DemoSwitches(identity=Identity.MARKER, changes=Finds.TIMESTAMP, search_lag_s=30.0)
    world = office(wire=FaultyWire(write=[Refusal(500), "lose"]), switches=switches)
    world.log_call("P1", "Once")
    world.sync(3, apart_s=60)
    world.sync(8, apart_s=1)
    assert world.settle().all_synced
    assert len(world.made(Kind.ACTIVITY, body="Once")) == 1


def test_what_was_read_into_a_record_after_it_was_taken_back_is_not_deleted_unseen(office: Office) -> None:
    world = office(wire=FaultyWire(write=["lose"]), switches=DemoSwitches(identity=Identity.CLIENT_ID))
    person = world.create(Kind.PERSON, name="Dora")
    world.engine.cycle(read=False)
    world.take_back(person)
    remote = world.made(Kind.PERSON, name="Dora")[0].id
    world.crm.edit(COLLEAGUE, Kind.PERSON, remote, source="Fair")
    # A read brings the colleague's value into the record, which is on no screen any more, before anything is sent.
    world.crm.maintenance(True)
    world.sync(3)
    world.crm.maintenance(False)
    world.settle()
    assert world.crm.row(Kind.PERSON, remote) is not None
    assert [op.action for op in world.ops(OpState.ATTENTION)] == ["delete"]


def test_a_record_taken_back_is_deleted_with_what_stood_on_the_screen_then(office: Office) -> None:
    world = office(wire=FaultyWire(write=["lose"]), switches=DemoSwitches(identity=Identity.CLIENT_ID))
    person = world.create(Kind.PERSON, name="Dora")
    world.sync(2)
    remote = world.made(Kind.PERSON, name="Dora")[0].id
    world.crm.edit(COLLEAGUE, Kind.PERSON, remote, source="Fair")
    world.sync()
    world.take_back(person)
    assert world.settle().all_synced
    assert world.crm.row(Kind.PERSON, remote) is None


def test_a_change_that_no_read_has_brought_is_read_by_the_daily_comparison(office: Office) -> None:
    world = office()
    truth = world.crm.snapshot()
    world.crm.create(COLLEAGUE, Kind.PERSON, name="Nina")
    world.sync()
    # The CRM is set back, and others count it up to where it was: no read tells of what is changed then.
    world.crm.rewind(truth)
    world.crm.edit(COLLEAGUE, Kind.PERSON, "P1", role="Chief")
    world.sync()
    assert world.shown(Kind.PERSON, "P1", "role") != "Chief"
    world.sync(apart_s=25 * 3600)
    world.sync(apart_s=1000)
    assert world.shown(Kind.PERSON, "P1", "role") == "Chief"


class FewAtOnce:
    """Grants one request of a name in each cycle, and asks for a pause at the second."""

    def __init__(self, name: str) -> None:
        self.name, self.granted = name, False

    def __call__(self, request: str, do: Callable[[], Any], /) -> Any:
        if request == self.name and self.granted:
            raise Refusal(429, "Too many requests", after_s=10)
        self.granted = self.granted or request == self.name
        return do()


def cycles(world: World, wire: FewAtOnce, count: int) -> None:
    for _ in range(count):
        wire.granted = False
        world.sync()


def rewound(world: World) -> Notice | None:
    with world.database.read() as rows:
        return notices.get(rows, "rewound")


def test_what_a_crm_that_was_set_back_lacks_is_counted_though_it_grants_few_requests_at_once(office: Office) -> None:
    wire = FewAtOnce("ids")
    world = office(wire=wire)
    cycles(world, wire, len(Kind))
    before = world.crm.snapshot()
    world.crm.create(COLLEAGUE, Kind.PERSON, name="Nina")
    world.log_call("P1", "hello")
    cycles(world, wire, 2)
    world.crm.rewind(before)
    cycles(world, wire, len(Kind) + 1)
    notice = rewound(world)
    assert notice is not None
    assert notice.facts == {"missing": 2, "mine": 1}


def test_however_few_lost_creations_can_be_looked_up_at_once_the_last_is_made_again(office: Office) -> None:
    wire = FewAtOnce("find")
    world = office(wire=wire, switches=DemoSwitches(identity=Identity.MARKER))
    before = world.crm.snapshot()
    bodies = ("one", "two", "three")
    for body in bodies:
        world.log_call("P1", body)
    cycles(world, wire, 20)
    assert len(world.crm.rows(Kind.ACTIVITY)) == 3
    world.crm.rewind(before)
    cycles(world, wire, 2)
    assert answer_notice(world.answer.desk, "rewound", "", "send")
    cycles(world, wire, 40)
    assert rewound(world) is None
    assert [len(world.made(Kind.ACTIVITY, body=body)) for body in bodies] == [1, 1, 1]


def test_a_kind_that_may_not_be_read_any_more_keeps_no_change_here_when_the_crm_is_set_back(office: Office) -> None:
    world = office()
    before = world.crm.snapshot()
    world.crm.create(COLLEAGUE, Kind.PERSON, name="Nina")
    call = world.log_call("P1", "hello")
    world.sync(2)
    world.crm.rewind(before)
    world.crm.forbid(REP, Kind.ACTIVITY)
    edit = world.edit(Kind.DEAL, "D1", amount=7)
    world.sync(3)
    assert rewound(world) is not None
    assert answer_notice(world.answer.desk, "rewound", "", "send")
    world.settle()
    assert world.state(edit) is OpState.DONE
    assert world.record(Kind.ACTIVITY, call) is not None


def test_a_restored_book_learns_of_a_field_that_went_and_shows_its_values_when_it_is_back(office: Office) -> None:
    world = office(generations=Outside())
    world.sync()
    backup = world.backup()
    world.edit(Kind.PERSON, "P2", city="Linz")
    world.sync()
    world.crm.retire_field(Kind.PERSON, "city")
    # The older copy has nothing in the field: that the CRM is silent about it tells nothing.
    world.restore(backup)
    world.sync()
    world.crm.retire_field(Kind.PERSON, "city", on=False)
    world.pass_time(25 * 3600)
    world.settle()
    assert world.shown(Kind.PERSON, "P2", "city") == "Linz"


def test_a_link_to_what_is_not_here_waits_for_it(office: Office) -> None:
    world = office(scope=None)
    op = world.edit(Kind.PERSON, "P1", company=world.local(Kind.COMPANY, "C2"))
    world.crm.forbid(REP, Kind.COMPANY)
    other = world.crm.create(COLLEAGUE, Kind.COMPANY, name="Lumen")
    world.crm.edit(COLLEAGUE, Kind.PERSON, "P1", company=other)
    world.sync(2)
    assert world.state(op) is OpState.CONFLICT
    world.answer.theirs(op or "")
    assert world.shown(Kind.PERSON, "P1", "company") is None

    world.crm.allow(REP, Kind.COMPANY)
    world.settle()

    assert world.shown(Kind.PERSON, "P1", "company") == world.local(Kind.COMPANY, other)


def test_a_crm_that_was_set_back_and_counts_up_to_a_known_version_is_read_again(office: Office) -> None:
    switches = DemoSwitches(changes=Finds.TIMESTAMP, deletes=Finds.FEED)
    world = office(switches=switches)
    before = world.crm.snapshot()
    world.crm.edit(COLLEAGUE, Kind.DEAL, "D1", amount=5_000_01)
    world.sync()
    assert world.shown(Kind.DEAL, "D1", "amount") == 5_000_01
    world.crm.rewind(before)
    world.edit(Kind.DEAL, "D1", close_on="2027-01-15")
    world.sync(2)

    assert world.there(Kind.DEAL, "D1", "amount") == 100_00
    assert world.shown(Kind.DEAL, "D1", "amount") == 100_00


def test_a_restored_copy_reads_what_a_crm_that_was_set_back_has_made_of_a_known_version(office: Office) -> None:
    world = office(generations=Outside())
    before = world.crm.snapshot()
    world.crm.edit(COLLEAGUE, Kind.DEAL, "D1", amount=5_000_01)
    world.sync()
    backup = world.backup()
    world.log_call("P1", "hello")
    world.sync()
    world.crm.rewind(before)
    world.crm.edit(COLLEAGUE, Kind.DEAL, "D1", amount=7_000_01)
    world.crm.edit(COLLEAGUE, Kind.DEAL, "D2", amount=7_000_02)
    world.restore(backup)
    world.sync(2)

    assert world.shown(Kind.DEAL, "D1", "amount") == 7_000_01


def test_dropping_the_newer_of_two_refused_edits_and_undoing_that_asks_about_both_again(office: Office) -> None:
    world = office()
    world.crm.delete(COLLEAGUE, Kind.DEAL, "D1")
    deal = world.local(Kind.DEAL, "D1")
    older = world.edit(Kind.DEAL, "D1", amount=1_00)
    newer = world.edit(Kind.DEAL, "D1", amount=2_00)
    world.settle()
    assert older is not None
    assert newer is not None
    assert {world.state(each) for each in (older, newer)} == {OpState.ATTENTION}
    retry_op(replace(world.answer.desk, hold_s=60), older)

    discard_op(world.answer.desk, newer)
    undo(world.answer.desk)

    record = world.record(Kind.DEAL, deal)
    assert record is not None
    assert record.value("amount") == 2_00
    assert [op.values for op in world.ops(OpState.ATTENTION)] == [{"amount": 2_00}]


def test_what_the_card_lacked_does_not_hide_a_later_edit_of_the_same_field(office: Office) -> None:
    world = office()
    world.crm.require_field(Kind.PERSON, "role")
    person = world.create(Kind.PERSON, name="Dora")
    world.sync()
    assert world.state(person) is OpState.ATTENTION
    world.change(Kind.PERSON, person, role="Buyer")

    retry_op(world.answer.desk, person, {"role": "To be filled in"})

    record = world.record(Kind.PERSON, person)
    assert record is not None
    assert record.value("role") == "Buyer"
    assert world.settle().all_synced
    assert len(world.made(Kind.PERSON, name="Dora", role="Buyer")) == 1


def test_a_refused_move_that_is_dropped_never_was_and_stands_again_once_that_is_undone(office: Office) -> None:
    world = office(wire=FaultyWire(write=[Refusal(400, "bad request")]))
    deal = world.local(Kind.DEAL, "D1")
    before = world.record(Kind.DEAL, deal)
    assert before is not None
    world.pass_time(3 * 86_400)
    desk = replace(world.answer.desk, rescore=lambda write, _, at: moves.stamp(write, int(at.timestamp())))
    move_stage(desk, deal, world.local(Kind.STAGE, "S2"), "Moved")
    moved = world.record(Kind.DEAL, deal)
    world.sync()
    (refused,) = world.ops(OpState.ATTENTION)

    discard_op(desk, refused.id)
    dropped = world.record(Kind.DEAL, deal)
    undo(desk)
    again = world.record(Kind.DEAL, deal)

    assert dropped is not None
    assert dropped.value("stage_since_at") == before.value("stage_since_at")
    assert moved is not None
    assert again is not None
    assert again.value("stage_since_at") == moved.value("stage_since_at") != before.value("stage_since_at")


def test_a_conflict_over_a_field_that_the_crm_hides_is_not_taken_for_settled(office: Office) -> None:
    world = office()
    world.crm.edit(COLLEAGUE, Kind.PERSON, "P1", role="Buyer")
    world.sync()
    cleared = world.edit(Kind.PERSON, "P1", role=None)
    world.pass_time(5)
    world.crm.edit(COLLEAGUE, Kind.PERSON, "P1", role="Founder")
    world.sync()
    assert world.state(cleared) is OpState.CONFLICT

    world.crm.hide_field(REP, Kind.PERSON, "role")
    world.crm.edit(COLLEAGUE, Kind.PERSON, "P1", city="Bern")
    world.sync()

    assert world.state(cleared) is not OpState.PENDING
    assert world.crm.row(Kind.PERSON, "P1").fields["role"] == "Founder"  # type: ignore[union-attr]


def test_an_edit_that_answers_a_refused_one_was_made_over_the_one_that_waits_between(office: Office) -> None:
    world = office(wire=FaultyWire(write=[Refusal(422, "not so")]))
    world.sync()
    refused = world.edit(Kind.DEAL, "D1", name="First")
    between = world.edit(Kind.DEAL, "D1", name="Second")
    world.sync()
    assert [world.state(each) for each in (refused, between)] == [OpState.ATTENTION, OpState.PENDING]

    newest = world.edit(Kind.DEAL, "D1", name="Third")

    assert world.op(newest).seen == {"name": "Second"}
    assert world.settle().all_synced
    assert [world.state(each) for each in (refused, between, newest)] == [
        OpState.DISCARDED,
        OpState.DONE,
        OpState.DONE,
    ]
    assert world.there(Kind.DEAL, "D1", "name") == "Third"
