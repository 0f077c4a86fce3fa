"""Do, undo, do again: the book is as it was done, to the last column; what a colleague changed is never overwritten."""

from __future__ import annotations

import datetime as dt

import pytest

from companion.actions import change_deal
from companion.actions.desk import Desk, Done
from companion.actions.keep_draft import Draft, draft_of, keep_draft
from companion.actions.log_activity import LogEntry, NextStep, log_activity
from companion.actions.next_step import add_next_step, complete_step
from companion.actions.redo import next_redo, redo
from companion.actions.snooze import snooze
from companion.actions.undo import next_undo, undo
from companion.domain.ops import OpState
from companion.domain.records import Kind
from companion.store import outbox
from tests.actions.test_acts import ACTS, CALL, STEP, contents, ops
from tests.book import Book

LATER = dt.timedelta(minutes=7)


def words(done: Done | None) -> str:
    assert done is not None
    return done.words


@pytest.mark.parametrize("name", ACTS)
def test_an_act_that_is_done_again_leaves_the_book_as_the_act_did(name: str, book: Book, desk: Desk) -> None:
    ACTS["next step"](desk)  # something else happened before
    before = contents(book)
    ACTS[name](desk)
    done = contents(book)

    for _ in range(3):
        assert words(undo(desk)).startswith("Undone: ")
        assert contents(book) == before
        assert words(redo(desk)).startswith("Done again: ")
        assert contents(book) == done


@pytest.mark.parametrize("name", [name for name in ACTS if name not in ("snooze", "hide")])
def test_what_is_done_again_later_stands_since_when_it_was_done_first(name: str, book: Book, desk: Desk) -> None:
    ACTS[name](desk)
    done = {table: rows for table, rows in contents(book).items() if table not in ("scores", "rechecks")}

    book.now += LATER
    undo(desk)
    book.now += LATER
    redo(desk)

    again = contents(book)
    assert {table: again[table] for table in done} == done


@pytest.mark.parametrize("name", ACTS)
def test_an_op_that_is_done_again_is_what_it_was(name: str, book: Book, desk: Desk) -> None:
    def told() -> list[object]:
        pending = [op for op in ops(book) if op.state is OpState.PENDING]
        return [
            (op.kind, op.record_id, op.action, op.said, op.fields, op.links, op.seen, op.created_at) for op in pending
        ]

    ACTS[name](desk)
    before = told()
    undo(desk)
    redo(desk)

    assert told() == before
    assert all(op.id == op.record_id for op in ops(book) if op.action == "create")


def test_undo_and_redo_walk_back_and_forth(book: Book, desk: Desk) -> None:
    states = [contents(book)]
    for name in ("log with all", "stage", "snooze", "close date", "lose", "next step"):
        ACTS[name](desk)
        states.append(contents(book))

    for state in reversed(states[:-1]):
        undo(desk)
        assert contents(book) == state
    assert undo(desk) is None
    for state in states[1:]:
        redo(desk)
        assert contents(book) == state
    assert redo(desk) is None


def test_two_hundred_acts_go_back_and_forth(book: Book, desk: Desk) -> None:
    for amount in range(1, 206):
        change_deal.set_amount(desk, "rollout", amount, "x")

    assert sum(undo(desk) is not None for _ in range(210)) == 200
    assert sum(redo(desk) is not None for _ in range(210)) == 200
    assert sum(undo(desk) is not None for _ in range(210)) == 200


def test_a_new_act_ends_what_could_be_done_again(book: Book, desk: Desk) -> None:
    ACTS["amount"](desk)
    undo(desk)
    ACTS["close date"](desk)

    assert redo(desk) is None
    with book.database.read() as rows:
        assert next_redo(rows) is None


def test_the_menu_knows_what_comes_next(book: Book, desk: Desk) -> None:
    change_deal.set_amount(desk, "rollout", 1, "€1")
    change_deal.set_amount(desk, "rollout", 2, "€2")
    undo(desk)

    with book.database.read() as rows:
        assert (next_undo(rows), next_redo(rows)) == ("€1", "€2")


