"""Calls, meetings, e-mails, posts and next steps as EspoCRM keeps them."""

from __future__ import annotations

import time
from typing import Any

import pytest

from companion.connectors.base import Action, Applied, Rejected
from companion.domain.field_map import FieldMap
from companion.domain.records import Kind, Value
from tests.connectors.contract import AT, drain, op, push_one, sent_before
from tests.connectors.espocrm.bench import EspoBench
from tests.connectors.espocrm.fake_tables import enum, text
from tests.connectors.espocrm.look import fetched, row_of, some_deal


@pytest.mark.parametrize(
    ("outcome", "status"),
    [("connected", "Held"), ("no_answer", "Not Held"), ("left_message", "Not Held"), (None, "Held")],
)
def test_what_a_call_came_to_is_its_status_and_stands_in_words(
    bench: EspoBench, outcome: str | None, status: str
) -> None:
    connector, deal = bench.connector(), some_deal(bench)
    fields: dict[str, Value] = {
        "what": "call", "direction": "in", "subject": "Price <= 100?", "body": "Words", "outcome": outcome,
        "at": AT, "duration_s": 200, "done": True,
    }  # fmt: skip

    made = push_one(connector, op(Kind.ACTIVITY, fields=fields, links={"deal": deal.remote_id}), Applied)

    row = row_of(bench, "Call", made.remote_id)
    assert (row["status"], row["direction"], row["duration"]) == (status, "Inbound", 200)
    assert row["assignedUserId"] == bench.ana
    assert ("Outcome: " + (outcome or "-").replace("_", " ") in row["description"]) == bool(outcome)
    told = fetched(connector, Kind.ACTIVITY, made.remote_id).fields
    assert (told.get("outcome"), told["duration_s"], told["body"], told["done"]) == (outcome, 200, "Words", True)
    assert "100?" in str(told["subject"])


def test_an_outcome_goes_into_the_field_that_the_team_agreed_on(bench: EspoBench) -> None:
    bench.espo.entities["Call"].fields["cResult"] = enum("Kein Kontakt", "Gesprochen", isCustom=True)
    agreed = FieldMap({"activity.outcome": "cResult"}, {"no_answer": "Kein Kontakt"})
    connector, deal = bench.connector(field_map=agreed), some_deal(bench)
    fields: dict[str, Value] = {"what": "call", "body": "Words", "outcome": "no_answer", "at": AT, "done": True}

    made = push_one(connector, op(Kind.ACTIVITY, fields=fields, links={"deal": deal.remote_id}), Applied)

    row = row_of(bench, "Call", made.remote_id)
    assert row["cResult"] == "Kein Kontakt"
    assert "Outcome" not in row["description"]
    assert fetched(connector, Kind.ACTIVITY, made.remote_id).fields["outcome"] == "no_answer"


@pytest.mark.parametrize("version", ["8.4.2", "10.0.0"])
def test_an_email_is_archived_between_both_addresses_and_never_sent(bench: EspoBench, version: str) -> None:
    bench.espo.version = version
    connector = bench.connector()
    person = push_one(connector, op(Kind.PERSON, fields={"name": "Eve Mail", "email": "eve@them.example"}), Applied)
    fields: dict[str, Value] = {"what": "email", "direction": "out", "subject": "Offer", "body": "Dear Eve", "at": AT}
    one = op(Kind.ACTIVITY, fields=fields, links={"person": person.remote_id})

    made = push_one(connector, one, Applied)

    row = row_of(bench, "Email", made.remote_id)
    assert (row["status"], row["from"], row["to"]) == ("Archived", "ana@us.example", "eve@them.example")
    told = fetched(connector, Kind.ACTIVITY, made.remote_id)
    assert {name: told.fields[name] for name in ("what", "subject", "body", "at")} == {
        "what": "email", "subject": "Offer", "body": "Dear Eve", "at": AT
    }  # fmt: skip
    assert told.links["person"] == person.remote_id
    assert connector.find_by_op(one) == made.remote_id
    push_one(connector, op(Kind.ACTIVITY, Action.UPDATE, made.remote_id, {"body": "Dear Eva"}), Applied)
    assert fetched(connector, Kind.ACTIVITY, made.remote_id).fields["body"] == "Dear Eva"


