"""What the rep said to a notice or a sweep can be unsaid until the sync goes by it, and said again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from companion.actions.answer_notice import answer_notice
from companion.actions.answer_sweep import answer_sweep
from companion.actions.desk import Desk, Done
from companion.actions.redo import redo
from companion.actions.undo import undo
from companion.connectors.base import Finds
from companion.connectors.demo.rows import Row
from companion.connectors.demo.switches import DemoSwitches
from companion.domain.notices import Notice
from companion.domain.records import Gone, Kind
from companion.store import meta, notices, sweep_questions
from tests.sync.world import BEGIN, COLLEAGUE, World, small_book

Office = Callable[..., World]


def desk(world: World) -> Desk:
    """A desk whose acts wait for Undo, as in the window."""
    return replace(world.answer.desk, hold_s=8)


def said(done: Done | None) -> str:
    assert done is not None
    return done.words


def asked(world: World) -> list[object]:
    """All notices and questions, with what was said to them."""
    with world.database.read() as rows:
        return [notices.every(rows), sweep_questions.every(rows)]


def tell(world: World, notice: Notice) -> None:
    with world.database.write() as write:
        notices.put(write, notice)


def shrunk(office: Office, deletes: Finds = Finds.SWEEP) -> World:
    """A CRM that lacks sixty of the people that are here: the rep is asked."""
    people = [Row(Kind.PERSON, f"Q{n:04}", {"name": f"N{n}"}, {}, stamp=float(BEGIN - 99)) for n in range(300)]
    world = office(switches=DemoSwitches(deletes=deletes), rows=[*small_book(), *people])
    for n in range(60):
        world.crm.delete(COLLEAGUE, Kind.PERSON, f"Q{n:04}")
    world.pass_time(24 * 3600)
    assert world.sync().attention == 1
    return world


def gone(world: World) -> Gone | None:
    record = world.record(Kind.PERSON, world.local(Kind.PERSON, "Q0000"))
    assert record is not None
    return record.gone


@pytest.mark.parametrize("kind", ["restored", "rescued", "audit", "disk_full", "field_gone"])
def test_a_notice_that_was_dismissed_is_back_with_undo_and_away_with_redo(office: Office, kind: str) -> None:
    world = office()
    tell(world, Notice(kind, "person.role", 17, {"label": "Role", "ops": 3}))
    before = asked(world)
    assert said(answer_notice(desk(world), kind, "person.role", "seen")) == "Noted"
    after = asked(world)
    assert after[0] == {}

    assert said(undo(desk(world))) == "Undone: Noted"
    assert asked(world) == before
    assert said(redo(desk(world))) == "Done again: Noted"
    assert asked(world) == after
    undo(desk(world))
    assert asked(world) == before


def test_a_dismissed_notice_comes_back_long_afterwards_but_not_in_place_of_a_newer_one(office: Office) -> None:
    world = office()
    tell(world, Notice("audit", "", 17, {"differing": 1, "checked": 9}))
    answer_notice(desk(world), "audit", "", "seen")
    newer = Notice("audit", "", 99, {"differing": 2, "checked": 9})
    tell(world, newer)

    undo(desk(world))

    assert asked(world)[0] == {"audit:": newer}


@pytest.mark.parametrize("deletes", [Finds.SWEEP, Finds.IN_STREAM])
def test_an_answer_counts_only_when_undo_has_had_its_time(office: Office, deletes: Finds) -> None:
    world = shrunk(office, deletes)
    answer_sweep(desk(world), Kind.PERSON, remove=True)

    world.sync(apart_s=5)
    assert gone(world) is None
    world.sync(apart_s=5)
    assert gone(world) is Gone.DELETED


@pytest.mark.parametrize("remove", [True, False])
def test_the_answer_to_a_sweep_is_unsaid_and_said_again(office: Office, remove: bool) -> None:
    world = shrunk(office)
    before = asked(world)
    answer_sweep(desk(world), Kind.PERSON, remove=remove)
    world.sync(apart_s=5)

    assert said(undo(desk(world))).startswith("Undone: ")
    assert asked(world) == before
    assert world.sync(2).attention == 1
    assert gone(world) is None
    redo(desk(world))
    assert world.sync(2).attention == 0
    assert gone(world) is (Gone.DELETED if remove else None)


def test_what_is_kept_is_asked_about_again_however_late_the_rep_thinks_better_of_it(office: Office) -> None:
    world = shrunk(office)
    answer_sweep(desk(world), Kind.PERSON, remove=False)
    world.sync(3)

    assert said(undo(desk(world))) == "Undone: They are kept"

    assert world.sync().attention == 1


def test_what_was_taken_away_stays_away_and_undo_says_so(office: Office) -> None:
    world = shrunk(office)
    answer_sweep(desk(world), Kind.PERSON, remove=True)
    world.sync(2)

    words = said(undo(desk(world)))

    assert words == "Not undone: They are removed with the next sync. It has taken effect already"
    assert gone(world) is Gone.DELETED
    assert undo(desk(world)) is None
    assert redo(desk(world)) is None


def test_a_question_that_grew_meanwhile_is_not_answered_by_redo(office: Office) -> None:
    world = shrunk(office)
    answer_sweep(desk(world), Kind.PERSON, remove=True)
    undo(desk(world))
    for n in range(60, 120):
        world.crm.delete(COLLEAGUE, Kind.PERSON, f"Q{n:04}")
    with world.database.write() as write:
        asks = sweep_questions.every(write)[Kind.PERSON]
        sweep_questions.put(write, replace(asks, missing=120))

    assert said(redo(desk(world))).startswith("Not done again: ")

    assert world.sync(2).attention == 1
    assert gone(world) is None


def test_going_on_after_the_crm_was_set_back_waits_for_undo_and_wakes_the_sync_when_it_is_over(office: Office) -> None:
    world = office()
    with world.database.write() as write:
        meta.put(write, "rewound", {"at": int(world.now), "surveyed": True})
    tell(world, Notice("rewound", "", int(world.now), {"missing": 2, "mine": 1}))
    world.sync(apart_s=1)
    edit = world.edit(Kind.DEAL, "D1", amount=7)
    before = asked(world)
    answer_notice(desk(world), "rewound", "", "send")
    world.sync(apart_s=1)
    assert world.there(Kind.DEAL, "D1", "amount") != 7
    wait = world.engine.next_s()
    assert wait is not None
    assert 0 < wait <= 8

    undo(desk(world))
    assert asked(world) == before
    world.sync(2)
    assert world.there(Kind.DEAL, "D1", "amount") != 7
    redo(desk(world))
    world.sync(2)

    assert world.there(Kind.DEAL, "D1", "amount") == 7
    assert world.op(edit).done_at is not None


def test_a_hold_that_a_clock_set_back_has_made_long_is_none(office: Office) -> None:
    world = shrunk(office)
    answer_sweep(desk(world), Kind.PERSON, remove=True)
    world.engine.wall = lambda: int(world.now) - 90 * 24 * 3600

    world.sync(2)

    assert gone(world) is Gone.DELETED
