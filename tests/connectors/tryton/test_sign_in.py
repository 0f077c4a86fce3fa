"""Signing in to Tryton: every wrong turn has its own words."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator

import pytest

from companion.connectors.base import ApiSunset, ConnectorError, Misconfigured, RateLimited, SignInNeeded, Unreachable
from companion.connectors.http import Client
from companion.connectors.tryton.sign_in import find, sign_in
from tests.connectors.loopback import Script, answer, serving
from tests.connectors.tryton_server import DATABASE, MAX_ATTEMPTS, PASSWORD, REP, TrytonServer


@pytest.fixture
def client() -> Iterator[Client]:
    with Client(time.monotonic) as made:
        yield made


def words(error: ConnectorError) -> str:
    return f"{error.title}. {error.advice}"


@pytest.mark.slow
class TestRealServer:
    def test_the_right_words_open_the_door(self, client: Client, tryton: TrytonServer) -> None:
        session = sign_in(client, tryton.url, DATABASE, REP, PASSWORD)
        assert session.place.series == "8.2"
        assert session.context["employee"] == tryton.facts["employees"][REP]

    def test_a_database_that_is_not_there(self, client: Client, tryton: TrytonServer) -> None:
        with pytest.raises(Misconfigured) as caught:
            sign_in(client, tryton.url, "CRM", REP, PASSWORD)
        assert "no database called CRM" in words(caught.value)
        assert PASSWORD not in words(caught.value) + str(caught.value)

    @pytest.mark.parametrize("name", ["", "../etc", "a b", "crm/rpc", "crm?x"])
    def test_a_name_that_is_no_database(self, client: Client, tryton: TrytonServer, name: str) -> None:
        with pytest.raises(Misconfigured, match="no such database"):
            sign_in(client, tryton.url, name, REP, PASSWORD)

    def test_a_path_that_is_not_trytons(self, client: Client, tryton: TrytonServer) -> None:
        with pytest.raises(Misconfigured) as caught:
            sign_in(client, f"{tryton.url}/somewhere", DATABASE, REP, PASSWORD)
        assert "not Tryton" in words(caught.value)

    def test_too_many_wrong_passwords_close_the_door(self, client: Client, tryton: TrytonServer) -> None:
        for _ in range(MAX_ATTEMPTS + 1):
            with pytest.raises(SignInNeeded) as refused:
                sign_in(client, tryton.url, DATABASE, "mallory", "wrong-password")
        assert "does not accept that user and password" in words(refused.value)
        with pytest.raises(RateLimited) as closed:
            sign_in(client, tryton.url, DATABASE, "mallory", "wrong-password")
        assert "Too many wrong passwords" in words(closed.value)
        assert closed.value.after_s >= 300
        # … and only for that user.
        assert sign_in(client, tryton.url, DATABASE, REP, PASSWORD).uid

    def test_an_empty_password_is_not_even_tried(self, client: Client, tryton: TrytonServer) -> None:
        for _ in range(9):
            with pytest.raises(SignInNeeded):
                sign_in(client, tryton.url, DATABASE, "nobody", "")


def version(series: object) -> bytes:
    return answer(b'{"id": 1, "result": %s}' % (f'"{series}"'.encode() if isinstance(series, str) else b"[]"))


def old(series: str) -> Script:
    """A server up to 7.8: it knows '/', and not '/rpc/'."""
    missing = answer(b"<h1>Not Found</h1>", status="404 Not Found", kind="text/html")
    return lambda request: missing if request.startswith(b"POST /rpc/ ") else version(series)


@pytest.mark.parametrize(
    ("series", "endpoint"),
    [("6.0", "/crm/"), ("7.0", "/crm/"), ("7.8", "/crm/"), ("8.0", "/crm/rpc/"), ("8.2", "/crm/rpc/")],
)
def test_each_version_is_called_at_its_own_path(client: Client, series: str, endpoint: str) -> None:
    script: Script = old(series) if series < "8" else (lambda _: version(series))
    with serving(script) as server:
        assert find(client, server.url(), "crm").endpoint == server.url(endpoint)


@pytest.mark.parametrize("series", ["5.0", "9.0", "12.4"])
def test_a_version_that_we_do_not_know_is_refused_in_words(client: Client, series: str) -> None:
    with serving(lambda _: version(series)) as server, pytest.raises(ApiSunset) as caught:
        find(client, server.url(), "crm")
    assert f"Tryton {series} is not supported" in words(caught.value)
    assert f"That server is {series}, and Companion speaks 6.0 to 8.x" in words(caught.value)


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(answer(b"<html>Shop</html>", kind="text/html"), id="a web page"),
        pytest.param(answer(b"{}"), id="other JSON"),
        pytest.param(answer(b'{"id": 1, "result": [1]}'), id="another result"),
        pytest.param(answer(b'{"id": 1, "result": "hello"}'), id="no version"),
        pytest.param(answer(b"no", status="404 Not Found", kind="text/plain"), id="not found"),
        pytest.param(answer(b"", status="302 Found", headers=("Location: https://login.example/",)), id="sent away"),
        pytest.param(answer(b"", status="401 No", kind="text/plain"), id="a closed door"),
    ],
)
def test_what_is_not_tryton_is_told_apart(client: Client, raw: bytes) -> None:
    with serving(lambda _: raw) as server, pytest.raises(Misconfigured) as caught:
        find(client, server.url(), "crm")
    assert caught.value.title
    assert "127.0.0.1" in words(caught.value) or "Tryton" in words(caught.value)


def test_a_server_in_maintenance_is_not_a_wrong_address(client: Client) -> None:
    with serving(lambda _: answer(b"later", status="503 Down", kind="text/plain")) as server:
        with pytest.raises(Unreachable):
            find(client, server.url(), "crm")


def test_nobody_at_home_is_told_in_words(client: Client) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(Misconfigured) as caught:
        sign_in(client, f"127.0.0.1:{port}", "crm", "rita", "secret-word")
    assert "Nothing answers at 127.0.0.1" in words(caught.value)


def test_an_address_without_https_is_not_even_tried(client: Client) -> None:
    with pytest.raises(Misconfigured) as caught:
        sign_in(client, "http://tryton.example.com", "crm", "rita", "secret-word")
    assert "not safe" in words(caught.value)


def test_a_server_that_asks_for_a_second_factor_says_so(client: Client) -> None:
    def script(request: bytes) -> bytes:
        if b"common.server.version" in request:
            return version("8.2")
        return answer(b'{"id": 1, "error": ["LoginException", ["sms_code", "SMS code", "char"]]}')

    with serving(script) as server, pytest.raises(SignInNeeded) as caught:
        sign_in(client, server.url(), "crm", "rita", "secret-word")
    assert "SMS code" in words(caught.value)
