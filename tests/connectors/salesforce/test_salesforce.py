"""What is Salesforce's own: leads, merges, notes, e-mails, call results, choices, refusals in words, guards."""

from __future__ import annotations

import base64
from collections.abc import Iterator

import pytest

from companion.connectors.base import Action, Applied, Conflict, Identity, Rejected, RetryLater, Scope
from companion.connectors.salesforce.picklists import allowed
from companion.connectors.salesforce.schema import required
from companion.domain.field_map import FieldMap
from companion.domain.records import Gone, Kind, Value
from tests.connectors.contract import AT, EVERYTHING, drain, op, push_one, sent_before
from tests.connectors.fake_server import Reply
from tests.connectors.salesforce.bench import SalesforceBench
from tests.connectors.salesforce.fake_asked import Refused, Row
from tests.connectors.salesforce.fake_records import iso
from tests.connectors.salesforce.fake_salesforce import ANA, BO
from tests.connectors.salesforce.fake_schema import field_of

MINE = Scope(user_id=ANA)


@pytest.fixture
def bench() -> Iterator[SalesforceBench]:
    """A fresh org."""
    bench = SalesforceBench()
    yield bench
    bench.close()


@pytest.fixture
def plain() -> Iterator[SalesforceBench]:
    """An org as it comes, without an external id field."""
    bench = SalesforceBench(keyed=False)
    yield bench
    bench.close()


def person_of(bench: SalesforceBench) -> str:
    return next(iter(bench.org.rows["Contact"]))


def call(**more: Value) -> dict[str, Value]:
    return {
        "what": "call",
        "direction": "out",
        "subject": "Call",
        "body": "She rings back.",
        "at": AT,
        "done": True,
        **more,
    }


# Leads ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_lead_is_a_person_and_a_deal_at_once(bench: SalesforceBench) -> None:
    connector = bench.connector()
    lead = next(iter(bench.org.rows["Lead"]))
    person = drain(connector, Kind.PERSON).upserts[lead]
    deal = drain(connector, Kind.DEAL).upserts[lead]
    assert person.fields["name"] == "Lea Dahl"
    assert deal.fields["name"] == "Fjord AS"
    assert (deal.fields["is_lead"], deal.fields["status"]) == (True, "open")
    assert (deal.links["person"], deal.links["stage"]) == (lead, "lead:Open - Not Contacted")
    (task,) = [each for each in drain(connector, Kind.ACTIVITY).upserts.values() if each.links["person"] == lead]
    assert task.links["deal"] == lead
    assert deal.links["stage"] in drain(connector, Kind.STAGE).upserts


def test_a_lead_moves_and_is_lost_by_its_status_and_won_only_in_salesforce(bench: SalesforceBench) -> None:
    connector = bench.connector()
    lead = next(iter(bench.org.rows["Lead"]))
    move = op(Kind.DEAL, Action.UPDATE, lead, links={"stage": "lead:Working - Contacted"})
    push_one(connector, move, Applied)
    assert bench.org.rows["Lead"][lead]["Status"] == "Working - Contacted"
    refused = push_one(connector, op(Kind.DEAL, Action.WIN, lead), Rejected)
    assert "Convert" in refused.problems[0].words
    push_one(connector, op(Kind.DEAL, Action.LOSE, lead, {"lost_note": "Out of business"}), Applied)
    (now,) = connector.fetch(Kind.DEAL, [lead])
    assert now.fields["status"] == "lost"


def test_a_lead_that_was_converted_goes_on_as_its_contact_and_its_opportunity(bench: SalesforceBench) -> None:
    connector = bench.connector()
    lead, contact = next(iter(bench.org.rows["Lead"])), person_of(bench)
    deal = next(iter(bench.org.rows["Opportunity"]))
    people, deals = drain(connector, Kind.PERSON), drain(connector, Kind.DEAL)
    row = bench.org.rows["Lead"][lead]
    row |= {"IsConverted": True, "ConvertedContactId": contact, "ConvertedOpportunityId": deal}
    bench.org.touch(row)
    bench.settle()
    drain(connector, Kind.PERSON, people.cursor, book=people)
    drain(connector, Kind.DEAL, deals.cursor, book=deals)
    assert (people.gone[lead].why, people.gone[lead].winner_id) == (Gone.MERGED, contact)
    assert (deals.gone[lead].why, deals.gone[lead].winner_id) == (Gone.MERGED, deal)
    assert lead not in set(connector.ids(Kind.PERSON, EVERYTHING))


