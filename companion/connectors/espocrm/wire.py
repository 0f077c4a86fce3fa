"""One request to EspoCRM and what its answer means; the reason of a refusal stands in a header, in plain words."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from companion.connectors import strange
from companion.connectors.base import ScopeDenied, Unreachable
from companion.connectors.http import Answer, Client, Doubtful
from companion.domain.account import Account
from companion.domain.language import tr

Row = dict[str, Any]
Where = Sequence[Mapping[str, Any]]

MOST: Final = 200
"""EspoCRM refuses larger pages."""
_LONGEST: Final = 600


class Refusal(Exception):
    """EspoCRM said no: the status, the reason in its own words ('' none), and the body."""

    def __init__(self, status: int, reason: str, body: object) -> None:
        super().__init__(f"answered {status}: {reason}")
        self.status, self.reason, self.body = status, reason, body

    @property
    def words(self) -> str:
        """For a rep to read."""
        return self.reason or tr("EspoCRM refused it without a word")

    @property
    def invalid(self) -> tuple[str, str] | None:
        """The field that was not valid and the rule that it broke, where the refusal names them."""
        told = self.body.get("messageTranslation") if isinstance(self.body, dict) else None
        data = told.get("data") if isinstance(told, dict) else None
        if not isinstance(data, dict) or not isinstance(data.get("field"), str):
            return None
        return data["field"], str(data.get("type") or "")


def headers(account: Account, secret: str) -> dict[str, str]:
    """What signs a request: the user's token, or an API key."""
    if account.way == "key":
        return {"X-Api-Key": secret}
    return {"Espo-Authorization": basic(account.user, secret), "Espo-Authorization-By-Token": "true"}


def basic(user: str, secret: str) -> str:
    """Name and password or token, as EspoCRM reads them."""
    return base64.b64encode(f"{user}:{secret}".encode()).decode()


class Wire:
    """Requests in the name of one user. `now` is the server's clock as it answered last, in seconds since 1970."""

    def __init__(self, http: Client, account: Account, secret: str) -> None:
        self._http, self._base = http, f"{account.url}/api/v1"
        self._headers = headers(account, secret)
        self.now = 0.0

    def get(self, path: str, params: Mapping[str, str | int] | None = None, *, total: bool = False) -> Any:
        """What is there. Raises Refusal."""
        more = {} if total else {"X-No-Total": "true"}
        answer = self._http.read("GET", f"{self._base}/{path}", headers={**self._headers, **more}, params=params)
        return self._told(answer)

    def rows(
        self,
        path: str,
        where: Where = (),
        *,
        select: Sequence[str] = (),
        order: str = "id",
        descending: bool = False,
        limit: int = MOST,
    ) -> list[Row]:
        """A page of records. Raises ScopeDenied where this user may not list them."""
        told = self.listed(path, where, select=select, order=order, descending=descending, limit=limit)
        rows = told.get("list")
        if not isinstance(rows, list) or not all(type(row) is dict and type(row.get("id")) is str for row in rows):
            raise Unreachable("a list without records, or a record without an id")
        for each in where:
            if each.get("type") == "in" and each.get("attribute") == "id":
                strange.named(each["value"], [row["id"] for row in rows])
        return rows

    def count(self, path: str, where: Where = ()) -> int | None:
        """How many records there are; None where EspoCRM doesn't count them."""
        told = self.listed(path, where, select=("id",), limit=1, total=True).get("total")
        return told if isinstance(told, int) and told >= 0 else None

    def listed(
        self,
        path: str,
        where: Where,
        *,
        select: Sequence[str] = (),
        order: str = "id",
        descending: bool = False,
        limit: int = MOST,
        total: bool = False,
    ) -> Row:
        """A list as EspoCRM answers it."""
        params: dict[str, str | int] = {
            "maxSize": min(limit, MOST),
            "orderBy": order,
            "order": "desc" if descending else "asc",
            **dict(_flat("where", list(where))),
        }
        if select:
            params["select"] = ",".join(select)
        try:
            told = self.get(path, params, total=total)
        except Refusal as refusal:
            if refusal.status in (403, 404):
                raise ScopeDenied(refusal.reason) from refusal
            raise Unreachable(str(refusal)) from refusal
        if not isinstance(told, dict):
            raise Unreachable("a list that is none")
        return told

    def write(self, method: str, path: str, body: object = None, more: Mapping[str, str] | None = None) -> Any:
        """Changes something. Raises Refusal, and Doubtful where nobody knows whether it did."""
        answer = self._http.write(method, f"{self._base}/{path}", headers={**self._headers, **(more or {})}, json=body)
        return self._told(answer)

    def close(self) -> None:
        """Closes the connections."""
        self._http.close()

    def _told(self, answer: Answer) -> Any:
        if answer.date is not None:
            self.now = answer.date
        if answer.ok:
            return answer.json()
        raise refusal(answer)


def refusal(answer: Answer) -> Refusal:
    """What an answer that is no success says."""
    is_json = "json" in answer.headers.get("content-type", "")
    try:
        body = answer.json() if answer.body and is_json else None
    except (Unreachable, Doubtful):  # its body is an extra; the status says enough
        body = None
    words = answer.headers.get("x-status-reason", "").strip()
    if not words and isinstance(body, dict) and isinstance(body.get("message"), str):
        words = body["message"]
    return Refusal(answer.status, words[:_LONGEST], body)


def _flat(name: str, value: object) -> Iterator[tuple[str, str | int]]:
    """A nested value as PHP reads it from an address: where[0][type]=equals."""
    if isinstance(value, Mapping):
        for key, part in value.items():
            yield from _flat(f"{name}[{key}]", part)
    elif isinstance(value, list | tuple):
        for place, part in enumerate(value):
            yield from _flat(f"{name}[{place}]", part)
    elif isinstance(value, str | int):
        yield name, value


def is_(attribute: str, value: str | int) -> Row:
    """A condition: equal to a value."""
    return {"type": "equals", "attribute": attribute, "value": value}


def is_not(attribute: str, value: str) -> Row:
    """A condition: other than a value."""
    return {"type": "notEquals", "attribute": attribute, "value": value}


def above(attribute: str, value: str | int) -> Row:
    """A condition: greater than a value."""
    return {"type": "greaterThan", "attribute": attribute, "value": value}


def below(attribute: str, value: str | int) -> Row:
    """A condition: less than a value."""
    return {"type": "lessThan", "attribute": attribute, "value": value}


def from_(attribute: str, value: str) -> Row:
    """A condition: a value or more."""
    return {"type": "greaterThanOrEquals", "attribute": attribute, "value": value}


def among(attribute: str, values: Sequence[str]) -> Row:
    """A condition: one of these values."""
    return {"type": "in", "attribute": attribute, "value": list(values)}


def contains(attribute: str, value: str) -> Row:
    """A condition: with this text somewhere."""
    return {"type": "contains", "attribute": attribute, "value": value}


def empty(attribute: str) -> Row:
    """A condition: without a value."""
    return {"type": "isNull", "attribute": attribute}


def either(*conditions: Row) -> Row:
    """Any one of the conditions."""
    return {"type": "or", "value": list(conditions)}