def test_a_mail_of_html_is_read_as_text_and_a_hostile_one_takes_no_time(bench: EspoBench) -> None:
    mail = {"name": "Offer", "status": "Sent", "from": "a@x.example", "to": "b@x.example", "isHtml": True}
    told, hostile = (
        bench.espo.act(bench.ana, "Email", {**mail, "body": body})["id"]
        for body in ("<p>Dear Eve,</p><ul><li>yes</li></ul>", "<script>" * 30_000)
    )
    connector = bench.connector()
    began = time.thread_time()

    found = {
        each.remote_id: each.fields["body"]
        for each in connector.fetch(Kind.ACTIVITY, [f"Email:{told}", f"Email:{hostile}"])
    }

    assert time.thread_time() - began < 1.0
    assert found == {f"Email:{told}": "Dear Eve,\n\n- yes", f"Email:{hostile}": ""}


def test_an_email_to_somebody_without_an_address_is_a_post_that_says_what_it_was(bench: EspoBench) -> None:
    connector = bench.connector()
    person = push_one(connector, op(Kind.PERSON, fields={"name": "Eve Mute"}), Applied)
    fields: dict[str, Value] = {"what": "email", "direction": "in", "subject": "Offer", "body": "Hi", "at": AT}
    one = op(Kind.ACTIVITY, fields=fields, links={"person": person.remote_id})

    made = push_one(connector, one, Applied)

    assert made.remote_id.startswith("Note:")
    assert row_of(bench, "Note", made.remote_id)["isInternal"] is True
    told = fetched(connector, Kind.ACTIVITY, made.remote_id).fields
    assert {name: told[name] for name in fields} == fields
    push_one(connector, op(Kind.ACTIVITY, Action.UPDATE, made.remote_id, {"body": "Hi there"}), Applied)
    told = fetched(connector, Kind.ACTIVITY, made.remote_id).fields
    assert {name: told[name] for name in fields} == {**fields, "body": "Hi there"}
    assert connector.find_by_op(one) == made.remote_id


def test_a_next_step_keeps_its_hour_and_a_meeting_its_end(bench: EspoBench) -> None:
    connector, deal = bench.connector(), some_deal(bench)
    links: dict[str, str | None] = {"deal": deal.remote_id}
    step: dict[str, Value] = {"what": "task", "subject": "Ring", "due_on": "2026-11-22", "due_at": AT + 86_400}
    meet: dict[str, Value] = {"what": "meeting", "subject": "Demo", "at": AT + 900, "ends_at": AT + 4500, "done": False}

    stepped = push_one(connector, op(Kind.ACTIVITY, fields={**step, "promise": "mine"}, links=links), Applied)
    met = push_one(connector, op(Kind.ACTIVITY, fields=meet, links=links), Applied)

    told = fetched(connector, Kind.ACTIVITY, stepped.remote_id).fields
    assert {name: told[name] for name in step} == step
    assert (told["promise"], told["done"]) == ("mine", False)
    told = fetched(connector, Kind.ACTIVITY, met.remote_id).fields
    assert {name: told[name] for name in meet} == meet
    push_one(connector, op(Kind.ACTIVITY, Action.COMPLETE, met.remote_id, {"done": True}), Applied)
    assert row_of(bench, "Meeting", met.remote_id)["status"] == "Held"


def test_a_next_step_that_had_an_hour_gets_a_day_another_hour_and_none(bench: EspoBench) -> None:
    connector, deal = bench.connector(), some_deal(bench)
    step: dict[str, Value] = {"what": "task", "subject": "Ring", "due_at": AT, "due_on": "2026-11-21"}
    made = push_one(connector, op(Kind.ACTIVITY, fields=step, links={"deal": deal.remote_id}), Applied).remote_id

    def due(fields: dict[str, Value]) -> tuple[Value, Value]:
        push_one(connector, op(Kind.ACTIVITY, Action.UPDATE, made, fields), Applied)
        told = fetched(connector, Kind.ACTIVITY, made).fields
        return told["due_on"], told["due_at"]

    assert due({"due_on": "2026-11-30", "due_at": None}) == ("2026-11-30", None)
    assert due({"due_on": "2026-12-01", "due_at": AT + 10 * 86_400}) == ("2026-12-01", AT + 10 * 86_400)
    assert due({"due_on": None, "due_at": None}) == (None, None)


def test_an_address_that_differs_in_capitals_alone_is_no_refusal(bench: EspoBench) -> None:
    connector = bench.connector()
    person = bench.bo.create(Kind.PERSON, {"name": "Ada Caps", "email": "ada@caps.example"}, {})
    row = bench.espo.tables["Contact"][person]

    def keeps_its_own(entity: str, after: dict[str, Any]) -> None:
        if after["id"] == person:
            after["emailAddress"] = row["emailAddress"]

    bench.espo.checks.append(keeps_its_own)

    push_one(connector, op(Kind.PERSON, Action.UPDATE, person, {"email": "Ada@Caps.example"}), Applied)


