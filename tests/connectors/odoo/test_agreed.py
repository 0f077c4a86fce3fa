"""What a team agreed on for its customised Odoo: fields taken from elsewhere, shown beside a record, and on offer."""

from __future__ import annotations

import time
from typing import Any

import httpx
import pytest

from companion.connectors.base import Action, Applied, Op, Rejected, Result, Upsert
from companion.connectors.http import Client
from companion.connectors.odoo.connector import OdooConnector
from companion.connectors.odoo.sign_in import Account
from companion.domain.field_map import FieldMap
from companion.domain.records import Kind, Value
from tests.connectors.contract import AT, op
from tests.connectors.odoo.fake_models import ONE, TYPES
from tests.connectors.odoo.fake_odoo import FakeOdoo

REP = 5
CUSTOM = {
    "crm.lead": {
        "x_why": "text",
        "x_region": "selection",
        "x_budget": "monetary",
        "x_ends": "date",
        "x_tags": "many2many",
    },
    "res.partner": {"x_direct": "char", "x_sector": "many2one", "x_vip": "boolean"},
}
SELECTION = [["n", "North"], ["s", "South"]]
ASIDE = FieldMap(
    {"deal.lost_note": "x_why", "deal.source": "x_region", "deal.amount": "x_budget", "deal.contract_ends_on": "x_ends",
     "person.phone": "x_direct", "company.industry": "x_sector", "person.best_time": "x_gone"},
    shown={"person": ("x_vip", "x_sector"), "deal": ("x_region",)},
)  # fmt: skip


class Customised(FakeOdoo):
    """An Odoo whose administrator made fields of their own."""

    def call(self, user: int, model: str, method: str, ids: list[int] | None = None, **arguments: Any) -> Any:
        told = super().call(user, model, method, ids, **arguments)
        if method == "fields_get":
            for name, kind in CUSTOM.get(model, {}).items():
                told[name] = {"string": name[2:].title(), "type": kind, "manual": True, "selection": SELECTION}
                told[name] |= {"relation": "res.partner.industry"} if kind == "many2one" else {}
        return told


@pytest.fixture
def odoo(monkeypatch: pytest.MonkeyPatch) -> Customised:
    """A deal, its person and a list of sectors."""
    for model, fields in CUSTOM.items():
        monkeypatch.setitem(TYPES, model, {**TYPES[model], **fields})
    monkeypatch.setitem(ONE, ("res.partner", "x_sector"), "res.partner.industry")
    odoo = Customised(lambda: float(AT))
    odoo.tables["res.partner.industry"] = {7: {"id": 7, "name": "Steel"}, 8: {"id": 8, "name": "Paper"}}
    return odoo


def connected(odoo: Customised, field_map: FieldMap = ASIDE) -> OdooConnector:
    transport = httpx.MockTransport(odoo.answer)
    account = Account("https://odoo.example", "books", "ana")
    return OdooConnector(Client(time.monotonic, transport=transport), account, "key-ana", field_map=field_map)


def made(odoo: Customised, model: str, **vals: object) -> str:
    return str(odoo.call(REP, model, "create", vals_list=[{"name": "Ada", **vals}])[0])


def read(connector: OdooConnector, kind: Kind, remote_id: str) -> Upsert:
    (found,) = connector.fetch(kind, [remote_id])
    return found


def pushed(connector: OdooConnector, change: Op) -> Result:
    (answer,) = connector.push([change])
    return answer


def test_the_teams_fields_are_read_in_our_words(odoo: Customised) -> None:
    deal = made(
        odoo, "crm.lead", x_why="Too dear", x_region="n", x_budget=1500.5, x_ends="2027-01-31", expected_revenue=9
    )
    person = made(odoo, "res.partner", x_direct="+49 1", phone="+49 2", x_vip=True, x_sector=7, is_company=False)

    told = read(connected(odoo), Kind.DEAL, deal)
    ada = read(connected(odoo), Kind.PERSON, person)

    expected = {"lost_note": "Too dear", "source": "North", "amount": 150_050, "contract_ends_on": "2027-01-31"}
    assert {name: told.fields[name] for name in expected} == expected
    assert told.extra["Region"] == "North"
    assert ada.fields["phone"] == "+49 1"
    assert (ada.extra["Vip"], ada.extra["Sector"]) == ("✓", "Steel")
    assert "best_time" not in ada.fields, "a field that Odoo no longer has is not known, rather than empty"


def test_another_value_beside_a_record_is_another_version(odoo: Customised) -> None:
    person = made(odoo, "res.partner", is_company=False)
    before = read(connected(odoo), Kind.PERSON, person).version
    odoo.tables["res.partner"][int(person)]["x_vip"] = True

    assert read(connected(odoo), Kind.PERSON, person).version != before


