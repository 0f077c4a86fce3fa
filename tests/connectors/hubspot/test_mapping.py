"""Companies, contacts, deals and what marketing did, as HubSpot has them and as the book has them."""

from __future__ import annotations

import copy
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from companion.connectors.base import Action, Applied, Conflict, Rejected, Scope, Unknown, Upsert
from companion.connectors.hubspot import cursor
from companion.connectors.hubspot.mapping import day, zone_name, zone_value
from companion.connectors.hubspot.told import pipelines_of
from companion.connectors.hubspot.wire import SUNSET
from companion.domain.records import Gone, Kind
from tests.connectors.contract import AT, EVERYTHING, drain, op, push_one, sent_before
from tests.connectors.fake_server import Reply
from tests.connectors.hubspot.bench import AGREED, HubSpotBench
from tests.connectors.hubspot.fake_properties import Property, iso

REASONS = {"PRICE": "Too dear", "TIMING": "Not now"}


def read(bench: HubSpotBench, kind: Kind, remote_id: str) -> Upsert:
    return bench.connector().fetch(kind, [remote_id])[0]


def with_reasons(bench: HubSpotBench) -> None:
    known = Property("closed_lost_reason", "enumeration", "Closed lost reason", REASONS)
    bench.hubspot.records.properties["deals"]["closed_lost_reason"] = known


def noted(bench: HubSpotBench, deal: str) -> list[str]:
    notes = bench.hubspot.records.linked("deals", int(deal), "notes")
    return [bench.hubspot.records.of["notes"][note].values["hs_note_body"] for note in notes]


def test_it_tells_its_version_and_when_that_ends(bench: HubSpotBench) -> None:
    told = bench.connector().describe()
    assert (told.version, told.sunset) == ("2026-09", SUNSET)
    assert told.notes == ()
    assert told.currency == "EUR"


def test_choices_are_read_and_written_by_their_words(bench: HubSpotBench) -> None:
    person = bench.colleague.create(Kind.PERSON, {"name": "Ada Choice"}, {})
    connector = bench.connector()
    push_one(connector, op(Kind.PERSON, Action.UPDATE, person, {"buying_role": "champion"}), Applied)
    row = bench.hubspot.records.of["contacts"][int(person)]
    assert row.values["hs_buying_role"] == "CHAMPION"
    assert read(bench, Kind.PERSON, person).fields["buying_role"] == "Champion"
    refused = push_one(connector, op(Kind.PERSON, Action.UPDATE, person, {"buying_role": "Cook"}), Rejected)
    assert refused.problems[0].field == "buying_role"


@pytest.mark.parametrize("zone", ["Europe/Brussels", "America/New_York", "Asia/Kolkata"])
def test_the_zone_of_a_contact_is_one_of_the_tables(zone: str) -> None:
    assert zone_name(zone_value(zone)) == zone


def test_a_day_beyond_the_calendar_is_none_and_takes_no_deal_out_of_the_book() -> None:
    assert day("9999-12-31T23:59:59.999Z", ZoneInfo("Pacific/Kiritimati")) is None
    assert day("999999999999999", ZoneInfo("Europe/Oslo")) is None
    assert day("9999-12-31T12:00:00.000Z", ZoneInfo("Europe/Oslo")) == "9999-12-31"


@pytest.mark.parametrize(("told", "percent"), [("0.2", 20), ("0.0", 0), (1, 100), ("1e308", None), ("often", None)])
def test_a_stage_is_as_likely_as_it_says_and_an_odd_one_stops_no_other(told: object, percent: int | None) -> None:
    stage = {"id": "s", "label": "Stage", "metadata": {"probability": told, "isClosed": "false"}}

    assert pipelines_of([{"id": "p", "label": "P", "stages": [stage]}]).stages["s"].probability == percent