# Whose ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_scope_of_a_rep_holds_whom_the_reps_deals_are_about(bench: SalesforceBench) -> None:
    connector = bench.connector()
    assert drain(connector, Kind.PERSON, scope=MINE).upserts == {}
    deal = next(row for row in bench.org.rows["Opportunity"].values() if row["ContactId"])
    deal["OwnerId"] = ANA
    assert set(drain(connector, Kind.PERSON, scope=MINE).upserts) == {deal["ContactId"]}
    assert set(connector.ids(Kind.COMPANY, MINE)) == {deal["AccountId"]}
    assert set(connector.ids(Kind.DEAL, MINE)) == {deal["Id"]}


def test_a_company_of_somebody_elses_that_a_deal_is_about_is_read_again_within_the_hour(bench: SalesforceBench) -> None:
    connector = bench.connector()
    deal = next(iter(bench.org.rows["Opportunity"].values()))
    deal["OwnerId"] = ANA
    book = drain(connector, Kind.COMPANY, scope=MINE)
    bench.settle()
    bench.colleague.edit(Kind.COMPANY, deal["AccountId"], {"name": "Renamed"})
    for _ in range(8):
        bench.now += 300
        drain(connector, Kind.COMPANY, book.cursor, MINE, book)
    assert book.upserts[deal["AccountId"]].fields["name"] == "Renamed"


# Activities ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_call_keeps_its_length_in_seconds_and_its_result_in_words(bench: SalesforceBench) -> None:
    connector = bench.connector()
    log = op(Kind.ACTIVITY, fields=call(outcome="no_answer", duration_s=95), links={"person": person_of(bench)})
    made = push_one(connector, log, Applied)
    row = bench.org.rows["Task"][made.remote_id]
    assert (row["TaskSubtype"], row["CallType"], row["Status"]) == ("Call", "Outbound", "Completed")
    assert (row["CallDurationInSeconds"], row["CallDisposition"]) == (95, "No answer")
    assert row["Description"].endswith("She rings back.")
    assert row["ActivityDate"] == "2026-11-21", "23:00 in Brussels"
    (echo,) = connector.fetch(Kind.ACTIVITY, [made.remote_id])
    told = {name: echo.fields[name] for name in log.fields}
    assert told == log.fields


def test_a_team_says_what_its_call_results_are_called(bench: SalesforceBench) -> None:
    bench.field_map = FieldMap(outcomes={"no_answer": "NA", "connected": "Reached"})
    connector = bench.connector()
    log = op(Kind.ACTIVITY, fields=call(outcome="no_answer"), links={"person": person_of(bench)})
    made = push_one(connector, log, Applied)
    assert bench.org.rows["Task"][made.remote_id]["CallDisposition"] == "NA"
    bench.org.rows["Task"][made.remote_id]["CallDisposition"] = "Reached"
    assert connector.fetch(Kind.ACTIVITY, [made.remote_id])[0].fields["outcome"] == "connected"


def test_what_an_org_without_call_fields_cannot_keep_stands_in_the_text(plain: SalesforceBench) -> None:
    for name in ("CallType", "CallDurationInSeconds", "CallDisposition", "CallObject"):
        plain.org.objects["Task"].pop(name)
    connector = plain.connector()
    log = op(Kind.ACTIVITY, fields=call(outcome="no_answer", duration_s=95), links={"person": person_of(plain)})
    made = push_one(connector, log, Applied)
    text = plain.org.rows["Task"][made.remote_id]["Description"]
    assert "Outcome: no answer" in text
    assert "Duration: 1 min 35 s" in text
    (echo,) = connector.fetch(Kind.ACTIVITY, [made.remote_id])
    assert {name: echo.fields[name] for name in log.fields} == log.fields
    assert connector.find_by_op(log) == made.remote_id


