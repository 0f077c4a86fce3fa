"""A sign-in through a browser, as tests play it: the rep who says yes, a server that hears it, and the wire itself."""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from companion.connectors import sign_in
from companion.connectors.grant import Grant
from companion.connectors.http import Client
from companion.connectors.tokens import Tokens
from companion.domain.problems import CannotConnect
from tests.connectors.fake_server import FakeServer, serving
from tests.connectors.fake_sign_in import FakeBrowser, FakeSignIn

NOW = 1_795_000_000.0


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
