"""What HubSpot's errors and limits mean, where every field of an error may be missing."""

from __future__ import annotations

import json
from typing import Any

import pytest

from companion.connectors.base import Action, RateLimited, Rejected, RetryLater, Unknown, Unreachable
from companion.connectors.hubspot.wire import Fault, refusal
from companion.domain.records import Kind
from tests.connectors.contract import EVERYTHING, op, push_one
from tests.connectors.fake_server import Reply
from tests.connectors.hubspot.bench import HubSpotBench

NOT_VALID = json.dumps([{"isValid": False, "message": "20x was not a valid number.", "name": "amount"}])


@pytest.mark.parametrize(
    ("error", "faults"),
    [
        ({}, [Fault("HubSpot refused it without a word")]),
        ({"message": None, "errors": None, "context": None}, [Fault("HubSpot refused it without a word")]),
        ({"message": "No."}, [Fault("No.")]),
        (
            {"message": f"Property values were not valid: {NOT_VALID}"},
            [Fault("20x was not a valid number.", "amount")],
        ),
        ({"message": "Property values were not valid: [not json]"}, [Fault("HubSpot refused it without a word")]),
        (
            {"message": "x", "errors": [{"message": "Required", "context": {"propertyName": ["closedate"]}}]},
            [Fault("Required", "closedate")],
        ),
        ({"message": "x", "errors": [{"message": "Bad", "in": "city"}, "?", {}]}, [Fault("Bad", "city")]),
        ({"message": "x", "errors": "all of it", "context": []}, [Fault("x")]),
    ],
)
def test_an_error_is_understood_whatever_it_leaves_out(error: dict[str, Any], faults: list[Fault]) -> None:
    assert list(refusal(400, error).faults) == faults


@pytest.mark.parametrize("words", ["Contact already exists. Existing ID: 512", "exists (existing id:512)"])
def test_the_number_of_a_duplicate_is_read_out_of_the_words(words: str) -> None:
    assert refusal(409, {"message": words, "category": "CONFLICT"}).existing_id == "512"


def test_the_ten_seconds_pass_soon(bench: HubSpotBench) -> None:
    connector = bench.connector()
    connector.describe()
    bench.hubspot.per_ten_seconds = 0
    with pytest.raises(RateLimited) as limited:
        connector.pull(Kind.COMPANY, EVERYTHING, None)
    assert limited.value.after_s == 10


def test_a_day_that_is_used_up_ends_at_midnight_of_the_account(bench: HubSpotBench) -> None:
    connector = bench.connector()
    bench.now = 1_795_298_400.0  # 23:00 in Brussels
    connector.describe()
    bench.hubspot.left_today = 0
    result = push_one(connector, op(Kind.COMPANY, fields={"name": "Late Ltd"}), RetryLater)
    assert result.after_s == pytest.approx(3600, abs=5)
    assert connector.budget().left == 0


def test_what_is_left_of_the_day_is_told(bench: HubSpotBench) -> None:
    connector = bench.connector()
    assert connector.budget().left is None
    connector.describe()
    assert connector.budget().left == bench.hubspot.left_today
    bench.hubspot.left_today = None
    fresh = bench.connector()
    fresh.describe()
    assert 0 < (fresh.budget().left or 0) <= 190
    assert fresh.budget().resets_in_s == 10


def test_a_locked_record_is_tried_again_soon(bench: HubSpotBench) -> None:
    connector = bench.connector()
    company = bench.colleague.create(Kind.COMPANY, {"name": "Locked Ltd"}, {})
    locked = Reply(423, {"status": "error", "message": "The record is locked", "category": "LOCKED"})
    bench.server.fail(when=lambda request: request.method == "PATCH", instead=locked)
    result = push_one(connector, op(Kind.COMPANY, Action.UPDATE, company, {"city": "Ghent"}), RetryLater)
    assert result.after_s == 2


def test_a_failure_that_hubspot_itself_tells_is_doubt_of_its_own_kind(bench: HubSpotBench) -> None:
    connector = bench.connector()
    bench.server.fail(when=bench.is_create, instead=Reply(500, {"message": "internal error"}))
    assert push_one(connector, op(Kind.COMPANY, fields={"name": "Broken Ltd"}), Unknown).answered


@pytest.mark.parametrize(
    "row",
    [
        {"id": 7, "properties": {}},
        {"id": "7"},
        {"id": "seven", "properties": {}},
        {"id": "7", "properties": []},
        {"properties": {}},
        "7",
        None,
    ],
)
def test_a_record_without_a_number_is_no_answer(bench: HubSpotBench, row: object) -> None:
    connector = bench.connector()
    connector.describe()
    bench.server.fail(when=lambda request: request.path.endswith("/companies"), instead=Reply(200, {"results": [row]}))
    with pytest.raises(Unreachable):
        connector.pull(Kind.COMPANY, EVERYTHING, None)


@pytest.mark.parametrize(
    "properties",
    [
        {"name": {"nested": 1}},
        {"name": "broken \ud800 half"},
        {"name": ["x"]},
        {"name": 10**30},
    ],
)
def test_a_record_that_is_strange_stops_itself_alone(bench: HubSpotBench, properties: dict[str, object]) -> None:
    connector = bench.connector()
    connector.describe()
    rows = [{"id": "7", "properties": {"name": "Sound"}}, {"id": "8", "properties": properties}]
    bench.server.fail(when=lambda request: request.path.endswith("/companies"), instead=Reply(200, {"results": rows}))
    page = connector.pull(Kind.COMPANY, EVERYTHING, None)
    assert [each.remote_id for each in page.upserts] == ["7"]
    assert [each.remote_id for each in page.poison] == ["8"]


def test_a_list_that_goes_on_where_it_was_is_not_asked_for_ever(bench: HubSpotBench) -> None:
    connector = bench.connector()
    rows = [{"id": "7", "properties": {"name": "Again"}}]
    again = Reply(200, {"results": rows, "paging": {"next": {"after": "7"}}})
    bench.server.fail(when=lambda request: request.path.endswith("/companies"), instead=again, times=9)
    with pytest.raises(Unreachable):
        list(connector.ids(Kind.COMPANY, EVERYTHING))


def test_a_refusal_without_a_field_is_a_refusal_all_the_same(bench: HubSpotBench) -> None:
    connector = bench.connector()
    bench.server.fail(when=bench.is_create, instead=Reply(400, {"status": "error"}))
    assert push_one(connector, op(Kind.COMPANY, fields={"name": "X"}), Rejected).problems[0].words
