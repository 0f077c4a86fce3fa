"""A proxy that stands between the real HTTP client and a real server and does to their bytes what networks do."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import struct
import threading
from collections.abc import Awaitable, Callable, Coroutine
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any, Final

import trustme

from tests.rig.trouble_on_the_way import OF_TLS, Fault, Trouble

_PORTAL: Final = b"<html><title>Welcome to our Wi-Fi</title>Accept the terms to go online</html>"
_SECOND_S: Final = 0.05
"""What stands for a second where a trouble is 'a byte a second': the client's limits are as much shorter."""
_REQUEST_CAP: Final = 1 << 26


class FaultProxy:
    """Relays to `server_port` on loopback, on a thread of its own, until the block ends.

    `fault` is what happens to requests from now on (None: nothing); set it from any thread. `url` is plain HTTP,
    `tls_url` the same over TLS with a certificate of `authority`, which `client_context` trusts.
    """

    def __init__(self, server_port: int) -> None:
        self.server_port = server_port
        self.asked = 0
        """How many requests met a fault."""
        self._fault: Fault | None = None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="proxy", daemon=True)
        self._plain: asyncio.Server | None = None
        self._front: asyncio.Server | None = None
        self._behind: asyncio.Server | None = None
        self._unanswered: list[socket.socket] = []
        self._talks: set[asyncio.Task[Any]] = set()
        self.port = self.tls_port = 0

    def __enter__(self) -> FaultProxy:
        self._thread.start()
        self._do(self._open())
        return self

    def __exit__(self, *_: object) -> None:
        self._do(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    @property
    def url(self) -> str:
        """Where the server seems to be."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def tls_url(self) -> str:
        """The same, by TLS."""
        return f"https://localhost:{self.tls_port}"

    @property
    def fault(self) -> Fault | None:
        """What happens to requests now."""
        return self._fault

    @fault.setter
    def fault(self, fault: Fault | None) -> None:
        self._do(self._set(fault))

    def open_connections(self) -> int:
        """How many clients are connected."""
        return len(self._talks)

    # Certificates ───────────────────────────────────────────────────────────────────────────────────────────────────

    @cached_property
    def authority(self) -> trustme.CA:
        """The authority that the client trusts."""
        return trustme.CA()

    @cached_property
    def client_context(self) -> ssl.SSLContext:
        """A context that trusts it."""
        context = ssl.create_default_context()
        self.authority.configure_trust(context)
        return context

    @cached_property
    def _contexts(self) -> dict[Trouble | None, ssl.SSLContext]:
        long_ago = datetime.now(UTC) - timedelta(days=9)
        return {
            None: _serving(self.authority.issue_cert("localhost")),
            Trouble.WRONG_HOST: _serving(self.authority.issue_cert("elsewhere.example")),
            Trouble.EXPIRED: _serving(self.authority.issue_cert("localhost", not_after=long_ago)),
            Trouble.UNKNOWN_ISSUER: _serving(trustme.CA().issue_cert("localhost")),
        }

    def _choose(self, talk: ssl.SSLObject | ssl.SSLSocket, _name: str | None, _context: ssl.SSLContext) -> None:
        """Presents the certificate that the fault asks for."""
        trouble = self._fault.trouble if self._fault else None
        talk.context = self._contexts.get(trouble, self._contexts[None])

    # Opening and closing ────────────────────────────────────────────────────────────────────────────────────────────

    def _do(self, step: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(step, self._loop).result(20)

    async def _open(self) -> None:
        # Listening for TLS costs a few certificates: it begins when it is first asked for (`with_tls`).
        self._plain = await asyncio.start_server(self._talk, "127.0.0.1", self.port, limit=_REQUEST_CAP)
        self.port = self._plain.sockets[0].getsockname()[1]
        if self.tls_port:
            await self._open_tls()

    def with_tls(self) -> str:
        """Begins to listen for TLS too; returns `tls_url`."""
        if not self.tls_port:
            self._do(self._open_tls())
        return self.tls_url

    async def _open_tls(self) -> None:
        context = self._contexts[None]
        context.sni_callback = self._choose
        if self._behind is None:
            self._behind = await asyncio.start_server(
                self._talk, "127.0.0.1", 0, ssl=context, ssl_handshake_timeout=5, limit=_REQUEST_CAP
            )
        self._front = await asyncio.start_server(self._hand_over, "localhost", self.tls_port, family=socket.AF_INET)
        self.tls_port = self._front.sockets[0].getsockname()[1]

    async def _set(self, fault: Fault | None) -> None:
        was, self._fault = self._fault, fault
        deaf = (Trouble.REFUSED, Trouble.NO_ANSWER_TO_CONNECT)
        if was is not None and was.trouble in deaf:
            for each in self._unanswered:
                each.close()
            self._unanswered.clear()
            await self._open()
        if fault is not None and fault.trouble in deaf:
            await self._stop_listening()
            if fault.trouble is Trouble.NO_ANSWER_TO_CONNECT:
                for port in filter(None, (self.port, self.tls_port)):
                    self._fill(port)
        # A real network does not spare the connections that are open already.
        if fault is not None or was is not None:
            await self._hang_up()

    def _fill(self, port: int) -> None:
        """Listens with no room for those who knock: their packets are dropped, as behind a dead router."""
        full = socket.socket()
        full.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        full.bind(("127.0.0.1", port))
        full.listen(0)
        self._unanswered.append(full)
        for _ in range(4):
            knocking = socket.socket()
            knocking.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                knocking.connect(("127.0.0.1", port))
            self._unanswered.append(knocking)

    async def _stop_listening(self) -> None:
        for server in filter(None, (self._plain, self._front)):
            server.close()
        self._plain = self._front = None

    async def _hang_up(self) -> None:
        talks = [talk for talk in self._talks if talk is not asyncio.current_task()]
        for talk in talks:
            talk.cancel()
        await asyncio.gather(*talks, return_exceptions=True)

    async def _end(self) -> None:
        await self._set(None)
        await self._stop_listening()
        if self._behind is not None:
            self._behind.close()
        await self._hang_up()

    # Talking ────────────────────────────────────────────────────────────────────────────────────────────────────────

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One client's connection."""
        await self._guarded(writer, lambda: self._relay(reader, writer))

    async def _hand_over(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One client's connection for TLS, before anybody understands it."""
        await self._guarded(writer, lambda: self._pass_bytes(reader, writer))

    async def _guarded(self, writer: asyncio.StreamWriter, talk: Callable[[], Awaitable[None]]) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._talks.add(task)
        try:
            if self._fault is not None and self._fault.trouble is Trouble.RESET_AT_ONCE:
                _reset(writer)
            else:
                await talk()
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, asyncio.CancelledError, ssl.SSLError):
            pass
        finally:
            self._talks.discard(task)
            writer.transport.abort()

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", self.server_port, limit=_REQUEST_CAP)
        try:
            while True:
                path, request = await _message(reader)
                fault = self._fault
                if fault is None or not fault.hits(path) or fault.trouble in OF_TLS:
                    back.write(request)
                    writer.write((await _message(there))[1])
                    continue
                self.asked += 1
                if not await _Mishap(fault, reader, writer, there, back).happens(request):
                    return
        finally:
            back.transport.abort()

    async def _pass_bytes(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert self._behind is not None
        fault = self._fault
        if fault is not None and fault.trouble is Trouble.NO_TLS:
            await reader.read(65536)
            writer.write(_answer("400 Bad Request", b"plain HTTP here"))
            await writer.drain()
            self.asked += 1
            return
        port = self._behind.sockets[0].getsockname()[1]
        there, back = await asyncio.open_connection("127.0.0.1", port)
        try:
            if fault is not None and fault.trouble in (Trouble.HANDSHAKE_CUT, Trouble.HANDSHAKE_STALLS):
                self.asked += 1
                back.write(await reader.read(65536))
                # The server's side of a handshake with one certificate takes about 1,500 bytes.
                writer.write((await there.read(65536))[: round(1400 * fault.at)])
                await writer.drain()
                if fault.trouble is Trouble.HANDSHAKE_STALLS:
                    await asyncio.sleep(30)
                return
            await asyncio.wait(
                [asyncio.ensure_future(_pipe(reader, back)), asyncio.ensure_future(_pipe(there, writer))],
                return_when=asyncio.FIRST_COMPLETED,
            )
        finally:
            back.transport.abort()


class _Mishap:
    """What becomes of one request. `happens` returns whether the connection lives on."""

    def __init__(
        self,
        fault: Fault,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        there: asyncio.StreamReader,
        back: asyncio.StreamWriter,
    ) -> None:
        self.fault, self.reader, self.writer, self.there, self.back = fault, reader, writer, there, back

    async def happens(self, request: bytes) -> bool:
        match self.fault.trouble:
            case Trouble.HOLE_THERE:
                return await self._silence()
            case Trouble.REQUEST_CUT | Trouble.REQUEST_RESET:
                return await self._cut_request(request)
            case Trouble.REQUEST_LATE:
                await asyncio.sleep(12 * _SECOND_S)  # longer than the client waits for a packet
                await self._asked(request)
                return False
            case Trouble.SLOW_THERE:
                await self._drip(self.back, request)
                return False
            case Trouble.PORTAL_PAGE:
                return await self._tell(_answer("200 OK", _PORTAL, "text/html"))
            case Trouble.PORTAL_AWAY:
                return await self._tell(_answer("302 Found", b"", "text/html", "Location: http://login.example/"))
            case Trouble.PORTAL_511:
                return await self._tell(_answer("511 Network Authentication Required", _PORTAL, "text/html"))
            case Trouble.GATEWAY_BEFORE:
                return await self._tell(_answer("502 Bad Gateway", b"<html>no", "text/html"))
            case Trouble.NOT_HTTP:
                return await self._tell(b"SSH-2.0-OpenSSH_9.6\r\n")
            case Trouble.REQUEST_TWICE:
                await self._asked(request)
        return await self._with_answer(await self._asked(request))

    async def _with_answer(self, answer: bytes) -> bool:
        match self.fault.trouble:
            case Trouble.HOLE_BACK:
                return await self._silence()
            case Trouble.ANSWER_CUT | Trouble.ANSWER_RESET | Trouble.ANSWER_STALLS:
                return await self._cut_answer(answer)
            case Trouble.SLOW_BACK:
                await self._drip(self.writer, answer)
                return False
            case Trouble.SLICED:
                return await self._slice(answer, 97, 0.0)
            case Trouble.NARROW:
                return await self._slice(answer, 4096, 0.01)
            case Trouble.JITTER:
                await asyncio.sleep((len(answer) % 5 + 1) * 0.03)
                return await self._tell(answer)
            case Trouble.ANSWER_TWICE:
                return await self._tell(answer + answer)
            case Trouble.GATEWAY_AFTER:
                return await self._tell(_answer("504 Gateway Timeout", b"<html>late", "text/html"))
        return await self._tell(answer)

    async def _asked(self, request: bytes) -> bytes:
        self.back.write(request)
        return (await _message(self.there))[1]

    async def _tell(self, answer: bytes) -> bool:
        self.writer.write(answer)
        await self.writer.drain()
        return True

    async def _silence(self) -> bool:
        """Neither an answer nor an end; the client hangs up."""
        await self.reader.read(1)
        return False

    async def _cut_request(self, request: bytes) -> bool:
        self.back.write(self.fault.cut(request))
        await self.back.drain()
        if self.fault.at == 1.0:
            await _message(self.there)
        if self.fault.trouble is Trouble.REQUEST_RESET:
            _reset(self.writer)
        return False

    async def _cut_answer(self, answer: bytes) -> bool:
        part = self.fault.cut(answer)
        # All of an answer is an answer; the last byte is what cutting is about.
        self.writer.write(part[:-1] if len(part) == len(answer) else part)
        await self.writer.drain()
        if self.fault.trouble is Trouble.ANSWER_STALLS:
            return await self._silence()
        if self.fault.trouble is Trouble.ANSWER_RESET:
            _reset(self.writer)
        return False

    async def _drip(self, writer: asyncio.StreamWriter, data: bytes) -> None:
        for n in range(len(data)):
            writer.write(data[n : n + 1])
            await writer.drain()
            await asyncio.sleep(_SECOND_S)

    async def _slice(self, data: bytes, size: int, pause_s: float) -> bool:
        for start in range(0, len(data), size):
            self.writer.write(data[start : start + size])
            await self.writer.drain()
            await asyncio.sleep(pause_s)
        return True


async def _message(reader: asyncio.StreamReader) -> tuple[str, bytes]:
    """A whole request or answer: its path (of an answer: its status) and its bytes."""
    head = await reader.readuntil(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    lengths = (int(line.partition(b":")[2]) for line in lines if line.lower().startswith(b"content-length:"))
    body = await reader.readexactly(next(lengths, 0))
    return lines[0].split(b" ")[1].decode(), head + body


async def _pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()


def _answer(status: str, body: bytes, kind: str = "text/plain", *headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Type: {kind}", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


def _reset(writer: asyncio.StreamWriter) -> None:
    """Ends with RST instead of FIN."""
    sock = writer.get_extra_info("socket")
    if sock is not None:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


def _serving(certificate: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context