@pytest.mark.parametrize(
    ("field", "value", "theirs", "kept"),
    [
        ("source", "South", "x_region", "s"),
        ("amount", 120_050, "x_budget", 1200.5),
        ("contract_ends_on", "2027-06-30", "x_ends", "2027-06-30"),
        ("contract_ends_on", None, "x_ends", False),
        ("lost_note", "Went elsewhere", "x_why", "Went elsewhere"),
    ],
)
def test_what_the_rep_writes_goes_into_the_teams_field_and_nowhere_else(
    odoo: Customised, field: str, value: Value, theirs: str, kept: object
) -> None:
    deal = made(odoo, "crm.lead", expected_revenue=9.0, x_ends="2027-01-31")
    before = dict(odoo.tables["crm.lead"][int(deal)])

    answer = pushed(connected(odoo), op(Kind.DEAL, Action.UPDATE, deal, fields={field: value}))

    assert isinstance(answer, Applied)
    after = odoo.tables["crm.lead"][int(deal)]
    assert {name for name in after if after[name] != before.get(name)} <= {theirs, "write_date"}
    assert after[theirs] == kept
    assert read(connected(odoo), Kind.DEAL, deal).fields[field] == value


def test_a_lost_deals_words_go_into_the_teams_field_instead_of_the_chatter(odoo: Customised) -> None:
    deal = made(odoo, "crm.lead")

    pushed(connected(odoo), op(Kind.DEAL, Action.LOSE, deal, fields={"lost_note": "Too dear"}))
    pushed(
        connected(odoo, FieldMap()),
        op(Kind.DEAL, Action.LOSE, other := made(odoo, "crm.lead"), fields={"lost_note": "Dear"}),
    )

    assert odoo.tables["crm.lead"][int(deal)]["x_why"] == "Too dear"
    said = [row["res_id"] for row in odoo.tables["mail.message"].values() if row.get("model") == "crm.lead"]
    assert said == [int(other)]


def test_words_about_a_loss_are_kept_where_a_colleague_lost_the_deal_first(odoo: Customised) -> None:
    deal = made(odoo, "crm.lead")
    pushed(connected(odoo, FieldMap()), op(Kind.DEAL, Action.LOSE, deal))
    lost = op(Kind.DEAL, Action.LOSE, deal, fields={"lost_note": "Too dear"})

    for _ in range(2):
        pushed(connected(odoo, FieldMap()), lost)

    said = [row["body"] for row in odoo.tables["mail.message"].values() if row.get("model") == "crm.lead"]
    assert len(said) == 1
    assert "Too dear" in said[0]


def test_a_choice_from_a_table_is_found_by_name_and_refused_by_its_own_field(odoo: Customised) -> None:
    firm = made(odoo, "res.partner", is_company=True)

    pushed(connected(odoo), op(Kind.COMPANY, Action.UPDATE, firm, fields={"industry": "Paper"}))
    refused = pushed(connected(odoo), op(Kind.COMPANY, Action.UPDATE, firm, fields={"industry": "Glass"}))

    assert odoo.tables["res.partner"][int(firm)]["x_sector"] == 8
    assert isinstance(refused, Rejected)
    assert refused.problems[0].field == "industry"


def test_a_new_record_has_the_teams_fields_from_the_start(odoo: Customised) -> None:
    answer = pushed(
        connected(odoo), op(Kind.DEAL, fields={"name": "New", "amount": 1000, "contract_ends_on": "2027-01-31"})
    )

    assert isinstance(answer, Applied)
    row = odoo.tables["crm.lead"][int(answer.remote_id)]
    assert (row["x_budget"], row["x_ends"]) == (10.0, "2027-01-31")
    assert not row.get("expected_revenue")


def test_the_companys_own_fields_are_offered_with_how_often_they_are_filled(odoo: Customised) -> None:
    for number in range(4):
        made(odoo, "crm.lead", x_region="n" if number else False)
    told = connected(odoo, FieldMap()).schema().fields

    offered = {(each.kind, each.theirs): each for each in told if not each.name}
    region = offered[Kind.DEAL, "x_region"]
    assert (region.label, region.custom, region.filled, region.holds) == ("Region", True, 0.75, "choice")
    assert (Kind.DEAL, "x_tags") not in offered, "lists of records are none of ours"
    taken = {each.name: each for each in connected(odoo).schema().fields if each.kind is Kind.DEAL}
    assert (taken["source"].theirs, taken["source"].choices) == ("x_region", ("North", "South"))
