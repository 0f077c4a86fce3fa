"""The bench of the contract suite over the org in memory, served as real HTTP."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from companion.connectors.base import Action, Connector, Op, SignInNeeded
from companion.connectors.http import Client
from companion.connectors.salesforce.connector import SalesforceConnector
from companion.connectors.salesforce.mapping import split_name
from companion.connectors.tokens import Signed, Tokens
from companion.domain.account import Account
from companion.domain.field_map import NOTHING, FieldMap
from companion.domain.records import Kind, Value
from tests.connectors.contract import AT, op
from tests.connectors.fake_server import FakeServer, Reply, Request
from tests.connectors.salesforce.fake_asked import Refused, Row
from tests.connectors.salesforce.fake_records import iso
from tests.connectors.salesforce.fake_salesforce import ANA, BO, CLIENT_ID, FakeSalesforce
from tests.connectors.salesforce.fake_schema import EXTERNAL, LOSS, field_of, owner_of

OBJECTS = {Kind.COMPANY: "Account", Kind.PERSON: "Contact", Kind.DEAL: "Opportunity", Kind.ACTIVITY: "Task"}
FIELDS = {
    "Account": {"name": "Name", "city": "BillingCity", "phone": "Phone", "industry": "Industry"},
    "Contact": {"email": "Email", "phone": "Phone", "role": "Title", "city": "MailingCity"},
    "Opportunity": {"name": "Name", "amount": "Amount", "close_on": "CloseDate"},
    "Task": {"subject": "Subject", "body": "Description"},
}


class Shared:
    """Tokens in memory that all connectors of a bench share."""

    def __init__(self, tokens: Tokens) -> None:
        import threading

        self.tokens, self.renewals, self._lock = tokens, 0, threading.Lock()

    def now(self) -> Tokens:
        return self.tokens

    def renewed(self, stale: Tokens, renew: Callable[[Tokens], Tokens]) -> Tokens:
        with self._lock:
            if self.tokens.access == stale.access:
                self.tokens = renew(stale)
                self.renewals += 1
            return self.tokens


class Colleague:
    """Bo, who works in Salesforce's own screens."""

    def __init__(self, crm: FakeSalesforce) -> None:
        self.crm = crm

    def create(self, kind: Kind, fields: Mapping[str, Value], links: Mapping[str, str | None]) -> str:
        self.crm.org.user = BO
        values = self.values(kind, fields)
        if kind is Kind.DEAL:
            values = {
                "CloseDate": "2027-01-31",
                "StageName": "Prospecting",
                "AccountId": links.get("company"),
                **values,
            }
            if links.get("person"):
                values["ContactId"] = links["person"]
        elif kind is Kind.PERSON and links.get("company"):
            values["AccountId"] = links["company"]
        elif kind is Kind.ACTIVITY:
            return self._note(fields, links)
        return self.crm.org.create(OBJECTS[kind], values)

    def edit(self, kind: Kind, remote_id: str, fields: Mapping[str, Value]) -> None:
        self.crm.org.user = BO
        self.crm.org.update(owner_of(remote_id) or "", remote_id, self.values(kind, fields))

    def delete(self, kind: Kind, remote_id: str) -> None:
        self.crm.org.user = BO
        self.crm.org.delete(owner_of(remote_id) or "", remote_id)

    def burst(self, kind: Kind, names: Sequence[str]) -> list[str]:
        return [self.create(kind, {"name": name}, {}) for name in names]

    def values(self, kind: Kind, fields: Mapping[str, Value]) -> Row:
        names = FIELDS[OBJECTS[kind]]
        values: Row = {names[name]: value for name, value in fields.items() if name in names}
        if isinstance(values.get("Amount"), int):
            values["Amount"] = values["Amount"] / 100
        if kind is Kind.PERSON and "name" in fields:
            values |= split_name(str(fields["name"]))
        if kind is Kind.COMPANY and "email" in fields:
            values["Description"] = f"[Companion · Email: {fields['email']}]"
        return values

    def _note(self, fields: Mapping[str, Value], links: Mapping[str, str | None]) -> str:
        import base64

        html = f"<p>{fields.get('body') or ''}</p>"
        note = self.crm.org.create(
            "ContentNote", {"Title": "Note", "Content": base64.b64encode(html.encode()).decode()}
        )
        target = links.get("deal") or links.get("person") or links.get("company")
        self.crm.org.create(
            "ContentDocumentLink", {"ContentDocumentId": note, "LinkedEntityId": target, "ShareType": "V"}
        )
        return note


