"""Answers of an EspoCRM that lies or breaks: each stops itself alone."""

from __future__ import annotations

import pytest

from companion.connectors.base import Scope, Unreachable
from companion.domain.records import Kind
from tests.connectors.espocrm.bench import EspoBench
from tests.connectors.fake_server import Reply


@pytest.mark.parametrize(
    "body",
    [
        {"total": 1, "list": [{"name": "no id"}]},
        {"total": 1, "list": [{"id": 7}]},
        {"total": 1, "list": {"id": "x"}},
        {"total": 0},
        [],
    ],
)
def test_a_list_that_is_none_is_never_an_empty_one(bench: EspoBench, body: object) -> None:
    connector = bench.connector()
    connector.describe()
    bench.server.fail(when=lambda request: request.path.endswith("/Account"), instead=Reply(200, body))

    with pytest.raises(Exception, match="list") as stopped:
        connector.pull(Kind.COMPANY, Scope(), None)

    assert type(stopped.value).__name__ == "Unreachable"


@pytest.mark.parametrize("acl", [None, {}, {"table": None}, {"table": "all"}])
def test_an_answer_that_leaves_out_our_rights_takes_none_of_them_away(bench: EspoBench, acl: object) -> None:
    def turn(reply: Reply) -> Reply:
        assert isinstance(reply.body, dict)
        return Reply(reply.status, {**reply.body, "acl": acl}, reply.headers, reply.kind)

    connector = bench.connector()
    bench.server.fail(when=lambda request: request.path.endswith("/App/user"), turn=turn)

    with pytest.raises(Unreachable):
        connector.describe()


def test_a_record_with_broken_text_stops_itself_and_not_its_page(bench: EspoBench) -> None:
    row = next(iter(bench.espo.tables["Account"].values()))
    row["name"] = "lone \ud800 surrogate"

    page = bench.connector().pull(Kind.COMPANY, Scope(), None)

    assert [each.remote_id for each in page.poison] == [row["id"]]
    assert len(page.upserts) == 11


GARBAGE: list[object] = [
    None,
    [],
    [[]],
    {},
    {"a": {}},
    True,
    7,
    -1e308,
    "",
    "x" * 70_000,
    "2026-13-45 99:00:00",
    [None],
]


@pytest.mark.parametrize("kind", [Kind.COMPANY, Kind.PERSON, Kind.DEAL, Kind.ACTIVITY, Kind.ENGAGEMENT, Kind.USER])
def test_whatever_stands_in_a_field_no_record_takes_another_along(bench: EspoBench, kind: Kind) -> None:
    connector = bench.connector()
    whole = set(connector.ids(kind, Scope()))
    stands: list[object] = [None]

    def spoilt(reply: Reply) -> Reply:
        body = reply.body
        if not isinstance(body, dict) or not isinstance(body.get("list"), list):
            return reply
        kept = ("id", "number")
        rows = [{name: value if name in kept else stands[0] for name, value in row.items()} for row in body["list"]]
        return Reply(reply.status, {**body, "list": rows}, reply.headers)

    bench.server.fail(turn=spoilt, times=10_000)
    for stands[0] in GARBAGE:
        page = connector.pull(kind, Scope(), None)
        told = len(page.upserts) + len(page.poison) + len(page.gone)
        for _ in range(20):
            if not page.more:
                break
            page = connector.pull(kind, Scope(), page.cursor)
            told += len(page.upserts) + len(page.poison) + len(page.gone)
        assert not page.more
        assert told == len(whole) or kind is Kind.ENGAGEMENT, stands[0]