def test_a_note_is_a_content_note_that_hangs_on_all_it_is_about(bench: SalesforceBench) -> None:
    connector = bench.connector()
    person, deal = person_of(bench), next(iter(bench.org.rows["Opportunity"]))
    fields: dict[str, Value] = {"what": "note", "body": "Careful <now>\nwith that", "at": AT}
    made = push_one(connector, op(Kind.ACTIVITY, fields=fields, links={"person": person, "deal": deal}), Applied)
    row = bench.org.rows["ContentNote"][made.remote_id]
    assert row["Title"] == "Careful <now>"
    assert "Careful &lt;now&gt;<br>with that" in base64.b64decode(row["Content"]).decode()
    links = bench.org.rows["ContentDocumentLink"].values()
    assert {each["LinkedEntityId"] for each in links if each["ContentDocumentId"] == made.remote_id} == {
        ANA,
        person,
        deal,
    }
    (echo,) = connector.fetch(Kind.ACTIVITY, [made.remote_id])
    assert (echo.links["person"], echo.links["deal"]) == (person, deal)


def test_a_note_whose_link_is_refused_is_not_there_at_all(bench: SalesforceBench) -> None:
    connector = bench.connector()
    before = set(bench.org.rows["ContentNote"])
    links: dict[str, str | None] = {"person": "003000000000999AAA"}
    note = op(Kind.ACTIVITY, fields={"what": "note", "body": "To nobody", "at": AT}, links=links)
    push_one(connector, note, Rejected)
    assert set(bench.org.rows["ContentNote"]) == before


def test_where_notes_are_switched_off_a_note_is_a_finished_task(bench: SalesforceBench) -> None:
    bench.org.hidden |= {"ContentNote", "ContentDocumentLink"}
    connector = bench.connector()
    assert any("finished task" in words for words in connector.describe().notes)
    note = op(Kind.ACTIVITY, fields={"what": "note", "body": "Careful", "at": AT}, links={"person": person_of(bench)})
    made = push_one(connector, note, Applied)
    assert bench.org.rows["Task"][made.remote_id]["Status"] == "Completed"
    (echo,) = connector.fetch(Kind.ACTIVITY, [made.remote_id])
    assert (echo.fields["what"], echo.fields["body"], echo.fields["at"]) == ("note", "Careful", AT)


def test_an_email_and_the_task_that_stands_for_it_are_one_activity(bench: SalesforceBench) -> None:
    person, deal = person_of(bench), next(iter(bench.org.rows["Opportunity"]))
    task = bench.org.put("Task", Subject="Email: Offer", TaskSubtype="Email", Status="Completed", WhoId=person)
    mail = bench.org.put(
        "EmailMessage", Subject="Offer", TextBody="Here it is", Incoming=True, ActivityId=task, RelatedToId=deal,
        MessageDate=iso(AT - 60), FromAddress="ada@firm.example",
    )  # fmt: skip
    bench.org.put("EmailMessageRelation", EmailMessageId=mail, RelationId=person, RelationType="FromAddress")
    connector = bench.connector()
    book = drain(connector, Kind.ACTIVITY)
    assert task not in book.upserts
    found = book.upserts[mail]
    assert (found.fields["what"], found.fields["direction"], found.fields["at"]) == ("email", "in", AT - 60)
    assert (found.links["person"], found.links["deal"]) == (person, deal)
    assert set(book.upserts) == set(connector.ids(Kind.ACTIVITY, EVERYTHING))


def test_an_hour_that_was_agreed_on_is_a_reminder_and_moves_away_with_its_day(bench: SalesforceBench) -> None:
    connector = bench.connector()
    due = AT + 13 * 3600
    fields: dict[str, Value] = {"what": "task", "subject": "Ring", "due_on": "2026-11-22", "due_at": due, "done": False}
    made = push_one(connector, op(Kind.ACTIVITY, fields=fields, links={"person": person_of(bench)}), Applied)
    row = bench.org.rows["Task"][made.remote_id]
    assert (row["ActivityDate"], row["IsReminderSet"], row["ReminderDateTime"]) == ("2026-11-22", True, iso(due))
    assert connector.fetch(Kind.ACTIVITY, [made.remote_id])[0].fields["due_at"] == due
    row["ActivityDate"] = "2026-11-30"
    (moved,) = connector.fetch(Kind.ACTIVITY, [made.remote_id])
    assert (moved.fields["due_on"], moved.fields["due_at"]) == ("2026-11-30", None)