class SalesforceBench:
    """An org with twelve companies and what belongs to them; `keyed` with an external id field on each object."""

    result_cap = None

    def __init__(self, *, keyed: bool = True, field_map: FieldMap = NOTHING) -> None:
        self.crm = FakeSalesforce(now=float(AT))
        self.org = self.crm.org
        self.server = FakeServer(self.crm, lambda: self.crm.now)
        self.crm.url = self.server.url
        self.org.objects["Opportunity"]["Loss_Reason__c"] = field_of("Opportunity", LOSS)
        self.org.objects["Account"]["Industry"].words.add("restricted")
        if keyed:
            for name in ("Account", "Contact", "Opportunity", "Task", "Event", "Lead"):
                self.org.objects[name]["CompanionOpId__c"] = field_of(name, EXTERNAL)
        self.field_map = field_map
        self.account = Account("salesforce", self.server.url, "", "", "browser", CLIENT_ID)
        self.keeper = Shared(Tokens("token-ana", "refresh-ana-0", url=self.server.url))
        self.colleague = Colleague(self.crm)
        self._off = 0.0
        self._open: list[Connector] = []
        self._fill()
        self.settle()

    # What the book has ──────────────────────────────────────────────────────────────────────────────────────────────

    def _fill(self) -> None:
        self.org.user = BO
        campaign = self.org.create("Campaign", {"Name": "Autumn", "Type": "Webinar"})
        for number in range(12):
            firm = self.colleague.create(Kind.COMPANY, {"name": f"Firm {number}", "city": "Ghent"}, {})
            for name in ("Ada", "Ben"):
                person = self.colleague.create(Kind.PERSON, {"name": f"{name} {number}"}, {"company": firm})
            links = {"company": firm, "person": person}
            deal = self.colleague.create(Kind.DEAL, {"name": f"Deal {number}"}, links)
            about = {"WhoId": person, "WhatId": deal}
            if number % 4:
                continue
            self.colleague.create(Kind.ACTIVITY, {"body": f"Note {number}"}, {"deal": deal})
            self.org.create(
                "Task", {"Subject": f"Call {number}", "TaskSubtype": "Call", "Status": "Completed", **about}
            )
            start = {"StartDateTime": "2026-12-01T09:00:00Z", "EndDateTime": "2026-12-01T10:00:00Z"}
            self.org.create("Event", {"Subject": "Demo", **start, **about})
            self.org.create("CampaignMember", {"CampaignId": campaign, "ContactId": person, "Status": "Responded"})
        lead = self.org.create("Lead", {"FirstName": "Lea", "LastName": "Dahl", "Company": "Fjord AS"})
        self.org.create("Task", {"Subject": "Ring her", "WhoId": lead})

    # Connectors ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def connector(self, *, page: int | None = None) -> SalesforceConnector:
        off = self._off
        wall = lambda: self.crm.now + off  # noqa: E731
        http = Client(time.monotonic, wall=wall)
        calls = Signed(http, self.keeper, self._renewed, wall)
        made = SalesforceConnector(calls, self.account, page=page or 2000, wall=wall, field_map=self.field_map)
        self._open.append(made)
        return made

    def _renewed(self, stale: Tokens) -> Tokens:
        from urllib.parse import urlencode

        form = {"grant_type": "refresh_token", "refresh_token": stale.refresh, "client_id": CLIENT_ID}
        request = Request("POST", "/services/oauth2/token", {}, {}, urlencode(form).encode())
        with self.server._lock:
            reply = self.crm(request)
        told: Any = reply.body
        if reply.status != 200:
            raise SignInNeeded("the refresh token is not known")
        return stale.with_new(access=told["access_token"], refresh=told.get("refresh_token", stale.refresh))

    def unlucky(self) -> Connector | None:
        self.server.fail(when=self.is_write, lose=True)
        return self.connector()

    def close(self) -> None:
        for connector in self._open:
            connector.close()
        self.server.close()

    # What the contract asks for ─────────────────────────────────────────────────────────────────────────────────────

    def refused(self) -> Op | None:
        return op(Kind.DEAL, fields={"name": "x" * 200, "close_on": "2027-01-01"})

    def duplicate(self) -> Op | None:
        self.colleague.create(Kind.PERSON, {"name": "Twin Sister", "email": "twin@acme.example"}, {})
        self.org.rules.append(self._no_twins)
        return op(Kind.PERSON, fields={"name": "Twin Sister", "email": "twin@acme.example"})

    def _no_twins(self, owner: str, row: Row, before: Row) -> None:
        if owner != "Contact" or before or not row.get("Email"):
            return
        twins = [
            each for each in self.org.rows[owner].values() if each["Email"] == row["Email"] and not each["IsDeleted"]
        ]
        if twins:
            records = [{"record": {"attributes": {"type": owner}, "Id": each["Id"]}} for each in twins]
            told = {
                "allowSave": False,
                "duplicateRule": "Standard_Contact",
                "matchResults": [{"matchRecords": records}],
            }
            raise Refused(400, "DUPLICATES_DETECTED", "Use one of these records?", [], duplicateResut=told)

    def dependent(self) -> Op | None:
        stage, reason = (self.org.objects["Opportunity"][name] for name in ("StageName", "Loss_Reason__c"))
        reason.controller = stage.name
        for each in reason.choices:
            each["validFor"] = "CAAA" if each["value"] == "Price" else "gAAA"  # bit 4: Closed Lost; bit 0: Prospecting
        deal = self.colleague.create(Kind.DEAL, {"name": "Dependent"}, {})
        links = {"stage": "Closed Lost", "loss_reason": "No budget"}
        return op(Kind.DEAL, Action.LOSE, deal, links=links)

    def settle(self) -> None:
        self.crm.now += 15

    @property
    def now(self) -> float:
        return self.crm.now

    @now.setter
    def now(self, seconds: float) -> None:
        self.crm.now = seconds

    def is_write(self, request: Request) -> bool:
        if request.path.endswith("/composite") and request.body:
            return any(each["method"] != "GET" for each in request.json["compositeRequest"])
        return request.writes and "/sobjects" in request.path

    def is_create(self, request: Request) -> bool:
        return self.is_write(request) and (
            b'"records"' in request.body
            or re.search(rb'"POST","url":"[^"]*/sobjects/ContentNote"', request.body) is not None
        )

    def quota(self) -> Reply | None:
        error = {"message": "TotalRequests Limit exceeded.", "errorCode": "REQUEST_LIMIT_EXCEEDED"}
        return Reply(403, [error])

    def pc_clock_off_by(self, seconds: float) -> None:
        self._off = seconds

    def late(self, kind: Kind, seconds_ago: float) -> str:
        company = self.colleague.create(Kind.COMPANY, {"name": "Late Ltd"}, {})
        made = company
        if kind is not Kind.COMPANY:
            fields: dict[str, Value] = {"body": "late"} if kind is Kind.ACTIVITY else {"name": "Late One"}
            made = self.colleague.create(kind, fields, {"company": company})
        row = self.org.rows[owner_of(made) or ""][made]
        row["SystemModstamp"] = row["LastModifiedDate"] = iso(self.crm.now - seconds_ago)
        return made

    def partial_batches(self) -> None:
        self.crm.one_at_a_time = True

    def expire(self) -> None:
        self.crm.tokens = {name: user for name, user in self.crm.tokens.items() if name == "token-bo"}

    def revoke(self) -> None:
        self.expire()
        self.crm.refreshing.clear()

    @property
    def renewals(self) -> int:
        return self.keeper.renewals

    @property
    def administrator(self) -> Administrator:
        return Administrator(self)


