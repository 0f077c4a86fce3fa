"""What Salesforce's refusals mean: its lists of errors, as answers, inside a composite, and of one row of many."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from msgspec import Struct

from companion.connectors.base import (
    ApiSunset,
    ConnectorError,
    Misconfigured,
    RateLimited,
    ScopeDenied,
    SignInNeeded,
    Unreachable,
)
from companion.domain.language import said, sentence, tr

API: Final = "v67.0"
"""The version that every call names: Summer '26."""

SUNSET: Final = ""
"""When Salesforce ends it, as YYYY-MM-DD; '' as it has not said so: a version lives three years at least."""

_LONGEST_WORDS: Final = 600
_DAY_PAUSE_S: Final = 3600.0
_CROWD_PAUSE_S: Final = 30.0
_SHORT_PAUSE_S: Final = 5.0
_LIMIT: Final = {"REQUEST_LIMIT_EXCEEDED"}
_ID: Final = re.compile(r"\b[A-Za-z0-9]{15}(?:[A-Za-z0-9]{3})?\b")

_BUSY: Final = {
    "UNABLE_TO_LOCK_ROW", "SERVER_UNAVAILABLE", "QUERY_TIMEOUT", "UNKNOWN_EXCEPTION_RETRY", "REQUEST_RUNNING_TOO_LONG",
}  # fmt: skip
_GONE: Final = {"ENTITY_IS_DELETED", "NOT_FOUND", "INVALID_CROSS_REFERENCE_KEY_TARGET"}
_DENIED: Final = {
    "INVALID_TYPE", "INSUFFICIENT_ACCESS", "INSUFFICIENT_ACCESS_OR_READONLY",
    "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY", "FUNCTIONALITY_NOT_ENABLED",
}  # fmt: skip
_SIGNED_OUT: Final = {"INVALID_SESSION_ID", "INVALID_AUTH_HEADER", "INVALID_SESSION"}


class DayUsedUp(RateLimited):
    """Salesforce answers nobody of this company until calls of the last 24 hours fall out of the count."""

    title = said(sentence("Your company’s Salesforce calls of the day are used up"))
    advice = said(
        sentence(
            "Salesforce counts the calls of all apps together. Companion goes on by itself when there is room again."
        )
    )


class Problem(Struct, frozen=True):
    """One error: its code, its words, the fields it names, and the record that is already there."""

    code: str
    words: str
    fields: tuple[str, ...] = ()
    existing: str | None = None


class Refusal(Exception):
    """A definite no. Nothing of the request, or of this part of it, took effect."""

    def __init__(self, status: int, problems: tuple[Problem, ...]) -> None:
        super().__init__(f"refused: {status} {', '.join(each.code for each in problems)}")
        self.status, self.problems = status, problems

    def has(self, codes: set[str]) -> bool:
        """Whether one of the codes is among the errors."""
        return any(each.code in codes for each in self.problems)

    @property
    def gone(self) -> bool:
        """Whether the record is no more."""
        return self.has(_GONE)

    @property
    def busy(self) -> bool:
        """Whether the same request may pass in a moment."""
        return self.has(_BUSY)

    @property
    def denied(self) -> bool:
        """Whether this user has no right to it."""
        return self.has(_DENIED) or (self.status == 403 and not self.busy)

    @property
    def stale(self) -> bool:
        """Whether a guard (If-Unmodified-Since) found the record changed."""
        return self.status == 412

    @property
    def crowded(self) -> bool:
        """Whether the company asks too much at once, which passes in seconds: the code is that of a day's limit."""
        return any(each.code in _LIMIT and each.words.startswith("Concurrent") for each in self.problems)

    def for_reading(self) -> ConnectorError:
        """The same as what stops a read."""
        if self.crowded:
            return RateLimited("the company asks too much at once", after_s=_CROWD_PAUSE_S)
        if self.has(_LIMIT):
            return DayUsedUp("the calls of the day are used up", after_s=_DAY_PAUSE_S)
        if self.has(_SIGNED_OUT) or self.status == 401:
            return SignInNeeded("the session is no longer accepted")
        if self.has({"API_DISABLED_FOR_ORG"}):
            return Misconfigured("no API", title=tr("This Salesforce edition has no API"), advice=_no_api())
        if self.has({"UNSUPPORTED_API_VERSION"}):
            return ApiSunset(f"no {API}")
        if self.denied or self.has({"NOT_FOUND"}):
            return ScopeDenied(str(self))
        return Unreachable(str(self))

    @property
    def pause_s(self) -> float:
        """How long to wait before a write is tried again."""
        if self.crowded:
            return _CROWD_PAUSE_S
        return _DAY_PAUSE_S if self.has(_LIMIT) else _SHORT_PAUSE_S


def problems_of(body: object) -> tuple[Problem, ...]:
    """The errors in an answer, or of one row in a collection's answer."""
    found = body.get("errors", [body]) if isinstance(body, dict) else body
    told = [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []
    return tuple(_problem(each) for each in told) or (Problem("UNKNOWN", tr("Salesforce refused it without a word")),)


def _problem(told: dict[str, Any]) -> Problem:
    code = str(told.get("errorCode") or told.get("statusCode") or told.get("error") or "UNKNOWN")
    words = str(told.get("message") or told.get("error_description") or "").strip()[:_LONGEST_WORDS]
    names = told.get("fields")
    fields = tuple(str(each) for each in names) if isinstance(names, list) else ()
    existing = next(_matched(told), None)
    if existing is None and code in ("DUPLICATE_VALUE", "DUPLICATES_DETECTED"):
        existing = next(iter(_ID.findall(words)), None)
    return Problem(code, words or tr("Salesforce refused it without a word"), fields, existing)


def _matched(told: object, depth: int = 0) -> Iterator[str]:
    """The ids of the records that a duplicate rule found, however deep they lie."""
    if depth > 8:
        return
    if isinstance(told, dict):
        record = told.get("record")
        if isinstance(record, dict) and isinstance(record.get("Id"), str):
            yield record["Id"]
        for each in told.values():
            yield from _matched(each, depth + 1)
    elif isinstance(told, list):
        for each in told:
            yield from _matched(each, depth + 1)


def _no_api() -> str:
    return tr("Ask your administrator: Professional edition can have API access as an addition.")
