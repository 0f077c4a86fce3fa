"""What a rep's day costs the company's calls, and that Companion leaves the rest of the day to others."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from companion.connectors.base import Action, Applied, RateLimited, RetryLater, Scope
from companion.domain.records import Kind, Value
from tests.connectors.contract import AT, EVERYTHING, op, push_one
from tests.connectors.fake_server import Reply
from tests.connectors.salesforce.bench import SalesforceBench
from tests.connectors.salesforce.fake_salesforce import ANA

POLL_S = 300
DAY_S = 24 * 3600
MINE = Scope(user_id=ANA)


@pytest.fixture
def bench() -> Iterator[SalesforceBench]:
    """A fresh org."""
    bench = SalesforceBench()
    yield bench
    bench.close()


def test_a_day_of_sixty_logs_and_polls_every_five_minutes_costs_less_than_a_thousand_calls(
    bench: SalesforceBench,
) -> None:
    connector = bench.connector()
    kinds = connector.describe().kinds
    person = next(iter(bench.org.rows["Contact"]))
    cursors: dict[Kind, bytes | None] = dict.fromkeys(kinds)
    steps: list[str] = []
    before, seen = bench.crm.requests, 0
    polls = DAY_S // POLL_S
    for poll in range(polls):
        if poll % (polls // 60) == 0 and seen < 60:
            seen += 1
            fields: dict[str, Value] = {
                "what": "call",
                "subject": "Call",
                "body": f"Log {seen}",
                "at": AT,
                "done": True,
            }
            step: dict[str, Value] = {"what": "task", "subject": "Next", "due_on": "2026-12-01", "done": False}
            links: dict[str, str | None] = {"person": person}
            made = connector.push(
                [op(Kind.ACTIVITY, fields=fields, links=links), op(Kind.ACTIVITY, fields=step, links=links)]
            )
            assert all(isinstance(each, Applied) for each in made)
            if steps:
                connector.fetch(Kind.ACTIVITY, steps)  # as the engine looks before it writes
                push_one(connector, op(Kind.ACTIVITY, Action.COMPLETE, steps.pop(), {"done": True}), Applied)
            steps.append(made[1].remote_id)  # type: ignore[union-attr]
        for kind in Kind:
            if kind in kinds:
                more = True
                while more:
                    page = connector.pull(kind, MINE, cursors[kind])
                    cursors[kind], more = page.cursor, page.more
        bench.now += POLL_S
    assert seen == 60
    assert bench.crm.requests - before < 1000, f"{bench.crm.requests - before} calls"


def test_one_look_brings_what_changed_in_all_kinds(bench: SalesforceBench) -> None:
    connector = bench.connector()
    kinds = connector.describe().kinds
    cursors = {kind: connector.pull(kind, EVERYTHING, None).cursor for kind in kinds}
    bench.settle()
    new = {
        kind: bench.colleague.create(kind, {"name": "New", "body": "New"}, {"company": None})
        for kind in (Kind.COMPANY,)
    }
    new[Kind.PERSON] = bench.colleague.create(Kind.PERSON, {"name": "New"}, {})
    before = bench.crm.requests
    found = {
        kind: {each.remote_id for each in connector.pull(kind, EVERYTHING, cursors[kind]).upserts} for kind in Kind
    }
    assert {kind for kind, remote_id in new.items() if remote_id in found[kind]} == set(new)
    looks = [each for each in bench.server.asked if each.path.endswith("/composite")][-3:]
    assert bench.crm.requests - before <= 8, [each.path for each in bench.server.asked[-8:]]
    assert max(len(each.json["compositeRequest"]) for each in looks) == 5


def test_at_seventy_percent_of_the_companys_day_it_stops_and_says_so(bench: SalesforceBench) -> None:
    connector = bench.connector()
    connector.describe()
    assert connector.budget().left == 70_000 - bench.crm.used
    bench.crm.used = 70_000
    connector.pull(Kind.COMPANY, EVERYTHING, None)  # its answer tells how much is used
    with pytest.raises(RateLimited) as stopped:
        connector.pull(Kind.PERSON, EVERYTHING, None)
    assert "70 %" in stopped.value.advice
    assert 0 < stopped.value.after_s <= 900
    asked = bench.crm.requests
    with pytest.raises(RateLimited):
        connector.push([op(Kind.COMPANY, fields={"name": "Later"})])
    assert bench.crm.requests == asked, "it asks although it said that it would not"
    bench.now += 901
    bench.crm.used = 60_000
    connector.pull(Kind.COMPANY, EVERYTHING, None)
    push_one(connector, op(Kind.COMPANY, fields={"name": "Later"}), Applied)


@pytest.mark.parametrize(
    "told",
    [
        "api-usage={used}/{allowed}; per-app-api-usage=17/250(appName=Companion)",
        "per-app-api-usage=17/250(appName=Companion); api-usage={used}/{allowed}",
    ],
)
def test_the_calls_of_one_app_are_not_taken_for_those_of_the_company(bench: SalesforceBench, told: str) -> None:
    bench.crm.limit_info = told
    connector = bench.connector()
    connector.describe()
    assert connector.budget().left == 70_000 - bench.crm.used


@pytest.mark.parametrize(
    "words",
    ["ConcurrentPerOrgLongTxn Limit exceeded.", "ConcurrentRequests (Concurrent API Requests) Limit exceeded."],
)
def test_too_much_at_once_is_no_day_that_is_used_up(bench: SalesforceBench, words: str) -> None:
    connector = bench.connector()
    connector.describe()
    crowd = Reply(403, [{"message": words, "errorCode": "REQUEST_LIMIT_EXCEEDED"}])
    bench.server.fail(instead=crowd)
    with pytest.raises(RateLimited) as stopped:
        connector.pull(Kind.COMPANY, EVERYTHING, None)
    assert stopped.value.after_s == 30
    assert "day" not in stopped.value.title
    connector.pull(Kind.COMPANY, EVERYTHING, None)
    bench.server.fail(when=bench.is_create, instead=crowd)
    assert push_one(connector, op(Kind.COMPANY, fields={"name": "Soon"}), RetryLater).after_s == 30


def test_a_day_that_is_used_up_is_waited_out(bench: SalesforceBench) -> None:
    connector = bench.connector()
    connector.describe()
    bench.crm.used = bench.crm.allowed
    with pytest.raises(RateLimited) as stopped:
        connector.pull(Kind.COMPANY, EVERYTHING, None)
    assert stopped.value.after_s == 3600
    assert "used up" in stopped.value.title