# Writing ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_many_creates_of_one_kind_are_one_call(bench: SalesforceBench) -> None:
    connector = bench.connector()
    connector.describe()
    ops = [op(Kind.COMPANY, fields={"name": f"Many {number}"}) for number in range(12)]
    before = bench.crm.requests
    results = connector.push(ops)
    assert all(isinstance(each, Applied) and each.version for each in results)
    assert bench.crm.requests - before == 1
    assert [bench.org.rows["Account"][each.remote_id]["CompanionOpId__c"] for each in results] == [  # type: ignore[union-attr]
        each.id for each in ops
    ]


def test_what_a_colleague_changed_since_the_first_send_is_not_put_back_by_the_second(bench: SalesforceBench) -> None:
    connector = bench.connector()
    one = op(Kind.COMPANY, fields={"name": "Mine"})
    made = push_one(connector, one, Applied)
    bench.settle()
    bench.colleague.edit(Kind.COMPANY, made.remote_id, {"name": "Theirs"})
    push_one(connector, sent_before(one), Applied)
    assert bench.org.rows["Account"][made.remote_id]["Name"] == "Theirs"


def test_an_org_says_how_its_creates_are_recognised(bench: SalesforceBench, plain: SalesforceBench) -> None:
    keyed, marked = bench.connector().describe(), plain.connector().describe()
    for kind in (Kind.COMPANY, Kind.PERSON, Kind.DEAL):
        assert keyed.kinds[kind].create is Identity.EXTERNAL_KEY
        assert marked.kinds[kind].create is Identity.MARKER
    assert any("CompanionOpId__c" in words for words in marked.notes)
    assert not any("CompanionOpId__c" in words for words in keyed.notes)


@pytest.mark.parametrize("blind", [False, True], ids=["with the guard", "where Salesforce ignores it"])
def test_somebody_who_writes_between_our_look_and_our_write(bench: SalesforceBench, *, blind: bool) -> None:
    bench.crm.blind_to_guards = blind
    connector = bench.connector()
    deal = bench.colleague.create(Kind.DEAL, {"name": "Before"}, {})
    bench.settle()
    (seen,) = connector.fetch(Kind.DEAL, [deal])

    def meanwhile(reply: Reply) -> Reply:
        bench.now += 2
        bench.org.user = BO
        bench.org.update("Opportunity", deal, {"Name": "Theirs"})
        return reply

    bench.server.fail(when=lambda request: "queryAll" in request.path, turn=meanwhile)
    mine = op(Kind.DEAL, Action.UPDATE, deal, {"name": "Mine"}, seen={"name": "Before"}, version=seen.version)
    (result,) = connector.push([mine])
    if blind:
        assert isinstance(result, Applied), "the race of one round trip that only a guard closes"
    else:
        assert isinstance(result, Conflict)
        assert result.server is not None
        assert result.server.fields["name"] == "Theirs"


def test_another_person_becomes_a_deals_primary_contact(bench: SalesforceBench) -> None:
    connector = bench.connector()
    deal = next(row for row in bench.org.rows["Opportunity"].values() if row["ContactId"])
    other = next(each for each in bench.org.rows["Contact"] if each != deal["ContactId"])
    push_one(connector, op(Kind.DEAL, Action.UPDATE, deal["Id"], links={"person": other}), Applied)
    (after,) = connector.fetch(Kind.DEAL, [deal["Id"]])
    assert after.links["person"] == other


