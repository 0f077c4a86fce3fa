"""What is EspoCRM's own, on a real server: a rep's day, rights, conflicts, leads and custom fields."""

from __future__ import annotations

import time
from typing import Any

import pytest

from companion.connectors.base import (
    Action,
    Applied,
    Concurrency,
    Conflict,
    Connector,
    Identity,
    Rejected,
    Scope,
    Upsert,
)
from companion.connectors.naive_utc import stamp
from companion.domain.field_map import FieldMap
from companion.domain.records import Gone, Kind, Value
from tests.connectors.contract import AT, ConnectorContract, drain, op, push_one, sent_before
from tests.connectors.espocrm.live import server
from tests.connectors.espocrm.live.bench import LiveBench
from tests.connectors.espocrm.live.server import KEYED
from tests.connectors.fake_server import Request

pytestmark = server.proof()


def family(bench: LiveBench) -> tuple[str, str, str]:
    """A company, a person there and an open deal of ours."""
    return ConnectorContract().family(bench)


def fetched(connector: Connector, kind: Kind, remote_id: str) -> Upsert:
    """The record now."""
    (found,) = connector.fetch(kind, [remote_id])
    return found


# A rep's day ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_logged_call_is_a_held_call_with_its_guest_in_espocrm(bench: LiveBench) -> None:
    connector, (company, person, deal) = bench.connector(), family(bench)
    fields: dict[str, Value] = {
        "what": "call", "direction": "in", "subject": "Price <= 100?", "body": "Wants a quote",
        "outcome": "left_message", "at": AT, "duration_s": 200, "done": True,
    }  # fmt: skip
    call = op(Kind.ACTIVITY, fields=fields, links={"person": person, "deal": deal})

    made = push_one(connector, call, Applied)

    row = bench.espo.row("Call", made.remote_id.partition(":")[2])
    assert (row["status"], row["direction"], row["duration"]) == ("Not Held", "Inbound", 200)
    assert (row["assignedUserId"], row["contactsIds"]) == (bench.ana, [person])
    assert (row["parentType"], row["parentId"], row["accountId"]) == ("Opportunity", deal, company)
    assert row["dateStart"] == stamp(AT)
    told = fetched(connector, Kind.ACTIVITY, made.remote_id)
    assert {name: told.fields[name] for name in fields if name != "subject"} == {
        name: value for name, value in fields.items() if name != "subject"
    }
    assert (told.links["person"], told.links["deal"]) == (person, deal)
    assert push_one(connector, sent_before(call), Applied).remote_id == made.remote_id


def test_a_next_step_is_made_moved_and_done(bench: LiveBench) -> None:
    connector, (_, person, deal) = bench.connector(), family(bench)
    step: dict[str, Value] = {"what": "task", "subject": "Ring", "due_at": AT, "due_on": "2026-11-21"}
    links: dict[str, str | None] = {"deal": deal, "person": person}
    made = push_one(connector, op(Kind.ACTIVITY, fields=step, links=links), Applied).remote_id

    push_one(connector, op(Kind.ACTIVITY, Action.UPDATE, made, {"due_on": "2026-11-30", "due_at": None}), Applied)
    told = fetched(connector, Kind.ACTIVITY, made)
    assert (told.fields["due_on"], told.fields["due_at"], told.links["person"]) == ("2026-11-30", None, person)
    push_one(connector, op(Kind.ACTIVITY, Action.COMPLETE, made, {"done": True}), Applied)
    assert bench.espo.row("Task", made.partition(":")[2])["status"] == "Completed"


def test_an_email_is_archived_and_never_sent(bench: LiveBench) -> None:
    connector = bench.connector()
    person = push_one(connector, op(Kind.PERSON, fields={"name": "Eve Mail", "email": "eve@them.example"}), Applied)
    fields: dict[str, Value] = {"what": "email", "direction": "out", "subject": "Offer", "body": "Dear Eve", "at": AT}
    one = op(Kind.ACTIVITY, fields=fields, links={"person": person.remote_id})

    made = push_one(connector, one, Applied)

    row = bench.espo.row("Email", made.remote_id.removeprefix("Email:"))
    assert (row["status"], row["from"], row["to"]) == ("Archived", "ana@us.example", "eve@them.example")
    told = fetched(connector, Kind.ACTIVITY, made.remote_id)
    assert {name: told.fields[name] for name in fields} == fields
    assert told.links["person"] == person.remote_id
    assert connector.find_by_op(one) == made.remote_id
    push_one(connector, op(Kind.ACTIVITY, Action.UPDATE, made.remote_id, {"body": "Dear Eva"}), Applied)
    assert fetched(connector, Kind.ACTIVITY, made.remote_id).fields["body"] == "Dear Eva"


