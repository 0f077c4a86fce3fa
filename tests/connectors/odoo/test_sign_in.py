"""Signing in: which server, which database, whose key."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from typing import Any

import httpx
import pytest

from companion.connectors.base import ApiSunset, Misconfigured, SignInNeeded
from companion.connectors.http import Client
from companion.connectors.odoo.sign_in import Account, open_session, sign_in
from companion.connectors.odoo.wire import Json2, JsonRpc
from tests.connectors.odoo.canned import canned

URL = "https://odoo.example"
Answers = Mapping[str, Callable[[Any], httpx.Response]]


def rpc(result: object) -> httpx.Response:
    return canned({"jsonrpc": "2.0", "id": 1, "result": result})


def server(answers: Answers) -> Client:
    """A server that knows these paths only."""

    def answer(request: httpx.Request) -> httpx.Response:
        known = answers.get(request.url.path)
        body = json.loads(request.content) if request.content else None
        return known(body) if known else canned(b"<h1>Not Found</h1>", 404)

    return Client(time.monotonic, transport=httpx.MockTransport(answer))


def new(version: str = "19.0", *, login: str = "ana") -> Client:
    """Odoo 19 or later."""
    return server(
        {
            "/web/version": lambda _: canned({"version": version}),
            "/json/2/res.users/context_get": lambda _: canned({"uid": 5, "lang": "en_US"}),
            "/json/2/res.users/search_read": lambda _: canned([{"id": 5, "login": login}]),
        }
    )


def old(version: str, user: object = 5) -> Client:
    """Odoo before 19, which tells its version elsewhere."""
    return server(
        {
            "/web/webclient/version_info": lambda _: rpc({"server_version": version}),
            "/web/database/list": lambda _: rpc(["books"]),
            "/jsonrpc": lambda _: user if isinstance(user, httpx.Response) else rpc(user),
        }
    )


def test_from_19_on_the_wire_is_json_2_and_the_key_says_who_we_are() -> None:
    signed = open_session(new(), Account(URL, "books", "ana"), "key")
    assert isinstance(signed.wire, Json2)
    assert (signed.user, signed.version, signed.login) == (5, "19.0", "ana")


@pytest.mark.parametrize("version", ["16.0", "17.0+e", "18.0-20250101", "saas~18.4"])
def test_before_19_the_wire_is_json_rpc(version: str) -> None:
    signed = open_session(old(version), Account(URL, "books", "ana"), "key")
    assert isinstance(signed.wire, JsonRpc)
    assert signed.user == 5


def test_a_server_from_another_age_is_named_with_its_version() -> None:
    with pytest.raises(ApiSunset) as caught:
        open_session(old("15.0"), Account(URL, "books", "ana"), "key")
    assert "Odoo 15.0" in caught.value.advice


def test_what_a_person_types_becomes_an_account() -> None:
    assert sign_in(old("18.0"), "odoo.example/ ", "", " ana ", " key ") == Account(URL, "books", "ana")
    assert sign_in(new(), "odoo.example", "books", "", "key") == Account(URL, "books", "ana")


def test_a_server_that_hides_its_databases_asks_for_the_name() -> None:
    denied = {"jsonrpc": "2.0", "error": {"data": {"name": "odoo.exceptions.AccessDenied", "message": "Access Denied"}}}
    hiding = server(
        {
            "/web/version": lambda _: canned({"version": "19.0"}),
            "/web/database/list": lambda _: canned(denied),
        }
    )
    for client in (new(), hiding):
        with pytest.raises(Misconfigured) as caught:
            sign_in(client, URL, "", "ana", "key")
        assert "database" in caught.value.title


def test_a_database_that_is_not_there_is_said_by_name() -> None:
    nowhere = server({"/web/version": lambda _: canned({"version": "19.0"})})
    failed = {"jsonrpc": "2.0", "error": {"data": {"name": "psycopg2.OperationalError", "message": "no database"}}}
    for client in (nowhere, old("18.0", canned(failed))):
        with pytest.raises(Misconfigured) as caught:
            sign_in(client, URL, "boks", "ana", "key")
        assert caught.value.title == "There is no database called boks there"


def test_a_key_that_is_refused_or_belongs_to_another_user_is_said_so() -> None:
    refused = server(
        {
            "/web/version": lambda _: canned({"version": "19.0"}),
            "/json/2/res.users/context_get": lambda _: canned({"name": "x", "message": "y"}, 401),
        }
    )
    for client in (refused, new(login="bilal"), old("17.0", user=False)):
        with pytest.raises(SignInNeeded) as caught:
            sign_in(client, URL, "books", "ana", "key")
        assert caught.value.title == "Odoo does not accept that API key"


def test_an_address_that_is_not_odoo_is_a_wrong_address() -> None:
    with pytest.raises(Misconfigured):
        sign_in(server({}), URL, "books", "ana", "key")
    with pytest.raises(Misconfigured):
        sign_in(server({"/web/version": lambda _: canned({"hello": 1})}), URL, "b", "a", "key")