def test_marketing_that_tells_a_list_where_a_text_was_stops_its_contact_alone(bench: HubSpotBench) -> None:
    odd, good = (bench.hubspot.records.create("contacts", {"firstname": name}) for name in ("Odd", "Good"))
    for row in (odd, good):
        row.values["hs_email_last_open_date"] = iso(AT)

    def turned(reply: Reply) -> Reply:
        body = copy.deepcopy(reply.body)
        for row in body["results"]:  # type: ignore[index]
            if row["id"] == str(odd.number):
                row["properties"]["hs_email_last_email_name"] = [["x"]]
        return Reply(reply.status, body, reply.headers)

    connector = bench.connector()
    connector.describe()
    bench.server.fail(when=lambda request: request.path.endswith("/contacts"), turn=turned, times=9)
    page = connector.pull(Kind.ENGAGEMENT, EVERYTHING, None)

    assert f"{good.number}:open" in {each.remote_id for each in page.upserts}
    assert [each.remote_id for each in page.poison] == [str(odd.number)]


def test_a_contact_who_opted_out_has_not_consented(bench: HubSpotBench) -> None:
    row = bench.hubspot.records.create("contacts", {"email": "no@mail.example", "hs_email_optout": "true"})
    assert read(bench, Kind.PERSON, str(row.number)).fields["consent"] == "no"


def test_a_contact_without_a_name_is_called_by_its_address(bench: HubSpotBench) -> None:
    row = bench.hubspot.records.create("contacts", {"email": "who@mail.example"})
    assert read(bench, Kind.PERSON, str(row.number)).fields["name"] == "who@mail.example"


def test_a_deal_that_somebody_made_without_a_name_has_an_empty_one(bench: HubSpotBench) -> None:
    deal = bench.colleague.create(Kind.DEAL, {"name": "X"}, {})
    del bench.hubspot.records.of["deals"][int(deal)].values["dealname"]

    (told,) = bench.connector().fetch(Kind.DEAL, [deal])

    assert told.fields["name"] == ""


def test_of_several_companies_the_primary_one_counts_in_a_list_and_in_a_search(bench: HubSpotBench) -> None:
    connector = bench.connector()
    before = drain(connector, Kind.PERSON).cursor
    first, second = (bench.colleague.create(Kind.COMPANY, {"name": name}, {}) for name in ("A", "B"))
    person = bench.colleague.create(Kind.PERSON, {"name": "Ada Two"}, {"company": first})
    bench.hubspot.records.link("contacts", int(person), "companies", int(second), [1])
    bench.settle()
    listed, searched = drain(connector, Kind.PERSON), drain(connector, Kind.PERSON, before)
    assert listed.upserts[person].links["company"] == second
    assert searched.upserts[person] == listed.upserts[person] == read(bench, Kind.PERSON, person)


def test_another_company_takes_the_place_of_the_one_before(bench: HubSpotBench) -> None:
    first, second = (bench.colleague.create(Kind.COMPANY, {"name": name}, {}) for name in ("A", "B"))
    person = bench.colleague.create(Kind.PERSON, {"name": "Ada Moves"}, {"company": first})
    for wanted in (second, None, first):
        push_one(bench.connector(), op(Kind.PERSON, Action.UPDATE, person, {}, {"company": wanted}), Applied)
        assert read(bench, Kind.PERSON, person).links["company"] == wanted


def test_a_company_that_is_not_there_takes_the_new_contact_back(bench: HubSpotBench) -> None:
    before = set(bench.connector().ids(Kind.PERSON, EVERYTHING))
    one = op(Kind.PERSON, fields={"name": "Ada Lost"}, links={"company": "999999"})
    assert push_one(bench.connector(), one, Rejected).problems[0].words
    assert set(bench.connector().ids(Kind.PERSON, EVERYTHING)) == before


def test_a_second_send_leaves_what_a_colleague_changed_after_the_first(bench: HubSpotBench) -> None:
    one = op(Kind.COMPANY, fields={"name": "First Ltd", "city": "Ghent"})
    made = push_one(bench.connector(), one, Applied).remote_id
    bench.colleague.edit(Kind.COMPANY, made, {"city": "Bruges"})
    assert push_one(bench.connector(), sent_before(one), Applied).remote_id == made
    assert read(bench, Kind.COMPANY, made).fields["city"] == "Bruges"