class Administrator:
    """Who sets the org up."""

    def __init__(self, bench: SalesforceBench) -> None:
        self.bench, self.org = bench, bench.org

    def move_away(self, kind: Kind, remote_id: str) -> None:
        """With a person goes the account, and the deals that it stands in: each alone would keep it in the book."""
        row = self.org.rows[owner_of(remote_id) or ""][remote_id]
        firm = self.org.rows["Account"].get(str(row.get("AccountId"))) if kind is Kind.PERSON else None
        deals = [each for each in self.org.rows["Opportunity"].values() if each["ContactId"] == remote_id]
        for each in (row, firm, *deals):
            if each is not None:
                each["OwnerId"] = BO
                self.org.touch(each)

    def forbid(self, kind: Kind) -> None:
        self.org.hidden |= {OBJECTS[kind]}

    def permit(self, kind: Kind) -> None:
        self.org.hidden -= {OBJECTS[kind]}

    def merge(self, kind: Kind, loser: str, winner: str) -> None:
        if kind is Kind.DEAL:
            raise NotImplementedError
        row = self.org.rows[OBJECTS[kind]][loser]
        row |= {"IsDeleted": True, "MasterRecordId": winner}
        self.org.touch(row)
        self.org.touch(self.org.rows[OBJECTS[kind]][winner])

    def archive(self, kind: Kind, remote_id: str) -> None:
        raise NotImplementedError

    def undelete(self, kind: Kind, remote_id: str) -> None:
        row = self.org.rows[OBJECTS[kind]][remote_id]
        row["IsDeleted"] = False
        self.org.touch(row)

    def drop_field(self, kind: Kind, ours: str) -> None:
        self.org.objects[OBJECTS[kind]].pop(self._name(kind, ours))

    def retype_field(self, kind: Kind, ours: str) -> None:
        raise NotImplementedError

    def retire_choice(self, kind: Kind, ours: str, value: Value) -> None:
        name = self._name(kind, ours)
        for each in self.org.objects[OBJECTS[kind]][name].choices:
            if each["value"] == value:
                each["active"] = False
        for row in self.org.rows["OpportunityStage"].values():
            if name == "StageName" and row["ApiName"] == value:
                row["IsActive"] = False

    def require_at_stage(self, ours: str, stage_id: str) -> None:
        name = self._name(Kind.DEAL, ours)

        def rule(owner: str, row: Row, before: Row) -> None:
            if owner == "Opportunity" and row.get("StageName") == stage_id and row.get(name) in (None, ""):
                raise Refused(400, "FIELD_CUSTOM_VALIDATION_EXCEPTION", f"Please fill in {ours} first", [name])

        self.org.rules.append(rule)

    def forbid_field(self, kind: Kind, ours: str) -> None:
        self.org.objects[OBJECTS[kind]][self._name(kind, ours)].words.add("closed")

    def _name(self, kind: Kind, ours: str) -> str:
        more = {"stage": "StageName", "loss_reason": "Loss_Reason__c", "source": "LeadSource"}
        return {**FIELDS[OBJECTS[kind]], **more}[ours]


__all__ = ["ANA", "BO", "Administrator", "Colleague", "SalesforceBench", "Shared"]
