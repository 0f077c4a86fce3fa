"""What pushes do: one record per op, no value overwritten unseen, and who wrote what as the provenance log has it."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from companion.connectors.base import (
    Action,
    Applied,
    Concurrency,
    Conflict,
    ConnectorError,
    Identity,
    Rejected,
    RetryLater,
    SignInNeeded,
    Unknown,
    Unreachable,
)
from companion.connectors.demo.connector import DemoConnector
from companion.connectors.demo.rules import required
from companion.connectors.demo.switches import PROFILES, DemoSwitches
from companion.domain.records import Kind
from tests.connectors.demo.bench import BRUNO, NORA, Bench

SAFE = [Identity.CLIENT_ID, Identity.EXTERNAL_KEY, Identity.IDEMPOTENCY_KEY, Identity.MARKER]
GUARDED = [Concurrency.ATOMIC, Concurrency.ONE_SECOND, Concurrency.CHECK_THEN_WRITE]


@pytest.mark.parametrize("identity", SAFE)
def test_a_create_whose_answer_was_lost_makes_one_record_when_it_is_sent_again(identity: Identity) -> None:
    bench = Bench(DemoSwitches(identity=identity))
    op = bench.op()
    bench.wire.breaks["write"] = "apply, then drop"
    assert isinstance(bench.push(op), Unknown)
    found = DemoConnector(bench.crm, NORA).find_by_op(op)
    again = DemoConnector(bench.crm, NORA).push([replace(op, first_sent_at=1)])[0]
    assert isinstance(again, Applied)
    assert again.remote_id == found
    assert bench.made(op) == 1


def test_a_crm_without_any_identity_doubles_and_admits_that_it_cannot_tell() -> None:
    bench = Bench(DemoSwitches(identity=Identity.NONE))
    op = bench.op()
    bench.push(op)
    bench.push(op)
    assert bench.made(op) == 2
    with pytest.raises(ConnectorError):
        bench.connector.find_by_op(op)


def test_a_dead_idempotency_key_does_not_double_for_the_marker_is_looked_for_first() -> None:
    bench = Bench(DemoSwitches(identity=Identity.IDEMPOTENCY_KEY, key_life_s=3600.0))
    op = bench.op()
    bench.push(op)
    bench.clock.now += 25 * 3600
    bench.push(replace(op, first_sent_at=1))
    assert bench.made(op) == 1


def test_a_live_idempotency_key_answers_a_request_that_the_network_doubled() -> None:
    bench = Bench(DemoSwitches(identity=Identity.IDEMPOTENCY_KEY))
    op = bench.op()
    bench.wire.breaks["write"] = "twice"
    bench.push(op)
    assert bench.made(op) == 1


def test_not_to_find_a_marker_proves_nothing_until_the_search_has_caught_up() -> None:
    bench = Bench(DemoSwitches(identity=Identity.MARKER, search_lag_s=60.0))
    sent, lost = bench.op(), bench.op()
    bench.wire.breaks["write"] = "apply, then drop"
    bench.push(sent)
    for op in (sent, lost):
        with pytest.raises(Unreachable):
            bench.connector.find_by_op(op)
    assert isinstance(bench.push(replace(sent, first_sent_at=1)), Unknown)
    bench.clock.now += 61
    assert bench.connector.find_by_op(sent) is not None
    assert bench.connector.find_by_op(lost) is None
    assert bench.made(sent) == 1


def test_a_marker_stays_found_while_the_search_does_not_know_a_later_edit_yet() -> None:
    bench = Bench(DemoSwitches(identity=Identity.MARKER, search_lag_s=60.0))
    sent = bench.op()
    bench.wire.breaks["write"] = "apply, then drop"
    bench.push(sent)
    bench.clock.now += 61
    made = bench.connector.find_by_op(sent)
    assert made is not None
    bench.crm.edit(BRUNO, sent.kind, made, source="Fair")
    assert bench.connector.find_by_op(sent) == made


@pytest.mark.parametrize("concurrency", GUARDED)
def test_a_value_that_a_colleague_wrote_meanwhile_is_not_overwritten(concurrency: Concurrency) -> None:
    bench = Bench(DemoSwitches(concurrency=concurrency, precision_s=1.0, row_version=concurrency is Concurrency.ATOMIC))
    ada = bench.person()
    version = bench.connector.fetch(Kind.PERSON, [ada])[0].version
    bench.clock.now += 2
    bench.crm.edit(BRUNO, Kind.PERSON, ada, role="COO")
    op = bench.op(Kind.PERSON, Action.UPDATE, ada, {"role": "CFO"}, seen={"role": None}, version=version)
    result = bench.push(op)
    assert isinstance(result, Conflict)
    assert result.server is not None
    assert result.server.fields["role"] == "COO"


def test_within_one_second_a_crm_of_that_precision_overwrites_unseen() -> None:
    bench = Bench(DemoSwitches(concurrency=Concurrency.ONE_SECOND, precision_s=1.0, row_version=False))
    ada = bench.person()
    version = bench.connector.fetch(Kind.PERSON, [ada])[0].version
    bench.crm.edit(BRUNO, Kind.PERSON, ada, role="COO")
    op = bench.op(Kind.PERSON, Action.UPDATE, ada, {"role": "CFO"}, seen={"role": None}, version=version)
    assert isinstance(bench.push(op), Applied)


def test_another_field_of_the_same_record_is_no_conflict_where_the_crm_only_checks() -> None:
    bench = Bench(DemoSwitches(concurrency=Concurrency.CHECK_THEN_WRITE))
    ada = bench.person()
    version = bench.connector.fetch(Kind.PERSON, [ada])[0].version
    bench.crm.edit(BRUNO, Kind.PERSON, ada, city="Ghent")
    op = bench.op(Kind.PERSON, Action.UPDATE, ada, {"role": "CFO"}, seen={"role": None}, version=version)
    assert isinstance(bench.push(op), Applied)


@pytest.mark.parametrize("profile", PROFILES)
def test_an_update_whose_answer_was_lost_is_applied_and_no_conflict_with_itself(profile: str) -> None:
    bench = Bench(PROFILES[profile])
    ada = bench.person()
    version = bench.connector.fetch(Kind.PERSON, [ada])[0].version
    bench.clock.now += 2
    op = bench.op(Kind.PERSON, Action.UPDATE, ada, {"role": "  CFO "}, seen={"role": None}, version=version)
    bench.wire.breaks["write"] = "apply, then drop"
    assert isinstance(bench.push(op), Unknown)
    assert isinstance(bench.push(op), Applied)
    assert [write.new for write in bench.crm.log if write.op_id == op.id] == ["CFO"]


def test_the_log_says_who_wrote_what_over_what() -> None:
    bench = Bench()
    ada = bench.person("Ada")
    op = bench.op(Kind.PERSON, Action.UPDATE, ada, {"role": "CFO", "name": "Ada"}, seen={"role": None})
    bench.push(op)
    bench.crm.edit(BRUNO, Kind.PERSON, ada, role="COO")
    told = [(w.actor, w.verb, w.field, w.old, w.new, w.op_id) for w in bench.crm.log if w.id == ada]
    assert told[-2:] == [
        (NORA, "update", "role", None, "CFO", op.id),
        (BRUNO, "update", "role", "CFO", "COO", None),
    ]
    assert told[0] == (NORA, "create", "name", None, "Ada", None)


def test_phones_names_and_addresses_are_stored_tidily_and_bad_letters_stop_nothing() -> None:
    bench = Bench()
    fields = {"name": "  Ada \ud800", "mobile": "+47 (55) 12-40-18", "email": " Ada@Example.EXAMPLE "}
    result = bench.push(bench.op(fields=fields))
    assert isinstance(result, Applied)
    row = bench.crm.row(Kind.PERSON, result.remote_id)
    assert row is not None
    assert row.fields["name"] == "Ada \ufffd"
    assert row.fields["mobile"] == "+47 55 12 40 18"
    assert row.fields["email"] == "ada@example.example"


def test_a_deal_without_an_amount_does_not_get_into_negotiation() -> None:
    bench = Bench()
    deal = bench.crm.create(NORA, Kind.DEAL, name="Yard", stage="S1")
    refused = bench.push(bench.op(Kind.DEAL, Action.UPDATE, deal, links={"stage": "S2"}))
    assert isinstance(refused, Rejected)
    assert refused.problems[0].words == "'Amount' is required in Negotiation"
    assert refused.problems[0].field == "amount"
    assert isinstance(bench.push(bench.op(Kind.DEAL, Action.UPDATE, deal, {"amount": 5}, {"stage": "S2"})), Applied)
    row = bench.crm.row(Kind.DEAL, deal)
    assert row is not None
    assert row.fields["probability"] == 40
    assert row.fields["stage_since_at"] == int(bench.clock.now)


def test_a_loss_needs_a_reason_and_a_new_rule_binds_at_once() -> None:
    bench = Bench()
    deal = bench.crm.create(NORA, Kind.DEAL, name="Yard", stage="S1")
    assert isinstance(bench.push(bench.op(Kind.DEAL, Action.LOSE, deal)), Rejected)
    bench.crm.add_rule(required(Kind.PERSON, "city", "A person needs a city"))
    refused = bench.push(bench.op())
    assert isinstance(refused, Rejected)
    assert [problem.field for problem in refused.problems] == ["city"]


def test_a_second_card_of_one_address_is_refused_by_name_where_the_crm_checks() -> None:
    bench = Bench(DemoSwitches(refuse_duplicates=True))
    ada = bench.crm.create(NORA, Kind.PERSON, name="Ada", email="ada@x.example")
    refused = bench.push(bench.op(fields={"name": "A. L.", "email": "ADA@x.example"}))
    assert isinstance(refused, Rejected)
    assert refused.problems[0].existing_id == ada


def test_a_call_logged_on_a_merged_person_lands_on_the_winner_or_is_refused() -> None:
    for follows in (True, False):
        bench = Bench(DemoSwitches(follows_merges=follows))
        loser, winner = bench.person("A"), bench.person("B")
        bench.crm.merge(BRUNO, Kind.PERSON, loser, winner)
        result = bench.push(bench.op(Kind.ACTIVITY, fields={"what": "call"}, links={"person": loser}))
        if follows:
            assert isinstance(result, Applied)
            assert bench.connector.fetch(Kind.ACTIVITY, [result.remote_id])[0].links["person"] == winner
        else:
            assert isinstance(result, Rejected)
            assert result.problems[0].field == "person"


def test_part_of_a_batch_may_succeed_and_the_rest_is_to_be_sent_again() -> None:
    bench = Bench(DemoSwitches(partial_batch=2))
    ops = [bench.op(fields={"name": f"P{n}"}) for n in range(4)]
    results = bench.connector.push(ops)
    assert [type(result) for result in results] == [Applied, Applied, RetryLater, RetryLater]
    assert [result.op_id for result in results] == [op.id for op in ops]


def test_what_surely_was_not_sent_is_sent_again_and_what_was_refused_for_haste_waits() -> None:
    bench = Bench(DemoSwitches(rate=1, rate_window_s=10.0))
    bench.wire.breaks["write"] = "drop before"
    assert isinstance(bench.push(bench.op()), RetryLater)
    assert isinstance(bench.push(bench.op()), Applied)
    hasty = bench.push(bench.op())
    assert isinstance(hasty, RetryLater)
    assert hasty.after_s == pytest.approx(10.0)


def test_without_a_session_nothing_is_sent_and_the_rep_is_asked_to_sign_in() -> None:
    bench = Bench()
    bench.crm.sign_out(NORA)
    op = bench.op()
    with pytest.raises(SignInNeeded):
        bench.push(op)
    assert bench.made(op) == 0


def test_a_kill_in_the_middle_of_a_request_leaves_no_lock_behind() -> None:
    class Killed(BaseException):
        pass

    bench = Bench()

    def wire(request: str, do: object, /) -> object:
        raise Killed

    with pytest.raises(Killed):
        DemoConnector(bench.crm, NORA, wire=wire).push([bench.op()])  # type: ignore[arg-type]
    assert isinstance(bench.push(bench.op()), Applied)
