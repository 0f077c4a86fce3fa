"""What EspoCRM gives to whom, and what is left where it gives little."""

from __future__ import annotations

import pytest

from companion.connectors.base import Applied, ConnectorError, Identity, Scope, ScopeDenied
from companion.domain.records import Kind
from tests.connectors.contract import AT, drain, op, push_one
from tests.connectors.espocrm.bench import EspoBench
from tests.connectors.espocrm.look import fetched, some_deal


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
