"""What a rep can do: each act is one transaction with its op, and undo makes it as if it had never been."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from companion.actions import change_deal, hide_reason, keep_draft, next_step, snooze
from companion.actions.desk import Desk, Done
from companion.actions.keep_draft import Draft, draft_of
from companion.actions.log_activity import LogEntry, NextStep, log_activity
from companion.actions.undo import undo
from companion.domain.ops import OpState
from companion.domain.records import Kind
from companion.store import outbox
from tests.book import Book

CALL = LogEntry("call", "Call, 4 min", outcome="connected", body="Wants 12 months", duration_s=240)
STEP = NextStep("Send revised quote", dt.date(2026, 11, 26), promise="mine")


def ops(book: Book) -> list[outbox.QueuedOp]:
    with book.database.read() as rows:
        return outbox.in_state(rows, *OpState)


def contents(book: Book) -> dict[str, list[Any]]:
    """Every row that a rep could see or that decides what she sees; not the record of what was done and undone."""
    with book.database.read() as rows:
        names = [
            row[0] for row in rows.all("SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE '%fts5%'")
        ]
        left_out = ("outbox", "op_events", "gestures", "sqlite_sequence", "meta")
        shown = [name for name in names if name not in left_out and not name.startswith(("names_", "notes_"))]
        return {name: sorted(map(str, rows.all(f"SELECT * FROM {name}"))) for name in shown}


def test_a_logged_call_is_on_the_person_her_company_and_the_deal_with_one_op(book: Book, desk: Desk) -> None:
    done = log_activity(desk, CALL, "marta", "rollout", "Connected, Marta Ferreira.")

    with book.database.read() as rows:
        row = rows.one(
            "SELECT id, what, person_id, company_id, deal_id, owner_id, at, duration_s, outcome, body FROM activities"
        )
    now = int(book.now.timestamp())
    assert row == (
        done.record_id, "call", "marta", "halvorsen", "rollout", "me", now, 240, "connected", "Wants 12 months",
    )  # fmt: skip
    (op,) = ops(book)
    assert (op.id, op.record_id, op.action, op.state) == (done.record_id, done.record_id, "create", OpState.PENDING)
    assert (op.tenant, op.user_id, op.hold_until) == ("tenant", "U1", now + 8)


def test_one_act_logs_plans_and_moves_the_deal_and_is_undone_as_one(book: Book, desk: Desk) -> None:
    before = contents(book)
    entry = LogEntry("call", "Call", next_step=STEP, deal_values=(("stage", "Negotiation"),))

    done = log_activity(desk, entry, "marta", "rollout", "Connected")

    assert [(op.kind, op.action) for op in ops(book)] == [
        (Kind.ACTIVITY, "create"),
        (Kind.ACTIVITY, "create"),
        (Kind.DEAL, "update"),
    ]
    assert {op.gesture_id for op in ops(book)} == {done.gesture_id}
    assert ops(book)[2].seen == {"stage": "Proposal"}
    undo(desk)
    assert contents(book) == before
    assert {op.state for op in ops(book)} == {OpState.DISCARDED}


def test_a_touch_finishes_the_step_that_was_due_but_not_a_promise(book: Book, desk: Desk) -> None:
    step = book.put(Kind.ACTIVITY, what="task", subject="Call again", person_id="marta", due_on=book.on(0), done=False)
    promise = book.put(
        Kind.ACTIVITY,
        what="task",
        subject="Send quote",
        person_id="marta",
        due_on=book.on(0),
        done=False,
        promise="mine",
    )

    log_activity(desk, CALL, "marta", None, "Connected")

    with book.database.read() as rows:
        open_steps = [row[0] for row in rows.all("SELECT id FROM activities WHERE what = 'task' AND done = 0")]
    assert open_steps == [promise]
    assert [op.action for op in ops(book) if op.record_id == step] == ["complete"]


ACTS: dict[str, Callable[[Desk], Done]] = {
    "log": lambda desk: log_activity(desk, CALL, "marta", "rollout", "Connected"),
    "log with all": lambda desk: log_activity(
        desk, LogEntry("call", "Call", next_step=STEP, deal_values=(("stage", "Negotiation"),)), "marta", "rollout", "x"
    ),
    "next step": lambda desk: next_step.add_next_step(desk, STEP, "marta", "rollout", "x"),
    "stage": lambda desk: change_deal.move_stage(desk, "rollout", "Negotiation", "x"),
    "close date": lambda desk: change_deal.set_close_date(desk, "rollout", dt.date(2026, 12, 31), "x"),
    "amount": lambda desk: change_deal.set_amount(desk, "rollout", 5_000_000, "x"),
    "win": lambda desk: change_deal.win(desk, "rollout", "x"),
    "lose": lambda desk: change_deal.lose(desk, "rollout", None, "too late", "x"),
    "snooze": lambda desk: snooze.snooze(desk, Kind.PERSON, "marta", desk.clock() + dt.timedelta(3), "why", "x"),
    "hide": lambda desk: hide_reason.hide_reason(
        desk, Kind.PERSON, "marta", "quiet", desk.clock() + dt.timedelta(7), "why", "x"
    ),
}


@pytest.mark.parametrize("name", ACTS)
def test_undo_leaves_the_book_as_if_the_act_had_never_been(name: str, book: Book, desk: Desk) -> None:
    ACTS["next step"](desk)  # something else happened before
    before = contents(book)

    ACTS[name](desk)
    assert contents(book) != before
    undo(desk)

    assert contents(book) == before


@pytest.mark.parametrize("name", ["log", "stage", "close date", "amount"])
def test_undo_after_the_crm_has_it_tells_the_crm_the_opposite(name: str, book: Book, desk: Desk) -> None:
    ACTS[name](desk)
    with book.database.write() as write:
        for op in outbox.in_state(write, OpState.PENDING):
            outbox.move(write, op, OpState.IN_FLIGHT, 1, first_sent_at=1)
            flying = outbox.get(write, op.id)
            assert flying is not None
            outbox.move(write, flying, OpState.DONE, 2, remote_id="R1")

    undo(desk)

    (opposite,) = [op for op in ops(book) if op.state is OpState.PENDING]
    if name == "log":
        assert opposite.action == "delete"
    else:
        (done,) = [op for op in ops(book) if op.state is OpState.DONE]
        assert opposite.values == done.seen
        assert opposite.seen == done.values


def test_a_second_edit_of_a_field_saw_the_first(book: Book, desk: Desk) -> None:
    change_deal.set_amount(desk, "rollout", 5_000_000, "x")
    change_deal.set_amount(desk, "rollout", 6_000_000, "x")

    assert [(op.seen, op.fields) for op in ops(book)] == [
        ({"amount": 4_800_000}, {"amount": 5_000_000}),
        ({"amount": 5_000_000}, {"amount": 6_000_000}),
    ]


def test_undoing_the_second_edit_shows_the_first_again(book: Book, desk: Desk) -> None:
    change_deal.set_amount(desk, "rollout", 5_000_000, "x")
    change_deal.set_amount(desk, "rollout", 6_000_000, "x")

    undo(desk)

    with book.database.read() as rows:
        assert rows.value("SELECT amount FROM deals") == 5_000_000


def test_an_act_that_changes_nothing_queues_nothing(book: Book, desk: Desk) -> None:
    change_deal.move_stage(desk, "rollout", "Proposal", "x")

    assert ops(book) == []


def test_a_draft_is_kept_until_the_log_is_saved_and_comes_back_with_undo(book: Book, desk: Desk) -> None:
    draft = Draft("marta", "connected", "Wants 12 mon")
    keep_draft.keep_draft(desk, draft)
    log_activity(desk, CALL, "marta", None, "Connected", draft)
    with book.database.read() as rows:
        assert draft_of(rows, "marta") is None

    undo(desk)

    with book.database.read() as rows:
        assert draft_of(rows, "marta") == Draft("marta", "connected", "Wants 12 mon")


def test_the_last_200_acts_can_be_undone(book: Book, desk: Desk) -> None:
    for amount in range(1, 206):
        change_deal.set_amount(desk, "rollout", amount, "x")

    undone = 0
    while undo(desk) is not None:
        undone += 1

    assert undone == 200
