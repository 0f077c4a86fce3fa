"""Trouble on the way to a real server, made at the one place where it may be made: the HTTP transport."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from typing import Final

import httpx

NO_TLS: Final = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""For servers on this computer. Left to itself, each transport reads all certificates of the world: 40 ms."""


class LosesAnswers(httpx.BaseTransport):
    """Delivers every request; the answer to the first one that `is_write` says changes something never comes back."""

    def __init__(self, is_write: Callable[[httpx.Request], bool], *, verify: ssl.SSLContext | bool = NO_TLS) -> None:
        self._inner = httpx.HTTPTransport(verify=verify)
        self._is_write = is_write
        self.lost = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        response = self._inner.handle_request(request)
        if not self.lost and self._is_write(request):
            response.read()
            response.close()
            self.lost += 1
            raise httpx.ReadTimeout("the answer was lost", request=request)
        return response

    def close(self) -> None:
        self._inner.close()


class CountsRequests(httpx.BaseTransport):
    """Delivers everything and remembers the bodies that were sent."""

    def __init__(self) -> None:
        self._inner = httpx.HTTPTransport(verify=NO_TLS)
        self.sent: list[bytes] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.sent.append(request.read())
        return self._inner.handle_request(request)

    def close(self) -> None:
        self._inner.close()
