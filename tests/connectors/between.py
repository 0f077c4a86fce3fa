"""Troubles on the way to a real server: what `FakeServer` does to a fake's answers, done to a real server's."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from email.utils import format_datetime, parsedate_to_datetime
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import httpx

from tests.connectors.fake_server import Fault, Reply, Request
from tests.connectors.faults import NO_TLS


class Between(httpx.BaseTransport):
    """Delivers requests to the real server, but for those that a fault picks."""

    def __init__(self) -> None:
        self._inner = httpx.HTTPTransport(verify=NO_TLS)
        self.faults: list[Fault] = []
        self.asked: list[Request] = []
        self.ahead_s = 0.0
        """How far the server's clock seems to have moved on: in what it says of the time, not in its stamps."""

    def fail(self, **how: Any) -> Fault:
        """A fault for what comes next, as `FakeServer.fail`."""
        fault = Fault(**how)
        self.faults.append(fault)
        return fault

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        asked = _asked(request)
        self.asked.append(asked)
        fault = next((each for each in self.faults if each.times > 0 and each.when(asked)), None)
        if fault is None:
            return self._later(self._inner.handle_request(request))
        fault.times -= 1
        if fault.instead is not None:
            return _response(fault.instead)
        answer = self._inner.handle_request(request)
        raw = b"".join(answer.iter_raw())
        answer.close()
        if fault.lose:
            raise httpx.ReadTimeout("the answer was lost", request=request)
        if fault.cut:
            return httpx.Response(answer.status_code, headers=answer.headers, stream=_Cut(raw[: len(raw) // 2]))
        told = httpx.Response(answer.status_code, headers=answer.headers, content=raw).content  # as it was packed
        reply = Reply(answer.status_code, told, {}, answer.headers.get("Content-Type", ""))
        return _response(fault.turn(reply) if fault.turn else reply)

    def _later(self, answer: httpx.Response) -> httpx.Response:
        if self.ahead_s and "Date" in answer.headers:
            told = parsedate_to_datetime(answer.headers["Date"]) + timedelta(seconds=self.ahead_s)
            answer.headers["Date"] = format_datetime(told, usegmt=True)
        return answer

    def close(self) -> None:
        """A connector closes its client; the next one uses the same way."""


class _Cut(httpx.SyncByteStream):
    def __init__(self, raw: bytes) -> None:
        self._raw = raw

    def __iter__(self) -> Iterator[bytes]:
        yield self._raw
        raise httpx.RemoteProtocolError("the peer closed the connection in the middle of the body")


def _asked(request: httpx.Request) -> Request:
    target = request.url.raw_path.decode()
    parts = urlsplit(target)
    headers = {name.lower(): value for name, value in request.headers.items()}
    query = parse_qs(parts.query, keep_blank_values=True)
    return Request(request.method, unquote(parts.path), query, headers, request.read(), target)


def _response(reply: Reply) -> httpx.Response:
    raw = reply.raw
    headers = {**({"Content-Type": reply.kind} if raw else {}), **reply.headers}
    return httpx.Response(reply.status, headers=headers, stream=httpx.ByteStream(raw))
