"""A record leaves, or turns out to be another one, while the rep's work on it is unsent: nothing of that is lost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from companion.actions.bring_back import attach, recreate
from companion.actions.hide_reason import hide_reason
from companion.actions.keep_draft import Draft, draft_of, keep_draft
from companion.actions.redo import redo
from companion.actions.snooze import snooze
from companion.actions.undo import undo
from companion.connectors.base import Identity, Upsert
from companion.connectors.demo.switches import DemoSwitches
from companion.connectors.odoo import mapping as odoo
from companion.connectors.tryton import coded
from companion.domain.ops import OpState
from companion.domain.records import Gone, Kind
from companion.queries.needs_attention import RefusedOp, needs_attention
from companion.store import identities, outbox, records
from tests.sync.world import COLLEAGUE, FaultyWire, World

Office = Callable[..., World]


def refused(world: World) -> list[RefusedOp]:
    with world.database.read() as rows:
        return list(needs_attention(rows, datetime.fromtimestamp(world.now, UTC)).refused)


@pytest.fixture
def lost(office: Office) -> tuple[World, str]:
    """Ada was deleted in the CRM while two changes of her were unsent."""
    world = office()
    op = world.edit(Kind.PERSON, "P1", role="Chief of looms")
    world.edit(Kind.PERSON, "P1", best_time="mornings")
    world.crm.delete(COLLEAGUE, Kind.PERSON, "P1")
    world.sync(2)
    assert op is not None
    return world, op


def test_the_card_of_a_deleted_record_says_so_and_keeps_the_text(lost: tuple[World, str]) -> None:
    world, _ = lost
    cards = refused(world)
    assert {card.gone for card in cards} == {Gone.DELETED}
    assert cards[0].values == {"role": "Chief of looms"}
    assert cards[0].problems == ("The record was deleted in the CRM; your change is kept here",)
    assert not world.made(Kind.PERSON, name="Ada"), "and it is not brought back silently"


def test_a_deleted_record_is_made_again_with_all_that_was_unsent(lost: tuple[World, str]) -> None:
    world, op = lost
    done = recreate(world.answer.desk, op, "Made Ada again")
    assert done is not None
    assert world.sync(2).all_synced
    (ada,) = world.made(Kind.PERSON, name="Ada")
    assert (ada.fields["role"], ada.fields["best_time"], ada.fields["phone"]) == (
        "Chief of looms",
        "mornings",
        "+43 1 111",
    )
    assert ada.links["company"] == "C1"
    assert recreate(world.answer.desk, op, "again") is None, "only once"


def test_making_it_again_can_be_taken_back(lost: tuple[World, str]) -> None:
    world, op = lost
    recreate(world.answer.desk, op, "Made Ada again")
    undo(world.answer.desk)
    world.sync(2)
    assert not world.made(Kind.PERSON, name="Ada")


def test_what_was_dropped_of_a_record_that_left_is_back_with_undo(lost: tuple[World, str]) -> None:
    world, op = lost
    before = [(each.values, each.problems) for each in world.ops(OpState.ATTENTION)]
    world.answer.drop(op)

    undo(world.answer.desk)

    assert [(each.values, each.problems) for each in world.ops(OpState.ATTENTION)] == before
    world.sync(2)
    assert [card.gone for card in refused(world)] == [Gone.DELETED, Gone.DELETED]


@pytest.mark.parametrize("how", ["recreate", "attach"])
@pytest.mark.parametrize("sent", [False, True])
def test_what_was_unsent_is_asked_about_again_once_its_new_home_is_taken_back(
    lost: tuple[World, str], how: str, sent: bool
) -> None:
    world, op = lost
    before = [(each.id, each.values, each.problems, each.state) for each in world.ops(OpState.ATTENTION)]
    desk, ben = world.answer.desk, world.local(Kind.PERSON, "P2")
    done = recreate(desk, op, "Made Ada again") if how == "recreate" else attach(desk, op, ben, "To Ben")
    assert done is not None
    if sent:
        world.sync(2)

    undo(desk)

    assert [(each.id, each.values, each.problems, each.state) for each in world.ops(OpState.ATTENTION)] == before
    world.sync(3)
    assert world.there(Kind.PERSON, "P2", "role") == "Buyer"
    assert not world.made(Kind.PERSON, name="Ada")
    again = redo(desk)
    assert again is not None
    assert again.words.startswith("Done again: "), again.words
    assert world.sync(3).all_synced
    role = world.made(Kind.PERSON, name="Ada")[0].fields["role"] if how == "recreate" else None
    assert (role or world.there(Kind.PERSON, "P2", "role")) == "Chief of looms"
    assert not world.ops(OpState.ATTENTION)


def test_attaching_a_call_can_be_taken_back_and_done_again(office: Office) -> None:
    world = office()
    call = world.log_call("P1", "hello")
    world.crm.delete(COLLEAGUE, Kind.PERSON, "P1")
    world.sync(2)
    desk = replace(world.answer.desk, hold_s=8)
    attach(desk, call, world.local(Kind.PERSON, "P2"), "With Ben")
    world.sync(apart_s=1)

    undo(desk)

    (card,) = refused(world)
    assert (card.op_id, card.adrift) == (call, ("person",))
    redo(desk)
    assert world.sync(2).all_synced
    (made,) = world.made(Kind.ACTIVITY, body="hello")
    assert made.links["person"] == "P2"


def test_a_change_of_a_deleted_record_is_given_to_another_one(lost: tuple[World, str]) -> None:
    world, op = lost
    assert attach(world.answer.desk, op, world.local(Kind.PERSON, "P2"), "Gave it to Ben") is not None
    assert world.sync(2).all_synced
    assert world.there(Kind.PERSON, "P2", "role") == "Chief of looms"
    assert world.there(Kind.PERSON, "P2", "best_time") == "mornings"


def test_what_does_not_fit_is_not_attached(lost: tuple[World, str]) -> None:
    world, op = lost
    assert attach(world.answer.desk, op, world.local(Kind.COMPANY, "C1"), "?") is None
    assert attach(world.answer.desk, op, world.local(Kind.PERSON, "P1"), "?") is None
    assert world.state(op) is OpState.ATTENTION


def test_a_call_with_a_person_who_was_deleted_is_attached_to_another_one(office: Office) -> None:
    world = office()
    call = world.log_call("P1", "hello")
    world.crm.delete(COLLEAGUE, Kind.PERSON, "P1")
    world.sync(2)
    (card,) = refused(world)
    assert (card.op_id, card.adrift, card.gone) == (call, ("person",), None)
    assert attach(world.answer.desk, call, world.local(Kind.PERSON, "P2"), "With Ben") is not None
    assert world.sync(2).all_synced
    (made,) = world.made(Kind.ACTIVITY, body="hello")
    assert made.links["person"] == "P2"


def test_a_record_that_may_no_longer_be_seen_is_not_made_again(office: Office) -> None:
    world = office()
    op = world.edit(Kind.PERSON, "P1", role="Chief")
    world.crm.hide("U1", Kind.PERSON, "P1")
    world.sync(2)
    assert recreate(world.answer.desk, op or "", "Again") is None


# Merged ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_only_this_computer_has_follows_a_merge_to_the_winner(office: Office) -> None:
    world = office()
    loser, winner = world.local(Kind.PERSON, "P2"), world.local(Kind.PERSON, "P1")
    desk, until = world.answer.desk, datetime.fromtimestamp(world.now, UTC) + timedelta(days=3)
    keep_draft(desk, Draft(loser, "call", "spoke about yarn"))
    snooze(desk, Kind.PERSON, loser, until, "away", "Snoozed")
    hide_reason(desk, Kind.PERSON, loser, "quiet", until, "no use", "Hidden")
    op = world.edit(Kind.PERSON, "P2", role="Chief")
    call = world.log_call("P2", "hello")
    world.crm.merge(COLLEAGUE, Kind.PERSON, "P2", "P1")
    assert world.sync(3).conflicts == 1
    with world.database.read() as rows:
        draft = draft_of(rows, winner)
        assert draft is not None
        assert draft.line == "spoke about yarn"
        for table in ("drafts", "snoozes", "hidden_reasons"):
            assert rows.all(f"SELECT record_id FROM {table}") == [(winner,)]
    assert world.op(op).record_id == winner
    (made,) = world.made(Kind.ACTIVITY, body="hello")
    assert (made.links["person"], world.state(call)) == ("P1", OpState.DONE), "once, and on the winner"


def test_two_drafts_of_people_who_are_one_are_both_kept(office: Office) -> None:
    world = office()
    loser, winner = world.local(Kind.PERSON, "P2"), world.local(Kind.PERSON, "P1")
    keep_draft(world.answer.desk, Draft(loser, "call", "about yarn"))
    keep_draft(world.answer.desk, Draft(winner, "call", "about looms"))
    world.crm.merge(COLLEAGUE, Kind.PERSON, "P2", "P1")
    world.sync()
    with world.database.read() as rows:
        draft = draft_of(rows, winner)
        assert draft is not None
        assert draft.line == "about looms about yarn"
        assert draft_of(rows, loser) is None


# A temporary record and its double ──────────────────────────────────────────────────────────────────────────────────


def test_a_double_leaves_no_id_behind_in_any_table_and_goes_in_one_commit(office: Office) -> None:
    world = office()
    person = world.create(Kind.PERSON, {}, name="Dan")
    call = world.create(Kind.ACTIVITY, {"person": person}, what="call", body="hello")
    world.crm.create(COLLEAGUE, Kind.PERSON, "P9", name="Dan", role="Weaver")
    with world.database.write() as write:
        records.put(write, Kind.PERSON, [{"id": "f" * 32, "remote_id": "P9", "version": "1", "name": "Dan"}])
        records.put(write, Kind.DEAL, [{"id": "e" * 32, "remote_id": "D9", "version": "1", "person_id": "f" * 32}])
    double = "f" * 32
    world.change(Kind.PERSON, double, role="Spinner")
    world.change(Kind.DEAL, world.local(Kind.DEAL, "D1"), person=double)
    until = datetime.fromtimestamp(world.now, UTC) + timedelta(days=3)
    snooze(world.answer.desk, Kind.PERSON, double, until, "away", "Snoozed")
    snooze(world.answer.desk, Kind.PERSON, double, until, "ill", "Snoozed")
    with world.database.write() as write:
        write.text(
            "INSERT INTO scores VALUES (?, 'person', 1, 1, 0, 0, 0, 'r', ?, NULL, NULL, 'call', 'r', 0, '')",
            (double, double),
        )
        write.text("INSERT INTO rechecks VALUES (?, 'person', 0)", (double,))
    assert len(_tables_with(world, double)) >= 7, _tables_with(world, double)
    commits = world.database.commits
    with world.database.write() as write:
        identities.identify(write, Kind.PERSON, person, "P9")
    assert world.database.commits == commits + 1
    assert _tables_with(world, double) == []
    with world.database.read() as rows:
        assert rows.value("SELECT count(*) FROM names WHERE names MATCH 'Dan'") == 1, "found once, not twice"
        assert records.local_ids(rows, Kind.PERSON, ["P9"]) == {"P9": person}
    assert world.op(call).links == {"person": person}


def _tables_with(world: World, word: str) -> list[str]:
    with world.database.read() as rows:
        tables = [name for (name,) in rows.all("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return [
            each
            for each in tables
            if any(word in str(cell) for row in rows.all(f"SELECT * FROM {each}") for cell in row)
        ]


def test_what_was_made_on_a_record_whose_first_answer_was_lost_finds_its_parent(office: Office) -> None:
    switches = DemoSwitches(identity=Identity.MARKER, search_lag_s=0)
    world = office(switches=switches, wire=FaultyWire(write=["lose"]))
    person = world.create(Kind.PERSON, {}, name="Dan")
    call = world.create(Kind.ACTIVITY, {"person": person}, what="call", body="hello")
    assert world.sync(4).all_synced
    (dan,) = world.made(Kind.PERSON, name="Dan")
    (made,) = world.made(Kind.ACTIVITY, body="hello")
    assert made.links["person"] == dan.id
    assert world.state(call) is OpState.DONE


def test_children_of_a_refused_parent_wait_with_it_and_go_with_it(office: Office) -> None:
    world = office()
    person = world.create(Kind.PERSON, {}, name="Dan", email="nonsense")
    deal = world.create(Kind.DEAL, {"person": person}, name="Sails")
    call = world.create(Kind.ACTIVITY, {"person": person, "deal": deal}, what="call", body="hello")
    world.sync()
    assert {world.state(each) for each in (person, deal, call)} == {OpState.ATTENTION}
    with world.database.read() as rows:
        parents = {outbox.get(rows, each).problems[0]["parent"] for each in (deal, call)}  # type: ignore[union-attr]
    assert parents <= {person, deal}
    world.answer.retry(person, {"email": "dan@example.com"})
    assert world.sync(3).all_synced
    assert [len(world.made(kind)) for kind in (Kind.ACTIVITY,)] == [1]


# Who and when ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_card_says_who_wrote_the_other_value_and_when(office: Office) -> None:
    world = office()
    op = world.edit(Kind.DEAL, "D1", amount=1)
    world.pass_time(60)
    at = int(world.now)
    world.crm.edit(COLLEAGUE, Kind.DEAL, "D1", amount=99)
    world.sync()
    with world.database.read() as rows:
        (card,) = needs_attention(rows, datetime.fromtimestamp(world.now, UTC)).conflicts
    assert (card.op_id, card.who, card.theirs_at) == (op, "Bruno", at)


def test_a_part_that_collided_says_who_too_and_a_newer_value_names_its_own_writer(office: Office) -> None:
    world = office()
    world.save(Kind.DEAL, world.local(Kind.DEAL, "D1"), {"amount": 1, "name": "Masts"})
    world.crm.edit(COLLEAGUE, Kind.DEAL, "D1", amount=99)
    world.sync()
    world.pass_time(600)
    later = int(world.now)
    world.crm.edit(COLLEAGUE, Kind.DEAL, "D1", amount=100)
    world.sync()
    with world.database.read() as rows:
        (card,) = needs_attention(rows, datetime.fromtimestamp(world.now, UTC)).conflicts
    assert (card.theirs, card.who, card.theirs_at) == ({"amount": 100}, "Bruno", later)


def test_my_own_name_is_not_told_as_a_colleagues(office: Office) -> None:
    world = office()
    world.edit(Kind.DEAL, "D1", amount=1)
    world.crm.edit(COLLEAGUE, Kind.DEAL, "D1", amount=99)
    world.crm.edit("U1", Kind.DEAL, "D1", name="Masts")
    world.sync()
    with world.database.read() as rows:
        (card,) = needs_attention(rows, datetime.fromtimestamp(world.now, UTC)).conflicts
    assert (card.who, card.theirs_at) == (None, None)


def test_odoo_and_tryton_tell_who_and_when() -> None:
    row = {"id": 1, "type": "opportunity", "write_uid": [7, "Bruno"], "write_date": "2026-11-21 20:16:19"}
    told = odoo.deal(row, odoo.Lookups())
    assert (told.changed_by, told.changed_at) == ("Bruno", 1_795_292_179)
    assert odoo.deal({**row, "write_uid": [8, "Chen"]}, odoo.Lookups()).version == told.version, "no news by itself"
    made = {"create_uid.": {"name": "Bruno"}, "write_uid.": None, "create_date": coded.coded_instant(1_795_292_179)}
    bare = Upsert(Kind.DEAL, "1", "", {})
    told = coded.finished(bare, made)
    assert (told.changed_by, told.changed_at) == ("Bruno", 1_795_292_179)
    changed = {**made, "write_uid.": {"name": "Chen"}, "write_date": coded.coded_instant(1_795_292_999)}
    told = coded.finished(bare, changed)
    assert (told.changed_by, told.changed_at) == ("Chen", 1_795_292_999)


def test_todays_list_no_longer_speaks_of_a_record_that_may_not_be_seen(office: Office) -> None:
    world = office()
    person = world.local(Kind.PERSON, "P1")
    with world.database.write() as write:
        for subject, about in ((person, None), (world.local(Kind.PERSON, "P2"), person)):
            write.text(
                "INSERT INTO scores VALUES (?, 'person', 1, 1, 0, 0, 0, 'r', ?, NULL, NULL, 'call', 'Ada', 0, '')",
                (subject, about),
            )
    world.crm.hide("U1", Kind.PERSON, "P1")
    world.sync()
    with world.database.read() as rows:
        assert rows.all("SELECT * FROM scores") == []
