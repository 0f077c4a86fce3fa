"""What a network may do to one request, and what of it a CRM can promise against."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Trouble(StrEnum):
    """One kind of trouble, on as long as the proxy's `fault` stands."""

    REFUSED = "connection refused"
    NO_ANSWER_TO_CONNECT = "the connection is never answered"
    RESET_AT_ONCE = "reset after connecting"
    HOLE_THERE = "black hole on the way there"
    HOLE_BACK = "black hole on the way back"
    REQUEST_CUT = "request cut"
    REQUEST_RESET = "request reset"
    ANSWER_CUT = "answer cut"
    ANSWER_RESET = "answer reset"
    ANSWER_STALLS = "answer stops half-way, the connection stays"
    REQUEST_LATE = "request delivered after we gave up"
    SLOW_THERE = "request at 1 byte a second"
    SLOW_BACK = "answer at 1 byte a second"
    SLICED = "answer in slices"
    JITTER = "latency and jitter"
    NARROW = "little bandwidth"
    ANSWER_TWICE = "answer bytes doubled"
    REQUEST_TWICE = "request delivered twice"
    PORTAL_PAGE = "captive portal, a page with 200"
    PORTAL_AWAY = "captive portal, 302 to it"
    PORTAL_511 = "captive portal, 511"
    GATEWAY_BEFORE = "502 of a gateway, not delivered"
    GATEWAY_AFTER = "504 of a gateway, delivered"
    NOT_HTTP = "something that is not HTTP"
    WRONG_HOST = "certificate of another host"
    EXPIRED = "certificate that has expired"
    UNKNOWN_ISSUER = "certificate of an unknown authority"
    HANDSHAKE_CUT = "TLS cut in the handshake"
    HANDSHAKE_STALLS = "TLS stops in the handshake"
    NO_TLS = "no TLS at all"


OF_TLS = (
    Trouble.WRONG_HOST,
    Trouble.EXPIRED,
    Trouble.UNKNOWN_ISSUER,
    Trouble.HANDSHAKE_CUT,
    Trouble.HANDSHAKE_STALLS,
    Trouble.NO_TLS,
)
OF_CONNECTING = (Trouble.REFUSED, Trouble.NO_ANSWER_TO_CONNECT, Trouble.RESET_AT_ONCE, *OF_TLS)
HARMLESS = (Trouble.SLICED, Trouble.JITTER, Trouble.NARROW, Trouble.ANSWER_TWICE, Trouble.REQUEST_TWICE)
"""Requests come through: slower, or more than once."""
AT_A_BYTE = (
    Trouble.REQUEST_CUT,
    Trouble.REQUEST_RESET,
    Trouble.ANSWER_CUT,
    Trouble.ANSWER_RESET,
    Trouble.ANSWER_STALLS,
    Trouble.HANDSHAKE_CUT,
    Trouble.HANDSHAKE_STALLS,
)
"""Troubles that strike at a byte: the fault's `at` says at which part of the whole."""

DECILES = tuple(n / 10 for n in range(11))


@dataclass(frozen=True)
class Fault:
    """A trouble, at which part of the bytes (0 to 1), and for which endpoint (None: all)."""

    trouble: Trouble
    at: float = 0.5
    endpoint: str | None = None

    def hits(self, path: str) -> bool:
        """Whether a request to `path` meets it."""
        return self.endpoint is None or path.rpartition("/")[2] == self.endpoint

    def cut(self, whole: bytes) -> bytes:
        """What is let through of `whole`."""
        return whole[: round(len(whole) * self.at)]
