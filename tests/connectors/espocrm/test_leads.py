"""A lead of EspoCRM’s is a person and a deal at once, until it is converted."""

from __future__ import annotations

from companion.connectors.base import Action, Applied, Rejected, Scope
from companion.domain.records import Gone, Kind, Value
from tests.connectors.contract import AT, drain, op, push_one, sent_before
from tests.connectors.espocrm.bench import EspoBench
from tests.connectors.espocrm.look import fetched, row_of


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
