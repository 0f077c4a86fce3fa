"""A small Acme in memory: only what the connector asks, but with a real server's habits.

Write down each habit with where it was seen (a real server and its version, a recording, the vendor's document).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.connectors.fake_server import Reply, Request


class FakeAcme:
    """One tenant with two users. `clock` gives seconds since 1970; move it by hand."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.clock = clock
        self.tables: dict[str, dict[str, dict[str, Any]]] = {}

    def answer(self, request: Request) -> Reply:
        """Answers a request as the server does."""
        raise NotImplementedError("the requests that the connector sends, stamped and paged as the real server does")
