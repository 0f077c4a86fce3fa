"""What reaches the CRM, once, in order, and what is set aside."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from companion.connectors.base import Finds, Identity
from companion.connectors.demo.rules import STANDARD, required
from companion.connectors.demo.switches import PROFILES, DemoSwitches
from companion.connectors.demo.wire import Refusal
from companion.domain.ops import OpState
from companion.domain.records import Kind
from companion.domain.sync_status import Phase
from companion.store import outbox
from tests.sync.world import COLLEAGUE, REP, FaultyWire, World

Office = Callable[..., World]
EVERY_IDENTITY = [DemoSwitches(identity=each) for each in Identity if each is not Identity.NONE]


@pytest.mark.parametrize("name", PROFILES)
def test_a_call_is_in_the_crm_once_whatever_kind_of_crm_it_is(office: Office, name: str) -> None:
    world = office(switches=PROFILES[name])
    call = world.log_call("P1", "hello")
    status = world.sync(2)
    assert world.state(call) is OpState.DONE
    assert len(world.made(Kind.ACTIVITY, body="hello")) == 1
    assert status.waiting == 0


@pytest.mark.parametrize("switches", EVERY_IDENTITY, ids=lambda each: each.identity.value)
def test_a_creation_whose_answer_was_lost_is_never_made_twice(office: Office, switches: DemoSwitches) -> None:
    world = office(switches=switches, wire=FaultyWire(write=["lose"]))
    call = world.log_call("P1", "hello")
    world.sync()
    assert world.state(call) in (OpState.UNKNOWN, OpState.DONE)
    world.settle()
    assert world.state(call) is OpState.DONE
    assert len(world.made(Kind.ACTIVITY, body="hello")) == 1


def test_without_any_trace_in_the_crm_the_rep_is_asked(office: Office) -> None:
    world = office(switches=DemoSwitches(identity=Identity.NONE), wire=FaultyWire(write=["lose"]))
    call = world.log_call("P1", "hello")
    status = world.sync(3)
    assert world.state(call) is OpState.NEEDS_REP
    assert status.attention == 1
    assert not status.all_synced
    assert len(world.made(Kind.ACTIVITY, body="hello")) == 1


def test_a_search_that_lags_is_no_proof_that_nothing_arrived(office: Office) -> None:
    lagging = DemoSwitches(identity=Identity.MARKER, changes=Finds.TIMESTAMP, search_lag_s=120)
    world = office(switches=lagging, wire=FaultyWire(write=["lose"]))
    call = world.log_call("P1", "hello")
    world.sync(2, apart_s=5)
    assert world.state(call) is OpState.UNKNOWN
    world.settle()
    assert len(world.made(Kind.ACTIVITY, body="hello")) == 1
    assert world.state(call) is OpState.DONE


def test_an_expired_key_does_not_double_a_creation(office: Office) -> None:
    short = DemoSwitches(identity=Identity.IDEMPOTENCY_KEY, key_life_s=60)
    world = office(switches=short, wire=FaultyWire(write=["lose"]))
    world.log_call("P1", "hello")
    world.sync()
    world.pass_time(31 * 24 * 3600)
    world.settle()
    assert len(world.made(Kind.ACTIVITY, body="hello")) == 1


def test_an_update_whose_answer_was_lost_is_found_to_be_there(office: Office) -> None:
    world = office(wire=FaultyWire(write=["lose"]))
    op = world.edit(Kind.DEAL, "D1", amount=500_00)
    world.sync(3)
    assert world.state(op) is OpState.DONE
    assert len([each for each in world.crm.log if each.field == "amount"]) == 1


def test_two_queued_edits_of_one_field_arrive_one_after_the_other(office: Office) -> None:
    world = office()
    first, second = world.edit(Kind.DEAL, "D1", amount=1), world.edit(Kind.DEAL, "D1", amount=2)
    world.sync()
    assert [world.state(first), world.state(second)] == [OpState.DONE, OpState.DONE]
    assert [each.new for each in world.crm.log if each.field == "amount"] == [1, 2]


def test_a_second_edit_does_not_overwrite_what_the_first_collided_with(office: Office) -> None:
    world = office()
    first, second = world.edit(Kind.DEAL, "D1", amount=1), world.edit(Kind.DEAL, "D1", amount=2)
    world.crm.edit(COLLEAGUE, Kind.DEAL, "D1", amount=99)
    status = world.sync(3)
    assert world.state(first) is OpState.CONFLICT
    assert world.state(second) is OpState.PENDING
    assert world.there(Kind.DEAL, "D1", "amount") == 99
    assert (status.conflicts, status.waiting) == (1, 1)


def test_a_collision_in_one_field_does_not_stop_the_others(office: Office) -> None:
    world = office()
    world.edit(Kind.DEAL, "D1", amount=1)
    other = world.edit(Kind.DEAL, "D1", close_on="2027-01-05")
    world.crm.edit(COLLEAGUE, Kind.DEAL, "D1", amount=99)
    world.sync()
    assert world.state(other) is OpState.DONE
    assert world.there(Kind.DEAL, "D1", "close_on") == "2027-01-05"


def test_of_one_edit_of_two_fields_the_free_one_is_sent_and_the_other_asked_about(office: Office) -> None:
    world = office()
    op = world.edit(Kind.DEAL, "D1", amount=1, name="Mine")
    world.crm.edit(COLLEAGUE, Kind.DEAL, "D1", amount=99)
    world.sync()
    (asked,) = world.ops(OpState.CONFLICT)
    assert world.state(op) is OpState.DONE
    assert dict(asked.values) == {"amount": 1}
    assert asked.theirs == {"amount": 99}
    assert (world.there(Kind.DEAL, "D1", "name"), world.there(Kind.DEAL, "D1", "amount")) == ("Mine", 99)
    assert world.shown(Kind.DEAL, "D1", "amount") == 99


def test_someone_who_writes_between_our_look_and_our_write_is_not_overwritten(office: Office) -> None:
    world = office()

    def sneak(request: str, do: Callable[[], object], /) -> object:
        if request == "write" and world.there(Kind.DEAL, "D1", "amount") == 100_00:
            world.crm.edit(COLLEAGUE, Kind.DEAL, "D1", amount=99)
        return do()

    world.wire = sneak  # type: ignore[assignment]
    world.restart()
    op = world.edit(Kind.DEAL, "D1", amount=1)
    world.sync()
    assert world.state(op) is OpState.CONFLICT
    assert world.there(Kind.DEAL, "D1", "amount") == 99


def test_a_move_of_stage_twice_does_not_collide_with_the_crms_own_automations(office: Office) -> None:
    world = office()
    for stage in ("S2", "S1", "S2"):
        world.edit(Kind.DEAL, "D1", stage=world.local(Kind.STAGE, stage), probability=33)
        world.change(Kind.DEAL, world.local(Kind.DEAL, "D1"), probability=34)
    status = world.sync(2)
    assert (status.conflicts, status.waiting, status.attention) == (0, 0, 0)
    assert world.there(Kind.DEAL, "D1", "stage") == "S2"


def test_a_call_with_a_new_person_at_a_new_company_arrives_in_that_order(office: Office) -> None:
    world = office()
    company = world.create(Kind.COMPANY, name="New")
    person = world.create(Kind.PERSON, {"company": company}, name="Newcomer")
    world.create(Kind.ACTIVITY, {"person": person, "company": company}, what="call", body="first")
    world.sync()
    (call,) = world.made(Kind.ACTIVITY, body="first")
    (there,) = world.made(Kind.PERSON, name="Newcomer")
    assert call.links["person"] == there.id
    assert not world.ops(OpState.PENDING, OpState.WAITING, OpState.ATTENTION)


def test_a_refused_person_keeps_the_call_with_them_and_both_go_when_it_is_put_right(office: Office) -> None:
    world = office()
    person = world.create(Kind.PERSON, name="Newcomer", email="nonsense")
    call = world.create(Kind.ACTIVITY, {"person": person}, what="call", body="first")
    status = world.sync()
    assert [world.state(person), world.state(call)] == [OpState.ATTENTION, OpState.ATTENTION]
    assert world.op(person).problems[0]["words"] == "Enter a valid email address"
    assert world.op(call).problems[0]["parent"] == person
    assert status.attention == 2
    world.answer.retry(person, {"email": "new@example.com"})
    world.sync()
    assert [world.state(person), world.state(call)] == [OpState.DONE, OpState.DONE]


def test_a_refused_call_is_set_aside_with_the_crms_own_words(office: Office) -> None:
    world = office()
    world.crm.add_rule(required(Kind.ACTIVITY, "outcome", "Choose an outcome, please"))
    call, other = world.log_call("P1", "hello"), world.edit(Kind.DEAL, "D1", amount=7)
    world.sync()
    assert world.state(call) is OpState.ATTENTION
    assert world.op(call).problems[0]["words"] == "Choose an outcome, please"
    assert world.state(other) is OpState.DONE, "it stops nothing else"
    assert len(STANDARD) == 7


def test_an_undo_before_it_left_never_reaches_the_crm(office: Office) -> None:
    world = office()
    call = world.log_call("P1", "oops")
    world.take_back(call)
    world.sync()
    assert world.made(Kind.ACTIVITY, body="oops") == []
    assert world.record(Kind.ACTIVITY, call) is None


@pytest.mark.parametrize("name", PROFILES)
def test_an_undo_of_the_middle_one_of_three_edits_lets_the_others_arrive(office: Office, name: str) -> None:
    world = office(switches=PROFILES[name])
    first, middle, last = (world.edit(Kind.DEAL, "D1", amount=amount) for amount in (1, 2, 3))
    world.take_back(middle or "")
    status = world.settle()
    assert [world.state(op) for op in (first, middle, last)] == [OpState.DONE, OpState.DISCARDED, OpState.DONE]
    assert world.there(Kind.DEAL, "D1", "amount") == 3
    assert status.all_synced


def test_an_undo_afterwards_deletes_what_was_made(office: Office) -> None:
    world = office()
    call = world.log_call("P1", "oops")
    world.sync()
    world.take_back(call)
    status = world.sync(2)
    assert world.made(Kind.ACTIVITY, body="oops") == []
    assert status.all_synced


def test_an_undo_while_nobody_knows_whether_it_arrived_leaves_nothing(office: Office) -> None:
    world = office(wire=FaultyWire(write=["lose"]))
    call = world.log_call("P1", "oops")
    world.sync()
    world.take_back(call)
    world.settle()
    assert world.made(Kind.ACTIVITY, body="oops") == []
    assert not world.ops(OpState.PENDING, OpState.UNKNOWN, OpState.ATTENTION)


def test_an_undo_does_not_delete_what_a_colleague_wrote_into_it_meanwhile(office: Office) -> None:
    world = office()
    call = world.log_call("P1", "oops")
    world.sync()
    (made,) = world.made(Kind.ACTIVITY, body="oops")
    world.crm.edit(COLLEAGUE, Kind.ACTIVITY, made.id, body="important")
    world.take_back(call)
    world.sync()
    assert len(world.made(Kind.ACTIVITY, body="important")) == 1
    assert len(world.ops(OpState.ATTENTION)) == 1


def test_an_undo_after_a_second_attempt_does_not_delete_a_colleagues_words(office: Office) -> None:
    world = office(wire=FaultyWire(write=["lose"]))
    call = world.log_call("P1", "oops")
    world.engine.cycle(read=False)
    world.take_back(call)
    (made,) = world.made(Kind.ACTIVITY, body="oops")
    world.crm.edit(COLLEAGUE, Kind.ACTIVITY, made.id, body="important")
    world.sync(2)
    assert len(world.made(Kind.ACTIVITY, body="important")) == 1


def test_an_undo_of_an_edit_lets_a_colleagues_later_value_stand(office: Office) -> None:
    world = office()
    op = world.edit(Kind.DEAL, "D1", amount=1)
    world.sync()
    world.crm.edit(COLLEAGUE, Kind.DEAL, "D1", amount=99)
    world.sync()
    world.take_back(op or "")
    world.sync()
    assert world.there(Kind.DEAL, "D1", "amount") == 99


def test_an_op_for_another_account_is_shown_and_not_sent(office: Office) -> None:
    world = office()
    op = world.edit(Kind.DEAL, "D1", amount=1)
    with world.database.write() as write:
        outbox.rewrite(write, world.op(op), tenant="sandbox")
    world.sync()
    assert world.state(op) is OpState.ATTENTION
    assert world.there(Kind.DEAL, "D1", "amount") == 100_00


def test_a_file_of_one_account_is_never_synced_with_another(office: Office) -> None:
    world = office()
    op = world.edit(Kind.DEAL, "D1", amount=1)
    world.crm.tenant = "sandbox"
    world.restart()
    status = world.sync()
    assert status.phase is Phase.STOPPED
    assert world.state(op) is OpState.PENDING
    assert world.there(Kind.DEAL, "D1", "amount") == 100_00


def test_a_batch_of_which_the_crm_takes_only_some_is_finished_later(office: Office) -> None:
    world = office(switches=DemoSwitches(partial_batch=2, batch=10))
    calls = [world.log_call("P1", f"call {n}") for n in range(7)]
    world.settle()
    assert {world.state(call) for call in calls} == {OpState.DONE}
    assert len(world.crm.rows(Kind.ACTIVITY)) == 7


def test_a_pause_that_the_crm_asks_for_is_kept(office: Office) -> None:
    world = office(wire=FaultyWire(write=[Refusal(429, "slow down", after_s=500)]))
    call = world.log_call("P1", "hello")
    world.sync(3, apart_s=100)
    assert world.state(call) is OpState.PENDING
    world.sync(3, apart_s=100)
    assert world.state(call) is OpState.DONE


def test_a_session_that_ended_loses_nothing_and_says_so(office: Office) -> None:
    world = office()
    op = world.edit(Kind.DEAL, "D1", amount=1)
    world.crm.sign_out(REP)
    status = world.sync()
    assert (status.phase, status.waiting) == (Phase.SIGN_IN, 1)
    world.crm.sign_in(REP)
    world.sync()
    assert world.state(op) is OpState.DONE


def test_two_hundred_changes_leave_within_two_minutes_of_the_crms_return(office: Office) -> None:
    wire = FaultyWire()
    world = office(wire=wire)
    wire.faults = {"write": ["drop"] * 3, "changes": ["drop"] * 3}
    calls = [world.log_call("P1", f"call {n}") for n in range(200)]
    world.sync(3, apart_s=800)
    world.engine.hurry()
    world.sync(4, apart_s=30)
    assert {world.state(call) for call in calls} == {OpState.DONE}
    assert len(world.crm.rows(Kind.ACTIVITY)) == 200


def test_an_op_that_another_process_claimed_is_not_sent_here(office: Office) -> None:
    world = office()
    op = world.edit(Kind.DEAL, "D1", amount=1)
    stale = world.op(op)
    push = world.engine.pusher(world.engine._session())  # type: ignore[arg-type]
    assert [each.id for each in push.claim([stale])] == [op]
    assert push.claim([stale]) == []


def test_a_jump_of_the_wall_clock_loses_and_doubles_nothing(office: Office) -> None:
    world = office(wire=FaultyWire(write=["lose", None, "drop"]))
    calls: list[str] = []
    for years in (-10, 20, -10, 0):
        at = world.now
        world.engine.wall = lambda now=at, by=years: int(now) + by * 31_557_600  # type: ignore[misc]
        calls.append(world.log_call("P1", f"in {len(calls)}"))
        world.sync(2, apart_s=400)
    world.settle()
    assert {world.state(call) for call in calls} == {OpState.DONE}
    assert len(world.crm.rows(Kind.ACTIVITY)) == len(calls)


def test_a_hold_outlives_no_clock_that_was_set_back(office: Office) -> None:
    world = office()
    op = world.edit(Kind.DEAL, "D1", amount=1)
    with world.database.write() as write:
        outbox.rewrite(write, world.op(op), hold_until=int(world.now) + 10 * 365 * 86_400)
    world.sync()
    assert world.state(op) is OpState.DONE
