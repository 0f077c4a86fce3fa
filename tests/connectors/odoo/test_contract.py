"""The contract against a small Odoo in memory; test_live.py proves the same against a real one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

import httpx
import pytest

from companion.connectors.base import (
    Action,
    Applied,
    Conflict,
    Rejected,
    Scope,
    ScopeDenied,
    Unreachable,
)
from companion.domain.records import Gone, Kind, Value
from tests.connectors.contract import AT, ConnectorContract, drain, op, push_one
from tests.connectors.odoo.bench import COLLEAGUE, REP, OdooBench


@pytest.fixture
def bench() -> Iterator[OdooBench]:
    """A fresh server."""
    bench = OdooBench()
    yield bench
    bench.close()


class TestOdoo(ConnectorContract):
    """The whole contract."""

    CANT: ClassVar = {
        "duplicate": "Odoo takes as many alike as one likes",
        "dependent": "no choice in Odoo hangs on another field",
        "retire_choice": "no field that we write has choices of its own in Odoo",
        "require_at_stage": "Odoo's stages demand nothing; a module that does refuses as any validation",
        "undelete": "Odoo deletes for good",
        "quota": "Odoo counts no calls",
        "result_cap": "a search gives as many rows as one asks for",
        "partial_batches": "one op is one request",
        "shuffled_answers": "one op is one request",
        "expire": "a key has no session that could end",
        "renewals": "a key can't be renewed",
    }


@pytest.mark.parametrize("page", [2, 5, 500])
def test_messages_behind_many_that_may_not_be_seen_all_come(bench: OdooBench, page: int) -> None:
    connector = bench.connector(page=page)
    whole = drain(connector, Kind.ACTIVITY)
    messages = sorted(int(each.split(":")[1]) for each in whole.upserts)
    bench.odoo.hidden = set(messages[:-1])
    assert set(drain(bench.connector(page=page), Kind.ACTIVITY).upserts) == {f"message:{messages[-1]}"}
    for number in messages:
        bench.odoo.tables["mail.message"][number]["write_date"] = "2026-11-21 22:00:30"
    bench.now += 120
    assert set(drain(connector, Kind.ACTIVITY, whole.cursor).upserts) == {f"message:{messages[-1]}"}


def test_a_user_without_mailings_and_deals_is_told_so_and_keeps_the_rest(bench: OdooBench) -> None:
    for model in ("crm.lead", "crm.stage", "crm.lost.reason"):
        bench.odoo.tables.pop(model)
    told = bench.connector().describe()
    assert Kind.DEAL not in told.kinds
    assert Kind.ENGAGEMENT not in told.kinds
    assert {Kind.COMPANY, Kind.PERSON, Kind.ACTIVITY} <= set(told.kinds)
    assert len(told.notes) == 2
    assert drain(bench.connector(), Kind.PERSON).upserts
    assert drain(bench.connector(), Kind.ACTIVITY).upserts
    with pytest.raises(ScopeDenied):
        bench.connector().pull(Kind.DEAL, Scope(), None)


def test_a_user_without_sales_rights_is_told_so_and_keeps_the_rest(bench: OdooBench) -> None:
    deal = drain(bench.connector(), Kind.DEAL).upserts.popitem()[1]
    fields: dict[str, Value] = {"what": "meeting", "subject": "Demo", "at": AT, "done": False}
    demo = op(Kind.ACTIVITY, fields=fields, links={"person": deal.links["person"], "deal": deal.remote_id})
    meeting = push_one(bench.connector(), demo, Applied).remote_id
    bench.odoo.closed = {(REP, model) for model in ("crm.lead", "crm.tag", "crm.team")}
    told = bench.connector().describe()
    assert Kind.DEAL not in told.kinds
    assert told.notes[0].startswith("CRM is not installed there, or not open to you")
    for kind in told.kinds:
        for whose in (Scope(), Scope(user_id=str(REP))):
            book = drain(bench.connector(), kind, scope=whose)
            assert set(book.upserts) == set(bench.connector().ids(kind, whose))
            drain(bench.connector(), kind, book.cursor, whose)
    (left,) = bench.connector().fetch(Kind.ACTIVITY, [meeting])
    assert (left.links["person"], left.links["deal"]) == (deal.links["person"], None)


def test_an_archived_contact_leaves_the_book_as_archived(bench: OdooBench) -> None:
    connector = bench.connector()
    book = drain(connector, Kind.PERSON)
    put_away = next(iter(book.upserts))
    bench.odoo.call(COLLEAGUE, "res.partner", "write", [int(put_away)], vals={"active": False})
    assert drain(connector, Kind.PERSON, book.cursor).gone[put_away].why is Gone.ARCHIVED
    assert put_away not in set(connector.ids(Kind.PERSON, Scope()))


def test_a_log_without_any_record_to_hang_on_is_refused_in_words(bench: OdooBench) -> None:
    stray = op(Kind.ACTIVITY, fields={"what": "note", "body": "x"})
    assert "person, a company or a deal" in push_one(bench.connector(), stray, Rejected).problems[0].words


def test_a_stage_that_is_gone_is_refused_and_the_deal_is_not_taken_for_deleted(bench: OdooBench) -> None:
    connector = bench.connector()
    deal = next(iter(drain(connector, Kind.DEAL).upserts))
    push_one(connector, op(Kind.DEAL, Action.UPDATE, deal, links={"stage": "77"}), Rejected)


def test_a_stage_that_a_colleague_moved_meanwhile_is_a_conflict(bench: OdooBench) -> None:
    connector = bench.connector()
    deal = next(iter(drain(connector, Kind.DEAL).upserts))
    bench.odoo.call(COLLEAGUE, "crm.lead", "write", [int(deal)], vals={"stage_id": 3})
    move = op(Kind.DEAL, Action.UPDATE, deal, links={"stage": "2"}, seen={"stage": "1"})
    result = push_one(connector, move, Conflict)
    assert result.server is not None
    assert result.server.links["stage"] == "3"


def test_a_change_of_another_field_meanwhile_does_not_stand_in_the_way(bench: OdooBench) -> None:
    connector = bench.connector()
    deal = next(iter(drain(connector, Kind.DEAL).upserts))
    bench.bo.edit(Kind.DEAL, deal, {"name": "Renamed by Bo"})
    move = op(Kind.DEAL, Action.UPDATE, deal, links={"stage": "2"}, seen={"stage": "1"}, version="older")
    push_one(connector, move, Applied)
    (after,) = connector.fetch(Kind.DEAL, [deal])
    assert (after.links["stage"], after.fields["name"]) == ("2", "Renamed by Bo")


def test_a_country_is_chosen_by_its_name_or_refused(bench: OdooBench) -> None:
    bench.odoo.tables["res.country"][20] = {"id": 20, "name": "Belgium"}
    connector = bench.connector()
    firm = next(iter(drain(connector, Kind.COMPANY).upserts))
    push_one(connector, op(Kind.COMPANY, Action.UPDATE, firm, {"country": "belgium"}), Applied)
    assert connector.fetch(Kind.COMPANY, [firm])[0].fields["country"] == "Belgium"
    refused = push_one(connector, op(Kind.COMPANY, Action.UPDATE, firm, {"country": "Narnia"}), Rejected)
    assert refused.problems[0].field == "country"


def test_a_server_that_goes_away_in_the_middle_of_a_sweep_is_no_end_of_the_ids(bench: OdooBench) -> None:
    asked = 0

    def breaking(request: httpx.Request) -> httpx.Response:
        nonlocal asked
        asked += request.url.path.endswith("/search")
        if asked > 3:
            raise httpx.ConnectError("gone", request=request)
        return bench.odoo.answer(request)

    connector = bench.opened(httpx.MockTransport(breaking))
    with pytest.raises(Unreachable):
        list(connector.ids(Kind.ACTIVITY, Scope()))


def test_the_scope_of_a_rep_holds_the_people_of_that_reps_deals(bench: OdooBench) -> None:
    connector = bench.connector()
    mine = Scope(user_id=str(REP))
    assert drain(connector, Kind.PERSON, scope=mine).upserts == {}
    cursor = drain(connector, Kind.PERSON, scope=mine).cursor
    deal = drain(connector, Kind.DEAL).upserts.popitem()[1]
    bench.now += 2000
    cursor = drain(connector, Kind.PERSON, cursor, mine).cursor
    bench.odoo.call(COLLEAGUE, "crm.lead", "write", [int(deal.remote_id)], vals={"user_id": REP})
    assert set(drain(connector, Kind.PERSON, cursor, mine).upserts) == {deal.links["person"]}
    assert set(connector.ids(Kind.PERSON, mine)) == {deal.links["person"]}
    assert set(connector.ids(Kind.COMPANY, mine)) == {deal.links["company"]}
