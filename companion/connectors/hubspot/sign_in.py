"""Whose token it is and of which account: one look at HubSpot before a book is made, and how the browser asks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final
from urllib.parse import urlencode

from companion.connectors import strange
from companion.connectors.base import SAFE, Misconfigured, SignInNeeded
from companion.connectors.grant import Grant, Redirect
from companion.connectors.http import Client, signing_in, tidy_address
from companion.connectors.hubspot.session import Session
from companion.connectors.hubspot.told import Owner
from companion.connectors.hubspot.wire import HOST, VERSION, Wire
from companion.connectors.renewing import renewal
from companion.connectors.tokens import Held, Signed, Tokens
from companion.domain.account import Account
from companion.domain.field_map import FieldMap
from companion.domain.language import sentence, tr

AUTHORIZE: Final = "https://app.hubspot.com/oauth/authorize"
PORTS: Final = (49621, 49622, 49623)
"""The company's app lists `http://localhost:<port>/signed-in` for each of these."""

SCOPES: Final = (
    "oauth",
    "crm.objects.contacts.read", "crm.objects.contacts.write",
    "crm.objects.companies.read", "crm.objects.companies.write",
    "crm.objects.deals.read", "crm.objects.deals.write",
    "crm.objects.owners.read",
    "crm.schemas.contacts.read", "crm.schemas.companies.read", "crm.schemas.deals.read",
)  # fmt: skip
OPTIONAL: Final = (
    "crm.objects.leads.read", "crm.objects.leads.write",
    "sales-email-read", "crm.schemas.contacts.write", "crm.schemas.companies.write", "crm.schemas.deals.write",
)  # fmt: skip
"""Leads, the texts of e-mails, and the right to make the unique property by which a second send is known."""

_NOT_ACCEPTED: Final = sentence("HubSpot does not accept that key")
_ANOTHER_KEY: Final = sentence(
    "It may have been rotated, or belong to another account. In HubSpot: Settings, Integrations, Service Keys."
)
_WHO: Final = sentence("Which user of HubSpot are you?")
_EMAIL: Final = sentence(
    "A key belongs to the whole account. Enter the email address that you sign in to HubSpot with, as it stands under "
    "Settings, Users."
)


def sign_in(http: Client, account: Account, secret: str | Tokens, code: str = "") -> tuple[Account, str | Tokens]:
    """The account behind a key or behind tokens, after one look at the server, and what is to be kept.

    Raises Misconfigured, SignInNeeded, ApiSunset or Unreachable.
    """
    url = tidy_address(account.url or HOST)
    kept = secret if isinstance(secret, Tokens) else secret.strip()
    tokens = kept if isinstance(kept, Tokens) else Tokens(kept)
    calls = Signed(http, Held(tokens), _never, lambda: 0.0)
    place = Account("hubspot", url, "", account.user.strip(), account.way, account.client_id)
    session = Session(Wire(calls, url, lambda: 0.0), place, FieldMap())
    with signing_in(), strange.reading():
        try:
            portal = session.portal.id
        except SignInNeeded as error:
            raise SignInNeeded(str(error), title=tr(_NOT_ACCEPTED), advice=f"{tr(_ANOTHER_KEY)} {tr(SAFE)}") from error
        me = _me(http, session, tokens, place)
    return Account("hubspot", url, portal, me.email, account.way, account.client_id), kept


def grant(account: Account) -> Grant:
    """How the company's own app asks for tokens. HubSpot wants the app's secret besides PKCE."""
    return Grant(
        AUTHORIZE,
        f"{(account.url or HOST).rstrip('/')}/oauth/{VERSION}/token",
        account.client_id,
        SCOPES,
        Redirect.LOCALHOST_NAME,
        PORTS,
        needs_secret=True,
        extra={"optional_scope": " ".join(OPTIONAL)},
        revoke_url=f"{(account.url or HOST).rstrip('/')}/oauth/{VERSION}/token/revoke",
    )


def renew(http: Client, account: Account, wall: Callable[[], float]) -> Callable[[Tokens], Tokens]:
    """What renews the tokens: an access token lives for 30 minutes."""
    return renewal(http, grant(account), wall)


def _me(http: Client, session: Session, tokens: Tokens, place: Account) -> Owner:
    """The owner by the address that was typed, by the tokens' own user, or by who made the key."""
    if not place.user and tokens.refresh:
        session.account = Account("hubspot", place.url, "", _introspected(http, tokens, place), place.way)
    try:
        return session.me
    except SignInNeeded as error:
        raise Misconfigured(str(error), title=tr(_WHO), advice=tr(_EMAIL)) from error


def _introspected(http: Client, tokens: Tokens, place: Account) -> str:
    """The e-mail address of the user who signed in through the browser; '' where HubSpot does not tell."""
    form = {"token": tokens.access, "token_type_hint": "access_token", "client_id": place.client_id}
    form |= {"client_secret": tokens.client_secret} if tokens.client_secret else {}
    answer = http.read(
        "POST",
        f"{place.url}/oauth/{VERSION}/token/introspect",
        headers={"Content-Type": "application/x-www-form-urlencoded"},
        content=urlencode(form).encode(),
    )
    told = answer.json() if answer.ok else None
    return str(told.get("user") or "") if isinstance(told, dict) else ""


def _never(_: Tokens) -> Tokens:
    raise SignInNeeded("the tokens are no longer accepted")