def test_a_line_that_was_typed_after_undo_is_not_taken_by_redo(book: Book, desk: Desk) -> None:
    log_activity(desk, CALL, "marta", None, "Connected", Draft("marta", "connected", "Wants 12 months"))
    undo(desk)
    keep_draft(desk, Draft("marta", "connected", "Wants 12 months, or 24"))

    redo(desk)

    with book.database.read() as rows:
        assert draft_of(rows, "marta") == Draft("marta", "connected", "Wants 12 months, or 24")


def test_a_line_that_was_typed_after_the_log_is_not_taken_by_undo(book: Book, desk: Desk) -> None:
    log_activity(desk, CALL, "marta", None, "Connected", Draft("marta", "connected", "Wants 12 months"))
    keep_draft(desk, Draft("marta", "connected", "Her sister works at Corvid"))

    undo(desk)

    with book.database.read() as rows:
        draft = draft_of(rows, "marta")
    assert draft is not None
    assert draft.line == "Wants 12 months Her sister works at Corvid"


def test_a_value_that_a_colleague_changed_meanwhile_is_not_overwritten(book: Book, desk: Desk) -> None:
    ACTS["amount"](desk)
    undo(desk)
    book.edit(Kind.DEAL, "rollout", amount=7_700_000)

    said = words(redo(desk))

    assert said == "Not done again: x. It was changed meanwhile"
    with book.database.read() as rows:
        assert rows.value("SELECT amount FROM deals") == 7_700_000
    assert redo(desk) is None


def test_what_nobody_touched_of_an_act_is_done_again(book: Book, desk: Desk) -> None:
    entry = LogEntry("call", "Call", next_step=STEP, deal_values=(("stage", "Negotiation"),))
    log_activity(desk, entry, "marta", "rollout", "Connected")
    undo(desk)
    book.edit(Kind.DEAL, "rollout", stage_id="Closing")

    said = words(redo(desk))

    assert said == "Done again: Connected. What was changed meanwhile stays"
    with book.database.read() as rows:
        assert rows.value("SELECT stage_id FROM deals") == "Closing"
        assert rows.value("SELECT count(*) FROM activities") == 2


def test_a_log_on_somebody_who_left_the_crm_is_not_done_again(book: Book, desk: Desk) -> None:
    log_activity(desk, CALL, "marta", None, "Connected")
    undo(desk)
    book.edit(Kind.PERSON, "marta", gone="deleted")

    assert words(redo(desk)) == "Not done again: Connected. It was changed meanwhile"
    with book.database.read() as rows:
        assert rows.value("SELECT count(*) FROM activities") == 0


def test_a_step_that_is_finished_again_is_the_one_that_was_made_again(book: Book, desk: Desk) -> None:
    made = add_next_step(desk, NextStep("Call again", dt.date(2026, 11, 25)), "marta", None, "step")
    assert made.record_id is not None
    complete_step(desk, made.record_id, "done")
    undo(desk)
    undo(desk)

    redo(desk)
    redo(desk)

    with book.database.read() as rows:
        assert rows.all("SELECT id, done FROM activities") == [(made.record_id, 1)]
    pending = [op.action for op in ops(book) if op.record_id == made.record_id and op.state is OpState.PENDING]
    assert pending == ["create", "complete"]


def test_a_won_deal_that_is_lost_and_back_was_closed_when_it_was_won(book: Book, desk: Desk) -> None:
    ACTS["win"](desk)
    won = contents(book)
    book.now += LATER
    ACTS["lose"](desk)
    book.now -= LATER

    undo(desk)

    assert contents(book) == won


def test_the_ops_that_were_taken_back_stay_as_what_they_were(book: Book, desk: Desk) -> None:
    ACTS["log"](desk)
    undo(desk)
    redo(desk)

    states = sorted(op.state for op in ops(book))
    assert states == [OpState.DISCARDED, OpState.PENDING]
    with book.database.read() as rows:
        made = rows.value("SELECT id FROM activities")
        creation = outbox.creation(rows, made)
    assert creation is not None
    assert creation.state is OpState.PENDING


def test_snoozing_again_puts_away_until_the_same_hour(book: Book, desk: Desk) -> None:
    until = desk.clock() + dt.timedelta(3)
    snooze(desk, Kind.PERSON, "marta", until, "after the board", "x")
    undo(desk)
    redo(desk)

    with book.database.read() as rows:
        assert rows.all("SELECT until_at, words FROM snoozes") == [(int(until.timestamp()), "after the board")]
