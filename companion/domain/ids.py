"""Local ids: UUIDv7 as 32 hex digits, in the order of their making; they double as idempotency keys."""

from __future__ import annotations

from collections.abc import Callable

NewId = Callable[[], str]


def uuid7(now_ms: int, random80: int) -> str:
    """The UUIDv7 (RFC 9562, 5.7) of a time in milliseconds since 1970 and 80 random bits, of which 74 are used."""
    random_a = (random80 >> 68) & 0xFFF
    random_b = random80 & 0x3FFF_FFFF_FFFF_FFFF
    return f"{((now_ms & 0xFFFF_FFFF_FFFF) << 80) | (0x7 << 76) | (random_a << 64) | (0b10 << 62) | random_b:032x}"
