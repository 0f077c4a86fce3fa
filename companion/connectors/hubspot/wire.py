"""HubSpot's HTTP: one dated version in every path, what its refusals mean, and what is left of its limits.

In an error every field is optional. What can be told apart: a limit by `policyName`, a missing right by the status, and
the fields that were not valid by a list that stands as JSON inside the message.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any, Final

from msgspec import Struct

from companion.connectors import payload, trouble
from companion.connectors.base import Budget, RateLimited, Unreachable
from companion.connectors.http import Answer, Doubtful, Params
from companion.connectors.tokens import Signed
from companion.domain.language import tr

VERSION: Final = "2026-09"
"""The version in every path."""

SUNSET: Final = "2028-03-08"
"""When HubSpot ends its support for VERSION: 18 months after it came out, on 8 September 2026."""

HOST: Final = "https://api.hubapi.com"

Row = dict[str, Any]

_PAUSES: Final = {"SECONDLY": 1.0, "TEN_SECONDLY_ROLLING": 10.0}
_LOCKED: Final = 423
_LONGEST_WORDS: Final = 600
_NOT_VALID: Final = re.compile(r"Property values were not valid: (\[.*\])", re.DOTALL)
_EXISTING: Final = re.compile(r"Existing ID: ?([0-9]+)", re.IGNORECASE)


class Fault(Struct, frozen=True):
    """One thing that was wrong: in words, with HubSpot's name of the field if it names one."""

    words: str
    field: str | None = None


class Refusal(Exception):
    """HubSpot answered no, and surely did nothing. `category` is its own word for the kind of no, '' if it has none."""

    def __init__(self, status: int, category: str, faults: tuple[Fault, ...], existing_id: str | None = None) -> None:
        super().__init__(f"refused: {status} {category}")
        self.status, self.category, self.faults, self.existing_id = status, category, faults, existing_id

    @property
    def denied(self) -> bool:
        """Whether the token or its user has no right to do it."""
        return self.status == 403

    @property
    def missing(self) -> bool:
        """Whether there is no such record."""
        return self.status == 404

    @property
    def busy(self) -> bool:
        """Whether somebody else held the record: the same request may pass in a moment."""
        return self.status == _LOCKED

    @property
    def unknown_field(self) -> bool:
        """Whether a field that was sent is not there (any more)."""
        return any("does not exist" in fault.words for fault in self.faults)


class Failed(Doubtful):
    """HubSpot itself said that it failed: nobody knows how far it came."""


