"""Signing in to Salesforce: where, as whom, tokens that change with each renewal, and orgs that are never confused."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from companion.connectors.base import ApiSunset, Misconfigured, SignInNeeded
from companion.connectors.http import Client
from companion.connectors.registry import open_connector
from companion.connectors.salesforce.connector import SalesforceConnector
from companion.connectors.salesforce.sign_in import grant, login_address, renew, sign_in
from companion.connectors.sign_in import by_browser
from companion.connectors.tokens import Signed, Tokens
from companion.domain.account import Account
from tests.connectors.fake_server import FakeServer, Reply, serving
from tests.connectors.fake_sign_in import get
from tests.connectors.salesforce.bench import Shared
from tests.connectors.salesforce.fake_salesforce import ANA, CLIENT_ID, FakeSalesforce


@pytest.fixture
def crm() -> FakeSalesforce:
    """A fresh org."""
    return FakeSalesforce()


@pytest.fixture
def server(crm: FakeSalesforce) -> Iterator[FakeServer]:
    """Its address."""
    with serving(crm, lambda: crm.now) as server:
        crm.url = server.url
        yield server


@pytest.fixture
def http() -> Iterator[Client]:
    """A client."""
    with Client(time.monotonic) as client:
        yield client


def account(url: str) -> Account:
    return Account("salesforce", url, way="browser", client_id=CLIENT_ID)


@pytest.mark.parametrize(
    ("typed", "place"),
    [
        ("", "https://login.salesforce.com"),
        ("sandbox", "https://test.salesforce.com"),
        (" test ", "https://test.salesforce.com"),
        ("acme.my.salesforce.com", "https://acme.my.salesforce.com"),
        ("https://acme.lightning.force.com/lightning/page/home", "https://acme.my.salesforce.com"),
        ("https://acme--uat.sandbox.my.salesforce.com/", "https://acme--uat.sandbox.my.salesforce.com"),
    ],
)
def test_where_to_sign_in_is_what_the_rep_sees_in_the_browser(typed: str, place: str) -> None:
    assert login_address(typed) == place


def test_the_app_is_a_public_client_that_asks_for_no_more_than_it_needs() -> None:
    asked = grant(account("acme.my.salesforce.com"))
    assert asked.client_id == CLIENT_ID
    assert not asked.needs_secret
    assert asked.token_url == "https://acme.my.salesforce.com/services/oauth2/token"
    assert set(asked.scopes) == {"api", "refresh_token", "openid"}
    assert asked.url_field == "instance_url"


def test_the_account_is_tidied_after_one_look(server: FakeServer, crm: FakeSalesforce, http: Client) -> None:
    tokens = Tokens("token-ana", "refresh-ana-0", url=server.url)
    found, kept = sign_in(http, account(server.url), tokens)
    assert (found.url, found.database, found.user) == (server.url, crm.org.org_id, "ana@acme.example")
    assert isinstance(kept, Tokens)
    assert kept.refresh == "refresh-ana-0"


def test_a_token_that_salesforce_does_not_know_is_no_wrong_address(server: FakeServer, http: Client) -> None:
    with pytest.raises(SignInNeeded) as refused:
        sign_in(http, account(server.url), Tokens("nonsense", url=server.url))
    assert "does not accept" in refused.value.title


def test_an_org_that_speaks_another_version_is_told_apart(server: FakeServer, http: Client) -> None:
    server.fail(when=lambda request: request.path == "/services/data/", instead=Reply(200, [{"version": "58.0"}]))
    with pytest.raises(ApiSunset):
        sign_in(http, account(server.url), Tokens("token-ana", url=server.url))


def test_what_is_no_salesforce_is_said_so(server: FakeServer, http: Client) -> None:
    server.fail(when=lambda request: "userinfo" in request.path, instead=Reply(200, {"hello": "world"}))
    with pytest.raises(Misconfigured):
        sign_in(http, account(server.url), Tokens("token-ana", url=server.url))


def test_each_renewal_brings_another_refresh_token_and_the_one_before_is_dead(
    server: FakeServer, crm: FakeSalesforce, http: Client
) -> None:
    again = renew(http, account(server.url), lambda: crm.now)
    first = Tokens("token-ana", "refresh-ana-0", url=server.url)
    second = again(first)
    third = again(second)
    assert len({first.refresh, second.refresh, third.refresh}) == 3
    with pytest.raises(SignInNeeded):
        again(first)


def test_a_session_that_ended_is_renewed_in_the_middle_of_a_sync(
    server: FakeServer, crm: FakeSalesforce, http: Client
) -> None:
    keeper = Shared(Tokens("token-ana", "refresh-ana-0", url=server.url))
    calls = Signed(http, keeper, renew(http, account(server.url), lambda: crm.now), lambda: crm.now)
    connector = SalesforceConnector(calls, account(server.url), wall=lambda: crm.now)
    assert connector.describe().user_id == ANA
    crm.tokens.clear()
    assert connector.describe().user_id == ANA
    assert keeper.renewals == 1


def test_a_sandbox_and_its_production_are_two_tenants(http: Client) -> None:
    tenants = []
    for sandbox in (False, True):
        crm = FakeSalesforce(sandbox=sandbox)
        with serving(crm, lambda crm=crm: crm.now) as server:  # type: ignore[misc]
            keeper = Shared(Tokens("token-ana", url=server.url))
            wall = lambda: AT  # noqa: E731
            calls = Signed(http, keeper, lambda stale: stale, wall)
            tenants.append(SalesforceConnector(calls, account(server.url), wall=wall).describe().tenant)
    assert len(set(tenants)) == 2


AT = 1_795_298_400.0


def test_the_whole_way_through_the_browser_ends_with_a_connector_that_works(
    server: FakeServer, crm: FakeSalesforce, http: Client
) -> None:
    def browse(address: str) -> bool:
        threading.Thread(target=get, args=(address,), daemon=True).start()
        return True

    place = account(server.url)
    asked = grant(place)
    tokens = by_browser(
        http,
        asked,
        client_secret="",
        open_browser=browse,
        wanted=lambda: True,
        clock=time.monotonic,
        wall=lambda: crm.now,
    )
    assert tokens.url == server.url
    assert tokens.expires_at is None, "Salesforce does not say how long"
    found, kept = sign_in(http, place, tokens)
    assert isinstance(kept, Tokens)
    connector = open_connector(found, Shared(kept), http=http, wall=lambda: crm.now)
    assert connector.describe().user_id == ANA
    assert not any("client_secret" in str(each.body) for each in server.asked)
