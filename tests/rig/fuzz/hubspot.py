"""HubSpot's answers, read and written to."""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from companion.connectors.base import Connector
from companion.connectors.http import Client
from companion.connectors.hubspot.activities import SHAPES
from companion.connectors.hubspot.connector import HubSpotConnector
from companion.connectors.hubspot.cursor import Cursor
from companion.connectors.hubspot.objects import ACTIVITIES, OP_ID
from companion.connectors.tokens import Fixed, Signed, Tokens
from companion.domain.account import Account
from companion.domain.field_map import FieldMap
from companion.domain.records import Kind
from tests.connectors.fake_server import Reply
from tests.connectors.hubspot.fake_hubspot import FakeHubSpot
from tests.connectors.hubspot.fake_paths import is_write
from tests.connectors.hubspot.fake_properties import Property, words_of
from tests.rig.fuzz.dialect import Attack, Crm

_FAULTS: Final = words_of([{"isValid": False, "message": "x was not a valid number.", "name": "amount"}])
REFUSALS: Final = (
    Reply(400, {"status": "error", "category": "VALIDATION_ERROR", "message": _FAULTS}),
    Reply(400, {"message": "x does not exist", "errors": [{"message": "no", "context": {"propertyName": ["x"]}}]}),
    Reply(409, {"category": "CONFLICT", "message": "Contact already exists. Existing ID: 101"}),
    Reply(403, {"category": "MISSING_SCOPES", "message": "no", "errors": [{"message": "no", "in": "amount"}]}),
    Reply(404, {"category": "OBJECT_NOT_FOUND", "message": "resource not found"}),
    Reply(423, {"category": "LOCKED", "message": "busy"}),
    Reply(429, {"policyName": "DAILY", "message": "You have reached your daily limit."}),
    Reply(401, {"category": "INVALID_AUTHENTICATION", "message": "no"}),
    Reply(500, {"message": "internal error"}),
    Reply(502, b"<html>", kind="text/html"),
    Reply(207, {"status": "COMPLETE", "results": [], "numErrors": 1, "errors": [
        {"category": "VALIDATION_ERROR", "message": _FAULTS, "context": {"objectWriteTraceId": ["x"]}, "id": "x"}]}),
)  # fmt: skip
AGREED: Final = FieldMap(
    fields={"company.email": "company_email", "deal.next_step": "tier"}, shown={Kind.PERSON: ("hs_timezone", "tier")}
)


class HubSpot(Attack):
    """All that is asked of HubSpot."""

    def __init__(self) -> None:
        super().__init__(_crm())


def _crm() -> Crm:
    hubspot = FakeHubSpot()
    hubspot.left_today = None
    records = hubspot.records
    for known in records.properties.values():
        known[OP_ID] = Property(OP_ID, unique=True, shipped=False)
        known["tier"] = Property("tier", "enumeration", options={"a": "A", "b": "B"}, shipped=False)
    records.properties["companies"]["company_email"] = Property("company_email", shipped=False)
    ids = _book(hubspot)
    records.know_all()

    def fill(tables: dict[str, object]) -> None:
        vars(records).update(tables)

    began = int(hubspot.now) - 60
    whole = Cursor(began=began, long_at=began, done=True, archived_at=began)
    cursors = (whole, replace(whole, long_at=began - 9_999), replace(whole, archived_at=began - 9_999))
    return Crm(
        hubspot,
        is_write,
        hubspot.now,
        lambda: {name: vars(records)[name] for name in ("of", "links", "_index", "_unindexed", "_last")},
        fill,
        lambda http: _opened(http, hubspot),
        ids,
        [each.bytes() for each in cursors],
        REFUSALS,
    )


def _opened(http: Client, hubspot: FakeHubSpot) -> Connector:
    account = Account("hubspot", "https://x.example", "", "nora@sales.example", "key", "app")

    def renew(_: Tokens) -> Tokens:
        raise AssertionError("a key is never renewed")

    calls = Signed(http, Fixed("key-nora"), renew, lambda: hubspot.now)
    return HubSpotConnector(calls, account, page=3, wall=lambda: hubspot.now, field_map=AGREED)


_OPEN: Final = {"pipeline": "default", "dealstage": "qualifiedtobuy", "closedate": "1796083200000"}
_MARKETING: Final = {
    "hs_email_last_open_date": "2026-11-20T08:00:00.000Z", "hs_email_last_send_date": "1795292179000",
    "hs_email_open": "3", "hs_timezone": "europe_slash_oslo", "hubspot_owner_id": "11", "tier": "a",
    "hs_merged_object_ids": "7;9",
}  # fmt: skip


def _book(hubspot: FakeHubSpot) -> dict[Kind, list[str]]:
    """Two companies with what belongs to them, and something of each sort that marketing did."""
    records = hubspot.records
    ids: dict[Kind, list[str]] = {kind: [] for kind in Kind}
    ids[Kind.USER], ids[Kind.PIPELINE] = ["11", "12"], ["default"]
    ids[Kind.STAGE] = [*(stage.id for stage in records.pipelines["default"][1]), "lead-connected-stage-id"]
    for number in range(2):
        firm = records.create("companies", {"name": f"Firm {number}", "city": "Ghent"}).number
        ada = {"firstname": "Ada", "lastname": str(number), "email": f"a{number}@x.example"}
        person = records.create("contacts", ada).number
        deal = records.create("deals", {"dealname": f"Deal {number}", "amount": "12.5", **_OPEN}).number
        records.link("contacts", person, "companies", firm, [])
        for name, found in (("contacts", person), ("companies", firm)):
            records.link("deals", deal, name, found, [])
        for kind, made in ((Kind.COMPANY, firm), (Kind.PERSON, person), (Kind.DEAL, deal)):
            ids[kind].append(str(made))
        for name in ACTIVITIES:
            values = {"hs_timestamp": "2026-11-20T08:00:00.000Z", SHAPES[name].body: "<p>Hello</p>"}
            log = records.create(name, values).number
            for other, found in (("contacts", person), ("companies", firm), ("deals", deal)):
                records.link(name, log, other, found, [])
            ids[Kind.ACTIVITY].append(f"{name}:{log}")
        records.of["contacts"][person].values |= _MARKETING
        ids[Kind.ENGAGEMENT] += [f"{person}:open", f"{person}:sent"]
    lead = {"hs_lead_name": "Ada", "hs_pipeline": "lead-pipeline-id", "hs_pipeline_stage": "new-stage-id"}
    row = records.create("leads", {**lead, "hubspot_owner_id": "11", "hs_lead_label": "WARM"})
    records.link("leads", row.number, "contacts", int(ids[Kind.PERSON][0]), [578])
    ids[Kind.DEAL].append(f"lead-{row.number}")
    return ids
