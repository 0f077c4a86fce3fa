"""Signing in through the browser: what the rep's yes brings, what nobody else can bring, and what is told in words."""

from __future__ import annotations

import contextlib
import logging
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from authlib.oauth2.rfc7636 import create_s256_code_challenge

from companion.connectors import sign_in
from companion.connectors.base import ConnectorError, Misconfigured, Unreachable
from companion.connectors.grant import Grant, Redirect
from companion.connectors.http import Client
from companion.connectors.tokens import Tokens
from companion.domain import language
from companion.domain.problems import CannotConnect
from tests.connectors.fake_server import FakeServer, Reply, serving
from tests.connectors.fake_sign_in import CLIENT, FakeBrowser, FakeSignIn, get

NOW = 1_795_000_000.0
LISTENERS = Path("/proc/net/tcp")


@pytest.fixture
def crm() -> FakeSignIn:
    return FakeSignIn()


@pytest.fixture
def server(crm: FakeSignIn) -> Iterator[FakeServer]:
    with serving(crm, lambda: NOW) as found:
        yield found


def yes(crm: FakeSignIn, **more: str) -> Callable[[dict[str, str]], dict[str, str]]:
    """The rep signs in and allows it."""
    return lambda asked: {"code": crm.code(asked), "state": asked["state"], **more}


def signed_in(
    grant: Grant,
    browser: FakeBrowser,
    *,
    secret: str = "",
    wanted: Callable[[], bool] = lambda: True,
    patience_s: float = 10,
) -> Tokens:
    with Client(time.monotonic) as http:
        try:
            return sign_in.by_browser(
                http,
                grant,
                client_secret=secret,
                open_browser=browser.open,
                wanted=wanted,
                clock=time.monotonic,
                wall=lambda: NOW,
                patience_s=patience_s,
            )
        finally:
            browser.closed()


def refused(grant: Grant, browser: FakeBrowser, **how: Any) -> CannotConnect:
    with pytest.raises(CannotConnect) as caught:
        signed_in(grant, browser, **how)
    assert caught.value.problem.title
    return caught.value


def address_of(browser: FakeBrowser) -> str:
    """Where the browser was told to come back to."""
    return parse_qs(urlsplit(browser.opened[0]).query)["redirect_uri"][0]


def answers_at(address: str) -> bool:
    """Whether somebody listens there."""
    parts = urlsplit(address)
    assert parts.hostname is not None
    assert parts.port is not None
    with contextlib.suppress(OSError), socket.create_connection((parts.hostname, parts.port), 1):
        return True
    return False


# What the rep's yes brings ──────────────────────────────────────────────────────────────────────────────────────────


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


# Where the answer comes to ──────────────────────────────────────────────────────────────────────────────────────────


def test_the_browser_comes_back_to_this_computer_by_number_at_a_port_of_the_moment(
    crm: FakeSignIn, server: FakeServer
) -> None:
    browsers = [FakeBrowser(yes(crm)), FakeBrowser(yes(crm))]
    for browser in browsers:
        signed_in(crm.grant(server.url), browser)

    places = [urlsplit(address_of(browser)) for browser in browsers]
    assert {place.hostname for place in places} == {"127.0.0.1"}
    assert places[0].port != places[1].port
    assert not any(answers_at(address_of(browser)) for browser in browsers), "it listens only while it waits"


@pytest.mark.skipif(not LISTENERS.exists(), reason="asks the kernel")
def test_a_listener_is_not_to_be_reached_from_other_computers(crm: FakeSignIn, server: FakeServer) -> None:
    bound: list[str] = []

    def look(address: str, asked: dict[str, str]) -> None:
        port = urlsplit(address).port
        for line in LISTENERS.read_text().splitlines():
            parts = line.split()
            if parts[1].endswith(f":{port:04X}") and parts[3] == "0A":
                bound.append(parts[1].partition(":")[0])

    signed_in(crm.grant(server.url), FakeBrowser(yes(crm), first=look))

    assert bound == ["0100007F"]


