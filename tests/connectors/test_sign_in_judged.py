"""Our sign-in before an authorization server that nobody here wrote: it takes what we send, and only that."""

from __future__ import annotations

import time

import pytest

from companion.connectors import sign_in
from companion.connectors.base import SignInNeeded
from companion.connectors.grant import Grant
from companion.connectors.http import Client
from companion.connectors.tokens import Tokens
from companion.domain.problems import CannotConnect
from tests.connectors.authlib_server import App, AuthlibServer
from tests.connectors.fake_server import serving
from tests.connectors.fake_sign_in import FakeBrowser

SCOPES = ("api", "offline")


def signed_in(server: AuthlibServer, url: str, secret: str = "", client_id: str = "app-1") -> tuple[Grant, Tokens]:
    """What a sign-in at the server brings."""
    grant = Grant(f"{url}/authorize", f"{url}/token", client_id, SCOPES, needs_secret=bool(secret))
    browser = FakeBrowser(server.says_yes)
    with Client(time.monotonic) as http:
        tokens = sign_in.by_browser(
            http,
            grant,
            client_secret=secret,
            open_browser=browser.open,
            wanted=lambda: True,
            clock=time.monotonic,
            wall=time.time,
            patience_s=10,
        )
    browser.closed()
    return grant, tokens


@pytest.mark.parametrize("secret", ["", "app-secret"])
def test_the_server_takes_our_code_and_our_proof_and_renews_once_for_each_token(secret: str) -> None:
    server = AuthlibServer(App("app-1", secret))
    with serving(server, time.time) as place, Client(time.monotonic) as http:
        grant, tokens = signed_in(server, place.url, secret)
        renew = sign_in.renewal(http, grant, time.time)

        fresh = renew(tokens)
        fresher = renew(fresh)

        assert server.store.refused == []
        assert [each.refresh_token for each in server.store.tokens] == [
            tokens.refresh,
            fresh.refresh,
            fresher.refresh,
        ]
        assert server.store.codes == {}
        with pytest.raises(SignInNeeded):
            renew(tokens)
        assert server.store.refused == ["invalid_grant"]


def test_the_server_refuses_a_wrong_secret_and_we_say_whose_it_is() -> None:
    server = AuthlibServer(App("app-1", "app-secret"))
    with serving(server, time.time) as place, pytest.raises(CannotConnect) as caught:
        signed_in(server, place.url, "another")

    assert server.store.refused == ["invalid_client"]
    assert caught.value.field == "client_secret"


def test_the_server_refuses_another_proof_than_ours() -> None:
    class Slips(AuthlibServer):
        def says_yes(self, asked: dict[str, str]) -> dict[str, str]:
            return super().says_yes({**asked, "code_challenge": "A" * 43})

    server = Slips(App("app-1"))
    with serving(server, time.time) as place, pytest.raises(CannotConnect) as caught:
        signed_in(server, place.url)

    assert server.store.refused == ["invalid_grant"]
    assert "Code challenge failed" in caught.value.problem.advice
