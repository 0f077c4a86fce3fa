"""Signing in to Salesforce: through the browser, as a public client of the app that the company registered."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final
from urllib.parse import urlsplit

from companion.connectors import strange
from companion.connectors.base import SAFE, ApiSunset, Misconfigured, SignInNeeded, Unreachable
from companion.connectors.http import Client, signing_in, tidy_address
from companion.connectors.salesforce import soql
from companion.connectors.salesforce.refusal import API
from companion.connectors.sign_in import Grant, renewal
from companion.connectors.tokens import Tokens
from companion.domain.account import Account
from companion.domain.language import sentence, tr

PRODUCTION: Final = "https://login.salesforce.com"
SANDBOX: Final = "https://test.salesforce.com"
SCOPES: Final = ("api", "refresh_token", "openid")
HOSTS: Final = (".salesforce.com", ".force.com", ".cloudforce.com", ".sfcrmproducts.cn")
"""Ends of the names under which an org answers; a token answer that names another place is not believed."""
_LIGHTNING: Final = re.compile(r"\.lightning\.force\.com$")
_SETUP: Final = re.compile(r"\.my\.salesforce-setup\.com$")

_NOT_ACCEPTED: Final = sentence("Salesforce does not accept this sign-in")
_AGAIN: Final = sentence("It may have been ended in Salesforce, or by your administrator. Sign in again.")


def login_address(typed: str) -> str:
    """Where to sign in: production, a sandbox ('sandbox' or 'test'), or the company's own domain."""
    word = typed.strip().casefold()
    if word in ("", "login", "production"):
        return PRODUCTION
    if word in ("sandbox", "test"):
        return SANDBOX
    address = tidy_address(typed)
    parts = urlsplit(address)
    host = _SETUP.sub(".my.salesforce.com", _LIGHTNING.sub(".my.salesforce.com", parts.netloc))
    return f"{parts.scheme}://{host}"


def grant(account: Account) -> Grant:
    """How the app asks for tokens. Its id is the consumer key of the External Client App; there is no secret."""
    place = login_address(account.url)
    return Grant(
        f"{place}/services/oauth2/authorize",
        f"{place}/services/oauth2/token",
        account.client_id.strip(),
        SCOPES,
        needs_secret=False,
        url_field="instance_url",
        hosts=HOSTS,
        revoke_url=f"{place}/services/oauth2/revoke",
    )


def renew(http: Client, account: Account, wall: Callable[[], float]) -> Callable[[Tokens], Tokens]:
    """What brings new tokens for stale ones. Salesforce may hand out another refresh token each time."""
    return renewal(http, grant(account), wall)


def sign_in(http: Client, account: Account, secret: str | Tokens, code: str = "") -> tuple[Account, str | Tokens]:
    """The account behind tokens, after one look at the org. Raises Misconfigured, SignInNeeded, ApiSunset or
    Unreachable.

    The account's database is the organization's id: a sandbox has one of its own, and never shares a cache.
    """
    tokens = secret if isinstance(secret, Tokens) else Tokens(secret)
    with signing_in(), strange.reading():
        place = tokens.url or login_address(account.url)
        told = _about_me(http, place, tokens.access)
        user, org = str(told.get("user_id") or ""), str(told.get("organization_id") or "")
        if not soql.is_id(user) or not soql.is_id(org):
            raise Misconfigured("not who we are", advice=tr("The server there does not say that it is Salesforce."))
        _version(http, place)
    login = str(told.get("preferred_username") or told.get("email") or user)
    return replace(account, url=place, database=org, user=login, way="browser"), tokens.with_new(url=place)


def _about_me(http: Client, place: str, access: str) -> dict[str, Any]:
    answer = http.read(
        "GET", f"{place}/services/oauth2/userinfo", headers={"Authorization": f"Bearer {access}"}, accept=""
    )
    if answer.status == 403:
        raise SignInNeeded("Bad_OAuth_Token", title=tr(_NOT_ACCEPTED), advice=f"{tr(_AGAIN)} {tr(SAFE)}")
    told = answer.json() if answer.ok and "json" in answer.headers.get("content-type", "") else None
    if not isinstance(told, dict):
        raise Misconfigured("no userinfo", advice=tr("The server there does not say that it is Salesforce."))
    return told


def _version(http: Client, place: str) -> None:
    """Raises ApiSunset where the org does not speak the version that we do."""
    answer = http.read("GET", f"{place}/services/data/")
    told = answer.json()
    versions = [str(each.get("version")) for each in told if isinstance(each, dict)] if isinstance(told, list) else []
    if not versions:
        raise Unreachable("no versions told")
    if API.removeprefix("v") not in versions:
        raise ApiSunset(f"no {API}", advice=tr("This Salesforce does not speak version {version}.", version=API))
