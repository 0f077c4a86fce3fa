"""What HubSpot's own API documents say of a request and its answer. The dated version is mapped to the paths they have.

Four types of object have a document; the others have the same paths and shapes and are held against a relative's.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema_path.readers import FilePathReader
from openapi_core import OpenAPI
from openapi_core.datatypes import RequestParameters
from openapi_core.exceptions import OpenAPIError
from werkzeug.datastructures import Headers, ImmutableMultiDict

from tests.connectors.fake_server import Reply, Request
from tests.connectors.hubspot.fake_paths import normal, plural

FOLDER = Path(__file__).parent / "openapi"
HOST = "https://api.hubapi.com"
OF_TYPE = {
    "contacts": "contacts.json", "companies": "contacts.json", "deals": "deals.json", "leads": "contacts.json",
    "calls": "calls.json",
    "meetings": "calls.json", "emails": "calls.json", "notes": "calls.json", "tasks": "tasks.json",
}  # fmt: skip


class Asked:
    """A request as openapi-core reads it."""

    def __init__(self, request: Request, path: str) -> None:
        self.host_url, self.path, self.method = HOST, path, request.method.lower()
        self.full_url_pattern = HOST + path
        query = ImmutableMultiDict([(name, value) for name, values in request.query.items() for value in values])
        self.parameters = RequestParameters(query=query, header=Headers(dict(request.headers)))
        self.content_type = request.headers.get("content-type", "application/json")
        self.body = request.body or None


class Answered:
    """An answer as openapi-core reads it."""

    def __init__(self, reply: Reply) -> None:
        self.status_code, self.data = reply.status, reply.raw or None
        self.content_type = reply.kind
        self.headers: Mapping[str, Any] = dict(reply.headers)


def place(request: Request) -> tuple[str, str] | None:
    """The document and the path in it; None where there is no document."""
    family, parts = normal(request.path)
    if family == "objects" and len(parts) > 2 and parts[2] == "associations":
        return "associations_v4.yaml", f"/crm/v4/objects/{'/'.join(parts)}"
    if family == "objects" and plural(parts[0]) in OF_TYPE:
        name = OF_TYPE[plural(parts[0])]
        rest = "/".join(parts[1:])
        return name, f"/crm/v3/objects/{name.removesuffix('.json')}/{rest}"
    if family == "associations":
        return "associations_v4.yaml", f"/crm/v4/associations/{'/'.join(parts)}"
    if family in ("properties", "pipelines"):
        return f"{family}.json", f"/crm/v3/{family}/{'/'.join(parts)}"
    return None


def complaint(request: Request, reply: Reply) -> str | None:
    """What is wrong with either by the document; None where all is well, or was well before in the same shape."""
    found = place(request)
    if found is None:
        return None
    name, path = found
    body = request.json if request.body else None
    asked = (request.method, _shape_of_path(path), tuple(sorted(request.query)), _shape(body))
    answered = (reply.status, _shape(reply.body))
    return _judged(name, path, asked, answered, _Pair(request, reply))


class _Pair:
    """Equal to any other: the shape alone decides what is judged anew."""

    def __init__(self, request: Request, reply: Reply) -> None:
        self.request, self.reply = request, reply

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Pair)

    def __hash__(self) -> int:
        return 0


_judged_before: dict[tuple[object, ...], str | None] = {}


def _judged(name: str, path: str, asked: object, answered: object, pair: _Pair) -> str | None:
    key = (name, asked, answered)
    if key not in _judged_before:
        _judged_before[key] = _looked_at(name, path, pair)
    return _judged_before[key]


def _looked_at(name: str, path: str, pair: _Pair) -> str | None:
    request = Asked(pair.request, path)
    document = _document(name)
    try:
        document.validate_request(request)
    except OpenAPIError as error:
        return f"request {pair.request.method} {path}: {_words(error)}"
    if pair.reply.status == 204 and not pair.reply.raw:
        return None  # the documents have an empty content for it, in which this reader looks for a body
    try:
        document.validate_response(request, Answered(pair.reply))
    except OpenAPIError as error:
        return f"answer {pair.reply.status} to {pair.request.method} {path}: {_words(error)}"
    return None


def judged() -> int:
    """How many different shapes were held against the documents so far."""
    return len(_judged_before)


@cache
def _document(name: str) -> OpenAPI:
    told, _ = FilePathReader(str(FOLDER / name)).read()
    # How one signs in is told by the tokens' own tests.
    for operations in told["paths"].values():
        for operation in operations.values():
            if isinstance(operation, dict):
                operation.pop("security", None)
    return OpenAPI.from_dict(_as_json(told))


def _as_json(value: Any) -> Any:
    """The document with JSON where it says that an error may come as anything: then its shape is looked at."""
    if isinstance(value, dict):
        return {"application/json" if key == "*/*" else key: _as_json(part) for key, part in value.items()}
    return [_as_json(part) for part in value] if isinstance(value, list) else value


def _words(error: BaseException) -> str:
    parts = [str(error)]
    cause: BaseException | None = error.__cause__
    while cause is not None:
        parts.append(str(cause))
        parts += [str(each)[:300] for each in getattr(cause, "schema_errors", ())]
        cause = cause.__cause__
    return " | ".join(dict.fromkeys(parts))


def _shape_of_path(path: str) -> str:
    return "/".join("#" if part.isdecimal() else part for part in path.split("/"))


def _shape(value: object) -> object:
    """What kind of values stand where; a list is the set of its parts' shapes."""
    if isinstance(value, bytes):
        return _shape(json.loads(value)) if value else None
    if isinstance(value, dict):
        return tuple(sorted((str(key), _shape(part)) for key, part in value.items()))
    if isinstance(value, list):
        return frozenset(_shape(part) for part in value)
    return type(value).__name__
