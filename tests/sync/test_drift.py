"""The CRM's fields change under a rep who has unsent work: nothing stops, nothing typed is lost, one question each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace as held
from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from companion.actions.answer_notice import answer_notice
from companion.actions.redo import redo
from companion.actions.undo import undo
from companion.connectors.base import ConnectorError, FieldFacts, Problem, Schema
from companion.connectors.demo.connector import DemoConnector
from companion.connectors.demo.rows import Row
from companion.connectors.demo.rules import Look
from companion.domain.ops import OpState
from companion.domain.records import Kind
from companion.queries.needs_attention import NeedsAttention, needs_attention
from companion.store import notices, outbox
from companion.sync import fields
from tests.sync.world import COLLEAGUE, REP, World

DAY = 24 * 3600


class Administered(DemoConnector):
    """A CRM whose administrator is at work: `changed` replaces what it tells of a field, None takes the field away."""

    changed: dict[tuple[Kind, str], dict[str, object] | None]
    asked: int
    broken: Exception | None

    def schema(self) -> Schema:
        self.asked += 1
        if self.broken is not None:
            raise self.broken
        facts = [(each, self.changed.get((each.kind, each.name), {})) for each in super().schema().fields]
        return Schema(tuple(replace(each, **change) for each, change in facts if change is not None))


class Drifting(World):
    """The office at such a CRM."""

    connector: Administered

    def connect(self) -> DemoConnector:
        connector = Administered(self.crm, REP, wire=self.wire)
        connector.changed, connector.asked, connector.broken = {}, 0, None
        return connector

    def retire(self, kind: Kind, name: str) -> None:
        """The administrator deletes a field: the CRM refuses writes into it and no longer shows it."""
        self.connector.changed[kind, name] = None
        self.crm.add_rule(_no_longer(kind, name))
        truth = self.crm.snapshot()
        truth.rows[kind] = {
            key: replace(row, fields={each: value for each, value in row.fields.items() if each != name})
            for key, row in truth.rows[kind].items()
        }
        self.crm.rewind(truth)

    def demand(self, kind: Kind, name: str, label: str = "Region") -> None:
        """The administrator makes a field required."""
        self.connector.changed[kind, name] = {"required": True, "label": label}
        self.crm.add_rule(_demanded(kind, name))

    def attention(self) -> NeedsAttention:
        """What waits for the rep."""
        with self.database.read() as rows:
            return needs_attention(rows, datetime.fromtimestamp(self.now, UTC))

    def says(self, kind: str, subject: str, text: str) -> None:
        """The rep answers a question."""
        done = answer_notice(self.answer.desk, kind, subject, text)
        assert done is not None
        assert done.words == "Noted"


def _no_longer(kind: Kind, name: str) -> Callable[[Row, Look], Problem | None]:
    def rule(row: Row, look: Look) -> Problem | None:
        written = row.kind is kind and row.fields.get(name) is not None
        return Problem(f"Unknown field {name}", name) if written else None

    return rule


def _demanded(kind: Kind, name: str) -> Callable[[Row, Look], Problem | None]:
    def rule(row: Row, look: Look) -> Problem | None:
        missing = row.kind is kind and row.fields.get(name) in (None, "")
        return Problem(f"{name} is required", name) if missing else None

    return rule


def _even_amounts(row: Row, look: Look) -> Problem | None:
    odd = row.kind is Kind.DEAL and int(str(row.fields.get("amount") or 0)) % 2
    return Problem("An amount must be even", "amount") if odd else None


@pytest.fixture
def office(tmp_path: object) -> Drifting:
    from pathlib import Path

    world = Drifting(Path(str(tmp_path)))
    world.sync()
    return world


# A field that went ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_fields_are_read_once_a_day(office: Drifting) -> None:
    office.sync(20, apart_s=60)
    assert office.connector.asked == 1
    office.pass_time(DAY)
    office.sync(3)
    assert office.connector.asked == 2


def test_a_refusal_for_a_field_makes_the_fields_be_read_again(office: Drifting) -> None:
    office.edit(Kind.PERSON, "P1", email="nonsense")
    office.sync(2)
    assert office.connector.asked == 2


def test_what_was_written_into_a_vanished_field_waits_with_its_text_and_the_rest_is_sent(office: Drifting) -> None:
    office.pass_time(DAY)
    op = office.save(Kind.PERSON, office.local(Kind.PERSON, "P1"), {"role": "Chief of looms", "phone": "+43 1 999"})
    office.retire(Kind.PERSON, "role")
    status = office.sync(2)
    (kept,) = office.ops(OpState.ATTENTION)
    assert kept.values == {"role": "Chief of looms"}
    assert office.state(op) is OpState.DONE
    assert office.there(Kind.PERSON, "P1", "phone") == "+43 1 999"
    assert office.shown(Kind.PERSON, "P1", "role") == "Chief of looms", "the rep's text is still on the screen"
    attention = office.attention()
    assert [each.kind for each in attention.notices] == ["field_gone"]
    assert "no longer has the field “Role”" in attention.refused[0].problems[0]
    assert status.attention == 2
    assert any("left out" in (words or "") for _, _, words in _history(office, op))


def test_a_write_that_was_refused_because_its_field_is_gone_is_sorted_out_by_the_next_cycle(office: Drifting) -> None:
    office.retire(Kind.PERSON, "role")
    op = office.save(Kind.PERSON, office.local(Kind.PERSON, "P1"), {"role": "Chief of looms", "phone": "+43 1 999"})
    office.sync()
    assert office.state(op) is OpState.ATTENTION, "the CRM said no to all of it"
    office.sync()
    (kept,) = office.ops(OpState.ATTENTION)
    assert kept.values == {"role": "Chief of looms"}
    assert office.there(Kind.PERSON, "P1", "phone") == "+43 1 999"
    assert len(office.ops(OpState.ATTENTION, OpState.DONE)) == 2


def test_a_change_of_nothing_but_a_vanished_field_waits_whole(office: Drifting) -> None:
    office.pass_time(DAY)
    office.retire(Kind.PERSON, "role")
    op = office.edit(Kind.PERSON, "P1", role="Chief of looms")
    office.sync(2)
    assert office.state(op) is OpState.ATTENTION
    assert office.op(op).values == {"role": "Chief of looms"}
    writes = [each for each in office.crm.log if each.field == "role"]
    assert not writes


def test_a_creation_goes_out_without_its_vanished_field(office: Drifting) -> None:
    office.pass_time(DAY)
    office.retire(Kind.ACTIVITY, "subject")
    call = office.create(Kind.ACTIVITY, {}, what="call", subject="About looms", body="hello")
    office.sync(2)
    (kept,) = office.ops(OpState.ATTENTION)
    assert office.state(call) is OpState.DONE
    assert (kept.action, kept.record_id, kept.values) == ("update", call, {"subject": "About looms"})
    assert len(office.made(Kind.ACTIVITY, body="hello")) == 1


def test_a_field_that_comes_back_takes_what_waited_for_it(office: Drifting) -> None:
    office.pass_time(DAY)
    office.connector.changed[Kind.PERSON, "role"] = None
    op = office.edit(Kind.PERSON, "P1", role="Chief of looms")
    office.sync()
    assert office.state(op) is OpState.ATTENTION
    del office.connector.changed[Kind.PERSON, "role"]
    office.pass_time(DAY)
    status = office.sync(3)
    with office.database.read() as rows:
        assert not notices.open_ones(rows)
    (asked,) = office.ops(OpState.CONFLICT)
    assert asked.theirs == {"role": "Head"}, "what the field held was forgotten here: nothing is overwritten unseen"
    assert status.attention == 0
    office.answer.mine(asked.id)
    office.sync(2)
    assert office.there(Kind.PERSON, "P1", "role") == "Chief of looms"


def test_a_later_edit_of_another_field_does_not_wait_behind_a_vanished_one(office: Drifting) -> None:
    office.pass_time(DAY)
    office.connector.changed[Kind.DEAL, "lost_note"] = None
    office.edit(Kind.DEAL, "D1", lost_note="too dear")
    office.sync()
    stage = office.edit(Kind.DEAL, "D1", stage=office.local(Kind.STAGE, "S2"))
    office.sync()
    assert office.there(Kind.DEAL, "D1", "stage") == "S2"
    assert office.state(stage) is OpState.DONE
    assert [op.values for op in office.ops(OpState.ATTENTION)] == [{"lost_note": "too dear"}]


def test_a_kind_whose_fields_are_suddenly_nearly_all_missing_was_not_told_properly(office: Drifting) -> None:
    told = super(Administered, office.connector).schema().fields
    office.connector.changed = {(each.kind, each.name): None for each in told if each.kind is Kind.PERSON}
    office.pass_time(DAY)
    op = office.edit(Kind.PERSON, "P1", role="Chief")
    office.sync(2)
    assert office.state(op) is OpState.DONE
    assert office.shown(Kind.PERSON, "P2", "role") == "Buyer"


@pytest.mark.parametrize("broken", [ConnectorError("no fields"), RuntimeError("a bug")])
def test_a_crm_that_cant_tell_its_fields_stops_nothing(office: Drifting, broken: Exception) -> None:
    office.connector.broken = broken
    office.pass_time(DAY)
    op = office.edit(Kind.PERSON, "P1", role="Chief")
    office.crm.edit("U2", Kind.PERSON, "P2", role="Boss")
    office.sync(10, apart_s=60)
    assert office.state(op) is OpState.DONE
    assert office.shown(Kind.PERSON, "P2", "role") == "Boss"
    assert office.connector.asked == 2, "and it is not asked all the time"


# A choice, a right ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_retired_choice_waits_with_the_value_in_words(office: Drifting) -> None:
    office.pass_time(DAY)
    office.connector.changed[Kind.PERSON, "source"] = {"choices": ("Fair", "Web"), "label": "Lead source"}
    good = office.edit(Kind.PERSON, "P1", source="Fair")
    bad = office.edit(Kind.PERSON, "P2", source="Fax")
    office.sync(2)
    assert office.state(good) is OpState.DONE
    (refused,) = office.attention().refused
    assert refused.op_id == bad
    assert refused.problems == ("“Fax” can no longer be chosen for “Lead source” in the CRM; choose another value",)
    office.edit(Kind.PERSON, "P2", source="Web")
    assert office.sync(2).all_synced


def test_a_field_that_only_the_crm_may_write_is_left_out_and_the_rep_told_why(office: Drifting) -> None:
    office.pass_time(DAY)
    office.connector.changed[Kind.DEAL, "amount"] = {"writable": False}
    op = office.save(Kind.DEAL, office.local(Kind.DEAL, "D1"), {"amount": 7, "currency": "CHF", "name": "Big looms"})
    office.sync(2)
    (kept,) = office.ops(OpState.ATTENTION)
    assert office.state(op) is OpState.DONE
    assert office.there(Kind.DEAL, "D1", "name") == "Big looms"
    assert office.there(Kind.DEAL, "D1", "currency") == "EUR", "a currency without its amount would mean another sum"
    assert kept.values == {"amount": 7, "currency": "CHF"}
    assert "can’t be changed by you" in office.attention().refused[0].problems[0]


def test_what_the_crm_derives_itself_from_a_stage_needs_no_card(office: Drifting) -> None:
    office.pass_time(DAY)
    office.connector.changed[Kind.DEAL, "probability"] = {"writable": False}
    stage = office.local(Kind.STAGE, "S2")
    op = office.save(Kind.DEAL, office.local(Kind.DEAL, "D1"), {"stage": stage, "probability": 50})
    assert office.sync(3).all_synced
    assert office.there(Kind.DEAL, "D1", "stage") == "S2"
    assert any("left out" in (words or "") for _, _, words in _history(office, op))


def test_a_verb_whose_field_is_closed_waits_whole(office: Drifting) -> None:
    office.pass_time(DAY)
    office.connector.changed[Kind.DEAL, "status"] = {"writable": False}
    deal = office.local(Kind.DEAL, "D1")
    op = office.save(Kind.DEAL, deal, {"status": "lost", "lost_note": "too dear"}, "lose")
    office.sync(2)
    assert office.state(op) is OpState.ATTENTION
    assert office.op(op).values == {"status": "lost", "lost_note": "too dear"}
    assert office.there(Kind.DEAL, "D1", "status") == "open"


# A field that is newly demanded ─────────────────────────────────────────────────────────────────────────────────────


def test_a_newly_required_field_is_asked_for_once_and_all_that_waits_is_sent(office: Drifting) -> None:
    office.demand(Kind.PERSON, "city", "Region")
    made = [office.create(Kind.PERSON, {}, name=name) for name in ("Dan", "Eve", "Fay")]
    call = office.create(Kind.ACTIVITY, {"person": made[0]}, what="call", body="hello")
    change = office.edit(Kind.PERSON, "P1", role="Chief")
    office.sync(3)
    assert {office.state(each) for each in (*made, call, change)} == {OpState.ATTENTION}
    (notice,) = office.attention().notices
    assert (notice.kind, notice.subject) == ("field_required", "person.city")
    assert notice.facts == {"label": "Region", "waiting": 4}
    office.says("field_required", "person.city", "Graz ")
    status = office.sync(2)
    assert status.all_synced, office.attention()
    assert {office.there(Kind.PERSON, each, "city") for each in ("P1", *made)} == {"Graz"}
    assert office.made(Kind.ACTIVITY, body="hello")[0].links["person"] == made[0]


def test_what_is_filled_in_waits_for_undo(office: Drifting) -> None:
    office.demand(Kind.PERSON, "city", "Region")
    made = office.create(Kind.PERSON, {}, name="Dan")
    office.sync(3)
    (asked,) = office.attention().notices
    desk = held(office.answer.desk, hold_s=8)
    answer_notice(desk, "field_required", "person.city", "Graz")
    office.sync(apart_s=1)
    assert office.state(made) is OpState.ATTENTION

    assert undo(desk) is not None

    office.sync(2)
    assert list(office.attention().notices) == [asked]
    assert redo(held(office.answer.desk, hold_s=8)) is not None
    office.sync(apart_s=1)
    assert office.state(made) is OpState.ATTENTION
    assert office.sync(2).all_synced
    assert office.there(Kind.PERSON, made, "city") == "Graz"


def test_an_answer_that_is_no_such_value_is_asked_for_again(office: Drifting) -> None:
    office.demand(Kind.DEAL, "close_on", "Close date")
    office.create(Kind.DEAL, {}, name="Sails")
    office.sync(3)
    office.says("field_required", "deal.close_on", "when pigs fly")
    office.sync()
    assert [each.kind for each in office.attention().notices] == ["field_required"]
    office.says("field_required", "deal.close_on", "2026-12-31")
    assert office.sync(2).all_synced
    assert [row.fields["close_on"] for row in office.made(Kind.DEAL, name="Sails")] == ["2026-12-31"]


def test_what_already_has_the_demanded_field_keeps_its_own_value(office: Drifting) -> None:
    office.demand(Kind.PERSON, "city")
    office.create(Kind.PERSON, {}, name="Dan", city="Bern")
    office.create(Kind.PERSON, {}, name="Eve")
    office.sync(3)
    office.says("field_required", "person.city", "Graz")
    office.sync(2)
    there = {row.fields["name"]: row.fields["city"] for row in office.crm.rows(Kind.PERSON) if "city" in row.fields}
    assert (there["Dan"], there["Eve"]) == ("Bern", "Graz")


def test_what_is_filled_in_goes_over_no_value_that_was_refused_for_something_else(office: Drifting) -> None:
    office.demand(Kind.DEAL, "amount", "Amount")
    office.crm.add_rule(_even_amounts)
    office.crm.edit(COLLEAGUE, Kind.DEAL, "D1", amount=500_013)
    made = office.create(Kind.DEAL, {}, name="Sails")
    change = office.edit(Kind.DEAL, "D1", name="Oars")
    office.sync(3)
    (notice,) = office.attention().notices
    assert (notice.subject, notice.facts["waiting"]) == ("deal.amount", 1)

    office.says("field_required", "deal.amount", "700")
    office.sync(2)

    assert office.there(Kind.DEAL, made, "amount") == 700_00
    assert office.crm.row(Kind.DEAL, "D1").fields["amount"] == 500_013  # type: ignore[union-attr]
    assert office.state(change) is OpState.ATTENTION


def test_a_demand_that_was_always_there_is_no_news(office: Drifting) -> None:
    office.create(Kind.PERSON, {}, name="", role="Nobody")
    office.sync(3)
    assert not office.attention().notices
    assert len(office.attention().refused) == 1


def test_a_demand_that_is_withdrawn_is_no_longer_asked_about(office: Drifting) -> None:
    office.demand(Kind.PERSON, "city")
    op = office.create(Kind.PERSON, {}, name="Dan")
    office.sync(3)
    assert office.attention().notices
    office.connector.changed.clear()
    office.pass_time(DAY)
    office.sync()
    assert not office.attention().notices
    assert office.state(op) is OpState.ATTENTION, "the refused change itself still waits for the rep"


# What is kept of it all ─────────────────────────────────────────────────────────────────────────────────────────────


def test_what_is_known_of_fields_survives_a_restart(office: Drifting) -> None:
    office.connector.changed[Kind.PERSON, "source"] = {"choices": ("Fair", "Web"), "readable": False}
    office.pass_time(DAY)
    office.sync()
    changed = office.connector.changed
    office.restart()
    office.connector.changed = changed
    office.sync()
    assert office.connector.asked == 0
    with office.database.read() as rows:
        known = fields.get(rows)
    assert known.facts[Kind.PERSON, "source"] == FieldFacts(
        Kind.PERSON, "source", "Source", False, True, ("Fair", "Web"), False
    )


def _history(office: Drifting, op: str | None) -> list[tuple[int, OpState, str | None]]:
    with office.database.read() as rows:
        return outbox.history(rows, op or "")