def test_a_registered_port_is_taken_and_the_next_one_where_the_first_is_busy(
    crm: FakeSignIn, server: FakeServer
) -> None:
    busy, free = socket.create_server(("127.0.0.1", 0)), socket.create_server(("127.0.0.1", 0))
    ports = (busy.getsockname()[1], free.getsockname()[1])
    free.close()
    browser = FakeBrowser(yes(crm))
    with busy:
        signed_in(crm.grant(server.url, redirect=Redirect.FIXED_PORTS, ports=ports), browser)

    assert address_of(browser) == f"http://127.0.0.1:{ports[1]}/signed-in"


def test_where_every_registered_port_is_busy_the_rep_hears_which(crm: FakeSignIn, server: FakeServer) -> None:
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = busy.getsockname()[1]
        found = refused(
            crm.grant(server.url, redirect=Redirect.FIXED_PORTS, ports=(port,)), browser := FakeBrowser(yes(crm))
        )

    assert str(port) in found.problem.advice
    assert browser.opened == []


def test_a_crm_that_knows_only_the_name_localhost_gets_it(crm: FakeSignIn, server: FakeServer) -> None:
    browser = FakeBrowser(yes(crm))

    signed_in(crm.grant(server.url, redirect=Redirect.LOCALHOST_NAME), browser)

    assert urlsplit(address_of(browser)).hostname == "localhost"
    assert browser.pages[0][0] == 200


def test_the_addresses_to_register_are_told() -> None:
    def addresses(redirect: Redirect, *ports: int) -> tuple[str, ...]:
        return Grant("https://a.example", "https://t.example", CLIENT, redirect=redirect, ports=ports).addresses

    assert addresses(Redirect.ANY_PORT) == ("http://127.0.0.1/signed-in",)
    assert addresses(Redirect.FIXED_PORTS, 1, 2) == ("http://127.0.0.1:1/signed-in", "http://127.0.0.1:2/signed-in")
    assert addresses(Redirect.LOCALHOST_NAME, 3) == ("http://localhost:3/signed-in",)
    assert addresses(Redirect.NONE) == ()


# What nobody else can bring ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 400),
        ("?code=theirs", 400),
        ("?code=theirs&state=", 400),
        ("?code=theirs&state=guessed", 400),
        ("?error=access_denied&state=guessed", 400),
        ("?state={state}", 400),
        ("?code=theirs&code=more&state={state}", 400),
        ("?code=theirs&state={state}&state={state}", 400),
        ("?" + "&".join(f"a{n}=1" for n in range(40)), 400),
    ],
)
def test_an_answer_that_is_not_ours_is_turned_away_and_the_wait_goes_on(
    crm: FakeSignIn, server: FakeServer, query: str, status: int
) -> None:
    met: list[int] = []

    def strangers(address: str, asked: dict[str, str]) -> None:
        met.append(get(address + query.replace("{state}", asked["state"]))[0])

    tokens = signed_in(crm.grant(server.url), FakeBrowser(yes(crm), first=strangers))

    assert met == [status]
    assert tokens.access in crm.alive


@pytest.mark.parametrize("path", ["/", "/favicon.ico", "/signed-in/", "/%73igned-in", "/../signed-in"])
def test_another_path_is_not_found_and_the_wait_goes_on(crm: FakeSignIn, server: FakeServer, path: str) -> None:
    met: list[int] = []

    def strangers(address: str, asked: dict[str, str]) -> None:
        base = address.removesuffix("/signed-in")
        met.append(get(f"{base}{path}?code=theirs&state={asked['state']}")[0])

    tokens = signed_in(crm.grant(server.url), FakeBrowser(yes(crm), first=strangers))

    assert met == [404]
    assert tokens.access in crm.alive


