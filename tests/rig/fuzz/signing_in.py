"""What comes back while somebody signs in: the browser's answer, the token endpoint's, and what the CRM says of us."""

from __future__ import annotations

import json
import urllib.parse
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

import httpx

from companion.connectors import sign_in
from companion.connectors.base import ConnectorError
from companion.connectors.espocrm import sign_in as espocrm
from companion.connectors.grant import Grant
from companion.connectors.http import Client
from companion.connectors.hubspot import sign_in as hubspot
from companion.connectors.hubspot.wire import VERSION
from companion.connectors.listener import Listener
from companion.connectors.renewing import LONGEST, Refused, exchanged
from companion.connectors.salesforce import sign_in as salesforce
from companion.connectors.tokens import Held, Signed, Tokens
from companion.domain.account import Account
from companion.domain.problems import CannotConnect
from tests.rig.fuzz.source import Source, text_of

NOW: Final = 1_795_292_179.0
STATE: Final = "s" * 32
_ALLOWED: Final = (ConnectorError, CannotConnect)
_TOLD: Final[Mapping[str, Any]] = {
    "token": {"access_token": "a", "refresh_token": "r", "expires_in": 1800, "token_type": "bearer",
              "instance_url": "https://x.my.salesforce.com"},
    "introspect": {"active": True, "user": "nora@sales.example", "hub_id": 245},
    "details": {"portalId": 245, "timeZone": "Europe/Oslo", "companyCurrency": "EUR"},
    "2026-09": {"results": [{"id": "11", "email": "nora@sales.example", "firstName": "Nora", "userId": 71}]},
    "access-token-info": {"userId": 71, "hubId": 245},
    "userinfo": {"user_id": "005000000000001AAA", "organization_id": "00DP00000000001AAA", "name": "Ana",
                 "preferred_username": "ana@acme.example", "zoneinfo": "Europe/Oslo"},
    "data": [{"version": "67.0", "url": "/services/data/v67.0"}],
    "user": {"user": {"id": "6b01f001", "userName": "ana", "name": "Ana", "type": "regular"}, "token": "t",
             "acl": {"table": {}, "fieldTable": {}}, "settings": {"version": "8.4.2", "timeZone": "UTC"},
             "preferences": {}, "appParams": {}},
}  # fmt: skip
"""What a sound server answers, by the last part of the path."""
assert VERSION in _TOLD
_HEADERS: Final = {"Content-Type": "application/json", "Date": "Sat, 21 Nov 2026 20:16:19 GMT"}