# Refusals ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("UNABLE_TO_LOCK_ROW", RetryLater),
        ("ENTITY_IS_DELETED", Conflict),
        ("FIELD_CUSTOM_VALIDATION_EXCEPTION", Rejected),
        ("INSUFFICIENT_ACCESS_OR_READONLY", Rejected),
    ],
)
def test_what_salesforce_says_to_a_change_is_understood(bench: SalesforceBench, code: str, expected: type) -> None:
    connector = bench.connector()
    deal = bench.colleague.create(Kind.DEAL, {"name": "Before"}, {})

    def refuse(owner: str, row: Row, before: Row) -> None:
        raise Refused(400, code, "A deal of this size needs a next step", ["NextStep"])

    bench.org.rules.append(refuse)
    (result,) = connector.push([op(Kind.DEAL, Action.UPDATE, deal, {"name": "After"})])
    assert isinstance(result, expected)
    if isinstance(result, Rejected):
        assert result.problems[0].words == "A deal of this size needs a next step"
    if isinstance(result, Conflict):
        assert result.server is None


def test_a_duplicate_names_the_record_that_is_there(bench: SalesforceBench) -> None:
    twin = bench.duplicate()
    assert twin is not None
    result = push_one(bench.connector(), twin, Rejected)
    there = next(row["Id"] for row in bench.org.rows["Contact"].values() if row["Email"] == "twin@acme.example")
    assert result.problems[0].existing_id == there


def test_a_text_that_is_too_long_is_refused_with_its_field(bench: SalesforceBench) -> None:
    result = push_one(bench.connector(), op(Kind.PERSON, fields={"name": "Ada", "role": "x" * 200}), Rejected)
    assert result.problems[0].field == "role"
    assert "too large" in result.problems[0].words


# Fields ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_bitmap_of_a_dependent_choice_is_read_from_the_left() -> None:
    controller = {"name": "A", "type": "picklist", "picklistValues": [{"value": str(each)} for each in range(10)]}
    bitmap = base64.b64encode(bytes([0b0100_0000, 0b0100_0000])).decode()
    field = {"picklistValues": [{"value": "x", "active": True, "validFor": bitmap}]}
    fitting = [value for value in map(str, range(10)) if allowed(field, controller, value)]
    assert fitting == ["1", "9"]


def test_the_reason_of_a_loss_is_found_by_its_label_or_by_what_the_team_agreed_on(bench: SalesforceBench) -> None:
    book = drain(bench.connector(), Kind.LOSS_REASON)
    assert set(book.upserts) == {"Price", "Lost to competitor", "No budget"}
    bench.org.objects["Opportunity"].pop("Loss_Reason__c")
    assert Kind.LOSS_REASON not in bench.connector().describe().kinds
    bench.org.objects["Opportunity"]["Why__c"] = field_of("Opportunity", "Why__c picklist 255 custom label=Why")
    bench.field_map = FieldMap({"deal.loss_reason": "Why__c"})
    assert Kind.LOSS_REASON in bench.connector().describe().kinds


def test_words_about_a_loss_stand_in_the_text_or_in_the_field_that_the_team_has_for_them(
    bench: SalesforceBench,
) -> None:
    lost = {"lost_note": "They chose the cheaper one"}
    first, second = (bench.colleague.create(Kind.DEAL, {"name": name}, {}) for name in ("One", "Two"))
    push_one(bench.connector(), op(Kind.DEAL, Action.LOSE, first, dict(lost)), Applied)
    assert "[Companion · Lost note: They chose the cheaper one]" in bench.org.rows["Opportunity"][first]["Description"]
    assert bench.connector().fetch(Kind.DEAL, [first])[0].fields["lost_note"] == lost["lost_note"]
    line = "Loss_Details__c string 255 custom label=Loss_Details"
    bench.org.objects["Opportunity"]["Loss_Details__c"] = field_of("Opportunity", line)
    connector = bench.connector()
    push_one(connector, op(Kind.DEAL, Action.LOSE, second, dict(lost)), Applied)
    assert bench.org.rows["Opportunity"][second]["Loss_Details__c"] == lost["lost_note"]
    assert connector.fetch(Kind.DEAL, [second])[0].fields["lost_note"] == lost["lost_note"]


