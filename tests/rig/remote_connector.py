"""The way to a demo CRM in another process: the demo's connector over the real HTTP client of all connectors.

`remote_connector("http://127.0.0.1:4711", "U1")` is a Connector. Each request of it is one HTTP request, so whatever
becomes of that (refused, cut, doubled, late) becomes what it would be with a real CRM.
"""

from __future__ import annotations

import inspect
import ssl
import time
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, cast, get_type_hints

import msgspec

from companion.connectors.base import RateLimited, SignInNeeded, Unreachable
from companion.connectors.demo.connector import DemoConnector
from companion.connectors.demo.server import Server
from companion.connectors.demo.switches import DemoSwitches
from companion.connectors.demo.wire import AnswerLost, NotSent, Refusal, Wire, straight
from companion.connectors.http import Answer, Client, Doubtful, Timeouts
from tests.rig.crm_server import Traits

PATIENCE = Timeouts(connect=2.0, packet=5.0, whole=10.0)
WRITES = frozenset({"write"})


class RemoteCrm:
    """Stands where the embedded CRM would: its methods are requests. Raises what a `Wire` may raise."""

    def __init__(self, client: Client, url: str) -> None:
        self.client, self.url = client, url
        self.tenant = ""
        self.switches = DemoSwitches()
        self._ahead_s = 0.0

    def clock(self) -> float:
        """The CRM's own time, as far as we know it."""
        return time.time() + self._ahead_s

    def who_am_i(self, user: str) -> Any:
        """Who `user` is, and what kind of CRM this is."""
        traits: Traits = self.ask("traits", {}, Traits)
        self.tenant, self.switches, self._ahead_s = traits.tenant, traits.switches, traits.now - time.time()
        return self._verb("who_am_i")(user=user)

    def __getattr__(self, verb: str) -> Callable[..., Any]:
        if verb.startswith("_") or not callable(getattr(Server, verb, None)):
            raise AttributeError(verb)
        return self._verb(verb)

    def _verb(self, verb: str) -> Callable[..., Any]:
        signature, answer = _shape(verb)

        def asked(*args: Any, **named: Any) -> Any:
            arguments = dict(signature.bind(None, *args, **named).arguments)
            arguments.pop("self")
            return self.ask(verb, arguments, answer)

        return asked

    def ask(self, verb: str, arguments: Mapping[str, Any], shape: Any) -> Any:
        """One request; `shape` is the type of its answer."""
        send = self.client.write if verb in WRITES else self.client.read
        headers = {"Content-Type": "application/json"}
        content = msgspec.json.encode(arguments)
        try:
            answer = send("POST", f"{self.url}/crm/{verb}", headers=headers, content=content)
            return _told(answer, shape)
        except Doubtful as error:
            raise AnswerLost(str(error)) from error
        except RateLimited as error:
            raise Refusal(429, str(error), after_s=error.after_s) from error
        except SignInNeeded as error:
            raise Refusal(401, str(error)) from error
        except Unreachable as error:
            raise NotSent(str(error)) from error


@cache
def _shape(verb: str) -> tuple[inspect.Signature, Any]:
    method = getattr(Server, verb)
    return inspect.signature(method), get_type_hints(method)["return"]


def _told(answer: Answer, shape: Any) -> Any:
    found = answer.json()
    if answer.ok:
        try:
            return msgspec.convert(found, shape)
        except msgspec.ValidationError as error:
            raise (Doubtful if answer.to_write else Unreachable)("not the shape that was asked for") from error
    words = found if isinstance(found, dict) else {}
    raise Refusal(answer.status, str(words.get("words", "")), after_s=words.get("after_s"))


class RemoteConnector(DemoConnector):
    """A connector whose CRM is elsewhere. Closing it closes the connections."""

    def __init__(self, crm: RemoteCrm, user_id: str, wire: Wire) -> None:
        super().__init__(cast(Server, crm), user_id, wire=wire)
        self._client = crm.client

    def close(self) -> None:
        """Lets go of the connections."""
        self._client.close()


def loopback_client() -> Client:
    """A client without TLS: to read the system's certificates would be most of a short run's time."""
    return Client(time.monotonic, timeouts=PATIENCE, context=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))


def remote_connector(
    url: str, user_id: str = "U1", *, client: Client | None = None, wire: Wire = straight
) -> RemoteConnector:
    """The connector of the user `user_id` to the CRM served at `url`."""
    return RemoteConnector(RemoteCrm(client or loopback_client(), url), user_id, wire)


def administer(client: Client, url: str, verb: str, *args: Any, **fields: Any) -> Any:
    """Asks the server for something that no rep may: 'edit', 'log', 'pass_time', 'reset' … Returns plain JSON."""
    content = msgspec.json.encode({"args": args, "fields": fields})
    answer = client.write("POST", f"{url}/admin/{verb}", headers={"Content-Type": "application/json"}, content=content)
    if not answer.ok:
        raise ValueError(f"{verb}: {answer.json()}")
    return answer.json()
