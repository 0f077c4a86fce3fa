"""Calls to a Tryton server: its envelope, its coded values, its session, and its errors, which come as HTTP 200."""

from __future__ import annotations

import contextlib
from base64 import b64encode
from collections.abc import Mapping
from typing import Any, Final

from msgspec import Struct

from companion.connectors import strange
from companion.connectors.base import ConnectorError, SignInNeeded, Unreachable
from companion.connectors.http import Answer, Client, Doubtful
from companion.domain.language import tr

Row = dict[str, Any]
"""A record as Tryton sends it."""

STALE: Final = "ConcurrencyException"
ASKS_MORE: Final = "LoginException"
_WARNING: Final = "UserWarning"


class Refused(Exception):
    """Tryton rolled the call back and says why; nothing took effect. `words` are for a person."""

    def __init__(self, name: str, words: str) -> None:
        super().__init__(f"{name}: {words}"[:200])
        self.name = name
        self.words = words


class Place(Struct, frozen=True):
    """Where a database is served: `url` is the server's base, `series` its version such as '8.2'."""

    url: str
    database: str
    series: str

    @property
    def endpoint(self) -> str:
        """Up to 7.8 a database answered at its own path, from 8.0 on below it."""
        path = f"{self.url}/{self.database}/"
        return path + "rpc/" if int(self.series.split(".")[0]) >= 8 else path


class Session(Struct, frozen=True):
    """A sign-in: `context` goes along with each call, `header` proves who we are."""

    place: Place
    user: str
    uid: int
    header: str
    context: Mapping[str, Any]


class Rpc:
    """A session with one database. Signs in anew, once, when the server has forgotten the session."""

    def __init__(self, client: Client, password: str, session: Session) -> None:
        self._client = client
        self._place = session.place
        self._user = session.user
        self._password = password
        self._session: Session | None = session
        self._refused: SignInNeeded | None = None
        self.server_time = 0.0
        """The server's clock at its last answer, in seconds since 1970."""

    @property
    def session(self) -> Session:
        """The session; a new one where the server has forgotten the last. Raises SignInNeeded."""
        if self._refused is not None:
            raise self._refused  # a password that was refused once is not tried again: the fifth time locks the door
        if self._session is None:
            try:
                self._session = log_in(self._client, self._place, self._user, self._password)
            except SignInNeeded as error:
                self._refused = error
                raise
        return self._session

    def log_out(self) -> None:
        """Ends the session on the server, if there is one; one that can't be reached forgets it by itself."""
        session, self._session = self._session, None
        if session is not None:
            body = _envelope("common.db.logout")
            with contextlib.suppress(ConnectorError, Refused):
                result(
                    self._client.read(
                        "POST", self._place.endpoint, headers={"Authorization": session.header}, json=body
                    )
                )

    def read(self, method: str, *params: object, **context: object) -> Any:
        """The result of a call that changes nothing; its context, with `context` added, is the last parameter."""
        return self._call("read", method, params, context)

    def write(self, method: str, *params: object, **context: object) -> Any:
        """The result of a call that changes something; raises Doubtful where no answer tells whether it did."""
        return self._call("write", method, params, context)

    def rows(
        self, model: str, domain: object, fields: list[str], *, limit: int | None = None, **context: object
    ) -> list[Row]:
        """Records by id, archived ones too."""
        order = [["id", "ASC"]]
        found = strange.rows(
            self.read(f"model.{model}.search_read", domain, 0, limit, order, fields, active_test=False, **context)
        )
        if isinstance(domain, list):
            strange.as_asked(domain, [row["id"] for row in found])
        return found

    def ids(self, model: str, domain: object, *, limit: int | None = None, **context: object) -> list[int]:
        """The ids of records in their order, archived ones too unless the context says otherwise."""
        context = {"active_test": False, **context}
        found = self.read(f"model.{model}.search", domain, 0, limit, [["id", "ASC"]], **context)
        if not isinstance(found, list) or not all(type(each) is int for each in found):
            raise Unreachable("ids that are none")
        if isinstance(domain, list):
            strange.as_asked(domain, found)
        return found

    def _call(self, how: str, method: str, params: tuple[object, ...], context: Mapping[str, object]) -> Any:
        try:
            return self._once(how, method, params, context)
        except SignInNeeded:
            self._session = None  # the server refuses before it looks at the call, so a write may be sent again
            return self._once(how, method, params, context)

    def _once(self, how: str, method: str, params: tuple[object, ...], context: Mapping[str, object]) -> Any:
        session = self.session
        body = {"id": 1, "method": method, "params": [*params, {**session.context, **context}]}
        send = self._client.write if how == "write" else self._client.read
        answer = send("POST", self._place.endpoint, headers={"Authorization": session.header}, json=body)
        if answer.date is not None:
            self.server_time = answer.date
        return result(answer)