def test_a_page_that_pretends_to_be_this_computer_by_its_name_is_turned_away(
    crm: FakeSignIn, server: FakeServer
) -> None:
    met: list[int] = []

    def rebinding(address: str, asked: dict[str, str]) -> None:
        met.append(get(f"{address}?code=theirs&state={asked['state']}", Host="evil.example")[0])
        met.append(raw(address, b"GET /signed-in?code=a&state=" + asked["state"].encode() + b" HTTP/1.1\r\n\r\n"))

    tokens = signed_in(crm.grant(server.url), FakeBrowser(yes(crm), first=rebinding))

    assert met == [400, 400]
    assert tokens.access in crm.alive


@pytest.mark.parametrize(
    "sent",
    [
        b"POST /signed-in?code=a&state=STATE HTTP/1.1\r\nHost: HOST\r\nContent-Length: 0\r\n\r\n",
        b"OPTIONS /signed-in HTTP/1.1\r\nHost: HOST\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
        b"GET " + b"a" * 70_000 + b" HTTP/1.1\r\n\r\n",
        b"GET http://[::1 HTTP/1.1\r\nHost: HOST\r\n\r\n",
        b"\r\n\r\n",
    ],
)
def test_what_is_no_answer_at_all_is_turned_away_without_an_echo(
    crm: FakeSignIn, server: FakeServer, sent: bytes
) -> None:
    met: list[int] = []

    def strangers(address: str, asked: dict[str, str]) -> None:
        netloc = urlsplit(address).netloc.encode()
        met.append(raw(address, sent.replace(b"HOST", netloc).replace(b"STATE", asked["state"].encode())))

    tokens = signed_in(crm.grant(server.url), FakeBrowser(yes(crm), first=strangers))

    assert met[0] == 0 or met[0] >= 400
    assert tokens.access in crm.alive


def test_a_connection_that_says_nothing_keeps_nobody_waiting(crm: FakeSignIn, server: FakeServer) -> None:
    silent: list[socket.socket] = []

    def preconnect(address: str, asked: dict[str, str]) -> None:
        port = urlsplit(address).port
        silent.extend(socket.create_connection(("127.0.0.1", port or 0)) for _ in range(5))

    started = time.monotonic()
    signed_in(crm.grant(server.url), FakeBrowser(yes(crm), first=preconnect))
    assert time.monotonic() - started < 4
    for each in silent:
        each.close()


def test_an_answer_of_another_server_is_not_exchanged(crm: FakeSignIn, server: FakeServer) -> None:
    grant = crm.grant(server.url, issuer="https://crm.example")

    found = refused(grant, browser := FakeBrowser(yes(crm, iss="https://evil.example")))

    assert "another server" in found.problem.title
    assert browser.pages[0][0] == 400
    assert crm.asked == []


def test_an_issuer_that_is_missing_is_another_one(crm: FakeSignIn, server: FakeServer) -> None:
    refused(crm.grant(server.url, issuer="https://crm.example"), FakeBrowser(yes(crm)))

    assert crm.asked == []


def test_the_right_issuer_is_let_through(crm: FakeSignIn, server: FakeServer) -> None:
    grant = crm.grant(server.url, issuer="https://crm.example")

    assert signed_in(grant, FakeBrowser(yes(crm, iss="https://crm.example"))).access in crm.alive


def test_a_code_that_somebody_slipped_in_is_worth_nothing(crm: FakeSignIn, server: FakeServer) -> None:
    def injected(asked: dict[str, str]) -> dict[str, str]:
        theirs = crm.code({**asked, "code_challenge": create_s256_code_challenge("another verifier " * 4)})
        return {"code": theirs, "state": asked["state"]}

    found = refused(crm.grant(server.url), FakeBrowser(injected))

    assert "the code is not good" in found.problem.advice
    assert crm.alive == set()


