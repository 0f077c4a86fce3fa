"""The two wires against answers that a real Odoo 19 gave."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from companion.connectors.base import SignInNeeded, Unreachable
from companion.connectors.http import Client, Doubtful
from companion.connectors.odoo.wire import Json2, JsonRpc, Refusal
from tests.connectors.odoo.canned import canned, recorded, replayed

URL = "https://odoo.example"
Wire = Json2 | JsonRpc


def talking(answer: Callable[[httpx.Request], httpx.Response], *, old: bool = False) -> Wire:
    """A wire to a server that answers so."""
    http = Client(time.monotonic, transport=httpx.MockTransport(answer))
    return JsonRpc(http, URL, "books", 7, "the-key") if old else Json2(http, URL, "books", "the-key")


def test_a_json_2_call_names_its_arguments_and_carries_key_and_database() -> None:
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return replayed("won_lead")

    wire = talking(answer)
    rows = wire.read("crm.lead", "read", [12], fields=["active"])
    assert rows[0]["won_status"] == "won"
    assert str(asked[0].url) == f"{URL}/json/2/crm.lead/read"
    assert asked[0].headers["Authorization"] == "bearer the-key"
    assert asked[0].headers["X-Odoo-Database"] == "books"
    assert json.loads(asked[0].content) == {"ids": [12], "fields": ["active"]}
    assert wire.server_time == 1_795_292_179.0


def test_a_json_rpc_call_is_positional_where_old_versions_want_it() -> None:
    asked: list[Any] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(json.loads(request.content)["params"]["args"])
        return canned({"jsonrpc": "2.0", "id": 1, "result": []})

    wire = talking(answer, old=True)
    wire.read("res.partner", "search", domain=[["id", ">", 1]], limit=5)
    wire.write("res.partner", "write", [3], vals={"name": "x"})
    assert asked[0] == ["books", 7, "the-key", "res.partner", "search", [[["id", ">", 1]]], {"limit": 5}]
    assert asked[1] == ["books", 7, "the-key", "res.partner", "write", [[3]], {"vals": {"name": "x"}}]


def test_a_json_rpc_answer_without_result_or_error_means_none() -> None:
    wire = talking(lambda _: canned({"jsonrpc": "2.0", "id": 1}), old=True)
    assert wire.write("crm.lead", "action_set_lost", [1]) is None


@pytest.mark.parametrize("name", ["error_required", "write_missing", "error_bad_field", "error_method"])
def test_a_refusal_has_the_crms_words_and_never_its_traceback(name: str) -> None:
    wire = talking(lambda _: replayed(name))
    with pytest.raises(Refusal) as caught:
        wire.write("crm.lead", "write", [1], vals={})
    told = recorded(name)["response"]["body"]
    first_line = told["message"].partition("\n")[0]
    assert first_line in caught.value.words
    assert told["debug"] not in f"{caught.value} {caught.value.words}" or told["debug"] in told["message"]
    assert caught.value.missing == (name == "write_missing")


@pytest.mark.parametrize(("name", "denied"), [("error_permission", True), ("jsonrpc_error", False)])
def test_a_json_rpc_refusal_comes_as_http_200_and_is_one_all_the_same(name: str, denied: bool) -> None:
    wire = talking(lambda _: replayed(name), old=True)
    with pytest.raises(Refusal) as caught:
        wire.read("crm.lead", "search_read", domain=[])
    assert caught.value.denied is denied
    assert caught.value.words


def test_a_key_that_is_not_accepted_asks_to_sign_in() -> None:
    with pytest.raises(SignInNeeded):
        talking(lambda _: replayed("error_auth")).read("res.partner", "search", domain=[])
    denied = {"jsonrpc": "2.0", "error": {"data": {"name": "odoo.exceptions.AccessDenied", "message": "Access Denied"}}}
    with pytest.raises(SignInNeeded):
        talking(lambda _: canned(denied), old=True).read("res.partner", "search", domain=[])


def test_a_record_that_somebody_holds_is_busy_and_not_refused_for_good() -> None:
    body = {"name": "psycopg2.errors.SerializationFailure", "message": "could not serialize access", "debug": "x"}
    with pytest.raises(Refusal) as caught:
        talking(lambda _: canned(body, 500)).write("crm.lead", "write", [1], vals={})
    assert caught.value.busy


@pytest.mark.parametrize(
    "body", [{}, {"jsonrpc": "2.0", "error": "no"}, {"jsonrpc": "2.0", "error": {"data": None}}, [], "sign in"]
)
def test_an_answer_that_is_none_of_odoos_is_never_taken_for_an_empty_page(body: object) -> None:
    wire = talking(lambda _: canned(body), old=True)
    with pytest.raises(Unreachable):
        wire.read("res.partner", "search", domain=[])
    with pytest.raises(Doubtful):
        wire.write("res.partner", "write", [1], vals={})


def test_a_web_page_in_place_of_an_error_means_that_nothing_was_done() -> None:
    with pytest.raises(Unreachable):
        talking(lambda _: canned(b"<h1>Not Found</h1>", 404)).write("res.partner", "write", [1], vals={})


def test_an_answer_that_breaks_off_leaves_a_write_in_doubt() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadError("reset", request=request)

    with pytest.raises(Doubtful):
        talking(answer).write("res.partner", "write", [1], vals={})
    with pytest.raises(Unreachable):
        talking(answer).read("res.partner", "search", domain=[])