def log_in(client: Client, place: Place, user: str, password: str) -> Session:
    """A new session; raises SignInNeeded for a wrong password, RateLimited after five of them."""
    with strange.reading():
        return _logged_in(client, place, user, password)


def _logged_in(client: Client, place: Place, user: str, password: str) -> Session:
    answer = client.read("POST", place.endpoint, json=_envelope("common.db.login", user, {"password": password}, "en"))
    try:
        uid, token, *_ = result(answer)
    except Refused as error:
        if error.name == ASKS_MORE:
            raise SignInNeeded("asks for more than a password", advice=_more_than_a_password(error.words)) from error
        raise SignInNeeded("sign-in refused") from error
    secret = b64encode(f"{user}:{uid}:{token}".encode()).decode()
    session = Session(place, user, int(uid), f"Session {secret}", {})
    body = _envelope("model.res.user.get_preferences", True, {})
    told = result(client.read("POST", place.endpoint, headers={"Authorization": session.header}, json=body))
    names = ("company", "companies", "company_filter", "employee", "employees", "language")
    context = {name: told[name] for name in names if name in told}
    return Session(place, user, session.uid, session.header, context)


def result(answer: Answer) -> Any:
    """What a call returned. Raises Refused for Tryton's errors, Unreachable or Doubtful where it is no such answer."""
    told = answer.json() if "json" in answer.headers.get("content-type", "") else None
    if isinstance(told, dict):
        error = told.get("error")
        if isinstance(error, list) and error:
            raise _refusal(error)
        if answer.ok and "result" in told:
            return told["result"]
    if answer.status in (400, 403, 405, 413):
        raise Refused(f"HTTP {answer.status}", tr("Tryton does not allow this (HTTP {status}).", status=answer.status))
    why = f"no answer of Tryton’s (HTTP {answer.status})"
    raise Doubtful(why) if answer.to_write else Unreachable(why)


def _refusal(error: list[object]) -> Refused:
    """Out of `["UserError", [message, description, domain]]`, `[STALE, message]` or `[message, traceback]`."""
    name = error[0] if isinstance(error[0], str) else ""
    more = error[1] if len(error) > 1 else ""
    if isinstance(more, list):
        texts = [part for part in more if isinstance(part, str) and part.strip()]
        if name in (_WARNING, ASKS_MORE):
            texts = texts[1:]  # the first is a key
        return Refused(name, " ".join(texts[:2]) or tr("Tryton refused it."))
    if name == STALE:
        return Refused(name, str(more))
    # A fault in the server: the second part may be a traceback, which is nobody's business.
    return Refused("fault", f"Tryton failed: {name[:200]}")


def _envelope(method: str, *params: object) -> dict[str, object]:
    return {"id": 1, "method": method, "params": list(params)}


def _more_than_a_password(words: str) -> str:
    return tr(
        "Tryton asks: “{words}”. Companion can sign in with a password only; ask your administrator.", words=words[:100]
    )