def test_a_stage_is_moved_and_its_odds_follow(bench: LiveBench) -> None:
    connector, (_, _, deal) = bench.connector(), family(bench)
    stages = [each for each in drain(connector, Kind.STAGE).upserts.values() if not each.remote_id.startswith("lead:")]
    third = sorted(stages, key=lambda each: int(each.fields["position"] or 0))[2]

    push_one(connector, op(Kind.DEAL, Action.UPDATE, deal, links={"stage": third.remote_id}), Applied)

    row = bench.espo.row("Opportunity", deal)
    assert third.remote_id in (row["stage"], row.get("pipelineStageId"))
    assert row["probability"] == third.fields["probability"]
    push_one(connector, op(Kind.DEAL, Action.WIN, deal), Applied)
    assert fetched(connector, Kind.DEAL, deal).fields["status"] == "won"
    assert bench.espo.row("Opportunity", deal)["probability"] == 100


def test_a_lost_deal_keeps_the_reps_words_and_opens_again(bench: LiveBench) -> None:
    connector, (_, _, deal) = bench.connector(), family(bench)

    push_one(connector, op(Kind.DEAL, Action.LOSE, deal, {"lost_note": "Too dear"}), Applied)
    lost = fetched(connector, Kind.DEAL, deal)
    push_one(connector, op(Kind.DEAL, Action.UPDATE, deal, {"status": "open"}, seen={"status": "lost"}), Applied)

    assert (lost.fields["status"], lost.fields["lost_note"]) == ("lost", "Too dear")
    assert fetched(connector, Kind.DEAL, deal).fields["status"] == "open"


def test_a_post_stays_inside_where_espocrm_lets_it_and_a_colleagues_later_words_come(bench: LiveBench) -> None:
    connector, (_, _, deal) = bench.connector(), family(bench)
    mine = op(Kind.ACTIVITY, fields={"what": "note", "body": "Mine", "at": AT}, links={"deal": deal})
    made = push_one(connector, mine, Applied)
    theirs = bench.bo.create(Kind.ACTIVITY, {"body": "Theirs"}, {"deal": deal})
    book = drain(connector, Kind.ACTIVITY)

    bench.bo.edit(Kind.ACTIVITY, theirs, {"body": "Theirs, reworded"})
    after = drain(connector, Kind.ACTIVITY, book.cursor)

    row = bench.espo.row("Note", made.remote_id.removeprefix("Note:"))
    assert row["isInternal"] is (int(bench.espo.version.partition(".")[0]) < 10)
    assert book.upserts[theirs].fields["body"] == "Theirs"
    assert after.upserts[theirs].fields["body"] == "Theirs, reworded"
    assert after.upserts[theirs].version != book.upserts[theirs].version


def test_a_contact_that_is_linked_moves_no_stamp_and_comes_within_the_hour(bench: LiveBench) -> None:
    connector, (company, _, deal) = bench.connector(), family(bench)
    book = drain(connector, Kind.DEAL)
    other = bench.bo.create(Kind.PERSON, {"name": "Olga Other"}, {"company": company})
    before = bench.espo.row("Opportunity", deal)["modifiedAt"]
    bench.espo.admin.ask("POST", f"Opportunity/{deal}/contacts", {"id": other})
    assert bench.espo.row("Opportunity", deal)["modifiedAt"] == before

    bench.server.ahead_s = 3700
    connector.describe()
    after = drain(connector, Kind.DEAL, book.cursor)

    assert other in {person for person, _ in after.upserts[deal].people}


def test_a_role_is_kept_with_a_company_and_refused_without(bench: LiveBench) -> None:
    connector, (company, _, _) = bench.connector(), family(bench)
    fields: dict[str, Value] = {"name": "Ruth Role", "role": "CFO"}
    at = push_one(connector, op(Kind.PERSON, fields=fields, links={"company": company}), Applied).remote_id
    alone = push_one(connector, op(Kind.PERSON, fields={**fields, "name": "Rita Role"}), Applied).remote_id

    assert fetched(connector, Kind.PERSON, at).fields["role"] == "CFO"
    assert bench.espo.row("Contact", alone)["title"] is None
    assert "role" not in fetched(connector, Kind.PERSON, alone).fields
    assert push_one(connector, op(Kind.PERSON, Action.UPDATE, alone, {"role": "Director"}), Rejected).problems[0].field
    both = op(Kind.PERSON, Action.UPDATE, alone, {"role": "Director"}, {"company": company})
    push_one(connector, both, Applied)
    assert fetched(connector, Kind.PERSON, alone).fields["role"] == "Director"


