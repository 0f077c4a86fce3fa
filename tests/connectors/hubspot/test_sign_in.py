"""Whose key or token it is: one look at HubSpot before a book is made."""

from __future__ import annotations

import time

import pytest

from companion.connectors.base import Misconfigured, SignInNeeded
from companion.connectors.grant import Redirect
from companion.connectors.http import Client
from companion.connectors.hubspot.sign_in import OPTIONAL, grant, sign_in
from companion.connectors.hubspot.wire import VERSION
from companion.connectors.tokens import Tokens
from companion.domain.account import Account
from tests.connectors.hubspot.bench import HubSpotBench


def account(bench: HubSpotBench, user: str = "", way: str = "key") -> Account:
    return Account("hubspot", bench.server.url, "", user, way, "app")


def test_a_key_belongs_to_whoever_made_it_where_nobody_is_named(bench: HubSpotBench) -> None:
    with Client(time.monotonic) as http:
        found, kept = sign_in(http, account(bench), " key-nora ")
    assert found == Account("hubspot", bench.server.url, "245", "nora@sales.example", "key", "app")
    assert kept == "key-nora"


def test_a_key_of_the_account_is_used_in_the_name_of_whom_the_rep_says(bench: HubSpotBench) -> None:
    with Client(time.monotonic) as http:
        found, _ = sign_in(http, account(bench, "Nora@Sales.Example"), "key-admin")
    assert found.user == "nora@sales.example"


def test_somebody_who_owns_nothing_in_the_account_is_asked_who_it_is(bench: HubSpotBench) -> None:
    with Client(time.monotonic) as http, pytest.raises(Misconfigured) as unknown:
        sign_in(http, account(bench, "stranger@sales.example"), "key-admin")
    assert "email address" in unknown.value.advice


def test_a_key_that_is_not_accepted_is_told_as_such(bench: HubSpotBench) -> None:
    with Client(time.monotonic) as http, pytest.raises(SignInNeeded) as refused:
        sign_in(http, account(bench), "key-of-yesterday")
    assert "does not accept that key" in refused.value.title


def test_tokens_of_the_browser_tell_who_signed_in(bench: HubSpotBench) -> None:
    given = bench.hubspot.grant("12")
    tokens = Tokens(given["access_token"], given["refresh_token"], client_secret="app-secret")
    with Client(time.monotonic) as http:
        found, kept = sign_in(http, account(bench, way="browser"), tokens)
    assert (found.user, found.database) == ("bruno@sales.example", "245")
    assert kept == tokens


def test_a_token_of_another_account_opens_nothing_in_this_one(bench: HubSpotBench) -> None:
    connector = bench.opened()
    connector.describe()
    bench.hubspot.portal = 999
    told = bench.opened().describe().tenant
    assert told == "hubspot/999"
    connector._session.account = Account("hubspot", bench.server.url, "245", "nora@sales.example")
    with pytest.raises(SignInNeeded):
        connector.describe()


def test_the_browser_asks_for_what_is_needed_and_may_do_without_the_rest(bench: HubSpotBench) -> None:
    asked = grant(Account("hubspot", "", "", "", "browser", "app-7"))
    assert asked.token_url == f"https://api.hubapi.com/oauth/{VERSION}/token"
    assert asked.client_id == "app-7"
    assert asked.needs_secret
    assert asked.redirect is Redirect.LOCALHOST_NAME
    assert "crm.objects.deals.write" in asked.scopes
    assert not set(asked.scopes) & set(OPTIONAL)
    assert asked.extra["optional_scope"].split() == list(OPTIONAL)
