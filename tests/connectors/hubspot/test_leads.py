"""Leads of HubSpot: deals with a pipeline of their own, which hang on a contact."""

from __future__ import annotations

import pytest

from companion.connectors.base import Action, Applied, Conflict, Rejected, Scope
from companion.domain.records import Gone, Kind, Value
from tests.connectors.contract import AT, EVERYTHING, drain, op, push_one
from tests.connectors.hubspot.bench import HubSpotBench
from tests.connectors.hubspot.fake_records import Record

NEW = {"hs_pipeline": "lead-pipeline-id", "hs_pipeline_stage": "new-stage-id"}


def lead(bench: HubSpotBench, name: str = "Jane at Fjord", **values: str) -> tuple[Record, str, str]:
    """A lead with a contact at a company, as HubSpot's own screens make one."""
    records = bench.hubspot.records
    firm = bench.colleague.create(Kind.COMPANY, {"name": "Fjord AS"}, {})
    jane = bench.colleague.create(Kind.PERSON, {"name": "Jane Dahl"}, {"company": firm})
    row = records.create("leads", {"hs_lead_name": name, "hubspot_owner_id": "11", **NEW, **values})
    records.link("leads", row.number, "contacts", int(jane), [578])
    records.link("leads", row.number, "companies", int(firm), [])
    return row, jane, firm


def test_a_lead_is_a_deal_of_its_contact_in_a_pipeline_of_its_own(bench: HubSpotBench) -> None:
    row, jane, firm = lead(bench, hs_lead_label="WARM")
    connector = bench.connector()

    told = drain(connector, Kind.DEAL).upserts[f"lead-{row.number}"]

    assert told.fields["name"] == "Jane at Fjord"
    assert (told.fields["is_lead"], told.fields["status"], told.fields.get("amount")) == (True, "open", None)
    assert (told.links["person"], told.links["company"], told.links["owner"]) == (jane, firm, "11")
    assert (told.links["stage"], told.links["pipeline"]) == ("lead-new-stage-id", "lead-lead-pipeline-id")
    assert told.extra == {"Hs lead label": "Warm"}
    stages = drain(connector, Kind.STAGE).upserts
    of_leads = [each.fields for each in stages.values() if each.remote_id.startswith("lead-")]
    assert {each["name"]: each["outcome"] for each in of_leads} == {
        "New": "open",
        "Connected": "open",
        "Qualified": "won",
        "Not for us": "lost",
    }
    assert len({each.fields["position"] for each in stages.values()}) == len(stages)
    assert drain(connector, Kind.PIPELINE).upserts["lead-lead-pipeline-id"].fields["name"] == "Lead pipeline"


def test_of_several_contacts_the_first_one_counts_in_a_list_and_in_a_search(bench: HubSpotBench) -> None:
    connector = bench.connector()
    bench.colleague.create(Kind.PERSON, {"name": "Older"}, {})
    older = max(bench.hubspot.records.of["contacts"])
    row, jane, _ = lead(bench)
    bench.hubspot.records.link("leads", row.number, "contacts", older, [])
    bench.settle()
    first = drain(connector, Kind.DEAL)

    listed = first.upserts[f"lead-{row.number}"]
    bench.hubspot.records.touch("leads", row)
    bench.settle()
    found = drain(connector, Kind.DEAL, first.cursor).upserts[f"lead-{row.number}"]

    assert listed.links["person"] == found.links["person"] == jane
    assert [each for each, _ in listed.people] == [jane, str(older)]
    assert listed.version == found.version


def test_a_lead_moves_is_won_when_it_is_qualified_and_lost_with_the_reps_words_as_a_note(bench: HubSpotBench) -> None:
    row, _, _ = lead(bench)
    remote_id, connector = f"lead-{row.number}", bench.connector()

    push_one(connector, op(Kind.DEAL, Action.UPDATE, remote_id, links={"stage": "lead-connected-stage-id"}), Applied)
    assert row.values["hs_pipeline_stage"] == "connected-stage-id"
    push_one(connector, op(Kind.DEAL, Action.WIN, remote_id), Applied)
    assert (row.values["hs_pipeline_stage"], connector.fetch(Kind.DEAL, [remote_id])[0].fields["status"]) == (
        "qualified-stage-id",
        "won",
    )
    push_one(connector, op(Kind.DEAL, Action.LOSE, remote_id, {"lost_note": "No budget before May"}), Applied)

    assert row.values["hs_pipeline_stage"] == "1701461227"
    assert "closedate" not in row.values
    (note,) = bench.hubspot.records.linked("leads", row.number, "notes")
    assert "No budget before May" in bench.hubspot.records.of["notes"][note].values["hs_note_body"]