def test_a_contact_whose_company_was_not_linked_in_time_is_linked_by_the_next_send(bench: HubSpotBench) -> None:
    company = bench.colleague.create(Kind.COMPANY, {"name": "Late Ltd"}, {})
    one = op(Kind.PERSON, fields={"name": "Ada Half"}, links={"company": company})
    bench.server.fail(when=lambda request: "/associations/" in request.path, instead=Reply(502, b"", kind="text/plain"))
    push_one(bench.connector(), one, Unknown)
    found = bench.connector().find_by_op(one)
    assert found is not None
    assert read(bench, Kind.PERSON, found).links["company"] == company


def test_merged_records_are_told_with_the_one_that_stays(bench: HubSpotBench) -> None:
    connector = bench.connector()
    loser, winner = (bench.colleague.create(Kind.PERSON, {"name": name}, {}) for name in ("Ada Old", "Ada New"))
    bench.settle()
    book = drain(connector, Kind.PERSON)
    bench.administrator.merge(Kind.PERSON, loser, winner)
    bench.settle()
    drain(connector, Kind.PERSON, book.cursor, book=book)
    assert (book.gone[loser].why, book.gone[loser].winner_id) == (Gone.MERGED, winner)
    assert connector.fetch(Kind.PERSON, [loser]) == []


def test_the_archived_are_looked_through_less_often_the_longer_it_takes() -> None:
    began = cursor.Cursor(began=AT, since=AT, archived_at=AT, archived_pages=4, done=True)
    soon = cursor.Cursor.resume(began.bytes(), AT + 4 * cursor.ARCHIVED_EVERY_S - 1)
    due = cursor.Cursor.resume(began.bytes(), AT + 4 * cursor.ARCHIVED_EVERY_S)
    assert (soon.archives_to, due.archives_to) == (None, AT + 4 * cursor.ARCHIVED_EVERY_S)
    assert due.begun(AT + 9000).next_phase(1).archived_at == AT + 9000
    assert soon.next_phase(1).archived_at == AT


def test_a_record_that_lost_its_owner_leaves_the_scope_with_the_next_pull(bench: HubSpotBench) -> None:
    connector = bench.connector()
    mine = Scope(user_id=connector.describe().user_id)
    deal = push_one(connector, op(Kind.DEAL, fields={"name": "Mine"}), Applied).remote_id
    bench.settle()
    book = drain(connector, Kind.DEAL, scope=mine)
    assert set(book.upserts) == {deal}
    row = bench.hubspot.records.of["deals"][int(deal)]
    bench.hubspot.records.update("deals", row, {"hubspot_owner_id": ""})
    bench.settle()
    drain(connector, Kind.DEAL, book.cursor, mine, book)
    assert book.gone[deal].why is Gone.OUT_OF_SCOPE


def test_words_about_a_loss_are_its_reason_where_nobody_made_a_list(bench: HubSpotBench) -> None:
    connector = bench.connector()
    assert Kind.LOSS_REASON not in connector.describe().kinds
    deal = push_one(connector, op(Kind.DEAL, fields={"name": "Gone"}), Applied).remote_id
    push_one(connector, op(Kind.DEAL, Action.LOSE, deal, {"lost_note": "Too dear"}), Applied)
    values = bench.hubspot.records.of["deals"][int(deal)].values
    assert (values["dealstage"], values["closed_lost_reason"]) == ("closedlost", "Too dear")
    assert values["closedate"] == iso(AT)