# Conflicts, duplicates, deletes ─────────────────────────────────────────────────────────────────────────────────────


def meanwhile(bench: LiveBench, deal: str, name: str) -> None:
    """A colleague renames the deal once, between our reading and our writing."""
    still = [name]

    def rename(request: Request) -> bool:
        if request.method == "PUT" and still:
            bench.bo.edit(Kind.DEAL, deal, {"name": still.pop()})
        return False

    bench.server.fail(when=rename)


def test_with_conflict_control_a_colleague_who_slips_in_between_is_a_conflict(bench: LiveBench) -> None:
    control(bench, on=True)
    try:
        connector, (_, _, deal) = bench.connector(), family(bench)
        bench.bo.edit(Kind.DEAL, deal, {"name": "Counted from here"})
        now = fetched(connector, Kind.DEAL, deal)
        seen = {"name": "Counted from here"}

        meanwhile(bench, deal, "Theirs")
        clash = op(Kind.DEAL, Action.UPDATE, deal, {"name": "Mine"}, seen=seen, version=now.version)
        result = push_one(connector, clash, Conflict)

        assert result.server is not None
        assert result.server.fields["name"] == "Theirs"
        assert connector.describe().kinds[Kind.DEAL].concurrency is Concurrency.ATOMIC
        bench.server.faults.clear()
        meanwhile(bench, deal, "Theirs again")
        push_one(connector, op(Kind.DEAL, Action.UPDATE, deal, {"amount": 4_200}), Applied)
        assert {name: fetched(connector, Kind.DEAL, deal).fields[name] for name in ("name", "amount")} == {
            "name": "Theirs again", "amount": 4_200
        }  # fmt: skip
    finally:
        bench.server.faults.clear()
        control(bench, on=False)


def control(bench: LiveBench, *, on: bool) -> None:
    """The administrator's switch."""
    body = {"name": "Opportunity", "optimisticConcurrencyControl": on}
    bench.espo.admin.ask("POST", "EntityManager/action/updateEntity", body)


def test_without_conflict_control_what_changed_before_our_reading_is_a_conflict(bench: LiveBench) -> None:
    connector, (_, _, deal) = bench.connector(), family(bench)
    now = fetched(connector, Kind.DEAL, deal)
    bench.bo.edit(Kind.DEAL, deal, {"name": "Theirs"})

    mine = op(Kind.DEAL, Action.UPDATE, deal, {"name": "Mine"}, seen={"name": "Family deal"}, version=now.version)
    result = push_one(connector, mine, Conflict)

    assert result.server is not None
    assert result.server.fields["name"] == "Theirs"
    assert connector.describe().kinds[Kind.DEAL].concurrency is Concurrency.CHECK_THEN_WRITE


def test_what_is_already_there_is_named_and_another_of_the_same_name_is_not(bench: LiveBench) -> None:
    connector = bench.connector()
    there = bench.bo.create(Kind.PERSON, {"name": "Ada Adler", "email": "ada@one.example"}, {})

    same = push_one(connector, op(Kind.PERSON, fields={"name": "Ada A.", "email": "ada@one.example"}), Rejected)
    nameless = push_one(connector, op(Kind.PERSON, fields={"name": "Ada Adler"}), Rejected)
    other = push_one(connector, op(Kind.PERSON, fields={"name": "Ada Adler", "email": "ada@two.example"}), Applied)

    assert same.problems[0].existing_id == nameless.problems[0].existing_id == there
    assert same.problems[0].words == "Ada Adler is already there"
    assert other.remote_id != there


def test_an_activity_is_deleted_and_stays_gone(bench: LiveBench) -> None:
    connector, (_, _, deal) = bench.connector(), family(bench)
    for what in ("call", "note", "task"):
        one = op(Kind.ACTIVITY, fields={"what": what, "subject": "x", "body": "y", "at": AT}, links={"deal": deal})
        made = push_one(connector, one, Applied).remote_id
        assert made in set(connector.ids(Kind.ACTIVITY, Scope()))

        push_one(connector, op(Kind.ACTIVITY, Action.DELETE, made), Applied)
        push_one(connector, op(Kind.ACTIVITY, Action.DELETE, made), Applied)

        assert made not in set(connector.ids(Kind.ACTIVITY, Scope()))
        assert connector.fetch(Kind.ACTIVITY, [made]) == []


