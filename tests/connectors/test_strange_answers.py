"""Answers that nobody foresaw stop one record, or one request; what was written is never taken for unsent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from companion.connectors import payload
from companion.connectors.base import Action, Op, Rejected, Scope, Unknown, Unreachable
from companion.connectors.odoo import marker
from companion.connectors.tryton import TrytonConnector
from companion.domain.records import Kind
from tests.rig.fuzz import tryton
from tests.rig.fuzz.odoo import OP_ID, ROWS, Answers
from tests.rig.fuzz.transport import Strange


class Odoo(Answers):
    """Answers what `tells` says for a model's method, else what a sound server does."""

    def __init__(self, tells: Mapping[tuple[str, str], Any]) -> None:
        super().__init__("19.0")
        self._tells = tells

    def answer(self, path: str, body: Mapping[str, Any]) -> Any:
        if path.startswith("/json/2/") and (found := self._tells.get(self.called(path, body))) is not None:
            return found
        return super().answer(path, body)


def tryton_telling(tells: Mapping[str, Any]) -> TrytonConnector:
    def answer(path: str, body: Mapping[str, Any]) -> Any:
        told = tells.get(str(body.get("method")))
        return {"id": 1, "result": told} if told is not None else tryton.answer(path, body)

    client = Strange(answer, tryton.changes).client()
    return TrytonConnector("https://x.example", "db", "nora", "pw", client=client, clock=lambda: 0.0, page=3)


@pytest.mark.parametrize("revenue", [{"x": 1}, [1, 2], 10**400])
def test_a_lead_that_cant_be_read_stops_itself_alone(revenue: object) -> None:
    good = ROWS["crm.lead"]
    server = Odoo({("crm.lead", "search_read"): [{**good, "id": 9, "expected_revenue": revenue}, {**good, "id": 11}]})

    page = server.connector().pull(Kind.DEAL, Scope(), None)

    assert [each.remote_id for each in page.poison] == ["9"]
    assert [each.remote_id for each in page.upserts] == ["11"]


def test_an_amount_that_is_no_number_any_more_leaves_its_lead_in_the_book() -> None:
    good = ROWS["crm.lead"]
    server = Odoo({("crm.lead", "search_read"): [{**good, "id": 9, "expected_revenue": "a lot"}]})

    page = server.connector().pull(Kind.DEAL, Scope(), None)

    assert [(each.remote_id, each.fields.get("amount")) for each in page.upserts] == [("9", None)]


@pytest.mark.parametrize("odd", [{"res_id": {}}, {"partner_ids": [[7]]}, {"notified_partner_ids": 7}, {"body": ["x"]}])
def test_a_message_that_refers_to_no_record_stops_itself_alone(odd: dict[str, Any]) -> None:
    good = ROWS["mail.message"]
    server = Odoo({("mail.message", "search_read"): [{**good, "id": 9, **odd}, {**good, "id": 11}]})

    page = server.connector().pull(Kind.ACTIVITY, Scope(), None)

    assert "message:11" in {each.remote_id for each in page.upserts}
    assert "message:9" not in {each.remote_id for each in page.upserts} or "body" in odd


def test_a_number_in_a_message_id_that_is_none_is_no_number() -> None:
    mark = marker.read(f"<{OP_ID}.call.out.connected.²@companion>")

    assert mark is not None
    assert mark.duration_s is None
    assert marker.read(f"<{OP_ID}.call.out.connected.{'9' * 5000}@companion>") == mark


@pytest.mark.parametrize("rows", [[{"name": "no id"}], ["x"], {"id": 7}, [{"id": "7"}]])
def test_a_record_without_an_id_is_never_skipped_unseen(rows: object) -> None:
    connector = Odoo({("crm.lead", "search_read"): rows}).connector()

    with pytest.raises(Unreachable):
        connector.pull(Kind.DEAL, Scope(), None)


def test_a_server_that_sends_the_same_ids_again_is_not_asked_for_ever() -> None:
    connector = Odoo({("crm.lead", "search"): [7], ("res.partner", "search"): [7]}).connector()

    with pytest.raises(Unreachable, match="again"):
        list(connector.ids(Kind.DEAL, Scope()))


@pytest.mark.parametrize("ids", [["x"], [{}], [None]])
def test_a_create_that_odoo_answers_strangely_is_in_doubt(ids: list[object]) -> None:
    server = Odoo({("crm.lead", "load"): {"ids": ids, "messages": []}})
    op = Op(OP_ID, Kind.DEAL, Action.CREATE, None, {"name": "Planner"})

    assert isinstance(server.connector().push([op])[0], Unknown)


@pytest.mark.parametrize("made", [[], 7, {"x": 1}, [1, 2]])
def test_a_create_that_tryton_answers_strangely_is_in_doubt(made: object) -> None:
    connector = tryton_telling({"model.party.party.create": made})
    op = Op(OP_ID, Kind.PERSON, Action.CREATE, None, {"name": "Ana Kova"})

    assert isinstance(connector.push([op])[0], Unknown)


@pytest.mark.parametrize("odd", [{"identifiers.": True}, {"contact_mechanisms.": ["x"]}, {"name": {"x": 1}}])
def test_a_party_that_cant_be_read_stops_itself_alone(odd: dict[str, Any]) -> None:
    good = tryton.ROWS["party.party"]
    connector = tryton_telling({"model.party.party.search_read": [{**good, "id": 9, **odd}, {**good, "id": 11}]})

    page = connector.pull(Kind.PERSON, Scope(), None)

    assert [each.remote_id for each in page.upserts] == ["11"]
    assert "9" in {each.remote_id for each in page.poison}


def test_parties_merged_in_a_circle_do_not_hang_the_pull() -> None:
    good = tryton.ROWS["party.party"]
    rows = [{**good, "id": each, "replaced_by": by} for each, by in ((7, 8), (8, 9), (9, 8), (10, 99))]
    connector = tryton_telling({"model.party.party.search_read": rows})

    page = connector.pull(Kind.ACTIVITY, Scope(), None)

    assert page.upserts


def test_a_sign_in_that_is_answered_with_nonsense_says_so_in_words() -> None:
    for told in ([], ["x"], {"a": 1}, [{}, "token"]):
        with pytest.raises(Unreachable):
            tryton_telling({"common.db.login": told}).describe()
    for login in ([], ["x"], [{"id": 2}]):
        with pytest.raises(Unreachable):
            Odoo({("res.users", "search_read"): login}).connector()


def test_a_percent_sign_chooses_nothing_from_a_list() -> None:
    asked: list[Any] = []

    class Listening(Odoo):
        def answer(self, path: str, body: Mapping[str, Any]) -> Any:
            if "res.country/search" in path:
                asked.append(body["domain"])
                return []
            return super().answer(path, body)

    op = Op(OP_ID, Kind.COMPANY, Action.UPDATE, "7", {"country": "%_\\"})
    company = {**ROWS["res.partner"], "is_company": True}
    result = Listening({("res.partner", "search_read"): [company]}).connector().push([op])[0]

    assert isinstance(result, Rejected)
    assert asked == [[["name", "=ilike", r"\%\_\\"]]]
    assert payload.literally("Côte d'Ivoire") == "Côte d'Ivoire"
