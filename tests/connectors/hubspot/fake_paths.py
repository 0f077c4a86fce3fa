"""What a path means, whichever version it names, and what a request does."""

from __future__ import annotations

import re
from typing import Any

from companion.connectors.hubspot.wire import VERSION
from tests.connectors.fake_server import Request
from tests.connectors.hubspot.fake_records import SINGULAR, TYPES

FAMILIES = ("objects", "associations", "properties", "pipelines", "owners")


def normal(path: str) -> tuple[str, list[str]]:
    """The family and the rest of a path, whichever version it names and wherever."""
    parts = path.strip("/").split("/")
    if len(parts) > 2 and parts[0] == "crm":
        if re.fullmatch(r"v[34]", parts[1]) and parts[2] in FAMILIES:
            return parts[2], parts[3:]
        if parts[1] in FAMILIES and parts[2] == VERSION:
            return parts[1], parts[3:]
    return "", []


def plural(name: str) -> str:
    """The type, by whichever of its names."""
    numbers = {"0-1": "contacts", "0-2": "companies", "0-3": "deals", "0-136": "leads"}
    return numbers.get(name) or next((each for each in TYPES if name in (each, SINGULAR[each])), name)


def is_write(request: Request) -> bool:
    """Whether a request changes something: searches and batch reads are POSTs too."""
    if request.method in ("GET", "HEAD") or request.path.startswith("/oauth/"):
        return False
    return not request.path.endswith(("/search", "/batch/read"))


def is_create(request: Request) -> bool:
    """Whether a request makes a record."""
    family, parts = normal(request.path)
    making = request.method == "POST" and (len(parts) == 1 or parts[1:] in (["batch", "create"], ["batch", "upsert"]))
    return family == "objects" and making


def listed(request: Request, name: str) -> list[str]:
    """The values of a name in the query, however they are strung together."""
    return [each for value in request.query.get(name, []) for each in value.split(",") if each]


def paged(rows: list[dict[str, Any]], later: list[Any]) -> dict[str, Any]:
    """A page, and where it goes on."""
    return {"results": rows, **({"paging": {"next": {"after": str(rows[-1]["id"])}}} if later and rows else {})}