def test_a_refusal_names_our_field_and_speaks_in_words(bench: LiveBench) -> None:
    result = push_one(bench.connector(), op(Kind.DEAL, fields={"name": "X", "close_on": "soon"}), Rejected)

    assert result.problems[0].field == "close_on"
    assert "Close Date" in result.problems[0].words


# Rights ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_api_user_who_sees_only_its_own_keeps_to_that(keyed: LiveBench) -> None:
    own = {"create": "yes", "read": "own", "edit": "own", "delete": "no", "stream": "own"}
    keyed.espo.rights({"Account": own, "Opportunity": {**own, "create": "no"}, "Lead": False, "GlobalStream": None})
    try:
        connector = keyed.connector()
        theirs = keyed.bo.create(Kind.COMPANY, {"name": "Theirs Ltd"}, {})
        mine = push_one(connector, op(Kind.COMPANY, fields={"name": "Mine Ltd"}), Applied).remote_id

        there = set(drain(connector, Kind.COMPANY).upserts)
        told = connector.describe()

        assert mine in there
        assert theirs not in there
        assert connector.fetch(Kind.COMPANY, [theirs]) == []
        assert told.user_id == keyed.espo.ids[KEYED]
        assert any("global stream" in words for words in told.notes)
        assert not told.kinds[Kind.DEAL].writable
        refused = push_one(connector, op(Kind.COMPANY, Action.DELETE, mine), Rejected)
        assert refused.problems[0].words.strip()
        assert "access" in push_one(connector, op(Kind.DEAL, fields={"name": "No"}), Rejected).problems[0].words
        assert not [each for each in drain(connector, Kind.STAGE).upserts if each.startswith("lead:")]
        note = op(Kind.ACTIVITY, fields={"what": "note", "body": "Mine", "at": AT}, links={"company": mine})
        wrote = push_one(connector, note, Applied).remote_id
        assert wrote in drain(connector, Kind.ACTIVITY).upserts
    finally:
        keyed.espo.rights()


# Leads ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_lead_is_moved_called_and_becomes_what_espocrm_makes_of_it(bench: LiveBench) -> None:
    connector = bench.connector()
    one = op(Kind.DEAL, fields={"name": "Walk-in", "is_lead": True, "amount": 500_000})
    lead = push_one(connector, one, Applied).remote_id
    push_one(connector, op(Kind.DEAL, Action.UPDATE, lead, links={"stage": "lead:In Process"}), Applied)
    called = op(
        Kind.ACTIVITY, fields={"what": "call", "subject": "First", "at": AT, "done": True},
        links={"person": lead, "deal": lead},
    )  # fmt: skip
    links = fetched(connector, Kind.ACTIVITY, push_one(connector, called, Applied).remote_id).links
    people, deals = drain(connector, Kind.PERSON), drain(connector, Kind.DEAL)
    assert (links["person"], links["deal"]) == (lead, lead)
    assert deals.upserts[lead].links["stage"] == "lead:In Process"
    assert "converting" in push_one(connector, op(Kind.DEAL, Action.WIN, lead), Rejected).problems[0].words

    contact, deal = converted(bench, lead.removeprefix("lead-"))

    gone = drain(connector, Kind.PERSON, people.cursor).gone[lead], drain(connector, Kind.DEAL, deals.cursor).gone[lead]
    assert [(each.why, each.winner_id) for each in gone] == [(Gone.MERGED, contact), (Gone.MERGED, deal)]
    assert lead not in set(connector.ids(Kind.PERSON, Scope()))
    assert connector.find_by_op(one) == lead


def converted(bench: LiveBench, lead: str) -> tuple[str, str]:
    """As in EspoCRM's screen; the contact and the opportunity that came of it."""
    made: dict[str, Any] = {
        "Contact": {"lastName": "Walk-in", "firstName": "Wanda"},
        "Opportunity": {"name": "Walk-in", "amount": 5000, "closeDate": "2027-01-31", "probability": 50},
    }
    if bench.espo.pipelines:
        pipeline = bench.espo.pipelines[0]
        made["Opportunity"] |= {"pipelineId": pipeline["id"], "pipelineStageId": pipeline["stages"][0]["id"]}
    else:
        made["Opportunity"]["stage"] = "Prospecting"
    body = {"id": lead, "records": made, "skipDuplicateCheck": True}
    told = bench.espo.admin.ask("POST", "Lead/action/convert", body)
    return told["createdContactId"], told["createdOpportunityId"]


