"""Finding out whether an address leads to an Odoo server that we can speak to, and who the key belongs to."""

from __future__ import annotations

import re
from typing import Any, Final

from msgspec import Struct

from companion.connectors import strange, trouble
from companion.connectors.base import SAFE, ApiSunset, Misconfigured, SignInNeeded
from companion.connectors.http import Client, signing_in, tidy_address
from companion.connectors.odoo.wire import Json2, JsonRpc, Refusal, Wire, envelope, rpc_result
from companion.domain.language import sentence, tr

OLDEST: Final = 16
JSON2_SINCE: Final = 19

_NOT_ACCEPTED: Final = sentence("Odoo does not accept that API key")
_ANOTHER_KEY: Final = sentence(
    "It may have expired, or belong to another user or database. In Odoo, make a new one: your name, My Profile, "
    "Account Security, New API Key."
)


class Account(Struct, frozen=True):
    """Where and as whom: what may be kept in the open. The API key belongs in the keyring."""

    url: str
    database: str
    login: str


class Signed(Struct, frozen=True):
    """A session that was opened: how to call, the server's version, the user's id and login."""

    wire: Wire
    version: str
    user: int
    login: str


def sign_in(http: Client, address: str, database: str, login: str, key: str) -> Account:
    """The account behind what a person typed, after one look at the server.

    Without `database`, the server's only one is taken; without `login`, with Odoo 19, the key's own user. Raises
    Misconfigured, SignInNeeded, ApiSunset or Unreachable.
    """
    with signing_in(), strange.reading():
        url = tidy_address(address)
        _version(http, url)
        place = Account(url, database.strip() or _only_database(http, url), login.strip())
        try:
            signed = open_session(http, place, key.strip())
        except SignInNeeded as error:
            raise SignInNeeded(str(error), title=tr(_NOT_ACCEPTED), advice=f"{tr(_ANOTHER_KEY)} {tr(SAFE)}") from error
        except trouble.BadAddress as error:
            raise Misconfigured(
                str(error),
                title=tr("There is no database called {database} there", database=place.database),
                about="database",
            ) from error
    return Account(url, place.database, signed.login)


def open_session(http: Client, account: Account, key: str) -> Signed:
    """Signs in with the API key; raises SignInNeeded if it is not accepted, ApiSunset for another age's server."""
    version, major = _version(http, account.url)
    if major < OLDEST:
        raise ApiSunset(
            f"Odoo {version}",
            advice=tr(
                "This server is Odoo {version}; Companion needs {oldest} or later.", version=version, oldest=OLDEST
            ),
        )
    if major >= JSON2_SINCE:
        wire = Json2(http, account.url, account.database, key)
        user = int(wire.read("res.users", "context_get")["uid"])
        return Signed(wire, version, user, _login(wire, user, account.login))
    user = _authenticate(http, account, key)
    return Signed(JsonRpc(http, account.url, account.database, user, key), version, user, account.login)


def _login(wire: Wire, user: int, login: str) -> str:
    """With JSON-2 the key alone says who we are: the key of somebody else must not write in that name."""
    theirs = str(wire.read("res.users", "search_read", domain=[["id", "=", user]], fields=["login"])[0]["login"])
    if login and theirs.casefold() != login.casefold():
        raise SignInNeeded("the key belongs to another user")
    return theirs


def _authenticate(http: Client, account: Account, key: str) -> int:
    """The user's id. A database that is not there makes the server fail before it looks at the key."""
    path = f"{account.url}/jsonrpc"
    body = envelope("common", "authenticate", [account.database, account.login, key, {}])
    try:
        user = rpc_result(http.read("POST", path, json=body), path)
    except Refusal as refusal:
        raise trouble.BadAddress("no such database") from refusal
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
        raise trouble.BadAddress(
            "no version", title=Misconfigured.title, advice=tr("The server there does not say that it is Odoo.")
        )
    return version, int(number.group())


def _only_database(http: Client, url: str) -> str:
    """The name of the only database. A server that hides its list denies access, or has no such page."""
    body = {"jsonrpc": "2.0", "method": "call", "id": 1, "params": {}}
    try:
        names = rpc_result(http.read("POST", f"{url}/web/database/list", json=body), url)
    except (Refusal, SignInNeeded, trouble.BadAddress):
        names = None
    if not isinstance(names, list) or len(names) != 1:
        raise Misconfigured(
            "which database?",
            title=tr("Which database?"),
            advice=tr("This server does not tell the name of its database. Ask whoever runs it."),
            about="database",
        )
    return str(names[0])