class Answers:
    """Signs in to each CRM: the account and what is kept, or an error of the contract."""

    seeds = (
        *(bytes([which, 0]) for which in range(8)), *(bytes([which, 0] + [0xC8] * 30) for which in range(8)),
        *(bytes([which, status]) for which in range(8) for status in range(1, 9)),
        b"\7\0\0" + b"\xe1" * 40, bytes.fromhex("0700c8c8ffffffd1c838c8dfffffff0900000000000000ffff042d"),
    )  # fmt: skip
    _STATUS = (200, 200, 400, 401, 403, 404, 429, 500, 503)

    def __init__(self) -> None:
        self._source, self._status = Source(b""), 200
        transport = httpx.MockTransport(self._answer)
        self._http = Client(lambda: 0.0, transport=transport, wall=lambda: NOW)
        account = Account("hubspot", "https://x.example", "", "", "browser", "app")
        self._ways: tuple[Callable[[], object], ...] = (
            lambda: hubspot.sign_in(self._http, account, Tokens("a", "r", client_secret="s")),
            lambda: hubspot.sign_in(self._http, replace(account, user="nora@sales.example", way="key"), "key"),
            lambda: hubspot.sign_in(self._http, replace(account, way="key"), "key"),
            lambda: salesforce.sign_in(self._http, replace(account, connector="salesforce"), Tokens("a", "r")),
            lambda: espocrm.sign_in(
                self._http, replace(account, connector="espocrm", user="ana", way="password"), "pw"
            ),
            lambda: espocrm.sign_in(self._http, replace(account, connector="espocrm", way="key"), "key", "123456"),
            lambda: self._renewed(hubspot.grant(account)),
            lambda: self._renewed(salesforce.grant(account)),
        )

    def __call__(self, data: bytes) -> None:
        """The first byte is the way, the second the status; the rest warps the answers."""
        source = Source(data)
        way, self._status = self._ways[source.below(len(self._ways))], self._STATUS[source.below(len(self._STATUS))]
        self._source = source
        try:
            way()
        except _ALLOWED as error:
            str(error).encode("utf-8", "replace")

    def _renewed(self, grant: Grant) -> None:
        """Of a code, and of tokens that ended: what came can stand in a header, and leads to the CRM alone."""
        try:
            tokens = exchanged(self._http, grant, {"code": "c"}, "s", lambda: NOW)
        except Refused as refused:
            _shown(refused.error, refused.words)
            tokens = Tokens("a", "r", NOW)
        renew = sign_in.renewal(self._http, grant, lambda: NOW)
        renewed = Signed(self._http, Held(_ending(tokens)), renew, lambda: NOW).tokens
        for each in (renewed.access, renewed.refresh):
            assert each.isascii()
            assert each.isprintable()
            assert len(each) <= LONGEST
        assert renewed.expires_at is None or renewed.expires_at > NOW
        host = urllib.parse.urlsplit(renewed.url).hostname or ""
        assert not renewed.url or host == "x.example" or host.endswith(grant.hosts), renewed.url

    def _answer(self, request: httpx.Request) -> httpx.Response:
        told = self._source.warped(_TOLD.get(request.url.path.rstrip("/").rpartition("/")[2], {"error": "x"}))
        body = httpx.ByteStream(json.dumps(told).encode())
        return httpx.Response(self._status, headers=_HEADERS, stream=body)


def _shown(*words: str) -> None:
    assert all(each.isprintable() for each in words), words


def _ending(tokens: Tokens) -> Tokens:
    """The same, and they end now."""
    return tokens.with_new(refresh=tokens.refresh or "r", expires_at=NOW)


class Browser:
    """A request line and its Host, as any program of this computer may send them: only our state ends the wait."""

    seeds = (
        f"/signed-in?code=c&state={STATE}\nHOST".encode(),
        f"/signed-in?error=access_denied&error_description=no%0a&state={STATE}&iss=https://x.example\nHOST".encode(),
        f"/signed-in?code=c&state={STATE}&iss=https://elsewhere.example\nHOST".encode(),
        f"/signed-in?code=c&code=d&state={STATE}\nHOST".encode(),
        b"/signed-in?state=%ff%fe&code=\nHOST",
        b"//[/signed-in?code=c&state=\nHOST",
        f"https://x.example/signed-in?code=c;state={STATE}\nelsewhere.example".encode(),
        b"/favicon.ico\n127.0.0.1",
        b"/signed-in?" + b"a=1&" * 60 + b"\nHOST",
    )

    def __init__(self) -> None:
        self._grant = Grant("https://x.example/authorize", "https://x.example/token", "app", issuer="https://x.example")
        self._listener = Listener(self._grant, STATE)
        self._host = urllib.parse.urlsplit(self._listener.address).netloc

    def __call__(self, data: bytes) -> None:
        """Target, then hosts, a line each; HOST is our own."""
        target, *hosts = text_of(data).split("\n")
        vars(self._listener)["_target"] = None
        verdict = self._listener.judge(target, [each.replace("HOST", self._host) for each in hosts])
        if verdict.ends:
            assert STATE in urllib.parse.unquote(target).translate({9: None, 10: None, 13: None})
        assert verdict.status in (200, 400, 404)
        assert (self._listener._target is None) == (not verdict.ends)
        if self._listener._target is not None:
            self._read(self._listener._target)

    def _read(self, target: str) -> None:
        try:
            code = sign_in._read(target, self._grant, STATE)
        except CannotConnect as error:
            _shown(error.problem.title)
        else:
            assert code
