"""Answers that nobody foresaw stop one record, or one request."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from companion.connectors.agreed import here
from companion.connectors.base import Applied, Rejected, Unreachable
from companion.connectors.salesforce.cursor import instant
from companion.domain.records import Kind
from tests.connectors.contract import AT, EVERYTHING, op
from tests.connectors.fake_server import Reply
from tests.connectors.salesforce.bench import SalesforceBench


@pytest.fixture
def bench() -> Iterator[SalesforceBench]:
    """A fresh org."""
    bench = SalesforceBench()
    yield bench
    bench.close()


@pytest.mark.parametrize(
    ("kind", "source", "odd"),
    [
        (Kind.DEAL, "Opportunity", {"Amount": {"x": 1}, "Probability": "likely"}),
        (Kind.DEAL, "Opportunity", {"Amount": 1e308, "StageName": ["x"], "OpportunityContactRoles": {"records": [7]}}),
        (Kind.DEAL, "Opportunity", {"Name": "lone \ud800", "CloseDate": "soon"}),
        (Kind.PERSON, "Contact", {"FirstName": 7, "LastName": {"a": []}, "AccountId": 12}),
        (Kind.COMPANY, "Account", {"Name": None, "Description": ["[Companion · At: x]"]}),
        (Kind.ACTIVITY, "Task", {"ActivityDate": "2026-13-45", "CallDurationInSeconds": "1e9", "TaskSubtype": 3}),
        (Kind.ACTIVITY, "Event", {"StartDateTime": 7, "EndDateTime": "9999-99-99T00:00:00", "EventRelations": 3}),
        (Kind.ENGAGEMENT, "CampaignMember", {"Campaign": [], "FirstRespondedDate": "0000-00-00", "HasResponded": 1}),
        (Kind.USER, "User", {"Name": [], "Email": 5, "IsActive": "yes"}),
    ],
)
def test_a_row_of_another_shape_stops_at_most_itself(
    bench: SalesforceBench, kind: Kind, source: str, odd: dict[str, object]
) -> None:
    connector = bench.connector()
    whole = set(connector.ids(kind, EVERYTHING))
    victim = next(row["Id"] for row in bench.org.rows[source].values())

    def bend(reply: Reply) -> Reply:
        return Reply(reply.status, _bent(reply.body, victim, odd), reply.headers, reply.kind)

    bench.server.fail(when=lambda request: True, turn=bend, times=1000)
    page = connector.pull(kind, EVERYTHING, None)
    told = {each.remote_id for each in page.upserts} | {each.remote_id for each in page.poison}
    assert told == whole
    assert {each.remote_id for each in page.poison} <= {victim}


def _bent(body: object, victim: str, odd: dict[str, object]) -> object:
    if isinstance(body, dict):
        bent = {name: _bent(value, victim, odd) for name, value in body.items()}
        return {**bent, **odd} if body.get("Id") == victim and "SystemModstamp" in body else bent
    return [_bent(each, victim, odd) for each in body] if isinstance(body, list) else body


@pytest.mark.parametrize("odd", [1e308, "1e308", float(2**70), "long"])
def test_a_number_beyond_all_bounds_is_not_told(bench: SalesforceBench, odd: object) -> None:
    row = next(row for row in bench.org.rows["Task"].values() if row["TaskSubtype"] == "Call")
    row["CallDurationInSeconds"] = odd
    next(iter(bench.org.rows["OpportunityStage"].values()))["DefaultProbability"] = odd
    connector = bench.connector()

    (call,) = connector.fetch(Kind.ACTIVITY, [row["Id"]])
    stages = connector.pull(Kind.STAGE, EVERYTHING, None).upserts

    assert call.fields["duration_s"] is None
    assert stages[0].fields["probability"] == 0
    assert stages[1].fields["probability"] == 20


def test_an_hour_whose_zone_leads_out_of_the_calendar_is_none() -> None:
    assert instant("0001-01-01T00:00:00+14:00") is None
    assert here("at", "0001-01-01T00:00:00+14:00") is None


def test_a_row_without_an_id_is_no_row_and_a_circle_is_no_list(bench: SalesforceBench) -> None:
    connector = bench.connector()
    connector.describe()
    bench.server.fail(turn=lambda reply: Reply(200, {"totalSize": 1, "done": True, "records": [{"Name": "x"}]}))
    with pytest.raises(Unreachable):
        list(connector.ids(Kind.COMPANY, EVERYTHING))
    around = {"totalSize": 9, "done": False, "records": [], "nextRecordsUrl": "/services/data/v67.0/query/01g-1"}
    bench.server.fail(instead=Reply(200, around), times=50)
    asked = len(bench.server.asked)
    with pytest.raises(Unreachable):
        list(connector.ids(Kind.COMPANY, EVERYTHING))
    assert len(bench.server.asked) - asked == 2


def test_a_page_that_comes_again_is_no_progress(bench: SalesforceBench) -> None:
    connector = bench.connector(page=4)
    first = connector.pull(Kind.PERSON, EVERYTHING, None)
    rows = [row for row in bench.server.asked if row.path.endswith("composite")][-1].json["compositeRequest"][0]["url"]

    def again(reply: Reply) -> Reply:
        return bench.crm._inner(bench.server.asked[-1], "GET", rows, None, {})

    bench.server.fail(when=lambda request: "queryAll" in request.path, turn=again, times=9)
    with pytest.raises(Unreachable):
        connector.pull(Kind.PERSON, EVERYTHING, first.cursor)


def test_an_answer_cannot_lead_the_token_elsewhere(bench: SalesforceBench) -> None:
    connector = bench.connector()
    connector.describe()
    away = {"totalSize": 9, "done": False, "records": [], "nextRecordsUrl": "https://elsewhere.example/x"}
    bench.server.fail(instead=Reply(200, away))
    with pytest.raises(Unreachable):
        list(connector.ids(Kind.COMPANY, EVERYTHING))


@pytest.mark.parametrize("where", ["/userinfo", "/composite"])
def test_whatever_is_refused_while_looking_round_stops_that_read_in_the_words_of_the_contract(
    bench: SalesforceBench, where: str
) -> None:
    connector = bench.connector()
    no = Reply(400, [{"errorCode": "UNKNOWN_EXCEPTION", "message": "no"}])
    bench.server.fail(when=lambda request: request.path.endswith(where), instead=no, times=9)

    with pytest.raises(Unreachable):
        connector.pull(Kind.PERSON, EVERYTHING, None)


def test_a_note_that_is_refused_takes_none_before_it_along(bench: SalesforceBench) -> None:
    deal = next(iter(bench.org.rows["Opportunity"]))
    notes = [
        op(Kind.ACTIVITY, fields={"what": "note", "body": words, "at": AT}, links={"deal": deal})
        for words in ("The first", "The second")
    ]
    no = Reply(400, [{"errorCode": "FIELD_CUSTOM_VALIDATION_EXCEPTION", "message": "Not on a Sunday"}])
    bench.server.fail(when=lambda request: b"The second" in request.body, instead=no)

    first, second = bench.connector().push(notes)

    assert isinstance(first, Applied)
    assert isinstance(second, Rejected)
