"""The org in memory is asked by simple-salesforce, which nobody here wrote: its own calls, and the errors it raises."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
from simple_salesforce.api import Salesforce
from simple_salesforce.exceptions import (
    SalesforceExpiredSession,
    SalesforceMalformedRequest,
    SalesforceMoreThanOneRecord,
    SalesforceRefusedRequest,
    SalesforceResourceNotFound,
)
from simple_salesforce.format import format_soql

from tests.connectors.salesforce.bench import SalesforceBench


class Loopback(requests.Session):
    """A session of its own making that speaks http where simple-salesforce says https."""

    def request(self, method: Any, url: Any, *args: Any, **more: Any) -> requests.Response:
        return super().request(method, str(url).replace("https://", "http://", 1), *args, **more)


@pytest.fixture
def bench() -> Iterator[SalesforceBench]:
    """A fresh org."""
    bench = SalesforceBench()
    yield bench
    bench.close()


@pytest.fixture
def outside(bench: SalesforceBench) -> Iterator[Any]:
    """The outside client, signed in as Bo."""
    with Loopback() as session:
        yield Salesforce(
            instance_url=bench.server.url,
            session_id="token-bo",
            version="67.0",
            session=session,
            object_pairs_hook=dict,
        )


def test_it_describes_the_org_and_its_objects(outside: Any) -> None:
    names = {each["name"] for each in outside.describe()["sobjects"]}
    assert {"Account", "Contact", "Lead", "Opportunity", "Task", "Event"} <= names
    fields = {each["name"]: each for each in outside.Opportunity.describe()["fields"]}
    assert fields["StageName"]["type"] == "picklist"
    assert not fields["StageName"]["nillable"]
    assert {each["value"] for each in fields["StageName"]["picklistValues"]} >= {"Closed Won", "Prospecting"}
    assert fields["CompanionOpId__c"]["externalId"]
    assert outside.is_sandbox() is False


def test_it_pages_through_all_rows_of_a_query(bench: SalesforceBench, outside: Any) -> None:
    bench.crm.rows_at_once = 5
    found = outside.query_all("SELECT Id, Name, Account.Name FROM Contact ORDER BY Name")
    assert found["totalSize"] == 24
    assert len({row["Id"] for row in found["records"]}) == 24
    assert found["records"][0]["Account"]["Name"] == "Firm 0"
    assert outside.query("SELECT COUNT() FROM Contact")["totalSize"] == 24


def test_it_creates_reads_updates_and_deletes_a_row(outside: Any) -> None:
    made = outside.Contact.create({"LastName": "O'Brien", "Email": "ob@acme.example"})
    assert made["success"] is True
    quoted = format_soql("SELECT Id FROM Contact WHERE LastName = {}", "O'Brien")
    assert [row["Id"] for row in outside.query(quoted)["records"]] == [made["id"]]
    assert outside.Contact.update(made["id"], {"FirstName": "Maeve"}) == 204
    assert outside.Contact.get(made["id"])["Name"] == "Maeve O'Brien"
    assert outside.Contact.delete(made["id"]) == 204
    assert outside.query(quoted)["records"] == []
    (gone,) = outside.query(quoted.replace("SELECT Id", "SELECT Id, IsDeleted"), include_deleted=True)["records"]
    assert gone["IsDeleted"] is True


def test_it_upserts_by_an_external_id(outside: Any) -> None:
    assert outside.Account.upsert("CompanionOpId__c/abc", {"Name": "By key"}) == 201
    assert outside.Account.upsert("CompanionOpId__c/abc", {"Name": "By key again"}) == 200
    assert outside.Account.get_by_custom_id("CompanionOpId__c", "abc")["Name"] == "By key again"


def test_it_hears_what_changed_and_what_was_deleted(bench: SalesforceBench, outside: Any) -> None:
    now = datetime.fromtimestamp(bench.now, UTC)
    made = outside.Account.create({"Name": "Moved"})["id"]
    outside.Account.delete(outside.Account.create({"Name": "Gone"})["id"])
    start, end = now - timedelta(minutes=5), now + timedelta(minutes=5)
    assert made in outside.Account.updated(start, end)["ids"]
    assert len(outside.Account.deleted(start, end)["deletedRecords"]) == 1


def test_it_reads_the_limits_and_the_usage_of_each_answer(bench: SalesforceBench, outside: Any) -> None:
    limits = outside.limits()["DailyApiRequests"]
    assert limits["Max"] == 100_000
    outside.query("SELECT Id FROM Account LIMIT 1")
    assert outside.api_usage["api-usage"].used == bench.crm.used
    assert outside.api_usage["api-usage"].total == bench.crm.allowed


def test_it_sends_collections_and_composites(outside: Any) -> None:
    records = [{"attributes": {"type": "Account"}, "Name": name} for name in ("One", "", "Three")]
    body = {"allOrNone": False, "records": records}
    found = outside.restful("composite/sobjects", method="POST", json=body)
    assert [each["success"] for each in found] == [True, False, True]
    assert found[1]["errors"][0]["statusCode"] == "REQUIRED_FIELD_MISSING"
    parts = [
        {
            "method": "POST",
            "url": "/services/data/v67.0/sobjects/Account",
            "referenceId": "firm",
            "body": {"Name": "F"},
        },
        {
            "method": "POST",
            "url": "/services/data/v67.0/sobjects/Contact",
            "referenceId": "person",
            "body": {"LastName": "P", "AccountId": "@{firm.id}"},
        },
    ]
    told = outside.restful("composite", method="POST", json={"allOrNone": True, "compositeRequest": parts})
    firm, person = told["compositeResponse"]
    assert outside.Contact.get(person["body"]["id"])["AccountId"] == firm["body"]["id"]


def test_all_or_none_rolls_back_what_came_before_the_failure(outside: Any) -> None:
    parts = [
        {
            "method": "POST",
            "url": "/services/data/v67.0/sobjects/Account",
            "referenceId": "a",
            "body": {"Name": "Rolled"},
        },
        {"method": "POST", "url": "/services/data/v67.0/sobjects/Account", "referenceId": "b", "body": {}},
    ]
    told = outside.restful("composite", method="POST", json={"allOrNone": True, "compositeRequest": parts})
    assert [each["httpStatusCode"] for each in told["compositeResponse"]] == [400, 400]
    assert outside.query("SELECT Id FROM Account WHERE Name = 'Rolled'")["records"] == []


def test_a_notes_text_comes_as_a_blob(bench: SalesforceBench, outside: Any) -> None:
    note = next(iter(bench.org.rows["ContentNote"]))
    row = outside.query(f"SELECT Id, Content FROM ContentNote WHERE Id = '{note}'")["records"][0]
    assert row["Content"] == f"/services/data/v67.0/sobjects/ContentNote/{note}/Content"
    assert outside.ContentNote.get_base64(note, "Content") == b"<p>Note 0</p>"


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("SELECT Nothing FROM Account", "INVALID_FIELD"),
        ("SELECT Id FROM Nothing", "INVALID_TYPE"),
        ("SELECT Id FROM Account WHERE", "MALFORMED_QUERY"),
        ("SELECT Id FROM Account WHERE SystemModstamp >= 'yesterday'", "INVALID_FIELD"),
        ("SELECT Id FROM Account WHERE Description = 'x'", "INVALID_FIELD"),
        ("SELECT Id FROM ContentDocumentLink", "MALFORMED_QUERY"),
        (
            "SELECT Id FROM Account WHERE Name = 'a' OR Id IN (SELECT AccountId FROM Opportunity)",
            "MALFORMED_QUERY",
        ),
    ],
)
def test_a_statement_that_salesforce_refuses_is_refused(outside: Any, statement: str, code: str) -> None:
    with pytest.raises(SalesforceMalformedRequest) as raised:
        outside.query(statement)
    assert code in str(raised.value)


def test_errors_come_as_the_exceptions_that_it_knows(bench: SalesforceBench, outside: Any) -> None:
    with pytest.raises(SalesforceMalformedRequest, match="REQUIRED_FIELD_MISSING"):
        outside.Contact.create({"FirstName": "Nobody"})
    with pytest.raises(SalesforceResourceNotFound):
        outside.Account.get("001000000000999AAA")
    with pytest.raises(SalesforceResourceNotFound, match="NOT_FOUND"):
        outside.Nothing__c.create({"Name": "x"})
    bench.org.put("Account", Name="Twin", CompanionOpId__c="twice")
    bench.org.put("Account", Name="Twin", CompanionOpId__c="twice")
    with pytest.raises(SalesforceMoreThanOneRecord):
        outside.Account.get_by_custom_id("CompanionOpId__c", "twice")
    bench.crm.used = bench.crm.allowed
    with pytest.raises(SalesforceRefusedRequest, match="REQUEST_LIMIT_EXCEEDED"):
        outside.query("SELECT Id FROM Account")
    bench.crm.tokens.clear()
    with pytest.raises(SalesforceExpiredSession, match="INVALID_SESSION_ID"):
        outside.query("SELECT Id FROM Account")


def test_it_asks_who_it_is(bench: SalesforceBench, outside: Any) -> None:
    told = outside.oauth2("userinfo")
    assert told is not None
    assert told["organization_id"] == bench.org.org_id