def test_a_list_of_reasons_is_chosen_from_and_the_words_go_into_a_note(bench: HubSpotBench) -> None:
    with_reasons(bench)
    connector = bench.connector()
    assert Kind.LOSS_REASON in connector.describe().kinds
    reasons = drain(connector, Kind.LOSS_REASON).upserts
    assert {each.fields["name"] for each in reasons.values()} == set(REASONS.values())
    deal = push_one(connector, op(Kind.DEAL, fields={"name": "Gone"}), Applied).remote_id
    before = set(connector.ids(Kind.ACTIVITY, EVERYTHING))
    lost = op(Kind.DEAL, Action.LOSE, deal, {"lost_note": "They said so twice"}, {"loss_reason": "PRICE"})
    for _ in range(2):
        push_one(bench.connector(), lost, Applied)
    after = read(bench, Kind.DEAL, deal)
    assert (after.fields["status"], after.links["loss_reason"]) == ("lost", "PRICE")
    (note,) = set(connector.ids(Kind.ACTIVITY, EVERYTHING)) - before
    (told,) = connector.fetch(Kind.ACTIVITY, [note])
    assert (told.fields["body"], told.links["deal"]) == ("They said so twice", deal)


def test_a_deal_is_not_lost_before_the_words_about_it_are_kept(bench: HubSpotBench) -> None:
    with_reasons(bench)
    connector = bench.connector()
    deal = push_one(connector, op(Kind.DEAL, fields={"name": "Gone"}), Applied).remote_id
    lost = op(Kind.DEAL, Action.LOSE, deal, {"lost_note": "They said so twice"}, {"loss_reason": "PRICE"})
    bench.server.fail(when=lambda request: "/notes/" in request.path, instead=Reply(503, {"message": "busy"}))

    waits = connector.push([lost])[0]

    assert not isinstance(waits, Applied)
    assert waits.op_id == lost.id
    assert read(bench, Kind.DEAL, deal).fields["status"] == "open"
    push_one(bench.connector(), sent_before(lost), Applied)
    assert read(bench, Kind.DEAL, deal).fields["status"] == "lost"
    (words,) = noted(bench, deal)
    assert "They said so twice" in words


def test_words_about_a_loss_are_kept_where_a_colleague_lost_the_deal_first(bench: HubSpotBench) -> None:
    with_reasons(bench)
    connector = bench.connector()
    deal = push_one(connector, op(Kind.DEAL, fields={"name": "Gone"}), Applied).remote_id
    push_one(connector, op(Kind.DEAL, Action.LOSE, deal, {}, {"loss_reason": "PRICE"}), Applied)
    lost = op(Kind.DEAL, Action.LOSE, deal, {"lost_note": "They said so twice"}, {"loss_reason": "PRICE"})

    for each in (lost, sent_before(lost)):
        push_one(bench.connector(), each, Applied)

    (words,) = noted(bench, deal)
    assert "They said so twice" in words


def test_other_words_of_a_colleagues_about_the_same_loss_are_not_taken_for_the_reps(bench: HubSpotBench) -> None:
    connector = bench.connector()
    deal = push_one(connector, op(Kind.DEAL, fields={"name": "Gone"}), Applied).remote_id
    push_one(connector, op(Kind.DEAL, Action.LOSE, deal, {"lost_note": "Too dear"}), Applied)

    later = op(Kind.DEAL, Action.LOSE, deal, {"lost_note": "Too late"}, seen={"lost_note": None})

    assert push_one(connector, later, Conflict).server is not None


def test_a_stage_of_another_pipeline_takes_the_deal_there(bench: HubSpotBench) -> None:
    stages = bench.hubspot.records.pipelines["default"][1]
    bench.hubspot.records.pipelines["renewals"] = (
        "Renewals",
        [replace(stages[0], id="r1"), replace(stages[3], id="r2")],
    )
    connector = bench.connector()
    deal = push_one(connector, op(Kind.DEAL, fields={"name": "Moves"}), Applied).remote_id
    push_one(connector, op(Kind.DEAL, Action.UPDATE, deal, {}, {"stage": "r1"}), Applied)
    moved = read(bench, Kind.DEAL, deal)
    assert (moved.links["stage"], moved.links["pipeline"]) == ("r1", "renewals")
    push_one(connector, op(Kind.DEAL, Action.WIN, deal), Applied)
    assert read(bench, Kind.DEAL, deal).links["stage"] == "r2"


