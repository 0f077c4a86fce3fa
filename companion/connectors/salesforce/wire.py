"""Salesforce's REST calls: where they go, what they cost, and many of them in one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote

from msgspec import Struct

from companion.connectors.base import ApiSunset, Budget, RateLimited, SignInNeeded, Unreachable
from companion.connectors.http import Answer, Doubtful
from companion.connectors.salesforce.refusal import API, Refusal, problems_of
from companion.connectors.tokens import Signed
from companion.domain.account import Account
from companion.domain.language import said, sentence

Row = dict[str, Any]

SHARE: Final = 0.7
"""Of the company's calls of a day: when so many are used, by whomever, Companion stops asking."""
ASKS_AGAIN_S: Final = 900.0
HEAVY: Final = 5
"""Queries and collections that one composite call may hold; of all together 25."""
_USAGE: Final = re.compile(r"(?<![\w-])api-usage=(\d{1,12})/(\d{1,12})")
_ACCEPT: Final = "json"


class ShareUsedUp(RateLimited):
    """The company has used so much of its day that the rest is left to others."""

    title = said(sentence("Salesforce is nearly out of calls for today"))
    advice = said(
        sentence(
            "Your company has used 70 % of the calls that it may make in a day. Companion leaves the rest to others, "
            "keeps your changes here and goes on by itself."
        )
    )


class Part(Struct, frozen=True):
    """One request inside a composite call. `path` begins after the version, as in '/query?q=…'."""

    method: str
    path: str
    body: object = None
    headers: Mapping[str, str] = {}
    name: str = ""


class Outcome(Struct, frozen=True):
    """How one part ended."""

    status: int
    body: Any

    @property
    def ok(self) -> bool:
        """Whether it took effect."""
        return 200 <= self.status < 300

    @property
    def refusal(self) -> Refusal:
        """Why it did not."""
        return Refusal(self.status, problems_of(self.body))

    @property
    def halted(self) -> bool:
        """Whether it was not tried, because of another part."""
        return any(each.code == "PROCESSING_HALTED" for each in problems_of(self.body))


