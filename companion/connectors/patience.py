"""What httpx leaves open at the socket: the time of a whole request, and bytes that nobody asked for."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterable
from typing import Any

import httpcore


def drop_what_answers_unasked(transport: object) -> None:
    """Closes each idle connection of an httpx transport on which bytes came that nobody asked for.

    They would be taken for the answer to the next request: somebody else's record under its name.
    """
    for connection in getattr(getattr(transport, "_pool", None), "connections", ()):
        state = getattr(getattr(connection, "_connection", None), "_h11_state", None)
        if state is not None and state.trailing_data[0]:
            connection.close()


class Deadline:
    """The instant by which the request under way must be over, by `clock` in seconds; none before the first `begin`."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._until: float | None = None

    def begin(self, seconds: float) -> None:
        """The request that starts now may take so long."""
        self._until = self._clock() + seconds

    def passed(self) -> bool:
        """Whether the time is up."""
        return self._until is not None and self._clock() > self._until

    def left(self, timeout: float | None, error: type[Exception]) -> float | None:
        """`timeout`, or what is left if that is less; raises `error` when nothing is."""
        if self._until is None:
            return timeout
        left = self._until - self._clock()
        if left <= 0:
            raise error("the answer took too long")
        return left if timeout is None else min(timeout, left)


class Watched(httpcore.NetworkBackend):
    """Connects like `inner`; each step on the way gets only the time that `deadline` leaves it."""

    def __init__(self, inner: httpcore.NetworkBackend, deadline: Deadline) -> None:
        self._inner, self._deadline = inner, deadline

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        timeout = self._deadline.left(timeout, httpcore.ConnectTimeout)
        stream = self._inner.connect_tcp(host, port, timeout, local_address, socket_options)
        return _WatchedStream(stream, self._deadline)


class _WatchedStream(httpcore.NetworkStream):
    def __init__(self, inner: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._inner, self._deadline = inner, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, self._deadline.left(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, self._deadline.left(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        timeout = self._deadline.left(timeout, httpcore.ConnectTimeout)
        return _WatchedStream(self._inner.start_tls(ssl_context, server_hostname, timeout), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)
