"""The small Odoo behind a real socket, for tests whose client is another process or the whole app."""

from __future__ import annotations

from collections.abc import Callable

import httpx

from tests.connectors.odoo.fake_odoo import FakeOdoo


def over_http(odoo: FakeOdoo, *headers: str) -> Callable[[bytes], bytes]:
    """A script for `loopback.serving`; further lines of the answer's head as 'Name: value'."""

    def answered(raw: bytes) -> bytes:
        head, _, body = raw.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        method, path, _ = first.split(" ")
        asked = dict(line.split(": ", 1) for line in lines)
        response = odoo.answer(httpx.Request(method, f"http://127.0.0.1{path}", headers=asked, content=body))
        data = response.read()
        told = [f"{name}: {value}" for name, value in response.headers.items()]
        told += [*headers, f"Content-Length: {len(data)}", "Connection: close"]
        return "\r\n".join((f"HTTP/1.1 {response.status_code} X", *told)).encode() + b"\r\n\r\n" + data

    return answered