def test_the_companys_own_fields_are_on_offer_and_shown_where_the_team_wants_them(bench: SalesforceBench) -> None:
    bench.org.objects["Account"]["Region__c"] = field_of("Account", "Region__c string 40 custom label=Region")
    firm = next(iter(bench.org.rows["Account"]))
    bench.org.rows["Account"][firm]["Region__c"] = "North"
    (offered,) = [each for each in bench.connector().schema().fields if each.theirs == "Region__c"]
    assert (offered.name, offered.custom, offered.holds) == ("", True, "text")
    assert offered.filled == pytest.approx(1 / 12, abs=0.01)
    bench.field_map = FieldMap({"company.country": "Region__c"}, shown={"company": ("Region__c",)})
    told = drain(bench.connector(), Kind.COMPANY).upserts[firm]
    assert told.fields["country"] == "North"
    assert told.extra["Region"] == "North"


def test_required_means_that_neither_nothing_nor_a_default_will_do(bench: SalesforceBench) -> None:
    facts = {(each.kind, each.name): each for each in bench.connector().schema().fields}
    assert facts[Kind.PERSON, "name"].required
    assert facts[Kind.DEAL, "name"].required
    assert not facts[Kind.DEAL, "probability"].required
    assert not facts[Kind.DEAL, "close_on"].required, "a day is put in where the rep gave none"
    must = {"nillable": False, "defaultedOnCreate": False, "createable": True}
    assert required(must)
    for name, value in (("nillable", True), ("defaultedOnCreate", True), ("createable", False)):
        assert not required({**must, name: value})


def test_a_webinar_that_somebody_came_to_is_a_touch(bench: SalesforceBench) -> None:
    found = next(iter(drain(bench.connector(), Kind.ENGAGEMENT).upserts.values()))
    assert (found.fields["what"], found.fields["campaign"]) == ("webinar", "Autumn")
    assert found.links["person"] in bench.org.rows["Contact"]


def test_an_email_that_was_opened_is_a_touch_of_its_own(bench: SalesforceBench) -> None:
    person = person_of(bench)
    told = {"IsOpened": True, "FirstOpenedDate": iso(AT - 30), "MessageDate": iso(AT - 60)}
    mail = bench.org.put("EmailMessage", Subject="Offer", TextBody="Here", **told)
    bench.org.put("EmailMessage", Subject="Unread", TextBody="Here")
    bench.org.put("EmailMessageRelation", EmailMessageId=mail, RelationId=person)
    connector = bench.connector()
    found = [
        each for each in drain(connector, Kind.ENGAGEMENT).upserts.values() if each.fields["what"] == "email_opened"
    ]
    assert [(each.remote_id, each.links["person"], each.fields["at"]) for each in found] == [(mail, person, AT - 30)]
    assert connector.fetch(Kind.ENGAGEMENT, [mail]) == found
    assert mail in set(connector.ids(Kind.ENGAGEMENT, EVERYTHING))


def test_all_who_are_invited_stand_beside_a_meeting(bench: SalesforceBench) -> None:
    event = next(iter(bench.org.rows["Event"].values()))
    others = [each for each in bench.org.rows["Contact"] if each != event["WhoId"]][:2]
    for each in (*others, event["WhoId"], BO):
        bench.org.put("EventRelation", EventId=event["Id"], RelationId=each, Status="New")
    (found,) = bench.connector().fetch(Kind.ACTIVITY, [event["Id"]])
    assert found.links["person"] == event["WhoId"]
    assert [person for person, _ in found.people] == sorted(others)


def test_a_copy_of_a_meeting_and_the_mail_of_a_case_are_left_out(bench: SalesforceBench) -> None:
    event = next(iter(bench.org.rows["Event"].values()))
    copy = bench.org.put(
        "Event", **{name: event[name] for name in ("Subject", "StartDateTime", "WhatId")}, IsChild=True
    )
    case = bench.org.put("EmailMessage", Subject="Broken", TextBody="It is", ParentId="500000000000001AAA")
    connector = bench.connector()
    found = set(drain(connector, Kind.ACTIVITY).upserts)
    assert event["Id"] in found
    assert not {copy, case} & found
    bench.org.rows["Event"][copy]["OwnerId"] = ANA
    assert copy in drain(connector, Kind.ACTIVITY, scope=MINE).upserts