@pytest.mark.parametrize(
    ("version", "allows", "inside"),
    [("9.3.10", set(), True), ("10.0.0", {"Case"}, False), ("10.0.0", {"Opportunity"}, True)],
)
def test_a_post_is_kept_from_customers_wherever_espocrm_lets_it(
    bench: EspoBench, version: str, allows: set[str], inside: bool
) -> None:
    bench.espo.version, bench.espo.internal = version, allows
    note = op(Kind.ACTIVITY, fields={"what": "note", "body": "x"}, links={"deal": some_deal(bench).remote_id})

    made = push_one(bench.connector(), note, Applied)

    assert bool(row_of(bench, "Note", made.remote_id)["isInternal"]) is inside


def test_a_role_is_kept_with_a_company_and_refused_without(bench: EspoBench) -> None:
    connector, company = bench.connector(), some_deal(bench).links["company"]
    fields: dict[str, Value] = {"name": "Rita Role", "role": "CFO"}
    alone = push_one(connector, op(Kind.PERSON, fields=fields), Applied).remote_id

    refused = push_one(connector, op(Kind.PERSON, Action.UPDATE, alone, {"role": "Director"}), Rejected)

    assert "role" not in fetched(connector, Kind.PERSON, alone).fields, "what it can't tell is not empty"
    assert refused.problems[0].field == "role"
    assert "at a company" in refused.problems[0].words
    push_one(connector, op(Kind.PERSON, Action.UPDATE, alone, {"role": "Director"}, {"company": company}), Applied)
    assert fetched(connector, Kind.PERSON, alone).fields["role"] == "Director"


def test_an_email_is_a_post_where_emails_are_closed_and_is_made_once(bench: EspoBench) -> None:
    bench.espo.rights[bench.ana] = {"Email": None}
    connector = bench.connector()
    person = push_one(connector, op(Kind.PERSON, fields={"name": "Eve Mail", "email": "eve@them.example"}), Applied)
    fields: dict[str, Value] = {"what": "email", "direction": "out", "subject": "Offer", "body": "Dear Eve", "at": AT}
    one = op(Kind.ACTIVITY, fields=fields, links={"person": person.remote_id})

    made = push_one(connector, one, Applied)

    assert made.remote_id.startswith("Note:")
    assert push_one(connector, sent_before(one), Applied).remote_id == made.remote_id


@pytest.mark.parametrize("what", ["note", "task", "email"])
@pytest.mark.parametrize("own_field", [False, True])
def test_what_hangs_on_a_deal_stays_with_the_person_that_it_is_about(
    bench: EspoBench, what: str, own_field: bool
) -> None:
    if own_field:
        bench.espo.entities["Task"].fields["cCompanionOpId"] = text(isCustom=True)
    connector, deal = bench.connector(), some_deal(bench)
    other = bench.bo.create(Kind.PERSON, {"name": "Olga Other", "email": "olga@other.example"}, {})
    fields: dict[str, Value] = {"what": what, "subject": "About", "body": "Words", "at": AT}
    links: dict[str, str | None] = {"person": other, "deal": deal.remote_id}

    made = push_one(connector, op(Kind.ACTIVITY, fields=fields, links=links), Applied)
    push_one(connector, op(Kind.ACTIVITY, Action.UPDATE, made.remote_id, {"body": "Other words"}), Applied)

    told = fetched(connector, Kind.ACTIVITY, made.remote_id)
    assert (told.links["person"], told.links["deal"], told.links["company"]) == (
        other, deal.remote_id, deal.links["company"]
    )  # fmt: skip
    assert (told.fields["body"], told.fields["subject"]) == ("Other words", "About")


def test_a_log_that_hangs_on_nothing_is_refused_in_words(bench: EspoBench) -> None:
    stray = op(Kind.ACTIVITY, fields={"what": "note", "body": "x"})

    assert "person, a company or a deal" in push_one(bench.connector(), stray, Rejected).problems[0].words


def test_what_is_posted_and_linked_moves_no_stamp_and_comes_all_the_same(bench: EspoBench) -> None:
    connector = bench.connector()
    deal = some_deal(bench)
    bench.now += 3 * 3600
    connector.describe()
    book = drain(connector, Kind.DEAL)
    other = bench.bo.create(Kind.PERSON, {"name": "Olga Other"}, {})
    bench.espo._relate("Opportunity", deal.remote_id, "contacts", other)
    bench.now += 1800
    book = drain(connector, Kind.DEAL, book.cursor)
    assert deal.remote_id not in book.upserts

    bench.now += 1900
    connector.describe()
    after = drain(connector, Kind.DEAL, book.cursor).upserts[deal.remote_id]

    assert (other, "") in after.people
    assert after.version != deal.version
