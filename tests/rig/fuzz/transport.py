"""A server that answers as it should, with some of its values turned into what nobody foresaw."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import httpx

from companion.connectors.base import ConnectorError, Page, Upsert
from companion.connectors.http import Client
from tests.rig.fuzz.source import Source

CALM = Source(b"")
_HEADERS = {"Content-Type": "application/json", "Date": "Sat, 21 Nov 2026 20:16:19 GMT"}
MOST_REQUESTS = 120


class Strange(httpx.BaseTransport):
    """`answer` says what a sound server would; `source` what becomes of it. Counts the requests that change things."""

    def __init__(self, answer: Callable[[str, Mapping[str, Any]], Any], writes: Callable[[str, Any], bool]) -> None:
        self.source = CALM
        self.wrote = self.asked = 0
        self._answer, self._writes = answer, writes

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """One answer, always HTTP 200 and JSON."""
        self.asked += 1
        assert self.asked < MOST_REQUESTS, "it asks for ever"
        body = json.loads(request.read() or b"{}")
        self.wrote += self._writes(request.url.path, body)
        told = self.source.warped(_as_named(self._answer(request.url.path, body), _named(body)))
        # ASCII, so that lone surrogates travel as they do in real answers; NaN and Infinity as lax servers send them.
        return httpx.Response(200, headers=_HEADERS, stream=httpx.ByteStream(json.dumps(told).encode()))

    def begin(self, source: Source) -> None:
        """From here on answers are strange."""
        self.source, self.wrote, self.asked = source, 0, 0

    def client(self) -> Client:
        """What a connector talks through."""
        return Client(lambda: 0.0, transport=self)


def _named(asked: object) -> list[int] | None:
    """The ids that a domain in a request asks for by name; None where it names none."""
    if isinstance(asked, list) and asked[:2] == ["id", "in"] and len(asked) == 3:
        named: list[int] = asked[2]
        return named
    parts = asked.values() if isinstance(asked, dict) else asked if isinstance(asked, list) else ()
    return next((found for part in parts if (found := _named(part)) is not None), None)


def _as_named(told: Any, named: list[int] | None) -> Any:
    """Of the rows or ids that are told, those that were asked for."""
    if named is None:
        return told
    if isinstance(told, dict):
        return {name: _as_named(part, named) for name, part in told.items()}
    if isinstance(told, list):
        return [each for each in told if (each["id"] if isinstance(each, dict) else each) in named]
    return told


def checked(page: Page) -> None:
    """What is told of a page can be kept, or is set aside by name."""
    for upsert in page.upserts:
        sound(upsert)
    for gone in page.gone:
        assert isinstance(gone.remote_id, str)
        assert gone.winner_id is None or isinstance(gone.winner_id, str)
    for bad in page.poison:
        assert isinstance(bad.remote_id, str)
        assert bad.why.isprintable()


def sound(upsert: Upsert) -> None:
    """Links and ids are text, instants are numbers: what the engine relies on without looking."""
    assert isinstance(upsert.remote_id, str), upsert.remote_id
    assert isinstance(upsert.version, str)
    assert upsert.op_id is None or isinstance(upsert.op_id, str)
    for name, link in upsert.links.items():
        assert link is None or isinstance(link, str), (name, link)
    fields: Mapping[str, object] = upsert.fields
    for name, value in fields.items():
        if name == "at" or name.endswith("_at") or name in ("amount", "probability", "duration_s", "position"):
            assert value is None or isinstance(value, int), (name, value)
        assert value is None or isinstance(value, str | int | float), (name, value)
        assert not isinstance(value, int) or -(2**63) <= value < 2**63, (name, value)
    for label, told in upsert.extra.items():
        assert isinstance(label, str)
        assert isinstance(told, str), (label, told)
    for person, role in upsert.people:
        assert isinstance(person, str)
        assert isinstance(role, str)


def refused(act: Callable[[], Any]) -> Any:
    """What `act` returns, or None where it raised what a connector may raise."""
    try:
        return act()
    except ConnectorError:
        return None