# Fields of a company's own ──────────────────────────────────────────────────────────────────────────────────────────


def test_a_field_of_the_administrators_takes_the_mark_out_of_the_text(bench: LiveBench) -> None:
    place = "Admin/fieldManager/Account"
    bench.espo.admin.ask("POST", place, {"name": "companionOpId", "type": "varchar", "maxLength": 40})
    try:
        connector = bench.connector()
        one = op(Kind.COMPANY, fields={"name": "Marked Ltd"})
        made = push_one(connector, one, Applied)
        row = bench.espo.row("Account", made.remote_id)
        assert (row["cCompanionOpId"], row["description"]) == (one.id, None)
        assert bench.connector().find_by_op(one) == made.remote_id
        assert fetched(connector, Kind.COMPANY, made.remote_id).op_id == one.id
    finally:
        bench.espo.admin.ask("DELETE", f"{place}/cCompanionOpId")


def test_a_reason_and_words_of_a_loss_go_where_the_team_agreed(bench: LiveBench) -> None:
    place = "Admin/fieldManager/Opportunity"
    bench.espo.admin.ask("POST", place, {"name": "reason", "type": "enum", "options": ["", "Price", "Time"]})
    bench.espo.admin.ask("POST", place, {"name": "why", "type": "varchar"})
    try:
        agreed = FieldMap({"deal.loss_reason": "cReason", "deal.lost_note": "cWhy"})
        connector, (_, _, deal) = bench.connector(field_map=agreed), family(bench)
        assert set(drain(connector, Kind.LOSS_REASON).upserts) == {"Price", "Time"}

        push_one(connector, op(Kind.DEAL, Action.LOSE, deal, {"lost_note": "Dear"}, {"loss_reason": "Price"}), Applied)

        row = bench.espo.row("Opportunity", deal)
        assert (row["cReason"], row["cWhy"]) == ("Price", "Dear")
        told = fetched(connector, Kind.DEAL, deal)
        assert (told.links["loss_reason"], told.fields["lost_note"]) == ("Price", "Dear")
        (offered,) = [each for each in bench.connector().schema().fields if each.theirs == "cReason"]
        assert (offered.custom, offered.holds, offered.choices) == (True, "choice", ("Price", "Time"))
    finally:
        for name in ("cReason", "cWhy"):
            bench.espo.admin.ask("DELETE", f"{place}/{name}")


def test_where_a_role_closes_the_description_a_create_is_not_called_safe(bench: LiveBench) -> None:
    bench.espo.rights({}, {"Account": {"description": {"read": "yes", "edit": "no"}}})
    try:
        told = bench.connector().describe().kinds

        assert (told[Kind.COMPANY].create, told[Kind.PERSON].create) == (Identity.NONE, Identity.MARKER)
        made = push_one(bench.connector(), op(Kind.COMPANY, fields={"name": "Unmarked Ltd"}), Applied)
        assert bench.espo.row("Account", made.remote_id)["description"] is None
    finally:
        bench.espo.rights()


# What marketing did ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_campaigns_log_is_told_by_the_person_it_is_about(bench: LiveBench) -> None:
    if not bench.espo.sql:
        pytest.skip(f"only EspoCRM itself writes its log of campaigns: set {server.SQL}")
    connector, (company, person, _) = bench.connector(), family(bench)
    campaign = bench.espo.act(bench.bo.user, "Campaign", {"name": "Spring", "type": "Email"})["id"]
    at, row_id = stamp(int(time.time())), f"log{time.time_ns():x}"[:17]
    names = "id, action, action_date, campaign_id, parent_id, parent_type, application, created_at, deleted"
    values = f"'{row_id}', 'Opened', '{at}', '{campaign}', '{person}', 'Contact', 'Espo', '{at}', 0"

    bench.espo.run(f"INSERT INTO campaign_log_record ({names}) VALUES ({values})")

    (opened,) = [each for each in drain(connector, Kind.ENGAGEMENT).upserts.values() if each.remote_id == row_id]
    assert (opened.fields["what"], opened.fields["campaign"]) == ("email_opened", "Spring")
    assert (opened.links["person"], opened.links["company"]) == (person, company)
    bench.bo.delete(Kind.PERSON, person)
    assert fetched(connector, Kind.ENGAGEMENT, row_id).links["person"] is None
    bench.espo.run(f"DELETE FROM campaign_log_record WHERE id = '{row_id}'")
