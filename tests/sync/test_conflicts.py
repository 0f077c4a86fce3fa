"""What the rep decides, and that nothing is written over a value that the rep has not seen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from companion.connectors.base import Identity
from companion.connectors.demo.switches import DemoSwitches
from companion.domain.ops import OpState
from companion.domain.records import Kind
from companion.queries.needs_attention import needs_attention
from companion.queries.waiting import history
from tests.sync.world import COLLEAGUE, FaultyWire, World

Office = Callable[..., World]


def collided(office: Office) -> tuple[World, str]:
    world = office()
    op = world.edit(Kind.DEAL, "D1", amount=1_00)
    world.crm.edit(COLLEAGUE, Kind.DEAL, "D1", amount=99_00)
    world.sync()
    assert op is not None
    assert world.state(op) is OpState.CONFLICT
    return world, op


def test_a_collision_shows_theirs_and_keeps_mine_on_the_card(office: Office) -> None:
    world, op = collided(office)
    with world.database.read() as rows:
        (card,) = needs_attention(rows, datetime(2026, 11, 21, tzinfo=UTC)).conflicts
    (difference,) = card.differences
    assert world.shown(Kind.DEAL, "D1", "amount") == 99_00
    assert (difference.label, difference.mine, difference.theirs) == ("Amount", "€1", "€99")
    assert (card.title, card.op_id) == ("Looms", op)


def test_use_mine_writes_it_once_and_the_card_is_gone(office: Office) -> None:
    world, op = collided(office)
    assert world.answer.mine(op) == "Yours is sent"
    assert world.shown(Kind.DEAL, "D1", "amount") == 1_00
    status = world.sync(2)
    assert world.there(Kind.DEAL, "D1", "amount") == 1_00
    assert status.all_synced


def test_use_mine_is_written_by_a_crm_that_remembers_the_first_sending(office: Office) -> None:
    switches = DemoSwitches(identity=Identity.IDEMPOTENCY_KEY)
    world = office(switches=switches, wire=FaultyWire(write=["lose"]))
    op = world.edit(Kind.DEAL, "D1", amount=1)
    world.sync()
    world.crm.edit(COLLEAGUE, Kind.DEAL, "D1", amount=99)
    world.sync(2)
    assert world.state(op) is OpState.CONFLICT
    world.answer.mine(op or "")
    assert world.sync(2).all_synced
    assert world.there(Kind.DEAL, "D1", "amount") == 1
    assert world.shown(Kind.DEAL, "D1", "amount") == 1


def test_use_mine_is_refused_when_the_card_showed_an_older_value(office: Office) -> None:
    world, op = collided(office)
    shown = dict(world.op(op).theirs or {})
    world.crm.edit(COLLEAGUE, Kind.DEAL, "D1", amount=98_00)
    world.sync()
    from companion.actions.resolve_conflict import use_mine

    assert use_mine(world.answer.desk, op, shown) is None
    assert world.state(op) is OpState.CONFLICT
    assert world.op(op).theirs == {"amount": 98_00}


def test_a_value_that_changed_after_use_mine_is_asked_about_again(office: Office) -> None:
    world, op = collided(office)
    world.answer.mine(op)
    world.crm.edit(COLLEAGUE, Kind.DEAL, "D1", amount=98_00)
    world.sync()
    (again,) = world.ops(OpState.CONFLICT)
    assert again.theirs == {"amount": 98_00}
    assert world.there(Kind.DEAL, "D1", "amount") == 98_00


def test_keep_theirs_drops_mine_and_what_was_queued_behind_it(office: Office) -> None:
    world = office()
    first, second = world.edit(Kind.DEAL, "D1", amount=1), world.edit(Kind.DEAL, "D1", amount=2)
    world.crm.edit(COLLEAGUE, Kind.DEAL, "D1", amount=99)
    world.sync()
    world.answer.theirs(first or "")
    status = world.sync()
    assert [world.state(first), world.state(second)] == [OpState.DISCARDED, OpState.DISCARDED]
    assert world.shown(Kind.DEAL, "D1", "amount") == 99
    assert status.all_synced


def test_use_mine_lets_what_was_queued_behind_it_follow(office: Office) -> None:
    world = office()
    first, second = world.edit(Kind.DEAL, "D1", amount=1), world.edit(Kind.DEAL, "D1", amount=2)
    world.crm.edit(COLLEAGUE, Kind.DEAL, "D1", amount=99)
    world.sync()
    world.answer.mine(first or "")
    status = world.sync()
    assert world.state(second) is OpState.DONE
    assert world.there(Kind.DEAL, "D1", "amount") == 2
    assert status.all_synced


def test_another_value_answers_the_card(office: Office) -> None:
    world, op = collided(office)
    world.answer.instead(op, {"amount": 50_00})
    status = world.sync()
    assert world.there(Kind.DEAL, "D1", "amount") == 50_00
    assert world.state(op) is OpState.DISCARDED
    assert status.all_synced


def test_a_plain_new_edit_of_the_field_answers_the_card_too(office: Office) -> None:
    world, op = collided(office)
    world.edit(Kind.DEAL, "D1", amount=50_00)
    status = world.sync()
    assert world.there(Kind.DEAL, "D1", "amount") == 50_00
    assert world.state(op) is OpState.DISCARDED
    assert status.all_synced


def test_a_card_goes_by_itself_when_the_colleague_comes_to_the_same_value(office: Office) -> None:
    world, op = collided(office)
    world.crm.edit(COLLEAGUE, Kind.DEAL, "D1", amount=1_00)
    status = world.sync(2)
    assert world.state(op) is OpState.DONE
    assert status.all_synced


def test_a_refused_value_is_put_right_by_a_new_edit(office: Office) -> None:
    world = office()
    op = world.edit(Kind.PERSON, "P1", email="nonsense")
    world.sync()
    assert world.state(op) is OpState.ATTENTION
    assert world.shown(Kind.PERSON, "P1", "email") == "nonsense", "the rep's text is kept"
    world.edit(Kind.PERSON, "P1", email="ada@example.com")
    status = world.sync(2)
    assert world.there(Kind.PERSON, "P1", "email") == "ada@example.com"
    assert status.all_synced


def test_a_dropped_change_shows_what_the_crm_has(office: Office) -> None:
    world = office()
    op = world.edit(Kind.PERSON, "P1", email="nonsense")
    world.sync()
    world.answer.drop(op or "")
    assert world.shown(Kind.PERSON, "P1", "email") is None
    assert world.sync().all_synced


def test_a_dropped_creation_takes_its_later_changes_along(office: Office) -> None:
    world = office()
    person = world.create(Kind.PERSON, name="New", email="nonsense")
    later = world.change(Kind.PERSON, person, role="Head")
    world.sync()
    world.answer.drop(person)
    assert world.state(later) is OpState.DISCARDED
    assert world.record(Kind.PERSON, person) is None
    assert world.sync().all_synced


def test_two_reps_who_edit_the_same_field_in_turn_settle_without_ping_pong(office: Office) -> None:
    world, op = collided(office)
    world.answer.mine(op)
    for _ in range(3):
        world.sync()
    assert world.ops(OpState.CONFLICT) == []
    assert world.there(Kind.DEAL, "D1", "amount") == 1_00


def test_each_change_has_a_readable_history(office: Office) -> None:
    world, op = collided(office)
    with world.database.read() as rows:
        told = [step.words for step in history(rows, op)]
    assert told == [
        "Waiting to be sent",
        "Being sent: attempt 1",
        "Somebody else changed it too: somebody else changed it too",
    ]
