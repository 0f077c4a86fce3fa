"""A real HTTP server on loopback that answers whatever a test tells it, byte for byte."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

DRIP_S = 0.05
Script = Callable[[bytes], bytes | Sequence[bytes] | None]
"""From a whole request to the raw answer; None keeps silent until the client gives up. Pieces are sent one by one."""


@dataclass
class Loopback:
    """Where it listens, and what it was asked so far."""

    port: int
    scheme: str = "http"
    host: str = "127.0.0.1"
    asked: list[bytes] = field(default_factory=list)

    def url(self, path: str = "/") -> str:
        return f"{self.scheme}://{self.host}:{self.port}{path}"


def answer(
    body: bytes = b"{}", *, status: str = "200 OK", kind: str = "application/json", headers: tuple[str, ...] = ()
) -> bytes:
    """A raw answer that closes its connection."""
    lines = [
        f"HTTP/1.1 {status}",
        f"Content-Type: {kind}",
        f"Content-Length: {len(body)}",
        "Connection: close",
        *headers,
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


@contextlib.contextmanager
def serving(
    script: Script, *, context: ssl.SSLContext | None = None, host: str = "127.0.0.1", keeps: bool = False
) -> Iterator[Loopback]:
    """Serves `script`, one thread per connection, until the block ends. `keeps` answers more than once on each."""
    listener = socket.create_server(("127.0.0.1", 0))
    place = Loopback(listener.getsockname()[1], "https" if context else "http", host)
    stop = threading.Event()
    threads: list[threading.Thread] = []

    def accept() -> None:
        while not stop.is_set():
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            thread = threading.Thread(
                target=_converse, args=(connection, context, script, place, stop, keeps), daemon=True
            )
            threads.append(thread)
            thread.start()

    acceptor = threading.Thread(target=accept, daemon=True)
    acceptor.start()
    try:
        yield place
    finally:
        stop.set()
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for thread in (acceptor, *threads):
            thread.join(5)


def _converse(
    connection: socket.socket,
    context: ssl.SSLContext | None,
    script: Script,
    place: Loopback,
    stop: threading.Event,
    keeps: bool,
) -> None:
    with contextlib.suppress(OSError), contextlib.ExitStack() as stack:
        stack.callback(connection.close)
        connection.settimeout(10)
        if context:
            connection = context.wrap_socket(connection, server_side=True)
            stack.callback(connection.close)
        while request := _whole_request(connection):
            place.asked.append(request)
            raw = script(request)
            if raw is None:
                stop.wait(10)
            elif isinstance(raw, bytes):
                connection.sendall(raw)
            else:
                for piece in raw:
                    connection.sendall(piece)
                    stop.wait(DRIP_S)
            if not keeps:
                return


def _whole_request(connection: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        part = connection.recv(65536)
        data += part
        if not part or data.startswith(b"\x16\x03"):  # gone, or a client that wants TLS where there is none
            return data
    head, _, body = data.partition(b"\r\n\r\n")
    length = next(
        (int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")), 0
    )
    while len(body) < length:
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body
