"""An answer to a card is an act like any other: undone before it left, the card asks again; redone, it is answered."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from companion.actions.desk import Desk, Done
from companion.actions.discard_op import already_there, discard_op
from companion.actions.redo import redo
from companion.actions.resolve_conflict import use_mine
from companion.actions.retry_op import retry_op
from companion.actions.undo import undo
from companion.connectors.base import Identity
from companion.connectors.demo.switches import DemoSwitches
from companion.domain.ops import OpState
from companion.domain.records import Kind, Value
from tests.sync.world import COLLEAGUE, FaultyWire, World

Office = Callable[..., World]
WORDS: Final = ("names", "notes")


def collided(office: Office) -> tuple[World, str]:
    """An amount of the rep's and one of a colleague's on the same deal."""
    world = office()
    op = world.edit(Kind.DEAL, "D1", amount=1_00)
    world.crm.edit(COLLEAGUE, Kind.DEAL, "D1", amount=99_00)
    world.sync()
    (card,) = world.ops(OpState.CONFLICT)
    assert op is not None
    return world, card.id


def refused(office: Office, wire: FaultyWire | None = None) -> tuple[World, str]:
    """A change that the CRM does not take."""
    world = office(wire=wire or FaultyWire())
    op = world.edit(Kind.PERSON, "P1", email="nonsense")
    world.sync()
    assert op is not None
    assert world.state(op) is OpState.ATTENTION
    return world, op


def standing(world: World) -> list[object]:
    """All that waits, what the rep sees, and what lies beneath it; ids aside, which are given anew."""
    with world.database.read() as rows:
        ops = rows.all(
            "SELECT kind, record_id, action, fields, links, seen, state, theirs, who, problems, said, gesture_id"
            " FROM outbox WHERE state NOT IN ('done', 'discarded') ORDER BY seq"
        )
        shown = [rows.all(f"SELECT * FROM {table} ORDER BY id") for table in ("deals", "people")]
        held = rows.all("SELECT * FROM held_values ORDER BY 1, 2")
    return [ops, shown, held]


def answers(world: World, op: str, how: str) -> None:
    assert (world.answer.mine(op) if how == "mine" else world.answer.theirs(op)) is not None


@pytest.mark.parametrize("how", ["mine", "theirs"])
def test_a_card_asks_again_once_its_answer_is_undone(office: Office, how: str) -> None:
    world, op = collided(office)
    before = standing(world)
    answers(world, op, how)
    after = standing(world)
    assert after != before

    done = undo(world.answer.desk)

    assert done is not None
    assert done.words == ("Undone: Yours is sent" if how == "mine" else "Undone: Theirs is kept")
    assert standing(world) == before
    assert world.sync(2).conflicts == 1
    assert world.there(Kind.DEAL, "D1", "amount") == 99_00


@pytest.mark.parametrize("how", ["mine", "theirs"])
def test_an_answer_that_was_undone_can_be_given_again_and_taken_back_again(office: Office, how: str) -> None:
    world, op = collided(office)
    before = standing(world)
    answers(world, op, how)
    undo(world.answer.desk)
    redo(world.answer.desk)
    assert not world.ops(OpState.CONFLICT)
    undo(world.answer.desk)
    assert standing(world)[1:] == before[1:]
    assert len(world.ops(OpState.CONFLICT)) == 1
    redo(world.answer.desk)

    assert world.sync(2).all_synced
    assert world.there(Kind.DEAL, "D1", "amount") == (1_00 if how == "mine" else 99_00)


@settings(max_examples=15, deadline=None)
@given(steps=st.lists(st.sampled_from(["mine", "theirs", "undo", "redo", "sync"]), max_size=8))
def test_whatever_is_answered_and_taken_back_the_crm_ends_with_one_of_both_and_nothing_is_lost(
    steps: list[str],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        world = World(Path(folder))
        world.sync()
        world.edit(Kind.DEAL, "D1", amount=1_00)
        world.crm.edit(COLLEAGUE, Kind.DEAL, "D1", amount=99_00)
        world.sync()
        for step in steps:
            cards = world.ops(OpState.CONFLICT)
            if step in ("mine", "theirs") and cards:
                answers(world, cards[0].id, step)
            elif step == "undo":
                undo(world.answer.desk)
            elif step == "redo":
                redo(world.answer.desk)
            elif step == "sync":
                world.sync()
            assert len(world.ops(OpState.CONFLICT)) <= 1
        world.settle()
        for card in world.ops(OpState.CONFLICT):
            assert card.values == {"amount": 1_00}
            assert card.theirs == {"amount": 99_00}
        if not world.ops(OpState.CONFLICT):
            assert world.shown(Kind.DEAL, "D1", "amount") == world.there(Kind.DEAL, "D1", "amount")
        assert world.there(Kind.DEAL, "D1", "amount") in (1_00, 99_00)
        world.database.close()


def test_what_was_sent_is_taken_back_in_the_crm_and_the_card_stays_answered(office: Office) -> None:
    world, op = collided(office)
    world.answer.mine(op)
    world.sync(2)
    assert world.there(Kind.DEAL, "D1", "amount") == 1_00

    undo(world.answer.desk)

    assert world.sync(2).all_synced
    assert world.there(Kind.DEAL, "D1", "amount") == 99_00
    assert not world.ops(OpState.CONFLICT)


def test_a_newer_edit_answers_the_card_that_undo_would_ask_again(office: Office) -> None:
    world, op = collided(office)
    world.answer.theirs(op)
    newest = undo_of(world)
    world.edit(Kind.DEAL, "D1", amount=5_00)

    done = undo(world.answer.desk, newest)

    assert done is not None
    assert done.words == "Not undone: Theirs is kept. It was changed again since"
    assert not done.took_back
    assert not world.ops(OpState.CONFLICT)
    world.sync(2)
    assert world.there(Kind.DEAL, "D1", "amount") == 5_00


def undo_of(world: World) -> str:
    """The newest act."""
    with world.database.read() as rows:
        return str(rows.value("SELECT id FROM gestures ORDER BY n DESC LIMIT 1"))


def test_what_was_queued_behind_a_card_comes_back_with_it(office: Office) -> None:
    world = office()
    first = world.edit(Kind.DEAL, "D1", amount=1)
    world.edit(Kind.DEAL, "D1", amount=2)
    world.crm.edit(COLLEAGUE, Kind.DEAL, "D1", amount=99)
    world.sync()
    world.answer.theirs(first or "")

    undo(world.answer.desk)

    (card,) = world.ops(OpState.CONFLICT)
    assert (card.values, card.theirs) == ({"amount": 2}, {"amount": 99})


def test_a_refused_change_that_was_dropped_is_back_with_the_crms_words(office: Office) -> None:
    world, op = refused(office)
    before = standing(world)
    assert world.answer.drop(op) == "Dropped"
    assert world.shown(Kind.PERSON, "P1", "email") is None

    undo(world.answer.desk)

    assert standing(world) == before
    assert world.shown(Kind.PERSON, "P1", "email") == "nonsense"


def test_a_refused_change_under_a_newer_edit_is_back_beneath_it(office: Office) -> None:
    world, op = refused(office)
    behind = world.edit(Kind.PERSON, "P1", role="Boss")
    with world.database.write() as write:  # as two edits lie over each other in a copy that was put back
        told = ('{"email": "newer"}', '{"email": "nonsense"}', behind)
        write.text("UPDATE outbox SET fields = ?, seen = ? WHERE id = ?", told)
    before = whole(world)
    world.answer.drop(op)
    assert whole(world) != before

    undo(world.answer.desk)

    assert whole(world)[0] == before[0]


def test_an_answer_waits_for_undo_before_it_is_sent(office: Office) -> None:
    world, op = collided(office)
    desk = replace(world.answer.desk, hold_s=8)
    assert use_mine(desk, op, world.op(op).theirs or {}) is not None

    world.sync(apart_s=1)
    assert world.there(Kind.DEAL, "D1", "amount") == 99_00
    world.sync(apart_s=10)
    world.sync(apart_s=10)
    assert world.there(Kind.DEAL, "D1", "amount") == 1_00


# Sent again ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def waiting_desk(world: World) -> Desk:
    """A desk whose acts wait for Undo, as in the window."""
    return replace(world.answer.desk, hold_s=8)


def whole(world: World) -> list[object]:
    """Every unfinished op to the last column but its history, all records, and what lies beneath unsent edits."""
    with world.database.read() as rows:
        ops = rows.all("SELECT * FROM outbox WHERE state NOT IN ('done', 'discarded') ORDER BY seq")
        tables = ("deals", "people", "companies", "activities", "participants")
        shown = [rows.all(f"SELECT * FROM {table} ORDER BY 1") for table in tables]
        found = [rows.value(f"SELECT count(*) FROM {index} WHERE {index} MATCH 'nobody'") for index in WORDS]
        return [ops, shown, found, rows.all("SELECT * FROM held_values ORDER BY 1, 2")]


def refused_creation(office: Office, wire: FaultyWire | None = None) -> tuple[World, str, str]:
    """A person whom the CRM does not take, and a call with them, which waits for that."""
    world = office(wire=wire or FaultyWire())
    person = world.create(Kind.PERSON, {}, name="Nobody", email="nonsense")
    call = world.create(Kind.ACTIVITY, {"person": person}, what="call", body="nobody there", at=int(world.now))
    world.sync(2)
    assert [world.state(person), world.state(call)] == [OpState.ATTENTION, OpState.ATTENTION]
    return world, person, call


def in_doubt(office: Office) -> tuple[World, str]:
    """A call of which nobody can tell whether the CRM has it; it does."""
    world = office(switches=DemoSwitches(identity=Identity.NONE), wire=FaultyWire(write=["lose"]))
    call = world.log_call("P1", "nobody knows")
    world.sync(3)
    assert world.state(call) is OpState.NEEDS_REP
    return world, call


def said(done: Done | None) -> str:
    assert done is not None
    return done.words


GOOD: Final[dict[str, Value]] = {"email": "ada@aster.example"}


@pytest.mark.parametrize("typed", [None, GOOD, {"email": "ada@aster.example", "phone": "+43 1 999"}])
def test_a_change_that_was_sent_again_is_refused_as_before_once_that_is_undone(
    office: Office, typed: dict[str, Value] | None
) -> None:
    world, op = refused(office)
    before = whole(world)
    assert said(retry_op(waiting_desk(world), op, typed)) == "Sent again"
    assert whole(world) != before
    world.sync(apart_s=1)

    assert said(undo(waiting_desk(world))) == "Undone: Sent again"

    assert whole(world) == before
    world.sync(2)
    assert world.there(Kind.PERSON, "P1", "email") is None
    assert world.state(op) is OpState.ATTENTION


def test_sending_again_that_was_undone_can_be_done_again_and_undone_again(office: Office) -> None:
    world, op = refused(office)
    before = whole(world)
    retry_op(waiting_desk(world), op, GOOD)
    undo(waiting_desk(world))
    assert said(redo(waiting_desk(world))) == "Done again: Sent again"
    assert world.shown(Kind.PERSON, "P1", "email") == GOOD["email"]
    world.sync(apart_s=1)
    assert world.there(Kind.PERSON, "P1", "email") is None, "it waits for Undo once more"
    undo(waiting_desk(world))
    assert whole(world) == before
    redo(waiting_desk(world))

    assert world.sync(2).all_synced
    assert world.there(Kind.PERSON, "P1", "email") == GOOD["email"]


@pytest.mark.parametrize("how", ["again", "drop"])
def test_what_was_refused_along_with_a_creation_goes_and_comes_back_with_it(office: Office, how: str) -> None:
    world, person, call = refused_creation(office)
    before = whole(world)
    if how == "again":
        retry_op(waiting_desk(world), person, GOOD)
        assert world.state(call) is OpState.PENDING
    else:
        discard_op(waiting_desk(world), person)
        assert world.record(Kind.PERSON, person) is None
    after = whole(world)

    assert said(undo(waiting_desk(world))).startswith("Undone: ")
    assert whole(world) == before
    redo(waiting_desk(world))

    assert whole(world)[1:] == after[1:]
    if how == "again":
        assert world.settle().all_synced
        assert len(world.made(Kind.PERSON, name="Nobody")) == len(world.made(Kind.ACTIVITY, body="nobody there")) == 1


def test_a_dropped_creation_that_came_back_can_be_found_and_sent(office: Office) -> None:
    world, person, _ = refused_creation(office)
    discard_op(waiting_desk(world), person)
    assert whole(world)[2] == [0, 1]
    undo(waiting_desk(world))
    assert whole(world)[2] == [1, 1]

    world.answer.retry(person, GOOD)

    assert world.settle().all_synced
    assert len(world.made(Kind.PERSON, name="Nobody")) == 1


@pytest.mark.parametrize("how", ["again", "drop", "there"])
def test_a_change_of_unknown_fate_is_asked_about_again_once_the_answer_is_undone(office: Office, how: str) -> None:
    world, op = in_doubt(office)
    before = whole(world)
    answer: dict[str, Callable[[Desk, str], Done | None]] = {
        "again": retry_op,
        "drop": discard_op,
        "there": already_there,
    }
    assert answer[how](waiting_desk(world), op) is not None
    after = whole(world)
    assert after != before

    undo(waiting_desk(world))
    assert whole(world) == before
    redo(waiting_desk(world))
    assert whole(world)[1:] == after[1:]
    undo(waiting_desk(world))

    assert whole(world) == before
    world.sync(2)
    assert world.state(op) is OpState.NEEDS_REP
    assert len(world.made(Kind.ACTIVITY, body="nobody knows")) == 1


def test_what_was_sent_again_and_left_stays_and_the_words_say_so(office: Office) -> None:
    world, op = refused(office)
    world.answer.retry(op, GOOD)
    assert world.sync(2).all_synced
    before = whole(world)

    words = said(undo(waiting_desk(world)))

    assert words == "Not undone: Sent again. It has taken effect already"
    assert whole(world) == before
    assert redo(waiting_desk(world)) is None
    assert said(undo(waiting_desk(world))) == "Undone: edit", "the change itself is next"
    world.pass_time(10)
    world.sync(2)
    assert world.there(Kind.PERSON, "P1", "email") is None


def test_what_was_sent_again_and_refused_again_asks_with_the_newer_words(office: Office) -> None:
    world, op = refused(office)
    world.answer.retry(op, {"email": "still nonsense"})
    world.sync(2)
    before = whole(world)

    assert said(undo(waiting_desk(world))).startswith("Not undone: ")

    assert whole(world) == before
    (asks,) = world.ops(OpState.ATTENTION)
    assert asks.values == {"email": "still nonsense"}


def test_a_try_that_surely_reached_nobody_does_not_stand_in_the_way_of_undo(office: Office) -> None:
    wire = FaultyWire()
    world, op = refused(office, wire)
    before = whole(world)
    world.answer.retry(op, GOOD)
    wire.faults["write"] = ["drop"] * 3
    world.sync()
    (tried,) = world.ops(OpState.PENDING)
    assert tried.attempts > 1

    assert said(undo(waiting_desk(world))) == "Undone: Sent again"
    assert whole(world) == before


def test_a_try_whose_answer_was_lost_does(office: Office) -> None:
    wire = FaultyWire()
    world, person, _ = refused_creation(office, wire)
    world.answer.retry(person, GOOD)
    wire.faults["write"] = ["lose"]
    world.sync(apart_s=1)

    assert said(undo(waiting_desk(world))).startswith("Not undone: ")

    assert world.settle().all_synced
    assert len(world.made(Kind.PERSON, name="Nobody")) == 1


def test_a_creation_that_was_tried_since_is_left_alone(office: Office) -> None:
    wire = FaultyWire()
    world, person, _ = refused_creation(office, wire)
    world.answer.retry(person, GOOD)
    wire.faults["write"] = ["drop"] * 3
    world.sync(apart_s=1)
    assert world.state(person) is OpState.PENDING

    assert said(undo(waiting_desk(world))).startswith("Not undone: "), "it was sent before: who knows what of it"

    wire.faults.clear()
    assert world.settle().all_synced
    assert len(world.made(Kind.PERSON, name="Nobody")) == 1


def test_what_asks_something_else_by_now_goes_on_asking_that(office: Office) -> None:
    world, op = refused(office)
    retry_op(waiting_desk(world), op)
    world.crm.delete(COLLEAGUE, Kind.PERSON, "P1")
    world.sync(apart_s=1)
    (asks,) = world.ops(OpState.ATTENTION)
    assert "deleted" in str(asks.problems)

    assert said(undo(waiting_desk(world))).startswith("Not undone: ")

    (left,) = world.ops(OpState.ATTENTION)
    assert left.problems == asks.problems


def test_a_change_that_the_rep_found_in_the_crm_hides_nothing_of_what_comes_later(office: Office) -> None:
    world = office()
    op = world.edit(Kind.DEAL, "D1", amount=1_00)
    with world.database.write() as write:
        write.text("UPDATE outbox SET state = 'needs_rep' WHERE id = ?", (op,))
    world.answer.found(op or "")
    assert world.shown(Kind.DEAL, "D1", "amount") == 1_00
    world.crm.edit(COLLEAGUE, Kind.DEAL, "D1", amount=77_00)

    world.sync()

    assert world.shown(Kind.DEAL, "D1", "amount") == 77_00


@pytest.mark.parametrize("how", ["drop", "there"])
def test_beneath_a_change_of_unknown_fate_lies_what_the_crm_holds_by_now(office: Office, how: str) -> None:
    world = office()
    op = world.edit(Kind.DEAL, "D1", amount=1_00)
    with world.database.write() as write:
        write.text("UPDATE outbox SET state = 'needs_rep' WHERE id = ?", (op,))
    (discard_op if how == "drop" else already_there)(waiting_desk(world), op or "")
    world.crm.edit(COLLEAGUE, Kind.DEAL, "D1", amount=77_00)
    world.sync()
    assert world.shown(Kind.DEAL, "D1", "amount") == 77_00

    undo(waiting_desk(world))

    assert world.shown(Kind.DEAL, "D1", "amount") == 1_00
    with world.database.read() as rows:
        assert rows.all("SELECT field, value FROM held_values") == [("amount", "7700")]


def test_a_newer_edit_stays_over_what_was_sent_again(office: Office) -> None:
    world, op = refused(office)
    retry_op(waiting_desk(world), op, GOOD)
    act = undo_of(world)
    world.edit(Kind.PERSON, "P1", email="newer@aster.example")

    assert said(undo(waiting_desk(world), act)).startswith("Not undone: ")

    assert world.shown(Kind.PERSON, "P1", "email") == "newer@aster.example"
    world.pass_time(10)
    world.settle()
    assert world.there(Kind.PERSON, "P1", "email") == "newer@aster.example"


def test_a_colleagues_value_that_came_meanwhile_lies_beneath_what_asks_again(office: Office) -> None:
    world, op = refused(office)
    retry_op(waiting_desk(world), op, {**GOOD, "phone": "+43 1 999"})
    world.crm.edit(COLLEAGUE, Kind.PERSON, "P1", phone="+43 1 555")
    world.sync(apart_s=1)

    undo(waiting_desk(world))

    assert world.shown(Kind.PERSON, "P1", "phone") == "+43 1 555"
    assert world.shown(Kind.PERSON, "P1", "email") == "nonsense"


@settings(max_examples=25, deadline=None)
@given(
    steps=st.lists(
        st.sampled_from(["again", "typed", "drop", "there", "undo", "undo", "redo", "sync", "lost", "later"]),
        max_size=10,
    )
)
def test_whatever_is_answered_undone_and_sent_in_between_nothing_is_there_twice_or_lost(steps: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        wire = FaultyWire()
        world = World(Path(folder), wire=wire)
        world.sync()
        person = world.create(Kind.PERSON, {}, name="Nobody", email="nonsense")
        world.create(Kind.ACTIVITY, {"person": person}, what="call", body="nobody there", at=int(world.now))
        world.edit(Kind.DEAL, "D1", amount=1_00)
        world.sync(2)
        for step in steps:
            asking = world.ops(OpState.ATTENTION, OpState.NEEDS_REP)
            if step in ("again", "typed") and asking:
                good = GOOD if step == "typed" and asking[0].kind is Kind.PERSON else None
                retry_op(waiting_desk(world), asking[0].id, good)
            elif step == "drop" and asking:
                discard_op(waiting_desk(world), asking[0].id)
            elif step == "there" and asking:
                already_there(waiting_desk(world), asking[0].id)
            elif step == "undo":
                undo(waiting_desk(world))
            elif step == "redo":
                redo(waiting_desk(world))
            elif step in ("sync", "lost"):
                wire.faults["write"] = ["lose"] if step == "lost" else []
                world.sync(apart_s=1)
            elif step == "later":
                world.pass_time(10)
        wire.faults.clear()
        world.settle()
        there = [len(world.made(Kind.PERSON, name="Nobody")), len(world.made(Kind.ACTIVITY, body="nobody there"))]
        with world.database.read() as rows:
            here = [
                rows.value("SELECT count(*) FROM people WHERE name = 'Nobody' AND gone IS NULL"),
                rows.value("SELECT count(*) FROM activities WHERE body = 'nobody there' AND gone IS NULL"),
            ]
        assert max(there) <= 1
        if not world.ops(OpState.ATTENTION, OpState.NEEDS_REP):
            assert here == there
        world.database.close()
