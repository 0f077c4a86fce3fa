"""What is EspoCRM's own: leads, marks, e-mails, rights, conflicts of versions, pipelines, and fields of a company."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

from companion.connectors.base import (
    Action,
    Applied,
    Concurrency,
    Conflict,
    Connector,
    ConnectorError,
    Identity,
    Rejected,
    Scope,
    ScopeDenied,
    Unreachable,
    Upsert,
)
from companion.domain.field_map import FieldMap
from companion.domain.records import Gone, Kind, Value
from tests.connectors.contract import AT, drain, op, push_one, sent_before
from tests.connectors.espocrm.bench import EspoBench
from tests.connectors.espocrm.fake_tables import enum, text
from tests.connectors.fake_server import Reply, Request


def fetched(connector: Connector, kind: Kind, remote_id: str) -> Upsert:
    """The record now."""
    (found,) = connector.fetch(kind, [remote_id])
    return found


def some_deal(bench: EspoBench) -> Upsert:
    """A deal of the book that is about somebody."""
    return next(each for each in drain(bench.connector(), Kind.DEAL).upserts.values() if each.links["company"])


def row_of(bench: EspoBench, entity: str, remote_id: str) -> dict[str, Any]:
    """The row behind a remote id."""
    return bench.espo.tables[entity][remote_id.rpartition(":")[2].removeprefix("lead-")]


@pytest.fixture
def ten() -> Iterator[EspoBench]:
    """Version 10 with pipelines."""
    bench = EspoBench("10.0.0", pipelines=True)
    yield bench
    bench.close()


# Leads ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_lead_is_a_person_and_a_deal_at_once(bench: EspoBench) -> None:
    connector = bench.connector()

    person = drain(connector, Kind.PERSON).upserts[f"lead-{bench.lead}"]
    deal = drain(connector, Kind.DEAL).upserts[f"lead-{bench.lead}"]

    assert (person.fields["name"], person.extra["Company"]) == ("Lea Lead", "Hopeful Ltd")
    assert deal.fields["is_lead"] is True
    assert (deal.links["person"], deal.links["stage"]) == (person.remote_id, "lead:New")
    stage = drain(connector, Kind.STAGE).upserts["lead:New"]
    assert stage.links["pipeline"] == deal.links["pipeline"] == "lead"


def test_a_converted_lead_becomes_the_contact_and_the_opportunity_that_came_of_it(bench: EspoBench) -> None:
    connector = bench.connector()
    people, deals = drain(connector, Kind.PERSON), drain(connector, Kind.DEAL)
    contact, deal = next(iter(people.upserts)), next(iter(deals.upserts))
    made = {"status": "Converted", "createdContactId": contact, "createdOpportunityId": deal}
    bench.settle()
    bench.espo.act(bench.bo.user, "Lead", made, bench.lead)

    gone_person = drain(connector, Kind.PERSON, people.cursor).gone[f"lead-{bench.lead}"]
    gone_deal = drain(connector, Kind.DEAL, deals.cursor).gone[f"lead-{bench.lead}"]

    assert (gone_person.why, gone_person.winner_id) == (Gone.MERGED, contact)
    assert (gone_deal.why, gone_deal.winner_id) == (Gone.MERGED, deal)
    assert f"lead-{bench.lead}" not in set(connector.ids(Kind.PERSON, Scope()))


def test_a_lead_is_edited_moved_called_and_given_up(bench: EspoBench) -> None:
    connector, lead = bench.connector(), f"lead-{bench.lead}"

    push_one(connector, op(Kind.PERSON, Action.UPDATE, lead, {"name": "Lea Leader", "role": "Head"}), Applied)
    push_one(connector, op(Kind.DEAL, Action.UPDATE, lead, {"amount": 5_000}, {"stage": "lead:In Process"}), Applied)
    fields: dict[str, Value] = {"what": "call", "subject": "First", "at": AT, "done": True, "outcome": "connected"}
    called = push_one(connector, op(Kind.ACTIVITY, fields=fields, links={"person": lead, "deal": lead}), Applied)

    assert fetched(connector, Kind.PERSON, lead).fields["name"] == "Lea Leader"
    deal = fetched(connector, Kind.DEAL, lead)
    assert (deal.fields["amount"], deal.links["stage"]) == (5_000, "lead:In Process")
    links = fetched(connector, Kind.ACTIVITY, called.remote_id).links
    assert (links["person"], links["deal"]) == (lead, lead)
    assert "converting" in push_one(connector, op(Kind.DEAL, Action.WIN, lead), Rejected).problems[0].words
    push_one(connector, op(Kind.DEAL, Action.LOSE, lead, {"lost_note": "No budget"}), Applied)
    lost = fetched(connector, Kind.DEAL, lead)
    assert (lost.fields["status"], lost.fields["lost_note"]) == ("lost", "No budget")
    assert row_of(bench, "Lead", lead)["status"] == "Dead"


def test_a_lead_that_is_made_here_is_found_again_and_made_once(bench: EspoBench) -> None:
    one = op(Kind.DEAL, fields={"name": "Walk-in", "is_lead": True})

    first = push_one(bench.connector(), one, Applied)
    second = push_one(bench.connector(), sent_before(one), Applied)

    assert first.remote_id == second.remote_id == bench.connector().find_by_op(one)
    assert first.remote_id.startswith("lead-")


# Marks ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_mark_is_nothing_that_a_rep_or_a_colleague_reads(bench: EspoBench) -> None:
    made = push_one(bench.connector(), op(Kind.COMPANY, fields={"name": "Marked Ltd"}), Applied)

    upsert = fetched(bench.connector(), Kind.COMPANY, made.remote_id)

    assert row_of(bench, "Account", made.remote_id)["description"].startswith("[companion]: # (")
    assert upsert.extra == {}
    assert upsert.op_id is not None


def test_a_field_of_the_administrators_takes_the_mark_out_of_the_text(bench: EspoBench) -> None:
    for entity in ("Account", "Call"):
        bench.espo.entities[entity].fields["cCompanionOpId"] = text(isCustom=True)
    one = op(Kind.COMPANY, fields={"name": "Marked Ltd"})

    made = push_one(bench.connector(), one, Applied)

    row = row_of(bench, "Account", made.remote_id)
    assert (row["cCompanionOpId"], row.get("description")) == (one.id, None)
    assert bench.connector().find_by_op(one) == made.remote_id
    assert fetched(bench.connector(), Kind.COMPANY, made.remote_id).op_id == one.id


def test_what_a_colleague_writes_below_a_call_of_ours_leaves_its_words_whole(bench: EspoBench) -> None:
    connector, deal = bench.connector(), some_deal(bench)
    fields: dict[str, Value] = {"what": "call", "body": "She agrees.", "outcome": "connected", "at": AT, "done": True}
    made = push_one(connector, op(Kind.ACTIVITY, fields=fields, links={"deal": deal.remote_id}), Applied)
    row = row_of(bench, "Call", made.remote_id)
    bench.espo.act(bench.bo.user, "Call", {"description": row["description"] + "\nSo do I."}, row["id"])

    told = fetched(connector, Kind.ACTIVITY, made.remote_id)

    assert (told.fields["outcome"], str(told.fields["body"])[:11]) == ("connected", "She agrees.")
    assert "So do I." in str(told.fields["body"])


# Activities ─────────────────────────────────────────────────────────────────────────────────────────────────────────


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

    refused = push_one(connector, op(Kind.PERSON, Action.UPDATE, alone, {"role": "CEO"}), Rejected)

    assert "role" not in fetched(connector, Kind.PERSON, alone).fields, "what it can't tell is not empty"
    assert refused.problems[0].field == "role"
    assert "at a company" in refused.problems[0].words
    push_one(connector, op(Kind.PERSON, Action.UPDATE, alone, {"role": "CEO"}, {"company": company}), Applied)
    assert fetched(connector, Kind.PERSON, alone).fields["role"] == "CEO"


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


# Rights ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("closed", [False, None], ids=["closed", "not named by any role"])
def test_a_user_without_the_global_stream_keeps_the_own_notes_and_is_told_so(
    bench: EspoBench, closed: bool | None
) -> None:
    deal = some_deal(bench)
    mine = op(Kind.ACTIVITY, fields={"what": "note", "body": "Mine", "at": AT}, links={"deal": deal.remote_id})
    bench.espo.rights[bench.ana] = {"GlobalStream": closed}

    made = push_one(bench.connector(), mine, Applied)

    notes = [each for each in drain(bench.connector(), Kind.ACTIVITY).upserts if each.startswith("Note:")]
    assert notes == [made.remote_id]
    assert any("global stream" in words for words in bench.connector().describe().notes)


def test_a_stream_that_gives_up_early_is_read_to_its_end(bench: EspoBench) -> None:
    whole = set(bench.connector().ids(Kind.ACTIVITY, Scope()))
    bench.espo.stream_looks_at = 5

    assert set(bench.connector().ids(Kind.ACTIVITY, Scope())) == whole
    assert set(drain(bench.connector(), Kind.ACTIVITY).upserts) == whole


def test_a_create_whose_mark_would_not_be_kept_is_not_taken_for_a_safe_one(bench: EspoBench) -> None:
    bench.espo.field_rights[bench.ana] = {"Account": {"description": {"read": "yes", "edit": "no"}}}
    connector = bench.connector()

    assert connector.describe().kinds[Kind.COMPANY].create is Identity.NONE
    assert connector.describe().kinds[Kind.PERSON].create is Identity.MARKER
    with pytest.raises(ConnectorError):
        connector.find_by_op(op(Kind.COMPANY, fields={"name": "Unmarked Ltd"}))


def test_a_user_without_leads_keeps_contacts_and_opportunities(bench: EspoBench) -> None:
    bench.espo.rights[bench.ana] = {"Lead": False}

    connector = bench.connector()

    assert f"lead-{bench.lead}" not in drain(connector, Kind.DEAL).upserts
    assert len(drain(connector, Kind.DEAL).upserts) == 12
    assert not [each for each in drain(connector, Kind.STAGE).upserts if each.startswith("lead:")]


def test_a_user_without_campaigns_has_no_engagements_and_no_error(bench: EspoBench) -> None:
    bench.espo.rights[bench.ana] = {"CampaignLogRecord": False}

    connector = bench.connector()

    assert Kind.ENGAGEMENT not in connector.describe().kinds
    with pytest.raises(ScopeDenied):
        connector.pull(Kind.ENGAGEMENT, Scope(), None)


def test_a_campaigns_log_is_told_by_the_person_it_is_about(bench: EspoBench) -> None:
    (opened,) = drain(bench.connector(), Kind.ENGAGEMENT).upserts.values()

    assert (opened.fields["what"], opened.fields["campaign"]) == ("email_opened", "Spring")
    assert opened.links["company"] == bench.espo.tables["Contact"][str(opened.links["person"])]["accountId"]


def test_what_outlives_its_person_or_deal_is_about_nobody(bench: EspoBench) -> None:
    connector = bench.connector()
    person = bench.bo.create(Kind.PERSON, {"name": "Gone Soon"}, {})
    called = {"name": "Call", "status": "Held", "parentType": "Contact", "parentId": person}
    times = {"dateStart": bench.espo.stamp(), "dateEnd": bench.espo.stamp(), "assignedUserId": bench.bo.user}
    call = f"Call:{bench.espo.act(bench.bo.user, 'Call', {**called, **times})['id']}"
    (opened,) = drain(connector, Kind.ENGAGEMENT).upserts.values()
    assert fetched(connector, Kind.ACTIVITY, call).links["person"] == person

    for gone in (person, str(opened.links["person"])):
        bench.bo.delete(Kind.PERSON, gone)

    assert fetched(connector, Kind.ENGAGEMENT, opened.remote_id).links["person"] is None
    assert fetched(connector, Kind.ACTIVITY, call).links["person"] is None


# Conflicts and duplicates ───────────────────────────────────────────────────────────────────────────────────────────


def test_a_colleague_who_writes_between_our_reading_and_our_writing_is_a_conflict(bench: EspoBench) -> None:
    bench.espo.guarded = {"Account", "Contact", "Opportunity"}
    connector, deal = bench.connector(), some_deal(bench).remote_id
    bench.bo.edit(Kind.DEAL, deal, {"name": "Counted from here"})
    (now,) = connector.fetch(Kind.DEAL, [deal])

    def meanwhile(request: Request) -> bool:
        if request.method == "PUT":
            bench.bo.edit(Kind.DEAL, deal, {"name": "Theirs"})
        return False

    bench.server.fail(when=meanwhile)
    mine = op(Kind.DEAL, Action.UPDATE, deal, {"name": "Mine"}, seen={"name": "Counted from here"}, version=now.version)
    result = push_one(connector, mine, Conflict)

    assert result.server is not None
    assert result.server.fields["name"] == "Theirs"
    assert connector.describe().kinds[Kind.DEAL].concurrency is Concurrency.ATOMIC
    assert connector.describe().kinds[Kind.ACTIVITY].concurrency is Concurrency.CHECK_THEN_WRITE


@pytest.mark.parametrize("version", ["8.4.2", "9.2.7"])
def test_a_colleague_who_writes_other_fields_meanwhile_is_none_and_both_are_kept(
    bench: EspoBench, version: str
) -> None:
    bench.espo.guarded, bench.espo.version = {"Opportunity"}, version
    connector, deal = bench.connector(), some_deal(bench).remote_id
    bench.bo.edit(Kind.DEAL, deal, {"name": "Counted from here"})

    def meanwhile(request: Request) -> bool:
        if request.method == "PUT" and row_of(bench, "Opportunity", deal)["name"] != "Theirs":
            bench.bo.edit(Kind.DEAL, deal, {"name": "Theirs"})
        return False

    bench.server.fail(when=meanwhile)
    push_one(connector, op(Kind.DEAL, Action.UPDATE, deal, {"amount": 4_200}), Applied)

    told = fetched(connector, Kind.DEAL, deal).fields
    assert (told["name"], told["amount"]) == ("Theirs", 4_200)
    assert [request.headers.get("x-version-number") for request in bench.server.asked if request.method == "PUT"] == [
        "1", "2"
    ]  # fmt: skip


def test_a_colleague_who_never_stops_writing_is_a_conflict_in_the_end(bench: EspoBench) -> None:
    bench.espo.guarded = {"Opportunity"}
    connector, deal = bench.connector(), some_deal(bench).remote_id
    bench.bo.edit(Kind.DEAL, deal, {"name": "Counted from here"})

    def meanwhile(request: Request) -> bool:
        if request.method == "PUT":
            bench.bo.edit(Kind.DEAL, deal, {"name": f"Theirs {len(bench.server.asked)}"})
        return False

    bench.server.fail(when=meanwhile)

    push_one(connector, op(Kind.DEAL, Action.UPDATE, deal, {"amount": 4_200}), Conflict)


def test_what_is_already_there_is_named_and_another_of_the_same_name_is_not(bench: EspoBench) -> None:
    connector = bench.connector()
    there = bench.bo.create(Kind.PERSON, {"name": "Ada Adler", "email": "ada@one.example"}, {})

    same = push_one(connector, op(Kind.PERSON, fields={"name": "Ada A.", "email": "ada@one.example"}), Rejected)
    nameless = push_one(connector, op(Kind.PERSON, fields={"name": "Ada Adler"}), Rejected)
    other = push_one(connector, op(Kind.PERSON, fields={"name": "Ada Adler", "email": "ada@two.example"}), Applied)

    assert same.problems[0].existing_id == nameless.problems[0].existing_id == there
    assert same.problems[0].words == "Ada Adler is already there"
    assert other.remote_id != there


def test_a_refusal_names_our_field_and_speaks_in_words(bench: EspoBench) -> None:
    result = push_one(bench.connector(), op(Kind.DEAL, fields={"name": "X", "close_on": "soon"}), Rejected)

    assert result.problems[0].field == "close_on"
    assert "Close Date" in result.problems[0].words


# Stages ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_pipelines_of_version_ten_are_pipelines_and_their_stages_move_deals(ten: EspoBench) -> None:
    connector = ten.connector()
    stages = drain(connector, Kind.STAGE).upserts
    deal = some_deal(ten)

    push_one(connector, op(Kind.DEAL, Action.UPDATE, deal.remote_id, links={"stage": "stage-2"}), Applied)

    assert drain(connector, Kind.PIPELINE).upserts["pipe-sales"].fields["name"] == "Sales"
    assert (stages["stage-2"].fields["name"], stages["stage-4"].fields["outcome"]) == ("Proposal!", "won")
    row = row_of(ten, "Opportunity", deal.remote_id)
    assert (row["pipelineStageId"], row["stage"], row["probability"]) == ("stage-2", "Proposal", 50)
    push_one(connector, op(Kind.DEAL, Action.WIN, deal.remote_id), Applied)
    assert row_of(ten, "Opportunity", deal.remote_id)["pipelineStageId"] == "stage-4"


def test_a_deal_from_before_pipelines_were_switched_on_stands_at_the_stage_that_means_its_own(ten: EspoBench) -> None:
    connector, (old, won) = ten.connector(), list(drain(ten.connector(), Kind.DEAL).upserts)[:2]
    for deal, stage in ((old, "Proposal"), (won, "Closed Won")):
        row_of(ten, "Opportunity", deal).update(stage=stage, pipelineId=None, pipelineStageId=None)

    told = fetched(connector, Kind.DEAL, old)

    assert (told.links["stage"], told.links["pipeline"], told.fields["status"]) == ("stage-2", "pipe-sales", "open")
    assert fetched(connector, Kind.DEAL, won).fields["status"] == "won"
    push_one(connector, op(Kind.DEAL, Action.UPDATE, old, links={"stage": "stage-3"}), Applied)
    assert row_of(ten, "Opportunity", old)["pipelineStageId"] == "stage-3"


def test_version_ten_without_pipelines_keeps_the_choice(bench: EspoBench) -> None:
    bench.espo.version = "10.0.0"

    assert drain(bench.connector(), Kind.PIPELINE).upserts.keys() == {"opportunity", "lead"}


def test_a_stage_that_is_gone_is_refused_and_the_deal_is_not_taken_for_deleted(bench: EspoBench) -> None:
    move = op(Kind.DEAL, Action.UPDATE, some_deal(bench).remote_id, links={"stage": "Nowhere"})

    assert push_one(bench.connector(), move, Rejected).problems[0].field == "stage"


def test_a_lost_deal_that_is_opened_again_begins_anew(bench: EspoBench) -> None:
    connector, deal = bench.connector(), some_deal(bench).remote_id
    push_one(connector, op(Kind.DEAL, Action.LOSE, deal, {"lost_note": "Too dear"}), Applied)

    push_one(connector, op(Kind.DEAL, Action.UPDATE, deal, {"status": "open"}, seen={"status": "lost"}), Applied)

    assert fetched(connector, Kind.DEAL, deal).links["stage"] == "Prospecting"


# Fields of a company's own ──────────────────────────────────────────────────────────────────────────────────────────


def test_a_reason_and_words_of_a_loss_go_where_the_team_agreed(bench: EspoBench) -> None:
    fields = bench.espo.entities["Opportunity"].fields
    fields["cReason"], fields["cWhy"] = enum("Price", "Time", isCustom=True), text(isCustom=True)
    agreed = FieldMap({"deal.loss_reason": "cReason", "deal.lost_note": "cWhy"})
    deal = some_deal(bench).remote_id
    row_of(bench, "Opportunity", deal).update(cReason=None, cWhy=None)
    connector = bench.connector(field_map=agreed)
    assert set(drain(connector, Kind.LOSS_REASON).upserts) == {"Price", "Time"}

    push_one(connector, op(Kind.DEAL, Action.LOSE, deal, {"lost_note": "Dear"}, {"loss_reason": "Price"}), Applied)

    row = row_of(bench, "Opportunity", deal)
    assert (row["cReason"], row["cWhy"], row["stage"], row.get("description")) == ("Price", "Dear", "Closed Lost", None)
    told = fetched(connector, Kind.DEAL, deal)
    assert (told.links["loss_reason"], told.fields["lost_note"]) == ("Price", "Dear")


def test_fields_of_the_companys_own_are_offered_shown_and_counted(bench: EspoBench) -> None:
    bench.espo.entities["Account"].fields["cRegion"] = enum("North", "South", isCustom=True)
    firms = list(bench.espo.tables["Account"].values())
    for firm in firms:
        firm["cRegion"] = "North" if firm is not firms[0] and firm is not firms[1] and firm is not firms[2] else None
    connector = bench.connector(field_map=FieldMap(shown={"company": ("cRegion",)}))

    (offered,) = [each for each in connector.schema().fields if each.theirs == "cRegion"]

    assert (offered.name, offered.custom, offered.holds, offered.filled) == ("", True, "choice", 0.75)
    assert offered.choices == ("North", "South")
    assert drain(connector, Kind.COMPANY).upserts[firms[5]["id"]].extra["C region"] == "North"


def test_labels_are_espocrms_own_words(bench: EspoBench) -> None:
    facts = {(each.kind, each.name): each for each in bench.connector().schema().fields}

    assert facts[Kind.DEAL, "close_on"].label == "Close Date"
    assert facts[Kind.COMPANY, "industry"].choices == ("Software", "Banking", "Energy and Water")
    assert not facts[Kind.DEAL, "amount"].required


# Hostile answers ────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "body",
    [
        {"total": 1, "list": [{"name": "no id"}]},
        {"total": 1, "list": [{"id": 7}]},
        {"total": 1, "list": {"id": "x"}},
        {"total": 0},
        [],
    ],
)
def test_a_list_that_is_none_is_never_an_empty_one(bench: EspoBench, body: object) -> None:
    connector = bench.connector()
    connector.describe()
    bench.server.fail(when=lambda request: request.path.endswith("/Account"), instead=Reply(200, body))

    with pytest.raises(Exception, match="list") as stopped:
        connector.pull(Kind.COMPANY, Scope(), None)

    assert type(stopped.value).__name__ == "Unreachable"


@pytest.mark.parametrize("acl", [None, {}, {"table": None}, {"table": "all"}])
def test_an_answer_that_leaves_out_our_rights_takes_none_of_them_away(bench: EspoBench, acl: object) -> None:
    def turn(reply: Reply) -> Reply:
        assert isinstance(reply.body, dict)
        return Reply(reply.status, {**reply.body, "acl": acl}, reply.headers, reply.kind)

    connector = bench.connector()
    bench.server.fail(when=lambda request: request.path.endswith("/App/user"), turn=turn)

    with pytest.raises(Unreachable):
        connector.describe()


def test_a_record_with_broken_text_stops_itself_and_not_its_page(bench: EspoBench) -> None:
    row = next(iter(bench.espo.tables["Account"].values()))
    row["name"] = "lone \ud800 surrogate"

    page = bench.connector().pull(Kind.COMPANY, Scope(), None)

    assert [each.remote_id for each in page.poison] == [row["id"]]
    assert len(page.upserts) == 11


GARBAGE: list[object] = [
    None,
    [],
    [[]],
    {},
    {"a": {}},
    True,
    7,
    -1e308,
    "",
    "x" * 70_000,
    "2026-13-45 99:00:00",
    [None],
]


@pytest.mark.parametrize("kind", [Kind.COMPANY, Kind.PERSON, Kind.DEAL, Kind.ACTIVITY, Kind.ENGAGEMENT, Kind.USER])
def test_whatever_stands_in_a_field_no_record_takes_another_along(bench: EspoBench, kind: Kind) -> None:
    connector = bench.connector()
    whole = set(connector.ids(kind, Scope()))
    stands: list[object] = [None]

    def spoilt(reply: Reply) -> Reply:
        body = reply.body
        if not isinstance(body, dict) or not isinstance(body.get("list"), list):
            return reply
        kept = ("id", "number")
        rows = [{name: value if name in kept else stands[0] for name, value in row.items()} for row in body["list"]]
        return Reply(reply.status, {**body, "list": rows}, reply.headers)

    bench.server.fail(turn=spoilt, times=10_000)
    for stands[0] in GARBAGE:
        page = connector.pull(kind, Scope(), None)
        told = len(page.upserts) + len(page.poison) + len(page.gone)
        for _ in range(20):
            if not page.more:
                break
            page = connector.pull(kind, Scope(), page.cursor)
            told += len(page.upserts) + len(page.poison) + len(page.gone)
        assert not page.more
        assert told == len(whole) or kind is Kind.ENGAGEMENT, stands[0]
