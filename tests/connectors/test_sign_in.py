"""Signing in through the browser: what the rep’s yes brings, where a token goes, and what goes wrong, in words."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from authlib.oauth2.rfc7636 import create_s256_code_challenge

from companion.connectors.base import ConnectorError, Misconfigured, Unreachable
from companion.connectors.grant import Grant, Redirect
from tests.connectors.fake_server import FakeServer, Reply, serving
from tests.connectors.fake_sign_in import CLIENT, FakeBrowser, FakeSignIn
from tests.connectors.in_the_browser import NOW, address_of, answers_at, crm, refused, server, signed_in, yes

__all__ = ["crm", "server"]


# What the rep's yes brings ────────────────────────────────────────────────────────────────────────────────────────────


def test_the_reps_yes_brings_tokens_that_last(crm: FakeSignIn, server: FakeServer) -> None:
    browser = FakeBrowser(yes(crm))

    tokens = signed_in(crm.grant(server.url), browser)

    assert tokens.access in crm.alive
    assert tokens.refresh
    assert tokens.expires_at == NOW + 1800
    assert tokens.client_secret == ""


def test_the_question_says_who_asks_for_what_and_proves_itself_by_s256(crm: FakeSignIn, server: FakeServer) -> None:
    browser = FakeBrowser(yes(crm))

    signed_in(crm.grant(server.url, extra={"prompt": "login"}), browser)

    asked = {name: values[0] for name, values in parse_qs(urlsplit(browser.opened[0]).query).items()}
    assert asked["client_id"] == CLIENT
    assert asked["scope"] == "api offline"
    assert asked["prompt"] == "login"
    assert asked["code_challenge_method"] == "S256"
    assert len(asked["state"]) >= 32
    verifier = crm.asked[0]["code_verifier"]
    assert 43 <= len(verifier) <= 128
    assert verifier not in browser.opened[0]


def test_the_proof_is_the_one_of_rfc_7636_appendix_b() -> None:
    assert (
        create_s256_code_challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
        == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    )


def test_each_sign_in_has_a_state_and_a_proof_of_its_own(crm: FakeSignIn, server: FakeServer) -> None:
    browsers = [FakeBrowser(yes(crm)), FakeBrowser(yes(crm))]
    for browser in browsers:
        signed_in(crm.grant(server.url), browser)

    first, second = (parse_qs(urlsplit(browser.opened[0]).query) for browser in browsers)
    assert first["state"] != second["state"]
    assert first["code_challenge"] != second["code_challenge"]


def test_a_companys_own_app_sends_its_secret_to_the_token_endpoint_alone(crm: FakeSignIn, server: FakeServer) -> None:
    crm.secret = "app-secret-9d1f"
    browser = FakeBrowser(yes(crm))

    tokens = signed_in(crm.grant(server.url, needs_secret=True), browser, secret="app-secret-9d1f")

    assert tokens.client_secret == "app-secret-9d1f"
    assert "app-secret" not in browser.opened[0]
    assert crm.asked[0]["client_secret"] == "app-secret-9d1f"


# What goes wrong, in words ────────────────────────────────────────────────────────────────────────────────────────────


def test_a_rep_who_says_no_is_told_so_in_both_places(crm: FakeSignIn, server: FakeServer) -> None:
    browser = FakeBrowser(lambda asked: {"error": "access_denied", "state": asked["state"]})

    found = refused(crm.grant(server.url), browser)

    assert "told not to let Companion in" in found.problem.title
    assert "did not let Companion in" in browser.pages[0][1]


def test_the_crms_own_words_are_shown_cleaned_in_the_app_and_never_on_the_page(
    crm: FakeSignIn, server: FakeServer
) -> None:
    words = "this app is blocked by admin \u202e<b>evil</b>" + "x" * 5000
    browser = FakeBrowser(
        lambda asked: {"error": "OAUTH_APP_BLOCKED", "error_description": words, "state": asked["state"]}
    )

    found = refused(crm.grant(server.url), browser)

    assert "this app is blocked by admin" in found.problem.advice
    assert "\u202e" not in found.problem.advice
    assert len(found.problem.advice) < 500
    assert "blocked" not in browser.pages[0][1]


@pytest.mark.parametrize(("secret", "field"), [("", "client_id"), ("typed", "client_secret")])
def test_an_app_that_the_crm_does_not_know_is_told_beside_its_field(
    crm: FakeSignIn, server: FakeServer, secret: str, field: str
) -> None:
    crm.secret = "right"

    found = refused(crm.grant(server.url, needs_secret=bool(secret)), FakeBrowser(yes(crm)), secret=secret)

    assert found.field == field
    assert "right" not in found.problem.advice


@pytest.mark.parametrize(
    ("facts", "field"),
    [({"client_id": ""}, "client_id"), ({"needs_secret": True}, "client_secret"), ({"redirect": Redirect.NONE}, "")],
)
def test_what_is_missing_is_told_before_any_browser_opens(
    crm: FakeSignIn, server: FakeServer, facts: dict[str, object], field: str
) -> None:
    browser = FakeBrowser(yes(crm))

    assert refused(crm.grant(server.url, **facts), browser).field == field
    assert browser.opened == []


@pytest.mark.parametrize("address", ["http://crm.example", "ftp://crm.example", "https://rep:pw@crm.example", "crm"])
def test_an_address_that_is_not_safe_is_not_opened(crm: FakeSignIn, server: FakeServer, address: str) -> None:
    browser = FakeBrowser(yes(crm))
    for grant in (Grant(address, f"{server.url}/token", CLIENT), Grant(f"{server.url}/authorize", address, CLIENT)):
        with pytest.raises(Misconfigured):
            signed_in(grant, browser)

    assert browser.opened == []


def test_an_app_that_may_not_stay_signed_in_is_told_at_once(crm: FakeSignIn, server: FakeServer) -> None:
    server.fail(when=lambda request: request.path == "/token", turn=without("refresh_token"))

    found = refused(crm.grant(server.url), FakeBrowser(yes(crm)))

    assert found.field == "client_id"
    assert "stay signed in" in found.problem.title


def test_a_browser_that_does_not_open_is_told(crm: FakeSignIn, server: FakeServer) -> None:
    class Broken(FakeBrowser):
        def open(self, address: str) -> bool:
            self.opened.append(address)
            return False

    browser = Broken(yes(crm))
    found = refused(crm.grant(server.url), browser)

    assert "browser could not be opened" in found.problem.title
    assert not answers_at(address_of(browser))


def test_cancelled_it_stops_listening_within_a_second(crm: FakeSignIn, server: FakeServer) -> None:
    stop = threading.Event()
    browser = FakeBrowser(lambda asked: {"state": "x"})
    timer = threading.Timer(0.3, stop.set)
    timer.start()
    started = time.monotonic()

    found = refused(crm.grant(server.url), browser, wanted=lambda: not stop.is_set())

    assert time.monotonic() - started < 1.5
    assert "stopped" in found.problem.title
    assert not answers_at(address_of(browser))


def test_a_rep_who_never_comes_back_is_not_waited_for_for_ever(crm: FakeSignIn, server: FakeServer) -> None:
    browser = FakeBrowser(lambda asked: {"state": "x"})

    found = refused(crm.grant(server.url), browser, patience_s=0.4)

    assert "No answer came from the browser" in found.problem.title
    assert not answers_at(address_of(browser))


@pytest.mark.parametrize(
    "reply",
    [
        Reply(500, {"error": "boom"}),
        Reply(503, b"<h1>later</h1>", kind="text/html"),
        Reply(200, b"<h1>hello</h1>", kind="text/html"),
        Reply(200, b"{", kind="application/json"),
        Reply(200, b"", kind="application/json"),
        Reply(200, {"access_token": ""}),
        Reply(200, {"access_token": 5}),
        Reply(200, {"access_token": "a\r\nX-Evil: 1", "refresh_token": "b"}),
        Reply(200, {"access_token": "a b"}),
        Reply(200, {"access_token": "a" * 100_000}),
        Reply(200, {"access_token": "a", "token_type": "mac"}),
        Reply(200, [1]),
        Reply(403, b"<h1>proxy</h1>", kind="text/html"),
        Reply(404, {"error": "no"}),
    ],
    ids=lambda reply: f"{reply.status}-{str(reply.body)[:24]}",
)
def test_an_endpoint_that_gives_no_token_is_unreachable_and_nothing_is_made_up(
    crm: FakeSignIn, server: FakeServer, reply: Reply
) -> None:
    server.fail(when=lambda request: request.path == "/token", instead=reply)

    with pytest.raises((Unreachable, ConnectorError)) as caught:
        signed_in(crm.grant(server.url), FakeBrowser(yes(crm)))

    assert "a\r\n" not in str(caught.value)


# Where a token goes, and where it never does ──────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_the_token_endpoint_cant_send_the_code_on_to_another_place(
    crm: FakeSignIn, server: FakeServer, status: int
) -> None:
    thief = FakeSignIn(secret="s3cret")
    with serving(thief, lambda: NOW) as elsewhere:
        crm.secret = "s3cret"
        moved = Reply(status, b"", {"Location": f"{elsewhere.url}/token"})
        server.fail(when=lambda request: request.path == "/token", instead=moved)

        with pytest.raises(Unreachable):
            signed_in(crm.grant(server.url, needs_secret=True), FakeBrowser(yes(crm)), secret="s3cret")

        assert elsewhere.asked == []


@pytest.mark.parametrize(
    "place",
    ["https://evil.example", "http://eu.crm.example", "https://evilcrm.example", "https://crm.example.evil.example"],
)
def test_an_answer_that_names_another_place_for_calls_is_not_believed(
    crm: FakeSignIn, server: FakeServer, place: str
) -> None:
    crm.more = {"instance_url": place}

    with pytest.raises(Misconfigured):
        signed_in(crm.grant(server.url, url_field="instance_url", hosts=(".crm.example",)), FakeBrowser(yes(crm)))


def test_a_place_of_the_crms_own_is_taken(crm: FakeSignIn, server: FakeServer) -> None:
    crm.more = {"instance_url": "https://eu7.crm.example/some/path"}

    tokens = signed_in(crm.grant(server.url, url_field="instance_url", hosts=(".crm.example",)), FakeBrowser(yes(crm)))

    assert tokens.url == "https://eu7.crm.example"


def test_neither_code_nor_token_nor_secret_stands_in_a_log_or_a_word(
    crm: FakeSignIn, server: FakeServer, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    crm.secret = "app-secret-9d1f"
    caplog.set_level(logging.DEBUG)

    tokens = signed_in(crm.grant(server.url, needs_secret=True), FakeBrowser(yes(crm)), secret=crm.secret)

    told = "".join([caplog.text, *capfd.readouterr(), repr(tokens), str(tokens), f"{crm.grant(server.url)!r}"])
    for secret in (*crm.codes, tokens.access, tokens.refresh, crm.secret, crm.asked[0]["code_verifier"]):
        assert secret not in told


def without(name: str) -> Callable[[Reply], Reply]:
    def turned(reply: Reply) -> Reply:
        assert isinstance(reply.body, dict)
        return Reply(reply.status, {key: value for key, value in reply.body.items() if key != name})

    return turned
