"""Salesforce's answers, read and written to."""

from __future__ import annotations

import re
from typing import Final

from msgspec.structs import replace

from companion.connectors.base import Connector
from companion.connectors.http import Client
from companion.connectors.salesforce.connector import SalesforceConnector
from companion.connectors.salesforce.cursor import Cursor
from companion.connectors.tokens import Fixed, Signed, Tokens
from companion.domain.account import Account
from companion.domain.field_map import FieldMap
from companion.domain.records import Kind
from tests.connectors.fake_server import Reply, Request
from tests.connectors.salesforce.bench import Colleague
from tests.connectors.salesforce.fake_salesforce import ANA, BO, CLIENT_ID, FakeSalesforce
from tests.connectors.salesforce.fake_schema import LOSS, STAGES, field_of
from tests.rig.fuzz.dialect import Attack, Crm


def _errors(status: int, code: str, words: str, **more: object) -> Reply:
    return Reply(status, [{"errorCode": code, "message": words, "fields": [], **more}])


_TWIN: Final = {"matchResults": [{"matchRecords": [{"record": {"Id": "003000000000009AAA"}}]}]}
REFUSALS: Final = (
    _errors(400, "FIELD_CUSTOM_VALIDATION_EXCEPTION", "Please fill in the amount first", fields=["Amount"]),
    _errors(400, "DUPLICATES_DETECTED", "Use one of these records?", duplicateResut=_TWIN),
    _errors(400, "DUPLICATE_VALUE", "duplicate value found: X duplicates value on record with id: 003000000000009"),
    _errors(400, "INVALID_FIELD", "No such column 'Phone' on entity 'Account'."),
    _errors(400, "UNABLE_TO_LOCK_ROW", "unable to obtain exclusive access to this record"),
    _errors(403, "INSUFFICIENT_ACCESS", "no"),
    _errors(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded."),
    _errors(404, "NOT_FOUND", "The requested resource does not exist"),
    _errors(412, "ENTITY_UPDATED", "changed"),
    _errors(401, "INVALID_SESSION_ID", "Session expired or invalid"),
    _errors(500, "UNKNOWN_EXCEPTION", "internal error"),
    Reply(502, b"<html>", kind="text/html"),
)
AGREED: Final = FieldMap(shown={Kind.PERSON: ("Salutation",), Kind.DEAL: ("NextStep",)})


class Salesforce(Attack):
    """All that is asked of Salesforce, where no field marks what we made."""

    def __init__(self) -> None:
        super().__init__(_crm())


def _crm() -> Crm:
    crm = FakeSalesforce()
    crm.org.objects["Opportunity"]["Loss_Reason__c"] = field_of("Opportunity", LOSS)
    ids = _book(crm)
    org = crm.org

    def fill(tables: dict[str, object]) -> None:
        org.rows, org._last = tables["rows"], tables["last"]  # type: ignore[assignment]

    def dialect(request: Request) -> Reply:
        crm.used = 100
        return crm(request)

    began = int(crm.now) - 60
    whole = Cursor(began=began, long_at=began, done=True, calm_at=began)
    cursors = (whole, replace(whole, long_at=began - 9_999, calm_at=began - 9_999))
    return Crm(
        dialect,
        _writes,
        crm.now,
        lambda: {"rows": org.rows, "last": org._last},
        fill,
        lambda http: _opened(http, crm),
        ids,
        [each.bytes() for each in cursors],
        REFUSALS,
    )


def _writes(request: Request) -> bool:
    if request.path.endswith("/composite"):
        return re.search(rb'"method":"(?:POST|PATCH|PUT|DELETE)"', request.body) is not None
    return request.writes and "/sobjects" in request.path


def _opened(http: Client, crm: FakeSalesforce) -> Connector:
    def renew(_: Tokens) -> Tokens:
        raise AssertionError("a key is never renewed")

    calls = Signed(http, Fixed("token-ana"), renew, lambda: crm.now)
    account = Account("salesforce", "https://x.example", "", "", "browser", CLIENT_ID)
    return SalesforceConnector(calls, account, page=3, wall=lambda: crm.now, field_map=AGREED)


def _book(crm: FakeSalesforce) -> dict[Kind, list[str]]:
    """Two companies with what belongs to them, a lead, and what marketing did."""
    org, colleague = crm.org, Colleague(crm)
    ids: dict[Kind, list[str]] = {kind: [] for kind in Kind}
    ids[Kind.USER], ids[Kind.STAGE], ids[Kind.LOSS_REASON] = [ANA, BO], [each[0] for each in STAGES], ["Price"]
    org.user = BO
    campaign = org.create("Campaign", {"Name": "Autumn", "Type": "Webinar"})
    mine = {"OwnerId": ANA}
    for number in range(2):
        firm = colleague.create(Kind.COMPANY, {"name": f"Firm {number}", "city": "Ghent"}, {})
        person = colleague.create(
            Kind.PERSON, {"name": f"Ada {number}", "email": f"a{number}@x.example"}, {"company": firm}
        )
        deal = colleague.create(
            Kind.DEAL, {"name": f"Deal {number}", "amount": 120_050}, {"company": firm, "person": person}
        )
        about = {"WhoId": person, "WhatId": deal, **mine}
        for kind, made in ((Kind.COMPANY, firm), (Kind.PERSON, person), (Kind.DEAL, deal)):
            ids[kind].append(made)
            org.rows[{"001": "Account", "003": "Contact", "006": "Opportunity"}[made[:3]]][made]["OwnerId"] = ANA
        start = {"StartDateTime": "2026-12-01T09:00:00Z", "EndDateTime": "2026-12-01T10:00:00Z"}
        mail = {"Subject": "Offer", "TextBody": "Hello", "FromAddress": "ana@acme.example", "RelatedToId": deal}
        ids[Kind.ACTIVITY] += [
            colleague.create(Kind.ACTIVITY, {"body": f"Note {number}"}, {"deal": deal}),
            org.create("Task", {"Subject": "Call", "TaskSubtype": "Call", "Status": "Completed", **about}),
            org.create("Task", {"Subject": "Send it", "Status": "Not Started", "ActivityDate": "2026-12-01", **about}),
            org.create("Event", {"Subject": "Demo", **start, **about}),
            org.create("EmailMessage", {**mail, "Status": "3", "MessageDate": "2026-11-20T08:00:00Z"}),
        ]
        member = {"CampaignId": campaign, "ContactId": person, "Status": "Responded"}
        ids[Kind.ENGAGEMENT].append(org.create("CampaignMember", member))
    lead = org.create("Lead", {"FirstName": "Lea", "LastName": "Dahl", "Company": "Fjord AS", **mine})
    for kind in (Kind.PERSON, Kind.DEAL):
        ids[kind].append(lead)
    return ids
