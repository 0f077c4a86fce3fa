"""The one answer that the browser brings back to this computer, at an address that exists only while it is awaited.

Whatever else asks there (another tab, a favicon, a page that guesses) gets a 400 or 404 and does not end the wait.
"""

from __future__ import annotations

import contextlib
import hmac
import html
import os
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from typing import Any, Final, NamedTuple
from urllib.parse import parse_qs, urlsplit

from companion.connectors.grant import Grant, Redirect
from companion.domain.language import spoken, tr

_PATIENCE_S: Final = 5.0
"""Seconds that one connection may take to say what it wants: browsers open some that never say anything."""
_LOOK_S: Final = 0.1
_FAMILIES: Final = {"127.0.0.1": socket.AF_INET, "::1": socket.AF_INET6}
_HEADERS: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Connection": "close",
}


class NoPort(Exception):
    """None of the ports that the grant allows is free."""


class Verdict(NamedTuple):
    """What a request is answered, and whether it ends the wait."""

    status: int
    title: str
    words: str
    ends: bool = False


class Listener:
    """Listens at the grant's address until it is closed. `address` is where the browser has to come back to."""

    def __init__(self, grant: Grant, state: str) -> None:
        self._state, self._path, self._issuer = state, grant.path, grant.issuer
        self._turn = threading.Lock()
        self._target: str | None = None
        self._told = threading.Event()
        self._servers = _servers(grant, self)
        port = self._servers[0].server_address[1]
        self._netloc = f"{grant.host}:{port}"
        self.address = f"http://{self._netloc}{grant.path}"
        for server in self._servers:
            threading.Thread(target=server.serve_forever, args=(_LOOK_S,), name="sign-in", daemon=True).start()

    def answer(self, wanted: Callable[[], bool], until: Callable[[], bool]) -> str | None:
        """The address with which the browser came back; None where the rep no longer wants it, or it is too late."""
        while not self._told.wait(_LOOK_S):
            if not wanted() or until():
                return None
        return self._target

    def judge(self, target: str, hosts: Sequence[str]) -> Verdict:
        """What one request is answered. The first that brings our state ends the wait."""
        if list(hosts) != [self._netloc]:
            return _stranger(400)
        try:
            parts = urlsplit(target)
            asked = parse_qs(parts.query, keep_blank_values=True, max_num_fields=32)
        except ValueError:
            return _stranger(400)
        if parts.path != self._path:
            return _stranger(404)
        if any(len(values) > 1 for values in asked.values()) or not ({"code", "error"} & asked.keys()):
            return _stranger(400)
        if not hmac.compare_digest(asked.get("state", [""])[0].encode("utf-8", "replace"), self._state.encode()):
            return _stranger(400)
        with self._turn:
            if self._target is not None:
                return _stranger(404)
            self._target = f"{self.address}?{parts.query}"
        if self._issuer not in ("", asked.get("iss", [""])[0]):
            return _stranger(400)._replace(ends=True)
        return _said_no() if "error" in asked else _said_yes()

    def told(self, verdict: Verdict) -> None:
        """After the browser has been answered."""
        if verdict.ends:
            self._told.set()

    def close(self) -> None:
        """Nobody listens there any more."""
        for server in self._servers:
            server.shutdown()
            server.server_close()


@contextlib.contextmanager
def listening(grant: Grant, state: str) -> Iterator[Listener]:
    """A listener for the block. Raises NoPort."""
    listener = Listener(grant, state)
    try:
        yield listener
    finally:
        listener.close()


def _servers(grant: Grant, listener: Listener) -> list[_Server]:
    """One on 127.0.0.1; for the name localhost one on ::1 besides, where the computer has it and the port is free."""
    ports = grant.ports if grant.redirect is not Redirect.ANY_PORT and grant.ports else (0,)
    for port in ports:
        with contextlib.suppress(OSError):
            first = _Server("127.0.0.1", port, listener)
            if grant.redirect is not Redirect.LOCALHOST_NAME:
                return [first]
            with contextlib.suppress(OSError):
                return [first, _Server("::1", first.server_address[1], listener)]
            return [first]
    raise NoPort(", ".join(str(port) for port in ports))


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    # Where Windows reuses an address another program could take our port while we listen at it.
    allow_reuse_address = os.name == "posix"

    def __init__(self, address: str, port: int, listener: Listener) -> None:
        self.address_family = _FAMILIES[address]
        self.listener = listener
        super().__init__((address, port), _Handler)

    def server_bind(self) -> None:
        """Without the name of this computer, which http.server looks up in the network."""
        TCPServer.server_bind(self)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that went away is no news, and what it asked holds the code."""


class _Handler(BaseHTTPRequestHandler):
    timeout = _PATIENCE_S
    server: _Server
    server_version = "Companion"
    sys_version = ""

    def do_GET(self) -> None:
        verdict = self.server.listener.judge(self.path, self.headers.get_all("Host") or ())
        try:
            self._say(verdict.status, _page(verdict.title, verdict.words).encode("utf-8", "replace"))
        finally:
            self.server.listener.told(verdict)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Without a word: the library's page would hold what was asked."""
        self._say(code, b"")

    def _say(self, status: int, page: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(page)))
        for name, value in _HEADERS.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(page)

    def log_message(self, *_: Any) -> None:
        """Never: the address holds the code."""


def _said_yes() -> Verdict:
    words = tr("You can close this window and go back to Companion.")
    return Verdict(200, tr("Companion has your answer"), words, ends=True)


def _said_no() -> Verdict:
    words = tr("You can close this window. Companion says what to do.")
    return Verdict(200, tr("The CRM did not let Companion in"), words, ends=True)


def _stranger(status: int) -> Verdict:
    words = tr("This is not the answer that Companion waits for. Close this window and begin again in Companion.")
    return Verdict(status, tr("Nothing was changed"), words)


def _page(title: str, words: str) -> str:
    """Text alone: nothing is fetched, nothing runs, and nothing of the request stands in it."""
    title, words = html.escape(title), html.escape(words)
    return (
        f'<!doctype html><html lang="{html.escape(spoken())}" dir="auto"><meta charset="utf-8">'
        f'<meta name="color-scheme" content="light dark"><title>{title}</title>'
        "<style>body{font:1.125rem/1.5 system-ui,sans-serif;max-width:32rem;margin:20vh auto;padding:0 1.5rem}"
        "h1{font-size:1.5rem}</style>"
        f'<h1 dir="auto">{title}</h1><p dir="auto">{words}</p></html>'
    )
