"""A book that came back from a backup, or was copied to another computer, sends nothing twice."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from companion.connectors.base import Identity, Op
from companion.connectors.demo.switches import DemoSwitches
from companion.domain.notices import Notice
from companion.domain.ops import OpState
from companion.domain.records import Kind
from companion.domain.sync_status import Phase, SyncStatus
from companion.store import meta, notices, outbox
from companion.sync.restored import PATIENCE_S, SETTLE_S
from tests.sync.world import FaultyWire, Outside, World

Office = Callable[..., World]


def told(world: World, kind: str) -> Notice | None:
    with world.database.read() as rows:
        return notices.get(rows, kind)


def number(world: World) -> int:
    with world.database.read() as rows:
        return int(meta.get(rows, "generation"))


def answer(world: World, kind: str, words: str) -> None:
    from companion.actions.answer_notice import answer_notice

    assert answer_notice(world.answer.desk, kind, "", words)


def states(world: World, op_id: str) -> list[OpState]:
    with world.database.read() as rows:
        return [state for _, state, _ in outbox.history(rows, op_id)]


IDENTITIES = [each for each in Identity if each is not Identity.NONE]


@pytest.mark.parametrize("identity", IDENTITIES)
def test_what_a_newer_copy_had_sent_is_not_sent_again_by_the_restored_one(office: Office, identity: Identity) -> None:
    world = office(switches=DemoSwitches(identity=identity, key_life_s=60), generations=Outside())
    sent = world.log_call("P1", "hello")
    backup = world.backup()
    world.sync()
    assert world.state(sent) is OpState.DONE
    world.pass_time(3600)

    world.restore(backup)
    status = world.settle()

    assert len(world.made(Kind.ACTIVITY, body="hello")) == 1
    assert world.state(sent) is OpState.DONE
    assert OpState.UNKNOWN in states(world, sent)
    assert told(world, "restored") is not None
    assert (status.waiting, status.attention) == (0, 1)


@pytest.mark.parametrize("times", [1, 3])
@pytest.mark.parametrize("identity", IDENTITIES)
def test_what_the_crm_lost_and_a_newer_copy_made_again_is_not_made_by_the_restored_one(
    office: Office, identity: Identity, times: int
) -> None:
    world = office(switches=DemoSwitches(identity=identity), generations=Outside())
    before = world.crm.snapshot()
    sent = world.log_call("P1", "hello")
    backup = world.backup()
    world.sync(2)
    for _ in range(times):
        world.crm.rewind(before)
        before = world.crm.snapshot()
        world.sync()
        answer(world, "rewound", "send")
        world.settle()
        assert len(world.made(Kind.ACTIVITY, body="hello")) == 1

    world.restore(backup)
    world.settle()

    [made] = world.made(Kind.ACTIVITY, body="hello")
    assert world.state(sent) is OpState.DONE
    assert world.local(Kind.ACTIVITY, made.id) == sent


def test_what_a_newer_copy_had_sent_and_a_colleague_deleted_does_not_come_back(office: Office) -> None:
    world = office(generations=Outside())
    sent = world.log_call("P1", "hello")
    backup = world.backup()
    world.sync()
    world.crm.delete("U2", Kind.ACTIVITY, sent)

    world.restore(backup)
    world.settle()

    record = world.record(Kind.ACTIVITY, sent)
    assert world.made(Kind.ACTIVITY) == []
    assert record is not None
    assert record.gone is not None


@pytest.mark.parametrize("identity", IDENTITIES)
def test_what_never_left_leaves_the_restored_copy_once(office: Office, identity: Identity) -> None:
    world = office(switches=DemoSwitches(identity=identity), generations=Outside())
    backup_call = world.log_call("P1", "first")
    backup = world.backup()
    world.sync()
    world.restore(backup)
    late = world.log_call("P2", "second")

    world.settle()

    assert world.state(backup_call) is world.state(late) is OpState.DONE
    assert len(world.made(Kind.ACTIVITY)) == 2


def test_without_any_trace_in_the_crm_the_restored_copy_asks_the_rep(office: Office) -> None:
    world = office(switches=DemoSwitches(identity=Identity.NONE), generations=Outside())
    sent = world.log_call("P1", "hello")
    backup = world.backup()
    world.sync()

    world.restore(backup)
    world.settle()

    assert len(world.made(Kind.ACTIVITY, body="hello")) == 1
    assert world.state(sent) is OpState.NEEDS_REP


def test_a_person_and_the_call_with_them_are_found_in_that_order(office: Office) -> None:
    world = office(switches=DemoSwitches(identity=Identity.MARKER), generations=Outside())
    person = world.create(Kind.PERSON, name="Dora")
    call = world.create(Kind.ACTIVITY, {"person": person}, what="call", body="hello", done=True)
    backup = world.backup()
    world.sync(3)
    assert world.state(call) is OpState.DONE

    world.restore(backup)
    world.settle()

    assert world.state(person) is world.state(call) is OpState.DONE
    assert (len(world.made(Kind.PERSON, name="Dora")), len(world.made(Kind.ACTIVITY, body="hello"))) == (1, 1)


def test_a_call_whose_person_never_arrived_did_not_arrive_either(office: Office) -> None:
    world = office(switches=DemoSwitches(identity=Identity.MARKER), generations=Outside())
    person = world.create(Kind.PERSON, name="Dora")
    call = world.create(Kind.ACTIVITY, {"person": person}, what="call", body="hello", done=True)
    backup = world.backup()
    assert world.generations is not None
    world.generations.write(99)

    world.restore(backup)
    find, asked = world.connector.find_by_op, []

    def finding(op: Op) -> str | None:
        asked.append(op)
        return find(op)

    world.connector.find_by_op = finding  # type: ignore[method-assign]
    world.settle()

    # A mark that stands on the person's page can't be looked for without the person.
    assert {op.kind for op in asked} == {Kind.PERSON}
    assert world.state(person) is world.state(call) is OpState.DONE
    assert (len(world.made(Kind.PERSON, name="Dora")), len(world.made(Kind.ACTIVITY, body="hello"))) == (1, 1)


def test_nothing_leaves_before_it_is_known_what_had_left(office: Office) -> None:
    world = office(switches=DemoSwitches(identity=Identity.MARKER, search_lag_s=300), generations=Outside())
    world.log_call("P1", "hello")
    backup = world.backup()
    world.sync()
    world.restore(backup)
    edit = world.edit(Kind.DEAL, "D1", amount=7)

    status = world.sync()

    assert world.state(edit) is OpState.PENDING
    assert not status.all_synced
    world.settle()
    assert world.state(edit) is OpState.DONE
    assert len(world.made(Kind.ACTIVITY, body="hello")) == 1


def test_what_can_never_be_told_holds_the_rest_up_for_an_hour_at_most(office: Office) -> None:
    wire = FaultyWire()
    world = office(switches=DemoSwitches(identity=Identity.MARKER), generations=Outside(), wire=wire)
    sent = world.log_call("P1", "hello")
    edit = world.edit(Kind.DEAL, "D1", amount=7)
    assert world.generations is not None
    world.generations.write(99)
    world.restart()
    wire.faults["find"] = ["drop"] * 1000

    status = world.sync()
    assert status.problem is not None
    assert world.state(edit) is OpState.PENDING
    world.sync(4, apart_s=SETTLE_S)

    assert world.state(edit) is OpState.DONE
    assert world.state(sent) is OpState.UNKNOWN


def test_changes_of_the_restored_copy_overwrite_nothing_newer(office: Office) -> None:
    world = office(generations=Outside())
    old = world.edit(Kind.DEAL, "D1", amount=1)
    backup = world.backup()
    world.sync()
    world.edit(Kind.DEAL, "D1", amount=2)
    world.sync()

    world.restore(backup)
    world.settle()

    assert world.there(Kind.DEAL, "D1", "amount") == 2
    assert world.state(old) is OpState.CONFLICT


def test_an_untouched_book_is_never_called_restored_wherever_it_is_killed(office: Office) -> None:
    outside = Outside()
    world = office(generations=outside)
    copies: list[tuple[bytes, int | None]] = []
    keep = outside.write

    def write(generation: int) -> None:
        copies.append((world.backup(), outside.number))
        keep(generation)
        copies.append((world.backup(), outside.number))

    outside.write = write  # type: ignore[method-assign]
    world.restart()
    world.log_call("P1", "hello")
    world.sync(2)
    assert len(copies) >= 6

    for backup, outer in copies:
        outside.number = outer
        outside.write = keep  # type: ignore[method-assign]
        world.restore(backup)
        world.sync()
        assert told(world, "restored") is None
        assert told(world, "cloned") is None


def test_the_first_number_of_all_is_no_copied_book_wherever_it_is_killed(office: Office) -> None:
    outside = Outside()
    world = office(synced=False, generations=outside)
    outside.writable = False
    world.sync()
    outside.writable = True

    world.restart()
    status = world.sync()

    assert told(world, "cloned") is None
    assert status.all_synced
    assert outside.number == number(world) >= 1


def test_a_backup_of_any_moment_is_told_from_the_newest_once_something_was_sent(office: Office) -> None:
    outside = Outside()
    world = office(generations=outside)
    world.log_call("P1", "hello")
    backups = [world.backup()]
    write = world.crm.write

    def writing(*arguments: object) -> object:
        backups.append(world.backup())
        return write(*arguments)  # type: ignore[arg-type]

    world.crm.write = writing  # type: ignore[assignment,method-assign]
    world.sync()
    assert len(backups) == 2

    for backup in tuple(backups):
        world.restore(backup)
        world.sync()
        assert told(world, "restored") is not None
        assert len(world.made(Kind.ACTIVITY, body="hello")) == 1


def test_killed_right_after_it_was_sent_an_older_backup_is_still_told(office: Office) -> None:
    outside = Outside()
    world = office(switches=DemoSwitches(identity=Identity.NONE), generations=outside)
    world.log_call("P1", "hello")
    backup = world.backup()
    seen: list[int | None] = []
    write = world.crm.write

    def writing(*arguments: object) -> object:
        answer = write(*arguments)  # type: ignore[arg-type]
        seen.append(outside.number)
        return answer

    world.crm.write = writing  # type: ignore[assignment,method-assign]
    world.sync()

    outside.number = seen[0]
    world.restore(backup)
    world.settle()

    assert told(world, "restored") is not None
    assert len(world.made(Kind.ACTIVITY, body="hello")) == 1


# Another computer ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("outside", [Outside(None, "another"), Outside(500, "another")])
def test_a_book_of_another_computer_asks_nothing_of_the_crm_until_the_rep_says_go_on(
    office: Office, outside: Outside
) -> None:
    outside = Outside(outside.number, outside.name)
    wire = FaultyWire()
    world = office(generations=Outside(), wire=wire)
    call = world.log_call("P1", "hello")
    world.generations = outside
    world.restart()
    wire.requests.clear()

    status = world.sync(3)

    assert (status.phase, status.waiting, status.attention) == (Phase.STOPPED, 1, 1)
    assert status.problem is not None
    assert wire.requests == []
    answer(world, "cloned", "here")
    world.settle()
    assert world.state(call) is OpState.DONE
    assert told(world, "cloned") is None
    world.restart()
    assert world.sync().all_synced


def test_a_book_whose_number_is_nowhere_to_be_found_asks_too(office: Office) -> None:
    world = office(generations=Outside())
    world.log_call("P1", "hello")
    world.generations = Outside()
    world.restart()

    assert world.sync().phase is Phase.STOPPED
    assert told(world, "cloned") is not None
    answer(world, "cloned", "here")
    world.settle()
    world.restart()
    assert world.settle().all_synced


def test_the_computer_that_the_book_was_taken_from_asks_too_when_it_comes_back(office: Office) -> None:
    first, second = Outside(install="first"), Outside(install="second")
    world = office(generations=first)
    world.generations = second
    world.restart()
    world.sync()
    answer(world, "cloned", "here")
    world.sync()
    assert second.number is not None

    world.generations = first
    world.restart()

    assert world.sync().phase is Phase.STOPPED


def test_two_computers_with_one_book_make_a_call_once(office: Office) -> None:
    switches = DemoSwitches(identity=Identity.IDEMPOTENCY_KEY, key_life_s=1)
    world = office(switches=switches, generations=Outside(install="first"))
    world.log_call("P1", "hello")
    backup = world.backup()
    world.sync()

    world.generations = Outside(install="second")
    world.restore(backup)
    world.sync()
    answer(world, "cloned", "here")
    world.settle()

    assert len(world.made(Kind.ACTIVITY, body="hello")) == 1


# A keyring that can't be read ───────────────────────────────────────────────────────────────────────────────────────


def test_a_locked_keyring_holds_changes_back_and_says_so_while_reading_goes_on(office: Office) -> None:
    outside = Outside()
    world = office(generations=outside)
    call = world.log_call("P1", "hello")
    world.crm.edit("U2", Kind.DEAL, "D1", amount=5)
    outside.locked = True
    world.restart()

    status = world.sync()

    assert status.problem is not None
    assert "keyring" in status.problem.title
    assert (status.phase, status.waiting) == (Phase.IDLE, 1)
    assert world.shown(Kind.DEAL, "D1", "amount") == 5
    outside.locked = False
    assert world.settle().all_synced
    assert world.state(call) is OpState.DONE
    assert told(world, "restored") is told(world, "cloned") is None


def test_a_keyring_that_stays_locked_stops_nothing_for_ever_and_doubles_nothing(office: Office) -> None:
    outside = Outside()
    world = office(switches=DemoSwitches(identity=Identity.IDEMPOTENCY_KEY, key_life_s=1), generations=outside)
    sent = world.log_call("P1", "hello")
    backup = world.backup()
    world.sync()
    outside.locked = True
    world.restore(backup)
    fresh = world.log_call("P2", "later")

    world.sync()
    assert world.state(fresh) is OpState.PENDING
    world.pass_time(PATIENCE_S)
    status = world.settle()

    assert world.state(sent) is world.state(fresh) is OpState.DONE
    assert len(world.made(Kind.ACTIVITY)) == 2
    assert status.all_synced


def test_a_keyring_that_is_locked_later_stops_nothing(office: Office) -> None:
    outside = Outside()
    world = office(generations=outside)
    outside.locked = True

    call = world.log_call("P1", "hello")
    status: SyncStatus = world.sync()

    assert world.state(call) is OpState.DONE
    assert status.all_synced


def test_it_is_asked_once_a_process_while_nothing_is_sent(office: Office) -> None:
    outside = Outside()
    world = office(generations=outside)
    before = outside.number

    world.sync(5)

    assert outside.asked == 1
    assert outside.number == before