def test_a_lead_keeps_no_amount_and_says_so(bench: HubSpotBench) -> None:
    row, _, _ = lead(bench)

    told = push_one(bench.connector(), op(Kind.DEAL, Action.UPDATE, f"lead-{row.number}", {"amount": 100}), Rejected)

    assert told.problems[0].field == "amount"


def test_a_name_that_a_colleague_changed_is_a_conflict(bench: HubSpotBench) -> None:
    row, _, _ = lead(bench)
    change = op(Kind.DEAL, Action.UPDATE, f"lead-{row.number}", {"name": "Mine"}, seen={"name": "Older name"})

    told = push_one(bench.connector(), change, Conflict)

    assert told.server is not None
    assert told.server.fields["name"] == "Jane at Fjord"


@pytest.mark.parametrize("keyed", [True, False])
def test_what_is_logged_on_a_lead_stands_there_in_hubspot_and_comes_back(keyed: bool) -> None:
    bench = HubSpotBench(keyed=keyed)
    try:
        row, jane, _ = lead(bench)
        connector = bench.connector()
        connector.describe()
        links: dict[str, str | None] = {"person": jane, "deal": f"lead-{row.number}"}
        fields: dict[str, Value] = {"what": "call", "body": "She rings back.", "at": AT, "done": True}

        made = push_one(connector, op(Kind.ACTIVITY, fields=fields, links=links), Applied)

        number = int(made.remote_id.partition(":")[2])
        assert list(bench.hubspot.records.linked("calls", number, "leads")) == [row.number]
        (told,) = connector.fetch(Kind.ACTIVITY, [made.remote_id])
        assert (told.links["person"], told.links["deal"]) == (jane, f"lead-{row.number}")
        deal = next(str(each) for each in bench.hubspot.records.of["deals"])
        push_one(connector, op(Kind.ACTIVITY, Action.UPDATE, made.remote_id, links={"deal": deal}), Applied)
        assert connector.fetch(Kind.ACTIVITY, [made.remote_id])[0].links["deal"] == deal
        assert not bench.hubspot.records.linked("calls", number, "leads")
    finally:
        bench.close()


def test_a_lead_that_was_archived_or_given_away_leaves_the_book(bench: HubSpotBench) -> None:
    connector, mine = bench.connector(), Scope("11")
    (kept, _, _), (given, _, _) = lead(bench), lead(bench, "Given away")
    bench.settle()
    first = drain(connector, Kind.DEAL, scope=mine)
    assert {f"lead-{kept.number}", f"lead-{given.number}"} <= set(first.upserts)

    bench.hubspot.records.archive("leads", kept.number)
    bench.hubspot.records.update("leads", given, {"hubspot_owner_id": "12"})
    bench.settle()
    gone = {each: told.why for each, told in drain(connector, Kind.DEAL, first.cursor, mine).gone.items()}

    assert gone[f"lead-{kept.number}"] is Gone.DELETED
    assert gone[f"lead-{given.number}"] is Gone.OUT_OF_SCOPE
    assert f"lead-{kept.number}" not in set(connector.ids(Kind.DEAL, EVERYTHING))


def test_where_leads_are_closed_the_deals_come_all_the_same_and_it_is_said(bench: HubSpotBench) -> None:
    row, _, _ = lead(bench)
    for key in bench.hubspot.keys.values():
        key.closed.add("leads")
    connector = bench.connector()

    notes = connector.describe().notes

    assert [each for each in notes if "crm.objects.leads.read" in each] == list(notes)
    deals = drain(connector, Kind.DEAL).upserts
    assert deals
    assert f"lead-{row.number}" not in deals
    assert not [each for each in drain(connector, Kind.STAGE).upserts if each.startswith("lead-")]
    assert connector.fetch(Kind.DEAL, [f"lead-{row.number}"]) == []


def test_no_lead_is_made_from_here(bench: HubSpotBench) -> None:
    told = push_one(bench.connector(), op(Kind.DEAL, fields={"name": "Chance", "is_lead": True}), Rejected)

    assert told.problems[0].words
    assert not bench.hubspot.records.of["leads"]
