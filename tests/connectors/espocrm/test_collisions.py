"""Versions that collide on EspoCRM, duplicates that it names, and refusals in words."""

from __future__ import annotations

import pytest

from companion.connectors.base import Action, Applied, Concurrency, Conflict, Rejected
from companion.domain.records import Kind
from tests.connectors.contract import op, push_one
from tests.connectors.espocrm.bench import EspoBench
from tests.connectors.espocrm.look import fetched, row_of, some_deal
from tests.connectors.fake_server import Request


def test_a_colleague_who_writes_between_our_reading_and_our_writing_is_a_conflict(bench: EspoBench) -> None:
    bench.espo.guarded = {"Account", "Contact", "Opportunity"}
    connector, deal = bench.connector(), some_deal(bench).remote_id
    bench.bo.edit(Kind.DEAL, deal, {"name": "Counted from here"})
    (now,) = connector.fetch(Kind.DEAL, [deal])

    def meanwhile(request: Request) -> bool:
        if request.method == "PUT":
            bench.bo.edit(Kind.DEAL, deal, {"name": "Theirs"})
        return False

    bench.server.fail(when=meanwhile)
    mine = op(Kind.DEAL, Action.UPDATE, deal, {"name": "Mine"}, seen={"name": "Counted from here"}, version=now.version)
    result = push_one(connector, mine, Conflict)

    assert result.server is not None
    assert result.server.fields["name"] == "Theirs"
    assert connector.describe().kinds[Kind.DEAL].concurrency is Concurrency.ATOMIC
    assert connector.describe().kinds[Kind.ACTIVITY].concurrency is Concurrency.CHECK_THEN_WRITE


@pytest.mark.parametrize("version", ["8.4.2", "9.2.7"])
def test_a_colleague_who_writes_other_fields_meanwhile_is_none_and_both_are_kept(
    bench: EspoBench, version: str
) -> None:
    bench.espo.guarded, bench.espo.version = {"Opportunity"}, version
    connector, deal = bench.connector(), some_deal(bench).remote_id
    bench.bo.edit(Kind.DEAL, deal, {"name": "Counted from here"})

    def meanwhile(request: Request) -> bool:
        if request.method == "PUT" and row_of(bench, "Opportunity", deal)["name"] != "Theirs":
            bench.bo.edit(Kind.DEAL, deal, {"name": "Theirs"})
        return False

    bench.server.fail(when=meanwhile)
    push_one(connector, op(Kind.DEAL, Action.UPDATE, deal, {"amount": 4_200}), Applied)

    told = fetched(connector, Kind.DEAL, deal).fields
    assert (told["name"], told["amount"]) == ("Theirs", 4_200)
    assert [request.headers.get("x-version-number") for request in bench.server.asked if request.method == "PUT"] == [
        "1", "2"
    ]  # fmt: skip


def test_a_colleague_who_never_stops_writing_is_a_conflict_in_the_end(bench: EspoBench) -> None:
    bench.espo.guarded = {"Opportunity"}
    connector, deal = bench.connector(), some_deal(bench).remote_id
    bench.bo.edit(Kind.DEAL, deal, {"name": "Counted from here"})

    def meanwhile(request: Request) -> bool:
        if request.method == "PUT":
            bench.bo.edit(Kind.DEAL, deal, {"name": f"Theirs {len(bench.server.asked)}"})
        return False

    bench.server.fail(when=meanwhile)

    push_one(connector, op(Kind.DEAL, Action.UPDATE, deal, {"amount": 4_200}), Conflict)


def test_what_is_already_there_is_named_and_another_of_the_same_name_is_not(bench: EspoBench) -> None:
    connector = bench.connector()
    there = bench.bo.create(Kind.PERSON, {"name": "Ada Adler", "email": "ada@one.example"}, {})

    same = push_one(connector, op(Kind.PERSON, fields={"name": "Ada A.", "email": "ada@one.example"}), Rejected)
    nameless = push_one(connector, op(Kind.PERSON, fields={"name": "Ada Adler"}), Rejected)
    other = push_one(connector, op(Kind.PERSON, fields={"name": "Ada Adler", "email": "ada@two.example"}), Applied)

    assert same.problems[0].existing_id == nameless.problems[0].existing_id == there
    assert same.problems[0].words == "Ada Adler is already there"
    assert other.remote_id != there


def test_a_refusal_names_our_field_and_speaks_in_words(bench: EspoBench) -> None:
    result = push_one(bench.connector(), op(Kind.DEAL, fields={"name": "X", "close_on": "soon"}), Rejected)

    assert result.problems[0].field == "close_on"
    assert "Close Date" in result.problems[0].words
