"""What lies under the connectors: HTTP's headers, JSON, cursors that were kept, the HTML of chatter."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final

import httpx

from companion.connectors import hypertext, naive_utc, payload
from companion.connectors.base import ConnectorError, CursorExpired
from companion.connectors.demo.reading import _decoded
from companion.connectors.espocrm import cursor as espocrm_cursor
from companion.connectors.http import Answer, Client, Doubtful
from companion.connectors.hubspot import cursor as hubspot_cursor
from companion.connectors.odoo import cursor, marker
from companion.connectors.odoo.wire import Refusal, rpc_result
from companion.connectors.salesforce import cursor as salesforce_cursor
from companion.connectors.tryton import notes, rpc
from companion.connectors.tryton.pull import _decoded as tryton_cursor
from companion.connectors.window import Window
from companion.domain.records import Kind
from tests.rig.fuzz.odoo import OP_ID
from tests.rig.fuzz.source import Source, swollen, text_of

NOW: Final = 1_795_292_179


class Http(httpx.BaseTransport):
    """Status, headers and body as bytes spell them, read and written to; then what the connectors make of it."""

    seeds = (
        b'\xc8application/json\nSat, 21 Nov 2026 20:16:19 GMT\n\n\n{"jsonrpc":"2.0","result":1}',
        b'\x01application/json\n\n30\n\n{"error":["UserError",["No","",null]]}',
        b"\x02text/html\n\nSat, 21 Nov 2026 20:16:19 GMT\ngzip\n<html>",
        b'\x03application/json\n\n\n\n{"name":"odoo.exceptions.UserError","message":"No"}',
    )
    _STATUS = (200, 401, 403, 500, 503, 429, 302, 204, 404, 422)

    def __init__(self) -> None:
        self._client = Client(lambda: 0.0, transport=self)
        self._data = b""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """What the bytes say."""
        kind, date, wait, coding, body = (*self._data[1:].split(b"\n", 4), b"", b"", b"", b"", b"")[:5]
        names = ((b"content-type", kind), (b"date", date), (b"retry-after", wait), (b"content-encoding", coding))
        headers = [(name, value[:2_000]) for name, value in names if value]
        if self._data[:1] and self._data[0] & 16:
            headers.append((b"location", wait))
        status = self._STATUS[Source(self._data).below(len(self._STATUS))]
        return httpx.Response(status, headers=headers, stream=httpx.ByteStream(body))

    def __call__(self, data: bytes) -> None:
        """Once read, once written."""
        self._data = data
        for send in (self._client.read, self._client.write):
            for method in ("GET", "POST"):
                try:
                    _judged(send(method, "https://x.example/y", json=None if method == "GET" else {}))
                except (ConnectorError, Doubtful, Refusal, rpc.Refused):
                    continue


def _judged(answer: Answer) -> None:
    judges: tuple[Callable[[], object], ...] = (
        lambda: rpc_result(answer, "https://x.example/y"),
        lambda: rpc.result(answer),
    )
    for judge in judges:
        try:
            judge()
        except (ConnectorError, Doubtful, Refusal, rpc.Refused) as error:
            str(error).encode("utf-8", "replace")


class Json:
    """JSON that is decoded, judged, cleaned and encoded again."""

    seeds = (
        b'{"a": [1, "\\ud800", NaN, 1e400]}',
        b"[" * 300,
        b"9" * 5000,
        b'\xef\xbb\xbf{"a":1}',
        b'{"a":"\xed\xa0\x80"}',
    )

    def __call__(self, data: bytes) -> None:
        """What is sound goes out as it came in."""
        try:
            value = payload.decode(data)
        except payload.Unreadable:
            return
        if payload.unsound(value) is None:
            assert json.loads(payload.encode(value)) == value
        if isinstance(value, str):
            payload.clean(value).encode()


class Cursors:
    """A cursor that a damaged file gives back is one of ours, or begins a full pass."""

    seeds = (
        b'{"began":1795292179,"since":1795292000,"done":true}',
        b'{"since":5,"began":6,"last":7,"part":1,"end":9,"note":3}',
        b'{"scope":"U1","born":1,"graves":2,"asked_at":1.5,"after":[1.5,"P1"]}',
        b'{"began":1795292179,"since":1795292000,"phase":1,"last":"101","archived_at":7,"archives_to":9}',
        b'{"began":1795292179,"long_at":1795292179,"done":true,"archived_pages":3}',
        b'{"began":1795292179,"calm_at":1795292000,"calm_since":1,"stamp":1795292000,"last":"003000000000001AAA"}',
    )

    def __call__(self, data: bytes) -> None:
        """All connectors'."""
        for decode in (lambda: cursor.Cursor.resume(data, NOW), lambda: tryton_cursor(data), lambda: _decoded(data)):
            try:
                decode()
            except CursorExpired:
                continue
        for resume in (
            espocrm_cursor.Cursor.resume,
            hubspot_cursor.Cursor.resume,
            salesforce_cursor.Cursor.resume,
        ):
            _moves_on(resume, data)


def _moves_on(resume: Callable[[bytes, int], Window], data: bytes) -> None:
    """A pull that goes on from what was kept ends, and its end is where the next one begins."""
    try:
        at: Any = resume(data, NOW)
    except CursorExpired:
        return
    assert not at.done
    for _ in range(4):
        at = at.next_phase(3)
        if at.done:
            break
        assert resume(at.bytes(), NOW) == at
    else:
        assert at.phase > 3 or at.phase < 0, at
    if at.done:
        assert not resume(at.bytes(), NOW).full


class Chatter:
    """A chatter message and a Tryton note as their writers left them, and our own words through both and back."""

    seeds = (
        b"\x00<p>Spoke to <b>them</b>,<br/>twice</p><ul><li>x</li></ul>",
        b"\x00<p class='o_companion_head'><b>Call</b></p><p class='o_companion_text'>a<br>b</p>",
        b"\x00<div data-o-mail-quote='1'><![CDATA[x]]><!-- --!><?php ?><a href='&#x110000;'>",
        b"\xff<div>",
        b"\xff<!",
        b"\xff&#",
        f"\0[Call] at: 2026-11-20 08:00:00 | duration: 60 s | companion: {OP_ID}\nSubject: x\n\ny".encode(),
        f"\0<{OP_ID}.call.out.connected.60@companion>".encode(),
    )

    def __call__(self, data: bytes) -> None:
        """Nothing stops the readers, and what we write is what we read."""
        text = swollen(data)
        told = hypertext.plain(text)
        assert len(told.body) <= hypertext.LONGEST
        marker.read(text)
        marker.op_of(text)
        naive_utc.instant(text)
        row = {"id": 5, "resource": text[:60], "message": text, "create_date": None}
        notes.root(row)
        notes.parse(row, notes.Known({"9": Kind.PERSON}))
        own = text_of(data)[:300].replace("\r", "").replace("\0", "")
        if own.isprintable():
            assert hypertext.plain(hypertext.html(own)).body == own