def test_a_pipeline_without_a_lost_stage_says_so(bench: HubSpotBench) -> None:
    bench.hubspot.records.pipelines["default"][1].pop()
    connector = bench.connector()
    deal = push_one(connector, op(Kind.DEAL, fields={"name": "Stays"}), Applied).remote_id
    refused = push_one(connector, op(Kind.DEAL, Action.LOSE, deal, {"lost_note": "x"}), Rejected)
    assert "no stage" in refused.problems[0].words


def test_cheap_properties_tell_what_marketing_did(bench: HubSpotBench) -> None:
    row = bench.hubspot.records.create("contacts", {"email": "m@mail.example"})
    row.values |= {
        "hs_email_last_send_date": iso(AT), "hs_email_last_open_date": iso(AT + 60), "hs_email_open": "3",
        "hs_email_last_email_name": "Autumn news", "recent_conversion_date": iso(AT + 90),
        "recent_conversion_event_name": "Price list: Form", "num_conversion_events": "2",
        "hs_analytics_source": "ORGANIC_SEARCH",
    }  # fmt: skip
    connector = bench.connector()
    told = drain(connector, Kind.ENGAGEMENT).upserts
    mine = {key: each for key, each in told.items() if each.links["person"] == str(row.number)}
    assert {(str(each.fields["what"]), each.fields["at"]) for each in mine.values()} == {
        ("email_sent", AT), ("email_opened", AT + 60), ("form", AT + 90)
    }  # fmt: skip
    opened, form = mine[f"{row.number}:open"], mine[f"{row.number}:form"]
    assert (opened.fields["subject"], opened.fields["count"]) == ("Autumn news", 3)
    assert (form.fields["subject"], form.fields["source"]) == ("Price list: Form", "Organic search")
    assert connector.fetch(Kind.ENGAGEMENT, [opened.remote_id]) == [opened]


def test_what_marketing_did_since_comes_with_the_next_pull(bench: HubSpotBench) -> None:
    row = bench.hubspot.records.create("contacts", {"email": "m@mail.example"})
    bench.settle()
    connector = bench.connector()
    before = drain(connector, Kind.ENGAGEMENT)
    assert before.upserts == {}
    row.values["hs_email_last_send_date"] = iso(bench.now)
    bench.hubspot.records.touch("contacts", row)
    bench.settle()
    assert set(drain(connector, Kind.ENGAGEMENT, before.cursor).upserts) == {f"{row.number}:sent"}


def test_what_a_team_wants_to_see_stands_beside_the_record(bench: HubSpotBench) -> None:
    score = Property("score", "enumeration", "Lead score", {"A1": "Very good"}, shipped=False)
    bench.hubspot.records.properties["companies"]["score"] = score
    row = bench.hubspot.records.create("companies", {"name": "Scored", "score": "A1"})
    connector = bench.opened(field_map=replace(AGREED, shown={"company": ("score", "gone")}))
    assert connector.fetch(Kind.COMPANY, [str(row.number)])[0].extra == {"Lead score": "Very good"}


def test_the_accounts_own_properties_are_offered_with_how_often_they_are_filled(bench: HubSpotBench) -> None:
    facts = {each.theirs: each for each in bench.opened().schema().fields if each.kind is Kind.COMPANY}
    assert (facts["company_email"].name, facts["company_email"].custom) == ("email", True)
    assert facts["industry"].choices == ("Computer Software", "Machinery")
    assert facts["city"].filled == 1.0
    assert not facts["createdate"].writable
    assert "companion_op_id" not in facts


def test_emails_that_the_token_may_not_read_leave_the_other_activities(bench: HubSpotBench) -> None:
    for key in bench.hubspot.keys.values():
        key.closed.add("emails")
    connector = bench.connector()
    told = connector.describe()
    assert any("sales-email-read" in note for note in told.notes)
    notes = set(drain(connector, Kind.ACTIVITY).upserts)
    assert notes
    assert notes == set(connector.ids(Kind.ACTIVITY, EVERYTHING))