class Wire:
    """Calls to one org. `wall` is in seconds since 1970 by this computer's clock."""

    def __init__(self, calls: Signed, account: Account, wall: Callable[[], float]) -> None:
        self._calls, self._account, self.wall = calls, account, wall
        self._clock: tuple[float, float] | None = None
        self._used: tuple[int, int] | None = None
        self._asked_at: float | None = None

    @property
    def now(self) -> int:
        """The org's own time, as told by its latest answer and what has passed here since."""
        if self._clock is None:
            self.get("/limits")
        server, here = self._clock or (self.wall(), self.wall())
        return int(server + max(0.0, self.wall() - here))

    @property
    def told_time(self) -> float | None:
        """The org's clock at its latest answer."""
        return None if self._clock is None else self._clock[0]

    def budget(self) -> Budget:
        """What is left until Companion stops by itself."""
        if self._used is None:
            return Budget()
        used, allowed = self._used
        return Budget(max(0, int(allowed * SHARE) - used))

    def get(self, path: str) -> Any:
        """What lies at a path after the version. Raises Refusal."""
        return self._value(self._read("GET", f"/services/data/{API}{path}"))

    def about_me(self) -> Row:
        """Who the session belongs to. Raises SignInNeeded where the token is not one for this."""
        answer = self._read("GET", "/services/oauth2/userinfo", accept="")
        if answer.status == 403 and b"Bad_OAuth_Token" in answer.body:
            raise SignInNeeded("a token that Salesforce does not know")
        found = self._value(answer)
        if not isinstance(found, dict):
            raise Unreachable("userinfo is no object")
        return found

    def blob(self, path: str) -> bytes:
        """The contents of a base64 field. Raises Refusal."""
        answer = self._read("GET", f"/services/data/{API}{path}", accept="")
        if not answer.ok:
            raise Refusal(answer.status, problems_of(answer.json()))
        if "json" in answer.headers.get("content-type", ""):
            raise Unreachable("not the contents of a field")
        return answer.body

    def pages(self, found: Row) -> Iterator[list[Row]]:
        """The rows of a query's answer page by page: Salesforce cuts it at 2,000, or before where its rows are wide.

        Raises Refusal.
        """
        yield list(found["records"])
        asked: set[str] = set()
        while not found["done"]:
            url = str(found.get("nextRecordsUrl") or "")
            if url in asked:
                raise Unreachable("the same rows would come for ever")
            asked.add(url)
            found = result(self._value(self._read("GET", url)))
            yield list(found["records"])

    def whole(self, found: Row) -> list[Row]:
        """All rows of a query's answer. Raises Refusal."""
        return [row for page in self.pages(found) for row in page]

    def rows(self, statement: str) -> list[Row]:
        """All rows of a statement. Raises Refusal."""
        return self.whole(self.queries([statement])[0])

    def queries(self, statements: Sequence[str]) -> list[Row]:
        """The first rows of each statement, deleted ones too; one call for every five. Raises Refusal."""
        found: list[Row] = []
        for start in range(0, len(statements), HEAVY):
            some = statements[start : start + HEAVY]
            if len(some) == 1:
                found.append(result(self.get(query_path(some[0]))))
                continue
            for outcome in self.composite([Part("GET", query_path(each)) for each in some]):
                if not outcome.ok:
                    raise outcome.refusal
                found.append(result(outcome.body))
        return found

    def composite(
        self,
        parts: Sequence[Part],
        *,
        writes: bool = False,
        as_one: bool = False,
        headers: Mapping[str, str] | None = None,
    ) -> list[Outcome]:
        """All parts in one call, in order. With `as_one` all take effect or none. Raises Refusal, and as Client."""
        asked = [_asked(each, number) for number, each in enumerate(parts)]
        # In one after the other: what reads back must come after what wrote.
        body = {"allOrNone": as_one, "collateSubrequests": not writes, "compositeRequest": asked}
        path = f"/services/data/{API}/composite"
        answer = self._write("POST", path, body, headers) if writes else self._read("POST", path, body)
        found = self._value(answer)
        told = found.get("compositeResponse") if isinstance(found, dict) else None
        if not isinstance(told, list) or not all(isinstance(each, dict) for each in told):
            raise Doubtful("no composite answer") if writes else Unreachable("no composite answer")
        by_name = {str(each.get("referenceId")): each for each in told}
        missing = Outcome(0, None)
        return [_outcome(by_name.get(each["referenceId"]), missing) for each in asked]

    def _read(self, method: str, path: str, body: object = None, *, accept: str = _ACCEPT) -> Answer:
        self._within_the_share()
        return self._heard(self._calls.read(method, self._at(path), json=body, accept=accept))

    def _write(self, method: str, path: str, body: object, headers: Mapping[str, str] | None) -> Answer:
        self._within_the_share()
        return self._heard(self._calls.write(method, self._at(path), json=body, headers=headers, accept=_ACCEPT))

    def _at(self, path: str) -> str:
        """The token says where calls go; an org that was moved says another place when it is renewed."""
        if not path.startswith("/services/"):
            raise Unreachable("a path that leads elsewhere")
        return f"{(self._calls.tokens.url or self._account.url).rstrip('/')}{path}"

    def _within_the_share(self) -> None:
        if self._used is None or self._used[0] < self._used[1] * SHARE:
            return
        waited = abs(self.wall() - (self._asked_at or 0.0))
        if waited < ASKS_AGAIN_S:
            raise ShareUsedUp("70 % of the day’s calls are used", after_s=ASKS_AGAIN_S - waited)

    def _heard(self, answer: Answer) -> Answer:
        if answer.date is not None:
            self._clock = (answer.date, self.wall())
        usage = _USAGE.search(answer.headers.get("sforce-limit-info", ""))
        if usage is not None and int(usage[2]) > 0:
            self._used, self._asked_at = (int(usage[1]), int(usage[2])), self.wall()
        return answer

    def _value(self, answer: Answer) -> Any:
        if answer.ok:
            return answer.json() if answer.body else None
        if answer.status == 404 and "json" not in answer.headers.get("content-type", ""):
            raise ApiSunset(f"no {API} there")
        raise Refusal(answer.status, problems_of(answer.json()))


def query_path(statement: str) -> str:
    """Where a statement is asked, with deleted and archived rows. References to other parts stay readable."""
    return f"/queryAll?q={quote(statement, safe='@{}[]')}"


def result(found: object) -> Row:
    """A query's answer; raises Unreachable where it is not one, since "no rows" is the most harmful wrong answer."""
    if (
        not isinstance(found, dict)
        or not isinstance(found.get("records"), list)
        or not isinstance(found.get("done"), bool)
        or not all(isinstance(row, dict) and isinstance(row.get("Id"), str) for row in found["records"])
    ):
        raise Unreachable("not the answer of a query, or one with records without an id")
    return found


def _asked(part: Part, number: int) -> Row:
    asked: Row = {
        "method": part.method,
        "url": f"/services/data/{API}{part.path}",
        "referenceId": part.name or f"part{number}",
    }
    if part.body is not None:
        asked["body"] = part.body
    if part.headers:
        asked["httpHeaders"] = dict(part.headers)
    return asked


def _outcome(told: Row | None, missing: Outcome) -> Outcome:
    status = (told or {}).get("httpStatusCode")
    return missing if told is None or not isinstance(status, int) else Outcome(status, told.get("body"))
