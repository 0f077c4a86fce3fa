"""Where the browser comes back to: this computer alone, the rep’s own answer alone, and a page of plain words."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from authlib.oauth2.rfc7636 import create_s256_code_challenge

from companion.connectors.grant import Grant, Redirect
from companion.domain import language
from tests.connectors.fake_server import FakeServer
from tests.connectors.fake_sign_in import CLIENT, FakeBrowser, FakeSignIn, get
from tests.connectors.in_the_browser import (
    address_of,
    answers_at,
    crm,
    raw,
    refused,
    server,
    signed_in,
    status_of,
    whole,
    yes,
)

__all__ = ["crm", "server"]

LISTENERS = Path("/proc/net/tcp")


# Where the answer comes to ────────────────────────────────────────────────────────────────────────────────────────────


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


# What nobody else can bring ───────────────────────────────────────────────────────────────────────────────────────────


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


# The page that the rep sees ───────────────────────────────────────────────────────────────────────────────────────────


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
