"""Answers made by hand or recorded, as the HTTP client gets them from a socket: not read yet."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx

RECORDED = Path(__file__).parent / "recorded"


def canned(body: object, status: int = 200, headers: Mapping[str, str] | None = None) -> httpx.Response:
    """A JSON answer; a web page where the body is bytes."""
    kind, content = ("text/html", body) if isinstance(body, bytes) else ("application/json", json.dumps(body).encode())
    told = {"Content-Type": kind, "Date": "Sat, 21 Nov 2026 20:16:19 GMT", **(headers or {})}
    return httpx.Response(status, headers=told, stream=httpx.ByteStream(content))


def recorded(name: str) -> dict[str, Any]:
    """One request and its answer."""
    found: dict[str, Any] = json.loads((RECORDED / f"{name}.json").read_text(encoding="utf-8"))
    return found


def replayed(name: str) -> httpx.Response:
    """The recorded answer."""
    answer = recorded(name)["response"]
    return canned(answer["body"], answer["status"], {"Date": answer["headers"]["Date"]})
