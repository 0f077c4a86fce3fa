"""A line between a client and a CRM on loopback that can be cut, and that can kill the client at a chosen moment."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import urlsplit

Request = bytes


class Moment(StrEnum):
    """Where the client dies."""

    LEFT = "the request left the client and reached nobody"
    HALF = "half of the request reached the server"
    WORKING = "the server works at it"
    DONE = "the server has answered, and the answer is on its way"
    ANSWERED = "the answer arrived"


@dataclass
class Ambush:
    """At the `nth` writing request from now (0 is the next), `kill` is called at the `moment`, `after_s` late."""

    moment: Moment
    nth: int
    kill: Callable[[], None]
    after_s: float = 0.0
    fired: threading.Event = field(default_factory=threading.Event)


class Line:
    """Listens on a port of its own and carries each request to the server behind `url`, one a connection.

    `writes` says whether a request would change something. `writing` counts those that were carried whole.
    """

    def __init__(self, url: str, writes: Callable[[Request], bool]) -> None:
        place = urlsplit(url)
        self._server = (place.hostname or "127.0.0.1", place.port or 80)
        self._writes = writes
        self._lock = threading.Lock()
        self._listener: socket.socket | None = None
        self._ambush: Ambush | None = None
        self.writing = 0
        self.port = 0
        self.mend()

    @property
    def url(self) -> str:
        """The address for the client."""
        return f"http://127.0.0.1:{self.port}"

    def cut(self) -> None:
        """From now on nobody listens: a connection is refused, as by a server that was stopped."""
        listener, self._listener = self._listener, None
        if listener is not None:
            with contextlib.suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            listener.close()

    def mend(self) -> None:
        """Listens (again, on the same port)."""
        listener = socket.create_server(("127.0.0.1", self.port), backlog=16)
        self.port, self._listener = listener.getsockname()[1], listener
        threading.Thread(target=self._listen, args=(listener,), name="line", daemon=True).start()

    def lie_in_wait(self, ambush: Ambush | None) -> None:
        """Sets what happens to one of the next writing requests."""
        with self._lock:
            self._ambush = ambush

    def _listen(self, listener: socket.socket) -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=self._carry, args=(client,), name="line", daemon=True).start()

    def _carry(self, client: socket.socket) -> None:
        with client, contextlib.suppress(OSError):
            client.settimeout(120)
            request = _whole(client)
            if not request:
                return
            ambush = self._met(request)
            if ambush is None:
                client.sendall(self._ask(request))
            else:
                self._die(ambush, request, client)

    def _met(self, request: Request) -> Ambush | None:
        """The ambush that this request runs into."""
        if not self._writes(request):
            return None
        with self._lock:
            ambush = self._ambush
            if ambush is None:
                return None
            if ambush.nth:
                ambush.nth -= 1
                return None
            self._ambush = None
            return ambush

    def _ask(self, request: Request) -> bytes:
        with socket.create_connection(self._server, timeout=120) as server:
            server.sendall(request)
            answer = _to_the_end(server)
        self.writing += self._writes(request)
        return answer

    def _die(self, ambush: Ambush, request: Request, client: socket.socket) -> None:
        match ambush.moment:
            case Moment.LEFT:
                ambush.kill()
            case Moment.HALF:
                with socket.create_connection(self._server, timeout=120) as server:
                    server.sendall(request[: len(request) - len(_body(request)) // 2 - 1])
                    time.sleep(ambush.after_s)
                    ambush.kill()
            case Moment.WORKING:
                with socket.create_connection(self._server, timeout=120) as server:
                    server.sendall(request)
                    time.sleep(ambush.after_s)
                    ambush.kill()
            case Moment.DONE:
                self._ask(request)
                time.sleep(ambush.after_s)
                ambush.kill()
            case Moment.ANSWERED:
                client.sendall(self._ask(request))
                time.sleep(ambush.after_s)
                ambush.kill()
        ambush.fired.set()


def _body(request: Request) -> bytes:
    return request.partition(b"\r\n\r\n")[2]


def _whole(client: socket.socket) -> Request:
    """One request with its body, changed to ask the server to close the connection after its answer."""
    told = b""
    while b"\r\n\r\n" not in told:
        part = client.recv(65536)
        if not part:
            return b""
        told += part
    head, _, body = told.partition(b"\r\n\r\n")
    lines = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"connection:")]
    length = next((int(line.split(b":")[1]) for line in lines if line.lower().startswith(b"content-length:")), 0)
    while len(body) < length:
        part = client.recv(65536)
        if not part:
            return b""
        body += part
    return b"\r\n".join([*lines, b"Connection: close"]) + b"\r\n\r\n" + body


def _to_the_end(server: socket.socket) -> bytes:
    parts = []
    while part := server.recv(65536):
        parts.append(part)
    return b"".join(parts)