def test_only_the_first_answer_counts(crm: FakeSignIn, server: FakeServer) -> None:
    second: list[int] = []
    both = threading.Event()

    class Twice(FakeBrowser):
        def _come_back(self, asked: dict[str, str]) -> None:
            address = f"{asked['redirect_uri']}?code={crm.code(asked)}&state={asked['state']}"
            parts = urlsplit(address)
            with socket.create_connection(("127.0.0.1", parts.port or 0)) as held:
                self.pages.append(get(address))
                with contextlib.suppress(OSError):
                    asks = f"GET {parts.path}?{parts.query} HTTP/1.1\r\nHost: {parts.netloc}\r\n\r\n"
                    held.sendall(asks.encode())
                    second.append(status_of(held))
            both.set()

    signed_in(crm.grant(server.url), Twice(yes(crm)))
    assert both.wait(5)

    assert second[0] in (0, 404)
    assert len(crm.asked) == 1


# The page that the rep sees ─────────────────────────────────────────────────────────────────────────────────────────


def test_the_page_is_plain_words_without_anything_from_elsewhere(crm: FakeSignIn, server: FakeServer) -> None:
    browser = FakeBrowser(yes(crm))

    signed_in(crm.grant(server.url), browser)

    status, page = browser.pages[0]
    assert status == 200
    assert "You can close this window" in page
    assert not any(part in page for part in ("http", "src=", "<script", "<img", "<link", "<form", "@import"))
    code, state = next(iter(crm.codes)), parse_qs(urlsplit(browser.opened[0]).query)["state"][0]
    assert code not in page
    assert state not in page


def test_the_page_is_kept_nowhere_and_runs_nothing(crm: FakeSignIn, server: FakeServer) -> None:
    heads: list[str] = []

    def look(address: str, asked: dict[str, str]) -> None:
        netloc = urlsplit(address).netloc
        with socket.create_connection(("127.0.0.1", urlsplit(address).port or 0)) as wire:
            wire.sendall(f"GET /signed-in?code=<script>&state=x HTTP/1.1\r\nHost: {netloc}\r\n\r\n".encode())
            heads.append(whole(wire).decode())

    signed_in(crm.grant(server.url), FakeBrowser(yes(crm), first=look))

    head = heads[0].lower()
    assert "cache-control: no-store" in head
    assert "content-security-policy: default-src 'none'" in head
    assert "referrer-policy: no-referrer" in head
    assert "<script>" not in head


def test_the_page_speaks_the_reps_language(crm: FakeSignIn, server: FakeServer) -> None:
    class Shouting:
        def gettext(self, message: str) -> str:
            return message.upper()

        def ngettext(self, one: str, many: str, n: int) -> str:
            return (one if n == 1 else many).upper()

    browser = FakeBrowser(yes(crm))
    language.speak(Shouting(), "de")
    try:
        signed_in(crm.grant(server.url), browser)
    finally:
        language.speak(None)

    assert 'lang="de"' in browser.pages[0][1]
    assert "YOU CAN CLOSE THIS WINDOW" in browser.pages[0][1]


# What goes wrong, in words ──────────────────────────────────────────────────────────────────────────────────────────


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


# Where a token goes, and where it never does ────────────────────────────────────────────────────────────────────────


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


# Small things ───────────────────────────────────────────────────────────────────────────────────────────────────────


def without(name: str) -> Callable[[Reply], Reply]:
    def turned(reply: Reply) -> Reply:
        assert isinstance(reply.body, dict)
        return Reply(reply.status, {key: value for key, value in reply.body.items() if key != name})

    return turned


def raw(address: str, sent: bytes) -> int:
    """The status of whatever is answered to these bytes; 0: nothing."""
    with socket.create_connection(("127.0.0.1", urlsplit(address).port or 0), 5) as wire:
        with contextlib.suppress(OSError):
            wire.sendall(sent)
        return status_of(wire)


def status_of(wire: socket.socket) -> int:
    told = whole(wire)
    assert b"aaaa" not in told
    return int(told.split(b" ", 2)[1]) if told.startswith(b"HTTP/") else 0


def whole(wire: socket.socket) -> bytes:
    told = b""
    wire.settimeout(8)
    with contextlib.suppress(OSError):
        while part := wire.recv(65536):
            told += part
    return told
