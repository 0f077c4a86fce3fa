"""Signing in to EspoCRM: a password becomes a token, a second step is asked for, nothing else passes for EspoCRM."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from companion import connecting
from companion.connectors.base import ApiSunset, Misconfigured, SecondFactorNeeded, SignInNeeded, Unreachable
from companion.connectors.espocrm.connector import EspoConnector
from companion.connectors.espocrm.sign_in import sign_in
from companion.connectors.http import Client
from companion.connectors.tokens import Tokens
from companion.domain.account import Account
from tests.connectors.espocrm.bench import EspoBench
from tests.connectors.fake_server import Reply

CLOCKS = connecting.Clocks(time.monotonic, time.time)


def typed(bench: EspoBench, *, way: str = "password", user: str = "ana") -> Account:
    """What a rep typed."""
    return Account("espocrm", f" {bench.server.url}/ ", user=user, way=way)


def test_a_password_becomes_a_token_and_is_not_kept(bench: EspoBench) -> None:
    with Client(time.monotonic) as http:
        account, secret = sign_in(http, typed(bench, user=" ana "), "secret-ana")

        assert account == Account("espocrm", bench.server.url, user="ana", way="password")
        assert secret != "secret-ana"
        assert EspoConnector(http, account, secret).describe().user_name == "Ana"
    assert bench.server.asked[-1].headers["espo-authorization-by-token"] == "true"


def test_a_second_step_is_asked_for_and_its_code_lets_in(bench: EspoBench) -> None:
    bench.espo.codes["ana"] = "123456"
    with Client(time.monotonic) as http:
        with pytest.raises(SecondFactorNeeded):
            sign_in(http, typed(bench), "secret-ana")
        with pytest.raises(SignInNeeded) as wrong:
            sign_in(http, typed(bench), "secret-ana", "999999")
        account, token = sign_in(http, typed(bench), Tokens("secret-ana"), " 123456 ")

        assert not isinstance(wrong.value, SecondFactorNeeded)
        assert EspoConnector(http, account, token).describe().user_id == bench.ana


def test_a_key_is_looked_at_and_kept(bench: EspoBench) -> None:
    with Client(time.monotonic) as http:
        account, secret = sign_in(http, typed(bench, way="key", user=""), " key-ana ")

        assert (account.url, account.way, secret) == (bench.server.url, "key", "key-ana")
        assert EspoConnector(http, account, secret).describe().user_id == bench.ana


@pytest.mark.parametrize(("way", "secret"), [("password", "wrong"), ("key", "wrong"), ("password", "")])
def test_a_wrong_secret_is_said_in_words(bench: EspoBench, way: str, secret: str) -> None:
    with Client(time.monotonic) as http, pytest.raises(SignInNeeded) as refused:
        sign_in(http, typed(bench, way=way), secret)

    assert "EspoCRM does not accept that" in refused.value.title
    assert not isinstance(refused.value, SecondFactorNeeded)


def test_an_address_with_the_path_of_the_api_is_taken_too(bench: EspoBench) -> None:
    with Client(time.monotonic) as http:
        account, _ = sign_in(http, Account("espocrm", f"{bench.server.url}/api/v1/", user="ana"), "secret-ana")

    assert account.url == bench.server.url


@pytest.mark.parametrize("version", ["7.5.6", "8.3.1"])
def test_an_older_server_is_refused_with_its_version(version: str) -> None:
    bench = EspoBench(version)
    try:
        with Client(time.monotonic) as http, pytest.raises(ApiSunset) as refused:
            sign_in(http, typed(bench), "secret-ana")
    finally:
        bench.close()

    assert version in refused.value.advice


@pytest.mark.parametrize(
    "reply",
    [
        pytest.param(Reply(404, {"error": "no such page"}), id="404"),
        pytest.param(Reply(200, b"<html>Welcome</html>", kind="text/html"), id="a web page"),
        pytest.param(Reply(200, {"hello": "world"}), id="another program"),
        pytest.param(Reply(200, []), id="a list"),
    ],
)
def test_a_server_that_is_no_espocrm_is_told_apart(bench: EspoBench, reply: Reply) -> None:
    bench.server.fail(instead=reply)

    with Client(time.monotonic) as http, pytest.raises((Misconfigured, Unreachable)) as refused:
        sign_in(http, typed(bench), "secret-ana")

    assert refused.value.title
    assert refused.value.advice


def test_a_user_who_was_locked_out_is_told_so(bench: EspoBench) -> None:
    bench.server.fail(instead=Reply(403, "", {"X-Status-Reason": "Max failed login attempts exceeded."}))

    with Client(time.monotonic) as http, pytest.raises(SignInNeeded) as refused:
        sign_in(http, typed(bench), "secret-ana")

    assert "does not let this user in" in refused.value.title


def test_the_password_goes_nowhere_but_to_the_sign_in(bench: EspoBench) -> None:
    with Client(time.monotonic) as http:
        account, token = sign_in(http, typed(bench), "secret-ana")
        before = len(bench.server.asked)
        EspoConnector(http, account, token).describe()

    secret = bench.server.asked[0].headers["espo-authorization"]
    assert all(secret not in request.headers.values() for request in bench.server.asked[before:])


# Signing out ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_signing_out_ends_the_token_at_espocrm(bench: EspoBench) -> None:
    account = replace(bench.account, way="password")
    token = bench.espo.token(bench.ana)

    connecting.revoke(account, Tokens(token), CLOCKS)

    assert token not in bench.espo.tokens
    with Client(time.monotonic) as http, pytest.raises(SignInNeeded):
        EspoConnector(http, account, token).describe()


def test_signing_out_with_a_key_asks_espocrm_nothing(bench: EspoBench) -> None:
    connecting.revoke(replace(bench.account, way="key"), Tokens("key-ana"), CLOCKS)

    assert bench.server.asked == []


@pytest.mark.parametrize("reply", [Reply(401), Reply(500, b""), Reply(200, b"<html>", kind="text/html"), None])
def test_whatever_espocrm_says_to_a_sign_out_it_is_one(bench: EspoBench, reply: Reply | None) -> None:
    bench.server.fail(instead=reply, lose=reply is None, times=9)

    connecting.revoke(bench.account, Tokens(bench.espo.token(bench.ana)), CLOCKS)

    assert [request.path for request in bench.server.asked] == ["/api/v1/App/destroyAuthToken"]
