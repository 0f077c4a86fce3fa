"""What belongs together, where HubSpot tells it in parts, or says of a part that it could not be read."""

from __future__ import annotations

from typing import Any

import pytest

from companion.connectors.base import Action, RetryLater, Unreachable
from companion.domain.records import Kind
from tests.connectors.contract import EVERYTHING, drain, op
from tests.connectors.fake_server import Reply
from tests.connectors.hubspot.bench import HubSpotBench


def crowded(bench: HubSpotBench, people: int = 5) -> tuple[str, set[str]]:
    """A deal with so many people, and who they are."""
    firm = bench.colleague.create(Kind.COMPANY, {"name": "Crowd Ltd"}, {})
    deal = bench.colleague.create(Kind.DEAL, {"name": "Everybody's deal"}, {"company": firm})
    crowd = {bench.colleague.create(Kind.PERSON, {"name": f"Cara {number}"}, {}) for number in range(people)}
    for each in crowd:
        bench.hubspot.records.link("deals", int(deal), "contacts", int(each), [])
    bench.settle()
    return deal, crowd


@pytest.mark.parametrize("most", [1, 2, 4])
def test_all_people_of_a_deal_come_though_one_answer_tells_only_some(bench: HubSpotBench, most: int) -> None:
    before = drain(bench.connector(), Kind.DEAL)
    deal, crowd = crowded(bench)
    bench.hubspot.most_linked = most
    connector = bench.connector()
    window = drain(connector, Kind.DEAL, before.cursor).upserts[deal]
    full = drain(connector, Kind.DEAL).upserts[deal]
    (looked_at,) = connector.fetch(Kind.DEAL, [deal])
    assert {each for each, _ in window.people} == crowd
    assert full == window == looked_at


def test_associations_that_go_on_where_they_were_are_not_asked_for_ever(bench: HubSpotBench) -> None:
    deal, _ = crowded(bench)
    connector = bench.connector()
    connector.describe()
    again = {
        "from": {"id": deal},
        "to": [{"toObjectId": 7, "associationTypes": []}],
        "paging": {"next": {"after": "1"}},
    }
    bench.server.fail(
        when=lambda request: request.path.endswith("/associations/2026-09/deals/contacts/batch/read"),
        instead=Reply(200, {"status": "COMPLETE", "results": [again]}),
        times=9,
    )
    with pytest.raises(Unreachable):
        connector.fetch(Kind.DEAL, [deal])


def part(category: str, message: str, **more: Any) -> Reply:
    """The answer to a batch of which one part could not be read."""
    error = {"status": "error", "category": category, "message": message, "context": {"ids": ["1"]}, **more}
    return Reply(207, {"status": "COMPLETE", "results": [], "numErrors": 1, "errors": [error]})


@pytest.mark.parametrize(
    "category", ["RATE_LIMITS", "INTERNAL_ERROR", "SERVICE_UNAVAILABLE", "SERVER_TIMEOUT", "LOCKED", "", "NEW"]
)
def test_a_record_that_could_not_be_read_just_now_is_not_gone(bench: HubSpotBench, category: str) -> None:
    deal, _ = crowded(bench)
    connector = bench.connector()
    connector.describe()
    reading = {
        "when": lambda request: request.path.endswith("/deals/batch/read"),
        "instead": part(category, "Not this time"),
    }
    bench.server.fail(**reading)
    with pytest.raises(Unreachable):
        connector.fetch(Kind.DEAL, [deal])
    bench.server.fail(**reading)
    (result,) = connector.push([op(Kind.DEAL, Action.UPDATE, deal, {"name": "Mine"})])
    assert isinstance(result, RetryLater), "a record that is there was told as gone"


def test_what_a_search_found_and_a_look_could_not_read_comes_with_the_next_pull(bench: HubSpotBench) -> None:
    before = drain(bench.connector(), Kind.DEAL)
    deal, _ = crowded(bench)
    connector = bench.connector()
    bench.server.fail(
        when=lambda request: request.path.endswith("/deals/batch/read"), instead=part("INTERNAL_ERROR", "Oops")
    )
    with pytest.raises(Unreachable):
        connector.pull(Kind.DEAL, EVERYTHING, before.cursor)
    assert deal in drain(connector, Kind.DEAL, before.cursor).upserts


def test_a_record_that_is_not_there_is_left_out_without_a_word(bench: HubSpotBench) -> None:
    deal, _ = crowded(bench)
    assert [each.remote_id for each in bench.connector().fetch(Kind.DEAL, ["999999", deal])] == [deal]


@pytest.mark.parametrize(
    ("category", "message"),
    [("OBJECT_NOT_FOUND", "x"), ("MISSING_SCOPES", "x"), ("VALIDATION_ERROR", "x"), ("", "it may not exist")],
)
def test_a_record_that_is_not_for_us_does_not_stop_the_others(bench: HubSpotBench, category: str, message: str) -> None:
    deal, _ = crowded(bench)
    connector = bench.connector()
    connector.describe()
    bench.server.fail(when=lambda request: request.path.endswith("/deals/batch/read"), instead=part(category, message))
    assert connector.fetch(Kind.DEAL, [deal]) == []
