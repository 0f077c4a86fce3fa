"""The contract against a small Odoo in memory; test_live.py proves the same against a real one."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence

import httpx
import pytest

from companion.connectors.base import (
    Action,
    Applied,
    Conflict,
    Connector,
    Op,
    Rejected,
    Scope,
    ScopeDenied,
    Unreachable,
)
from companion.connectors.http import Client
from companion.connectors.odoo.connector import OdooConnector
from companion.connectors.odoo.sign_in import Account
from companion.domain.records import Gone, Kind, Value
from tests.connectors.contract import AT, Colleague, ConnectorContract, drain, op, push_one
from tests.connectors.odoo.fake_odoo import FakeOdoo

ACCOUNT = Account("https://odoo.example", "books", "ana")
REP, COLLEAGUE = 5, 6
TABLES = {Kind.COMPANY: "res.partner", Kind.PERSON: "res.partner", Kind.DEAL: "crm.lead"}
SHAPES = {"message": "mail.message", "activity": "mail.activity"}
FIELDS = {"name": "name", "email": "email", "city": "city"}


class Bo:
    """A colleague who works in Odoo's own screens."""

    def __init__(self, odoo: FakeOdoo) -> None:
        self.odoo = odoo

    def create(self, kind: Kind, fields: Mapping[str, Value], links: Mapping[str, str | None]) -> str:
        partner = int(links.get("person") or links.get("company") or 0)
        if kind is Kind.ACTIVITY:
            made = self.odoo.call(COLLEAGUE, "res.partner", "message_post", [partner], body=str(fields["body"]))
            return f"message:{made[0]}"
        vals: dict[str, object] = {FIELDS[name]: value for name, value in fields.items()}
        vals |= {"partner_id": partner} if kind is Kind.DEAL else {"is_company": kind is Kind.COMPANY}
        return str(self.odoo.call(COLLEAGUE, TABLES[kind], "create", vals_list=[vals])[0])

    def edit(self, kind: Kind, remote_id: str, fields: Mapping[str, Value]) -> None:
        vals = {FIELDS[name]: value for name, value in fields.items()}
        self.odoo.call(COLLEAGUE, TABLES[kind], "write", [int(remote_id)], vals=vals)

    def delete(self, kind: Kind, remote_id: str) -> None:
        shape, _, number = remote_id.rpartition(":")
        self.odoo.call(COLLEAGUE, SHAPES.get(shape) or TABLES[kind], "unlink", [int(number)])

    def burst(self, kind: Kind, names: Sequence[str]) -> list[str]:
        rows = [{"name": name, "is_company": kind is Kind.COMPANY} for name in names]
        return [str(each) for each in self.odoo.call(COLLEAGUE, "res.partner", "create", vals_list=rows)]


class OdooBench:
    """A book of twelve companies and what belongs to them."""

    def __init__(self) -> None:
        self.now = float(AT)
        self.odoo = FakeOdoo(lambda: self.now)
        self.bo = Bo(self.odoo)
        self.colleague: Colleague = self.bo
        self._open: list[Connector] = []
        for number in range(12):
            firm = self.bo.create(Kind.COMPANY, {"name": f"Firm {number}", "city": "Ghent"}, {})
            for name in ("Ada", "Ben"):
                person = self.bo.create(Kind.PERSON, {"name": f"{name} {number}"}, {})
                self.odoo.call(COLLEAGUE, "res.partner", "write", [int(person)], vals={"parent_id": int(firm)})
            self.bo.create(Kind.DEAL, {"name": f"Deal {number}"}, {"person": person})
            self.bo.create(Kind.ACTIVITY, {"body": f"Note {number}"}, {"person": person})
        self.settle()

    def connector(self, *, page: int | None = None) -> Connector:
        return self.opened(httpx.MockTransport(self.odoo.answer), page or 500)

    def unlucky(self) -> Connector | None:
        def lose(request: httpx.Request) -> httpx.Response:
            answer = self.odoo.answer(request)
            if request.url.path.endswith("/load"):
                raise httpx.ReadError("reset", request=request)
            return answer

        return self.opened(httpx.MockTransport(lose))

    def refused(self) -> Op | None:
        return op(Kind.DEAL, fields={"name": "", "amount": 100})

    def settle(self) -> None:
        self.now += 2

    def opened(self, transport: httpx.BaseTransport, page: int = 500) -> OdooConnector:
        connector = OdooConnector(Client(time.monotonic, transport=transport), ACCOUNT, "key-ana", page=page)
        self._open.append(connector)
        return connector

    def close(self) -> None:
        for connector in self._open:
            connector.close()


@pytest.fixture
def bench() -> Iterator[OdooBench]:
    """A fresh server."""
    bench = OdooBench()
    yield bench
    bench.close()


class TestOdoo(ConnectorContract):
    """The whole contract."""


def test_a_row_that_was_committed_late_comes_with_the_next_pull(bench: OdooBench) -> None:
    connector = bench.connector()
    cursor = drain(connector, Kind.COMPANY).cursor
    bench.now += 240
    cursor = drain(connector, Kind.COMPANY, cursor).cursor
    late = bench.bo.create(Kind.COMPANY, {"name": "Imported"}, {})
    bench.odoo.tables["res.partner"][int(late)]["write_date"] = "2026-11-21 22:00:30"  # its transaction began then
    assert late in drain(connector, Kind.COMPANY, cursor).upserts


def test_a_row_that_was_committed_an_hour_late_comes_with_the_hourly_look_back(bench: OdooBench) -> None:
    connector = bench.connector()
    cursor = drain(connector, Kind.COMPANY).cursor
    bench.now += 3500
    cursor = drain(connector, Kind.COMPANY, cursor).cursor
    late = bench.bo.create(Kind.COMPANY, {"name": "Imported"}, {})
    bench.odoo.tables["res.partner"][int(late)]["write_date"] = "2026-11-21 22:00:30"
    bench.now += 60
    book = drain(connector, Kind.COMPANY, cursor)
    bench.now += 60
    assert late in drain(connector, Kind.COMPANY, book.cursor, book=book).upserts


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
