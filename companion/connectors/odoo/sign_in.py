"""Finding out whether an address leads to an Odoo server that we can speak to, and who the key belongs to."""

from __future__ import annotations

import re
from typing import Any, Final

from msgspec import Struct

from companion.connectors.base import ApiSunset, Misconfigured, SignInNeeded
from companion.connectors.http import Client, signing_in, tidy_address
from companion.connectors.odoo.wire import Json2, JsonRpc, Refusal, Wire, envelope, rpc_result

OLDEST: Final = 16
JSON2_SINCE: Final = 19


class Account(Struct, frozen=True):
    """Where and as whom: what may be kept in the open. The API key belongs in the keyring."""

    url: str
    database: str
    login: str


class Signed(Struct, frozen=True):
    """A session that was opened: how to call, the server's version, and the user's id."""

    wire: Wire
    version: str
    user: int


def sign_in(http: Client, address: str, database: str, login: str, key: str) -> Account:
    """The account behind what a person typed, after one look at the server.

    Without `database`, the server's only one is taken. Raises Misconfigured, SignInNeeded, ApiSunset or Unreachable.
    """
    with signing_in():
        url = tidy_address(address)
        account = Account(url, database.strip() or _only_database(http, url), login.strip())
        open_session(http, account, key.strip())
    return account


def open_session(http: Client, account: Account, key: str) -> Signed:
    """Signs in with the API key; raises SignInNeeded if it is not accepted, ApiSunset for another age's server."""
    version, major = _version(http, account.url)
    if major < OLDEST:
        raise ApiSunset(f"Odoo {version}", advice=f"This server is Odoo {version}; Companion needs {OLDEST} or later.")
    if major >= JSON2_SINCE:
        wire: Wire = Json2(http, account.url, account.database, key)
        user = wire.read("res.users", "context_get").get("uid")
        return Signed(wire, version, _same_user(wire, int(user), account.login))
    user = _authenticate(http, account, key)
    return Signed(JsonRpc(http, account.url, account.database, user, key), version, user)


def _same_user(wire: Wire, user: int, login: str) -> int:
    """With JSON-2 the key alone says who we are: a key of somebody else must not log in that name."""
    rows = wire.read("res.users", "search_read", domain=[["id", "=", user]], fields=["login"])
    if login and rows and rows[0]["login"].casefold() != login.casefold():
        raise SignInNeeded("the key belongs to another user", advice="This API key belongs to another user of Odoo.")
    return user


def _authenticate(http: Client, account: Account, key: str) -> int:
    try:
        user = _common(http, account.url, "authenticate", [account.database, account.login, key, {}])
    except Refusal as refusal:
        raise Misconfigured(
            "no such database", title=f"There is no database called {account.database} there"
        ) from refusal
    if not user:
        raise SignInNeeded("the key is not accepted")
    return int(user)


def _version(http: Client, url: str) -> tuple[str, int]:
    """Such as ('18.0', 18); hosted servers between two versions call themselves 'saas~18.3'."""
    answer = http.read("GET", f"{url}/web/version", accept="")
    info: Any = answer.json() if answer.ok and "json" in answer.headers.get("content-type", "") else None
    if not isinstance(info, dict):
        body = {"jsonrpc": "2.0", "method": "call", "id": 1, "params": {}}
        path = f"{url}/web/webclient/version_info"
        info = rpc_result(http.read("POST", path, json=body), path)
    version = str(info.get("version") or info.get("server_version") or "") if isinstance(info, dict) else ""
    number = re.search(r"\d+", version)
    if number is None:
        raise Misconfigured("no version", advice="The server there does not say that it is Odoo.")
    return version, int(number.group())


def _only_database(http: Client, url: str) -> str:
    body = {"jsonrpc": "2.0", "method": "call", "id": 1, "params": {}}
    try:
        names = rpc_result(http.read("POST", f"{url}/web/database/list", json=body), url)
    except Refusal:
        names = None
    if not isinstance(names, list) or len(names) != 1:
        raise Misconfigured(
            "which database?",
            title="Which database?",
            advice="This server does not tell the name of its database. Ask whoever runs it.",
        )
    return str(names[0])


def _common(http: Client, url: str, method: str, arguments: list[object]) -> Any:
    answer = http.read("POST", f"{url}/jsonrpc", json=envelope("common", method, arguments))
    return rpc_result(answer, url)
