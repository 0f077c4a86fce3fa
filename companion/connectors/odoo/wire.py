"""The two ways to call an Odoo server: JSON-2 from 19 on, JSON-RPC before; and what its refusals mean.

Every answer that is an error carries a `debug` text with a traceback of the server. It is dropped here, at the door.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, Protocol

from companion.connectors import trouble
from companion.connectors.base import SignInNeeded, Unreachable
from companion.connectors.http import Answer, Client, Doubtful
from companion.domain.language import tr

Row = dict[str, Any]

_BUSY: Final = {
    "ConcurrencyError",
    "DeadlockDetected",
    "LockNotAvailable",
    "OperationalError",
    "SerializationFailure",
    "TransactionRollbackError",
}
_SIGNED_OUT: Final = {"AccessDenied", "SessionExpiredException"}
_FOR_PEOPLE: Final = {"AccessError", "MissingError", "RedirectWarning", "UserError", "ValidationError"}
_LONGEST_WORDS: Final = 600


class Refusal(Exception):
    """Odoo answered no and rolled its transaction back. `name` is the error's bare class, `words` are for the rep."""

    def __init__(self, name: str, words: str) -> None:
        super().__init__(f"refused: {name}")
        self.name = name
        self.message = words
        self.words = (
            words
            if name in _FOR_PEOPLE
            else tr("Odoo could not do this ({name}): {words}", name=name, words=_first_line(words))
        )

    @property
    def denied(self) -> bool:
        """Whether the user has no right to do it."""
        return self.name in ("AccessError", "Forbidden")

    @property
    def missing(self) -> bool:
        """Whether a record is gone."""
        return self.name == "MissingError"

    @property
    def busy(self) -> bool:
        """Whether somebody else held the record: the same request may pass in a moment."""
        return self.name in _BUSY


class Wire(Protocol):
    """Calls a model's method. Both raise Refusal for a definite no; `write` raises Doubtful where nobody can tell."""

    @property
    def server_time(self) -> float | None:
        """The server's clock at its latest answer, seconds since 1970."""

    def read(self, model: str, method: str, ids: Sequence[int] | None = None, **arguments: object) -> Any:
        """Calls a method that changes nothing."""

    def write(self, model: str, method: str, ids: Sequence[int] | None = None, **arguments: object) -> Any:
        """Calls a method that changes something, in one transaction of its own."""


class Json2:
    """`POST /json/2/<model>/<method>` with named arguments: Odoo 19 and later."""

    def __init__(self, http: Client, url: str, database: str, key: str) -> None:
        self._http, self._url = http, url
        self._headers = {"Authorization": f"bearer {key}", "X-Odoo-Database": database}
        self.server_time: float | None = None

    def read(self, model: str, method: str, ids: Sequence[int] | None = None, **arguments: object) -> Any:
        """See Wire."""
        url, body = self._request(model, method, ids, arguments)
        return self._verdict(self._http.read("POST", url, headers=self._headers, json=body), url)

    def write(self, model: str, method: str, ids: Sequence[int] | None = None, **arguments: object) -> Any:
        """See Wire."""
        url, body = self._request(model, method, ids, arguments)
        return self._verdict(self._http.write("POST", url, headers=self._headers, json=body), url)

    def _request(
        self, model: str, method: str, ids: Sequence[int] | None, arguments: dict[str, object]
    ) -> tuple[str, dict[str, object]]:
        body = arguments if ids is None else {"ids": list(ids), **arguments}
        return f"{self._url}/json/2/{model}/{method}", body

    def _verdict(self, answer: Answer, url: str) -> Any:
        self.server_time = answer.date or self.server_time
        if answer.ok:
            return answer.json()
        raise _refusal(_envelope(answer, url), answer)


class JsonRpc:
    """`POST /jsonrpc` with positional arguments: Odoo 16 to 18 (and 19 to 21, where it is on its way out)."""

    def __init__(self, http: Client, url: str, database: str, user: int, key: str) -> None:
        self._http, self._url = http, f"{url}/jsonrpc"
        self._who = [database, user, key]
        self.server_time: float | None = None

    def read(self, model: str, method: str, ids: Sequence[int] | None = None, **arguments: object) -> Any:
        """See Wire."""
        body = self._request(model, method, ids, arguments)
        return self._verdict(self._http.read("POST", self._url, json=body))

    def write(self, model: str, method: str, ids: Sequence[int] | None = None, **arguments: object) -> Any:
        """See Wire."""
        body = self._request(model, method, ids, arguments)
        return self._verdict(self._http.write("POST", self._url, json=body))

    def _request(
        self, model: str, method: str, ids: Sequence[int] | None, arguments: dict[str, object]
    ) -> dict[str, object]:
        positional: list[object] = [] if ids is None else [list(ids)]
        if method in ("search", "search_count"):  # the name of this argument was `args` up to 16
            positional.append(arguments.pop("domain"))
        if method == "create":  # never by name there
            positional.append(arguments.pop("vals_list"))
        return envelope("object", "execute_kw", [*self._who, model, method, positional, arguments])

    def _verdict(self, answer: Answer) -> Any:
        self.server_time = answer.date or self.server_time
        return rpc_result(answer, self._url)


def envelope(service: str, method: str, arguments: Sequence[object]) -> dict[str, object]:
    """A JSON-RPC request."""
    params = {"service": service, "method": method, "args": list(arguments)}
    return {"jsonrpc": "2.0", "method": "call", "id": 1, "params": params}


def rpc_result(answer: Answer, url: str) -> Any:
    """What a JSON-RPC answer says: a refusal comes as HTTP 200 too, and a result of None is left out of the answer."""
    body = answer.json() if answer.ok else _envelope(answer, url)
    if not isinstance(body, dict) or "jsonrpc" not in body:
        raise _doubt(answer, "not the answer of an Odoo server")
    if (error := body.get("error")) is not None:
        raise _refusal(error.get("data") if isinstance(error, dict) else None, answer)
    return body.get("result")


def _envelope(answer: Answer, url: str) -> object:
    """The JSON of an error; a web page is no answer of Odoo's API, so surely nothing was done."""
    if "json" not in answer.headers.get("content-type", ""):
        if answer.status in (400, 403, 404, 405):
            raise trouble.web_page(url)
        raise _doubt(answer, f"answered {answer.status}")
    return answer.json()


def _refusal(error: object, answer: Answer) -> Exception:
    if not isinstance(error, dict) or not isinstance(error.get("name"), str):
        return _doubt(answer, f"answered {answer.status} without a reason")
    name = error["name"].rpartition(".")[2]
    if name in _SIGNED_OUT:
        return SignInNeeded("the key is not accepted")
    message = error.get("message")
    return Refusal(name, message[:_LONGEST_WORDS].strip() if isinstance(message, str) else "")


def _doubt(answer: Answer, why: str) -> Exception:
    return Doubtful(why) if answer.to_write else Unreachable(why)


def _first_line(words: str) -> str:
    return words.strip().partition("\n")[0][:200]
