"""Signing in: a password becomes a token at once, with the code of a second step where EspoCRM asks for one."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from typing import Final

from companion.connectors import strange
from companion.connectors.base import SAFE, ConnectorError, Misconfigured, SecondFactorNeeded, SignInNeeded
from companion.connectors.espocrm import session
from companion.connectors.espocrm.wire import Wire, basic, headers, refusal
from companion.connectors.http import Client, Doubtful, Refused401, signing_in, tidy_address
from companion.connectors.tokens import Tokens
from companion.domain.account import Account
from companion.domain.language import sentence, tr

_SECOND: Final = "second-step-required"
_WRONG: Final = sentence("EspoCRM does not accept that name and password")
_WRONG_KEY: Final = sentence("EspoCRM does not accept that API key")
_CHECK: Final = sentence("Check both. After too many wrong ones EspoCRM lets nobody in for a while.")
_ASK: Final = sentence("Ask your administrator for the key of your API user: Administration, API Users.")


def sign_in(http: Client, account: Account, secret: str | Tokens, code: str = "") -> tuple[Account, str]:
    """The account tidied, and what is to be kept: the user's token for a password, or the API key itself.

    Raises SecondFactorNeeded until `code` is given, Misconfigured, SignInNeeded, ApiSunset or Unreachable.
    """
    typed = (secret.access if isinstance(secret, Tokens) else secret).strip()
    with signing_in(), strange.reading():
        place = replace(account, url=tidy_address(account.url).removesuffix("/api/v1"), user=account.user.strip())
        if place.way == "key":
            return _with_key(http, place, typed)
        return _with_password(http, place, typed, code.strip())


def sign_out(http: Client, account: Account, secret: str) -> None:
    """Ends the token that a password was exchanged for; nothing hangs on it. An API key is not ours to end."""
    if account.way == "key":
        return
    with contextlib.suppress(ConnectorError, Doubtful):
        http.write(
            "POST",
            f"{account.url}/api/v1/App/destroyAuthToken",
            headers=headers(account, secret),
            json={"token": secret},
            accept="",
        )


def _with_key(http: Client, account: Account, key: str) -> tuple[Account, str]:
    try:
        me = session.who(session.told(Wire(http, account, key)))
    except SignInNeeded as error:
        advice = f"{tr(_ASK)} {tr(SAFE)}"
        raise SignInNeeded(str(error), title=tr(_WRONG_KEY), advice=advice) from error
    return replace(account, user=me.name), key


def _with_password(http: Client, account: Account, password: str, code: str) -> tuple[Account, str]:
    """EspoCRM makes a token for whoever sends the password in its own header."""
    sent = {"Espo-Authorization": basic(account.user, password)}
    if code:
        sent["Espo-Authorization-Code"] = code
    try:
        answer = http.read("GET", f"{account.url}/api/v1/App/user", headers=sent)
    except Refused401 as error:
        if error.headers.get("x-status-reason") == _SECOND:
            raise SecondFactorNeeded("a second step") from error
        raise SignInNeeded(str(error), title=tr(_WRONG), advice=f"{tr(_CHECK)} {tr(SAFE)}") from error
    if not answer.ok:
        raise _no_espo(answer.status, refusal(answer).words)
    told = answer.json()
    session.who(told)
    token = told.get("token") if isinstance(told, dict) else None
    if not isinstance(token, str) or not token:
        raise SignInNeeded("no token", title=tr("EspoCRM gives this user no token"), advice=tr(_ASK))
    name = told["user"].get("userName") if isinstance(told, dict) else None
    return replace(account, user=name if isinstance(name, str) and name else account.user), token


def _no_espo(status: int, words: str) -> Exception:
    if status == 403:
        return SignInNeeded(words, title=tr("EspoCRM does not let this user in"))
    return Misconfigured(f"answered {status}", advice=tr("The server there does not answer as EspoCRM does."))