class Wire:
    """Calls HubSpot. `wall` is in seconds since 1970, and stands in until the server told its own time."""

    def __init__(self, calls: Signed, url: str, wall: Callable[[], float]) -> None:
        self._calls, self._url, self._wall = calls, url.rstrip("/") or HOST, wall
        self.server_time: float | None = None
        self._heard_at = 0.0
        self.zone: tzinfo = UTC
        self._left: int | None = None
        self._left_today: int | None = None
        self._interval_s = 10.0

    @property
    def now(self) -> float | None:
        """The server's time: what it last said and what has passed since; None before it said anything."""
        return None if self.server_time is None else self.server_time + max(0.0, self._wall() - self._heard_at)

    def get(self, path: str, params: Params | None = None) -> Row:
        """What stands at a path."""
        return self._verdict(self._called(lambda: self._calls.read("GET", self._url + path, params=params)))

    def ask(self, path: str, body: object) -> Row:
        """A question that needs a body and changes nothing."""
        return self._verdict(self._called(lambda: self._calls.read("POST", self._url + path, json=body)))

    def write(self, method: str, path: str, body: object = None) -> Row:
        """Changes something. Raises Refusal for a definite no, Doubtful where nobody can tell."""
        return self._verdict(self._called(lambda: self._calls.write(method, self._url + path, json=body)))

    @property
    def token(self) -> str:
        """The access token in use."""
        return self._calls.tokens.access

    def budget(self) -> Budget:
        """What is left of the day, or where HubSpot doesn't tell that, of the ten seconds."""
        if self._left_today is not None:
            return Budget(self._left_today, self._until_midnight())
        return Budget(self._left, None if self._left is None else self._interval_s)

    def close(self) -> None:
        """Closes the connections."""
        self._calls.close()

    def _called(self, call: Callable[[], Answer]) -> Answer:
        try:
            answer = call()
        except RateLimited as error:
            raise self._limited(error) from error
        if answer.date is not None:
            self.server_time, self._heard_at = answer.date, self._wall()
        self._count(answer.headers)
        return answer

    def _limited(self, error: RateLimited) -> RateLimited:
        """The same with the time that the limit's name implies: HubSpot names none itself."""
        if not error.body:
            return error
        policy = str(_envelope(error.body).get("policyName") or "").upper()
        if policy == "DAILY":
            self._left_today = 0
            return RateLimited("the account’s calls of this day are used up", after_s=self._until_midnight())
        return RateLimited(str(error), after_s=_PAUSES.get(policy, error.after_s))

    def _count(self, headers: Mapping[str, str]) -> None:
        """Answers to searches carry none of these."""
        for name, attribute in (("remaining", "_left"), ("daily-remaining", "_left_today")):
            told = headers.get(f"x-hubspot-ratelimit-{name}", "")
            if told.isascii() and told.isdigit():
                setattr(self, attribute, int(told[:12]))
        interval = headers.get("x-hubspot-ratelimit-interval-milliseconds", "")
        if interval.isascii() and interval.isdigit():
            self._interval_s = int(interval[:9]) / 1000

    def _until_midnight(self) -> float:
        """Seconds until the account's day ends."""
        now = datetime.fromtimestamp(self.server_time or self._wall(), self.zone)
        midnight = (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
        return max(60.0, (midnight.astimezone(UTC) - now.astimezone(UTC)).total_seconds())

    def _verdict(self, answer: Answer) -> Row:
        if answer.status == 204:
            return {}
        if answer.ok:
            found = answer.json()
            if isinstance(found, list):
                return {"results": found}
            if not isinstance(found, dict) or not found:
                raise _doubt(answer, "not the answer of HubSpot")
            return found
        if "json" not in answer.headers.get("content-type", ""):
            raise (
                trouble.web_page(self._url)
                if answer.status in (403, 404)
                else _doubt(answer, f"answered {answer.status}")
            )
        if answer.status >= 500:
            raise Failed(f"answered {answer.status}") if answer.to_write else Unreachable(f"answered {answer.status}")
        raise refusal(answer.status, _envelope(answer.body))


def refusal(status: int, error: Row) -> Refusal:
    """What an error of HubSpot's says: the answer's own, or one of a batch's."""
    message = str(error.get("message") or "")
    existing = _EXISTING.search(message)
    return Refusal(
        status, str(error.get("category") or ""), tuple(_faults(error, message)), existing[1] if existing else None
    )


def _faults(error: Row, message: str) -> list[Fault]:
    listed = [_of_list(each) for each in _not_valid(message)]
    details = error.get("errors")
    told = [_of_detail(each) for each in details if isinstance(each, dict)] if isinstance(details, list) else []
    words = _NOT_VALID.sub("", message).strip()
    found = [fault for fault in (*listed, *told) if fault.words]
    if not found:
        found = [Fault(words[:_LONGEST_WORDS] or tr("HubSpot refused it without a word"), _named(error.get("context")))]
    return list(dict.fromkeys(found))


def _not_valid(message: str) -> list[Row]:
    """The fields that were not valid, out of the words of a message."""
    found = _NOT_VALID.search(message)
    try:
        rows = json.loads(found[1]) if found else []
    except (ValueError, RecursionError):
        return []
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _of_list(row: Row) -> Fault:
    words = str(row.get("localizedErrorMessage") or row.get("message") or "")
    return Fault(words[:_LONGEST_WORDS].strip(), str(row["name"]) if row.get("name") else None)


def _of_detail(row: Row) -> Fault:
    field = _named(row.get("context")) or (str(row["in"]) if row.get("in") else None)
    return Fault(str(row.get("message") or "")[:_LONGEST_WORDS].strip(), field)


def _named(context: object) -> str | None:
    """The field that an error's context names."""
    names = context.get("propertyName") if isinstance(context, dict) else None
    if isinstance(names, list):
        names = next(iter(names), None)
    return names if isinstance(names, str) else None


def _envelope(body: bytes) -> Row:
    try:
        found = payload.decode(body)
    except payload.Unreadable:
        return {}
    return found if isinstance(found, dict) else {}


def _doubt(answer: Answer, why: str) -> Exception:
    return Doubtful(why) if answer.to_write else Unreachable(why)
