"""Real HTTP on loopback before a CRM that lives in memory, and the troubles that its answers can meet on the way.

A dialect is one function from a `Request` to a `Reply`; it keeps its own state and its own hand-moved clock. What a
network, a proxy or an overloaded server does to it is said here, by `Fault`s, so that all dialects meet the same.
"""

from __future__ import annotations

import contextlib
import gzip
import json
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit


@dataclass(frozen=True)
class Request:
    """What was asked. Header names are lower case; `query` has a list of values a name; `path` is not quoted."""

    method: str
    path: str
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    body: bytes
    target: str = ""
    """Path and query as they came, quoted."""

    @property
    def json(self) -> Any:
        """The body's value; None where there is no body."""
        return json.loads(self.body) if self.body else None

    def one(self, name: str, default: str = "") -> str:
        """The first value of a name in the query."""
        return self.query.get(name, [default])[0]

    @property
    def writes(self) -> bool:
        """Whether the method may change something. A dialect whose searches are POSTs says so in its own faults."""
        return self.method not in ("GET", "HEAD")


@dataclass(frozen=True)
class Reply:
    """An answer. A `body` that is neither bytes nor None goes out as JSON."""

    status: int = 200
    body: object = None
    headers: Mapping[str, str] = field(default_factory=dict)
    kind: str = "application/json"

    @property
    def raw(self) -> bytes:
        if self.body is None:
            return b""
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


@dataclass
class Fault:
    """A trouble for the first `times` requests that `when` picks.

    `instead` is answered and the CRM never hears of the request. Without it the CRM acts first, and then its answer is
    lost (`lose`), cut in the middle (`cut`), or turned into another (`turn`).
    """

    when: Callable[[Request], bool] = lambda request: True
    instead: Reply | None = None
    lose: bool = False
    cut: bool = False
    turn: Callable[[Reply], Reply] | None = None
    times: int = 1


class FakeServer:
    """Serves one dialect until it is closed. `clock` gives the seconds since 1970 of its Date header."""

    def __init__(self, dialect: Callable[[Request], Reply], clock: Callable[[], float]) -> None:
        self.dialect, self.clock = dialect, clock
        self.faults: list[Fault] = []
        self.asked: list[Request] = []
        self._lock = threading.Lock()
        self._server = _Quiet(("127.0.0.1", 0), _handler(self))
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def fail(self, **how: Any) -> Fault:
        """A fault for what comes next, as `Fault`."""
        fault = Fault(**how)
        self.faults.append(fault)
        return fault

    def answer(self, request: Request) -> Reply | None:
        """The answer as it leaves; None: the connection ends without one. One request at a time reaches the CRM."""
        with self._lock:
            self.asked.append(request)
            fault = next((each for each in self.faults if each.times > 0 and each.when(request)), None)
            if fault is None:
                return self.dialect(request)
            fault.times -= 1
            if fault.instead is not None:
                return fault.instead
            reply = self.dialect(request)
            if fault.lose:
                return None
            if fault.cut:
                return Reply(reply.status, reply.raw, {**reply.headers, "X-Cut": "1"}, reply.kind)
            return fault.turn(reply) if fault.turn else reply

    def close(self) -> None:
        """Stops listening."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)


@contextlib.contextmanager
def serving(dialect: Callable[[Request], Reply], clock: Callable[[], float]) -> Iterator[FakeServer]:
    """A server for as long as the block lasts."""
    server = FakeServer(dialect, clock)
    try:
        yield server
    finally:
        server.close()


class _Quiet(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no news."""


def _handler(server: FakeServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def handle_one_request(self) -> None:
            with contextlib.suppress(OSError):
                super().handle_one_request()

        def _serve(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            parts = urlsplit(self.path)
            headers = {name.lower(): value for name, value in self.headers.items()}
            body = self.rfile.read(length)
            if headers.get("content-encoding") == "gzip":
                body = gzip.decompress(body)
            query = parse_qs(parts.query, keep_blank_values=True)
            reply = server.answer(Request(self.command, unquote(parts.path), query, headers, body, self.path))
            if reply is None:
                self.close_connection = True
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            raw = reply.raw
            self.send_response_only(reply.status)
            self.send_header("Date", format_datetime(datetime.fromtimestamp(server.clock(), UTC), usegmt=True))
            if raw:
                self.send_header("Content-Type", reply.kind)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            if reply.headers.get("X-Cut"):
                self.wfile.write(raw[: len(raw) // 2])
                self.close_connection = True
                return
            if self.command != "HEAD":
                self.wfile.write(raw)

        def log_message(self, *_: Any) -> None:
            """Nobody reads it."""

    for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"):
        setattr(Handler, f"do_{method}", Handler._serve)
    return Handler
