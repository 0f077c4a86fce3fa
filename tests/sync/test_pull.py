"""What comes from the CRM: nothing skipped, nothing of the rep's overwritten, nothing taken away unasked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from msgspec.structs import replace

from companion.connectors.base import Finds, Identity, Page, Poison, Scope, Upsert
from companion.connectors.demo.connector import DemoConnector
from companion.connectors.demo.rows import Row
from companion.connectors.demo.switches import PROFILES, DemoSwitches
from companion.domain.ops import OpState
from companion.domain.records import Gone, Kind
from companion.store import cursors, poison, sweep_questions
from tests.sync.world import BEGIN, COLLEAGUE, REP, FaultyWire, World, small_book

Office = Callable[..., World]


@pytest.mark.parametrize("name", PROFILES)
def test_a_colleagues_change_arrives_from_any_kind_of_crm(office: Office, name: str) -> None:
    world = office(switches=PROFILES[name])
    world.crm.edit(COLLEAGUE, Kind.DEAL, "D1", amount=5, owner="U2")
    world.sync(2)
    assert world.shown(Kind.DEAL, "D1", "amount") == 5
    assert world.shown(Kind.DEAL, "D1", "owner") == world.local(Kind.USER, "U2")


def test_an_unsent_edit_stays_on_the_screen_and_the_crms_value_beneath_it(office: Office) -> None:
    world = office(wire=FaultyWire(write=["drop"] * 20))
    op = world.edit(Kind.DEAL, "D1", amount=1)
    world.crm.edit(COLLEAGUE, Kind.DEAL, "D1", name="Theirs", close_on="2027-02-02")
    world.sync(3)
    assert world.state(op) is OpState.PENDING
    assert (world.shown(Kind.DEAL, "D1", "amount"), world.shown(Kind.DEAL, "D1", "name")) == (1, "Theirs")


def test_a_page_that_has_nothing_new_writes_no_record(office: Office) -> None:
    world = office(switches=PROFILES["salesforce-like"])
    touched: list[object] = []
    world.database.subscribe(lambda changes: touched.extend(changes.records))
    world.sync()
    assert touched == []


def test_nothing_new_costs_one_request_a_kind(office: Office) -> None:
    wire = FaultyWire()
    world = office(wire=wire)
    world.sync()
    wire.requests.clear()
    world.sync()
    assert len([each for each in wire.requests if each == "changes"]) == len(Kind)


@pytest.mark.parametrize("rows_at_once", [1, 3, 200])
def test_links_are_tied_whatever_arrives_first(office: Office, rows_at_once: int) -> None:
    world = office(rows_at_once=rows_at_once)
    world.crm.create(COLLEAGUE, Kind.ACTIVITY, "A1", what="call", person="P1", deal="D1", owner=REP)
    world.crm.create(COLLEAGUE, Kind.DEAL, "D9", name="New", company="C1", person="P1")
    world.crm.edit(COLLEAGUE, Kind.ACTIVITY, "A1", deal="D9")
    world.sync()
    assert world.shown(Kind.ACTIVITY, "A1", "deal") == world.local(Kind.DEAL, "D9")


def test_a_link_to_somebody_elses_record_is_tied_when_that_arrives(office: Office) -> None:
    world = office(scope=Scope(REP))
    world.crm.create(COLLEAGUE, Kind.PERSON, "P9", name="Other", owner=COLLEAGUE)
    world.crm.edit(COLLEAGUE, Kind.DEAL, "D1", person="P9")
    world.sync()
    assert world.shown(Kind.DEAL, "D1", "person") is None
    world.crm.reassign(COLLEAGUE, Kind.PERSON, "P9", REP)
    world.sync()
    assert world.shown(Kind.DEAL, "D1", "person") == world.local(Kind.PERSON, "P9")


def test_a_link_that_was_cut_meanwhile_is_not_tied_by_a_late_arrival(office: Office) -> None:
    world = office(scope=Scope(REP))
    world.crm.create(COLLEAGUE, Kind.PERSON, "P9", name="Other", owner=COLLEAGUE)
    world.crm.edit(COLLEAGUE, Kind.DEAL, "D1", person="P9")
    world.sync()
    world.crm.edit(COLLEAGUE, Kind.DEAL, "D1", person=None)
    world.sync()
    world.crm.reassign(COLLEAGUE, Kind.PERSON, "P9", REP)
    world.sync()
    assert world.shown(Kind.DEAL, "D1", "person") is None


def test_a_record_that_carries_our_mark_is_our_own_and_not_a_second_one(office: Office) -> None:
    switches = DemoSwitches(identity=Identity.EXTERNAL_KEY)
    world = office(switches=switches, wire=FaultyWire(write=["lose"]))
    person = world.create(Kind.PERSON, name="Newcomer")
    call = world.create(Kind.ACTIVITY, {"person": person}, what="call", body="x")
    world.sync()
    (made,) = world.made(Kind.PERSON, name="Newcomer")
    assert world.local(Kind.PERSON, made.id) == person
    assert world.state(person) is OpState.DONE
    world.sync(2)
    assert world.state(call) is OpState.DONE


def test_a_double_that_was_read_before_its_mark_was_known_is_absorbed(office: Office) -> None:
    """A CRM that keeps a marker it does not serve: the pull brings a stranger, the probe says that it is ours."""

    asked: list[str] = []

    class Shy(DemoConnector):
        def pull(self, *args: Any) -> Page:
            page = super().pull(*args)
            return replace(page, upserts=[replace(each, op_id=None) for each in page.upserts])

        def find_by_op(self, op: Any) -> str | None:
            if len(asked) < 2:
                asked.append(op.id)
                from companion.connectors.base import Unreachable

                raise Unreachable("not yet")
            return super().find_by_op(op)

    world = office(switches=DemoSwitches(identity=Identity.MARKER), wire=FaultyWire(write=["lose"]))
    world.engine.connector = Shy(world.crm, REP, wire=world.wire)
    world.engine._description = None
    person = world.create(Kind.PERSON, name="Newcomer")
    world.sync()
    (made,) = world.made(Kind.PERSON, name="Newcomer")
    assert world.local(Kind.PERSON, made.id) != person
    double = world.local(Kind.PERSON, made.id)
    call = world.create(Kind.ACTIVITY, {"person": double}, what="call", body="x")
    world.settle()
    assert world.local(Kind.PERSON, made.id) == person
    assert world.record(Kind.PERSON, double) is None
    assert world.state(call) is OpState.DONE
    found = world.record(Kind.ACTIVITY, call)
    assert found is not None
    assert found.links["person"] == person
    newcomer = world.record(Kind.PERSON, person)
    assert newcomer is not None
    assert newcomer.fields["created_at"] == made.fields["created_at"], "what the CRM added is not lost with the double"


@pytest.mark.parametrize("deletes", [Finds.IN_STREAM, Finds.FEED, Finds.SWEEP])
def test_a_deletion_is_noticed_and_the_contents_stay_searchable(office: Office, deletes: Finds) -> None:
    world = office(switches=DemoSwitches(deletes=deletes))
    world.crm.delete(COLLEAGUE, Kind.DEAL, "D1")
    world.pass_time(24 * 3600)
    world.sync()
    record = world.record(Kind.DEAL, world.local(Kind.DEAL, "D1"))
    assert record is not None
    assert (record.gone, record.fields["name"]) == (Gone.DELETED, "Looms")


def test_an_edit_of_a_deleted_record_is_kept_for_the_rep(office: Office) -> None:
    world = office()
    op = world.edit(Kind.DEAL, "D1", amount=1)
    world.crm.delete(COLLEAGUE, Kind.DEAL, "D1")
    status = world.sync(3)
    assert world.state(op) is OpState.ATTENTION
    assert "deleted in the CRM" in str(world.op(op).problems[0]["words"])
    assert status.attention == 1


def test_a_record_that_comes_back_comes_back(office: Office) -> None:
    world = office()
    world.crm.delete(COLLEAGUE, Kind.DEAL, "D1")
    world.sync()
    world.crm.undelete(COLLEAGUE, Kind.DEAL, "D1")
    world.sync()
    record = world.record(Kind.DEAL, world.local(Kind.DEAL, "D1"))
    assert record is not None
    assert record.gone is None


def test_a_merge_takes_links_and_unsent_changes_to_the_one_that_stays(office: Office) -> None:
    world = office(wire=FaultyWire(write=["drop", "drop"]))
    call = world.log_call("P2", "for the loser")
    edit = world.edit(Kind.PERSON, "P2", city="Linz")
    world.sync()
    world.crm.merge(COLLEAGUE, Kind.PERSON, "P2", "P1")
    world.settle()
    (made,) = world.made(Kind.ACTIVITY, body="for the loser")
    assert made.links["person"] == "P1"
    assert world.there(Kind.PERSON, "P1", "city") == "Linz"
    assert [world.state(call), world.state(edit)] == [OpState.DONE, OpState.DONE]
    assert world.record(Kind.ACTIVITY, call).links["person"] == world.local(Kind.PERSON, "P1")  # type: ignore[union-attr]


def test_a_record_that_the_rep_may_no_longer_see_is_emptied(office: Office) -> None:
    world = office()
    world.crm.hide(REP, Kind.PERSON, "P2")
    world.sync()
    record = world.record(Kind.PERSON, world.local(Kind.PERSON, "P2"))
    assert record is not None
    assert record.gone is Gone.OUT_OF_SCOPE
    assert set(record.fields.values()) == {None}
    with world.database.read() as rows:
        assert rows.value("SELECT count(*) FROM names WHERE names MATCH 'ben'") == 0
    world.crm.show(REP, Kind.PERSON, "P2")
    world.sync()
    assert world.shown(Kind.PERSON, "P2", "name") == "Ben"


def test_changes_that_commit_late_are_read_within_the_overlap(office: Office) -> None:
    world = office(switches=DemoSwitches(changes=Finds.TIMESTAMP, late_every=2, late_commit_s=90, overlap_s=120))
    for n in range(20):
        world.crm.edit(COLLEAGUE, Kind.DEAL, "D1" if n % 2 else "D2", amount=n)
        world.crm.create(COLLEAGUE, Kind.ACTIVITY, f"A{n}", what="note", body=str(n), person="P1")
        world.sync(apart_s=7)
    world.sync(20, apart_s=30)
    assert len(world.crm.rows(Kind.ACTIVITY)) == 20
    for row in world.crm.rows(Kind.ACTIVITY):
        assert world.shown(Kind.ACTIVITY, row.id, "body") == row.fields["body"]


def test_a_cursor_that_expired_begins_a_full_pass_and_finds_what_left_meanwhile(office: Office) -> None:
    world = office(switches=PROFILES["dataverse-like"])
    world.crm.delete(COLLEAGUE, Kind.DEAL, "D1")
    world.pass_time(30 * 24 * 3600)
    world.sync()
    record = world.record(Kind.DEAL, world.local(Kind.DEAL, "D1"))
    assert record is not None
    assert record.gone is Gone.DELETED


def test_a_kind_that_may_not_be_read_stops_only_itself(office: Office) -> None:
    world = office(synced=False)
    world.crm.forbid(REP, Kind.ENGAGEMENT)
    status = world.sync()
    assert world.shown(Kind.DEAL, "D1", "name") == "Looms"
    assert status.problem is not None
    assert not status.all_synced


def test_a_right_that_is_given_back_is_heard_though_nothing_is_new(office: Office) -> None:
    world = office(switches=PROFILES["odoo-like"])
    world.sync(2)
    world.crm.forbid(REP, Kind.ENGAGEMENT)
    assert world.sync().problem is not None
    world.crm.allow(REP, Kind.ENGAGEMENT)
    status = world.sync(2)
    assert status.problem is None
    assert status.all_synced


class Odd(DemoConnector):
    """Serves further records that no database can keep, and one that it could not read itself."""

    bad: Sequence[Upsert] = ()

    def pull(self, kind: Kind, scope: Scope, cursor: bytes | None) -> Page:
        page = super().pull(kind, scope, cursor)
        if kind is not Kind.PERSON or cursor is not None:
            return page
        return replace(
            page, upserts=[*page.upserts, *self.bad], poison=[Poison(kind, "P99", "the answer was cut short")]
        )


@pytest.mark.parametrize("value", ["lone \ud800", 2**63, float("nan"), float("inf"), ["a", "list"], {"a": 1}])
def test_one_record_that_cant_be_kept_stops_itself_alone(office: Office, value: Any) -> None:
    world = office(synced=False)
    odd = Odd(world.crm, REP)
    odd.bad = [Upsert(Kind.PERSON, "P66", "1", {"name": value}), Upsert(Kind.PERSON, "P67", "1", {"name": "Good"})]
    world.engine.connector = odd
    status = world.sync()
    assert world.shown(Kind.PERSON, "P67", "name") == "Good"
    assert world.shown(Kind.PERSON, "P1", "name") == "Ada"
    with world.database.read() as rows:
        assert {each.remote_id for each in poison.every(rows)} == {"P66", "P99"}
    assert status.attention == 2
    assert not status.all_synced


@pytest.mark.parametrize("name", ["\x00null", "\u202eevil", "x" * 2_000_000, "𝔘𝔫𝔦 👩🏽‍🚀", "' OR 1=1 --"])
def test_hostile_text_is_kept_as_it_is(office: Office, name: str) -> None:
    world = office(synced=False)
    odd = Odd(world.crm, REP)
    odd.bad = [Upsert(Kind.PERSON, "P66", "1", {"name": name})]
    world.engine.connector = odd
    world.sync()
    assert world.shown(Kind.PERSON, "P66", "name") == name


def many(count: int) -> list[Row]:
    people = [Row(Kind.PERSON, f"Q{n:04}", {"name": f"N{n}"}, {}, stamp=float(BEGIN - 99)) for n in range(count)]
    return [*small_book(), *people]


@pytest.mark.parametrize("deletes", [Finds.IN_STREAM, Finds.FEED])
def test_what_came_and_went_unseen_asks_nothing_and_holds_nothing_up(office: Office, deletes: Finds) -> None:
    world = office(switches=DemoSwitches(deletes=deletes))
    for n in range(60):
        world.crm.delete(COLLEAGUE, Kind.PERSON, world.crm.create(COLLEAGUE, Kind.PERSON, name=f"Unseen {n}"))
    world.crm.edit(COLLEAGUE, Kind.PERSON, "P1", name="Renamed")
    world.sync()
    assert world.shown(Kind.PERSON, "P1", "name") == "Renamed"
    with world.database.read() as rows:
        assert sweep_questions.unanswered(rows) == []


@pytest.mark.parametrize("deletes", [Finds.IN_STREAM, Finds.SWEEP])
def test_so_many_deletions_are_never_believed_without_asking(office: Office, deletes: Finds) -> None:
    world = office(switches=DemoSwitches(deletes=deletes), rows=many(300))
    for n in range(60):
        world.crm.delete(COLLEAGUE, Kind.PERSON, f"Q{n:04}")
    world.pass_time(24 * 3600)
    status = world.sync()
    assert world.record(Kind.PERSON, world.local(Kind.PERSON, "Q0000")).gone is None  # type: ignore[union-attr]
    with world.database.read() as rows:
        (question,) = sweep_questions.unanswered(rows)
    assert (question.kind, question.missing, question.local) == (Kind.PERSON, 60, 303)
    assert status.attention == 1
    world.answer.sweep(Kind.PERSON, remove=True)
    status = world.sync()
    assert world.record(Kind.PERSON, world.local(Kind.PERSON, "Q0000")).gone is Gone.DELETED  # type: ignore[union-attr]
    assert status.attention == 0


@pytest.mark.parametrize("deletes", [Finds.IN_STREAM, Finds.SWEEP])
def test_records_that_the_rep_keeps_stop_nothing_and_are_not_asked_about_again(office: Office, deletes: Finds) -> None:
    wire = FaultyWire()
    world = office(switches=DemoSwitches(deletes=deletes), rows=many(300), wire=wire)
    for n in range(60):
        world.crm.delete(COLLEAGUE, Kind.PERSON, f"Q{n:04}")
    world.pass_time(24 * 3600)
    world.sync()
    world.answer.sweep(Kind.PERSON, remove=False)
    world.crm.edit(COLLEAGUE, Kind.PERSON, "P1", name="Ada B.")
    status = world.sync(2)
    assert world.shown(Kind.PERSON, "P1", "name") == "Ada B."
    assert world.record(Kind.PERSON, world.local(Kind.PERSON, "Q0000")).gone is None  # type: ignore[union-attr]
    assert status.attention == 0
    wire.requests.clear()
    world.sync()
    assert "ids" not in wire.requests


def test_a_permission_to_remove_is_spent_once(office: Office) -> None:
    world = office(rows=many(300))
    for first in (0, 60):
        for n in range(first, first + 60):
            world.crm.delete(COLLEAGUE, Kind.PERSON, f"Q{n:04}")
        assert world.sync().attention == 1
        world.answer.sweep(Kind.PERSON, remove=True)
        assert world.sync().attention == 0


def test_an_empty_list_of_ids_takes_nothing_away(office: Office) -> None:
    class Empty(DemoConnector):
        def ids(self, kind: Kind, scope: Scope) -> Any:
            return iter(())

        def fetch(self, kind: Kind, remote_ids: Sequence[str]) -> list[Upsert]:
            return []

    world = office(switches=DemoSwitches(deletes=Finds.SWEEP), rows=many(100), synced=False)
    world.engine.connector = Empty(world.crm, REP)
    status = world.sync(2)
    assert world.record(Kind.PERSON, world.local(Kind.PERSON, "Q0000")).gone is None  # type: ignore[union-attr]
    assert status.attention >= 1


def test_a_fresh_creation_that_the_id_list_does_not_show_yet_is_not_taken_away(office: Office) -> None:
    class Lagging(DemoConnector):
        def ids(self, kind: Kind, scope: Scope) -> Any:
            return (each for each in super().ids(kind, scope) if each.startswith(("P", "D", "C", "U", "S", "L", "R")))

    world = office(switches=DemoSwitches(deletes=Finds.SWEEP), scope=Scope(REP))
    world.engine.connector = Lagging(world.crm, REP)
    call = world.log_call("P1", "new")
    world.pass_time(24 * 3600)
    world.sync(2)
    record = world.record(Kind.ACTIVITY, call)
    assert record is not None
    assert record.gone is None


def test_a_list_that_cant_be_ranked_keeps_no_record_away(office: Office) -> None:
    world = office(synced=False)

    def broken(write: Any, touched: Any) -> None:
        write.text("DELETE FROM people")
        raise ZeroDivisionError

    world.engine.after_page = broken
    status = world.sync()
    assert world.shown(Kind.PERSON, "P1", "name") == "Ada"
    assert status.problem is not None
    assert not status.all_synced


def test_a_cursor_never_runs_ahead_of_its_records(office: Office) -> None:
    world = office(synced=False, switches=DemoSwitches(page=2), wire=FaultyWire(changes=[None, None, None, "lose"]))
    world.sync()
    with world.database.read() as rows:
        kept = {kind: cursors.get(rows, kind).cursor for kind in Kind}
    world.restart()
    world.settle()
    for kind in Kind:
        for row in world.crm.rows(kind):
            assert world.record(kind, world.local(kind, row.id)) is not None
    assert any(each is None for each in kept.values())
